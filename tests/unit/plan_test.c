/* SPDX-License-Identifier: ISC */
/*
 * plan_check() is all that stands between a broken plan and PID 1 following a reference out of it:
 * every reference that points outside must be refused.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <string.h>

#include "wire/plan.h"
#include "wire/slot.h"

struct whole {
	struct plan_header header;
	struct plan_slot helpers[PLAN_HELPERS];
	struct plan_slot slots[2];
	uint32_t words[8];
	struct plan_listen socket;
	char text[64];
};

static struct whole plan;

#define AT(member) ((uint32_t)offsetof(struct whole, member))

static void fill(struct plan_slot *slot)
{
	slot->name = AT(text) + 1;
	slot->executable = AT(text) + 1;
	slot->arguments = (struct plan_list){ AT(words), 1 };
	slot->parent = slot->ready_probe = slot->notify = slot->health_probe = PLAN_NONE;
	slot->stop_command = slot->listen_first = PLAN_NONE;
	slot->log_out = slot->log_err = 0;
}

static void fresh(void)
{
	memset(&plan, 0, sizeof plan);
	plan.header = (struct plan_header){
		.magic = PLAN_MAGIC,
		.version = PLAN_VERSION,
		.size = sizeof plan,
		.slot_size = sizeof(struct plan_slot),
		.count = 2,
		.visible = 2,
		.slots = AT(slots),
		.helpers = AT(helpers),
		.main = PLAN_NONE,
		.log_count = 1,
		.listen_count = 1,
		.listens = { AT(socket), 1 },
	};
	memcpy(plan.text + 1, "/bin/true", 10);
	plan.words[0] = AT(text) + 1;
	for (unsigned i = 0; i < 2; i++) {
		fill(&plan.helpers[i]);
		fill(&plan.slots[i]);
	}
}

static int check(void)
{
	return plan_check(&plan, sizeof plan);
}

static void a_whole_plan_is_refused(void **state)
{
	(void)state;
	fresh();
	assert_int_equal(check(), 0);
}

static void a_wrong_header_is_accepted(void **state)
{
	(void)state;
	fresh();
	plan.header.magic = 0;
	assert_int_equal(check(), -EPROTO);
	fresh();
	plan.header.version++;
	assert_int_equal(check(), -EPROTO);
	fresh();
	plan.header.slot_size--;
	assert_int_equal(check(), -EPROTO);
	fresh();
	plan.header.count = SLOT_MAX + 1;
	assert_int_equal(check(), -EPROTO);
	fresh();
	plan.header.slots = sizeof plan - 8;
	assert_int_equal(check(), -EPROTO);
	fresh();
	plan.header.helpers = UINT32_MAX - 7;
	assert_int_equal(check(), -EPROTO);
	fresh();
	plan.header.visible = 3;
	assert_int_equal(check(), -EPROTO);
	fresh();
	plan.header.main = 2;
	assert_int_equal(check(), -EPROTO);
	fresh();
	plan.header.log_count = 0;
	assert_int_equal(check(), -EPROTO);
	fresh();
	plan.header.listen_count = 2;
	assert_int_equal(check(), -EPROTO);
	fresh();
	assert_int_equal(plan_check(&plan, sizeof plan - 1), -EPROTO);
	assert_int_equal(plan_check(&plan, 10), -EPROTO);
}

static void a_plan_without_a_last_nul_is_accepted(void **state)
{
	(void)state;
	fresh();
	plan.text[sizeof plan.text - 1] = 'x';
	assert_int_equal(check(), -EPROTO);
}

static void a_string_outside_is_followed(void **state)
{
	uint32_t const outside[] = { 1, sizeof(struct plan_header) - 1, sizeof plan, UINT32_MAX };

	(void)state;
	for (unsigned i = 0; i < 4; i++) {
		fresh();
		plan.slots[1].directory = outside[i];
		assert_int_equal(check(), -EPROTO);
		fresh();
		plan.helpers[0].user = outside[i];
		assert_int_equal(check(), -EPROTO);
		fresh();
		plan.words[0] = outside[i];
		assert_int_equal(check(), -EPROTO);
		fresh();
		plan.header.timezone = outside[i];
		assert_int_equal(check(), -EPROTO);
	}
}

static void a_list_outside_is_followed(void **state)
{
	struct plan_list const bad[] = {
		{ 1, 1 },
		{ AT(words) + 1, 1 },
		{ sizeof plan, 1 },
		{ AT(words), sizeof plan },
		{ AT(words), UINT32_MAX },
		{ UINT32_MAX - 7, 1 },
	};

	(void)state;
	for (unsigned i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		fresh();
		plan.slots[0].arguments = bad[i];
		assert_int_equal(check(), -EPROTO);
		fresh();
		plan.slots[0].limits = bad[i];
		assert_int_equal(check(), -EPROTO);
		fresh();
		plan.slots[0].needs = bad[i];
		assert_int_equal(check(), -EPROTO);
		fresh();
		plan.header.operators = bad[i];
		assert_int_equal(check(), -EPROTO);
	}
}

static void an_index_beyond_its_count_is_accepted(void **state)
{
	(void)state;
	fresh();
	plan.words[1] = 2;
	plan.slots[0].needs = (struct plan_list){ AT(words) + 4, 1 };
	assert_int_equal(check(), -EPROTO); /* unaligned and too large */
	fresh();
	plan.words[2] = 2;
	plan.slots[0].needs = (struct plan_list){ AT(words) + 8, 1 };
	assert_int_equal(check(), -EPROTO);
	plan.words[2] = 1;
	assert_int_equal(check(), 0);
	plan.slots[0].log_out = 1;
	assert_int_equal(check(), -EPROTO);
	fresh();
	plan.slots[0].notify = 0;
	assert_int_equal(check(), -EPROTO);
	fresh();
	plan.slots[0].ready_probe = 2;
	assert_int_equal(check(), -EPROTO);
	fresh();
	plan.slots[0].listen = (struct plan_list){ AT(socket), 1 };
	plan.slots[0].listen_first = 1;
	assert_int_equal(check(), -EPROTO);
}

static void a_service_without_a_program_is_accepted(void **state)
{
	(void)state;
	fresh();
	plan.slots[0].executable = 0;
	assert_int_equal(check(), -EPROTO);
	plan.slots[0].kind = PLAN_BUNDLE;
	assert_int_equal(check(), 0);
	fresh();
	plan.slots[0].arguments.count = 0;
	assert_int_equal(check(), -EPROTO);
	fresh();
	plan.slots[0].kind = PLAN_HELPER + 1;
	assert_int_equal(check(), -EPROTO);
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		cmocka_unit_test(a_whole_plan_is_refused),
		cmocka_unit_test(a_wrong_header_is_accepted),
		cmocka_unit_test(a_plan_without_a_last_nul_is_accepted),
		cmocka_unit_test(a_string_outside_is_followed),
		cmocka_unit_test(a_list_outside_is_followed),
		cmocka_unit_test(an_index_beyond_its_count_is_accepted),
		cmocka_unit_test(a_service_without_a_program_is_accepted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
