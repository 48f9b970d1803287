/* SPDX-License-Identifier: ISC */
/* Which descriptors go to whom: one that is missing or one too many is what is looked for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <string.h>

#include "confine/request.h"
#include "sys/fake.h"
#include "wire/descriptors.h"

static struct {
	struct plan_header header;
	struct plan_slot helpers[PLAN_HELPERS];
	struct plan_slot slot;
} plan;
static struct confine_request request;

static int fresh(void **state)
{
	(void)state;
	fake_reset();
	memset(&plan, 0, sizeof plan);
	plan.header.count = 1;
	plan.header.helpers = offsetof(__typeof__(plan), helpers);
	plan.header.slots = offsetof(__typeof__(plan), slot);
	plan.header.log_count = 5;
	plan.header.notify_count = 3;
	plan.header.listen_count = 80;
	plan.slot.log_out = 3;
	plan.slot.log_err = 4;
	plan.slot.notify = PLAN_NONE;
	request = (struct confine_request){ .plan = &plan };
	return 0;
}

static void expect_place(uint32_t index, int from, int to)
{
	assert_true(index < request.place_count);
	assert_int_equal(request.places[index].from, from);
	assert_int_equal(request.places[index].to, to);
}

static bool keeps(int fd)
{
	for (uint32_t i = 0; i < request.kept_count; i++)
		if (request.kept[i].first <= (unsigned)fd && (unsigned)fd <= request.kept[i].last)
			return true;
	return false;
}

static unsigned kept(void)
{
	unsigned count = 0;

	for (uint32_t i = 0; i < request.kept_count; i++)
		count += request.kept[i].last - request.kept[i].first + 1;
	return count;
}

static void a_service_gets_more_or_less_than_its_own(void **state)
{
	(void)state;
	request_slot(&request, 0, FD_BLOCKS);
	assert_int_equal(request.place_count, 3);
	expect_place(0, FD_NULL, 0);
	expect_place(1, FD_BLOCKS + 5 + 3, 1);
	expect_place(2, FD_BLOCKS + 5 + 4, 2);
	assert_int_equal(request.kept_count, 0);
	assert_int_equal(request.error_fd, FD_ERRORS_WRITE);
	assert_int_equal(request.terminal, -1);
	assert_ptr_equal(request.slot, &plan.slot);
}

static void a_service_without_log_writes_somewhere(void **state)
{
	(void)state;
	plan.slot.log_out = plan.slot.log_err = PLAN_NONE;
	request_slot(&request, 0, FD_BLOCKS);
	expect_place(1, FD_NULL, 1);
	expect_place(2, FD_NULL, 2);
}

static void the_most_sockets_do_not_fit(void **state)
{
	(void)state;
	plan.slot.listen.count = PLAN_LISTEN_MAX;
	plan.slot.listen_first = 10;
	plan.slot.ready = PLAN_READY_FD;
	plan.slot.ready_fd = 200;
	plan.slot.notify = 2;
	request_slot(&request, 0, FD_BLOCKS);
	assert_int_equal(request.place_count, CONFINE_PLACES_MAX);
	expect_place(3, FD_BLOCKS + 10 + 6 + 10, 3);
	expect_place(3 + PLAN_LISTEN_MAX - 1, FD_BLOCKS + 16 + 10 + PLAN_LISTEN_MAX - 1,
		     2 + PLAN_LISTEN_MAX);
	expect_place(3 + PLAN_LISTEN_MAX, FD_BLOCKS + 10 + 3 + 2, 200);
}

static void a_notify_socket_is_handed_on(void **state)
{
	(void)state;
	plan.slot.ready = PLAN_READY_NOTIFY;
	plan.slot.notify = 1;
	request_slot(&request, 0, FD_BLOCKS);
	assert_int_equal(request.place_count, 3);
}

static void the_main_program_loses_the_containers_stdio(void **state)
{
	(void)state;
	plan.slot.flags = PLAN_KEEP_USER;
	request_slot(&request, 0, FD_BLOCKS);
	assert_int_equal(request.place_count, 0);
	assert_int_equal(kept(), 3);
	assert_true(keeps(0) && keeps(2));
}

/* A terminal on 0, in a session that `context` says is led by init. */
static bool yes(enum fake_call call, long *value, void *context)
{
	(void)call;
	*value = *(long *)context;
	return true;
}

