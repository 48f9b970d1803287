/* SPDX-License-Identifier: ISC */
/* Which domain a service gets on which kernel, and that it does what it is there for. */
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
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static struct {
	struct plan_header header;
	struct plan_slot slot;
	uint32_t set[2];
	uint32_t bind[2];
	uint32_t connect[1];
	struct plan_path path;
	char folder[8];
	char text[32];
} plan;

static struct confine_request const request = { .plan = &plan, .slot = &plan.slot };
static int ruleset;
static uint32_t object;

static int reset(void **state)
{
	(void)state;
	fake_reset();
	memset(&plan, 0, sizeof plan);
	strcpy(plan.text, "NOTIFY_SOCKET=@orlop");
	plan.set[0] = offsetof(__typeof__(plan), text);
	plan.slot.environment.offset = offsetof(__typeof__(plan), set);
	plan.slot.bind.offset = offsetof(__typeof__(plan), bind);
	plan.slot.connect.offset = offsetof(__typeof__(plan), connect);
	return 0;
}

static bool descriptor(enum fake_call call, long *value, void *context)
{
	(void)call;
	(void)context;
	*value = 1000; /* not open: closing it harms nothing */
	return true;
}

static bool zero(enum fake_call call, long *value, void *context)
{
	(void)call;
	(void)context;
	*value = 0;
	return true;
}

static void pretend(uint32_t abi)
{
	plan.header.landlock_abi = abi;
	fake_hook(FAKE_landlock_create_ruleset, descriptor, NULL);
	fake_hook(FAKE_landlock_add_rule, zero, NULL);
	fake_hook(FAKE_landlock_restrict_self, zero, NULL);
}

/* ABI 1 refuses every rename between directories: no domain is better there. */
static void test_old_kernels_have_none(void **state)
{
	(void)state;
	for (uint32_t abi = 0; abi < 2; abi++) {
		pretend(abi);
		assert_int_equal(landlock_ruleset(&request, &ruleset), 0);
		assert_int_equal(ruleset, -1);
		assert_int_equal(landlock_enter(&request, ruleset), 0);
	}
	assert_int_equal(fake_count(FAKE_landlock_create_ruleset), 0);
	assert_int_equal(fake_count(FAKE_landlock_restrict_self), 0);
}

static void test_confine_off_has_none(void **state)
{
	(void)state;
	pretend(7);
	plan.slot.confine = PLAN_UNCONFINED;
	assert_int_equal(landlock_ruleset(&request, &ruleset), 0);
	assert_int_equal(ruleset, -1);
}

/* Before the scopes, a rule must give back what the domain has to handle. */
static void test_abi_2_to_5_deny_nothing(void **state)
{
	(void)state;
	for (uint32_t abi = 2; abi < 6; abi++) {
		reset(state);
		pretend(abi);
		assert_int_equal(landlock_ruleset(&request, &ruleset), 0);
		assert_int_equal(ruleset, 1000);
		assert_int_equal(fake_count(FAKE_landlock_add_rule), 1);
	}
}

/* A domain inside of this one could not give what this one has not. */
static void test_moves_are_given_on(void **state)
{
	(void)state;
	pretend(6);
	assert_int_equal(landlock_ruleset(&request, &ruleset), 0);
	assert_int_equal(ruleset, 1000);
	assert_int_equal(fake_count(FAKE_landlock_add_rule), 1);
	assert_int_equal(fake_count(FAKE_close), 1);
	assert_int_equal(landlock_enter(&request, ruleset), 0);
	assert_int_equal(fake_count(FAKE_landlock_restrict_self), 1);
	assert_int_equal(fake_count(FAKE_close), 2);
}

/* Nobody mounts in a domain that handles files: who may mount by its filter gets no such domain. */
static void test_a_filter_of_its_own_needs_no_rule(void **state)
{
	pretend(6);
	plan.slot.flags = PLAN_SYSCALLS_ALL;
	assert_int_equal(landlock_ruleset(&request, &ruleset), 0);
	assert_int_equal(fake_count(FAKE_landlock_add_rule), 0);
	reset(state);
	pretend(6);
	plan.slot.syscalls.count = 1;
	assert_int_equal(landlock_ruleset(&request, &ruleset), 0);
	assert_int_equal(ruleset, 1000);
	assert_int_equal(fake_count(FAKE_landlock_add_rule), 0);
	/* Where there are no scopes the domain has to handle something. */
	pretend(5);
	assert_int_equal(landlock_ruleset(&request, &ruleset), 0);
	assert_int_equal(ruleset, 1000);
	assert_int_equal(fake_count(FAKE_landlock_add_rule), 1);
}

