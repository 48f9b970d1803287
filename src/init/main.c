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
#include "wire/plan.h"

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
static char *plan_arguments[PLAN_ARGUMENTS_MAX + 8];

/* Are there declarations? What cannot be looked at counts as one: orlop-plan will say why. */
static bool declared(void)
{
	static char path[4096];

	if (strlen(directory) + sizeof "/services" > sizeof path)
		return true;
	(void)strcat(strcpy(path, directory), "/services");
	return sys_faccessat(AT_FDCWD, path, F_OK) != -ENOENT;
}

static _Noreturn void leave(int status, char const *message)
{
	say("orlop-init", message, NULL);
	sys_exit(status);
}

/* Options come before the command; the index of the command. orlop-plan gets them as they are. */
static int options(int argc, char **argv, int *used)
{
	int i = 1;

	for (; i < argc && argv[i][0] == '-'; i++) {
		if (strcmp(argv[i], "--") == 0)
			return i + 1;
		if (strcmp(argv[i], "-h") == 0 || strcmp(argv[i], "--help") == 0)
			leave(0, USAGE);
		if (strcmp(argv[i], "--version") == 0)
			leave(0, ORLOP_VERSION);
		if (strncmp(argv[i], "--directory=", 12) == 0)
			directory = argv[i] + 12;
		else if (strncmp(argv[i], "--services=", 11) == 0)
			services = argv[i] + 11;
		else
			leave(100, USAGE);
		if (*used < 8)
			plan_arguments[(*used)++] = argv[i];
	}
	return i;
}

static bool wants_tree(char const *program, bool command)
{
	char const *slash = strrchr(program, '/');
	bool const asked = services && *services && strcmp(services, "none") != 0;

	if (services && strcmp(services, "none") == 0)
		return false;
	if (!declared())
		return asked && strcmp(services, "all") != 0;
	return asked || !command || strcmp(slash ? slash + 1 : program, "init") == 0;
}

int main(int argc, char **argv, char **environment)
{
	int used = 1;
	int const first = options(argc, argv, &used);
	bool const command = first < argc;
	bool tree;
	int signals;

	plan_arguments[0] = (char[]){ "orlop-plan" };
	if (!services)
		services = getenv("ORLOP_SERVICES");
	tree = wants_tree(argv[0], command);
	if (!tree && !command)
		leave(100, "fatal: no command was given and no service is declared\n" USAGE);
	if (argc - first >= PLAN_ARGUMENTS_MAX)
		leave(100, "fatal: the command has too many words");
	if (sys_getpid() != 1)
		(void)sys_prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
	signals = signals_take();
	if (signals < 0)
		leave(111, "fatal: signalfd failed");
	if (!tree)
		sys_exit(plain_run(signals, argv + first, environment));
	if (command)
		plan_arguments[used++] = (char[]){ "--" };
	for (int i = first; i < argc; i++)
		plan_arguments[used++] = argv[i];
	init.environment = environment;
	sys_exit(tree_run(signals, plan_arguments));
}
