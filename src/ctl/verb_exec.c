/* SPDX-License-Identifier: ISC */
/*
 * orlop exec and run: a process in a service's cage, under the eyes of who asks. `exec` joins a
 * running container with a command of its own; `run` is the service itself in the foreground, from
 * the declarations as they are now, with nobody who supervises it.
 */
#include "ctl/ctl.h"
#include "ctl/enter.h"
#include "ctl/report.h"
#include "lib/image.h"
#include "sys/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <skalibs/strerr.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* One slot with a process, from the name that was given; PLAN_NONE after a message. */
static uint32_t find_slot(char const *verb, void const *plan, char const *name)
{
	struct text problem = TEXT_EMPTY;
	struct pick pick = { 0 };
	uint32_t slot = PLAN_NONE;

	if (pick_slots(&pick, plan, &name, 1, &problem) < 0)
		strerr_warn(PROG, " ", verb, ": ", text_string(&problem));
	for (uint32_t i = 0; i < pick.count && slot == PLAN_NONE; i++)
		if (plan_slot(plan, pick.slots[i])->kind != PLAN_BUNDLE)
			slot = pick.slots[i];
	if (pick.count && slot == PLAN_NONE)
		strerr_warn(PROG, " ", verb, ": ", name,
			    ": is a bundle, which has no process: name one of its members");
	pick_free(&pick);
	text_free(&problem);
	return slot;
}

static int parse(char const *verb, struct options *options, int argc, char const *const *argv)
{
	struct text problem = TEXT_EMPTY;
	int status = 0;

	if (options_parse(options, ctl_verb_find(verb)->options, argc, argv, &problem) < 0) {
		if (options->word_count)
			text_add(&problem, "; the options of a command stand behind --");
		status = ctl_usage(verb, text_string(&problem));
	} else if (options->word_count == 0)
		status = ctl_usage(verb, "found no NAME, expected that of a service");
	text_free(&problem);
	return status;
}

int verb_exec(int argc, char const *const *argv, char const *const *envp)
{
	static char const *const shell[] = { "/bin/sh", NULL };
	struct options options;
	struct house house;
	int status = parse("exec", &options, argc, argv);
	uint32_t slot;

	if (status == 0)
		status = house_enter(&house, &options, envp);
	if (status) {
		options_free(&options);
		return status;
	}
	slot = find_slot("exec", house.plan, options.words[0]);
	status = EXIT_USAGE;
	if (slot != PLAN_NONE)
		status = enter(&(struct enter){
		    .verb = "exec",
		    .plan = house.plan,
		    .size = house.sizes[0],
		    .slot = slot,
		    .arguments = options.word_count > 1 ? options.words + 1 : shell,
		    .environment = envp,
		});
	house_close(&house);
	options_free(&options);
	return status;
}

/* What orlop-plan would say of it speaks of an option that nobody gave. */
static int find_file(struct options const *options)
{
	char const *name = options->words[0];
	struct text problem = TEXT_EMPTY;
	struct text path = TEXT_EMPTY;
	int error;

	text_add(&path, options->given & OPTION_DIRECTORY ? options->directory : "/etc/orlop");
	text_add(&path, "/services/");
	text_add_bytes(&path, name, strcspn(name, "@"));
	text_add(&path, ".ini");
	error = path.failed ? 0 : sys_faccessat(AT_FDCWD, text_string(&path), F_OK);
	if (error == -ENOENT) {
		text_add_plain(&problem, name);
		text_add(&problem, "; there is no ");
		text_add_plain(&problem, text_string(&path));
		strerr_warn(PROG, " run: no such service: ", text_string(&problem));
	}
	text_free(&problem);
	text_free(&path);
	return error == -ENOENT ? EXIT_USAGE : 0;
}

int verb_run(int argc, char const *const *argv, char const *const *envp)
{
	struct options options;
	struct image image = { 0 };
	int status = parse("run", &options, argc, argv);
	uint32_t slot = PLAN_NONE;

	if (status == 0 && options.word_count > 1)
		status = ctl_usage("run", "found more than one NAME, expected one service");
	if (status == 0)
		status = find_file(&options);
	if (status == 0)
		status = image_load_service(
		    &image, options.given & OPTION_DIRECTORY ? options.directory : NULL,
		    options.words[0], envp);
	if (status == 0)
		slot = find_slot("run", image.plan, options.words[0]);
	if (status == 0 && slot == PLAN_NONE)
		status = EXIT_USAGE;
	if (status == 0)
		status = enter(&(struct enter){
		    .verb = "run",
		    .plan = image.plan,
		    .size = image.size,
		    .slot = slot,
		    .environment = envp,
		    .sockets = true,
		});
	image_free(&image);
	options_free(&options);
	return status;
}