/* A port that is given is allowed, and where ports are unknown none is asked for. */
static void test_ports_are_rules(void **state)
{
	for (uint32_t abi = 1; abi < 9; abi++) {
		reset(state);
		pretend(abi);
		plan.slot.flags = PLAN_BIND_CAGE | PLAN_CONNECT_CAGE;
		plan.slot.bind.count = 2;
		plan.slot.connect.count = 1;
		assert_int_equal(landlock_ruleset(&request, &ruleset), 0);
		assert_int_equal(fake_count(FAKE_landlock_add_rule), abi < 2 ? 0 : abi < 4 ? 1 : 4);
	}
	/* A list of another's is not looked at. */
	reset(state);
	pretend(7);
	plan.slot.flags = PLAN_CONNECT_CAGE;
	plan.slot.bind.count = 2;
	assert_int_equal(landlock_ruleset(&request, &ruleset), 0);
	assert_int_equal(fake_count(FAKE_landlock_add_rule), 1);
}

static void test_failures(void **state)
{
	(void)state;
	pretend(6);
	fake_fail(FAKE_landlock_create_ruleset, 1, 1, ENOMEM);
	assert_int_equal(landlock_ruleset(&request, &ruleset), -ENOMEM);
	pretend(2);
	fake_fail(FAKE_landlock_create_ruleset, 2, 1, ENOMEM);
	assert_int_equal(landlock_ruleset(&request, &ruleset), -ENOMEM);
	fake_fail(FAKE_openat, 1, 1, EMFILE);
	assert_int_equal(landlock_ruleset(&request, &ruleset), -EMFILE);
	fake_fail(FAKE_landlock_add_rule, 1, 1, EINVAL);
	assert_int_equal(landlock_ruleset(&request, &ruleset), -EINVAL);
	plan.header.landlock_abi = 7;
	plan.slot.flags = PLAN_BIND_CAGE | PLAN_CONNECT_CAGE;
	plan.slot.bind.count = 2;
	plan.slot.connect.count = 1;
	for (unsigned which = 1; which <= 4; which++) {
		fake_fail(FAKE_landlock_add_rule, fake_count(FAKE_landlock_add_rule) + which, 1,
			  ENOMEM);
		assert_int_equal(landlock_ruleset(&request, &ruleset), -ENOMEM);
	}
	fake_fail(FAKE_landlock_restrict_self, 1, 1, E2BIG);
	assert_int_equal(landlock_enter(&request, 1000), -E2BIG);
}

/* On the kernel that runs this: `act` in the domain that `abi` asks for. */
static int in_domain(uint32_t abi, int (*act)(void))
{
	int status;
	int const child = fork();

	if (child == 0) {
		plan.header.landlock_abi = abi;
		if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
		    landlock_ruleset(&request, &ruleset) != 0 ||
		    landlock_enter(&request, ruleset) != 0)
			_exit(111);
		_exit(act());
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static int signal_parent(void)
{
	return sys_kill(getppid(), 0) == 0 ? 0 : 1;
}

/* Asks the same as ptrace and environ do; those let CAP_PERFMON through since Linux 6.15. */
static int look_into_parent(void)
{
	char name[64];
	char target[64];

	(void)snprintf(name, sizeof name, "/proc/%d/cwd", getppid());
	return readlink(name, target, sizeof target) >= 0 ? 0 : 1;
}

static int rename_between_directories(void)
{
	char one[] = "/tmp/landlock_test.XXXXXX";
	char two[] = "/tmp/landlock_test.XXXXXX";
	char old[64];
	char new[64];
	int result = 111;
	int fd;

	if (!mkdtemp(one) || !mkdtemp(two))
		return 111;
	(void)snprintf(old, sizeof old, "%s/file", one);
	(void)snprintf(new, sizeof new, "%s/file", two);
	fd = open(old, O_WRONLY | O_CREAT, 0600);
	if (fd >= 0)
		result = rename(old, new) == 0 ? 0 : 1;
	unlink(old);
	unlink(new);
	rmdir(one);
	rmdir(two);
	return result;
}

static uint32_t abi_here(void)
{
	struct host host;

	host_probe(&host);
	return host.landlock_abi;
}

/* What the domain is there for. */
static void test_domain_shields(void **state)
{
	uint32_t const abi = abi_here();

	(void)state;
	if (abi < 2)
		skip();
	assert_int_equal(in_domain(0, look_into_parent), 0);
	assert_int_equal(in_domain(2, look_into_parent), 1);
	assert_int_equal(in_domain(2, signal_parent), 0);
	if (abi < 6)
		skip();
	assert_int_equal(in_domain(6, look_into_parent), 1);
	assert_int_equal(in_domain(6, signal_parent), 1);
	/* A stop-command has to reach the service beside it. */
	plan.slot.kind = PLAN_PROBE;
	assert_int_equal(in_domain(6, signal_parent), 0);
	assert_int_equal(in_domain(6, look_into_parent), 1);
	/* An abstract notify socket leaves the signals' scope on. */
	plan.slot.kind = PLAN_LONGRUN;
	plan.slot.environment.count = 1;
	assert_int_equal(in_domain(6, signal_parent), 1);
}

static int call_port(int (*call)(int, struct sockaddr const *, socklen_t), uint16_t port)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
				       .sin_port = htons(port),
				       .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int const fd = socket(AF_INET, SOCK_STREAM, 0);
	int result = 0;

	if (call(fd, (struct sockaddr const *)&address, sizeof address) != 0)
		result = errno == EACCES ? 1 : 0; /* EADDRINUSE, ECONNREFUSED: it was let through */
	close(fd);
	return result;
}

