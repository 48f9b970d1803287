/* SPDX-License-Identifier: ISC */
/* passwd and group files as they are, as they should not be, and as they are meant to deceive. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "confine/users.h"
#include "sys/fake.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char file[] = "/tmp/users_test.XXXXXX";
static struct user user;
static uint32_t gid;

static int make_file(void **state)
{
	int const fd = mkstemp(file);

	(void)state;
	return fd < 0 ? -1 : close(fd);
}

static int remove_file(void **state)
{
	(void)state;
	return unlink(file);
}

static void fill(char const *text, size_t size)
{
	int const fd = open(file, O_WRONLY | O_TRUNC);

	fake_reset();
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, size), size);
	assert_int_equal(close(fd), 0);
}

#define FILL(text) fill(text, sizeof(text) - 1)

static void test_user_is_found(void **state)
{
	(void)state;
	FILL("root:x:0:0:root:/root:/bin/bash\n"
	     "www-data:x:33:34:A B,,,:/var/www:/usr/sbin/nologin\n"
	     "last:x:4294967294:1::/:/bin/sh");
	assert_int_equal(users_by_name(file, "www-data", &user), 0);
	assert_string_equal(user.name, "www-data");
	assert_int_equal(user.uid, 33);
	assert_int_equal(user.gid, 34);
	assert_string_equal(user.home, "/var/www");
	assert_string_equal(user.shell, "/usr/sbin/nologin");
	assert_int_equal(users_by_uid(file, 0, &user), 0);
	assert_string_equal(user.name, "root");
	/* The final newline is missing. */
	assert_int_equal(users_by_name(file, "last", &user), 0);
	assert_int_equal(user.uid, 4294967294);
	assert_string_equal(user.shell, "/bin/sh");
}

static void test_user_is_not_found(void **state)
{
	(void)state;
	FILL("www-data:x:33:33::/:/bin/sh\n");
	assert_int_equal(users_by_name(file, "www", &user), -ENOENT);
	assert_int_equal(users_by_name(file, "www-data2", &user), -ENOENT);
	assert_int_equal(users_by_name(file, "WWW-DATA", &user), -ENOENT);
	assert_int_equal(users_by_name(file, "", &user), -ENOENT);
	assert_int_equal(users_by_name(file, "x", &user), -ENOENT);
	assert_int_equal(users_by_uid(file, 3, &user), -ENOENT);
	FILL("");
	assert_int_equal(users_by_name(file, "www-data", &user), -ENOENT);
}

/* A line that half parses would run a service as whatever its rest says. */
static void test_malformed_lines_never_match(void **state)
{
	static char const *const lines[] = {
		"bad:x:33:33::/\n",
		"bad:x:33:33::/:/bin/sh:more\n",
		"bad:x::33::/:/bin/sh\n",
		"bad:x:33:::/:/bin/sh\n",
		"bad:x:0x21:33::/:/bin/sh\n",
		"bad:x:-1:33::/:/bin/sh\n",
		"bad:x:+33:33::/:/bin/sh\n",
		"bad:x: 33:33::/:/bin/sh\n",
		"bad:x:4294967295:33::/:/sh\n",
		"bad:x:33:4294967296::/:/sh\n",
		"bad:x:33:99999999999999999999::/:/sh\n",
		"bad\n",
		"bad",
		"bad:x:33:33::/:/bin/sh\r\n",
		":x:33:33::/:/bin/sh\n",
		"\n\n\n",
		"bad:x:33:33::/\033[1m:/bin/sh\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
		char text[256];
		int const size = snprintf(text, sizeof text, "%s%sgood:x:1:2::/:/bin/sh\n",
					  lines[i], strchr(lines[i], '\n') ? "" : "\n");

		fill(text, (size_t)size);
		assert_int_equal(users_by_name(file, "bad", &user), -ENOENT);
		assert_int_equal(users_by_name(file, "", &user), -ENOENT);
		assert_int_equal(users_by_uid(file, 33, &user), -ENOENT);
		assert_int_equal(users_by_name(file, "good", &user), 0);
	}
}

