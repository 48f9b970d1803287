/* SPDX-License-Identifier: ISC */
/*
 * The deny list; see seccomp_table.h. What needs a capability that no service has is here where a
 * hole in the kernel was the reason to forbid it, or where the call is for administrators alone.
 */
#include "confine/seccomp_table.h"

#include "confine/call_numbers.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>

#define ALWAYS(called, about, reason)                                                            \
	{                                                                                        \
		.number = __NR_##called, .group = SECCOMP_##about, .error = EPERM, .why = reason \
	}
#define WHEN(called, about, reason, ...)                                                          \
	{                                                                                         \
		.number = __NR_##called, .group = SECCOMP_##about, .error = EPERM, .why = reason, \
		.when = {                                                                         \
			__VA_ARGS__                                                               \
		}                                                                                 \
	}
#define MISSING(called, about, reason)                                                            \
	{                                                                                         \
		.number = __NR_##called, .group = SECCOMP_##about, .error = ENOSYS, .why = reason \
	}
#define IS(which, wanted)                                                       \
	{                                                                       \
		.comparison = SECCOMP_EQUAL, .argument = which, .value = wanted \
	}
#define IS_NOT(which, wanted)                                                       \
	{                                                                           \
		.comparison = SECCOMP_DIFFERENT, .argument = which, .value = wanted \
	}
#define HAS(which, bits)                                                         \
	{                                                                        \
		.comparison = SECCOMP_HAS_BITS, .argument = which, .value = bits \
	}

enum {
	SET_ID = S_ISUID | S_ISGID,
	MAKES_FILE = O_CREAT | (O_TMPFILE & ~O_DIRECTORY),
	/* Without CLONE_NEWTIME, whose bit is part of clone's signal. */
	NAMESPACES = CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER |
		     CLONE_NEWPID | CLONE_NEWNET,
	NEW_TIME = 0x80,	/* CLONE_NEWTIME, Linux 5.6 */
	IOPRIO_WHO_PROCESS = 1, /* linux/ioprio.h */
};

/* clang-format off */
struct seccomp_rule const seccomp_rules[] = {
	ALWAYS(ptrace, PROCESSES, "reads and changes another process"),
	ALWAYS(process_vm_readv, PROCESSES, "reads another process's memory"),
	ALWAYS(process_vm_writev, PROCESSES, "writes another process's memory"),
	ALWAYS(process_madvise, PROCESSES, "pages out another process's memory"),
	ALWAYS(kcmp, PROCESSES, "tells what two processes share"),
	ALWAYS(pidfd_getfd, PROCESSES, "takes another process's descriptors"),
	ALWAYS(move_pages, PROCESSES, "moves another process's memory"),
	ALWAYS(migrate_pages, PROCESSES, "moves another process's memory"),
	/* No signal can kill PID 1 of a container; a limit of processor time can. */
	WHEN(prlimit64, PROCESSES, "kills any process of its uid by a limit, PID 1 too", IS_NOT(0, 0)),
	WHEN(sched_setparam, PROCESSES, "changes another's scheduling", IS_NOT(0, 0)),
	WHEN(sched_setscheduler, PROCESSES, "changes another's scheduling", IS_NOT(0, 0)),
	WHEN(sched_setattr, PROCESSES, "changes another's scheduling", IS_NOT(0, 0)),
	WHEN(sched_setaffinity, PROCESSES, "changes another's processors", IS_NOT(0, 0)),
	WHEN(setpriority, PROCESSES, "changes the priority of a group or a user", IS_NOT(0, PRIO_PROCESS)),
	WHEN(setpriority, PROCESSES, "changes another's priority", IS_NOT(1, 0)),
	WHEN(ioprio_set, PROCESSES, "changes the priority of a group or a user", IS_NOT(0, IOPRIO_WHO_PROCESS)),
	WHEN(ioprio_set, PROCESSES, "changes another's priority", IS_NOT(1, 0)),

	ALWAYS(mount, NAMESPACES, "changes what paths mean"),
	ALWAYS(umount2, NAMESPACES, "uncovers what a mount hides"),
	ALWAYS(pivot_root, NAMESPACES, "changes what paths mean"),
	ALWAYS(open_tree, NAMESPACES, "copies mounts"),
	ALWAYS(open_tree_attr, NAMESPACES, "copies mounts"),
	ALWAYS(move_mount, NAMESPACES, "changes what paths mean"),
	ALWAYS(mount_setattr, NAMESPACES, "makes a read-only mount writable"),
	ALWAYS(fsopen, NAMESPACES, "makes a file system"),
	ALWAYS(fsconfig, NAMESPACES, "makes a file system"),
	ALWAYS(fsmount, NAMESPACES, "makes a file system"),
	ALWAYS(fspick, NAMESPACES, "changes a file system"),
	ALWAYS(setns, NAMESPACES, "enters another namespace"),
	WHEN(unshare, NAMESPACES, "makes namespaces: all capabilities, in one of its own", HAS(0, NAMESPACES | NEW_TIME)),
	WHEN(clone, NAMESPACES, "makes namespaces: all capabilities, in one of its own", HAS(0, NAMESPACES)),
	MISSING(clone3, NAMESPACES, "its flags cannot be seen; clone is there instead"),

