/* SPDX-License-Identifier: ISC */
/*
 * For the tests of the logger's pump: three sources, two outputs of a kind, and a logger between
 * them that can be buried and started again. Time is a number here.
 */
#ifndef ORLOP_TESTS_UNIT_LOG_BENCH_H
#define ORLOP_TESTS_UNIT_LOG_BENCH_H

#include "log/log_pump.h"
#include "sys/fake.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#define SECOND UINT64_C(1000000000)

enum kind { KIND_PIPE, KIND_APPEND, KIND_FILE, KIND_KINDS };
enum { SOURCES = 3 };

struct bench {
	int readers[SOURCES];
	int writers[SOURCES];
	int state;
	int out[LOG_OUTPUTS];
	int out_reader[LOG_OUTPUTS]; /* of a pipe, else -1 */
	char path[LOG_OUTPUTS][32];
	char *got[LOG_OUTPUTS];
	size_t got_length[LOG_OUTPUTS];
	char const *names[SOURCES];
	uint32_t outputs[SOURCES];
	uint64_t now;
	struct log_source sources[SOURCES];
	struct log_pump pump;
	bool later[SOURCES]; /* its readiness comes with a later round of events */
	bool hold_reader;    /* the container's reader has stopped reading */
};

static inline void open_output(struct bench *b, int i, enum kind kind)
{
	int ends[2];

	b->out_reader[i] = -1;
	if (kind == KIND_PIPE) {
		assert_int_equal(pipe(ends), 0);
		b->out_reader[i] = ends[0];
		b->out[i] = ends[1];
		assert_int_equal(fcntl(ends[0], F_SETFL, O_NONBLOCK), 0);
		return;
	}
	strcpy(b->path[i], "/tmp/orlop-log-test-XXXXXX");
	b->out[i] = mkstemp(b->path[i]);
	assert_true(b->out[i] >= 0);
	if (kind == KIND_APPEND)
		assert_int_equal(fcntl(b->out[i], F_SETFL, O_APPEND), 0);
}

static inline void bench_open(struct bench *b, enum kind kind)
{
	memset(b, 0, sizeof *b);
	b->now = 100 * SECOND;
	for (int i = 0; i < SOURCES; i++) {
		int ends[2];

		assert_int_equal(pipe(ends), 0);
		b->readers[i] = ends[0];
		b->writers[i] = ends[1];
		assert_int_equal(fcntl(ends[1], F_SETFL, O_NONBLOCK), 0);
	}
	for (int i = 0; i < LOG_OUTPUTS; i++) {
		open_output(b, i, kind);
		b->got[i] = calloc(1, 4 << 20);
		assert_non_null(b->got[i]);
	}
	b->state = memfd_create("state", MFD_CLOEXEC);
	assert_int_equal(ftruncate(b->state, LOG_STATE_SIZE), 0);
}

/* A logger as it is when it has just been started: nothing is known but what is in the state. */
static inline void start(struct bench *b)
{
	memset(&b->pump, 0, sizeof b->pump);
	memset(b->sources, 0, sizeof b->sources);
	b->pump.sources = b->sources;
	b->pump.count = SOURCES;
	for (int i = 0; i < SOURCES; i++) {
		b->sources[i].fd = dup(b->readers[i]);
		b->sources[i].output = b->outputs[i];
		b->sources[i].name = b->names[i];
	}
	assert_int_equal(log_pump_init(&b->pump, b->out, b->state, b->now), 0);
	for (uint32_t i = 0; i < SOURCES; i++)
		if (!b->later[i])
			log_pump_hear(&b->pump, i, b->writers[i] < 0);
}

/* What SIGKILL leaves of it: its descriptors are closed, its memory is gone. */
static inline void bury(struct bench *b)
{
	for (int i = 0; i < SOURCES; i++)
		if (b->sources[i].fd > 0)
			close(b->sources[i].fd);
	if (b->pump.scratch[0] > 0)
		close(b->pump.scratch[0]);
	if (b->pump.scratch[1] > 0)
		close(b->pump.scratch[1]);
	if (b->pump.outputs.state)
		munmap(b->pump.outputs.state, LOG_STATE_SIZE + LOG_CHUNK);
	memset(&b->pump, 0, sizeof b->pump);
	memset(b->sources, 0, sizeof b->sources);
}

static inline void drain(struct bench *b)
{
	for (int i = 0; i < LOG_OUTPUTS; i++) {
		ssize_t n;

		if (b->out_reader[i] >= 0) {
			while ((n = read(b->out_reader[i], b->got[i] + b->got_length[i], 65536)) >
			       0)
				b->got_length[i] += (size_t)n;
		} else if (b->out[i] >= 0) {
			n = pread(b->out[i], b->got[i], (4 << 20) - 1, 0);
			b->got_length[i] = n > 0 ? (size_t)n : 0;
		}
		b->got[i][b->got_length[i]] = '\0';
	}
}

/* Runs as far as the present second allows. */
static inline void settle(struct bench *b)
{
	for (;;) {
		bool const more = log_pump_run(&b->pump, b->now);
		bool unblocked = false;

		if (!b->hold_reader) {
			drain(b);
			for (int i = 0; i < LOG_OUTPUTS; i++) {
				unblocked |= b->pump.queues[i].blocked;
				b->pump.queues[i].blocked = false;
			}
		}
		if (!more && !unblocked)
			return;
	}
}

/* Runs to the end of all sources, letting time pass as far as the logger asks for it. */
static inline void finish(struct bench *b)
{
	for (int i = 0; i < 100; i++) {
		uint64_t deadline;

		settle(b);
		if (log_pump_done(&b->pump))
			return;
		deadline = log_pump_deadline(&b->pump);
		assert_true(deadline != 0);
		if (deadline > b->now)
			b->now = deadline;
	}
	fail_msg("the logger does not come to its end");
}

static inline void say(struct bench *b, int source, char const *bytes)
{
	size_t const length = strlen(bytes);

	assert_int_equal(write(b->writers[source], bytes, length), (ssize_t)length);
	if (b->pump.sources)
		log_pump_hear(&b->pump, (uint32_t)source, false);
}

static inline void hang_up(struct bench *b, int source)
{
	close(b->writers[source]);
	b->writers[source] = -1;
	if (b->pump.sources)
		log_pump_hear(&b->pump, (uint32_t)source, true);
}

static inline void bench_close(struct bench *b)
{
	bury(b);
	for (int i = 0; i < SOURCES; i++) {
		close(b->readers[i]);
		if (b->writers[i] >= 0)
			close(b->writers[i]);
	}
	for (int i = 0; i < LOG_OUTPUTS; i++) {
		close(b->out[i]);
		if (b->out_reader[i] >= 0)
			close(b->out_reader[i]);
		if (b->path[i][0])
			unlink(b->path[i]);
		free(b->got[i]);
	}
	close(b->state);
	fake_reset();
}

#endif
