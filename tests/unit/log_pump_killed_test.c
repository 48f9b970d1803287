/* SPDX-License-Identifier: ISC */
/*
 * No byte lost, none twice, no line torn, when the logger is killed before any of its system calls,
 * or right behind one of them.
 */
#include "log_bench.h"

char const *PROG = "test";

/* The state and the records of all outputs. */
enum { STORED = LOG_RECORDS + OUTPUTS * LOG_RECORD_SIZE };

static struct {
	jmp_buf back;
	unsigned calls;
	unsigned deadly; /* number of the call before which it dies */
	bool behind;	 /* it dies right behind the call before, with nothing stored since */
	char *live;
	unsigned char copy[STORED];
} killer;

static bool kill_at(enum fake_call call, long *value, void *context)
{
	struct bench *b = context;

	(void)call;
	(void)value;
	killer.calls++;
	if (killer.calls == killer.deadly) {
		if (killer.behind && killer.live)
			memcpy(killer.live, killer.copy, STORED);
		longjmp(killer.back, 1);
	}
	killer.live = b->pump.outputs.map;
	if (killer.live)
		memcpy(killer.copy, killer.live, STORED);
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
		if (prefix)
			style_prefix(&b.styles[i], prefix);
		say(&b, i, told[i]);
		hang_up(&b, i);
	}
	memset(&killer, 0, sizeof killer);
	killer.deadly = deadly;
	killer.behind = behind;
	for (int call = 0; call < FAKE_CALLS; call++)
		fake_hook((enum fake_call)call, kill_at, &b);
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
	killed_everywhere(KIND_PIPE, true, "svc | ");
	killed_everywhere(KIND_FILE, false, "svc | ");
	killed_everywhere(KIND_FILE, true, "svc | ");
	killed_everywhere(KIND_APPEND, true, "svc | ");
}

static void killed_around_any_call_on_a_terminal(void **state)
{
	(void)state;
	killed_everywhere(KIND_TERMINAL, false, NULL);
	killed_everywhere(KIND_TERMINAL, true, NULL);
	killed_everywhere(KIND_TERMINAL, false, "svc | ");
	killed_everywhere(KIND_TERMINAL, true, "svc | ");
}

static bool kill_behind_splice(enum fake_call call, long *value, void *context)
{
	(void)value;
	if (fake_count(FAKE_splice) > 1 || (call != FAKE_splice && fake_count(FAKE_splice)))
		longjmp(killer.back, 1);
	(void)context;
	return false;
}

/* The same lines come again before the next logger: nothing but the count tells them apart. */
static void what_has_left_the_pipe_is_taken_twice(void **state)
{
	static struct bench b;
	int calls[] = { FAKE_lseek, FAKE_fallocate, FAKE_pwrite64, FAKE_tee, FAKE_clock_gettime };

	(void)state;
	bench_open(&b, KIND_FILE);
	for (int i = 0; i < SOURCES; i++)
		style_prefix(&b.styles[i], "svc | ");
	say(&b, 0, "x\nx\n");
	for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++)
		fake_hook((enum fake_call)calls[i], kill_behind_splice, &b);
	if (setjmp(killer.back) == 0) {
		start(&b);
		settle(&b);
		fail_msg("it was not killed");
	}
	fake_reset();
	/* As it was when the splice had just come back. */
	atomic_store(&b.outs[0].record->pipe, 1);
	atomic_store(&b.pump.outputs.state->drain, LOG_DRAIN_FILLS);
	bury(&b);
	say(&b, 0, "x\nx\n");
	start(&b);
	settle(&b);
	assert_string_equal(b.got[0], "svc | x\nsvc | x\nsvc | x\nsvc | x\n");
	bench_close(&b);
}

static void a_state_of_another_version_is_begun_anew(void **state)
{
	struct bench b;
	struct log_state foreign = { .magic = 7, .version = 9, .drain = 1, .drain_count = 5 };
	struct log_record record = { .owner = 77, .pipe = 1, .length = 9 };

	(void)state;
	bench_open(&b, KIND_PIPE);
	assert_int_equal(pwrite(b.state, &foreign, sizeof foreign, 0), sizeof foreign);
	assert_int_equal(pwrite(b.state, &record, sizeof record, LOG_RECORDS), sizeof record);
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
	atomic_store(&b.pump.outputs.out[0].record->owner, 77);
	atomic_store(&b.pump.outputs.out[0].record->line, LOG_LINE_OPEN);
	say(&b, 0, "line\n");
	settle(&b);
	assert_string_equal(b.got[0], "\nline\n");
	bench_close(&b);
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		cmocka_unit_test(killed_before_any_call_on_a_pipe),
		cmocka_unit_test(killed_behind_any_call_on_a_pipe),
		cmocka_unit_test(killed_around_any_call_on_a_file),
		cmocka_unit_test(killed_around_any_call_on_an_append_only_file),
		cmocka_unit_test(killed_around_any_call_with_prefixes),
		cmocka_unit_test(killed_around_any_call_on_a_terminal),
		cmocka_unit_test(what_has_left_the_pipe_is_taken_twice),
		cmocka_unit_test(a_state_of_another_version_is_begun_anew),
		cmocka_unit_test(an_owner_that_is_no_source_is_no_owner),
	};

	(void)signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
