/* SPDX-License-Identifier: ISC */
/* A path that is followed wrong leaves a secret in a cage, or a way to another one unseen. */
#include "declared.h"

#include "plan/real_paths.h"

static struct real_paths paths;

static char const *real(char const *name)
{
	return real_paths_find(&paths, declared_path(name)).path;
}

static void begin(struct names const *tops)
{
	paths = (struct real_paths){ .arena = &bed.arena, .tops = tops };
}

static void link_to(char const *text, char const *name)
{
	assert_int_equal(symlink(text, declared_path(name)), 0);
}

static void test_links_on_the_way(void **state)
{
	(void)state;
	begin(NULL);
	declared_mkdir("d");
	declared_mkdir("d/e");
	link_to("d/./e//", "relative");
	link_to("../../d", "d/e/up");
	link_to(declared_path("relative/up/e"), "absolute");
	assert_string_equal(real("d/e/x"), declared_path("d/e/x"));
	assert_string_equal(real("relative"), declared_path("d/e"));
	assert_string_equal(real("absolute/up/e/file"), declared_path("d/e/file"));
	assert_string_equal(real_paths_find(&paths, "/").path, "/");
}

/* The secret that it is to be may come later; whoever lists its directory must not see it then. */
static void test_a_link_that_leads_nowhere_yet(void **state)
{
	(void)state;
	begin(NULL);
	declared_mkdir("d");
	link_to("d/../later/key", "key");
	link_to("later", "also");
	assert_string_equal(real("key"), declared_path("later/key"));
	assert_string_equal(real("also/key"), declared_path("later/key"));
}

/* Seen from the inside of one, a circle of links is a tree without end. */
static void test_a_circle_ends(void **state)
{
	(void)state;
	begin(NULL);
	link_to("a/a/a/a/a/a/a/a", "a");
	link_to("c", "b");
	link_to("b", "c");
	assert_non_null(real("a"));
	assert_non_null(real("b/x"));
	assert_non_null(real("c"));
}

static void test_long_paths_do_not_end_the_stack(void **state)
{
	char path[4096] = "";

	(void)state;
	begin(NULL);
	while (strlen(path) + 2 < sizeof path)
		strcat(path, "/x");
	assert_string_equal(real_paths_find(&paths, path).path, path);
}

static void test_who_is_passed(void **state)
{
	struct names tops = { 0 };

	(void)state;
	begin(&tops);
	declared_mkdir("d");
	declared_mkdir("w");
	names_enter(&tops, &bed.arena, declared_path("w"), 3);
	link_to("../d", "w/away");
	link_to("w/away/key", "key");
	assert_int_equal(real_paths_find(&paths, declared_path("w/file")).passed, 3);
	assert_int_equal(real_paths_find(&paths, declared_path("w")).passed, 3);
	/* It ends elsewhere, but who has w can lead it anywhere. */
	assert_string_equal(real("key"), declared_path("d/key"));
	assert_int_equal(real_paths_find(&paths, declared_path("key")).passed, 3);
	assert_int_equal(real_paths_find(&paths, declared_path("d/key")).passed, NAMES_NONE);
	assert_int_equal(real_paths_find(&paths, declared_path("words")).passed, NAMES_NONE);
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		DECLARED(test_links_on_the_way), DECLARED(test_a_link_that_leads_nowhere_yet),
		DECLARED(test_a_circle_ends),	 DECLARED(test_long_paths_do_not_end_the_stack),
		DECLARED(test_who_is_passed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
