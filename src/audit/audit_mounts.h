/* SPDX-License-Identifier: ISC */
/* What kind of file system a directory is on, as far as the audit cares. */
#ifndef ORLOP_AUDIT_AUDIT_MOUNTS_H
#define ORLOP_AUDIT_AUDIT_MOUNTS_H

enum audit_mount {
	MOUNT_PLAIN,  /* mode bits bound what access control lists give */
	MOUNT_PSEUDO, /* the kernel's own, no files of an image */
	MOUNT_OTHER   /* FUSE, network: nothing is known about its mode bits */
};

enum audit_mount audit_mount(int fd);

#endif
