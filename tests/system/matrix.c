/* SPDX-License-Identifier: ISC */
/*
 * The service of the sandbox matrix, without any dependency, under two names. `sibling` holds what
 * must be out of reach and sleeps. `subject` tries each forbidden act in a child of its own and
 * prints "ACT ERRNO", 0 for success, or "ACT signal NUMBER" when that ended the child.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

enum { DECLARED_PORT = 30221, OTHER_PORT = 30222, SIBLING_PORT = 30223 };

static char const abstract_name[] = "\0orlop-matrix";
static char const *folder;
static pid_t init_pid = 1;
static pid_t supervisor_pid;
static pid_t sibling_pid;

/* 0 or an errno, from what system calls return. */
static int told(long result)
{
	return result < 0 ? errno : 0;
}

static int try_open(char const *path, int flags)
{
	return told(open(path, flags, 0600));
}

/* A path in the bed. */
static char const *bed(char const *name)
{
	static char path[512];

	(void)snprintf(path, sizeof path, "%s/%s", folder, name);
	return path;
}

static int in_proc(pid_t pid, char const *name, int flags)
{
	char path[64];

	(void)snprintf(path, sizeof path, "/proc/%d/%s", pid, name);
	return try_open(path, flags);
}

static int read_memory(pid_t pid)
{
	char byte;
	struct iovec to = { &byte, 1 };
	struct iovec from = { &folder, 1 };

	return told(process_vm_readv(pid, &to, 1, &from, 1, 0));
}

/* Their own limits, so that it harms nobody where it works. */
static int limit(pid_t pid)
{
	struct rlimit now;

	return told(prlimit(pid, RLIMIT_NOFILE, NULL, &now) < 0
			? -1
			: prlimit(pid, RLIMIT_NOFILE, &now, NULL));
}

static int affinity_sibling(void)
{
	cpu_set_t all;

	memset(&all, 0xff, sizeof all);
	return told(sched_setaffinity(sibling_pid, sizeof all, &all));
}

static int set_capabilities(void)
{
	struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct data[2];

	memset(data, 0xff, sizeof data);
	return told(syscall(SYS_capset, &header, data));
}

static int make_set_uid(void)
{
	if (try_open(bed("data/set-uid"), O_WRONLY | O_CREAT) != 0)
		return EIO;
	return told(chmod(bed("data/set-uid"), 04755));
}

#ifdef __x86_64__
/* getpid(2) as the older architecture numbers it. */
static int old_call(void)
{
	long result;

	__asm__ volatile("int $0x80" : "=a"(result) : "a"(20L) : "memory");
	return result > 0 ? 0 : ENOSYS;
}
#endif

static int port(int (*call)(int, struct sockaddr const *, socklen_t), uint16_t number)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
				       .sin_port = htons(number),
				       .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };

	return told(call(socket(AF_INET, SOCK_STREAM, 0), (struct sockaddr const *)&address,
			 sizeof address));
}

static struct sockaddr_un abstract_address(socklen_t *length)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	memcpy(address.sun_path, abstract_name, sizeof abstract_name);
	*length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + sizeof abstract_name);
	return address;
}

static int connect_abstract(void)
{
	socklen_t length;
	struct sockaddr_un const address = abstract_address(&length);

	return told(
	    connect(socket(AF_UNIX, SOCK_STREAM, 0), (struct sockaddr const *)&address, length));
}

static int copy_self(int to)
{
	char buffer[65536];
	int const from = open("/proc/self/exe", O_RDONLY);
	ssize_t got;

	while ((got = read(from, buffer, sizeof buffer)) > 0)
		if (write(to, buffer, (size_t)got) != got)
			return -1;
	return (int)got;
}

static char *const nothing[] = { "nothing", NULL };

static int run_written(void)
{
	int const fd = open(bed("data/program"), O_WRONLY | O_CREAT, 0755);

	if (fd < 0 || copy_self(fd) < 0)
		return EIO;
	close(fd);
	return told(execv(bed("data/program"), nothing));
}

static int run_memory(void)
{
	int const fd = memfd_create("program", MFD_CLOEXEC);

	if (fd < 0 || copy_self(fd) < 0)
		return EIO;
	return told(fexecve(fd, nothing, nothing + 1));
}

