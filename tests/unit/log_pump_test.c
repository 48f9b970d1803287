/* SPDX-License-Identifier: ISC */
/*
 * The logger's promise: no byte lost, none twice, no line torn; also when it is killed before any
 * of its system calls, or right behind one of them. Time is a number here.
 */
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

char const *PROG = "test";

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

static void open_output(struct bench *b, int i, enum kind kind)
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

static void bench_open(struct bench *b, enum kind kind)
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
static void start(struct bench *b)
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
static void bury(struct bench *b)
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

static void drain(struct bench *b)
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
static void settle(struct bench *b)
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
static void finish(struct bench *b)
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

static void say(struct bench *b, int source, char const *bytes)
{
	size_t const length = strlen(bytes);

	assert_int_equal(write(b->writers[source], bytes, length), (ssize_t)length);
	if (b->pump.sources)
		log_pump_hear(&b->pump, (uint32_t)source, false);
}

static void hang_up(struct bench *b, int source)
{
	close(b->writers[source]);
	b->writers[source] = -1;
	if (b->pump.sources)
		log_pump_hear(&b->pump, (uint32_t)source, true);
}

static void bench_close(struct bench *b)
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

/* ---- ownership ---- */

static void an_unfinished_line_waits_in_its_pipe_and_is_not_torn(void **state)
{
	struct bench b;

	(void)state;
	bench_open(&b, KIND_PIPE);
	start(&b);
	say(&b, 0, "abc");
	settle(&b);
	say(&b, 1, "b1\n");
	settle(&b);
	assert_string_equal(b.got[0], "b1\n");
	say(&b, 0, "def\n");
	settle(&b);
	assert_string_equal(b.got[0], "b1\nabcdef\n");
	bench_close(&b);
}

static void whole_lines_go_although_an_unfinished_one_follows(void **state)
{
	struct bench b;

	(void)state;
	bench_open(&b, KIND_PIPE);
	start(&b);
	say(&b, 0, "one\ntwo\nthr");
	settle(&b);
	assert_string_equal(b.got[0], "one\ntwo\n");
	bench_close(&b);
}

static void a_silent_unfinished_line_is_shown_and_ended_before_another(void **state)
{
	struct bench b;

	(void)state;
	bench_open(&b, KIND_PIPE);
	start(&b);
	say(&b, 0, "Password: ");
	settle(&b);
	assert_string_equal(b.got[0], "");
	assert_true(log_pump_deadline(&b.pump) == b.now + SECOND);
	b.now += SECOND;
	settle(&b);
	assert_string_equal(b.got[0], "Password: ");
	assert_true(log_pump_deadline(&b.pump) == 0);
	say(&b, 1, "b1\n");
	settle(&b);
	assert_string_equal(b.got[0], "Password: ");
	assert_true(log_pump_deadline(&b.pump) == b.now + SECOND);
	b.now += SECOND;
	settle(&b);
	assert_string_equal(b.got[0], "Password: \nb1\n");
	bench_close(&b);
}

static void the_owner_of_an_open_line_goes_on_without_waiting(void **state)
{
	struct bench b;

	(void)state;
	bench_open(&b, KIND_PIPE);
	start(&b);
	say(&b, 0, "a");
	b.now += SECOND;
	settle(&b);
	b.now += SECOND;
	settle(&b);
	say(&b, 1, "b1\n");
	say(&b, 0, "bc");
	settle(&b);
	assert_string_equal(b.got[0], "abc");
	say(&b, 0, "d\n");
	settle(&b);
	assert_string_equal(b.got[0], "abcd\nb1\n");
	bench_close(&b);
}

/* True when the other's line comes before `limit` bytes without a newline. */
static bool gets_through(struct bench *b, size_t limit)
{
	static char flood[30000];
	size_t sent = 0;

	memset(flood, 'x', sizeof flood);
	while (sent < limit) {
		ssize_t const n = write(b->writers[0], flood, sizeof flood);

		sent += n > 0 ? (size_t)n : 0;
		log_pump_hear(&b->pump, 0, false);
		b->got_length[0] = 0;
		settle(b);
		if (strstr(b->got[0], "x\nb\n"))
			return true;
	}
	return false;
}

