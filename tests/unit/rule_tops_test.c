/* SPDX-License-Identifier: ISC */
/* A volume mounted over a `write` path becomes the service's: its top, in a boot, and no more. */
#include "declared.h"

#include "sys/fake.h"

static struct stat status;

static int compile(char const *keys)
{
	struct compile_request const request = { .directory = bed.directory,
						 .etc = declared_path("etc"),
						 .program = "/usr/bin/orlop",
						 .environment = bed.environment,
						 .init_pid = 1,
						 .write = true,
						 .image = bed.image,
						 .host = &bed.host };

	stralloc_free(&bed.plan);
	declared_file("services/a.ini",
		      arena_join(&bed.arena, "command = sleep 1\nuser = web\nwrite = ",
				 declared_path("w"), "\n", keys, NULL));
	return compile_plan(&request, &bed.arena, &bed.faults, &bed.plan);
}

static struct stat const *look(char const *name)
{
	assert_int_equal(stat(declared_path(name), &status), 0);
	return &status;
}

/* Nobody else may be able to put something in its place, or it is left alone. */
static void make_tree(void)
{
	fake_reset();
	assert_int_equal(chmod(bed.directory, 0755), 0);
	declared_mkdir("w");
	declared_file("w/below", "");
}

static void test_it_is_given_away(void **state)
{
	(void)state;
	make_tree();
	assert_int_equal(compile(""), 0);
	assert_int_equal(look("w")->st_uid, 1001);
	assert_int_equal(status.st_gid, 1002);
	assert_int_equal(status.st_mode & 07777, 0750);
	assert_int_equal(look("w/below")->st_uid, 0);
	assert_true(declared_notice("/w: was 0:0 0755, is now 1001:1002 0750, for a"));
	faults_free(&bed.faults);
	bed.faults = (struct faults){ .arena = &bed.arena };
	assert_int_equal(compile(""), 0);
	assert_int_equal(genalloc_len(char const *, &bed.faults.notices), 0);
}

static void test_as_files_says(void **state)
{
	(void)state;
	make_tree();
	declared_file("orlop.ini", arena_join(&bed.arena, "[files]\n", declared_path("w"),
					      " = 7:8 0660 02770\n", NULL));
	assert_int_equal(compile(""), 0);
	assert_int_equal(look("w")->st_uid, 7);
	assert_int_equal(status.st_mode & 07777, 02770);
}

/* `orlop check` writes nothing, and an image is lockdown's. */
static void test_not_for_an_image(void **state)
{
	(void)state;
	make_tree();
	bed.image = true;
	assert_int_equal(compile(""), 0);
	assert_int_equal(look("w")->st_uid, 0);
}

static void test_nothing_before_all_is_right(void **state)
{
	(void)state;
	make_tree();
	assert_int_equal(compile("nice = 99\n"), -ECANCELED);
	assert_int_equal(look("w")->st_uid, 0);
}

static void test_it_cannot_be_had(void **state)
{
	(void)state;
	make_tree();
	assert_int_equal(chmod(bed.directory, 0777), 0);
	assert_int_equal(compile(""), -ECANCELED); /* the declarations can be replaced too */
	assert_int_equal(chmod(bed.directory, 0755), 0);
	faults_free(&bed.faults);
	bed.faults = (struct faults){ .arena = &bed.arena };
	assert_int_equal(unlink(declared_path("w/below")), 0);
	assert_int_equal(rmdir(declared_path("w")), 0);
	declared_mkdir("open");
	declared_mkdir("open/w");
	assert_int_equal(chmod(declared_path("open"), 0777), 0);
	assert_int_equal(symlink("open/w", declared_path("w")), 0);
	assert_int_equal(chmod(declared_path("open/w"), 0700), 0);
	assert_int_equal(compile(""), 0);
	assert_int_equal(look("open/w")->st_uid, 0);
	assert_true(declared_notice("/w that could not be given to a: "));
	assert_int_equal(compile("confine = strict\n"), -ECANCELED);
	declared_fault("a.ini:3: write: found ");
}

/* Where ids cannot change the volume has to be writable as it is. */
static void test_shared_uid(void **state)
{
	(void)state;
	make_tree();
	bed.host.can_change_ids = false;
	bed.host.uid = 12345;
	assert_int_equal(compile(""), 0);
	assert_int_equal(look("w")->st_uid, 0);
	assert_false(declared_notice("cannot write"));
	fake_fail(FAKE_faccessat, fake_count(FAKE_faccessat) + 1, 1, EACCES);
	assert_int_equal(compile(""), 0);
	assert_true(declared_notice("/w that uid 12345 cannot write: Permission denied"));
}

/* A volume that is mounted read-only, or no CAP_CHOWN: said, and the start goes on. */
static void test_the_system_refuses(void **state)
{
	(void)state;
	make_tree();
	fake_fail(FAKE_fchownat, 1, 1, EROFS);
	assert_int_equal(compile(""), 0);
	assert_true(declared_notice("/w that could not be given to a: Read-only file system"));
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		DECLARED(test_it_is_given_away),   DECLARED(test_as_files_says),
		DECLARED(test_not_for_an_image),   DECLARED(test_nothing_before_all_is_right),
		DECLARED(test_it_cannot_be_had),   DECLARED(test_shared_uid),
		DECLARED(test_the_system_refuses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
