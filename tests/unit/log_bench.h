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
#include <termios.h>
#include <unistd.h>

#include <cmocka.h>

#define SECOND UINT64_C(1000000000)

enum kind { KIND_PIPE, KIND_APPEND, KIND_FILE, KIND_TERMINAL };
enum { SOURCES = 3, OUTPUTS = 3, FILE_OUTPUT = 2 };

struct bench {
	int readers[SOURCES];
	int writers[SOURCES];
	int state;
	int out[LOG_OUTPUTS];
	int out_reader[LOG_OUTPUTS]; /* of a pipe, else -1 */
	char path[LOG_OUTPUTS][32];
	char *got[LOG_OUTPUTS];
	size_t got_length[LOG_OUTPUTS];
	struct log_style styles[SOURCES];
	uint32_t outputs[SOURCES];
	uint64_t now;
	struct log_source sources[SOURCES];
	struct log_output outs[OUTPUTS];
	struct log_queue queues[OUTPUTS];
	struct log_file file; /* of the last output, when it has a path */
	struct log_pump pump;
	bool later[SOURCES]; /* its readiness comes with a later round of events */
	bool hold_reader;    /* the container's reader has stopped reading */
};

/* A terminal that changes no byte. */
static inline void open_terminal(struct bench *b, int i)
{
	struct termios modes;
	int const master = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK);

	assert_true(master >= 0 && grantpt(master) == 0 && unlockpt(master) == 0);
	b->out_reader[i] = master;
	b->out[i] = open(ptsname(master), O_RDWR | O_NOCTTY);
	assert_int_equal(tcgetattr(b->out[i], &modes), 0);
	cfmakeraw(&modes);
	assert_int_equal(tcsetattr(b->out[i], TCSANOW, &modes), 0);
}

static inline void open_output(struct bench *b, int i, enum kind kind)
{
	int ends[2];

	b->out_reader[i] = -1;
	if (kind == KIND_TERMINAL) {
		open_terminal(b, i);
		return;
	}
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
	assert_int_equal(ftruncate(b->state, 4096), 0);
}

static inline void forget(struct bench *b)
{
	memset(&b->pump, 0, sizeof b->pump);
	memset(b->sources, 0, sizeof b->sources);
	memset(b->outs, 0, sizeof b->outs);
	memset(b->queues, 0, sizeof b->queues);
}

static inline void style_prefix(struct log_style *style, char const *head)
{
	*style = (struct log_style){ .shape = LOG_SHAPE_PREFIX,
				     .head = head,
				     .head_length = strlen(head) };
}

/* A logger as it is when it has just been started: nothing is known but what is in the state. */
static inline void start(struct bench *b)
{
	forget(b);
	b->pump.outputs.sources = b->sources;
	b->pump.outputs.source_count = SOURCES;
	b->pump.outputs.out = b->outs;
	b->pump.outputs.count = b->file.path ? OUTPUTS : LOG_OUTPUTS;
	b->pump.queues = b->queues;
	for (uint32_t i = 0; i < OUTPUTS; i++)
		b->outs[i] = (struct log_output){ .fd = i < LOG_OUTPUTS ? b->out[i] : -1,
						  .index = i,
						  .file = i < LOG_OUTPUTS ? NULL : &b->file };
	b->file.directory = -1;
	for (uint32_t i = 0; i < SOURCES; i++)
		b->sources[i] = (struct log_source){ .fd = dup(b->readers[i]),
						     .output = b->outputs[i],
						     .slot = i,
						     .stream = 'o',
						     .style = b->styles[i] };
	assert_int_equal(log_pump_init(&b->pump, b->state, b->now), 0);
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
	if (b->pump.outputs.peek.scratch[0] > 0)
		close(b->pump.outputs.peek.scratch[0]);
	if (b->pump.outputs.peek.scratch[1] > 0)
		close(b->pump.outputs.peek.scratch[1]);
	if (b->file.path && b->outs[FILE_OUTPUT].fd > 0)
		close(b->outs[FILE_OUTPUT].fd);
	if (b->file.path && b->file.directory > 0)
		close(b->file.directory);
	if (b->pump.outputs.map)
		munmap(b->pump.outputs.map, LOG_MAPPED);
	forget(b);
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
	if (b->pump.outputs.sources)
		log_pump_hear(&b->pump, (uint32_t)source, false);
}

static inline void hang_up(struct bench *b, int source)
{
	close(b->writers[source]);
	b->writers[source] = -1;
	if (b->pump.outputs.sources)
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
