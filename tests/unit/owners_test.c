/* SPDX-License-Identifier: ISC */
/* Names for ids: a wrong name in a list of changes would be believed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "files.h"
#include "lockdown/owners.h"

static void put(char const *name, char const *content)
{
	int const fd = openat(files_fd, name, O_CREAT | O_TRUNC | O_WRONLY, 0644);

	assert_int_equal(write(fd, content, strlen(content)), strlen(content));
	close(fd);
}

static void expect(struct owners const *owners, uint32_t uid, uint32_t gid, char const *wanted)
{
	struct text text = TEXT_EMPTY;

	owners_add(owners, uid, gid, &text);
	assert_string_equal(text_string(&text), wanted);
	text_free(&text);
}

static void names_and_numbers(void **state)
{
	struct owners owners;

	(void)state;
	files_begin();
	put("passwd", "root:x:0:0:root:/root:/bin/sh\nbroken\n:x:5:5\nweb:x:33:33:a:b:c\n"
		      "short\nlast:x:44:44:::");
	put("group", "root:x:0:\nx:y\nweb-group:x:33:a,b\n");
	owners_load(&owners, files_directory);
	expect(&owners, 0, 0, "root:root");
	expect(&owners, 33, 33, "web:web-group");
	expect(&owners, 3, 333, "3:333");
	expect(&owners, 5, 4294967295, "5:4294967295");
	expect(&owners, 44, 44, "last:44");
	owners_free(&owners);
	unlinkat(files_fd, "passwd", 0);
	unlinkat(files_fd, "group", 0);
	owners_load(&owners, files_directory);
	expect(&owners, 0, 33, "0:33");
	owners_free(&owners);
	owners_load(&owners, "/no/such/directory");
	expect(&owners, 0, 33, "0:33");
	owners_free(&owners);
	files_end();
}

int main(void)
{
	struct CMUnitTest const tests[] = { cmocka_unit_test(names_and_numbers) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
