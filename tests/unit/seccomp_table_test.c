/* SPDX-License-Identifier: ISC */
/* What the code that reads the deny list relies on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "confine/call_numbers.h"
#include "confine/seccomp_program.h"
#include "confine/seccomp_table.h"

#include <string.h>

/* seccomp_compile() takes the first of a call's rules and those behind it. */
static void test_rules_of_a_call_stand_together(void **state)
{
	(void)state;
	for (uint32_t i = 1; i < seccomp_rule_count; i++)
		for (uint32_t j = 0; j + 1 < i; j++)
			if (seccomp_rules[j].number == seccomp_rules[i].number)
				assert_int_equal(seccomp_rules[i - 1].number,
						 seccomp_rules[i].number);
	/* An answer is a byte. */
	assert_true(SECCOMP_FIRST_RULE + seccomp_rule_count <= 256);
}

static void test_every_rule_has_a_reason(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < seccomp_rule_count; i++) {
		assert_true(strlen(seccomp_rules[i].why) > 5);
		assert_true(seccomp_rules[i].why[SECCOMP_REASON - 1] == '\0');
		assert_string_not_equal(
		    seccomp_group_name((enum seccomp_group)seccomp_rules[i].group), "others");
		assert_false(seccomp_is_needed(seccomp_rules[i].number));
	}
	assert_true(seccomp_is_needed(__NR_execve));
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		cmocka_unit_test(test_rules_of_a_call_stand_together),
		cmocka_unit_test(test_every_rule_has_a_reason),
	};

	return cmocka_run_group_tests_name("seccomp_table", tests, NULL, NULL);
}
