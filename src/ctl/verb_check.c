/* SPDX-License-Identifier: ISC */
/*
 * orlop check: the very program that PID 1 runs at boot reads the declarations, with --check. It
 * is this same file under its other name, so what is checked is what will run. Then each php-fpm
 * that would start is asked for its configuration, which boot never does. With --image it is the
 * plan of an image that is checked, where what only a container has may be missing.
 */
#include "ctl/check_fpm.h"
#include "ctl/ctl.h"
#include "lib/image.h"
#include "lib/options.h"

/* In the plan of an image nothing starts, so all of it is looked at. */
static int check(struct options const *options, char const *const *envp)
{
	bool const whole = options->given & OPTION_IMAGE;
	struct image image;
	int status = whole
			 ? image_load(&image, options->directory, envp)
			 : image_load_checked(&image, options->directory, options->services, envp);

	if (status == 0)
		status = check_fpm(image.plan, whole ? 0 : PLAN_ENABLED | PLAN_SELECTED, envp);
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
	else if (options.given & OPTION_IMAGE && options.given & OPTION_SERVICES)
		status = ctl_usage("check", "found --image and --services, expected one of them");
	else
		status = check(&options, envp);
	options_free(&options);
	text_free(&problem);
	return status;
}
