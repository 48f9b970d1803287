/* SPDX-License-Identifier: ISC */
/* The tree of services of phase = build; see runs.h. */
#include "build/runs.h"

#include "build/child.h"
#include "lib/duration.h"
#include "sys/sys.h"
#include "wire/descriptors.h"
#include "wire/slot.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static bool runs(struct plan_slot const *slot)
{
	return slot->flags & PLAN_BUILD && slot->flags & PLAN_ENABLED && slot->kind == PLAN_ONESHOT;
}

bool runs_wanted(void const *plan)
{
	for (uint32_t i = 0; i < plan_header(plan)->visible; i++)
		if (runs(plan_slot(plan, i)))
			return true;
	return false;
}

/* Maps what `fd` is, and closes it; NULL when that cannot be. */
static void const *map(int fd, size_t *size)
{
	struct stat status = { .st_size = 0 };
	void *map = NULL;
	int error = fd;

	if (fd >= 0 && sys_fstat(fd, &status) >= 0 && status.st_size > 0)
		map = sys_mmap((size_t)status.st_size, PROT_READ, MAP_PRIVATE, fd, &error);
	if (fd >= 0)
		(void)sys_close(fd); /* nothing was written */
	*size = (size_t)status.st_size;
	return map;
}

static void const *map_of_init(int number, size_t *size)
{
	struct text path = TEXT_EMPTY;
	void const *table;

	text_add(&path, "/proc/");
	text_add_number(&path, sys_getppid());
	text_add(&path, "/fd/");
	text_add_number(&path, number);
	table = map(sys_openat(AT_FDCWD, text_string(&path), O_RDONLY | O_CLOEXEC, 0), size);
	text_free(&path);
	return table;
}

int runs_note(void)
{
	size_t plan_size;
	size_t slots_size;
	void const *const plan = map_of_init(FD_PLAN, &plan_size);
	void const *const slots = map_of_init(FD_SLOTS, &slots_size);
	struct text took = TEXT_EMPTY;

	/* Without /proc of this process's own namespace the times stay unknown: no failure. */
	if (!plan || !slots || plan_check(plan, plan_size) < 0 ||
	    slot_table_check(slots, slots_size) < 0 ||
	    ((struct slot_header const *)slots)->count != plan_header(plan)->count)
		return 0;
	for (uint32_t i = 0; i < plan_header(plan)->visible; i++) {
		struct slot_view view;

		slot_read(slots, i, &view);
		if (!runs(plan_slot(plan, i)) || view.end <= view.start)
			continue;
		text_add(&took, took.bytes.len ? ", " : "");
		text_add(&took, plan_string(plan, plan_slot(plan, i)->name));
		text_add(&took, " ");
		duration_add(&took, view.end - view.start);
	}
	(void)text_write(&took, STDIN_FILENO); /* as above */
	text_free(&took);
	return 0;
}

/* orlop-init lies beside this program, as orlop does beside orlop-init. */
static int find_init(char *own, char *init, size_t size)
{
	ssize_t const length = sys_readlinkat(AT_FDCWD, "/proc/self/exe", own, size);
	char const *slash;

	if (length < 0)
		return (int)length;
	if ((size_t)length + sizeof "orlop-init" > size)
		return -ENAMETOOLONG;
	own[length] = '\0';
	slash = strrchr(own, '/');
	if (!slash)
		return -ENOENT;
	memcpy(init, own, (size_t)(slash + 1 - own));
	strcpy(init + (slash + 1 - own), "orlop-init");
	return 0;
}

static int run_init(char const *directory, char const *const *environment, int memory)
{
	static char own[PATH_MAX];
	static char init[PATH_MAX];
	struct text option = TEXT_EMPTY;
	char const *words[] = { "orlop-init",  "",  "--services=phase:build", "--", own, "build",
				"--note-runs", NULL };
	struct child const child = { init, words, environment, memory, NULL };
	int result = find_init(own, init, sizeof init);

	text_add(&option, "--directory=");
	text_add(&option, directory);
	words[1] = text_string(&option);
	if (result == 0)
		result = option.failed ? -ENOMEM : child_run(&child);
	text_free(&option);
	return result;
}

int runs_run(char const *directory, char const *const *environment, struct text *took)
{
	int const memory = sys_memfd_create("runs", 1 /* MFD_CLOEXEC */);
	void const *noted;
	size_t size;
	int result;

	if (memory < 0)
		return memory;
	result = run_init(directory, environment, memory);
	noted = map(memory, &size);
	if (!noted)
		return result;
	text_add_bytes(took, noted, size);
	(void)sys_munmap((void *)noted, size); /* cannot fail for a whole map */
	return result;
}
