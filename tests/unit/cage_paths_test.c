/* SPDX-License-Identifier: ISC */
/* The list that Landlock gets is complete: what is missing in it the service cannot reach. */
#include "declared.h"

static struct plan_slot const *compile(char const *keys)
{
	declared_file("services/a.ini", arena_join(&bed.arena, "command = sleep 1\n", keys, NULL));
	if (declared_compile() < 0)
		fail_msg("%s", declared_report());
	return declared_slot("a");
}

static void test_what_every_program_needs(void **state)
{
	struct plan_slot const *s = compile("read = /srv\n");

	(void)state;
	assert_int_equal(declared_rights(s, "/usr"), PLAN_READ | PLAN_EXECUTE | PLAN_MAY_MISS);
	assert_int_equal(declared_rights(s, "/etc"), PLAN_READ | PLAN_MAY_MISS);
	assert_true(declared_rights(s, "/dev/null") & PLAN_WRITE);
	assert_int_equal(declared_rights(s, "/srv"), PLAN_READ);
	assert_int_equal(declared_rights(s, "/tmp"), 0);
}

static void test_the_three_keys(void **state)
{
	struct plan_slot const *s;

	(void)state;
	declared_mkdir("w");
	s = compile(arena_join(&bed.arena, "write = ?/nosuch ", declared_path("w"),
			       "\nexecute = /opt\nread =\n", NULL));
	assert_int_equal(declared_rights(s, declared_path("w")),
			 PLAN_READ | PLAN_WRITE | PLAN_DEVICE);
	assert_int_equal(declared_rights(s, "/nosuch"),
			 PLAN_READ | PLAN_WRITE | PLAN_DEVICE | PLAN_MAY_MISS);
	assert_int_equal(declared_rights(s, "/opt"), PLAN_READ | PLAN_EXECUTE);
}

/* `execute`, even empty, leaves the program itself and what loads it, and nothing else. */
static void test_only_its_own_program(void **state)
{
	struct plan_slot const *s = compile("execute =\n");
	struct plan_path const *paths = plan_paths(bed.plan.s, s->paths);
	uint32_t runs = 0;

	(void)state;
	assert_int_equal(declared_rights(s, "/usr"), PLAN_READ | PLAN_MAY_MISS);
	assert_true(declared_rights(s, plan_string(bed.plan.s, s->executable)) & PLAN_EXECUTE);
	for (uint32_t i = 0; i < s->paths.count; i++)
		runs += paths[i].rights & PLAN_EXECUTE ? 1 : 0;
	assert_int_equal(runs, 2); /* the loader is the other */
}

static void test_its_temporary_files(void **state)
{
	struct plan_slot const *s;

	(void)state;
	s = compile("read = /srv\n[environment]\nTMPDIR = /var/tmp/\n");
	assert_true(declared_rights(s, "/var/tmp") & PLAN_WRITE);
	bed.environment[2] = "TMPDIR=/scratch";
	s = compile("read = /srv\n");
	assert_true(declared_rights(s, "/scratch") & PLAN_WRITE);
	s = compile("read = /srv\nenvironment-pass =\n");
	assert_int_equal(declared_rights(s, "/scratch"), 0);
}

/* It comes from the container's environment, where a whole system would be opened by a slip. */
static void test_temporary_files_everywhere(void **state)
{
	static char const *const values[] = { "TMPDIR=/", "TMPDIR=/etc/", "TMPDIR=/proc/self",
					      "TMPDIR=/var/../etc", "TMPDIR=tmp" };

	(void)state;
	for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
		struct plan_slot const *s;

		bed.environment[2] = values[i];
		s = compile("read = /srv\n");
		assert_true(declared_notice(strchr(values[i], '=') + 1));
		for (uint32_t k = 0; k < s->paths.count; k++) {
			struct plan_path const path = plan_paths(bed.plan.s, s->paths)[k];

			assert_true(!(path.rights & PLAN_WRITE) ||
				    !strncmp(plan_string(bed.plan.s, path.path), "/dev/", 5));
		}
	}
	assert_int_equal(symlink("/etc", declared_path("link")), 0);
	bed.environment[2] = arena_join(&bed.arena, "TMPDIR=", declared_path("link"), NULL);
	assert_int_equal(declared_rights(compile("read = /srv\n"), declared_path("link")), 0);
	bed.environment[2] = "TMPDIR=/dev/shm";
	assert_true(declared_rights(compile("read = /srv\n"), "/dev/shm") & PLAN_WRITE);
}

/* The service can make it a link to anywhere, which the cage of its next start would open. */
static void test_below_what_it_writes(void **state)
{
	struct plan_slot const *s;

	(void)state;
	declared_mkdir("w");
	declared_mkdir("w/tmp");
	declared_mkdir("w/run");
	assert_int_equal(symlink("w", declared_path("alias")), 0);
	bed.environment[2] = arena_join(&bed.arena, "TMPDIR=", declared_path("w/tmp"), NULL);
	s = compile(arena_join(&bed.arena, "write = ", declared_path("alias"), " ",
			       declared_path("w"), "\nread = ", declared_path("alias/run"),
			       "\nexecute = ", declared_path("w/run"), "\n", NULL));
	assert_int_equal(declared_rights(s, declared_path("w/tmp")), 0);
	assert_int_equal(declared_rights(s, declared_path("alias/run")), 0);
	assert_int_equal(declared_rights(s, declared_path("w/run")), PLAN_EXECUTE);
	assert_true(declared_rights(s, declared_path("w")) & PLAN_WRITE);
	assert_true(declared_rights(s, declared_path("alias")) & PLAN_WRITE);
}

static void test_no_cage_no_list(void **state)
{
	(void)state;
	assert_int_equal(compile("bind = 80\n")->paths.count, 0);
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		DECLARED(test_what_every_program_needs),
		DECLARED(test_the_three_keys),
		DECLARED(test_only_its_own_program),
		DECLARED(test_its_temporary_files),
		DECLARED(test_temporary_files_everywhere),
		DECLARED(test_below_what_it_writes),
		DECLARED(test_no_cage_no_list),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