static void a_line_without_end_silences_all_others(void **state)
{
	struct bench b;

	(void)state;
	bench_open(&b, KIND_PIPE);
	start(&b);
	assert_false(gets_through(&b, 100000));
	say(&b, 1, "b\n");
	assert_true(gets_through(&b, 20 << 20));
	say(&b, 1, "b\n");
	assert_false(gets_through(&b, 8 << 20));
	assert_true(gets_through(&b, 10 << 20));
	bench_close(&b);
}

static void a_line_that_trickles_silences_all_others(void **state)
{
	struct bench b;

	(void)state;
	bench_open(&b, KIND_PIPE);
	start(&b);
	say(&b, 0, ".");
	settle(&b);
	b.now += SECOND;
	settle(&b);
	say(&b, 1, "b\n");
	settle(&b);
	for (int i = 0; i < 9; i++) {
		b.now += SECOND / 2;
		say(&b, 0, ".");
		settle(&b);
	}
	assert_string_equal(b.got[0], "..........");
	for (int i = 0; i < 2; i++) {
		b.now += SECOND / 2;
		say(&b, 0, ".");
		settle(&b);
	}
	assert_string_equal(b.got[0], "...........\nb\n");
	bench_close(&b);
}

static void loggers_that_are_killed_within_the_second_do_not_begin_it_anew(void **state)
{
	struct bench b;

	(void)state;
	bench_open(&b, KIND_PIPE);
	start(&b);
	say(&b, 0, "a");
	b.now += SECOND;
	settle(&b);
	b.now += SECOND;
	settle(&b);
	assert_string_equal(b.got[0], "a");
	say(&b, 1, "b1\n");
	settle(&b);
	for (int i = 0; i < 4; i++) {
		bury(&b);
		b.now += SECOND / 3;
		start(&b);
		settle(&b);
	}
	assert_string_equal(b.got[0], "a\nb1\n");
	bench_close(&b);
}

static void a_logger_that_comes_late_breaks_no_line_that_goes_on(void **state)
{
	struct bench b;

	(void)state;
	bench_open(&b, KIND_PIPE);
	start(&b);
	say(&b, 2, "a");
	settle(&b);
	b.now += SECOND;
	settle(&b);
	assert_string_equal(b.got[0], "a");
	bury(&b);
	say(&b, 0, "b1\n");
	say(&b, 2, "bc\n");
	b.now += 30 * SECOND;
	b.later[2] = true;
	start(&b);
	settle(&b);
	assert_string_equal(b.got[0], "abc\nb1\n");
	bench_close(&b);
}

static void a_line_longer_than_the_pipe_comes_whole(void **state)
{
	struct bench b;
	char *long_line = malloc(200001);
	size_t done = 0;

	(void)state;
	memset(long_line, 'x', 199999);
	long_line[199999] = '\n';
	long_line[200000] = '\0';
	bench_open(&b, KIND_PIPE);
	start(&b);
	while (done < 200000) {
		ssize_t const n = write(b.writers[0], long_line + done, 200000 - done);

		if (n > 0)
			done += (size_t)n;
		log_pump_hear(&b.pump, 0, false);
		if (done < 200000)
			say(&b, 1, "b\n");
		settle(&b);
	}
	assert_non_null(strstr(b.got[0], long_line));
	assert_true(b.got_length[0] > 200000);
	free(long_line);
	bench_close(&b);
}

static void the_end_of_a_pipe_ends_no_line_but_frees_the_output(void **state)
{
	struct bench b;

	(void)state;
	bench_open(&b, KIND_PIPE);
	start(&b);
	say(&b, 0, "last words");
	hang_up(&b, 0);
	settle(&b);
	assert_string_equal(b.got[0], "last words");
	say(&b, 1, "b1\n");
	settle(&b);
	assert_string_equal(b.got[0], "last words\nb1\n");
	say(&b, 1, "no newline");
	hang_up(&b, 1);
	hang_up(&b, 2);
	finish(&b);
	assert_string_equal(b.got[0], "last words\nb1\nno newline");
	bench_close(&b);
}

static void idle_asks_for_no_wake_up(void **state)
{
	struct bench b;

	(void)state;
	bench_open(&b, KIND_PIPE);
	start(&b);
	settle(&b);
	assert_true(log_pump_deadline(&b.pump) == 0);
	say(&b, 0, "line\n");
	settle(&b);
	assert_true(log_pump_deadline(&b.pump) == 0);
	bench_close(&b);
}

