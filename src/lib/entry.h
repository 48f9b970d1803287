/* SPDX-License-Identifier: ISC */
/*
 * Opening one name in one directory and nothing else: no symbolic link is followed, and the
 * descriptor is close-on-exec.
 */
#ifndef ORLOP_LIB_ENTRY_H
#define ORLOP_LIB_ENTRY_H

#include <stdbool.h>
#include <sys/stat.h>

/*
 * A descriptor, or a negative errno. With O_PATH a symbolic link itself is opened. `cross`: it may
 * be the top of another file system; else that is -EXDEV, where openat2(2) is to be had.
 */
int entry_open(int directory, char const *name, int flags, bool cross);

/* The same file as was seen before: device, inode and type. */
bool entry_same(struct stat const *one, struct stat const *other);

/* entry_open() of what was seen as *status, which is read anew; -ESTALE: it is something else. */
int entry_open_seen(int directory, char const *name, int flags, bool cross, struct stat *status);

#endif
