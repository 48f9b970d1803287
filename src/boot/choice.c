/* SPDX-License-Identifier: ISC */
/*
 * The words that orlop-init was started with, and the name it was started under; orlop-init(8) has
 * the table. Options come before the command, and orlop-plan gets them as they are.
 */
#include "boot/choice.h"

#include "sys/say.h"
#include "sys/sys.h"
#include "wire/plan.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#define USAGE "[-h] [--version] [--directory=DIR] [--services=all|none|NAME,...] [--] [COMMAND...]"

static char const *directory = "/etc/orlop";
static char const *services;
static char *plan_arguments[PLAN_ARGUMENTS_MAX + 8];
static int used = 1; /* words of them */

static _Noreturn void leave(int status, char const *message, char const *object)
{
	say_to(status ? 2 : 1);
	say("orlop-init", message, object, NULL);
	sys_exit(status);
}

/* The index of the command. */
static int options(int argc, char **argv)
{
	int i = 1;

	for (; i < argc && argv[i][0] == '-' && strcmp(argv[i], "--") != 0; i++) {
		if (strcmp(argv[i], "-h") == 0 || strcmp(argv[i], "--help") == 0)
			leave(0, "usage: orlop-init ", USAGE);
		if (strcmp(argv[i], "--version") == 0)
			leave(0, ORLOP_VERSION, "");
		if (strncmp(argv[i], "--directory=", 12) == 0)
			directory = argv[i] + 12;
		else if (strncmp(argv[i], "--services=", 11) == 0)
			services = argv[i] + 11;
		else
			leave(100, "fatal: unknown option, see -h: ", argv[i]);
		if (used == 7)
			leave(100, "fatal: too many options, from ", argv[i]);
		plan_arguments[used++] = argv[i];
	}
	return i + (i < argc && strcmp(argv[i], "--") == 0);
}

/* Are there declarations? What cannot be looked at counts as one: orlop-plan will say why. */
static bool declared(void)
{
	int const folder = sys_openat(AT_FDCWD, directory, O_PATH | O_DIRECTORY | O_CLOEXEC, 0);
	int const found = sys_faccessat(folder, "services", F_OK);

	(void)sys_close(folder); /* if standard output was closed it has that number */
	return folder != -ENOENT && found != -ENOENT;
}

static bool wants_tree(char const *program, bool command)
{
	char const *slash = strrchr(program, '/');

	if (!services && !(services = getenv("ORLOP_SERVICES")))
		services = "";
	if (strcmp(services, "none") == 0)
		return false;
	if (!declared())
		return *services && strcmp(services, "all") != 0; /* orlop-plan refuses it */
	return *services || !command || strcmp(slash ? slash + 1 : program, "init") == 0;
}

struct choice choice_make(int argc, char **argv)
{
	int const first = options(argc, argv);
	struct choice const choice = { wants_tree(argv[0], first < argc), argv + first,
				       plan_arguments };

	if (!choice.tree && first == argc)
		leave(100, "fatal: no command, and no service declared or asked for; see -h", "");
	if (choice.tree && argc - first >= PLAN_ARGUMENTS_MAX)
		leave(100, "fatal: the command has too many words: ", argv[first]);
	if (!choice.tree)
		return choice;
	plan_arguments[0] = "orlop-plan";
	plan_arguments[used] = first < argc ? "--" : NULL;
	for (int i = first; i < argc; i++)
		plan_arguments[++used] = argv[i];
	return choice;
}