/* ---- outputs that refuse ---- */

static void a_stopped_reader_costs_nothing(void **state)
{
	struct bench b;
	char line[32];
	char *expected = calloc(1, 1 << 20);

	(void)state;
	bench_open(&b, KIND_PIPE);
	start(&b);
	b.hold_reader = true;
	for (int i = 0; i < 60; i++) {
		(void)snprintf(line, sizeof line, "line %d\n", i);
		say(&b, 0, line);
		strcat(expected, line);
		settle(&b);
	}
	assert_true(b.pump.queues[0].blocked);
	b.hold_reader = false;
	drain(&b);
	b.pump.queues[0].blocked = false;
	settle(&b);
	assert_string_equal(b.got[0], expected);
	free(expected);
	bench_close(&b);
}

static void a_full_disk_is_tried_again_each_second(void **state)
{
	struct bench b;

	(void)state;
	bench_open(&b, KIND_FILE);
	start(&b);
	fake_fail(FAKE_splice, 1, 2, ENOSPC);
	say(&b, 0, "kept\n");
	settle(&b);
	assert_string_equal(b.got[0], "");
	assert_true(log_pump_deadline(&b.pump) == b.now + SECOND);
	b.now += SECOND;
	settle(&b);
	assert_true(log_pump_deadline(&b.pump) == b.now + SECOND);
	b.now += SECOND;
	settle(&b);
	assert_string_equal(b.got[0], "kept\n");
	assert_true(atomic_load(&b.pump.outputs.state->retries) == 2);
	assert_string_equal(b.got[1],
			    "orlop-log: standard output cannot be written: trying each second\n");
	bench_close(&b);
}

static void a_full_disk_behind_the_journal_loses_nothing(void **state)
{
	struct bench b;

	(void)state;
	bench_open(&b, KIND_APPEND);
	start(&b);
	fake_fail(FAKE_write, 1, 1, ENOSPC);
	say(&b, 0, "kept\n");
	settle(&b);
	assert_string_equal(b.got[0], "");
	b.now += SECOND;
	settle(&b);
	assert_string_equal(b.got[0], "kept\n");
	bench_close(&b);
}

static void a_reader_that_is_gone_does_not_stop_the_services(void **state)
{
	struct bench b;

	(void)state;
	bench_open(&b, KIND_PIPE);
	b.outputs[1] = 1;
	close(b.out_reader[0]);
	b.out_reader[0] = -1;
	close(b.out[0]);
	b.out[0] = open("/dev/null", O_RDONLY);
	start(&b);
	say(&b, 0, "nobody reads this\n");
	say(&b, 1, "but this\n");
	settle(&b);
	assert_true(atomic_load(&b.pump.outputs.state->dropped[0]) == 18);
	assert_non_null(strstr(b.got[1], "but this\n"));
	for (int i = 0; i < SOURCES; i++)
		hang_up(&b, i);
	finish(&b);
	bench_close(&b);
}

static void a_closed_pipe_is_dropped_and_counted(void **state)
{
	struct bench b;

	(void)state;
	bench_open(&b, KIND_PIPE);
	close(b.out_reader[0]);
	b.out_reader[0] = -1;
	start(&b);
	say(&b, 0, "nobody reads this\n");
	settle(&b);
	assert_true(atomic_load(&b.pump.outputs.state->dropped[0]) == 18);
	bench_close(&b);
}

static void one_file_behind_both_outputs_is_one_output(void **state)
{
	struct bench b;

	(void)state;
	bench_open(&b, KIND_APPEND);
	close(b.out[1]);
	b.out[1] = dup(b.out[0]);
	b.outputs[1] = 1;
	start(&b);
	say(&b, 0, "half");
	b.now += SECOND;
	settle(&b);
	b.now += SECOND;
	settle(&b);
	say(&b, 1, "other\n");
	settle(&b);
	b.now += SECOND;
	settle(&b);
	assert_string_equal(b.got[0], "half\nother\n");
	bench_close(&b);
}

