/* SPDX-License-Identifier: ISC */
/*
 * Descriptors at chosen numbers, none close-on-exec. Each function returns 0 or more, or a
 * negative errno, and leaves nothing else open.
 */
#ifndef ORLOP_SYS_PUT_H
#define ORLOP_SYS_PUT_H

#include <stddef.h>

/* Moves `fd` to `number`; a negative errno in `fd` is passed through. */
int put(int fd, int number);

/* A pipe with its ends at these numbers; flags as for pipe2(2). */
int put_pipe(int reader, int writer, int flags);

/* A memfd that can be sealed and not executed. */
int put_memfd(char const *name, int number);

/* A memfd of `size` bytes, all zero, mapped read-write; NULL with *error set. It keeps that size:
   were it cut short, the next look at the map would be a SIGBUS. */
void *put_table(char const *name, size_t size, int number, int *error);

/*
 * A socket of `type` bound to `address` (a struct sockaddr_*), and listening unless it takes
 * datagrams. For a path in the file system a stale socket there is removed, then mode and owner
 * are set (UINT32_MAX leaves them); a missing last directory is made, mode 0755. Of an IPv6 socket
 * a mode other than 0 keeps IPv4 away.
 */
struct put_owner {
	unsigned mode;
	unsigned uid;
	unsigned gid;
};
int put_socket(int type, void const *address, unsigned length, struct put_owner const *owner,
	       int number);

/* Removes `path`, as seen from `folder`, if it is a socket; -EADDRINUSE if it is anything else. */
int put_remove_socket(int folder, char const *path);

#endif
