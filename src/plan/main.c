/* SPDX-License-Identifier: ISC */
/*
 * orlop-plan: reads the declarations and the environment once and writes the plan into the memfd
 * that PID 1 holds at FD_PLAN, sealed, or says all that is wrong with them. It changes nothing
 * else, but for a directory for notify sockets. See orlop-plan(8).
 */
#include "confine/host.h"
#include "lib/programs.h"
#include "plan/compile.h"
#include "sys/sys.h"
#include "wire/descriptors.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <skalibs/strerr.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

#define USAGE \
	"orlop-plan [ --check [ --plan ] ] [ --image ] [ --directory=DIR ] [ --services=LIST ] [ -- PROGRAM [ ARGS... ] ]"

enum { WRONG = 100, SYSTEM = 111 };

static _Noreturn void no_memory(void)
{
	strerr_dief(SYSTEM, "out of memory");
}

/* The value of --NAME=VALUE, or NULL. */
static char const *option_value(char const *argument, char const *name)
{
	size_t const length = strlen(name);

	return strncmp(argument, name, length) ? NULL : argument + length;
}

/* The number of arguments before PROGRAM, or -1. */
static int parse_options(int argc, char const *const *argv, struct compile_request *request,
			 bool *plan)
{
	char const *value;
	int i = 1;

	for (; i < argc && strcmp(argv[i], "--") != 0; i++) {
		if (!strcmp(argv[i], "--check"))
			*plan = request->write = false;
		else if (!strcmp(argv[i], "--plan"))
			*plan = true;
		else if (!strcmp(argv[i], "--image"))
			request->image = true;
		else if ((value = option_value(argv[i], "--directory=")) && *value)
			request->directory = value;
		else if ((value = option_value(argv[i], "--services=")))
			request->services = value;
		else
			return -1;
	}
	if (i < argc)
		i++;
	return i == argc && !strcmp(argv[argc - 1], "--") && argc > 1 ? -1 : i;
}

/* The multi-call file itself: the supervisor, the logger and the probes are in it too. */
static char const *own_program(struct arena *arena)
{
	char path[PATH_MAX];
	ssize_t const length = sys_readlinkat(AT_FDCWD, "/proc/self/exe", path, sizeof path);
	unsigned long const file = getauxval(AT_EXECFN);

	if (length > 0 && (size_t)length < sizeof path)
		return arena_copy(arena, path, (size_t)length);
	return file ? (char const *)file : "/usr/bin/orlop";
}

/* 0, or a negative errno. FD_PLAN is an empty memfd that allows seals. */
static int publish(stralloc const *plan)
{
	int const seals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL;
	size_t done = 0;
	int error = sys_ftruncate(FD_PLAN, 0);

	while (error >= 0 && done < plan->len) {
		ssize_t const n = sys_write(FD_PLAN, plan->s + done, plan->len - done);

		if (n < 0 && n != -EINTR)
			return (int)n;
		done += n > 0 ? (size_t)n : 0;
	}
	return error < 0 ? error : sys_fcntl(FD_PLAN, F_ADD_SEALS, seals);
}

static int run(struct compile_request const *request, bool wanted, struct arena *arena)
{
	struct faults faults = { .arena = arena };
	stralloc plan = STRALLOC_ZERO; /* the end of the program frees it, and the arena */
	int error = compile_plan(request, arena, &faults, &plan);

	if (error == -ECANCELED) {
		(void)faults_print(&faults, STDERR_FILENO); /* the exit status tells it too */
		return WRONG;
	}
	(void)faults_print_notices(&faults, STDERR_FILENO); /* they are in the plan too */
	if (error == 0 && wanted)
		error = publish(&plan);
	if (error == 0)
		return 0;
	strerr_warn(PROG, ": fatal: unable to write the plan: ", strerror(-error));
	return SYSTEM;
}

int plan_main(int argc, char const *const *argv, char const *const *envp)
{
	struct arena arena = { .exhausted = no_memory };
	struct host host;
	struct compile_request request = { .directory = "/etc/orlop",
					   .etc = "/etc",
					   .environment = envp,
					   .init_pid = (uint32_t)sys_getppid(),
					   .write = true,
					   .host = &host };
	bool plan = true;
	int const used = parse_options(argc, argv, &request, &plan);

	PROG = "orlop-plan";
	if (used < 0) {
		strerr_warn(PROG, ": usage: ", USAGE);
		return WRONG;
	}
	if (used < argc)
		request.main = argv + used;
	host_probe(&host);
	request.program = own_program(&arena);
	return run(&request, plan, &arena);
}
