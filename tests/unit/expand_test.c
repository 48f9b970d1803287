/* SPDX-License-Identifier: ISC */
/* Every process must have a slot, and every edge must lead to the slot that is meant. */
#include "declared.h"

#include "plan/expand.h"
#include "plan/needs.h"
#include "plan/roles.h"

static struct expansion e;

static int expand(void)
{
	load_all(&bed.declarations);
	needs_resolve(&bed.declarations);
	roles_select(&bed.declarations, NULL, "");
	declared_no_fault();
	return expand_all(&bed.declarations, &e);
}

static uint32_t slot(char const *name)
{
	for (uint32_t i = 0; i < e.count; i++)
		if (!strcmp(e.slots[i].name, name))
			return i;
	fail_msg("no slot %s", name);
	return 0;
}

static void test_instances_sort_around_others(void **state)
{
	struct planned const *group;

	(void)state;
	declared_file("services/w.ini", "command = x\ninstances = 11\n");
	declared_file("services/w-a.ini", "command = x\nneeds = w\n");
	declared_file("services/w0.ini", "command = x\n");
	declared_file("services/one.ini", "command = x\ninstances = 1\nneeds = w-a\n");
	assert_int_equal(expand(), 0);
	assert_int_equal(e.count, 16);
	for (uint32_t i = 1; i < e.count; i++)
		assert_true(strcmp(e.slots[i - 1].name, e.slots[i].name) < 0);
	group = &e.slots[slot("w")];
	assert_int_equal(group->kind, PLANNED_GROUP);
	assert_int_equal(group->need_count, 11);
	for (uint32_t i = 0; i < 11; i++) {
		assert_ptr_equal(e.slots[group->needs[i]].service, group->service);
		assert_int_not_equal(e.slots[group->needs[i]].instance, 0);
	}
	assert_int_equal(e.slots[slot("w-a")].needs[0], slot("w"));
	assert_int_equal(e.slots[slot("one@1")].needs[0], slot("w-a"));
	assert_int_equal(e.slots[slot("one")].needs[0], slot("one@1"));
	assert_int_equal(e.slots[slot("w@11")].instance, 11);
}

static void test_probes_are_last(void **state)
{
	(void)state;
	declared_file("services/a.ini",
		      "command = x\nready = tcp:80\nhealth = tcp:80\nstop-command = y\n"
		      "instances = 2\n");
	declared_file("services/z.ini", "command = x\nready = notify\n");
	assert_int_equal(expand(), 0);
	assert_int_equal(e.visible, 4);
	assert_int_equal(e.count, 4 + 6);
	assert_int_equal(e.slots[slot("a@2.health")].parent, slot("a@2"));
	assert_int_equal(e.slots[slot("a@2")].probes[1], slot("a@2.health"));
	assert_int_equal(e.slots[slot("a@1")].probes[0], slot("a@1.ready"));
	assert_int_equal(e.slots[slot("a@1")].probes[2], slot("a@1.stop"));
	assert_int_equal(e.slots[slot("z")].probes[0], PLAN_NONE);
	assert_int_equal(e.slots[slot("a")].probes[0], PLAN_NONE);
}

static void test_the_main_program_waits_for_all(void **state)
{
	static char const *const command[] = { "sh", NULL };

	(void)state;
	bed.declarations.main = command;
	declared_file("services/a.ini", "command = x\ninstances = 2\n");
	declared_file("services/b.ini", "command = x\nenabled-if = env:NOPE\n");
	declared_file("services/c.ini", "type = oneshot\nphase = build\ncommand = x\n");
	assert_int_equal(expand(), 0);
	assert_int_equal(e.count, 5); /* a a@1 a@2 b, and itself */
	assert_int_equal(e.main, slot("main program"));
	assert_int_equal(e.slots[e.main].need_count, 3);
}

static void test_no_more_than_fit(void **state)
{
	(void)state;
	declared_file("services/a.ini", "command = x\ninstances = 8191\n");
	assert_int_equal(expand(), 0);
	assert_int_equal(e.count, 8192);
	bed.declarations.count = 0;
	memset(&bed.declarations.by_name, 0, sizeof bed.declarations.by_name);
	declared_file("services/a.ini", "command = x\ninstances = 8192\nhealth = tcp:80\n");
	assert_int_equal(expand(), -ECANCELED);
	declared_fault(
	    "found 16385 slots (services, instances and their probes), expected at most 8192");
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		DECLARED(test_instances_sort_around_others),
		DECLARED(test_probes_are_last),
		DECLARED(test_the_main_program_waits_for_all),
		DECLARED(test_no_more_than_fit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
