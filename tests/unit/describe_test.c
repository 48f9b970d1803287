/* SPDX-License-Identifier: ISC */
/* What status says of a service, word by word. */
#include "ctl/describe.h"

#include "tables.h"
#include "wire/step.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

char const *PROG = "test";

#define SECOND UINT64_C(1000000000)

static void assert_detail(uint32_t index, char const *expected)
{
	struct house const house = tables_house(100 * SECOND);
	struct described described;
	struct text text = TEXT_EMPTY;

	describe(&house, index, &described);
	describe_detail(&house, &described, &text);
	assert_string_equal(text_string(&text), expected);
	text_free(&text);
}

static void reason(uint32_t index, uint32_t state, uint32_t why, int32_t argument)
{
	struct status_slot *status = tables_status(index);

	atomic_store(&status->state, state);
	atomic_store(&status->reason, why);
	atomic_store(&status->reason_argument, argument);
}

static void a_reason_is_told_wrong(void **state)
{
	(void)state;
	tables_begin();
	(void)tables_add("db", PLAN_LONGRUN);
	(void)tables_add("web", PLAN_LONGRUN);
	tables_slot(1)->restart_window = 60 * SECOND;
	tables_slot(1)->start_timeout = 5 * SECOND;
	atomic_store(&tables_status(1)->last_wait_status, 11 | 128);
	reason(1, STATUS_FAILED, REASON_EXIT, 3);
	assert_detail(1, "exit 3");
	reason(1, STATUS_FAILED, REASON_SIGNAL, 9);
	assert_detail(1, "SIGKILL");
	reason(1, STATUS_FAILED, REASON_SIGNAL, 11 | 128);
	assert_detail(1, "SIGSEGV with a core dump");
	reason(1, STATUS_FAILED, REASON_RESTART_LIMIT, 5);
	assert_detail(1, "5 failures in 1m 00s, the last: SIGSEGV");
	reason(1, STATUS_FAILED, REASON_NEED_FAILED, 0);
	assert_detail(1, "needs db, which failed");
	reason(1, STATUS_FAILED, REASON_NEED_FAILED, 999);
	assert_detail(1, "needs something, which failed");
	reason(1, STATUS_FAILED, REASON_START_TIMEOUT, 0);
	assert_detail(1, "not ready within 5s");
	reason(1, STATUS_DOWN, REASON_DISABLED, 0);
	assert_detail(1, "disabled");
	reason(1, STATUS_FAILED, REASON_SPAWN, ENOENT);
	atomic_store(&tables_status(1)->reason_step, STEP_EXEC);
	assert_detail(1, "cannot start: exec /bin/true: No such file or directory");
	reason(1, STATUS_UP, REASON_EXIT, 3);
	assert_detail(1, "");
	reason(1, STATUS_FAILED, 12345, 0);
	assert_detail(1, "");
}

/* Which of its secrets it was is in init's table, and only as long as that tells of this start. */
static void the_file_that_a_start_failed_at_is_not_named(void **state)
{
	uint32_t words[2];

	(void)state;
	tables_begin();
	(void)tables_add("web", PLAN_LONGRUN);
	words[0] = tables_string("PASSWORD");
	words[1] = tables_string("?/run/secrets/db");
	tables_slot(0)->secrets = tables_words(words, 2);
	reason(0, STATUS_FAILED, REASON_SPAWN, EFBIG);
	atomic_store(&tables_status(0)->reason_step, STEP_SECRETS);
	atomic_store(&tables_run(0)->error_step, STEP_SECRETS);
	atomic_store(&tables_run(0)->error_object, 1);
	assert_detail(0, "cannot start: secrets /run/secrets/db: File too large");
	atomic_store(&tables_run(0)->error_step, STEP_NONE);
	assert_detail(0, "cannot start: secrets: File too large");
}

static void a_back_off_does_not_say_when(void **state)
{
	(void)state;
	tables_begin();
	(void)tables_add("web", PLAN_LONGRUN);
	reason(0, STATUS_BACKOFF, REASON_EXIT, 1);
	atomic_store(&tables_status(0)->deadline, 103 * SECOND);
	assert_detail(0, "exit 1, again in 3s");
	atomic_store(&tables_status(0)->deadline, 99 * SECOND);
	assert_detail(0, "exit 1");
}

