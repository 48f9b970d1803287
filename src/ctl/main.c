/* SPDX-License-Identifier: ISC */
/*
 * The one file `orlop` is five programs: the name it is called by decides. Whatever is no name of
 * a part is the user's command.
 */
#include "ctl/ctl.h"

#include <skalibs/strerr.h>
#include <string.h>
#include <unistd.h>

struct program {
	char const *name;
	program_function *run;
};

static struct program const programs[] = {
	{ "orlop-plan", plan_main },
	{ "orlop-supervise", supervise_main },
	{ "orlop-log", log_main },
	{ "orlop-probe", probe_main },
};

char const *PROG = "orlop";

int main(int argc, char **argv)
{
	char const *const *const words = (char const *const *)argv;
	char const *const *const environment = (char const *const *)environ;
	char const *slash = argc > 0 ? strrchr(argv[0], '/') : NULL;
	char const *name = slash ? slash + 1 : argc > 0 ? argv[0] : PROG;

	for (size_t i = 0; i < sizeof programs / sizeof programs[0]; i++) {
		if (strcmp(programs[i].name, name))
			continue;
		PROG = programs[i].name;
		return programs[i].run(argc, words, environment);
	}
	return ctl_run(argc, words, environment);
}
