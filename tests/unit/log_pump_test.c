/* SPDX-License-Identifier: ISC */
/* Who may write next: no line torn, nobody silenced. */
#include "log_bench.h"

char const *PROG = "test";

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
	assert_false(gets_through(&b, 100000));
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

static void a_long_line_in_a_larger_pipe_never_comes(void **state)
{
	static char flood[200000];
	struct bench b;

	(void)state;
	memset(flood, 'x', sizeof flood);
	bench_open(&b, KIND_PIPE);
	assert_true(fcntl(b.writers[0], F_SETPIPE_SZ, 1 << 20) >= 1 << 20);
	start(&b);
	assert_int_equal(write(b.writers[0], flood, sizeof flood), sizeof flood);
	log_pump_hear(&b.pump, 0, false);
	settle(&b);
	assert_true(b.got_length[0] > 100000);
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

int main(void)
{
	struct CMUnitTest const tests[] = {
		cmocka_unit_test(an_unfinished_line_waits_in_its_pipe_and_is_not_torn),
		cmocka_unit_test(whole_lines_go_although_an_unfinished_one_follows),
		cmocka_unit_test(a_silent_unfinished_line_is_shown_and_ended_before_another),
		cmocka_unit_test(the_owner_of_an_open_line_goes_on_without_waiting),
		cmocka_unit_test(a_line_without_end_silences_all_others),
		cmocka_unit_test(a_line_that_trickles_silences_all_others),
		cmocka_unit_test(loggers_that_are_killed_within_the_second_do_not_begin_it_anew),
		cmocka_unit_test(a_logger_that_comes_late_breaks_no_line_that_goes_on),
		cmocka_unit_test(a_line_longer_than_the_pipe_comes_whole),
		cmocka_unit_test(a_long_line_in_a_larger_pipe_never_comes),
		cmocka_unit_test(the_end_of_a_pipe_ends_no_line_but_frees_the_output),
		cmocka_unit_test(idle_asks_for_no_wake_up),
	};

	(void)signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
