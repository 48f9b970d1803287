/* SPDX-License-Identifier: ISC */
/*
 * orlop check: the very program that PID 1 runs at boot reads the declarations, with --check. It
 * is this same file under its other name, so what is checked is what will run. Then each php-fpm
 * is asked for its configuration, which boot never does. With --image it is the plan of an image
 * that is checked, where what only a container has may be missing.
 */
#include "ctl/check_fpm.h"
#include "ctl/ctl.h"
#include "lib/image.h"
#include "lib/options.h"

#include <skalibs/strerr.h>
#include <string.h>

static int run_plan(struct options const *options, char const *const *envp)
{
	struct text directory = TEXT_EMPTY;
	struct text services = TEXT_EMPTY;
	char const *words[5] = { "orlop-plan", "--check" };
	int count = 2;
	int status;

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
	status = image_run(words, envp, -1);
	if (status < 0)
		strerr_warn(PROG, " check: cannot run orlop-plan: ", strerror(-status));
	text_free(&directory);
	text_free(&services);
	return status < 0 ? EXIT_SYSTEM : status;
}

static int run_fpm(struct options const *options, char const *const *envp)
{
	struct image image;
	int status = image_load(&image, options->directory, envp);

	if (status == 0)
		status = check_fpm(image.plan, envp);
	image_free(&image);
	return status;
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
	else if (options.given & OPTION_IMAGE)
		status = EXIT_YES; /* its plan is made anew for php-fpm */
	else
		status = run_plan(&options, envp);
	if (status == EXIT_YES)
		status = run_fpm(&options, envp);
	options_free(&options);
	text_free(&problem);
	return status;
}