static void waiting_does_not_say_for_what(void **state)
{
	uint32_t const needs[] = { 0, 1, 2 };

	(void)state;
	tables_begin();
	(void)tables_add("db", PLAN_LONGRUN);
	(void)tables_add("mail", PLAN_LONGRUN);
	(void)tables_add("off", PLAN_LONGRUN);
	(void)tables_add("web", PLAN_LONGRUN);
	tables_slot(2)->flags = 0;
	tables_slot(3)->needs = tables_words(needs, 3);
	reason(3, STATUS_WAITING, REASON_NONE, 0);
	assert_detail(3, "waits for db, mail");
	tables_up(0);
	assert_detail(3, "waits for mail");
}

static void waiting_for_an_order_is_not_told_or_told_for_ever(void **state)
{
	uint32_t const after[] = { 0, 1 };

	(void)state;
	tables_begin();
	(void)tables_add("db", PLAN_LONGRUN);
	(void)tables_add("mail", PLAN_LONGRUN);
	(void)tables_add("web", PLAN_LONGRUN);
	tables_slot(2)->after = tables_words(after, 2);
	reason(2, STATUS_WAITING, REASON_NONE, 0);
	atomic_store(&tables_status(0)->wanted, 1);
	atomic_store(&tables_status(0)->state, STATUS_STARTING);
	atomic_store(&tables_status(1)->wanted, 1);
	atomic_store(&tables_status(1)->state, STATUS_FAILED);
	assert_detail(2, "waits for db");
	atomic_store(&tables_status(2)->generation, 1);
	assert_detail(2, "");
}

static void the_next_run_is_not_told_in_the_containers_time(void **state)
{
	(void)state;
	assert_int_equal(setenv("TZ", "UTC", 1), 0);
	tzset();
	tables_begin();
	(void)tables_add("job", PLAN_ONESHOT);
	tables_slot(0)->scheduled = 1;
	atomic_store(&tables_status(0)->state, STATUS_DONE);
	atomic_store(&tables_status(0)->next_run, UINT64_C(43500) * SECOND);
	assert_detail(0, "next run 12:05:00");
	atomic_store(&tables_status(0)->next_run, UINT64_C(4102444800) * SECOND);
	assert_detail(0, "next run 2100-01-01 00:00");
}

static void assert_user(uint32_t index, char const *expected)
{
	struct house const house = tables_house(0);
	struct described described;
	struct text text = TEXT_EMPTY;

	describe(&house, index, &described);
	describe_user(&house, &described, &text);
	assert_string_equal(text_string(&text), expected);
	text_free(&text);
}

static void the_wrong_user_is_shown(void **state)
{
	struct plan_header *header = (struct plan_header *)(void *)tables.plan;

	(void)state;
	tables_begin();
	(void)tables_add("web", PLAN_LONGRUN);
	(void)tables_add("all", PLAN_BUNDLE);
	(void)tables_add("dynamic", PLAN_LONGRUN);
	tables_slot(2)->user = tables_string("61234");
	tables_slot(2)->uid = 61234;
	assert_user(0, "www-data(33)");
	assert_user(1, "-");
	assert_user(2, "61234");
	header->host = PLAN_HOST_SHARED_UID;
	header->uid = 12345;
	assert_user(0, "12345");
}

static void assert_good(uint32_t index, bool expected)
{
	struct house const house = tables_house(0);
	struct described described;

	describe(&house, index, &described);
	assert_int_equal(describe_good(&described), expected);
}

static void a_dead_process_is_good_or_a_running_job_is_bad(void **state)
{
	(void)state;
	tables_begin();
	(void)tables_add("web", PLAN_LONGRUN);
	(void)tables_add("job", PLAN_ONESHOT);
	tables_slot(1)->scheduled = 1;
	tables_up(0);
	assert_good(0, true);
	atomic_store(&tables_run(0)->state, SLOT_EXITED);
	assert_good(0, false);
	tables_up(0);
	atomic_store(&tables_status(0)->healthy, 2);
	assert_good(0, false);
	atomic_store(&tables_status(1)->state, STATUS_STARTING);
	assert_good(1, true);
	atomic_store(&tables_status(1)->state, STATUS_FAILED);
	assert_good(1, false);
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		cmocka_unit_test(a_reason_is_told_wrong),
		cmocka_unit_test(the_file_that_a_start_failed_at_is_not_named),
		cmocka_unit_test(a_back_off_does_not_say_when),
		cmocka_unit_test(waiting_does_not_say_for_what),
		cmocka_unit_test(waiting_for_an_order_is_not_told_or_told_for_ever),
		cmocka_unit_test(the_next_run_is_not_told_in_the_containers_time),
		cmocka_unit_test(the_wrong_user_is_shown),
		cmocka_unit_test(a_dead_process_is_good_or_a_running_job_is_bad),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
