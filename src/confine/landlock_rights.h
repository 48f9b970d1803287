/* SPDX-License-Identifier: ISC */
/*
 * Landlock's numbers, of our own: Debian 12's kernel headers end at ABI 2. Each ABI adds to the one
 * before it; what comes after 7 is not asked for, so that a newer kernel is treated as 7.
 */
#ifndef ORLOP_CONFINE_LANDLOCK_RIGHTS_H
#define ORLOP_CONFINE_LANDLOCK_RIGHTS_H

#include <stdint.h>

enum landlock_abi {
	ABI_FILES = 1,	  /* Linux 5.13 */
	ABI_REFER = 2,	  /* 5.19 */
	ABI_TRUNCATE = 3, /* 6.2 */
	ABI_PORTS = 4,	  /* 6.7 */
	ABI_IOCTL = 5,	  /* 6.10 */
	ABI_SCOPE = 6,	  /* 6.12 */
	ABI_AUDIT = 7	  /* 6.15 */
};

enum landlock_file_right {
	FILE_EXECUTE = 1 << 0,
	FILE_WRITE = 1 << 1,
	FILE_READ = 1 << 2,
	DIRECTORY_READ = 1 << 3,
	DIRECTORY_REMOVE_DIRECTORY = 1 << 4,
	DIRECTORY_REMOVE_FILE = 1 << 5,
	DIRECTORY_MAKE_CHARACTER_DEVICE = 1 << 6,
	DIRECTORY_MAKE_DIRECTORY = 1 << 7,
	DIRECTORY_MAKE_FILE = 1 << 8,
	DIRECTORY_MAKE_SOCKET = 1 << 9,
	DIRECTORY_MAKE_FIFO = 1 << 10,
	DIRECTORY_MAKE_BLOCK_DEVICE = 1 << 11,
	DIRECTORY_MAKE_SYMLINK = 1 << 12,
	DIRECTORY_REFER = 1 << 13, /* link and rename from and to other directories */
	FILE_TRUNCATE = 1 << 14,
	FILE_IOCTL = 1 << 15
};

enum landlock_other {
	PORT_BIND = 1 << 0,
	PORT_CONNECT = 1 << 1,
	SCOPE_ABSTRACT_UNIX_SOCKET = 1 << 0,
	SCOPE_SIGNAL = 1 << 1,
	RULE_PATH = 1,
	RULE_PORT = 2,
	RESTRICT_LOG_NEW_EXEC = 1 << 1 /* a refusal is seen in the host's audit log */
};

struct landlock_domain {
	uint64_t files;	 /* what it denies unless a rule allows it */
	uint64_t ports;	 /* ABI 4 */
	uint64_t scopes; /* ABI 6 */
};

struct landlock_path_rule {
	uint64_t rights;
	int32_t fd;
} __attribute__((packed));

struct landlock_port_rule {
	uint64_t rights;
	uint64_t port;
};

/* All rights to files that `abi` knows. */
static inline uint64_t landlock_file_rights(uint32_t abi)
{
	uint64_t rights = DIRECTORY_REFER - 1;

	if (abi >= ABI_REFER)
		rights |= DIRECTORY_REFER;
	if (abi >= ABI_TRUNCATE)
		rights |= FILE_TRUNCATE;
	if (abi >= ABI_IOCTL)
		rights |= FILE_IOCTL;
	return rights;
}

#endif
