/* SPDX-License-Identifier: ISC */
/*
 * Descriptors in place, in every overlap of old and new numbers, and nothing else left open. Each
 * case runs in a child, as it leaves no descriptor of the test's alone.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "confine/steps.h"
#include "sys/fake.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { FILES = 3, FIRST = 3, HIGHEST = 300, STRAY = 250 };

/* A file that knows its name, at descriptor `fd`, close-on-exec as all of init's might be. */
static bool put_file(int fd, char name)
{
	int const file = memfd_create("placing", MFD_CLOEXEC);

	if (file < 0 || write(file, &name, 1) != 1)
		return false;
	return file == fd || (dup3(file, fd, O_CLOEXEC) == fd && close(file) == 0);
}

/* The writing end of a pipe, at `fd`; which the reading end may just have got. */
static bool put_pipe(int fd)
{
	int ends[2];

	if (pipe(ends) != 0 || (ends[1] != fd && dup2(ends[1], fd) != fd))
		return false;
	if (ends[0] != fd)
		close(ends[0]);
	if (ends[1] != fd)
		close(ends[1]);
	return true;
}

static char name_at(int fd)
{
	char name = 0;

	return pread(fd, &name, 1, 0) == 1 ? name : '?';
}

static bool is_pipe(int fd)
{
	struct stat status;

	return fstat(fd, &status) == 0 && S_ISFIFO(status.st_mode);
}

static bool is_kept(struct confine_request const *request, unsigned fd)
{
	for (uint32_t i = 0; i < request->kept_count; i++)
		if (request->kept[i].first <= fd && fd <= request->kept[i].last)
			return true;
	return false;
}

static bool is_target(struct confine_request const *request, int fd)
{
	for (uint32_t i = 0; i < request->place_count; i++)
		if (request->places[i].to == fd)
			return true;
	return false;
}

/* From number FIRST + i on lies the file 'a' + i; see whether each came to its place. */
static bool all_in_place(struct confine_request const *request, int error_fd)
{
	for (uint32_t i = 0; i < request->place_count; i++) {
		struct confine_place const place = request->places[i];

		if (name_at(place.to) != (char)('a' + place.from - FIRST))
			return false;
		if (fcntl(place.to, F_GETFD) != 0)
			return false;
	}
	for (int fd = 0; fd < HIGHEST; fd++)
		if (fd != error_fd && !is_target(request, fd) && !is_kept(request, (unsigned)fd) &&
		    fcntl(fd, F_GETFD) != -1)
			return false;
	if (is_kept(request, STRAY) && name_at(STRAY) != 's')
		return false;
	return error_fd < 0 || (is_pipe(error_fd) && fcntl(error_fd, F_GETFD) == FD_CLOEXEC &&
				!is_target(request, error_fd));
}

static bool set_up(struct confine_request const *request)
{
	struct rlimit const limit = { HIGHEST, HIGHEST };

	if (setrlimit(RLIMIT_NOFILE, &limit) != 0 || close_range(FIRST, ~0U, 0) != 0)
		return false;
	for (int i = 0; i < FILES; i++)
		if (!put_file(FIRST + i, (char)('a' + i)))
			return false;
	return put_file(STRAY, 's') && (request->error_fd < 0 || put_pipe(request->error_fd));
}

