/* SPDX-License-Identifier: ISC */
/* Notify sockets; see notify.h. */
#include "plan/notify.h"

#include "plan/address.h"
#include "sys/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* Ours, not a link, and nobody else can put something into it. */
static bool is_ours(char const *path)
{
	int const fd = sys_openat(AT_FDCWD, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC,
				  0);
	struct stat status;
	bool ours;

	if (fd < 0)
		return false;
	ours = sys_fstat(fd, &status) == 0 && status.st_uid == geteuid() &&
	       !(status.st_mode & 022) && sys_faccessat(AT_FDCWD, path, W_OK) == 0;
	(void)sys_close(fd); /* nothing was written */
	return ours;
}

static bool make(char const *path)
{
	int const error = sys_mkdirat(AT_FDCWD, path, 0711);

	/* The umask may have taken the x bits that services need to reach their sockets. */
	if (error == 0)
		return sys_fchmodat(AT_FDCWD, path, 0711) == 0;
	return error == -EEXIST && is_ours(path) && sys_fchmodat(AT_FDCWD, path, 0711) == 0;
}

char const *notify_directory(struct declarations *d)
{
	char const *const pid = arena_number(d->arena, d->init_pid);
	char const *const candidates[] = { "/run/orlop",
					   arena_join(d->arena, "/dev/shm/orlop-", pid, NULL),
					   arena_join(d->arena, "/tmp/orlop-", pid, NULL) };

	for (size_t i = 0; i < sizeof candidates / sizeof candidates[0]; i++)
		if (make(candidates[i]))
			return candidates[i];
	faults_notice(d->faults, "no directory for sockets can be made: NOTIFY_SOCKET is abstract, "
				 "open to every process in this network namespace");
	return NULL;
}

char const *notify_address(struct declarations *d, char const *directory, char const *slot,
			   struct plan_listen *listen)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	char const *text;

	if (directory) {
		text = arena_join(d->arena, directory, "/", slot, NULL);
		/* The longest directory and the longest name of a slot fit into sun_path. */
		(void)address_listen(arena_join(d->arena, "unix:", text, NULL), listen);
		listen->mode = 0600;
		return text;
	}
	text = arena_join(d->arena, "@orlop-", arena_number(d->arena, d->init_pid), "/", slot,
			  NULL);
	memcpy(address.sun_path + 1, text + 1, strlen(text) - 1);
	*listen = (struct plan_listen){ .domain = AF_UNIX, .uid = UINT32_MAX, .gid = UINT32_MAX };
	listen->length = (uint32_t)(offsetof(struct sockaddr_un, sun_path) + strlen(text));
	memcpy(listen->address, &address, sizeof address);
	return text;
}