enum { MINE = 30111, OTHER = 30112 };

static int bind_mine(void)
{
	return call_port(bind, MINE);
}

static int bind_other(void)
{
	return call_port(bind, OTHER);
}

static int connect_mine(void)
{
	return call_port(connect, MINE);
}

static int connect_other(void)
{
	return call_port(connect, OTHER);
}

/* A cage inside of the cage, for the directories that a move needs. */
static int move_in_a_second_cage(void)
{
	plan.slot.flags = PLAN_FILE_CAGE;
	if (landlock_ruleset(&request, &ruleset) != 0)
		return 111;
	plan.path = (struct plan_path){ offsetof(__typeof__(plan), folder),
					PLAN_READ | PLAN_WRITE };
	strcpy(plan.folder, "/tmp");
	plan.slot.paths = (struct plan_list){ offsetof(__typeof__(plan), path), 1 };
	if (landlock_paths(&request, ruleset, &object) != 0 ||
	    landlock_enter(&request, ruleset) != 0)
		return 111;
	return rename_between_directories();
}

static void test_moves_in_a_second_cage(void **state)
{
	uint32_t const abi = abi_here();

	(void)state;
	for (uint32_t first = 2; first <= abi && first <= 7; first++)
		assert_int_equal(in_domain(first, move_in_a_second_cage), 0);
}

static void test_ports(void **state)
{
	(void)state;
	if (abi_here() < 4)
		skip();
	plan.bind[0] = plan.connect[0] = MINE;
	plan.slot.bind.count = plan.slot.connect.count = 1;
	plan.slot.flags = PLAN_BIND_CAGE;
	assert_int_equal(in_domain(4, bind_mine), 0);
	assert_int_equal(in_domain(4, bind_other), 1);
	assert_int_equal(in_domain(4, connect_other), 0);
	/* Asked for, and not had: no domain is refused for that. */
	assert_int_equal(in_domain(3, bind_other), 0);
	plan.slot.flags = PLAN_CONNECT_CAGE;
	assert_int_equal(in_domain(4, connect_mine), 0);
	assert_int_equal(in_domain(4, connect_other), 1);
	assert_int_equal(in_domain(4, bind_other), 0);
	/* An empty list is none at all. */
	plan.slot.connect.count = 0;
	assert_int_equal(in_domain(4, connect_mine), 1);
}

/* And what it must not break. */
static void test_domain_denies_no_rename(void **state)
{
	uint32_t const abi = abi_here();

	(void)state;
	if (abi < 2)
		skip();
	assert_int_equal(in_domain(2, rename_between_directories), 0);
	if (abi >= 6)
		assert_int_equal(in_domain(6, rename_between_directories), 0);
}

#define TEST(name) cmocka_unit_test_setup(test_##name, reset)

int main(void)
{
	struct CMUnitTest const tests[] = {
		TEST(old_kernels_have_none),
		TEST(confine_off_has_none),
		TEST(abi_2_to_5_deny_nothing),
		TEST(moves_are_given_on),
		TEST(a_filter_of_its_own_needs_no_rule),
		TEST(ports_are_rules),
		TEST(failures),
		TEST(domain_shields),
		TEST(moves_in_a_second_cage),
		TEST(ports),
		TEST(domain_denies_no_rename),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