static void test_nul_bytes_spoil_their_line_alone(void **state)
{
	(void)state;
	FILL("root\0x:x:0:0::/:/bin/sh\nuser:x:5:\0006::/:/bin/sh\ngood:x:1:2::/:/bin/sh\n");
	assert_int_equal(users_by_name(file, "root", &user), -ENOENT);
	assert_int_equal(users_by_name(file, "user", &user), -ENOENT);
	assert_int_equal(users_by_uid(file, 0, &user), -ENOENT);
	assert_int_equal(users_by_name(file, "good", &user), 0);
}

static void test_nis_lines_and_comments(void **state)
{
	(void)state;
	FILL("+::::::\n+:x:0:0::/:/bin/sh\n-user:x:0:0::/:/bin/sh\n#user:x:0:0::/:/bin/sh\n");
	assert_int_equal(users_by_name(file, "+", &user), -ENOENT);
	assert_int_equal(users_by_name(file, "-user", &user), -ENOENT);
	assert_int_equal(users_by_name(file, "#user", &user), -ENOENT);
	assert_int_equal(users_by_uid(file, 0, &user), -ENOENT);
}

/* A name that is cut off at the buffer's end must not become another's. */
static void test_long_fields(void **state)
{
	static char text[300000];
	size_t size = 0;

	(void)state;
	memset(text, 'a', sizeof text);
	size = 70;
	size += (size_t)sprintf(text + size, ":x:0:0::/:/bin/sh\n");
	size += (size_t)sprintf(text + size, "good:x:1:2:");
	memset(text + size, 'g', 200000);
	size += 200000;
	size += (size_t)sprintf(text + size, ":/:/bin/sh\nhome:x:3:4::/");
	memset(text + size, 'h', 256);
	size += 256;
	size += (size_t)sprintf(text + size, ":/bin/sh\n");
	fill(text, size);
	memset(text, 'a', 70);
	text[63] = '\0';
	assert_int_equal(users_by_name(file, text, &user), -ENOENT);
	assert_int_equal(users_by_name(file, "good", &user), 0);
	assert_int_equal(users_by_name(file, "home", &user), -ENOENT);
}

static void test_first_of_two_wins(void **state)
{
	(void)state;
	FILL("twice:x:1:1::/:/bin/sh\ntwice:x:0:0::/:/bin/sh\n");
	assert_int_equal(users_by_name(file, "twice", &user), 0);
	assert_int_equal(user.uid, 1);
}

static void test_unreadable_is_not_unknown(void **state)
{
	(void)state;
	fake_reset();
	assert_int_equal(users_by_name("/nonexistent/passwd", "root", &user), -ENOENT);
	assert_int_equal(users_by_name("/tmp", "root", &user), -EISDIR);
	FILL("root:x:0:0::/:/bin/sh\n");
	fake_fail(FAKE_read, 1, 1, EIO);
	assert_int_equal(users_by_name(file, "root", &user), -EIO);
	fake_reset();
	fake_fail(FAKE_openat, 1, 1, EACCES);
	assert_int_equal(groups_by_name(file, "root", &gid), -EACCES);
	fake_fail(FAKE_openat, 0, 0, 0);
	fake_fail(FAKE_read, 1, 9, EIO);
	assert_int_equal(groups_of(file, "root", &gid, 1), -EIO);
}

