/* SPDX-License-Identifier: ISC */
/* A call that goes by a wrong number denies something else than was declared. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "confine/call_numbers.h"
#include "confine/syscalls.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void test_by_name(void **state)
{
	(void)state;
	assert_int_equal(syscalls_number("prlimit64"), __NR_prlimit64);
	assert_int_equal(syscalls_number("accept"), __NR_accept); /* the first of the list */
	assert_int_equal(syscalls_number("read"), __NR_read);
	assert_int_equal(syscalls_number("file_setattr"), 469);
}

static void test_unknown_names(void **state)
{
	static char const *const unknown[] = { "", "rea", "reads", "Read", "read ", "__NR_read" };

	(void)state;
	for (size_t i = 0; i < sizeof unknown / sizeof unknown[0]; i++)
		assert_int_equal(syscalls_number(unknown[i]), -ENOENT);
}

static void test_by_number(void **state)
{
	(void)state;
	assert_string_equal(syscalls_name(__NR_read), "read");
	assert_string_equal(syscalls_name(__NR_clone3), "clone3");
	assert_null(syscalls_name(-1));
	assert_null(syscalls_name(4095));
}

/* Every number has one name, and the name leads back to it. */
static void test_there_and_back(void **state)
{
	int known = 0;

	(void)state;
	for (int number = 0; number < 1024; number++) {
		char const *name = syscalls_name(number);

		if (!name)
			continue;
		known++;
		assert_int_equal(syscalls_number(name), number);
	}
	assert_true(known > 300);
}

/* Nothing that the kernel's header on this machine names is missing from the list. */
static void test_header_of_this_machine(void **state)
{
	FILE *header = fopen("/usr/include/x86_64-linux-gnu/asm/unistd_64.h", "r");
	char line[256];
	char name[128];
	int number;

	(void)state;
	if (!header)
		skip();
	while (fgets(line, sizeof line, header)) {
		if (sscanf(line, "#define __NR_%127s %d", name, &number) != 2)
			continue;
		if (syscalls_number(name) != number)
			fail_msg("%s is %d, not %d", name, number, syscalls_number(name));
	}
	(void)fclose(header); /* it was only read */
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		cmocka_unit_test(test_by_name),
		cmocka_unit_test(test_unknown_names),
		cmocka_unit_test(test_by_number),
		cmocka_unit_test(test_there_and_back),
		cmocka_unit_test(test_header_of_this_machine),
	};

	return cmocka_run_group_tests_name("syscalls", tests, NULL, NULL);
}
