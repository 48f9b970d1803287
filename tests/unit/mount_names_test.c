/* SPDX-License-Identifier: ISC */
/* A name that is not found is a secret that a cage shows. */
#include "declared.h"

#include "plan/mount_names.h"

static struct mount list[8];
static struct mount_names names;

static void add(char const *device, char const *root, char const *point)
{
	names.list = list;
	list[names.count++] = (struct mount){ device, root, point };
}

/* All names of `path` behind each other. */
static char const *all(char const *path)
{
	struct mount const *const own = mount_names_own(&names, path);
	char const *text = "";

	for (uint32_t i = 0; i < names.count; i++) {
		char const *const name = mount_names_at(&names, &bed.arena, path, own, i);

		if (name)
			text = arena_join(&bed.arena, text, *text ? " " : "", name, NULL);
	}
	return text;
}

static void begin(void)
{
	names.count = 0;
	add("0:1", "/", "/");
	add("8:1", "/", "/volume");
	add("8:1", "/keys", "/run/secrets");
	add("8:1", "/keys/db", "/run/one");
	add("8:2", "/keys", "/other");
}

static void test_a_part_of_a_volume(void **state)
{
	(void)state;
	begin();
	assert_string_equal(all("/run/secrets/db"), "/volume/keys/db /run/one");
	assert_string_equal(all("/run/one"), "/volume/keys/db /run/secrets/db");
	assert_string_equal(all("/volume/keys/db"), "/run/secrets/db /run/one");
	assert_string_equal(all("/volume/keys"), "/run/secrets");
	assert_string_equal(all("/volume/plain"), "");
	assert_string_equal(all("/other/db"), "");
	assert_string_equal(all("/etc/passwd"), "");
}

static void test_a_directory_of_the_root(void **state)
{
	(void)state;
	names.count = 0;
	add("0:1", "/", "/");
	add("0:1", "/srv", "/mnt");
	add("0:1", "/", "/all");
	assert_string_equal(all("/srv/key"), "/mnt/key /all/srv/key");
	assert_string_equal(all("/mnt"), "/srv /all/srv");
	assert_string_equal(all("/srvs/key"), "/all/srvs/key");
}

/* What is mounted over is not what is seen. */
static void test_the_last_mount_is_the_one(void **state)
{
	(void)state;
	begin();
	add("8:2", "/", "/run/secrets");
	assert_string_equal(all("/run/secrets/db"), "");
	assert_string_equal(all("/run/secrets/keys/db"), "/other/db");
}

static void test_this_machine(void **state)
{
	struct mount_names here;
	bool root = false;

	(void)state;
	mount_names_read(&here, &bed.arena);
	assert_true(here.known);
	for (uint32_t i = 0; i < here.count; i++) {
		assert_int_equal(here.list[i].point[0], '/');
		root = root || !strcmp(here.list[i].point, "/");
	}
	assert_true(root);
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		DECLARED(test_a_part_of_a_volume),
		DECLARED(test_a_directory_of_the_root),
		DECLARED(test_the_last_mount_is_the_one),
		DECLARED(test_this_machine),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
