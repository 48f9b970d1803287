/* SPDX-License-Identifier: ISC */
/* Opening things at chosen numbers; see put.h. */
#include "sys/put.h"

#include "sys/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/un.h>

enum {
	BACKLOG = 4096,	      /* the kernel caps it at net.core.somaxconn */
	MEMFD_NOEXEC_SEAL = 8 /* Linux 6.3; where vm.memfd_noexec is 2, without it there is none */
};

int put(int fd, int number)
{
	int error;

	if (fd < 0 || fd == number)
		return fd;
	error = sys_dup3(fd, number, 0);
	(void)sys_close(fd);
	return error;
}

int put_pipe(int reader, int writer, int flags)
{
	int const above = (reader > writer ? reader : writer) + 1;
	int ends[2];
	int error = sys_pipe2(ends, flags);

	if (error < 0)
		return error;
	if (ends[1] == reader) { /* in the way of the end that is moved first */
		ends[1] = sys_fcntl(reader, F_DUPFD, above);
		(void)sys_close(reader);
	}
	error = ends[1] < 0 ? ends[1] : put(ends[0], reader);
	if (error >= 0)
		return put(ends[1], writer);
	if (ends[1] < 0)
		(void)sys_close(ends[0]);
	else
		(void)sys_close(ends[1]);
	return error;
}

int put_memfd(char const *name, int number)
{
	int fd = sys_memfd_create(name, MEMFD_NOEXEC_SEAL);

	if (fd == -EINVAL)
		fd = sys_memfd_create(name, MFD_ALLOW_SEALING);
	return put(fd, number);
}

void *put_table(char const *name, size_t size, int number, int *error)
{
	*error = put_memfd(name, number);
	if (*error >= 0)
		*error = sys_ftruncate(number, (int64_t)size);
	if (*error >= 0)
		*error = sys_fcntl(number, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW);
	if (*error < 0)
		return NULL;
	return sys_mmap(size, PROT_READ | PROT_WRITE, MAP_SHARED, number, error);
}

/* A socket that a killed predecessor left is in the way; anything else there is somebody's file. */
int put_remove_socket(int folder, char const *path)
{
	struct stat status;
	int const fd = sys_openat(folder, path, O_PATH | O_NOFOLLOW, 0);
	int const error = fd < 0 ? fd : sys_fstat(fd, &status);

	if (fd >= 0)
		(void)sys_close(fd);
	if (error < 0 || !S_ISSOCK(status.st_mode))
		return -EADDRINUSE;
	return sys_unlinkat(folder, path, 0);
}

static int make_parent(char const *path)
{
	char parent[sizeof((struct sockaddr_un *)0)->sun_path] = "";
	char const *slash = strrchr(path, '/');

	if (!slash || slash == path)
		return -ENOENT;
	memcpy(parent, path, (size_t)(slash - path));
	return sys_mkdirat(AT_FDCWD, parent, 0755);
}

static int bind_path(int number, struct sockaddr_un const *address, unsigned length,
		     struct put_owner const *owner)
{
	char const *path = address->sun_path;
	int error = sys_bind(number, address, length);

	if (error == -ENOENT)
		error = make_parent(path);
	else if (error == -EADDRINUSE)
		error = put_remove_socket(AT_FDCWD, path);
	else
		goto bound;
	if (error >= 0)
		error = sys_bind(number, address, length);
bound:
	if (error >= 0)
		error = sys_fchmodat(AT_FDCWD, path, owner->mode);
	if (error >= 0 && (owner->uid != UINT32_MAX || owner->gid != UINT32_MAX))
		error = sys_fchownat(AT_FDCWD, path, owner->uid, owner->gid, AT_SYMLINK_NOFOLLOW);
	return error;
}

int put_socket(int type, void const *address, unsigned length, struct put_owner const *owner,
	       int number)
{
	struct sockaddr_un const *local = address;
	int const domain = local->sun_family;
	int const on = 1;
	int error = put(sys_socket(domain, type, 0), number);

	if (error < 0)
		return error;
	if (domain != AF_UNIX)
		(void)sys_setsockopt(number, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	if (domain == AF_INET6 && owner->mode)
		(void)sys_setsockopt(number, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
	if (domain == AF_UNIX && local->sun_path[0])
		error = bind_path(number, local, length, owner);
	else
		error = sys_bind(number, address, length);
	if (error >= 0 && (type & 0xf) != SOCK_DGRAM)
		error = sys_listen(number, BACKLOG);
	if (error < 0)
		(void)sys_close(number);
	return error;
}
