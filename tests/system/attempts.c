/* SPDX-License-Identifier: ISC */
/*
 * Tries system calls that lead out of a cage, in a way that does no harm where nothing stops it,
 * and prints "NAME ERRNO" for each; 0 for one that worked. With words: these alone.
 */
#include <asm/unistd.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/personality.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* Debian 12's header ends before it. */
#ifndef __NR_fchmodat2
#define __NR_fchmodat2 452
#endif

enum { NOBODY = 0x7fffffff, BAD = 1 };

static struct {
	char const *name;
	long number;
	long arguments[6];
} const attempts[] = {
	{ "ptrace", __NR_ptrace, { 1, NOBODY } },
	{ "process_vm_readv", __NR_process_vm_readv, { NOBODY, 0, 0, 0, 0, 1 } },
	{ "process_vm_writev", __NR_process_vm_writev, { NOBODY, 0, 0, 0, 0, 1 } },
	{ "process_madvise", __NR_process_madvise, { -1, BAD, 1, 0, 1 } },
	{ "kcmp", __NR_kcmp, { NOBODY, NOBODY } },
	{ "pidfd_getfd", __NR_pidfd_getfd, { -1 } },
	{ "move_pages", __NR_move_pages, { NOBODY, 0, 0, 0, 0, 0x40 } },
	{ "migrate_pages", __NR_migrate_pages, { NOBODY } },
	{ "prlimit64 of another", __NR_prlimit64, { NOBODY, RLIMIT_CORE } },
	{ "prlimit64 of itself", __NR_prlimit64, { 0, RLIMIT_CORE } },
	{ "sched_setscheduler of another", __NR_sched_setscheduler, { NOBODY, 0, BAD } },
	{ "sched_setaffinity of another", __NR_sched_setaffinity, { NOBODY } },
	{ "sched_setaffinity of itself", __NR_sched_setaffinity, { 0 } },
	{ "setpriority of another", __NR_setpriority, { PRIO_PROCESS, NOBODY } },
	{ "setpriority of itself", __NR_setpriority, { PRIO_PROCESS, 0, 0 } },
	{ "setpriority of a user", __NR_setpriority, { PRIO_USER, NOBODY } },
	{ "ioprio_set of another", __NR_ioprio_set, { 1, NOBODY, 0x4000 } },
	{ "mount", __NR_mount, { BAD, BAD, BAD, 0, BAD } },
	{ "umount2", __NR_umount2, { BAD, 0x10000 } },
	{ "pivot_root", __NR_pivot_root, { BAD, BAD } },
	{ "open_tree", __NR_open_tree, { -1, BAD, 0x40000000 } },
	{ "move_mount", __NR_move_mount, { -1, BAD, -1, BAD, 0 } },
	{ "fsopen", __NR_fsopen, { BAD } },
	{ "mount_setattr", __NR_mount_setattr, { -1, BAD, 0, BAD, 0 } },
	{ "setns", __NR_setns, { -1 } },
	{ "unshare of the user", __NR_unshare, { CLONE_NEWUSER | 1 } },
	{ "unshare of descriptors", __NR_unshare, { CLONE_FILES } },
	{ "clone of a user namespace", __NR_clone, { CLONE_NEWUSER | CLONE_FS } },
	{ "clone3", __NR_clone3, { 0, 0 } },
	{ "bpf", __NR_bpf, { 0, BAD, 1 } },
	{ "perf_event_open", __NR_perf_event_open, { BAD } },
	{ "userfaultfd", __NR_userfaultfd, { 0x40000000 } },
	{ "io_uring_setup", __NR_io_uring_setup, { 1, BAD } },
	{ "io_uring_enter", __NR_io_uring_enter, { -1 } },
	{ "io_uring_register", __NR_io_uring_register, { -1 } },
	{ "add_key", __NR_add_key, { BAD } },
	{ "request_key", __NR_request_key, { BAD } },
	{ "keyctl", __NR_keyctl, { NOBODY } },
	{ "kexec_load", __NR_kexec_load, { 0, NOBODY, BAD, 0 } },
	{ "init_module", __NR_init_module, { BAD, 0, BAD } },
	{ "finit_module", __NR_finit_module, { -1, BAD, 0 } },
	{ "delete_module", __NR_delete_module, { BAD } },
	{ "reboot", __NR_reboot, { 1, 2, 3 } },
	{ "swapon", __NR_swapon, { BAD } },
	{ "swapoff", __NR_swapoff, { BAD } },
	{ "acct", __NR_acct, { BAD } },
	{ "quotactl", __NR_quotactl, { NOBODY, BAD } },
	{ "syslog", __NR_syslog, { 99 } },
	{ "open_by_handle_at", __NR_open_by_handle_at, { -1, BAD } },
	{ "fanotify_init", __NR_fanotify_init, { NOBODY } },
	{ "personality", __NR_personality, { ADDR_NO_RANDOMIZE } },
	{ "personality that asks", __NR_personality, { 0xffffffff } },
	{ "openat2", __NR_openat2, { AT_FDCWD, BAD, BAD, 24 } },
	{ "fchmod with setuid", __NR_fchmod, { -1, 04755 } },
	{ "fchmod with setgid", __NR_fchmod, { -1, 02755 } },
	{ "fchmod", __NR_fchmod, { -1, 0755 } },
	{ "fchmodat with setuid", __NR_fchmodat, { -1, BAD, 04755 } },
	{ "fchmodat2 with setuid", __NR_fchmodat2, { -1, BAD, 04755 } },
	{ "mknodat with setuid", __NR_mknodat, { -1, BAD, 0104755 } },
	{ "openat that makes a setuid file", __NR_openat, { -1, BAD, O_CREAT | O_RDWR, 04755 } },
	{ "openat of a setuid file without a name",
	  __NR_openat,
	  { -1, BAD, O_TMPFILE | O_RDWR, 04755 } },
	{ "openat with a mode for nothing", __NR_openat, { -1, BAD, O_RDONLY, 04755 } },
	{ "TIOCSTI", __NR_ioctl, { -1, TIOCSTI, BAD } },
	{ "TIOCLINUX", __NR_ioctl, { -1, TIOCLINUX, BAD } },
	{ "TIOCSETD", __NR_ioctl, { -1, TIOCSETD, BAD } },
	{ "ioctl", __NR_ioctl, { -1, TIOCGWINSZ, BAD } },
	{ "AF_VSOCK", __NR_socket, { AF_VSOCK, 77 } },
	{ "AF_ALG", __NR_socket, { AF_ALG, 77 } },
	{ "AF_PACKET", __NR_socket, { AF_PACKET, 77 } },
	{ "AF_INET", __NR_socket, { AF_INET, SOCK_STREAM } },
	{ "AF_UNIX", __NR_socket, { AF_UNIX, SOCK_STREAM } },
#ifdef __x86_64__
	{ "chmod with setuid", __NR_chmod, { BAD, 04755 } },
	{ "mknod with setuid", __NR_mknod, { BAD, 0104755 } },
	{ "creat with setuid", __NR_creat, { BAD, 04755 } },
	{ "open that makes a setuid file", __NR_open, { BAD, O_CREAT | O_RDWR, 04755 } },
	{ "iopl", __NR_iopl, { 77 } },
	{ "ioperm", __NR_ioperm, { 0xffffff, 1, 1 } },
	{ "modify_ldt", __NR_modify_ldt, { 0, 0, 0 } },
	{ "getpid of x32", 0x40000000 | __NR_getpid, { 0 } },
	{ "ptrace of x32 without its bit", 521, { 1, NOBODY } },
#endif
};