static void a_terminal_of_another_session_is_taken(void **state)
{
	long here = 0;
	long led = 1;
	long self = 1;

	(void)state;
	plan.slot.flags = PLAN_KEEP_USER | PLAN_TTY;
	fake_hook(FAKE_ioctl, yes, &here);
	fake_hook(FAKE_getsid, yes, &led);
	fake_hook(FAKE_getpid, yes, &self);
	request_slot(&request, 0, FD_BLOCKS);
	assert_int_equal(request.terminal, 0);
	led = 700;
	request_slot(&request, 0, FD_BLOCKS);
	assert_int_equal(request.terminal, -1);
	led = 1;
	here = -ENOTTY;
	request_slot(&request, 0, FD_BLOCKS);
	assert_int_equal(request.terminal, -1);
}

static void the_supervisor_sees_logs_or_signals(void **state)
{
	(void)state;
	request_helper(&request, PLAN_SUPERVISOR, FD_BLOCKS);
	expect_place(0, FD_NULL, 0);
	expect_place(1, FD_BLOCKS + 5, 1);
	expect_place(2, FD_BLOCKS + 5, 2);
	for (int fd = FD_BLOCKS + 10; fd < FD_BLOCKS + 13; fd++)
		assert_true(keeps(fd)); /* to hear who is ready */
	assert_true(keeps(FD_PLAN) && keeps(FD_SLOTS) && keeps(FD_STATUS) && keeps(FD_WAKE));
	assert_true(keeps(FD_CONTROL_READ) && keeps(FD_VERBS_WRITE));
	assert_int_equal(kept(), 6 + 3);
	assert_ptr_equal(request.slot, &plan.helpers[PLAN_SUPERVISOR]);
}

static void the_logger_can_give_orders(void **state)
{
	(void)state;
	plan.header.notify_count = 0; /* and a range of none is no range */
	request_helper(&request, PLAN_LOGGER, FD_BLOCKS);
	assert_int_equal(request.place_count, 1);
	for (int fd = FD_BLOCKS; fd < FD_BLOCKS + 5; fd++)
		assert_true(keeps(fd));
	assert_true(keeps(1) && keeps(2) && keeps(FD_PLAN) && keeps(FD_SLOTS));
	assert_true(keeps(FD_LOG_STATE));
	assert_int_equal(kept(), 5 + 5);
	request = (struct confine_request){ .plan = &plan };
	request_helper(&request, PLAN_SUPERVISOR, FD_BLOCKS);
	assert_int_equal(kept(), 6);
	assert_int_equal(request.kept_count, 5);
}

static void a_helper_that_cannot_start_is_silent(void **state)
{
	(void)state;
	request_slot(&request, 0, FD_BLOCKS);
	assert_null(request.report); /* the slot table tells it */
	request_helper(&request, PLAN_LOGGER, FD_BLOCKS);
	assert_non_null(request.report);
	assert_int_equal(request.error_fd, -1);
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		cmocka_unit_test_setup(a_service_gets_more_or_less_than_its_own, fresh),
		cmocka_unit_test_setup(a_service_without_log_writes_somewhere, fresh),
		cmocka_unit_test_setup(the_most_sockets_do_not_fit, fresh),
		cmocka_unit_test_setup(a_notify_socket_is_handed_on, fresh),
		cmocka_unit_test_setup(the_main_program_loses_the_containers_stdio, fresh),
		cmocka_unit_test_setup(a_terminal_of_another_session_is_taken, fresh),
		cmocka_unit_test_setup(the_supervisor_sees_logs_or_signals, fresh),
		cmocka_unit_test_setup(the_logger_can_give_orders, fresh),
		cmocka_unit_test_setup(a_helper_that_cannot_start_is_silent, fresh),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
