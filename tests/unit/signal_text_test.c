/* SPDX-License-Identifier: ISC */
/* Signal names: all spellings of one signal are one number, and back. */
#include "lib/signal_text.h"

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void a_spelling_is_not_understood(void **state)
{
	(void)state;
	assert_int_equal(signal_text_parse("TERM"), SIGTERM);
	assert_int_equal(signal_text_parse("SIGTERM"), SIGTERM);
	assert_int_equal(signal_text_parse("usr1"), SIGUSR1);
	assert_int_equal(signal_text_parse("15"), 15);
	assert_int_equal(signal_text_parse("RTMIN"), 34);
	assert_int_equal(signal_text_parse("SIGRTMIN+3"), 37);
	assert_int_equal(signal_text_parse("RTMAX-1"), 63);
	assert_int_equal(signal_text_parse("64"), 64);
}

static void nonsense_is_a_signal(void **state)
{
	static char const *const wrong[] = { "",	"0",	  "65",	       "-1",
					     "TERMX",	"SIG",	  "RTMIN+31",  "RTMIN-1",
					     "RTMAX+1", "RTMIN+", "4294967311" };

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
		assert_int_equal(signal_text_parse(wrong[i]), -EINVAL);
}

static void a_number_has_the_wrong_name(void **state)
{
	char name[SIGNAL_TEXT_SIZE];

	(void)state;
	assert_string_equal(signal_text_name(SIGKILL, name), "SIGKILL");
	assert_string_equal(signal_text_name(34, name), "SIGRTMIN");
	assert_string_equal(signal_text_name(64, name), "SIGRTMIN+30");
	assert_string_equal(signal_text_name(99, name), "signal 99");
	assert_string_equal(signal_text_name(0, name), "signal 0");
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		cmocka_unit_test(a_spelling_is_not_understood),
		cmocka_unit_test(nonsense_is_a_signal),
		cmocka_unit_test(a_number_has_the_wrong_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
