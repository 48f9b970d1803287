/* SPDX-License-Identifier: ISC */
/* JSON is valid whatever is in a name. */
#include "lib/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void commas_are_missing_or_too_many(void **state)
{
	struct json json = JSON_EMPTY;

	(void)state;
	json_open(&json, NULL, '{');
	json_open(&json, "empty", '[');
	json_close(&json, ']');
	json_number(&json, "n", -5);
	json_open(&json, "list", '[');
	json_open(&json, NULL, '{');
	json_boolean(&json, "b", true);
	json_null(&json, "x");
	json_close(&json, '}');
	json_string(&json, NULL, "s");
	json_close(&json, ']');
	json_seconds(&json, "t", UINT64_C(12345678901));
	json_close(&json, '}');
	assert_string_equal(text_string(&json.text),
			    "{\"empty\":[],\"n\":-5,\"list\":[{\"b\":true,\"x\":null},\"s\"],"
			    "\"t\":12.345}");
	text_free(&json.text);
}

static void assert_quoted(char const *value, char const *expected)
{
	struct json json = JSON_EMPTY;

	json_string(&json, NULL, value);
	assert_string_equal(text_string(&json.text), expected);
	text_free(&json.text);
}

static void a_string_breaks_the_document(void **state)
{
	(void)state;
	assert_quoted("a\"b\\c", "\"a\\\"b\\\\c\"");
	assert_quoted("\n\t\033\177", "\"\\n\\t\\u001b\\u007f\"");
	assert_quoted("\303\244\342\202\254\360\237\230\200",
		      "\"\303\244\342\202\254\360\237\230\200\"");
}

static void bytes_that_are_no_utf8_get_through(void **state)
{
	(void)state;
	assert_quoted("\377", "\"\\ufffd\"");
	assert_quoted("a\303", "\"a\\ufffd\"");
	assert_quoted("\300\200", "\"\\ufffd\\ufffd\"");
	assert_quoted("\355\240\200", "\"\\ufffd\\ufffd\\ufffd\"");
	assert_quoted("\360\200\200\200", "\"\\ufffd\\ufffd\\ufffd\\ufffd\"");
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		cmocka_unit_test(commas_are_missing_or_too_many),
		cmocka_unit_test(a_string_breaks_the_document),
		cmocka_unit_test(bytes_that_are_no_utf8_get_through),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
