/* SPDX-License-Identifier: ISC */
/*
 * A socket whose name its service has removed has it again, with the same socket behind it, and
 * nothing else is touched for that. Each test is a life of its own.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "files.h"
#include "hold/names.h"
#include "play.h"
#include "sys/put.h"
#include "sys/say.h"
#include "tables.h"

enum { SERVICE_UID = 33, SOCKET = 20 };

static struct sockaddr_un address;

/* A service with one socket in the test's directory. */
static struct plan_slot *service(unsigned listen_env)
{
	struct put_owner const leave = { 0660, UINT32_MAX, UINT32_MAX };
	struct plan_listen *listen;
	struct plan_slot *slot;

	tables_begin();
	slot = tables_slot(tables_add("fpm", PLAN_LONGRUN));
	slot->listen_env = 1U << listen_env;
	tables.used = (tables.used + 7) & ~7U;
	slot->listen = (struct plan_list){ tables.used, 1 };
	listen = (struct plan_listen *)(void *)(tables.plan + tables.used);
	address = (struct sockaddr_un){ .sun_family = AF_UNIX };
	strcpy(address.sun_path, files_path("fpm.sock"));
	listen->domain = AF_UNIX;
	memcpy(listen->address, &address, sizeof address);
	if (put_socket(SOCK_STREAM, &address, sizeof address, &leave, SOCKET) < 0)
		abort();
	return slot;
}

static bool is_there(char const *name)
{
	return files_stat(name).st_ino != 0;
}

static int plays_a_removal(void)
{
	int const client = socket(AF_UNIX, SOCK_STREAM, 0);
	ino_t inode;

	(void)service(PLAN_LISTEN_PHP_FPM);
	inode = files_stat("fpm.sock").st_ino;
	files_own(".", SERVICE_UID, 0, 0755);
	names_keep(tables.plan);
	for (int i = 0; i < 3; i++) {
		EXPECT(unlink(address.sun_path) == 0);
		names_mend();
		EXPECT(files_stat("fpm.sock").st_ino == inode);
	}
	/* The same in another life of init. */
	names_keep(tables.plan);
	EXPECT(unlink(address.sun_path) == 0);
	names_keep(tables.plan);
	names_mend();
	EXPECT(files_stat("fpm.sock").st_ino == inode);
	EXPECT(connect(client, (struct sockaddr *)&address, sizeof address) == 0);
	/* What somebody else has put there meanwhile is left alone. */
	EXPECT(unlink(address.sun_path) == 0);
	files_file("fpm.sock", 0, 0, 0600);
	names_mend();
	EXPECT(S_ISREG(files_stat("fpm.sock").st_mode));
	return 0;
}

static int plays_a_predecessor(void)
{
	int const other = socket(AF_UNIX, SOCK_STREAM, 0);
	struct sockaddr_un stale;

	(void)service(PLAN_LISTEN_PHP_FPM);
	stale = address;
	strcpy(stale.sun_path, files_path(".fpm.sock.orlop"));
	EXPECT(bind(other, (struct sockaddr *)&stale, sizeof stale) == 0);
	files_own(".", SERVICE_UID, 0, 0755);
	names_keep(tables.plan);
	EXPECT(files_stat(".fpm.sock.orlop").st_ino == files_stat("fpm.sock").st_ino);
	return 0;
}

static void a_removed_name_stays_away(void **state)
{
	(void)state;
	assert_int_equal(play(plays_a_removal), 0);
}

static void a_predecessors_name_is_given(void **state)
{
	(void)state;
	assert_int_equal(play(plays_a_predecessor), 0);
}

static int plays_safe_folders(void)
{
	struct plan_slot *slot = service(PLAN_LISTEN_PHP_FPM);

	names_keep(tables.plan); /* root's, 0755 */
	EXPECT(!is_there(".fpm.sock.orlop"));
	files_own(".", 0, SERVICE_UID, 0775);
	slot->listen_env = 1U << PLAN_LISTEN_NGINX;
	names_keep(tables.plan); /* removes nothing */
	EXPECT(!is_there(".fpm.sock.orlop"));
	names_mend();
	slot->listen_env = 1U << PLAN_LISTEN_PHP_FPM;
	names_keep(tables.plan);
	EXPECT(is_there(".fpm.sock.orlop"));
	return 0;
}

/* Without another uid the folder is its own, whoever has made it. */
static int plays_one_uid(void)
{
	(void)service(PLAN_LISTEN_PHP_FPM);
	((struct plan_header *)(void *)tables.plan)->host |= PLAN_HOST_SHARED_UID;
	names_keep(tables.plan);
	EXPECT(is_there(".fpm.sock.orlop"));
	return 0;
}

static void a_second_name_is_made_for_nothing_or_missing(void **state)
{
	(void)state;
	assert_int_equal(play(plays_safe_folders), 0);
	unlink(files_path("fpm.sock"));
	unlink(files_path(".fpm.sock.orlop"));
	files_own(".", 0, 0, 0755);
	assert_int_equal(play(plays_one_uid), 0);
}

static int plays_refusals(void)
{
	char said[256] = "";
	int ends[2];

	(void)service(PLAN_LISTEN_PHP_FPM);
	EXPECT(pipe(ends) == 0);
	say_to(ends[1]);
	files_own(".", SERVICE_UID, 0, 0755);
	files_file(".fpm.sock.orlop", 0, 0, 0600); /* somebody's file */
	names_keep(tables.plan);
	EXPECT(read(ends[0], said, sizeof said - 1) > 0);
	EXPECT(strstr(said, files_path("fpm.sock: php-fpm may remove it")));
	EXPECT(S_ISREG(files_stat(".fpm.sock.orlop").st_mode));
	unlink(files_path(".fpm.sock.orlop"));
	fake_fail(FAKE_linkat, fake_count(FAKE_linkat) + 1, 1, EPERM);
	names_keep(tables.plan);
	EXPECT(read(ends[0], said, sizeof said - 1) > 0);
	unlink(address.sun_path);
	names_mend(); /* nothing was kept, and nothing is made up */
	EXPECT(!is_there("fpm.sock"));
	return 0;
}

static void a_name_that_cannot_be_had_is_passed_over(void **state)
{
	(void)state;
	assert_int_equal(play(plays_refusals), 0);
}

static int fresh(void **state)
{
	(void)state;
	files_begin();
	return 0;
}

static int gone(void **state)
{
	(void)state;
	files_end();
	return 0;
}

#define LIFE(test) cmocka_unit_test_setup_teardown(test, fresh, gone)

int main(void)
{
	struct CMUnitTest const tests[] = {
		LIFE(a_removed_name_stays_away),
		LIFE(a_predecessors_name_is_given),
		LIFE(a_second_name_is_made_for_nothing_or_missing),
		LIFE(a_name_that_cannot_be_had_is_passed_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