static int attempt(long number, long const *a)
{
	errno = 0;
	return syscall(number, a[0], a[1], a[2], a[3], a[4], a[5]) == -1 ? errno : 0;
}

/* By the gate of 32-bit programs: -1 for the signal that ended it, else its answer. */
static void other_architecture(void)
{
#ifdef __x86_64__
	int status = 0;
	pid_t const pid = fork();

	if (pid == 0) {
		long answer = 20; /* getpid */

		__asm__ volatile("int $0x80" : "+a"(answer) : : "r8", "r9", "r10", "r11", "memory");
		_exit(answer > 0 ? 0 : (int)-answer);
	}
	if (waitpid(pid, &status, 0) == pid)
		printf("getpid of i386 %d\n",
		       WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status));
#endif
}

static int wanted(char **names, char const *name)
{
	if (!*names)
		return 1;
	for (; *names; names++)
		if (!strcmp(*names, name))
			return 1;
	return 0;
}

int main(int argc, char **argv)
{
	(void)argc;
	for (size_t i = 0; i < sizeof attempts / sizeof attempts[0]; i++)
		if (wanted(argv + 1, attempts[i].name))
			printf("%s %d\n", attempts[i].name,
			       attempt(attempts[i].number, attempts[i].arguments));
	if (wanted(argv + 1, "getpid of i386")) {
		fflush(stdout);
		other_architecture();
	}
	return 0;
}
