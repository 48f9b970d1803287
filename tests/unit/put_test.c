/* SPDX-License-Identifier: ISC */
/* Descriptors at chosen numbers: nothing else may stay open, whatever fails in between. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

#include "sys/fake.h"
#include "sys/put.h"

static char folder[] = "/tmp/orlop-put.XXXXXX";

static int open_count(void)
{
	DIR *dir = opendir("/proc/self/fd");
	int count = 0;

	while (readdir(dir))
		count++;
	closedir(dir);
	return count;
}

static int fresh(void **state)
{
	(void)state;
	fake_reset();
	return 0;
}

static int make_folder(void **state)
{
	(void)state;
	return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
	(void)state;
	return rmdir(folder);
}

static struct sockaddr_un at(char const *name)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	(void)snprintf(address.sun_path, sizeof address.sun_path, "%s/%s", folder, name);
	return address;
}

static struct put_owner const leave = { 0600, UINT32_MAX, UINT32_MAX };

static void the_first_descriptor_stays_open(void **state)
{
	int const before = open_count();

	(void)state;
	assert_int_equal(put(open("/dev/null", O_RDONLY), 100), 100);
	assert_int_equal(open_count(), before + 1);
	close(100);
	assert_int_equal(put(-ENOENT, 100), -ENOENT);
}

static void a_pipe_that_cannot_be_moved_leaks(void **state)
{
	int const before = open_count();

	(void)state;
	for (unsigned index = 1; index <= 2; index++) {
		fake_reset();
		fake_fail(FAKE_dup3, index, 1, EBADF);
		assert_int_equal(put_pipe(100, 101, 0), -EBADF);
		close(100);
		assert_int_equal(open_count(), before);
	}
	fake_reset();
	fake_fail(FAKE_pipe2, 1, 1, EMFILE);
	assert_int_equal(put_pipe(100, 101, 0), -EMFILE);
	assert_int_equal(open_count(), before);
}

/* Confine's errors were lost: init's pipe came as 11 and 12 and was wanted at 12 and 13. */
static void one_end_of_a_pipe_overwrites_the_other(void **state)
{
	int const before = open_count();
	char got = 0;

	(void)state;
	for (int shift = -2; shift <= 2; shift++) {
		int const free_number = dup(0);

		close(free_number);
		assert_true(put_pipe(free_number + 2 + shift, free_number + 3 + shift, 0) >= 0);
		assert_int_equal(write(free_number + 3 + shift, "x", 1), 1);
		assert_int_equal(read(free_number + 2 + shift, &got, 1), 1);
		close(free_number + 2 + shift);
		close(free_number + 3 + shift);
		assert_int_equal(open_count(), before);
	}
}

static void a_table_that_cannot_be_had_is_not_said(void **state)
{
	int error = 0;

	(void)state;
	fake_fail(FAKE_memfd_create, 1, 1, ENOSYS);
	assert_null(put_table("t", 4096, 100, &error));
	assert_int_equal(error, -ENOSYS);
	fake_reset();
	fake_fail(FAKE_ftruncate, 1, 1, ENOSPC);
	assert_null(put_table("t", 4096, 100, &error));
	assert_int_equal(error, -ENOSPC);
	fake_reset();
	fake_fail(FAKE_mmap, 1, 1, ENOMEM);
	assert_null(put_table("t", 4096, 100, &error));
	assert_int_equal(error, -ENOMEM);
	close(100);
}

/* MFD_NOEXEC_SEAL is of Linux 6.3. */
static void an_older_kernel_has_no_memfd(void **state)
{
	(void)state;
	fake_fail(FAKE_memfd_create, 1, 1, EINVAL);
	assert_int_equal(put_memfd("t", 100), 100);
	assert_int_equal(fcntl(100, F_ADD_SEALS, F_SEAL_SHRINK), 0);
	close(100);
}

static void a_table_can_be_cut_short(void **state)
{
	int error = 0;

	(void)state;
	assert_non_null(put_table("t", 4096, 100, &error));
	assert_true(ftruncate(100, 0) < 0);
	close(100);
}

