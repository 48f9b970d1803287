/* SPDX-License-Identifier: ISC */
/* Bars from the ring, and from the tables where the ring no longer reaches back. */
#include "ctl/timeline.h"

#include "tables.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

enum { BOOT = 1000 };

static struct timeline timeline;

static void note(uint32_t slot, uint64_t time, uint32_t state, uint32_t reason, int32_t argument)
{
	struct status_event_view const view = {
		.time = time,
		.slot = slot,
		.generation = 1,
		.kind = NOTED_STATE,
		.state = state,
		.reason = reason,
		.argument = argument,
	};

	(void)tables_event(&view);
}

static void begin(void)
{
	tables_begin();
	(void)tables_add("db", PLAN_LONGRUN);
	(void)tables_add("web", PLAN_LONGRUN);
	(void)tables_add("off", PLAN_LONGRUN);
	atomic_store(&((struct slot_header *)(void *)tables.slots)->boot, BOOT);
}

/* "ROW STATE FROM-TO!" for each bar, ! for a failure. */
static void assert_bars(char const *expected)
{
	static uint32_t const slots[] = { 0, 1, 2 };
	struct house const house = tables_house(5000);
	struct timeline_bar const *bars;
	char text[1024] = "";

	timeline_free(&timeline);
	assert_int_equal(timeline_gather(&timeline, &house, slots, 3), 0);
	bars = genalloc_s(struct timeline_bar, &timeline.bars);
	for (size_t i = 0; i < genalloc_len(struct timeline_bar, &timeline.bars); i++)
		(void)sprintf(text + strlen(text), "%u %s %d-%d%s ", bars[i].row,
			      status_state_name(bars[i].view.state), (int)bars[i].from,
			      (int)bars[i].to, timeline_is_failure(&bars[i].view) ? "!" : "");
	assert_string_equal(text, expected);
}

static void a_change_of_state_is_no_end_of_a_bar(void **state)
{
	(void)state;
	begin();
	note(1, 1001, STATUS_WAITING, 0, 0);
	note(0, 1001, STATUS_WAITING, 0, 0);
	note(0, 1002, STATUS_STARTING, 0, 0);
	note(0, 1010, STATUS_UP, 0, 0);
	note(1, 1010, STATUS_STARTING, 0, 0);
	note(1, 1011, STATUS_UP, 0, 0);
	note(1, 2000, STATUS_BACKOFF, REASON_EXIT, 3);
	note(1, 2100, STATUS_WAITING, 0, 0);
	note(1, 2200, STATUS_DOWN, REASON_OPERATOR, 0);
	/* Started first stands first; what is down has no bar. */
	assert_bars("0 waiting 1001-1002 0 starting 1002-1010 1 waiting 1001-1010 "
		    "1 starting 1010-1011 1 up 1011-2000 1 backoff 2000-2100! 1 waiting 2100-2200 "
		    "0 up 1010-5000 ");
	assert_int_equal(timeline.rows[0].slot, 0);
	assert_int_equal(timeline.rows[0].ready, 1010);
	assert_int_equal(timeline.rows[1].start, 1010);
	assert_true(timeline.rows[2].first == UINT64_MAX);
	assert_int_equal(timeline.known, 0);
	assert_int_equal(timeline.boot, BOOT);
}

/* Another lap of the ring: db has events in it, web has not, off never ran. */
static void what_the_tables_know_is_left_out_or_made_up(void **state)
{
	(void)state;
	begin();
	tables_up(1);
	atomic_store(&tables_run(1)->start, 1010);
	atomic_store(&tables_status(1)->ready, 1020);
	atomic_store(&tables_status(1)->since, 1020);
	for (int i = 0; i < STATUS_EVENTS + 1; i++)
		note(0, 3000 + (uint64_t)i / 2, i % 2 ? STATUS_UP : STATUS_DOWN, 0, 0);
	note(0, 4999, STATUS_FAILED, REASON_SIGNAL, 11);
	note(1, 1, STATUS_UP, 0, 0);
	atomic_store(&((struct status_header *)(void *)tables.status)->events,
		     STATUS_EVENTS + 2); /* the last one does not count */
	timeline_free(&timeline);
	{
		static uint32_t const slots[] = { 1, 2 };
		struct house const house = tables_house(5000);
		struct timeline_bar const *bars;

		assert_int_equal(timeline_gather(&timeline, &house, slots, 2), 0);
		assert_int_equal(genalloc_len(struct timeline_bar, &timeline.bars), 2);
		bars = genalloc_s(struct timeline_bar, &timeline.bars);
		assert_int_equal(bars[0].view.state, STATUS_STARTING);
		assert_int_equal(bars[0].from, 1010);
		assert_int_equal(bars[0].to, 1020);
		assert_int_equal(bars[1].view.state, STATUS_UP);
		assert_int_equal(bars[1].from, 1020);
		assert_int_equal(bars[1].to, 5000);
		assert_true(timeline.known >= 3000);
		assert_true(timeline.rows[1].first == UINT64_MAX);
	}
}

static void a_stop_or_a_success_is_a_failure(void **state)
{
	struct status_event_view view = { .reason = REASON_EXIT, .argument = 0 };

	(void)state;
	assert_false(timeline_is_failure(&view));
	view.argument = 1;
	assert_true(timeline_is_failure(&view));
	view.reason = REASON_OPERATOR;
	assert_false(timeline_is_failure(&view));
	view.reason = REASON_WATCHDOG;
	assert_true(timeline_is_failure(&view));
}

static int end(void **state)
{
	(void)state;
	timeline_free(&timeline);
	timeline = (struct timeline){ 0 };
	return 0;
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		cmocka_unit_test_teardown(a_change_of_state_is_no_end_of_a_bar, end),
		cmocka_unit_test_teardown(what_the_tables_know_is_left_out_or_made_up, end),
		cmocka_unit_test(a_stop_or_a_success_is_a_failure),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
