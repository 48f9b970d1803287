/* SPDX-License-Identifier: ISC */
/* File systems by the magic numbers of statfs(2); see audit_mounts.h. */
#include "audit/audit_mounts.h"

#include "sys/sys.h"

#include <linux/magic.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/vfs.h>

/* Those that have no name in Debian 12's header. */
enum { MAGIC_XFS = 0x58465342, MAGIC_ZFS = 0x2fc12fc1, MAGIC_MQUEUE = 0x19800202 };

static uint32_t const plain[] = { EXT4_SUPER_MAGIC, OVERLAYFS_SUPER_MAGIC, TMPFS_MAGIC,
				  MAGIC_XFS,	    BTRFS_SUPER_MAGIC,	   F2FS_SUPER_MAGIC,
				  MAGIC_ZFS,	    SQUASHFS_MAGIC,	   EROFS_SUPER_MAGIC_V1,
				  RAMFS_MAGIC };

static uint32_t const pseudo[] = { PROC_SUPER_MAGIC,   SYSFS_MAGIC,	    DEVPTS_SUPER_MAGIC,
				   CGROUP_SUPER_MAGIC, CGROUP2_SUPER_MAGIC, DEBUGFS_MAGIC,
				   TRACEFS_MAGIC,      SECURITYFS_MAGIC,    BPF_FS_MAGIC,
				   MAGIC_MQUEUE,       PSTOREFS_MAGIC,	    EFIVARFS_MAGIC,
				   HUGETLBFS_MAGIC,    BINFMTFS_MAGIC,	    SELINUX_MAGIC,
				   AUTOFS_SUPER_MAGIC, NSFS_MAGIC };

static int has(uint32_t const *list, size_t count, uint32_t magic)
{
	for (size_t i = 0; i < count; i++)
		if (list[i] == magic)
			return 1;
	return 0;
}

enum audit_mount audit_mount(int fd)
{
	struct statfs status;

	if (sys_fstatfs(fd, &status) < 0)
		return MOUNT_OTHER;
	if (has(pseudo, sizeof pseudo / sizeof pseudo[0], (uint32_t)status.f_type))
		return MOUNT_PSEUDO;
	if (has(plain, sizeof plain / sizeof plain[0], (uint32_t)status.f_type))
		return MOUNT_PLAIN;
	return MOUNT_OTHER;
}