/* Every act and how. SIGURG does nothing to who does not ask for it. */
/* clang-format off */
#define ACTS(X) \
	X(signal_init, told(kill(init_pid, SIGURG))) \
	X(signal_supervisor, told(kill(supervisor_pid, SIGURG))) \
	X(signal_sibling, told(kill(sibling_pid, SIGURG))) \
	X(trace_init, told(ptrace(PTRACE_SEIZE, init_pid, 0, 0))) \
	X(trace_sibling, told(ptrace(PTRACE_SEIZE, sibling_pid, 0, 0))) \
	X(memory_init, read_memory(init_pid)) \
	X(memory_sibling, read_memory(sibling_pid)) \
	X(environ_init, in_proc(init_pid, "environ", O_RDONLY)) \
	X(environ_sibling, in_proc(sibling_pid, "environ", O_RDONLY)) \
	X(mem_init, in_proc(init_pid, "mem", O_RDWR)) \
	X(mem_sibling, in_proc(sibling_pid, "mem", O_RDONLY)) \
	X(root_init, in_proc(init_pid, "root", O_RDONLY)) \
	X(root_sibling, in_proc(sibling_pid, "root", O_RDONLY)) \
	X(fd_numbers_init, in_proc(init_pid, "fd", O_RDONLY)) \
	X(fd_init, in_proc(init_pid, "fd/3", O_RDONLY)) \
	X(fd_sibling, in_proc(sibling_pid, "fd/0", O_RDONLY)) \
	X(control_pipe, in_proc(init_pid, "fd/8", O_WRONLY)) \
	X(limit_init, limit(init_pid)) \
	X(limit_supervisor, limit(supervisor_pid)) \
	X(limit_sibling, limit(sibling_pid)) \
	X(nice_sibling, told(setpriority(PRIO_PROCESS, (id_t)sibling_pid, 5))) \
	X(affinity_sibling, affinity_sibling()) \
	X(oom_sibling, in_proc(sibling_pid, "oom_score_adj", O_WRONLY)) \
	X(set_uid, told(setuid(0))) \
	X(set_other_uid, told(setresuid(1, 1, 1))) \
	X(set_groups, told(syscall(SYS_setgroups, 0, NULL))) \
	X(set_capabilities, set_capabilities()) \
	X(make_set_uid, make_set_uid()) \
	X(make_device, told(mknod(bed("data/device"), S_IFCHR | 0666, 0x103))) \
	X(unshare_user, told(unshare(CLONE_NEWUSER))) \
	X(unshare_mount, told(unshare(CLONE_NEWNS))) \
	X(clone_user, told(syscall(SYS_clone, (long)(CLONE_NEWUSER | SIGCHLD), 0L, 0L, 0L, 0L))) \
	X(set_namespace, told(setns(open("/proc/self/ns/uts", O_RDONLY), 0))) \
	X(mount_one, told(syscall(SYS_mount, "none", "/proc", "tmpfs", 0L, NULL))) \
	X(unmount, told(syscall(SYS_umount2, "/proc", 2L))) \
	X(change_root, told(chroot("/proc"))) \
	X(call_bpf, told(syscall(SYS_bpf, 0L, NULL, 0L))) \
	X(perf, told(syscall(SYS_perf_event_open, NULL, 0L, -1L, -1L, 0L))) \
	X(user_fault, told(syscall(SYS_userfaultfd, 0L))) \
	X(io_uring, told(syscall(SYS_io_uring_setup, 1L, NULL))) \
	X(key_control, told(syscall(SYS_keyctl, 0L, -3L, 1L))) \
	X(key_add, told(syscall(SYS_add_key, "user", "x", "x", 1L, -3L))) \
	X(load_module, told(syscall(SYS_init_module, NULL, 0L, ""))) \
	X(load_module_file, told(syscall(SYS_finit_module, 0L, "", 0L))) \
	X(other_kernel, told(syscall(SYS_kexec_load, 0L, 0L, NULL, 0L))) \
	X(restart, told(syscall(SYS_reboot, 0xfee1deadL, 672274793L, 0L, NULL))) \
	X(swap_on, told(syscall(SYS_swapon, "/proc/self/exe", 0L))) \
	X(handle, told(syscall(SYS_open_by_handle_at, -100L, folder, 0L))) \
	X(kernel_log, told(syscall(SYS_syslog, 3L, NULL, 0L))) \
	X(type_in, told(ioctl(0, TIOCSTI, "x"))) \
	X(packet_socket, told(socket(AF_PACKET, SOCK_RAW, 0))) \
	X(machine_socket, told(socket(40, SOCK_STREAM, 0))) \
	X(cipher_socket, told(socket(AF_ALG, SOCK_SEQPACKET, 0))) \
	X(raw_socket, told(socket(AF_INET, SOCK_RAW, IPPROTO_ICMP))) \
	X(bind_declared, port(bind, DECLARED_PORT)) \
	X(bind_other, port(bind, OTHER_PORT)) \
	X(connect_sibling, port(connect, SIBLING_PORT)) \
	X(connect_abstract, connect_abstract()) \
	X(read_shadow, try_open("/etc/shadow", O_RDONLY)) \
	X(write_etc, try_open("/etc/orlop-matrix", O_WRONLY | O_CREAT)) \
	X(write_usr, try_open("/usr/orlop-matrix", O_WRONLY | O_CREAT)) \
	X(read_code, try_open(bed("code/file"), O_RDONLY)) \
	X(write_code, try_open(bed("code/file"), O_WRONLY)) \
	X(make_code, try_open(bed("code/new"), O_WRONLY | O_CREAT)) \
	X(read_sibling_secret, try_open(bed("secrets/sibling"), O_RDONLY)) \
	X(read_own_secret_file, try_open(bed("secrets/subject"), O_RDONLY)) \
	X(read_declarations, try_open(bed("etc/services/sibling.ini"), O_RDONLY)) \
	X(write_data, try_open(bed("data/file"), O_WRONLY | O_CREAT)) \
	X(reopen_output, try_open("/dev/stdout", O_WRONLY)) \
	X(run_written, run_written()) \
	X(run_memory, run_memory())
