/* SPDX-License-Identifier: ISC */
/* Names that tell of a secret, and harmless ones that look like them. */
#include "audit/audit_names.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void a_name_is_mistaken(void **state)
{
	(void)state;
	assert_true(audit_name_is_key(".env"));
	assert_true(audit_name_is_key("id_ed25519"));
	assert_true(audit_name_is_key("tls.key"));
	assert_true(audit_name_is_key("wp-config.php"));
	assert_false(audit_name_is_key(".env.example"));
	assert_false(audit_name_is_key("id_ed25519.pub"));
	assert_false(audit_name_is_key(".key"));
	assert_false(audit_name_is_key("key"));
	assert_false(audit_name_is_key("tls.keys"));
	assert_false(audit_name_is_key("wp-config.php.md"));
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		cmocka_unit_test(a_name_is_mistaken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
