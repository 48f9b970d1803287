/* SPDX-License-Identifier: ISC */
/* Texts that are built piece by piece: padding, numbers, terminals kept safe, short writes. */
#include "lib/text.h"
#include "sys/fake.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static void numbers_come_out_wrong_at_their_limits(void **state)
{
	struct text text = TEXT_EMPTY;

	(void)state;
	text_add_number(&text, INT64_MIN);
	text_add(&text, " ");
	text_add_number(&text, 0);
	text_add(&text, " ");
	text_add_unsigned(&text, UINT64_MAX);
	assert_string_equal(text_string(&text), "-9223372036854775808 0 18446744073709551615");
	text_free(&text);
}

static void padding_misses_its_column_or_swallows_the_space(void **state)
{
	struct text text = TEXT_EMPTY;

	(void)state;
	text_add(&text, "ab");
	text_pad(&text, 0, 4);
	text_add(&text, "cdefg");
	text_pad(&text, 4, 2);
	text_add(&text, "h");
	assert_string_equal(text_string(&text), "ab  cdefg h");
	text_free(&text);
}

static void a_name_commands_the_terminal(void **state)
{
	struct text text = TEXT_EMPTY;

	(void)state;
	text_add_plain(&text, "a\033[31mb\n\177c\303\244");
	assert_string_equal(text_string(&text), "a?[31mb??c\303\244");
	text_free(&text);
}

static void an_interrupted_write_loses_the_rest(void **state)
{
	struct text text = TEXT_EMPTY;
	char got[16] = "";
	int ends[2];

	(void)state;
	fake_reset();
	assert_int_equal(pipe(ends), 0);
	text_add(&text, "whole");
	fake_fail(FAKE_write, 1, 3, EINTR);
	assert_int_equal(text_write(&text, ends[1]), 0);
	assert_int_equal(read(ends[0], got, sizeof got), 5);
	assert_string_equal(got, "whole");
	fake_reset();
	fake_fail(FAKE_write, 1, 1, ENOSPC);
	assert_int_equal(text_write(&text, ends[1]), -ENOSPC);
	text.failed = true;
	assert_int_equal(text_write(&text, ends[1]), -ENOMEM);
	close(ends[0]);
	close(ends[1]);
	text_free(&text);
	fake_reset();
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		cmocka_unit_test(numbers_come_out_wrong_at_their_limits),
		cmocka_unit_test(padding_misses_its_column_or_swallows_the_space),
		cmocka_unit_test(a_name_commands_the_terminal),
		cmocka_unit_test(an_interrupted_write_loses_the_rest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
