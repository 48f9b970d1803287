/* SPDX-License-Identifier: ISC */
/*
 * A walk that misses a file, shows one twice, leaves the tree or runs out of something in a deep
 * one would leave owners wrong or give away what is not meant.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "files.h"
#include "lib/walk.h"
#include "play.h"

#include <dirent.h>
#include <errno.h>
#include <sched.h>
#include <sys/mount.h>

struct seen {
	unsigned files;
	unsigned folders;
	unsigned left;
	unsigned troubles;
	int error; /* of the last trouble */
	unsigned descriptors;
	size_t longest;
	char const *skip;
	char list[1024]; /* names as they came: file, >folder, <folder left */
	void (*on_enter)(struct walk_entry const *entry);
};

static void note(struct seen *seen, char const *sign, char const *name)
{
	size_t const used = strlen(seen->list);

	snprintf(seen->list + used, sizeof seen->list - used, "%s%s ", sign, name);
}

static unsigned open_descriptors(void)
{
	DIR *const directory = opendir("/proc/self/fd");
	unsigned count = 0;

	while (readdir(directory))
		count++;
	closedir(directory);
	return count;
}

static int enter(struct walk_entry const *entry, void *context)
{
	struct seen *const seen = context;
	bool const folder = S_ISDIR(entry->status->st_mode);
	unsigned const descriptors = open_descriptors();

	*(folder ? &seen->folders : &seen->files) += 1;
	note(seen, folder ? ">" : "", entry->name);
	if (descriptors > seen->descriptors)
		seen->descriptors = descriptors;
	if (strlen(entry->path) > seen->longest)
		seen->longest = strlen(entry->path);
	if (seen->on_enter)
		seen->on_enter(entry);
	return seen->skip && !strcmp(entry->name, seen->skip) ? WALK_SKIP : WALK_ON;
}