static void a_journal_that_waits_does_not_hold_the_other_output_for_ever(void **state)
{
	struct bench b;
	char filler[65536];

	(void)state;
	memset(filler, 'f', sizeof filler);
	bench_open(&b, KIND_PIPE);
	b.names[0] = "a";
	b.names[1] = "b";
	b.outputs[1] = 1;
	assert_int_equal(write(b.out[1], filler, sizeof filler), sizeof filler);
	start(&b);
	b.hold_reader = true;
	say(&b, 1, "to the full one\n");
	settle(&b);
	assert_true(b.pump.queues[1].blocked);
	say(&b, 0, "to the free one\n");
	settle(&b);
	b.hold_reader = false;
	drain(&b);
	b.pump.queues[1].blocked = false;
	settle(&b);
	assert_string_equal(b.got[0], "a | to the free one\n");
	assert_string_equal(b.got[1] + sizeof filler, "b | to the full one\n");
	bench_close(&b);
}

static void a_prefix_is_not_put_into_the_middle_of_a_line(void **state)
{
	struct bench b;

	(void)state;
	bench_open(&b, KIND_PIPE);
	b.names[0] = "web";
	start(&b);
	say(&b, 0, "one\ntwo\nthr");
	settle(&b);
	b.now += SECOND;
	settle(&b);
	b.now += SECOND;
	settle(&b);
	say(&b, 0, "ee\nfour\n");
	settle(&b);
	assert_string_equal(b.got[0], "web | one\nweb | two\nweb | three\nweb | four\n");
	bench_close(&b);
}

/* ---- killed anywhere ---- */

static struct {
	jmp_buf back;
	unsigned calls;
	unsigned deadly; /* number of the call before which it dies */
	bool behind;	 /* it dies right behind the call before, with nothing stored since */
	struct log_state *live;
	unsigned char copy[LOG_STATE_SIZE];
} killer;

static bool kill_at(enum fake_call call, long *value, void *context)
{
	struct bench *b = context;

	(void)call;
	(void)value;
	killer.calls++;
	if (killer.calls == killer.deadly) {
		if (killer.behind && killer.live)
			memcpy(killer.live, killer.copy, LOG_STATE_SIZE);
		longjmp(killer.back, 1);
	}
	killer.live = b->pump.outputs.state;
	if (killer.live)
		memcpy(killer.copy, killer.live, LOG_STATE_SIZE);
	return false;
}

static char const *const told[SOURCES] = { "A1\nA2\nA3 is longer than the others\nA4\n", "B1\nB2\n",
					   "C1\nC2\nC3\n" };

/* Whether the lines of `text` in `got` are those of one source, in order, each once. */
static void assert_lines(char const *got, char const *text, char const *prefix)
{
	char const letter[2] = { text[0], '\0' };
	char lines[512] = "";
	char const *line = got;

	while (*line) {
		char const *end = strchr(line, '\n');
		char const *bare = line + strlen(prefix);

		assert_non_null(end);
		if (strncmp(line, prefix, strlen(prefix)) == 0 && bare[0] == letter[0])
			strncat(lines, bare, (size_t)(end + 1 - bare));
		line = end + 1;
	}
	assert_string_equal(lines, text);
}

/* True when the logger came to its end before call number `deadly`. */
static bool survives(enum kind kind, unsigned deadly, bool behind, char const *prefix)
{
	static struct bench b;
	volatile bool ended = false;

	bench_open(&b, kind);
	for (int i = 0; i < SOURCES; i++) {
		b.names[i] = prefix ? "svc" : NULL;
		say(&b, i, told[i]);
		hang_up(&b, i);
	}
	memset(&killer, 0, sizeof killer);
	killer.deadly = deadly;
	killer.behind = behind;
	for (int call = 0; call < FAKE_CALLS; call++)
		fake_hook(call, kill_at, &b);
	if (setjmp(killer.back) == 0) {
		start(&b);
		finish(&b);
		ended = true;
	}
	fake_reset();
	if (!ended) {
		bury(&b);
		start(&b);
		finish(&b);
	}
	drain(&b);
	for (int i = 0; i < SOURCES; i++)
		assert_lines(b.got[0], told[i], prefix ? "svc | " : "");
	assert_int_equal(b.got_length[0], strlen(told[0]) + strlen(told[1]) + strlen(told[2]) +
					      (prefix ? 9 * strlen("svc | ") : 0));
	bench_close(&b);
	return ended;
}

static void killed_everywhere(enum kind kind, bool behind, char const *prefix)
{
	unsigned deadly = 1;

	while (!survives(kind, deadly, behind, prefix))
		deadly++;
	/* A test of nothing would end at once. */
	assert_true(deadly > 10);
}