static void test_groups(void **state)
{
	uint32_t list[2];

	(void)state;
	FILL("root:x:0:\nadm:x:4:syslog,www\nwww:x:33:\nmail:x:8:www\nagain:x:4:www\n"
	     "more:x:9:other,www,syslog\nbad:x:5:www:\nbad:x:6\nbad:x:zero:www\n+:::www\n"
	     "wwww:x:77:wwww,ww,www2,awww,,\nlast:x:10:www");
	assert_int_equal(groups_by_name(file, "mail", &gid), 0);
	assert_int_equal(gid, 8);
	assert_int_equal(groups_by_name(file, "bad", &gid), -ENOENT);
	assert_int_equal(groups_by_name(file, "last", &gid), 0);
	assert_int_equal(groups_of(file, "www", list, 2), 4);
	assert_int_equal(list[0], 4);
	assert_int_equal(list[1], 8);
	assert_int_equal(groups_of(file, "syslog", list, 2), 2);
	assert_int_equal(groups_of(file, "nobody", list, 2), 0);
	assert_int_equal(groups_of(file, "", list, 2), 0);
	assert_int_equal(groups_of(file, "sys", list, 0), 0);
}

static void test_member_behind_a_nul_byte(void **state)
{
	(void)state;
	FILL("root:x:0:a,b\0www,www\nwww:x:33:www\n");
	assert_int_equal(groups_of(file, "www", &gid, 1), 1);
	assert_int_equal(gid, 33);
}

static void test_ten_thousand_members(void **state)
{
	enum { MEMBERS = 10000, LONGEST = 16 };
	char *text = malloc(64 + MEMBERS * LONGEST);
	size_t size;

	(void)state;
	assert_non_null(text);
	size = (size_t)sprintf(text, "all:x:100:");
	for (int i = 0; i < MEMBERS; i++)
		size += (size_t)sprintf(text + size, "%suser%d", i ? "," : "", i);
	size += (size_t)sprintf(text + size, "\nnext:x:101:user9999\n");
	fill(text, size);
	free(text);
	assert_int_equal(groups_of(file, "user9999", &gid, 1), 2);
	assert_int_equal(gid, 100);
	assert_int_equal(groups_of(file, "user10000", &gid, 1), 0);
	assert_int_equal(groups_by_name(file, "next", &gid), 0);
}

/* -1 is "leave as it is" to setresuid(2), and a long number must not wrap around to root. */
static void test_numbers(void **state)
{
	uint32_t id = 7;

	(void)state;
	assert_int_equal(users_number("0", &id), 0);
	assert_int_equal(id, 0);
	assert_int_equal(users_number("4294967294", &id), 0);
	assert_int_equal(id, 4294967294);
	assert_int_equal(users_number("00033", &id), 0);
	assert_int_equal(id, 33);
	assert_int_equal(users_number("4294967295", &id), -ERANGE);
	assert_int_equal(users_number("4294967296", &id), -ERANGE);
	assert_int_equal(users_number("18446744073709551616", &id), -ERANGE);
	assert_int_equal(users_number("", &id), -EINVAL);
	assert_int_equal(users_number("-1", &id), -EINVAL);
	assert_int_equal(users_number("+1", &id), -EINVAL);
	assert_int_equal(users_number("0x10", &id), -EINVAL);
	assert_int_equal(users_number("1 ", &id), -EINVAL);
	assert_int_equal(users_number("99999999999x", &id), -EINVAL);
	assert_int_equal(id, 33);
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		cmocka_unit_test(test_user_is_found),
		cmocka_unit_test(test_user_is_not_found),
		cmocka_unit_test(test_malformed_lines_never_match),
		cmocka_unit_test(test_nul_bytes_spoil_their_line_alone),
		cmocka_unit_test(test_nis_lines_and_comments),
		cmocka_unit_test(test_long_fields),
		cmocka_unit_test(test_first_of_two_wins),
		cmocka_unit_test(test_unreadable_is_not_unknown),
		cmocka_unit_test(test_groups),
		cmocka_unit_test(test_member_behind_a_nul_byte),
		cmocka_unit_test(test_ten_thousand_members),
		cmocka_unit_test(test_numbers),
	};

	return cmocka_run_group_tests(tests, make_file, remove_file);
}