static int leave(struct walk_entry const *entry, void *context)
{
	struct seen *const seen = context;
	struct stat status;

	seen->left++;
	note(seen, "<", entry->name);
	/* the entry is still where it says */
	if (fstatat(entry->directory, entry->name, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
	    status.st_ino != entry->status->st_ino)
		return -EPROTO;
	return WALK_ON;
}

static int trouble(char const *path, int error, void *context)
{
	struct seen *const seen = context;

	(void)path;
	seen->troubles++;
	seen->error = error;
	return 0;
}

static int walk_with(struct seen *seen, bool cross)
{
	struct walk const walk = {
		.enter = enter, .leave = leave, .trouble = trouble, .context = seen, .cross = cross
	};

	return walk_tree(&walk, files_fd, "top", "/the/top");
}

static int walk(struct seen *seen)
{
	return walk_with(seen, false);
}

static int plays_order(void)
{
	struct seen seen = { .files = 0 };

	files_begin();
	files_folder("top", 0, 0, 0755);
	files_folder("top/a", 0, 0, 0755);
	files_folder("top/a/b", 0, 0, 0755);
	files_file("top/a/b/c", 0, 0, 0644);
	EXPECT(symlinkat("/etc", files_fd, "top/a/d") == 0);
	EXPECT(walk(&seen) == 0);
	EXPECT(!strcmp(seen.list, ">top >a d >b c <b <a <top "));
	EXPECT(seen.longest == strlen("/the/top/a/b/c"));
	memset(&seen, 0, sizeof seen);
	seen.skip = "b";
	EXPECT(walk(&seen) == 0);
	EXPECT(!strcmp(seen.list, ">top >a d >b <a <top "));
	files_end();
	return 0;
}

static int plays_a_file(void)
{
	struct seen seen = { .files = 0 };

	files_begin();
	EXPECT(walk(&seen) == 0 && seen.files + seen.folders + seen.troubles == 0);
	files_file("top", 0, 0, 0644);
	EXPECT(walk(&seen) == 0 && !strcmp(seen.list, "top "));
	files_end();
	return 0;
}

static void each_entry_is_shown_once(void **state)
{
	(void)state;
	assert_int_equal(play(plays_order), 0);
	assert_int_equal(play(plays_a_file), 0);
}

static int plays_many_names(void)
{
	enum { COUNT = 3000 };
	struct seen seen = { .files = 0 };
	char name[300];

	files_begin();
	files_folder("top", 0, 0, 0755);
	for (int i = 0; i < COUNT; i++) {
		/* several buffers full: newlines, bytes that are no UTF-8, 255 bytes */
		snprintf(name, sizeof name, "top/%d\n \xff%0*d", i, i % 3 ? 1 : 240, 0);
		files_file(name, 0, 0, 0644);
	}
	EXPECT(walk(&seen) == 0 && seen.files == COUNT && seen.folders == 1 && seen.left == 1);
	files_end();
	return 0;
}

static void names_of_every_kind(void **state)
{
	(void)state;
	assert_int_equal(play(plays_many_names), 0);
}

static int make_chain(int depth)
{
	int fd = openat(files_fd, "top", O_RDONLY | O_DIRECTORY);

	for (int i = 0; fd >= 0 && i < depth; i++) {
		int next;

		if (mkdirat(fd, "long-name-of-a-directory", 0755) || mkdirat(fd, "z", 0755))
			return -1;
		next = openat(fd, "long-name-of-a-directory", O_RDONLY | O_DIRECTORY);
		close(fd);
		fd = next;
	}
	return fd;
}

static int plays_depth(void)
{
	enum { DEPTH = 2000 };
	struct seen seen = { .files = 0 };
	int fd;

	files_begin();
	files_folder("top", 0, 0, 0755);
	fd = make_chain(DEPTH);
	EXPECT(fd >= 0);
	close(fd);
	EXPECT(walk(&seen) == 0);
	EXPECT(seen.folders == 2 * DEPTH + 1 && seen.left == seen.folders && seen.troubles == 0);
	EXPECT(seen.longest > 10 * PATH_MAX && seen.descriptors < 80);
	files_end();
	return 0;
}

static void depth_costs_no_descriptors(void **state)
{
	(void)state;
	assert_int_equal(play(plays_depth), 0);
}

/* A directory is exchanged for a link to somewhere else after it was shown. */
static void swap(struct walk_entry const *entry)
{
	if (strcmp(entry->name, "a"))
		return;
	(void)renameat(entry->directory, "a", entry->directory, "moved");
	(void)symlinkat("..", entry->directory, "a");
}

static int plays_a_swap(void)
{
	struct seen seen = { .on_enter = swap };

	files_begin();
	files_folder("top", 0, 0, 0755);
	files_folder("top/a", 0, 0, 0755);
	files_file("victim", 0, 0, 0600);
	EXPECT(walk(&seen) == 0);
	EXPECT(seen.troubles == 1 && seen.error == -ESTALE && !strstr(seen.list, "victim"));
	files_end();
	return 0;
}

static unsigned depth_of_swap;

/* Far above, where the descriptor is closed by now, another directory is put in the place. */
static void swap_above(struct walk_entry const *entry)
{
	if (!S_ISDIR(entry->status->st_mode) || ++depth_of_swap != 200)
		return;
	(void)renameat(files_fd, "top/long-name-of-a-directory", files_fd, "elsewhere");
	files_folder("top/long-name-of-a-directory", 0, 0, 0755);
	files_file("top/long-name-of-a-directory/new", 0, 0, 0600);
}

static int plays_a_swap_above(void)
{
	struct seen seen = { .on_enter = swap_above };

	files_begin();
	files_folder("top", 0, 0, 0755);
	close(make_chain(100));
	EXPECT(walk(&seen) == 0);
	EXPECT(depth_of_swap >= 200);
	EXPECT(seen.troubles == 1 && seen.error == -ESTALE && !strstr(seen.list, "new"));
	files_end();
	return 0;
}

static void what_was_swapped_is_not_entered(void **state)
{
	(void)state;
	assert_int_equal(play(plays_a_swap), 0);
	assert_int_equal(play(plays_a_swap_above), 0);
}

static void vanish(struct walk_entry const *entry)
{
	if (!strcmp(entry->name, "top"))
		(void)unlinkat(entry->directory, "top/file", 0);
	if (!strcmp(entry->name, "folder"))
		(void)unlinkat(entry->directory, "folder", AT_REMOVEDIR);
}

static int plays_vanishing(void)
{
	struct seen seen = { .on_enter = vanish };

	files_begin();
	files_folder("top", 0, 0, 0755);
	files_folder("top/folder", 0, 0, 0755);
	files_file("top/file", 0, 0, 0600);
	EXPECT(walk(&seen) == 0);
	EXPECT(seen.troubles == 0 && !strcmp(seen.list, ">top >folder <top "));
	files_end();
	return 0;
}

static void what_vanishes_is_no_trouble(void **state)
{
	(void)state;
	assert_int_equal(play(plays_vanishing), 0);
}

static int expect_mount(bool cross)
{
	struct seen seen = { .files = 0 };

	EXPECT(walk_with(&seen, cross) == 0);
	EXPECT(!!strstr(seen.list, "inside") == cross);
	EXPECT(seen.troubles == !cross && (cross || seen.error == -EXDEV));
	return 0;
}

static int plays_mounts(void)
{
	EXPECT(unshare(CLONE_NEWNS) == 0);
	EXPECT(mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0);
	files_begin();
	files_folder("top", 0, 0, 0755);
	files_folder("top/tmpfs", 0, 0, 0755);
	EXPECT(mount("none", files_path("top/tmpfs"), "tmpfs", 0, NULL) == 0);
	files_file("top/tmpfs/inside", 0, 0, 0644);
	EXPECT(expect_mount(false) == 0);
	EXPECT(expect_mount(true) == 0);
	fake_fail(FAKE_openat2, 1, UINT32_MAX, ENOSYS);
	EXPECT(expect_mount(false) == 0);
	EXPECT(umount2(files_path("top/tmpfs"), MNT_DETACH) == 0);
	files_end();
	return 0;
}

static void other_file_systems_are_not_entered(void **state)
{
	(void)state;
	assert_int_equal(play(plays_mounts), 0);
}

static int plays_failures(void)
{
	static enum fake_call const calls[] = { FAKE_newfstatat, FAKE_openat2, FAKE_fstat,
						FAKE_getdents64 };
	static int const errors[] = { EACCES, EIO, ENOTDIR };

	files_begin();
	files_folder("top", 0, 0, 0755);
	files_folder("top/a", 0, 0, 0755);
	files_folder("top/b", 0, 0, 0755);
	files_file("top/a/file", 0, 0, 0644);
	for (size_t c = 0; c < sizeof calls / sizeof calls[0]; c++)
		for (unsigned index = 1; index < 8; index++) {
			struct seen seen = { .files = 0 };

			fake_reset();
			fake_fail(calls[c], index, 1, errors[index % 3]);
			EXPECT(walk(&seen) == 0);
			EXPECT(seen.troubles == (fake_count(calls[c]) >= index));
			EXPECT(seen.left <= seen.folders && seen.folders <= 3);
		}
	files_end();
	return 0;
}

static int refuse(struct walk_entry const *entry, void *context)
{
	(void)entry;
	(void)context;
	return -ECANCELED;
}

static int plays_an_end(void)
{
	struct seen seen = { .files = 0 };
	struct walk const early = { .enter = refuse, .trouble = trouble, .context = &seen };
	struct walk const late = {
		.enter = enter, .leave = refuse, .trouble = trouble, .context = &seen
	};

	files_begin();
	files_folder("top", 0, 0, 0755);
	files_folder("top/a", 0, 0, 0755);
	EXPECT(walk_tree(&early, files_fd, "top", "/top") == -ECANCELED);
	EXPECT(walk_tree(&late, files_fd, "top", "/top") == -ECANCELED);
	EXPECT(!strcmp(seen.list, ">top >a "));
	files_end();
	return 0;
}

static void failures_are_told_and_the_walk_goes_on(void **state)
{
	(void)state;
	assert_int_equal(play(plays_failures), 0);
	assert_int_equal(play(plays_an_end), 0);
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		cmocka_unit_test(each_entry_is_shown_once),
		cmocka_unit_test(names_of_every_kind),
		cmocka_unit_test(depth_costs_no_descriptors),
		cmocka_unit_test(what_was_swapped_is_not_entered),
		cmocka_unit_test(what_vanishes_is_no_trouble),
		cmocka_unit_test(other_file_systems_are_not_entered),
		cmocka_unit_test(failures_are_told_and_the_walk_goes_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
