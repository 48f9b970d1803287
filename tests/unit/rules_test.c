/* SPDX-License-Identifier: ISC */
/* Which rule has a path: with the wrong one a file is given to the wrong service. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "files.h"
#include "lockdown/rules.h"
#include "play.h"
#include "ruled.h"

enum { DEEP = PLAN_RULE_WRITE | PLAN_RULE_RECURSIVE, ALONE = PLAN_RULE_DECLARED };

static unsigned conflicts;

static void conflict(struct plan_rule const *first, struct plan_rule const *other, void *context)
{
	(void)first;
	(void)other;
	(void)context;
	conflicts++;
}

static char const *over(struct rules const *rules, char const *path)
{
	struct located_rule const *const rule = rules_over(rules, path);

	return rule ? rule->path : "none";
}

static void the_longest_path_counts(void **state)
{
	struct rules rules;

	(void)state;
	ruled_begin();
	ruled_add("/none/app", 1, DEEP);
	ruled_add("/none/app/var", 2, DEEP);
	ruled_add("/none/app/var/log", 3, ALONE);
	ruled_add("/none/app-two", 4, DEEP);
	assert_int_equal(rules_load(&rules, &ruled, conflict, NULL), 0);
	assert_string_equal(over(&rules, "/none/app"), "/none/app");
	assert_string_equal(over(&rules, "/none/app/x"), "/none/app");
	assert_string_equal(over(&rules, "/none/app/var/x/y"), "/none/app/var");
	assert_string_equal(over(&rules, "/none/app/various"), "/none/app");
	assert_string_equal(over(&rules, "/none/app-two/x"), "/none/app-two");
	assert_string_equal(over(&rules, "/none/app-three"), "none");
	assert_string_equal(over(&rules, "/none"), "none");
	assert_string_equal(over(&rules, "/"), "none");
	/* a rule that is not recursive has its own path alone */
	assert_string_equal(over(&rules, "/none/app/var/log"), "/none/app/var/log");
	assert_string_equal(over(&rules, "/none/app/var/log/x"), "/none/app/var");
	assert_null(rules_at(&rules, "/none/app/var/x"));
	assert_non_null(rules_at(&rules, "/none/app/var"));
	rules_free(&rules);
}

static void a_rule_for_the_root(void **state)
{
	struct rules rules;

	(void)state;
	ruled_begin();
	ruled_add("/", 0, PLAN_RULE_DECLARED | PLAN_RULE_RECURSIVE);
	assert_int_equal(rules_load(&rules, &ruled, conflict, NULL), 0);
	assert_string_equal(over(&rules, "/"), "/");
	assert_string_equal(over(&rules, "/a"), "/");
	assert_string_equal(over(&rules, "/a/b"), "/");
	rules_free(&rules);
}

static int plays_links(void)
{
	struct rules rules;

	files_begin();
	files_folder("run", 0, 0, 0755);
	files_folder("run/app", 0, 0, 0755);
	EXPECT(symlinkat("run", files_fd, "link") == 0);
	ruled_begin();
	ruled_add(files_path("link/app"), 1, DEEP);
	ruled_add(files_path("link/none/yet"), 1, DEEP);
	EXPECT(rules_load(&rules, &ruled, conflict, NULL) == 0);
	EXPECT(!strcmp(over(&rules, files_path("run/app/x")), files_path("run/app")));
	EXPECT(!strcmp(over(&rules, files_path("run/none/yet")), files_path("run/none/yet")));
	EXPECT(rules_at(&rules, files_path("link/app")) == NULL);
	rules_free(&rules);
	files_end();
	return 0;
}

static int plays_doubles(void)
{
	struct rules rules;

	files_begin();
	files_folder("run", 0, 0, 0755);
	EXPECT(symlinkat("run", files_fd, "link") == 0);
	ruled_begin();
	ruled_add(files_path("link"), 1, DEEP);
	ruled_add(files_path("run"), 2, DEEP);
	EXPECT(rules_load(&rules, &ruled, conflict, NULL) == 0);
	EXPECT(rules.count == 1 && rules.list[0].rule->uid == 1 && conflicts == 1);
	rules_free(&rules);
	ruled.rules[1].flags = PLAN_RULE_DECLARED; /* a line of [files] says more */
	EXPECT(rules_load(&rules, &ruled, conflict, NULL) == 0);
	EXPECT(rules.count == 1 && rules.list[0].rule->uid == 2 && conflicts == 1);
	rules_free(&rules);
	files_end();
	return 0;
}

static void a_place_has_one_path(void **state)
{
	(void)state;
	assert_int_equal(play(plays_links), 0);
	assert_int_equal(play(plays_doubles), 0);
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		cmocka_unit_test(the_longest_path_counts),
		cmocka_unit_test(a_rule_for_the_root),
		cmocka_unit_test(a_place_has_one_path),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
