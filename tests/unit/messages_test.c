/* SPDX-License-Identifier: ISC */
/* The wording that people and their log searches rely on. */
#include "simulator.h"

#include "supervise/messages.h"

static void durations(void **state)
{
	static struct {
		uint64_t nanoseconds;
		char const *text;
	} const cases[] = {
		{ 0, "0 ms" },
		{ 400 * MILLISECOND, "400 ms" },
		{ 999 * MILLISECOND, "999 ms" },
		{ SECOND, "1 s" },
		{ 1500 * MILLISECOND, "1.5 s" },
		{ 1960 * MILLISECOND, "2 s" },
		{ 60 * SECOND, "60 s" },
	};
	char buffer[MESSAGE_DURATION_SIZE];

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_string_equal(message_duration(cases[i].nanoseconds, buffer), cases[i].text);
}

static void causes(void **state)
{
	char buffer[MESSAGE_CAUSE_SIZE];
	struct slot_view view = { .wait_status = 3 << 8 };
	struct sim sim;

	(void)state;
	sim_plan(&sim, 1);
	sim_slot(&sim, 0)->directory = sim_text(&sim, "/srv");
	sim_open(&sim);
	assert_string_equal(message_cause(&sim.supervisor, 0, &view, buffer), "exited 3");
	view.wait_status = SIGSEGV | 0x80;
	assert_string_equal(message_cause(&sim.supervisor, 0, &view, buffer),
			    "killed by SIGSEGV (core dumped)");
	view.wait_status = 36;
	assert_string_equal(message_cause(&sim.supervisor, 0, &view, buffer),
			    "killed by SIGRTMIN+2");
	view.error_step = STEP_DIRECTORY;
	view.error_number = 13;
	assert_string_equal(message_cause(&sim.supervisor, 0, &view, buffer),
			    "cannot start: working directory /srv: Permission denied");
	view.error_step = STEP_UID;
	assert_string_equal(message_cause(&sim.supervisor, 0, &view, buffer),
			    "cannot start: user id: Permission denied");
	sim_free(&sim);
}

/* Of several declared files the one that is wrong is named; a number out of range names none. */
static void a_path_or_secret_is_not_named(void **state)
{
	static struct {
		uint32_t step;
		uint32_t object;
		char const *text;
	} const cases[] = {
		{ STEP_PATHS, 2, "cannot start: declared paths /two: Permission denied" },
		{ STEP_PATHS, 3, "cannot start: declared paths: Permission denied" },
		{ STEP_PATHS, 0, "cannot start: declared paths: Permission denied" },
		{ STEP_SECRETS, 1, "cannot start: secrets /two: Permission denied" },
		{ STEP_SECRETS, 2, "cannot start: secrets: Permission denied" },
		{ STEP_UID, 1, "cannot start: user id: Permission denied" },
	};
	char buffer[MESSAGE_CAUSE_SIZE];
	struct sim sim;
	uint32_t words[4] = { 0 };

	(void)state;
	sim_plan(&sim, 1);
	words[0] = sim_text(&sim, "/one");
	words[2] = sim_text(&sim, "/two"); /* as struct plan_path: path, rights */
	sim_slot(&sim, 0)->paths = sim_list(&sim, words, 4);
	sim_slot(&sim, 0)->paths.count = 2;
	words[1] = words[2];
	sim_slot(&sim, 0)->secrets = sim_list(&sim, words, 2);
	sim_open(&sim);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct slot_view const view = { .error_step = cases[i].step,
						.error_number = 13,
						.error_object = cases[i].object };

		assert_string_equal(message_cause(&sim.supervisor, 0, &view, buffer),
				    cases[i].text);
	}
	sim_free(&sim);
}

/* However long the path: the reason has to be in the line, and the line is one. */
static void a_long_path_does_not_hide_the_reason(void **state)
{
	char buffer[MESSAGE_CAUSE_SIZE];
	struct slot_view view = { .error_step = STEP_EXEC, .error_number = 2 };
	char path[1000];
	struct sim sim;

	(void)state;
	memset(path, 'x', sizeof path);
	path[0] = '/';
	path[sizeof path - 1] = '\0';
	sim_plan(&sim, 1);
	sim_slot(&sim, 0)->executable = sim_text(&sim, path);
	sim_open(&sim);
	assert_non_null(strstr(message_cause(&sim.supervisor, 0, &view, buffer),
			       "xxx: No such file or directory"));
	assert_true(strlen(buffer) < sizeof buffer - 1);
	sim_free(&sim);
}

static void a_name_comes_first_and_a_long_line_is_cut(void **state)
{
	char text[1000];
	struct sim sim;

	(void)state;
	memset(text, 'x', sizeof text);
	text[sizeof text - 1] = '\0';
	sim_plan(&sim, 2);
	sim_open(&sim);
	message(&sim.supervisor, 1, "is %s", "here");
	message(&sim.supervisor, PLAN_NONE, "bare");
	assert_string_equal(sim.said, "s1: is here\nbare\n");
	sim.said[0] = '\0';
	message(&sim.supervisor, 0, "%s", text);
	assert_int_equal(strlen(sim.said), MESSAGE_SIZE);
	sim_free(&sim);
}

/* One line says who asked for it; the end that follows is no news. */
static void an_end_that_was_asked_for_is_told_as_a_failure(void **state)
{
	struct sim sim;

	(void)state;
	sim_plan(&sim, 2);
	sim_boot(&sim);
	sim_operate(&sim, VERB_STOP, 0, 0);
	sim_operate(&sim, VERB_RESTART, 1, 0);
	assert_string_equal(sim.said, "s0: stopping: asked by an operator\n"
				      "s1: restarting: asked by an operator\n");
	sim_free(&sim);
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		cmocka_unit_test(durations),
		cmocka_unit_test(causes),
		cmocka_unit_test(a_path_or_secret_is_not_named),
		cmocka_unit_test(a_long_path_does_not_hide_the_reason),
		cmocka_unit_test(a_name_comes_first_and_a_long_line_is_cut),
		cmocka_unit_test(an_end_that_was_asked_for_is_told_as_a_failure),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
