/* SPDX-License-Identifier: ISC */
/*
 * php-fpm removes the path of its socket when it ends, of one that it was handed as well, and a
 * socket that has no name left can never get one again: it would listen on, and nobody could
 * reach it. So such a socket gets a second name beside the first, ".NAME.orlop", and the first
 * again from that one as soon as a run has ended. Where the directory is not the service's to
 * write to, php-fpm removes nothing and there is no second name.
 */
#include "hold/names.h"

#include "sys/put.h"
#include "sys/say.h"
#include "sys/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/un.h>

enum { PATH_SIZE = sizeof((struct sockaddr_un *)0)->sun_path, SECOND_SIZE = PATH_SIZE + 8 };

static struct name {
	char folder[PATH_SIZE];
	char first[PATH_SIZE];
	char second[SECOND_SIZE];
} names[64];
static unsigned count;

static void split(char const *path, struct name *name)
{
	size_t const length = (size_t)(strrchr(path, '/') - path); /* it is absolute */

	memcpy(name->folder, path, length);
	strcpy(name->folder + length, length ? "" : "/");
	strcpy(name->first, path + length + 1);
	strcpy(name->second, ".");
	strcat(name->second, name->first);
	strcat(name->second, ".orlop");
}

static int open_folder(struct name const *name)
{
	return sys_openat(AT_FDCWD, name->folder, O_PATH | O_DIRECTORY | O_CLOEXEC, 0);
}

/* Whether the service may remove what lies in the folder, as far as owner and mode tell. */
static bool is_writable(int folder, void const *plan, struct plan_slot const *slot)
{
	struct stat status;

	if (plan_header(plan)->host & PLAN_HOST_SHARED_UID || slot->uid == 0)
		return true;
	return sys_fstat(folder, &status) < 0 || status.st_uid == slot->uid || status.st_mode & 022;
}

/* The inode behind a name, 0: there is none. */
static uint64_t inode(int folder, char const *name)
{
	struct stat status;

	return sys_newfstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) < 0 ? 0 : status.st_ino;
}

static int make(int folder, struct name const *name)
{
	uint64_t const first = inode(folder, name->first);
	uint64_t const second = inode(folder, name->second);
	int error = 0;

	/* Init goes on as another program, whether or not php-fpm has just removed the first. */
	if (second && (!first || first == second))
		return 0;
	if (second)
		error = put_remove_socket(folder, name->second);
	return error < 0 ? error : sys_linkat(folder, name->first, folder, name->second, 0);
}

static void keep(void const *plan, struct plan_slot const *slot, char const *path)
{
	struct name *name = &names[count];
	int error = -ENOSPC;
	int folder;

	if (count < sizeof names / sizeof names[0]) {
		split(path, name);
		folder = error = open_folder(name);
		if (folder >= 0 && is_writable(folder, plan, slot)) {
			error = make(folder, name);
			count += error >= 0;
		}
		(void)sys_close(folder);
	}
	if (error < 0)
		say("orlop-init", "warning: ", path,
		    ": php-fpm may remove it, and it cannot have a second name: ",
		    say_error(-error), NULL);
}

static void keep_all(void const *plan, struct plan_slot const *slot)
{
	struct plan_listen const *l = plan_listens(plan, slot->listen);

	if (!(slot->listen_env & 1U << PLAN_LISTEN_PHP_FPM))
		return;
	for (uint32_t i = 0; i < slot->listen.count; i++)
		if (l[i].domain == AF_UNIX)
			keep(plan, slot,
			     (char const *)l[i].address + offsetof(struct sockaddr_un, sun_path));
}

void names_keep(void const *plan)
{
	count = 0;
	for (uint32_t i = 0; i < plan_header(plan)->visible; i++)
		keep_all(plan, plan_slot(plan, i));
}

/* Both names in one folder, opened once: nobody can point the link anywhere else. */
void names_mend(void)
{
	for (unsigned i = 0; i < count; i++) {
		int const folder = open_folder(&names[i]);

		if (folder < 0)
			continue;
		/* EEXIST, nearly always. */
		(void)sys_linkat(folder, names[i].second, folder, names[i].first, 0);
		(void)sys_close(folder);
	}
}