#ifdef __x86_64__
/* An architecture beside this one, and the one before it. */
#define MORE_ACTS(X) \
	X(x32_call, told(syscall(0x40000000L | SYS_getpid))) \
	X(old_call, old_call())
#else
#define MORE_ACTS(X)
#endif
/* clang-format on */

/* In a child of its own: an act that works may not help or hinder the next. */
static pid_t begin(void)
{
	pid_t const child = fork();

	if (child == 0)
		alarm(10);
	return child;
}

static void end(char const *name, pid_t child)
{
	int status = 0;

	if (child < 0 || waitpid(child, &status, 0) != child)
		status = errno << 8;
	if (WIFSIGNALED(status))
		printf("%s signal %d\n", name, WTERMSIG(status));
	else
		printf("%s %d\n", name, WEXITSTATUS(status));
	fflush(stdout);
}

#define ATTEMPT(name, act)                   \
	do {                                 \
		pid_t const child = begin(); \
		if (child == 0)              \
			_exit(act);          \
		end(#name, child);           \
	} while (0);

/* The kernel's word about this process. */
static void print_status(void)
{
	static char const *const wanted[] = {
		"Uid",	  "Gid",    "Groups", "CapInh",	    "CapPrm",
		"CapEff", "CapBnd", "CapAmb", "NoNewPrivs", "Seccomp"
	};
	char line[512];
	FILE *const status = fopen("/proc/self/status", "r");

	while (status && fgets(line, sizeof line, status)) {
		char *const colon = strchr(line, ':');

		for (size_t i = 0; colon && i < sizeof wanted / sizeof wanted[0]; i++) {
			if (strncmp(line, wanted[i], (size_t)(colon - line)) != 0 ||
			    wanted[i][colon - line])
				continue;
			printf("status.%s ", wanted[i]);
			for (char *word = strtok(colon + 1, " \t\n"), *next; word; word = next) {
				next = strtok(NULL, " \t\n");
				printf("%s%s", word, next ? "," : "");
			}
			printf("\n");
		}
	}
}

/* By the first word of its command line, which everybody may read. */
static pid_t find(char const *name)
{
	DIR *const proc = opendir("/proc");
	struct dirent const *entry;

	while (proc && (entry = readdir(proc))) {
		char path[300];
		char word[256] = "";
		char const *base;
		int fd;

		(void)snprintf(path, sizeof path, "/proc/%s/cmdline", entry->d_name);
		fd = atoi(entry->d_name) > 0 ? open(path, O_RDONLY) : -1;
		if (fd >= 0 && read(fd, word, sizeof word - 1) < 0)
			word[0] = '\0';
		close(fd);
		base = strrchr(word, '/');
		if (strcmp(base ? base + 1 : word, name) == 0)
			return atoi(entry->d_name);
	}
	return 0;
}

static int sibling(void)
{
	socklen_t length;
	struct sockaddr_un const address = abstract_address(&length);
	struct sockaddr_in tcp = { .sin_family = AF_INET,
				   .sin_port = htons(SIBLING_PORT),
				   .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int const local = socket(AF_UNIX, SOCK_STREAM, 0);
	int const net = socket(AF_INET, SOCK_STREAM, 0);

	if (bind(local, (struct sockaddr const *)&address, length) != 0 || listen(local, 8) != 0 ||
	    bind(net, (struct sockaddr const *)&tcp, sizeof tcp) != 0 || listen(net, 8) != 0)
		return 1;
	if (write(9, "\n", 1) != 1)
		return 2;
	for (;;)
		pause();
}

static int subject(void)
{
	supervisor_pid = find("orlop-supervise");
	sibling_pid = find("sibling");
	if (supervisor_pid == 0 || sibling_pid == 0) {
		printf("supervisor %d sibling %d\n", supervisor_pid, sibling_pid);
		return 1;
	}
	printf("secret.own %s\n", getenv("PASSWORD") ? getenv("PASSWORD") : "none");
	printf("secret.sibling %s\n", getenv("TOKEN") ? getenv("TOKEN") : "none");
	print_status();
	fflush(stdout);
	ACTS(ATTEMPT)
	MORE_ACTS(ATTEMPT)
	printf("end of matrix\n");
	return 0;
}

int main(int argc, char **argv)
{
	char const *name = strrchr(argv[0], '/');

	name = name ? name + 1 : argv[0];
	folder = argc > 1 ? argv[1] : "";
	if (strcmp(name, "subject") == 0)
		return subject();
	return strcmp(name, "sibling") == 0 ? sibling() : 0;
}
