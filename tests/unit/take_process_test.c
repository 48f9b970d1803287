/* SPDX-License-Identifier: ISC */
/* Conditions, limits, secrets, capabilities: a value misread here is a cage with a hole. */
#include "declared.h"

#include <sys/resource.h>

#define WITH(line) declared_service("command = x\n" line "\n")

static void test_enabled_if(void **state)
{
	static struct {
		char const *condition;
		bool enabled;
	} const table[] = {
		{ "env:HOME", true },		{ "!env:HOME", false },
		{ "env:NOPE", false },		{ "!env:NOPE", true },
		{ "env:EMPTY", false },		{ "env:HOME=/root", true },
		{ "env:HOME=/roo", false },	{ "env:NOPE=", true },
		{ "!env:HOME=/root", false },	{ "file:/etc", true },
		{ "file:/nonexistent", false }, { "!file:/nonexistent", true },
		{ "env:HOME file:/etc", true }, { "env:HOME env:NOPE", false },
	};

	(void)state;
	bed.environment[2] = "EMPTY=";
	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
		struct service const *s = declared_service(arena_join(
		    &bed.arena, "command = x\nenabled-if = ", table[i].condition, "\n", NULL));

		if (!(s->flags & SERVICE_DISABLED) != table[i].enabled)
			fail_msg("%s", table[i].condition);
	}
	declared_no_fault();
}

static void test_limits(void **state)
{
	struct service const *s = WITH("limits = nofile=1024:65536 as=1G nproc=unlimited core=1");

	(void)state;
	declared_no_fault();
	assert_int_equal(s->limit_count, 4);
	assert_int_equal(s->limits[0].resource, RLIMIT_NOFILE);
	assert_true(s->limits[0].soft == 1024 && s->limits[0].hard == 65536);
	assert_true(s->limits[1].soft == 1 << 30 && s->limits[1].hard == 1 << 30);
	assert_true(s->limits[2].hard == UINT64_MAX);
	s = WITH("limits = nofile=10"); /* core = 0 is there unless it is declared */
	assert_int_equal(s->limit_count, 2);
	assert_int_equal(s->limits[1].resource, RLIMIT_CORE);
	assert_true(s->limits[1].hard == 0);
}

static void test_secrets_capabilities_syscalls_log(void **state)
{
	struct service const *s = WITH("secret = DB:/run/secrets/db K:/k:1");

	(void)state;
	assert_int_equal(s->secrets.count, 4);
	assert_string_equal(s->secrets.at[0], "DB");
	assert_string_equal(s->secrets.at[3], "/k:1");
	assert_true(WITH("capabilities = net_bind_service CAP_CHOWN")->slot.capabilities ==
		    (1U << 10 | 1U));
	assert_true(WITH("syscalls = all")->slot.flags & PLAN_SYSCALLS_ALL);
	assert_int_equal(WITH("syscalls = default -unshare +bpf")->syscalls.count, 2);
	s = WITH("log = file:/var/log/a size=1M keep=10");
	assert_int_equal(s->slot.log, PLAN_LOG_FILE);
	assert_string_equal(s->log_option, "/var/log/a size=1M keep=10");
	s = WITH("log = file:/var/log/a age=1d json fpm");
	assert_string_equal(s->log_option, "/var/log/a age=1d json fpm");
	assert_int_equal(WITH("log = json")->slot.log, PLAN_LOG_JSON);
	assert_null(WITH("log = json")->log_option);
	assert_string_equal(WITH("log = prefix fpm")->log_option, "fpm");
	declared_no_fault();
}

static void test_refused(void **state)
{
	static char const *const bad[] = {
		"enabled-if = HOME",	  "enabled-if = env:",
		"enabled-if = file:a",	  "enabled-if = env:1A",
		"limits = nofile",	  "limits = nofiles=1",
		"limits = nofile=2:1",	  "limits = nofile=1 nofile=2",
		"limits = nofile=1x",	  "secret = DB:",
		"secret = DB:db",	  "secret = A:/a/../b",
		"secret = 1:/a",	  "secret = A:/a A:/b",
		"capabilities = root",	  "syscalls = none",
		"syscalls = -nosuchcall", "syscalls = +bpf -bpf",
		"syscalls = all +bpf",	  "log = syslog",
		"log = file:a",		  "log = plain prefix",
		"log = file:/a size=1",	  "log = file:/a keep=0",
		"log = file:/a rotate",	  "environment-pass = A=B",
		"environment-pass = 1A",
	};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		size_t const before = faults_count(&bed.faults);

		(void)declared_service(arena_join(&bed.arena, "command = x\n", bad[i], "\n", NULL));
		if (faults_count(&bed.faults) != before + 1)
			fail_msg("%s: %zu faults", bad[i], faults_count(&bed.faults) - before);
	}
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		DECLARED(test_enabled_if),
		DECLARED(test_limits),
		DECLARED(test_secrets_capabilities_syscalls_log),
		DECLARED(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
