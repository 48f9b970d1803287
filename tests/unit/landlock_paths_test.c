/* SPDX-License-Identifier: ISC */
/*
 * The file cage, on the kernel that runs this: each right of the plan lets through what it says and
 * not the next thing, on each ABI that this kernel can play.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "confine/host.h"
#include "confine/steps.h"
#include "sys/fake.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PATHS_MAX = 8, ALLOWED = 0, DENIED = 1, BROKEN = 111 };

static struct {
	struct plan_header header;
	struct plan_slot slot;
	struct plan_path paths[PATHS_MAX];
	char text[PATHS_MAX][64];
} plan;

static struct confine_request const request = { .plan = &plan, .slot = &plan.slot };
static char folder[] = "/tmp/landlock_paths_test.XXXXXX";
static uint32_t object;

static int reset(void **state)
{
	(void)state;
	fake_reset();
	memset(&plan, 0, sizeof plan);
	plan.header.landlock_abi = 7;
	plan.slot.flags = PLAN_FILE_CAGE;
	plan.slot.paths.offset = offsetof(__typeof__(plan), paths);
	object = 0;
	return 0;
}

static void allow_absolute(char const *path, uint32_t rights)
{
	uint32_t const i = plan.slot.paths.count++;

	assert_true(i < PATHS_MAX && strlen(path) < sizeof plan.text[i]);
	strcpy(plan.text[i], path);
	plan.paths[i].path = (uint32_t)offsetof(__typeof__(plan), text[0]) +
			     i * (uint32_t)sizeof plan.text[0];
	plan.paths[i].rights = rights;
}

static void allow(char const *name, uint32_t rights)
{
	char path[128];

	(void)snprintf(path, sizeof path, "%s/%s", folder, name);
	allow_absolute(path, rights);
}

static uint32_t abi_here(void)
{
	struct host host;

	host_probe(&host);
	return host.landlock_abi;
}

/* `act` in the folder, in the domain of the plan: ALLOWED or DENIED. */
static int in_cage(uint32_t abi, int (*act)(void))
{
	int status;
	int const child = fork();

	if (child == 0) {
		int ruleset;

		plan.header.landlock_abi = abi;
		if (chdir(folder) != 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
		    landlock_ruleset(&request, &ruleset) != 0 ||
		    landlock_paths(&request, ruleset, &object) != 0 ||
		    landlock_enter(&request, ruleset) != 0)
			_exit(BROKEN);
		_exit(act());
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

/* EXDEV is what a rename between directories is denied with. */
static int said(bool success)
{
	if (success)
		return ALLOWED;
	return errno == EACCES || errno == EXDEV ? DENIED : BROKEN;
}

static int read_file(void)
{
	return said(open("in/file", O_RDONLY) >= 0);
}

static int list(void)
{
	return said(open("in", O_RDONLY | O_DIRECTORY) >= 0);
}

static int change(void)
{
	return said(open("in/file", O_WRONLY) >= 0);
}

static int cut(void)
{
	return said(truncate("in/file", 0) == 0);
}

static int make_file(void)
{
	int const result = said(open("in/new", O_WRONLY | O_CREAT, 0600) >= 0);

	return result == ALLOWED && unlink("in/new") != 0 ? BROKEN : result;
}

static int make_others(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX, .sun_path = "in/socket" };
	int const fd = socket(AF_UNIX, SOCK_STREAM, 0);
	int result = said(mkdir("in/new", 0700) == 0);

	if (result == ALLOWED &&
	    (rmdir("in/new") != 0 || mkfifo("in/fifo", 0600) != 0 || unlink("in/fifo") != 0 ||
	     symlink("x", "in/link") != 0 || unlink("in/link") != 0 ||
	     bind(fd, (struct sockaddr *)&address, sizeof address) != 0 ||
	     unlink("in/socket") != 0))
		result = BROKEN;
	return result;
}

static int remove_file(void)
{
	return said(unlink("in/file") == 0);
}

static int make_device(void)
{
	int const result = said(mknod("in/device", S_IFCHR | 0600, 0) == 0);

	(void)unlink("in/device");
	return result;
}

static int move(void)
{
	int result = said(rename("in/file", "in2/file") == 0);

	if (result == ALLOWED && rename("in2/file", "in/file") != 0)
		result = BROKEN;
	return result;
}

static int run(void)
{
	int status;
	int const child = fork();

	if (child == 0) {
		execl("in/true", "true", NULL);
		_exit(said(false));
	}
	return waitpid(child, &status, 0) == child && WIFEXITED(status) ? WEXITSTATUS(status)
									: BROKEN;
}

/* /dev/null knows no ioctl: that it says so means that it was asked. */
static int ask_device(void)
{
	struct winsize size;
	int const fd = open("/dev/null", O_RDWR);

	if (fd < 0)
		return said(false);
	if (ioctl(fd, TIOCGWINSZ, &size) == 0 || (errno != EACCES && errno != ENOTTY))
		return BROKEN;
	return errno == EACCES ? DENIED : ALLOWED;
}

static int reopen_pipe(void)
{
	int ends[2];
	char name[32];

	if (pipe(ends) != 0)
		return BROKEN;
	(void)snprintf(name, sizeof name, "/proc/self/fd/%d", ends[1]);
	return said(open(name, O_WRONLY) >= 0);
}

/* What is not named is denied, and what the rights do not say. */
static void test_rights(void **state)
{
	/* To run is to read, says the kernel. */
	enum { W = PLAN_READ | PLAN_WRITE, X = PLAN_READ | PLAN_EXECUTE };
	static struct {
		int (*act)(void);
		uint32_t rights;
	} const needs[] = {
		{ read_file, PLAN_READ },
		{ list, PLAN_READ },
		{ change, PLAN_WRITE },
		{ cut, PLAN_WRITE },
		{ make_file, PLAN_WRITE },
		{ make_others, PLAN_WRITE },
		{ move, W },
		{ run, X },
	};
	static uint32_t const given[] = { 0,
					  PLAN_READ,
					  PLAN_WRITE,
					  PLAN_EXECUTE,
					  PLAN_READ | PLAN_WRITE,
					  PLAN_READ | PLAN_EXECUTE,
					  PLAN_DEVICE };

	for (size_t g = 0; g < sizeof given / sizeof given[0]; g++)
		for (size_t i = 0; i < sizeof needs / sizeof needs[0]; i++) {
			uint32_t const rights = needs[i].rights;

			reset(state);
			allow("in", given[g]);
			allow("in2", PLAN_READ | PLAN_WRITE);
			if (needs[i].act == run) /* its interpreter and libraries */
				allow_absolute("/usr", PLAN_READ | PLAN_EXECUTE);
			assert_int_equal(in_cage(7, needs[i].act),
					 (given[g] & rights) == rights ? ALLOWED : DENIED);
		}
}

static void test_nobody_makes_devices(void **state)
{
	(void)state;
	if (geteuid() != 0)
		skip();
	allow("in", PLAN_READ | PLAN_WRITE | PLAN_EXECUTE | PLAN_DEVICE);
	assert_int_equal(in_cage(7, make_device), DENIED);
}

/* Each ABI denies what it knows of, and nothing is asked of a kernel that it does not know. */
static void test_each_abi(void **state)
{
	static struct {
		int (*act)(void);
		uint32_t denied_since;
	} const acts[] = {
		{ read_file, 1 },   { change, 1 }, { make_file, 1 }, { make_others, 1 },
		{ remove_file, 1 }, { run, 1 },	   { move, 1 },	     { cut, 3 },
	};
	uint32_t const here = abi_here();

	for (uint32_t abi = 1; abi <= 9; abi++)
		for (size_t i = 0; i < sizeof acts / sizeof acts[0]; i++) {
			reset(state);
			if (here < 7 && abi > here)
				continue;
			allow_absolute("/usr", PLAN_READ | PLAN_EXECUTE);
			assert_int_equal(in_cage(abi, acts[i].act),
					 abi >= acts[i].denied_since ? DENIED : ALLOWED);
		}
	assert_int_equal(in_cage(0, read_file), ALLOWED);
}

/* Between directories one moves since ABI 2; the first refuses that always. */
static void test_moving(void **state)
{
	(void)state;
	allow("in", PLAN_READ | PLAN_WRITE);
	allow("in2", PLAN_READ | PLAN_WRITE);
	assert_int_equal(in_cage(1, move), DENIED);
	assert_int_equal(in_cage(2, move), ALLOWED);
}

static void test_devices(void **state)
{
	allow_absolute("/dev/null", PLAN_READ | PLAN_WRITE);
	assert_int_equal(in_cage(4, ask_device), ALLOWED);
	assert_int_equal(in_cage(5, ask_device), DENIED);
	reset(state);
	allow_absolute("/dev/null", PLAN_READ | PLAN_WRITE | PLAN_DEVICE);
	assert_int_equal(in_cage(5, ask_device), ALLOWED);
}

/* A log pipe has no path; php-fpm and nginx open theirs by /dev/stderr. */
static void test_pipes_are_open_to_all(void **state)
{
	(void)state;
	assert_int_equal(in_cage(7, reopen_pipe), ALLOWED);
}

/* `write = /dev/stdout` where that is a pipe: the kernel takes no rule for it and needs none. */
static void test_path_of_a_pipe(void **state)
{
	char name[32];
	int ends[2];

	(void)state;
	assert_int_equal(pipe(ends), 0);
	(void)snprintf(name, sizeof name, "/proc/self/fd/%d", ends[1]);
	allow_absolute(name, PLAN_READ | PLAN_WRITE);
	assert_int_equal(in_cage(7, reopen_pipe), ALLOWED);
	close(ends[0]);
	close(ends[1]);
}

/* One file of a directory, and not its neighbours. */
static void test_a_file_is_a_path_too(void **state)
{
	(void)state;
	allow("in/file", PLAN_READ | PLAN_WRITE);
	assert_int_equal(in_cage(7, read_file), ALLOWED);
	assert_int_equal(in_cage(7, cut), ALLOWED);
	assert_int_equal(in_cage(7, make_file), DENIED);
	assert_int_equal(in_cage(7, remove_file), DENIED);
	assert_int_equal(in_cage(7, list), DENIED);
}

static void test_the_path_that_is_not_there_is_named(void **state)
{
	int ruleset;

	allow("in", PLAN_READ);
	allow("missing", PLAN_READ | PLAN_MAY_MISS);
	allow("in/file/below", PLAN_READ | PLAN_MAY_MISS);
	assert_int_equal(landlock_ruleset(&request, &ruleset), 0);
	assert_int_equal(landlock_paths(&request, ruleset, &object), 0);
	allow("missing", PLAN_READ);
	assert_int_equal(landlock_paths(&request, ruleset, &object), -ENOENT);
	assert_int_equal(object, 4);
	fake_fail(FAKE_openat, fake_count(FAKE_openat) + 2, 1, EACCES);
	assert_int_equal(landlock_paths(&request, ruleset, &object), -ENOENT);
	/* That it may be missing does not excuse this process's own limits. */
	fake_fail(FAKE_openat, fake_count(FAKE_openat) + 2, 1, EMFILE);
	assert_int_equal(landlock_paths(&request, ruleset, &object), -EMFILE);
	assert_int_equal(object, 2);
	close(ruleset);
	reset(state);
	plan.slot.flags = 0;
	allow("missing", PLAN_READ);
	assert_int_equal(landlock_paths(&request, 1000, &object), 0);
}

static void test_every_descriptor_is_closed(void **state)
{
	int ruleset;

	(void)state;
	allow("in", PLAN_READ);
	allow("in2", PLAN_READ);
	assert_int_equal(landlock_ruleset(&request, &ruleset), 0);
	fake_fail(FAKE_landlock_add_rule, 2, 1, ENOMEM);
	assert_int_equal(landlock_paths(&request, ruleset, &object), -ENOMEM);
	assert_int_equal(object, 2);
	assert_int_equal(fake_count(FAKE_close), 2);
	close(ruleset);
}

#define TEST(name) cmocka_unit_test_setup(test_##name, reset)

int main(void)
{
	struct CMUnitTest const tests[] = {
		TEST(rights),
		TEST(nobody_makes_devices),
		TEST(each_abi),
		TEST(moving),
		TEST(devices),
		TEST(pipes_are_open_to_all),
		TEST(path_of_a_pipe),
		TEST(a_file_is_a_path_too),
		TEST(the_path_that_is_not_there_is_named),
		TEST(every_descriptor_is_closed),
	};
	char command[256];
	int failed;

	if (abi_here() < 6) {
		(void)fprintf(stderr, "landlock_paths_test: this kernel is too old\n");
		return 0;
	}
	if (!mkdtemp(folder))
		return 1;
	(void)snprintf(command, sizeof command,
		       "cd %s && mkdir in in2 && echo x >in/file && cp /bin/true in/true", folder);
	if (system(command) != 0)
		return 1;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	(void)snprintf(command, sizeof command, "rm -r %s", folder);
	return failed + (system(command) != 0);
}
