/* SPDX-License-Identifier: ISC */
/* The counters: whoever may move is in the queue, once, and nobody else is. */
#include "simulator.h"

#include "supervise/graph.h"

static void drain(struct graph *graph, char *text)
{
	uint32_t slot;

	text[0] = '\0';
	while ((slot = graph_pop(graph)) != PLAN_NONE)
		(void)sprintf(text + strlen(text), "%u ", slot);
}

static void a_met_need_lets_its_dependents_go(void **state)
{
	struct sim sim;
	struct graph graph;
	char text[64];

	(void)state;
	sim_plan(&sim, 3);
	sim_needs(&sim, 0, 1);
	sim_needs(&sim, 0, 2);
	assert_int_equal(graph_open(&graph, sim.plan), 0);
	assert_false(graph_may_start(&graph, 0, true));
	assert_true(graph_may_start(&graph, 1, true));
	graph_stand(&graph, 1, GRAPH_MET | GRAPH_PASSED);
	drain(&graph, text);
	assert_string_equal(text, "");
	graph_stand(&graph, 2, GRAPH_MET | GRAPH_PASSED);
	drain(&graph, text);
	assert_string_equal(text, "0 ");
	assert_true(graph_may_start(&graph, 0, true));
	graph_stand(&graph, 1, 0);
	assert_false(graph_may_start(&graph, 0, true));
	graph_close(&graph);
	sim_free(&sim);
}

static void order_counts_for_the_first_start_alone(void **state)
{
	struct sim sim;
	struct graph graph;

	(void)state;
	sim_plan(&sim, 2);
	sim_after(&sim, 0, 1);
	assert_int_equal(graph_open(&graph, sim.plan), 0);
	assert_false(graph_may_start(&graph, 0, true));
	assert_true(graph_may_start(&graph, 0, false));
	graph_stand(&graph, 1, GRAPH_PASSED);
	assert_true(graph_may_start(&graph, 0, true));
	graph_close(&graph);
	sim_free(&sim);
}

static void an_active_dependent_holds_what_it_needs(void **state)
{
	struct sim sim;
	struct graph graph;
	char text[64];

	(void)state;
	sim_plan(&sim, 3);
	sim_needs(&sim, 0, 2);
	sim_after(&sim, 1, 2);
	assert_int_equal(graph_open(&graph, sim.plan), 0);
	graph_stand(&graph, 0, GRAPH_ACTIVE);
	assert_false(graph_may_stop(&graph, 2));
	graph_stand(&graph, 0, 0);
	assert_true(graph_may_stop(&graph, 2));
	/* What only comes after it holds it when it stops as well, not when it stays up. */
	graph_stand(&graph, 1, GRAPH_ACTIVE);
	assert_true(graph_may_stop(&graph, 2));
	graph_stand(&graph, 1, GRAPH_ACTIVE | GRAPH_RELEASING);
	assert_false(graph_may_stop(&graph, 2));
	drain(&graph, text);
	graph_stand(&graph, 1, GRAPH_RELEASING);
	drain(&graph, text);
	assert_string_equal(text, "2 ");
	graph_close(&graph);
	sim_free(&sim);
}

static void counts_of_all_follow(void **state)
{
	struct sim sim;
	struct graph graph;

	(void)state;
	sim_plan(&sim, 3);
	assert_int_equal(graph_open(&graph, sim.plan), 0);
	assert_int_equal(graph.unsettled, 3);
	assert_int_equal(graph.active, 0);
	graph_stand(&graph, 1, GRAPH_ACTIVE | GRAPH_SETTLED);
	graph_stand(&graph, 1, GRAPH_ACTIVE | GRAPH_SETTLED);
	assert_int_equal(graph.unsettled, 2);
	assert_int_equal(graph.active, 1);
	graph_stand(&graph, 1, 0);
	assert_int_equal(graph.unsettled, 3);
	assert_int_equal(graph.active, 0);
	graph_close(&graph);
	sim_free(&sim);
}

static void the_queue_holds_each_slot_once(void **state)
{
	struct sim sim;
	struct graph graph;
	char text[64];

	(void)state;
	sim_plan(&sim, 3);
	assert_int_equal(graph_open(&graph, sim.plan), 0);
	for (int i = 0; i < 10; i++) {
		graph_push(&graph, 2);
		graph_push(&graph, 0);
	}
	drain(&graph, text);
	assert_string_equal(text, "2 0 ");
	graph_push(&graph, 2);
	drain(&graph, text);
	assert_string_equal(text, "2 ");
	graph_close(&graph);
	sim_free(&sim);
}

