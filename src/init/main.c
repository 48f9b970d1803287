/* SPDX-License-Identifier: ISC */
/*
 * orlop-init: PID 1 of a container. Decides once, from how it was started, between one command
 * alone (plain.c) and a tree of services (tree.c); see orlop-init(8).
 */
#include "init/init.h"
#include "plain/plain.h"
#include "sys/say.h"
#include "sys/signals.h"
#include "sys/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#define USAGE                                                                                  \
	"usage: orlop-init [-h] [--version] [--directory=DIR] [--services=all|none|NAME,...] " \
	"[--] [COMMAND [ARGUMENT...]]"

static char const *directory = "/etc/orlop";
static char const *services;
static char *plan_arguments[PLAN_ARGUMENTS_MAX + 8]; /* orlop-plan's command */
static char planner[] = "orlop-plan";
static char separator[] = "--";

static _Noreturn void leave(int status, char const *message, char const *object)
{
	say("orlop-init", message, object, NULL);
	sys_exit(status);
}

/* Options come before the command; orlop-plan gets them as they are. The index of the command. */
static int options(int argc, char **argv)
{
	int used = 1;
	int i = 1;

	plan_arguments[0] = planner;
	for (; i < argc && argv[i][0] == '-'; i++) {
		if (strcmp(argv[i], "--") == 0)
			break;
		if (strcmp(argv[i], "-h") == 0 || strcmp(argv[i], "--help") == 0)
			leave(0, USAGE, "");
		if (strcmp(argv[i], "--version") == 0)
			leave(0, ORLOP_VERSION, "");
		if (strncmp(argv[i], "--directory=", 12) == 0)
			directory = argv[i] + 12;
		else if (strncmp(argv[i], "--services=", 11) == 0)
			services = argv[i] + 11;
		else
			leave(100, "fatal: unknown option, see -h: ", argv[i]);
		if (used == 8 || argc - i >= PLAN_ARGUMENTS_MAX)
			leave(100, "fatal: too many words, from ", argv[i]);
		plan_arguments[used++] = argv[i];
	}
	i += i < argc && strcmp(argv[i], "--") == 0;
	if (i < argc)
		plan_arguments[used++] = separator;
	(void)memcpy(plan_arguments + used, argv + i, (size_t)(argc - i) * sizeof *argv);
	return i;
}

/* Are there declarations? What cannot be looked at counts as one: orlop-plan will say why. */
static bool declared(void)
{
	static char path[4096];

	if (strlen(directory) + sizeof "/services" > sizeof path)
		return true;
	(void)strcat(strcpy(path, directory), "/services");
	return sys_faccessat(AT_FDCWD, path, F_OK) != -ENOENT;
}

static bool wants_tree(char const *program, bool command)
{
	char const *slash = strrchr(program, '/');

	if (!services)
		services = getenv("ORLOP_SERVICES");
	if (!services)
		services = "";
	if (strcmp(services, "none") == 0)
		return false;
	if (!declared()) /* a role that does not exist is orlop-plan's to refuse */
		return *services && strcmp(services, "all") != 0;
	return *services || !command || strcmp(slash ? slash + 1 : program, "init") == 0;
}

int main(int argc, char **argv, char **environment)
{
	int const first = options(argc, argv);
	bool const tree = wants_tree(argv[0], first < argc);
	struct plain const plain = { argv[first], argv + first, environment, true, false };
	int signals;

	if (!tree && first == argc)
		leave(100, "fatal: no command was given and no service is declared; see -h", "");
	if (sys_getpid() != 1)
		(void)sys_prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
	signals = signals_take();
	if (signals < 0)
		leave(111, "fatal: signalfd: ", say_error(-signals));
	init.environment = environment;
	sys_exit(tree ? tree_run(signals, plan_arguments) : plain_run(signals, &plain));
}
