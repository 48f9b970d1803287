/* SPDX-License-Identifier: ISC */
/*
 * orlop check: the very program that PID 1 runs at boot reads the declarations, with --check. It
 * is this same file under its other name, so what is checked is what will run.
 */
#include "ctl/ctl.h"
#include "ctl/options.h"
#include "sys/sys.h"

#include <skalibs/strerr.h>
#include <string.h>

static int run_plan(struct options const *options, char const *const *envp)
{
	struct text directory = TEXT_EMPTY;
	struct text services = TEXT_EMPTY;
	char const *words[5] = { "orlop-plan", "--check" };
	int count = 2;
	int error;

	if (options->given & OPTION_DIRECTORY) {
		text_add(&directory, "--directory=");
		text_add(&directory, options->directory);
		words[count++] = text_string(&directory);
	}
	if (options->given & OPTION_SERVICES) {
		text_add(&services, "--services=");
		text_add(&services, options->services);
		words[count++] = text_string(&services);
	}
	if (directory.failed || services.failed) {
		strerr_warn(PROG, " check: out of memory");
		return EXIT_SYSTEM;
	}
	error = sys_execve("/proc/self/exe", (char *const *)words, (char *const *)envp);
	strerr_warn(PROG, " check: cannot run /proc/self/exe as orlop-plan: ", strerror(-error));
	text_free(&directory);
	text_free(&services);
	return EXIT_SYSTEM;
}

static int refuse_word(char const *word, struct text *problem)
{
	text_add(problem, "found ");
	text_add_plain(problem, word);
	text_add(problem, ", expected options only");
	return ctl_usage("check", text_string(problem));
}

int verb_check(int argc, char const *const *argv, char const *const *envp)
{
	struct text problem = TEXT_EMPTY;
	struct options options;
	int status = EXIT_USAGE;

	if (options_parse(&options, ctl_verb_find("check")->options, argc, argv, &problem) < 0)
		status = ctl_usage("check", text_string(&problem));
	else if (options.word_count)
		status = refuse_word(options.words[0], &problem);
	else
		status = run_plan(&options, envp);
	options_free(&options);
	text_free(&problem);
	return status;
}