static bool once(void *context, uint32_t slot)
{
	bool *taken = context;
	bool const first = !taken[slot];

	taken[slot] = true;
	return first;
}

static void closures_go_one_way_and_not_over_order(void **state)
{
	struct sim sim;
	struct graph graph;
	bool taken[5] = { false };

	(void)state;
	sim_plan(&sim, 5);
	sim_needs(&sim, 0, 1);
	sim_needs(&sim, 1, 2);
	sim_needs(&sim, 0, 2);
	sim_after(&sim, 3, 2);
	assert_int_equal(graph_open(&graph, sim.plan), 0);
	assert_int_equal(graph_needs_of(&graph, 0, once, taken), 3);
	assert_true(taken[1] && taken[2] && !taken[3] && !taken[4]);
	memset(taken, 0, sizeof taken);
	assert_int_equal(graph_needed_by(&graph, 2, once, taken), 3);
	assert_true(taken[0] && taken[1] && !taken[3]);
	graph_close(&graph);
	sim_free(&sim);
}

static void a_pool_needs_all_of_its_instances(void **state)
{
	struct sim sim;
	struct graph graph;
	char text[64];

	(void)state;
	sim_plan(&sim, 3);
	sim_pool(&sim, 0, 1, 2);
	assert_int_equal(graph_open(&graph, sim.plan), 0);
	assert_int_equal(graph_pool_of(&graph, 2), 0);
	assert_int_equal(graph_pool_of(&graph, 0), PLAN_NONE);
	assert_true(graph_has_lost(&graph, 0));
	graph_stand(&graph, 1, GRAPH_MET | GRAPH_PASSED);
	assert_false(graph_may_start(&graph, 0, true));
	graph_stand(&graph, 2, GRAPH_PASSED); /* it is not meant to run */
	assert_true(graph_may_start(&graph, 0, true));
	graph_stand(&graph, 0, GRAPH_ACTIVE);
	assert_true(graph_may_stop(&graph, 1));
	graph_stand(&graph, 2, 0); /* it comes up */
	assert_false(graph_has_lost(&graph, 0));
	drain(&graph, text);
	graph_stand(&graph, 1, GRAPH_PASSED);
	drain(&graph, text);
	assert_string_equal(text, "0 ");
	assert_true(graph_has_lost(&graph, 0));
	graph_stand(&graph, 0, GRAPH_ACTIVE | GRAPH_RELEASING);
	assert_false(graph_may_stop(&graph, 1));
	graph_close(&graph);
	sim_free(&sim);
}

static void the_main_programs_needs_are_order(void **state)
{
	struct sim sim;
	struct graph graph;
	bool taken[2] = { false };

	(void)state;
	sim_plan(&sim, 2);
	sim_slot(&sim, 0)->kind = PLAN_MAIN;
	sim_needs(&sim, 0, 1);
	assert_int_equal(graph_open(&graph, sim.plan), 0);
	assert_int_equal(graph_needed_by(&graph, 1, once, taken), 1);
	graph_stand(&graph, 0, GRAPH_ACTIVE | GRAPH_RELEASING);
	assert_false(graph_may_stop(&graph, 1));
	graph_close(&graph);
	sim_free(&sim);
}

static void no_slots_at_all(void **state)
{
	struct sim sim;
	struct graph graph;

	(void)state;
	sim_plan(&sim, 0);
	assert_int_equal(graph_open(&graph, sim.plan), 0);
	assert_int_equal(graph_pop(&graph), PLAN_NONE);
	graph_close(&graph);
	sim_free(&sim);
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		cmocka_unit_test(a_met_need_lets_its_dependents_go),
		cmocka_unit_test(order_counts_for_the_first_start_alone),
		cmocka_unit_test(an_active_dependent_holds_what_it_needs),
		cmocka_unit_test(counts_of_all_follow),
		cmocka_unit_test(the_queue_holds_each_slot_once),
		cmocka_unit_test(closures_go_one_way_and_not_over_order),
		cmocka_unit_test(a_pool_needs_all_of_its_instances),
		cmocka_unit_test(the_main_programs_needs_are_order),
		cmocka_unit_test(no_slots_at_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
