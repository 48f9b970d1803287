/* SPDX-License-Identifier: ISC */
/*
 * The table of system calls: every one that PID 1, the cage, the supervisor, the logger and the
 * probes make, one a line, with the kernel's own argument order. sys.h turns it into prototypes,
 * real.c into the calls, fake.c into twins that tests can count, fail and replace.
 *
 *	X(type, name, parameters, arguments)
 *
 * Only calls that both x86_64 and aarch64 have: no fork, pipe, dup2, poll, open.
 */
#ifndef ORLOP_SYS_CALLS_H
#define ORLOP_SYS_CALLS_H

/* clang-format off */
#define SYS_CALLS(X) \
	/* descriptors */ \
	X(int, close, (int fd), (fd)) \
	X(int, close_range, (unsigned first, unsigned last, unsigned flags), (first, last, flags)) \
	X(int, dup3, (int from, int to, int flags), (from, to, flags)) \
	X(int, fcntl, (int fd, int command, long argument), (fd, command, argument)) \
	X(int, ioctl, (int fd, unsigned long request, void *argument), (fd, request, argument)) \
	X(ssize_t, read, (int fd, void *buffer, size_t size), (fd, buffer, size)) \
	X(ssize_t, pread64, (int fd, void *buffer, size_t size, int64_t offset), (fd, buffer, size, offset)) \
	X(ssize_t, write, (int fd, void const *buffer, size_t size), (fd, buffer, size)) \
	X(ssize_t, writev, (int fd, struct iovec const *vector, int count), (fd, vector, count)) \
	X(ssize_t, splice, (int in, int64_t *in_offset, int out, int64_t *out_offset, size_t size, unsigned flags), \
		(in, in_offset, out, out_offset, size, flags)) \
	X(ssize_t, tee, (int in, int out, size_t size, unsigned flags), (in, out, size, flags)) \
	X(ssize_t, sendfile, (int out, int in, int64_t *offset, size_t size), (out, in, offset, size)) \
	X(ssize_t, pwrite64, (int fd, void const *buffer, size_t size, int64_t offset), (fd, buffer, size, offset)) \
	X(int64_t, lseek, (int fd, int64_t offset, int whence), (fd, offset, whence)) \
	X(int, fallocate, (int fd, int mode, int64_t offset, int64_t size), (fd, mode, offset, size)) \
	X(int, pipe2, (int *ends, int flags), (ends, flags)) \
	X(int, eventfd2, (unsigned initial, int flags), (initial, flags)) \
	X(int, memfd_create, (char const *name, unsigned flags), (name, flags)) \
	X(int, ftruncate, (int fd, int64_t size), (fd, size)) \
	X(int, fsync, (int fd), (fd)) \
	X(int, fstat, (int fd, struct stat *status), (fd, status)) \
	X(int, fchown, (int fd, uint32_t uid, uint32_t gid), (fd, uid, gid)) \
	/* waiting */ \
	X(int, ppoll, (struct pollfd *fds, unsigned long count, struct timespec *timeout, uint64_t const *mask, size_t size), \
		(fds, count, timeout, mask, size)) \
	X(int, epoll_create1, (int flags), (flags)) \
	X(int, epoll_ctl, (int epoll, int operation, int fd, struct epoll_event *event), (epoll, operation, fd, event)) \
	X(int, epoll_pwait, (int epoll, struct epoll_event *events, int count, int milliseconds, uint64_t const *mask, size_t size), \
		(epoll, events, count, milliseconds, mask, size)) \
	X(int, clock_gettime, (int clock, struct timespec *now), (clock, now)) \
	X(int, timerfd_create, (int clock, int flags), (clock, flags)) \
	X(int, timerfd_settime, (int fd, int flags, struct itimerspec const *time, struct itimerspec *old), \
		(fd, flags, time, old)) \
	/* files */ \
	X(int, openat, (int dir, char const *path, int flags, unsigned mode), (dir, path, flags, mode)) \
	X(int, openat2, (int dir, char const *path, void const *how, size_t size), (dir, path, how, size)) \
	X(int, renameat, (int from, char const *name, int to, char const *new_name), (from, name, to, new_name)) \
	X(int, unlinkat, (int dir, char const *path, int flags), (dir, path, flags)) \
	X(int, linkat, (int old_dir, char const *old_path, int dir, char const *path, int flags), \
		(old_dir, old_path, dir, path, flags)) \
	X(int, mkdirat, (int dir, char const *path, unsigned mode), (dir, path, mode)) \
	X(int, fchmodat, (int dir, char const *path, unsigned mode), (dir, path, mode)) \
	X(int, fchmod, (int fd, unsigned mode), (fd, mode)) \
	X(int, fchmodat2, (int dir, char const *path, unsigned mode, int flags), (dir, path, mode, flags)) \
	X(ssize_t, fgetxattr, (int fd, char const *name, void *value, size_t size), (fd, name, value, size)) \
	X(int, fremovexattr, (int fd, char const *name), (fd, name)) \
	X(int, fchownat, (int dir, char const *path, uint32_t uid, uint32_t gid, int flags), (dir, path, uid, gid, flags)) \
	X(int, newfstatat, (int dir, char const *path, struct stat *status, int flags), (dir, path, status, flags)) \
	X(int, fstatfs, (int fd, void *status), (fd, status)) \
	X(int, flock, (int fd, int operation), (fd, operation)) \
	X(ssize_t, lgetxattr, (char const *path, char const *name, void *value, size_t size), (path, name, value, size)) \
	X(int, faccessat, (int dir, char const *path, int mode), (dir, path, mode)) \
	X(int, faccessat2, (int dir, char const *path, int mode, int flags), (dir, path, mode, flags)) \
	X(ssize_t, readlinkat, (int dir, char const *path, char *buffer, size_t size), (dir, path, buffer, size)) \
	X(ssize_t, getdents64, (int fd, void *buffer, size_t size), (fd, buffer, size)) \
	X(int, chdir, (char const *path), (path)) \
	X(int, fchdir, (int fd), (fd)) \
	X(ssize_t, getcwd, (char *buffer, size_t size), (buffer, size)) \
	/* processes */ \
	X(int, getpid, (void), ()) \
	X(int, getppid, (void), ()) \
	X(int, kill, (int pid, int signal), (pid, signal)) \
	X(int, waitid, (int which, int id, siginfo_t *info, int options, void *usage), (which, id, info, options, usage)) \
	X(int, wait4, (int pid, int *status, int options, void *usage), (pid, status, options, usage)) \
	X(int, execve, (char const *path, char *const *arguments, char *const *environment), (path, arguments, environment)) \
	X(int, execveat, (int dir, char const *path, char *const *arguments, char *const *environment, int flags), \
		(dir, path, arguments, environment, flags)) \
	X(int, setsid, (void), ()) \
	X(int, setpgid, (int pid, int group), (pid, group)) \
	X(int, getpgid, (int pid), (pid)) \
	X(int, getsid, (int pid), (pid)) \
	X(int, prctl, (int option, unsigned long a, unsigned long b, unsigned long c, unsigned long d), (option, a, b, c, d)) \
	/* signals; a mask is the kernel's, bit n - 1 for signal n */ \
	X(int, rt_sigprocmask, (int how, uint64_t const *mask, uint64_t *old, size_t size), (how, mask, old, size)) \
	X(int, rt_sigaction, (int signal, struct sys_sigaction const *action, struct sys_sigaction *old, size_t size), \
		(signal, action, old, size)) \
	X(int, signalfd4, (int fd, uint64_t const *mask, size_t size, int flags), (fd, mask, size, flags)) \
	/* limits and priorities */ \
	X(unsigned, umask, (unsigned mask), (mask)) \
	X(int, prlimit64, (int pid, unsigned resource, struct sys_rlimit const *limit, struct sys_rlimit *old), \
		(pid, resource, limit, old)) \
	X(int, setpriority, (int which, int who, int value), (which, who, value)) \
	/* identity and cage */ \
	X(int, setgroups, (size_t count, uint32_t const *groups), (count, groups)) \
	X(int, getgroups, (int count, uint32_t *groups), (count, groups)) \
	X(int, setresgid, (uint32_t real, uint32_t effective, uint32_t saved), (real, effective, saved)) \
	X(int, setresuid, (uint32_t real, uint32_t effective, uint32_t saved), (real, effective, saved)) \
	X(int, getresgid, (uint32_t *real, uint32_t *effective, uint32_t *saved), (real, effective, saved)) \
	X(int, getresuid, (uint32_t *real, uint32_t *effective, uint32_t *saved), (real, effective, saved)) \
	X(int, setuid, (uint32_t uid), (uid)) \
	X(int, setgid, (uint32_t gid), (gid)) \
	X(int, capget, (struct sys_cap_header *header, struct sys_cap_data *data), (header, data)) \
	X(int, capset, (struct sys_cap_header *header, struct sys_cap_data const *data), (header, data)) \
	X(int, landlock_create_ruleset, (void const *attributes, size_t size, unsigned flags), (attributes, size, flags)) \
	X(int, landlock_add_rule, (int ruleset, int type, void const *attributes, unsigned flags), \
		(ruleset, type, attributes, flags)) \
	X(int, landlock_restrict_self, (int ruleset, unsigned flags), (ruleset, flags)) \
	X(int, seccomp, (unsigned operation, unsigned flags, void *arguments), (operation, flags, arguments)) \
	/* sockets */ \
	X(int, socket, (int domain, int type, int protocol), (domain, type, protocol)) \
	X(int, bind, (int fd, void const *address, unsigned length), (fd, address, length)) \
	X(int, listen, (int fd, int backlog), (fd, backlog)) \
	X(int, connect, (int fd, void const *address, unsigned length), (fd, address, length)) \
	X(int, setsockopt, (int fd, int level, int name, void const *value, unsigned length), (fd, level, name, value, length)) \
	X(int, getsockopt, (int fd, int level, int name, void *value, unsigned *length), (fd, level, name, value, length)) \
	X(ssize_t, recvmsg, (int fd, struct msghdr *message, int flags), (fd, message, flags)) \
	X(ssize_t, sendmsg, (int fd, struct msghdr const *message, int flags), (fd, message, flags))
/* clang-format on */

#endif
