/* SPDX-License-Identifier: ISC */
/* Outputs that take nothing: a stopped or lost reader, a full disk; nothing lost that can be kept. */
#include "log_bench.h"

char const *PROG = "test";

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

static void no_memory_to_take_lines_repeats_them(void **state)
{
	struct bench b;

	(void)state;
	bench_open(&b, KIND_FILE);
	style_prefix(&b.styles[0], "a | ");
	start(&b);
	fake_fail(FAKE_splice, 1, 1, ENOMEM);
	say(&b, 0, "one\ntwo\n");
	settle(&b);
	say(&b, 0, "three\n");
	settle(&b);
	assert_string_equal(b.got[0], "a | one\na | two\na | three\n");
	bench_close(&b);
}

static void a_terminal_that_takes_no_sendfile_gets_nothing(void **state)
{
	struct bench b;

	(void)state;
	bench_open(&b, KIND_TERMINAL);
	style_prefix(&b.styles[0], "a | ");
	start(&b);
	fake_fail(FAKE_sendfile, 1, 100, EINVAL);
	say(&b, 0, "one\n");
	settle(&b);
	say(&b, 0, "two\n");
	settle(&b);
	assert_string_equal(b.got[0], "a | one\na | two\n");
	bench_close(&b);
}

static void somebody_else_who_reads_a_pipe_stops_the_logger(void **state)
{
	struct bench b;
	char thief[8];

	(void)state;
	bench_open(&b, KIND_FILE);
	style_prefix(&b.styles[0], "a | ");
	start(&b);
	fake_fail(FAKE_write, 1, 1, ENOSPC);
	say(&b, 0, "stolen\n");
	settle(&b);
	bury(&b);
	assert_int_equal(read(b.readers[0], thief, 7), 7);
	b.now += SECOND;
	start(&b);
	say(&b, 0, "mine\n");
	settle(&b);
	assert_string_equal(b.got[0], "a | mine\n");
	bench_close(&b);
}

static void a_full_disk_and_no_splice_lose_nothing(void **state)
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
	assert_true(atomic_load(&b.pump.outputs.out[0].record->dropped) == 18);
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
	assert_true(atomic_load(&b.pump.outputs.out[0].record->dropped) == 18);
	bench_close(&b);
}

static void a_terminal_that_was_hung_up_stops_the_services_like_a_full_disk(void **state)
{
	struct bench b;

	(void)state;
	bench_open(&b, KIND_PIPE);
	start(&b);
	fake_fail(FAKE_splice, 1, 1, EIO);
	say(&b, 0, "nobody reads this\n");
	settle(&b);
	assert_true(atomic_load(&b.pump.outputs.out[0].record->dropped) == 18);
	bench_close(&b);
}

static void a_bad_sector_loses_lines_like_a_terminal_that_was_hung_up(void **state)
{
	struct bench b;

	(void)state;
	bench_open(&b, KIND_FILE);
	start(&b);
	fake_fail(FAKE_splice, 1, 1, EIO);
	say(&b, 0, "kept\n");
	settle(&b);
	b.now += SECOND;
	settle(&b);
	assert_string_equal(b.got[0], "kept\n");
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

static void a_chunk_that_waits_holds_up_the_other_output(void **state)
{
	struct bench b;
	char filler[65536];

	(void)state;
	memset(filler, 'f', sizeof filler);
	bench_open(&b, KIND_PIPE);
	style_prefix(&b.styles[0], "a | ");
	style_prefix(&b.styles[1], "b | ");
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
	assert_string_equal(b.got[0], "a | to the free one\n");
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
	style_prefix(&b.styles[0], "web | ");
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

int main(void)
{
	struct CMUnitTest const tests[] = {
		cmocka_unit_test(a_stopped_reader_costs_nothing),
		cmocka_unit_test(a_full_disk_is_tried_again_each_second),
		cmocka_unit_test(no_memory_to_take_lines_repeats_them),
		cmocka_unit_test(a_terminal_that_takes_no_sendfile_gets_nothing),
		cmocka_unit_test(somebody_else_who_reads_a_pipe_stops_the_logger),
		cmocka_unit_test(a_full_disk_and_no_splice_lose_nothing),
		cmocka_unit_test(a_reader_that_is_gone_does_not_stop_the_services),
		cmocka_unit_test(a_closed_pipe_is_dropped_and_counted),
		cmocka_unit_test(a_terminal_that_was_hung_up_stops_the_services_like_a_full_disk),
		cmocka_unit_test(a_bad_sector_loses_lines_like_a_terminal_that_was_hung_up),
		cmocka_unit_test(one_file_behind_both_outputs_is_one_output),
		cmocka_unit_test(a_chunk_that_waits_holds_up_the_other_output),
		cmocka_unit_test(a_prefix_is_not_put_into_the_middle_of_a_line),
	};

	(void)signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