	ALWAYS(bpf, KERNEL, "runs programs in the kernel"),
	ALWAYS(perf_event_open, KERNEL, "watches other processes and the kernel"),
	ALWAYS(userfaultfd, KERNEL, "holds the kernel up in the middle of a call"),
	ALWAYS(io_uring_setup, KERNEL, "makes calls that no filter sees"),
	ALWAYS(io_uring_enter, KERNEL, "makes calls that no filter sees"),
	ALWAYS(io_uring_register, KERNEL, "makes calls that no filter sees"),
	ALWAYS(add_key, KERNEL, "the kernel's keys are not the container's own"),
	ALWAYS(request_key, KERNEL, "the kernel's keys are not the container's own"),
	ALWAYS(keyctl, KERNEL, "the kernel's keys are not the container's own"),
	ALWAYS(kexec_load, KERNEL, "starts another kernel"),
	ALWAYS(kexec_file_load, KERNEL, "starts another kernel"),
	ALWAYS(init_module, KERNEL, "loads code into the kernel"),
	ALWAYS(finit_module, KERNEL, "loads code into the kernel"),
	ALWAYS(delete_module, KERNEL, "removes code from the kernel"),
	ALWAYS(reboot, KERNEL, "ends the container or the machine"),
	ALWAYS(swapon, KERNEL, "changes the machine's memory"),
	ALWAYS(swapoff, KERNEL, "changes the machine's memory"),
	ALWAYS(acct, KERNEL, "writes a file for every process that ends"),
	ALWAYS(quotactl, KERNEL, "changes the quotas of file systems"),
	ALWAYS(quotactl_fd, KERNEL, "changes the quotas of file systems"),
	ALWAYS(syslog, KERNEL, "reads the kernel's log, with its addresses"),
	ALWAYS(open_by_handle_at, KERNEL, "opens files past every path"),
	ALWAYS(fanotify_init, KERNEL, "watches and decides about others' files"),
#ifdef __x86_64__
	ALWAYS(iopl, KERNEL, "reaches the hardware"),
	ALWAYS(ioperm, KERNEL, "reaches the hardware"),
	ALWAYS(modify_ldt, KERNEL, "segments of 16 bits, for what no longer exists"),
#endif
	/* 0 is Linux as it is; all bits set only asks. */
	WHEN(personality, KERNEL, "switches off the random layout of memory", IS_NOT(0, 0), IS_NOT(0, UINT32_MAX)),

	WHEN(fchmod, SET_ID, "makes a set-id file", HAS(1, SET_ID)),
	WHEN(fchmodat, SET_ID, "makes a set-id file", HAS(2, SET_ID)),
	WHEN(fchmodat2, SET_ID, "makes a set-id file", HAS(2, SET_ID)),
	WHEN(mknodat, SET_ID, "makes a set-id file", HAS(2, SET_ID)),
	WHEN(openat, SET_ID, "makes a set-id file", HAS(2, MAKES_FILE), HAS(3, SET_ID)),
	MISSING(openat2, SET_ID, "its mode cannot be seen; openat is there instead"),
#ifdef __x86_64__
	WHEN(chmod, SET_ID, "makes a set-id file", HAS(1, SET_ID)),
	WHEN(mknod, SET_ID, "makes a set-id file", HAS(1, SET_ID)),
	WHEN(creat, SET_ID, "makes a set-id file", HAS(1, SET_ID)),
	WHEN(open, SET_ID, "makes a set-id file", HAS(1, MAKES_FILE), HAS(2, SET_ID)),
#endif

	WHEN(ioctl, TERMINAL, "types into a terminal (TIOCSTI)", IS(1, TIOCSTI)),
	WHEN(ioctl, TERMINAL, "types into a console (TIOCLINUX)", IS(1, TIOCLINUX)),
	WHEN(ioctl, TERMINAL, "loads a line discipline (TIOCSETD)", IS(1, TIOCSETD)),

	WHEN(socket, SOCKETS, "reaches the machine below (AF_VSOCK)", IS(0, AF_VSOCK)),
	WHEN(socket, SOCKETS, "ciphers in the kernel (AF_ALG)", IS(0, AF_ALG)),
	WHEN(socket, SOCKETS, "reads all of the network (AF_PACKET)", IS(0, AF_PACKET)),
};
/* clang-format on */

uint32_t const seccomp_rule_count = sizeof seccomp_rules / sizeof seccomp_rules[0];

char const *seccomp_group_name(enum seccomp_group group)
{
	switch (group) {
	case SECCOMP_PROCESSES:
		return "other processes";
	case SECCOMP_NAMESPACES:
		return "mounts and namespaces";
	case SECCOMP_KERNEL:
		return "kernel and machine";
	case SECCOMP_SET_ID:
		return "set-id files";
	case SECCOMP_TERMINAL:
		return "terminals";
	case SECCOMP_SOCKETS:
		return "sockets";
	default:
		return "others";
	}
}

bool seccomp_is_needed(uint32_t number)
{
	return number == __NR_execve || number == __NR_write || number == __NR_exit_group;
}
