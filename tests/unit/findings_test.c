/* SPDX-License-Identifier: ISC */
/* The table of findings: every code is there, once, with all that a reader needs. */
#include "lib/findings.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void a_finding_is_incomplete(void **state)
{
	(void)state;
	for (int i = 0; i < FINDINGS; i++) {
		struct finding_kind const *kind = &finding_kinds[i];

		assert_non_null(kind->code);
		assert_non_null(kind->meaning);
		assert_non_null(kind->remedy);
		assert_in_range(kind->weight, 1, 100);
		for (int j = 0; j < i; j++)
			assert_string_not_equal(kind->code, finding_kinds[j].code);
	}
}

static void a_code_is_mistaken(void **state)
{
	(void)state;
	assert_true(findings_known("setuid"));
	assert_true(findings_known("writes-own"));
	assert_false(findings_known("setuid "));
	assert_false(findings_known("*"));
	assert_false(findings_known(""));
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		cmocka_unit_test(a_finding_is_incomplete),
		cmocka_unit_test(a_code_is_mistaken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
