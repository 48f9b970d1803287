/* SPDX-License-Identifier: ISC */
/*
 * The way to a path: a link or a directory of somebody else's on it would have another file given
 * away. Needs root, as the owners of directories are what it is about.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "files.h"
#include "lib/mend.h"
#include "lib/reach.h"
#include "play.h"

enum { WEB = 33, OTHER = 1000 };

/* reach_open() of a name in the test's directory; where it ended, below that directory. */
static int reach(char const *name, char *where)
{
	struct reach found;
	int const error = reach_open(&found, files_path(name), WEB, NULL, NULL);
	char const *const path = text_string(&found.path);
	size_t const length = strlen(files_directory);

	snprintf(where, PATH_MAX, "%s",
		 !strncmp(path, files_directory, length) ? path + length : path);
	reach_close(&found);
	return error;
}

static bool gives(char const *name, int error, char const *where)
{
	char found[PATH_MAX];

	return reach(name, found) == error && !strcmp(found, where);
}

static int plays_plain_paths(void)
{
	files_begin();
	files_folder("srv", 0, 0, 0755);
	files_folder("srv/app", WEB, WEB, 0755);
	files_file("srv/app/file", WEB, WEB, 0644);
	EXPECT(gives("srv/app/file", 0, "/srv/app/file"));
	EXPECT(gives("srv//app/./file", 0, "/srv/app/file"));
	EXPECT(gives("srv/app/../app/file", 0, "/srv/app/file"));
	EXPECT(gives("srv/app/", 0, "/srv/app"));
	EXPECT(gives("srv/none/deeper", -ENOENT, "/srv/none"));
	EXPECT(gives("srv/app/file/deeper", -ENOTDIR, "/srv/app/file"));
	files_end();
	return 0;
}

static void plain_paths(void **state)
{
	(void)state;
	assert_int_equal(play(plays_plain_paths), 0);
}

static void the_root_itself(void **state)
{
	struct reach found;

	(void)state;
	assert_int_equal(reach_open(&found, "/", WEB, NULL, NULL), 0);
	assert_string_equal(found.name, ".");
	assert_string_equal(text_string(&found.path), "/");
	reach_close(&found);
	assert_int_equal(reach_open(&found, "usr", WEB, NULL, NULL), -EINVAL);
	reach_close(&found);
}

static int plays_links(void)
{
	files_begin();
	files_folder("run", 0, 0, 0755);
	files_folder("run/app", 0, 0, 0755);
	files_folder("var", 0, 0, 0755);
	files_folder("web", WEB, WEB, 0755);
	EXPECT(symlinkat("../run", files_fd, "var/run") == 0);
	EXPECT(symlinkat(files_path("run/app"), files_fd, "var/whole") == 0);
	EXPECT(symlinkat("loop", files_fd, "var/loop") == 0);
	EXPECT(symlinkat("../run", files_fd, "web/run") == 0);
	EXPECT(symlinkat("../run", files_fd, "var/theirs") == 0);
	EXPECT(fchownat(files_fd, "var/theirs", WEB, WEB, AT_SYMLINK_NOFOLLOW) == 0);
	EXPECT(gives("var/run/app", 0, "/run/app"));
	EXPECT(gives("var/run/none", -ENOENT, "/run/none"));
	EXPECT(gives("var/whole", 0, "/run/app"));
	EXPECT(gives("var/loop", -MEND_SYMLINK, "/var/loop"));
	/* one that the service itself may turn elsewhere leads to what is not its own */
	EXPECT(gives("web/run/app", -MEND_SYMLINK, "/web/run"));
	EXPECT(gives("var/theirs/app", -MEND_SYMLINK, "/var/theirs"));
	files_end();
	return 0;
}

static void only_roots_links_are_followed(void **state)
{
	(void)state;
	assert_int_equal(play(plays_links), 0);
}

static int plays_unsafe(void)
{
	files_begin();
	files_folder("other", OTHER, OTHER, 0755);
	files_folder("other/var", WEB, WEB, 0755);
	EXPECT(gives("other/var", -MEND_UNSAFE, "/other"));
	EXPECT(gives("other/none", -MEND_UNSAFE, "/other"));
	files_own("other", WEB, OTHER, 0755);
	EXPECT(gives("other/var", 0, "/other/var"));
	files_own("other", WEB, OTHER, 0775);
	EXPECT(gives("other/var", -MEND_UNSAFE, "/other"));
	files_own("other", 0, 0, 0775); /* the group root is root */
	EXPECT(gives("other/var", 0, "/other/var"));
	files_own("other", 0, 0, 0757);
	EXPECT(gives("other/var", -MEND_UNSAFE, "/other"));
	/* in a sticky directory what is root's or the wanted owner's stays in its place */
	files_own("other", 0, 0, 01777);
	EXPECT(gives("other/var", 0, "/other/var"));
	EXPECT(gives("other/none", -ENOENT, "/other/none"));
	files_own("other/var", OTHER, OTHER, 0755);
	EXPECT(gives("other/var", -MEND_UNSAFE, "/other"));
	files_end();
	return 0;
}

static void what_somebody_could_replace_is_refused(void **state)
{
	(void)state;
	assert_int_equal(play(plays_unsafe), 0);
}

static int plays_long_names(void)
{
	char path[PATH_MAX + 8];
	struct reach found;

	memset(path, 'a', sizeof path);
	path[0] = '/';
	path[sizeof path - 1] = '\0';
	EXPECT(reach_open(&found, path, WEB, NULL, NULL) == -ENAMETOOLONG);
	reach_close(&found);
	path[300] = '\0';
	EXPECT(reach_open(&found, path, WEB, NULL, NULL) == -ENAMETOOLONG);
	reach_close(&found);
	return 0;
}

static int plays_failures(void)
{
	static enum fake_call const calls[] = { FAKE_openat, FAKE_openat2, FAKE_fstat,
						FAKE_readlinkat };
	char where[PATH_MAX];
	int descriptors;

	files_begin();
	files_folder("run", 0, 0, 0755);
	files_folder("run/app", 0, 0, 0755);
	EXPECT(symlinkat("run", files_fd, "link") == 0);
	descriptors = dup(files_fd);
	close(descriptors);
	for (size_t c = 0; c < sizeof calls / sizeof calls[0]; c++)
		for (unsigned index = 1; index < 9; index++) {
			bool failed;

			fake_reset();
			fake_fail(calls[c], index, 1, EIO);
			failed = reach("link/app", where) == -EIO;
			EXPECT(failed == (fake_count(calls[c]) >= index));
		}
	EXPECT(dup(files_fd) == descriptors); /* nothing is left open */
	files_end();
	return 0;
}

static void failures_are_told(void **state)
{
	(void)state;
	assert_int_equal(play(plays_long_names), 0);
	assert_int_equal(play(plays_failures), 0);
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		cmocka_unit_test(plain_paths),
		cmocka_unit_test(the_root_itself),
		cmocka_unit_test(only_roots_links_are_followed),
		cmocka_unit_test(what_somebody_could_replace_is_refused),
		cmocka_unit_test(failures_are_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