static void killed_before_any_call_on_a_pipe(void **state)
{
	(void)state;
	killed_everywhere(KIND_PIPE, false, NULL);
}

static void killed_behind_any_call_on_a_pipe(void **state)
{
	(void)state;
	killed_everywhere(KIND_PIPE, true, NULL);
}

static void killed_around_any_call_on_a_file(void **state)
{
	(void)state;
	killed_everywhere(KIND_FILE, false, NULL);
	killed_everywhere(KIND_FILE, true, NULL);
}

static void killed_around_any_call_on_an_append_only_file(void **state)
{
	(void)state;
	killed_everywhere(KIND_APPEND, false, NULL);
	killed_everywhere(KIND_APPEND, true, NULL);
}

static void killed_around_any_call_with_prefixes(void **state)
{
	(void)state;
	killed_everywhere(KIND_PIPE, false, "svc | ");
	killed_everywhere(KIND_FILE, false, "svc | ");
	killed_everywhere(KIND_FILE, true, "svc | ");
	killed_everywhere(KIND_APPEND, true, "svc | ");
}

static void a_state_of_another_version_is_begun_anew(void **state)
{
	struct bench b;
	struct log_state foreign = { .magic = 7, .version = 9 };

	(void)state;
	bench_open(&b, KIND_PIPE);
	atomic_store(&foreign.owner[0], 77);
	assert_int_equal(pwrite(b.state, &foreign, sizeof foreign, 0), sizeof foreign);
	start(&b);
	say(&b, 0, "line\n");
	settle(&b);
	assert_string_equal(b.got[0], "line\n");
	bench_close(&b);
}

static void an_owner_that_is_no_source_is_no_owner(void **state)
{
	struct bench b;

	(void)state;
	bench_open(&b, KIND_PIPE);
	start(&b);
	atomic_store(&b.pump.outputs.state->owner[0], 77);
	atomic_store(&b.pump.outputs.state->line[0], LOG_LINE_OPEN);
	say(&b, 0, "line\n");
	settle(&b);
	assert_string_equal(b.got[0], "\nline\n");
	bench_close(&b);
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		cmocka_unit_test(an_unfinished_line_waits_in_its_pipe_and_is_not_torn),
		cmocka_unit_test(whole_lines_go_although_an_unfinished_one_follows),
		cmocka_unit_test(a_silent_unfinished_line_is_shown_and_ended_before_another),
		cmocka_unit_test(the_owner_of_an_open_line_goes_on_without_waiting),
		cmocka_unit_test(loggers_that_are_killed_within_the_second_do_not_begin_it_anew),
		cmocka_unit_test(a_logger_that_comes_late_breaks_no_line_that_goes_on),
		cmocka_unit_test(a_line_without_end_silences_all_others),
		cmocka_unit_test(a_line_that_trickles_silences_all_others),
		cmocka_unit_test(a_line_longer_than_the_pipe_comes_whole),
		cmocka_unit_test(the_end_of_a_pipe_ends_no_line_but_frees_the_output),
		cmocka_unit_test(idle_asks_for_no_wake_up),
		cmocka_unit_test(a_stopped_reader_costs_nothing),
		cmocka_unit_test(a_full_disk_is_tried_again_each_second),
		cmocka_unit_test(a_full_disk_behind_the_journal_loses_nothing),
		cmocka_unit_test(a_reader_that_is_gone_does_not_stop_the_services),
		cmocka_unit_test(a_closed_pipe_is_dropped_and_counted),
		cmocka_unit_test(one_file_behind_both_outputs_is_one_output),
		cmocka_unit_test(a_journal_that_waits_does_not_hold_the_other_output_for_ever),
		cmocka_unit_test(a_prefix_is_not_put_into_the_middle_of_a_line),
		cmocka_unit_test(killed_before_any_call_on_a_pipe),
		cmocka_unit_test(killed_behind_any_call_on_a_pipe),
		cmocka_unit_test(killed_around_any_call_on_a_file),
		cmocka_unit_test(killed_around_any_call_on_an_append_only_file),
		cmocka_unit_test(killed_around_any_call_with_prefixes),
		cmocka_unit_test(a_state_of_another_version_is_begun_anew),
		cmocka_unit_test(an_owner_that_is_no_source_is_no_owner),
	};

	(void)signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