static void a_stale_socket_is_in_the_way(void **state)
{
	struct sockaddr_un const address = at("stale");
	struct stat status;

	(void)state;
	assert_true(put_socket(SOCK_STREAM, &address, sizeof address, &leave, 100) >= 0);
	close(100);
	assert_true(put_socket(SOCK_STREAM, &address, sizeof address, &leave, 100) >= 0);
	assert_int_equal(stat(address.sun_path, &status), 0);
	assert_int_equal(status.st_mode & 07777, 0600);
	close(100);
	unlink(address.sun_path);
}

static void somebodys_file_is_removed_for_a_socket(void **state)
{
	struct sockaddr_un const address = at("file");
	int const before = open_count();

	(void)state;
	close(open(address.sun_path, O_CREAT | O_WRONLY, 0600));
	assert_int_equal(put_socket(SOCK_STREAM, &address, sizeof address, &leave, 100),
			 -EADDRINUSE);
	assert_int_equal(access(address.sun_path, F_OK), 0);
	assert_int_equal(open_count(), before);
	unlink(address.sun_path);
}

static char const *swapped;

/* Somebody who may write to the directory puts a symbolic link in the place of the socket. */
static bool swap(enum fake_call call, long *value, void *context)
{
	(void)call;
	(void)context;
	*value = unlink(swapped) == 0 ? symlink("/dev/null/nowhere", swapped) : -1;
	return true;
}

static void the_target_of_a_link_is_given_away(void **state)
{
	struct sockaddr_un const address = at("link");
	struct put_owner const own = { 0600, getuid(), getgid() };

	(void)state;
	swapped = address.sun_path;
	fake_hook(FAKE_fchmodat, swap, NULL);
	assert_true(put_socket(SOCK_STREAM, &address, sizeof address, &own, 100) >= 0);
	close(100);
	unlink(address.sun_path);
}

static void a_missing_parent_is_not_made(void **state)
{
	struct sockaddr_un const address = at("run/s");
	struct sockaddr_un const deep = at("run/a/b/s");
	char parent[128];

	(void)state;
	assert_true(put_socket(SOCK_DGRAM, &address, sizeof address, &leave, 100) >= 0);
	close(100);
	unlink(address.sun_path);
	assert_int_equal(put_socket(SOCK_DGRAM, &deep, sizeof deep, &leave, 100), -ENOENT);
	(void)snprintf(parent, sizeof parent, "%s/run", folder);
	assert_int_equal(rmdir(parent), 0);
}

static void a_port_in_use_is_not_said(void **state)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
				       .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t length = sizeof address;

	(void)state;
	assert_true(put_socket(SOCK_STREAM, &address, sizeof address, &leave, 100) >= 0);
	assert_int_equal(getsockname(100, (struct sockaddr *)&address, &length), 0);
	assert_int_equal(put_socket(SOCK_STREAM, &address, sizeof address, &leave, 101),
			 -EADDRINUSE);
	close(100);
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		cmocka_unit_test_setup(the_first_descriptor_stays_open, fresh),
		cmocka_unit_test_setup(a_pipe_that_cannot_be_moved_leaks, fresh),
		cmocka_unit_test_setup(one_end_of_a_pipe_overwrites_the_other, fresh),
		cmocka_unit_test_setup(a_table_that_cannot_be_had_is_not_said, fresh),
		cmocka_unit_test_setup(an_older_kernel_has_no_memfd, fresh),
		cmocka_unit_test_setup(a_table_can_be_cut_short, fresh),
		cmocka_unit_test_setup(a_stale_socket_is_in_the_way, fresh),
		cmocka_unit_test_setup(the_target_of_a_link_is_given_away, fresh),
		cmocka_unit_test_setup(somebodys_file_is_removed_for_a_socket, fresh),
		cmocka_unit_test_setup(a_missing_parent_is_not_made, fresh),
		cmocka_unit_test_setup(a_port_in_use_is_not_said, fresh),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
