/* SPDX-License-Identifier: ISC */
/*
 * See lock.h. The BPF program is written by hand: first the architecture (a call number means
 * nothing without it), then one comparison a call, then the answer.
 */
#include "supervise/lock.h"

#include "confine/seccomp.h"
#include "confine/seccomp_program.h"
#include "sys/sys.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

/* Debian 12's header ends at ABI 3. */
enum { LANDLOCK_VERSION_FLAG = 1 };

struct landlock_ruleset {
	uint64_t files;
	uint64_t ports;
	uint64_t scopes;
};

/* All rights that the kernel knows: what is handled and has no rule is forbidden. */
static struct landlock_ruleset all_rights(int abi)
{
	/* ABI 1 has 13 rights to files; 2 adds refer, 3 truncate, 5 ioctl on devices. */
	int const files = 13 + (abi >= 2) + (abi >= 3) + (abi >= 5);

	return (struct landlock_ruleset){
		.files = (UINT64_C(1) << files) - 1,
		.ports = abi >= 4 ? 3 : 0,  /* bind and connect */
		.scopes = abi >= 6 ? 3 : 0, /* abstract sockets and signals */
	};
}

int lock_landlock(void)
{
	int const abi = sys_landlock_create_ruleset(NULL, 0, LANDLOCK_VERSION_FLAG);
	struct landlock_ruleset rules;
	size_t size = sizeof rules;
	int fd;
	int result;

	if (abi < 0)
		return abi;
	rules = all_rights(abi);
	/* An older kernel takes a shorter structure. */
	if (abi < 6)
		size = abi < 4 ? offsetof(struct landlock_ruleset, ports)
			       : offsetof(struct landlock_ruleset, scopes);
	fd = sys_landlock_create_ruleset(&rules, size, 0);
	if (fd < 0)
		return fd;
	result = sys_landlock_restrict_self(fd, 0);
	(void)sys_close(fd); /* the ruleset has done its work, whatever close says */
	return result;
}

int lock_privileges(void)
{
	return sys_prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

/* Jumps over the comparison's answer unless the call is this one. x32's numbers match none. */
#define ALLOW(call)                                      \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, call, 0, 1), \
	    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)

static struct sock_filter const filter[] = {
	BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SECCOMP_ARCHITECTURE, 1, 0),
	BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
	BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
	ALLOW(SYS_epoll_pwait),
	ALLOW(SYS_read),
	ALLOW(SYS_write),
	ALLOW(SYS_clock_gettime),
	ALLOW(SYS_recvmsg),
	ALLOW(SYS_tee),
	ALLOW(SYS_restart_syscall),
	ALLOW(SYS_rt_sigreturn),
	ALLOW(SYS_brk), /* the names of time zones, in libc */
	ALLOW(SYS_exit_group),
	ALLOW(SYS_exit),
	BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
};

int lock_seccomp(void)
{
	if (SECCOMP_ARCHITECTURE == 0)
		return -ENOSYS;
	return seccomp_install(filter, sizeof filter / sizeof *filter);
}
