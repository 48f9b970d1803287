/* SPDX-License-Identifier: ISC */
/*
 * orlop lockdown: gives the files of an image the owners and modes that the declarations want. The
 * plan of the image comes from orlop-plan; see orlop-lockdown(8).
 */
#include "lib/image.h"
#include "lib/options.h"
#include "lib/programs.h"
#include "lockdown/lockdown.h"
#include "sys/sys.h"

#include <signal.h>
#include <skalibs/sig.h>
#include <skalibs/strerr.h>
#include <string.h>

#define USAGE "orlop lockdown [--check|--dry-run] [--verbose] [--json] [--directory=DIR]"

enum {
	EXIT_USAGE = 100,
	OPTIONS = OPTION_CHECK | OPTION_DRY_RUN | OPTION_VERBOSE | OPTION_JSON | OPTION_DIRECTORY
};

static int refuse(struct text *problem)
{
	strerr_warn(PROG, " lockdown: ", text_string(problem));
	strerr_warn("usage: ", USAGE);
	return EXIT_USAGE;
}

static int run(struct options const *options, char const *const *envp)
{
	struct outcomes outcomes = { .json_wanted = options->given & OPTION_JSON };
	struct image image;
	int status = image_load(&image, options->directory, envp);
	int error;

	if (status)
		return status;
	if (options->given & OPTION_CHECK)
		outcomes.mode = LOCKDOWN_CHECK;
	if (options->given & OPTION_DRY_RUN)
		outcomes.mode = LOCKDOWN_DRY_RUN;
	outcomes.lines = options->given & OPTION_VERBOSE || outcomes.mode != LOCKDOWN_APPLY;
	outcomes.plan = image.plan;
	if (outcomes.mode == LOCKDOWN_APPLY)
		(void)sig_ignore(SIGPIPE); /* a reader who is gone does not end the work half way */
	(void)sys_umask(0);
	outcomes_begin(&outcomes);
	error = lockdown_run(&outcomes);
	if (error < 0) {
		strerr_warn(PROG, " lockdown: not finished: ", strerror(-error));
		outcomes.failed++;
	}
	status = outcomes_end(&outcomes);
	image_free(&image);
	return status;
}

int lockdown_main(int argc, char const *const *argv, char const *const *envp)
{
	unsigned const either = OPTION_CHECK | OPTION_DRY_RUN;
	struct text problem = TEXT_EMPTY;
	struct options options;
	int status;

	if (options_parse(&options, OPTIONS, argc, argv, &problem) < 0) {
		status = refuse(&problem);
	} else if (options.word_count) {
		text_add(&problem, "found ");
		text_add_plain(&problem, options.words[0]);
		text_add(&problem, ", expected options only");
		status = refuse(&problem);
	} else if ((options.given & either) == either) {
		text_add(&problem, "found --check and --dry-run, expected one of them");
		status = refuse(&problem);
	} else {
		status = run(&options, envp);
	}
	options_free(&options);
	text_free(&problem);
	return status;
}