static void assert_placed(struct confine_request const *request)
{
	int status;
	int const child = fork();

	assert_true(child >= 0);
	if (child == 0) {
		int error_fd = request->error_fd;

		if (!set_up(request))
			_exit(2);
		if (placing_apply(request, &error_fd) != 0)
			_exit(3);
		_exit(all_in_place(request, error_fd) ? 0 : 1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		fail_msg("%d->%d %d->%d %d->%d, errors %d: status %x", request->places[0].from,
			 request->places[0].to, request->places[1].from, request->places[1].to,
			 request->places[2].from, request->places[2].to, request->error_fd,
			 (unsigned)status);
}

static int reset(void **state)
{
	(void)state;
	fake_reset();
	return 0;
}

/* A swap, a cycle, a chain, a descriptor that stays: no order of dup2 alone would do them all. */
static void test_every_overlap(void **state)
{
	enum { TARGETS = 5, CASES = TARGETS * TARGETS * TARGETS };

	(void)state;
	for (int n = 0; n < CASES; n++) {
		int const to[FILES] = { n % TARGETS, n / TARGETS % TARGETS, n / TARGETS / TARGETS };
		struct confine_request request = { .place_count = FILES };

		if (to[0] == to[1] || to[1] == to[2] || to[0] == to[2])
			continue;
		for (int i = 0; i < FILES; i++)
			request.places[i] = (struct confine_place){ FIRST + i, FIRST + to[i] };
		request.error_fd = FIRST + FILES + n % 4;
		assert_placed(&request);
	}
}

/* One pipe for standard output and error. */
static void test_one_descriptor_at_two_numbers(void **state)
{
	struct confine_request const request = { .places = { { 3, 1 }, { 3, 2 }, { 4, 3 } },
						 .place_count = 3,
						 .error_fd = -1 };

	(void)state;
	assert_placed(&request);
}

/* The pipe that tells why a start failed is itself in the way. */
static void test_error_descriptor_moves_out_of_the_way(void **state)
{
	struct confine_request request = { .places = { { 3, 20 }, { 4, 21 }, { 5, 0 } },
					   .place_count = 3,
					   .error_fd = 20 };

	(void)state;
	assert_placed(&request);
	request.error_fd = 21;
	assert_placed(&request);
	/* Every lower number is wanted too, and the limit is near. */
	request.places[0].to = HIGHEST - 1;
	request.error_fd = HIGHEST - 1;
	assert_placed(&request);
}

static struct confine_request const spread = {
	.places = { { 3, 0 }, { 4, 1 }, { 5, 40 } },
	.place_count = 3,
	.kept = { { 100, 120 }, { 2, 2 }, { 110, 130 } },
	.kept_count = 3,
	.error_fd = 60,
};

static void test_gaps_between_what_is_kept(void **state)
{
	(void)state;
	assert_placed(&spread);
}

/* One range inside of another must not end it. */
static void test_nested_ranges(void **state)
{
	struct confine_request request = spread;

	(void)state;
	request.kept[0].last = STRAY + 1;
	assert_placed(&request);
	fake_fail(FAKE_close_range, 1, 100, ENOSYS);
	assert_placed(&request);
}

/* Kernel before 5.9; old container profile. */
static void test_without_close_range(void **state)
{
	(void)state;
	fake_fail(FAKE_close_range, 1, 100, ENOSYS);
	assert_placed(&spread);
	fake_fail(FAKE_close_range, 1, 100, EPERM);
	assert_placed(&spread);
}

/* And no /proc, or one that breaks off. */
static void test_without_proc(void **state)
{
	(void)state;
	fake_fail(FAKE_close_range, 1, 100, ENOSYS);
	fake_fail(FAKE_openat, 1, 1, ENOENT);
	assert_placed(&spread);
	fake_fail(FAKE_openat, 0, 0, 0);
	fake_fail(FAKE_getdents64, 1, 1, EIO);
	assert_placed(&spread);
}

static void test_keeping_everything(void **state)
{
	struct confine_request const request = { .kept = { { 0, UINT32_MAX } },
						 .kept_count = 1,
						 .error_fd = -1 };

	(void)state;
	assert_placed(&request);
}

static void assert_refused(struct confine_request const *request, int error)
{
	int error_fd = request->error_fd;

	assert_int_equal(placing_apply(request, &error_fd), -error);
	assert_int_equal(fake_count(FAKE_close_range), 0);
}

/* A number that is wanted twice would silently lose one of them. */
static void test_bad_requests(void **state)
{
	struct confine_request request = { .places = { { 0, 250 }, { 1, 250 } },
					   .place_count = 2,
					   .error_fd = -1 };

	(void)state;
	assert_refused(&request, EINVAL);
	request.places[1].to = -1;
	assert_refused(&request, EINVAL);
	request.places[0] = (struct confine_place){ 251, 251 };
	request.places[1] = (struct confine_place){ -1, 252 };
	assert_refused(&request, EBADF);
	request.place_count = CONFINE_PLACES_MAX + 1;
	assert_refused(&request, EINVAL);
}

#define TEST(name) cmocka_unit_test_setup(test_##name, reset)

int main(void)
{
	struct CMUnitTest const tests[] = {
		TEST(every_overlap),
		TEST(one_descriptor_at_two_numbers),
		TEST(error_descriptor_moves_out_of_the_way),
		TEST(gaps_between_what_is_kept),
		TEST(nested_ranges),
		TEST(without_close_range),
		TEST(without_proc),
		TEST(keeping_everything),
		TEST(bad_requests),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
