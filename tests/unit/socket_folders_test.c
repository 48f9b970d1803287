/* SPDX-License-Identifier: ISC */
/* That a restart of php-fpm will refuse requests must be told where it is so, and only there. */
#include "declared.h"

static int told(char const *keys, unsigned uid, unsigned mode)
{
	char const *const folder = declared_path("sockets");

	declared_file("services/a.ini", arena_join(&bed.arena, "command = sleep 1\nlisten = unix:",
						   folder, "/fpm.sock\n", keys, NULL));
	assert_int_equal(chown(folder, uid, 0), 0);
	assert_int_equal(chmod(folder, mode), 0);
	assert_int_equal(declared_compile(), 0);
	return declared_notice("php-fpm removes its socket");
}

static void test_a_writable_folder(void **state)
{
	(void)state;
	declared_mkdir("sockets");
	assert_true(told("listen-env = php-fpm\nuser = 1234\n", 1234, 0755));
	assert_true(declared_notice("a.ini:2: listen: a may write to "));
	assert_true(told("listen-env = systemd php-fpm\nuser = 1234\n", 0, 0777));
}

static void test_a_safe_folder(void **state)
{
	(void)state;
	declared_mkdir("sockets");
	assert_false(told("listen-env = php-fpm\nuser = 1234\n", 0, 0755));
	assert_false(told("listen-env = nginx\nuser = 1234\n", 1234, 0755));
}

static void test_the_file_cage(void **state)
{
	char const *const folder = declared_path("sockets");

	(void)state;
	declared_mkdir("sockets");
	assert_false(told("listen-env = php-fpm\nuser = 1234\nread = /etc\n", 1234, 0755));
	assert_true(told(arena_join(&bed.arena, "listen-env = php-fpm\nuser = 1234\nwrite = ",
				    folder, "\n", NULL),
			 1234, 0755));
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		DECLARED(test_a_writable_folder),
		DECLARED(test_a_safe_folder),
		DECLARED(test_the_file_cage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
