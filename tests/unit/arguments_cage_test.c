/* SPDX-License-Identifier: ISC */
/* orlop-confine's options for paths, ports, system calls and secrets, as records of the plan. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "confine/arguments.h"
#include "confine/base_paths.h"
#include "confine/syscalls.h"
#include "sys/fake.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static struct arguments arguments;
static struct arguments_fault fault;
static struct host const host = { .uid = 0, .gid = 0 };
static struct plan_slot const *const slot = &arguments.plan.slot;

static int reset(void **state)
{
	(void)state;
	fake_reset();
	memset(&arguments, 0, sizeof arguments);
	return 0;
}

static int parse(char *const *argv)
{
	return arguments_parse(&arguments, argv, &host, &fault);
}

#define PARSE(...) parse((char *const[]){ "orlop-confine", __VA_ARGS__, "/none", NULL })

/* The rights of a path, or 0 when it is not there. */
static uint32_t rights_of(char const *path)
{
	struct plan_path const *paths = plan_paths(&arguments.plan, slot->paths);

	for (uint32_t i = 0; i < slot->paths.count; i++)
		if (strcmp(arguments_text(&arguments, paths[i].path), path) == 0)
			return paths[i].rights;
	return 0;
}

static void test_no_path_no_cage(void **state)
{
	(void)state;
	assert_int_equal(PARSE("-b", "80", "-t", "443"), 0);
	assert_int_equal(slot->paths.count, 0);
	assert_int_equal(slot->flags & PLAN_FILE_CAGE, 0);
}

static void test_paths(void **state)
{
	(void)state;
	assert_int_equal(PARSE("-r/srv", "-w", "?var", "-r", "?/etc/php"), 0);
	assert_int_equal(slot->flags & PLAN_FILE_CAGE, PLAN_FILE_CAGE);
	assert_int_equal(rights_of("/srv"), PLAN_READ);
	assert_int_equal(rights_of("var"), PLAN_READ | PLAN_WRITE | PLAN_DEVICE | PLAN_MAY_MISS);
	assert_int_equal(rights_of("/etc/php"), PLAN_READ | PLAN_MAY_MISS);
	for (uint32_t i = 0; i < base_paths_count; i++)
		assert_int_equal(rights_of(base_paths[i].path), base_paths[i].rights);
}

/* Then /usr is only read: what can be run is listed. */
static void test_execute_is_the_whole_list(void **state)
{
	(void)state;
	assert_int_equal(PARSE("-x", "/usr/bin/id"), 0);
	assert_int_equal(rights_of("/usr/bin/id"), PLAN_READ | PLAN_EXECUTE);
	for (uint32_t i = 0; i < base_paths_count; i++)
		assert_int_equal(rights_of(base_paths[i].path) & PLAN_EXECUTE, 0);
	assert_int_equal(rights_of("/usr"), PLAN_READ | PLAN_MAY_MISS);
}

static void test_ports(void **state)
{
	uint32_t const *ports;

	(void)state;
	assert_int_equal(PARSE("-b80,0", "-b", "65535", "-t", "443"), 0);
	assert_int_equal(slot->flags & (PLAN_BIND_CAGE | PLAN_CONNECT_CAGE),
			 PLAN_BIND_CAGE | PLAN_CONNECT_CAGE);
	assert_int_equal(slot->bind.count, 3);
	ports = plan_words(&arguments.plan, slot->bind);
	assert_int_equal(ports[0], 80);
	assert_int_equal(ports[1], 0);
	assert_int_equal(ports[2], 65535);
	assert_int_equal(slot->connect.count, 1);
	assert_int_equal(plan_words(&arguments.plan, slot->connect)[0], 443);
}

static void test_syscalls(void **state)
{
	uint32_t const *calls;

	(void)state;
	assert_int_equal(PARSE("-y", "+ptrace", "-y", "-kill"), 0);
	assert_int_equal(slot->flags & PLAN_SYSCALLS_ALL, 0);
	assert_int_equal(slot->syscalls.count, 2);
	calls = plan_words(&arguments.plan, slot->syscalls);
	assert_int_equal(calls[0], syscalls_number("ptrace"));
	assert_int_equal(calls[1], (uint32_t)syscalls_number("kill") | PLAN_SYSCALL_DENY);
	reset(state);
	assert_int_equal(PARSE("-yall", "-y-kill"), 0);
	assert_int_equal(slot->flags & PLAN_SYSCALLS_ALL, PLAN_SYSCALLS_ALL);
	assert_int_equal(slot->syscalls.count, 1);
}

static void test_secrets(void **state)
{
	uint32_t const *words;

	(void)state;
	assert_int_equal(PARSE("-s", "DB:/run/a:b", "-sKEY_2:?file"), 0);
	assert_int_equal(slot->secrets.count, 4);
	words = plan_words(&arguments.plan, slot->secrets);
	assert_string_equal(arguments_text(&arguments, words[0]), "DB");
	assert_string_equal(arguments_text(&arguments, words[1]), "/run/a:b");
	assert_string_equal(arguments_text(&arguments, words[2]), "KEY_2");
	assert_string_equal(arguments_text(&arguments, words[3]), "?file");
}

static void test_mistakes(void **state)
{
	static char *const wrong[][2] = {
		{ "-r", "" },	    { "-w", "?" },	{ "-x", "" },	      { "-b", "" },
		{ "-b", "65536" },  { "-b", "80," },	{ "-t", "http" },     { "-t", "1 2" },
		{ "-t", "-1" },	    { "-y", "" },	{ "-y", "ptrace" },   { "-y", "+" },
		{ "-y", "+none" },  { "-y", "-none" },	{ "-s", "NAME" },     { "-s", "NAME:" },
		{ "-s", "NAME:?" }, { "-s", ":/file" }, { "-s", "1A:/file" }, { "-s", "A=B:/file" },
		{ "-s", "" },
	};

	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		reset(state);
		assert_int_equal(PARSE(wrong[i][0], wrong[i][1]), 100);
		assert_non_null(fault.what);
	}
}

/* More than there is room for, and not one record behind the end. */
static void fill(char const *option, char const *value, int count)
{
	static char *argv[4200];
	int used = 1;

	reset(NULL);
	argv[0] = "orlop-confine";
	for (int i = 0; i < count; i++) {
		argv[used++] = (char *)option;
		argv[used++] = (char *)value;
	}
	argv[used++] = "/none";
	argv[used] = NULL;
	assert_int_equal(parse(argv), 100);
	assert_non_null(strstr(fault.what, "too many"));
}

static void test_too_many(void **state)
{
	(void)state;
	fill("-r", "/srv", ARGUMENTS_PATHS_MAX + 1);
	/* The base paths need room too. */
	fill("-r", "/srv", ARGUMENTS_PATHS_MAX - 1);
	fill("-b", "80", ARGUMENTS_PORTS_MAX + 1);
	fill("-t", "80", ARGUMENTS_PORTS_MAX + 1);
	fill("-y", "-kill", ARGUMENTS_SYSCALLS_MAX + 1);
	fill("-s", "A:/b", CONFINE_SECRETS_MAX + 1);
}

#define TEST(name) cmocka_unit_test_setup(test_##name, reset)

int main(void)
{
	struct CMUnitTest const tests[] = {
		TEST(no_path_no_cage), TEST(paths),    TEST(execute_is_the_whole_list),
		TEST(ports),	       TEST(syscalls), TEST(secrets),
		TEST(mistakes),	       TEST(too_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
