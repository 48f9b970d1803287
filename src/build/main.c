/* SPDX-License-Identifier: ISC */
/*
 * orlop build, the last line of a Dockerfile: one step after the other, and any failure fails. A
 * second run finds everything done and writes nothing. lockdown and audit are this same program,
 * run as a user would run them; see orlop-build(8).
 */
#include "build/account_files.h"
#include "build/child.h"
#include "build/grounds.h"
#include "build/runs.h"
#include "lib/columns.h"
#include "lib/duration.h"
#include "lib/image.h"
#include "lib/options.h"
#include "lib/programs.h"
#include "sys/moment.h"
#include "sys/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <skalibs/strerr.h>
#include <string.h>
#include <unistd.h>

enum { DONE = 0, FAILED = 1, USAGE = 100, SYSTEM = 111 };

struct build {
	char const *directory;
	char const *const *environment;
	struct image image;
	uint64_t begun;
	struct text accounts; /* what the summary says of each step */
	struct text runs;
	struct text files;
	struct text score;
};

static int refuse(char const *object, int error)
{
	strerr_warn(PROG, " build: ", object, ": ", strerror(-error));
	return SYSTEM;
}

static int check_user(void)
{
	uint32_t real;
	uint32_t effective;
	uint32_t saved;

	(void)sys_getresuid(&real, &effective, &saved); /* cannot fail */
	if (effective == 0)
		return DONE;
	strerr_warn(PROG, " build: found a user who is not root, expected root, who alone can make "
			  "accounts and give files away; USER belongs behind this line");
	return SYSTEM;
}

static void name_accounts(struct build *build)
{
	struct plan_list const list = plan_header(build->image.plan)->accounts;
	struct plan_account const *accounts = plan_accounts(build->image.plan, list);

	for (uint32_t i = 0; i < list.count; i++) {
		text_add(&build->accounts, i ? ", " : "made ");
		text_add(&build->accounts, accounts[i].group ? "group " : "");
		text_add(&build->accounts, plan_string(build->image.plan, accounts[i].name));
		text_add(&build->accounts, accounts[i].group ? " (gid " : " (uid ");
		text_add_unsigned(&build->accounts, accounts[i].id);
		text_add(&build->accounts, ")");
	}
	if (list.count == 0)
		text_add(&build->accounts, "nothing to make");
}

static int make_accounts(struct build *build)
{
	struct text path = TEXT_EMPTY;
	char const *file;
	int const result = account_files_make("/etc", build->image.plan, &file);

	name_accounts(build);
	if (result >= 0)
		return DONE;
	text_add(&path, "/etc/");
	text_add(&path, file);
	if (result == -ELOOP)
		strerr_warn(PROG, " build: ", text_string(&path),
			    ": found a link, expected the file itself, which is to be replaced");
	else
		(void)refuse(text_string(&path), result);
	text_free(&path);
	return SYSTEM;
}

static int run_services(struct build *build)
{
	int result = grounds_prepare(build->image.plan);

	if (result)
		return result;
	if (!runs_wanted(build->image.plan)) {
		text_add(&build->runs, "none is declared with phase = build");
		return DONE;
	}
	result = runs_run(build->directory, build->environment, &build->runs);
	if (result < 0)
		return refuse("orlop-init", result);
	if (build->runs.bytes.len == 0)
		text_add(&build->runs, "all are done");
	if (result == 0)
		return DONE;
	if (result == CHILD_NOT_RUN)
		return SYSTEM;
	strerr_warn(PROG, " build: a service with phase = build has failed, see above");
	return FAILED;
}

/* A verb of this same program, whose last line is its summary. */
static int run_verb(struct build *build, char const *verb, char const *more, struct text *last)
{
	struct text option = TEXT_EMPTY;
	char const *words[] = { "orlop", verb, "", more, NULL };
	struct child const child = { "/proc/self/exe", words, build->environment, -1, last };
	int result;

	text_add(&option, "--directory=");
	text_add(&option, build->directory);
	words[2] = text_string(&option);
	result = option.failed ? -ENOMEM : child_run(&child);
	text_free(&option);
	if (result < 0)
		return refuse(verb, result);
	if (result)
		strerr_warn(PROG, " build: ", verb, " has failed, see above");
	return result >= CHILD_NOT_RUN ? SYSTEM : result; /* killed, too */
}

/* A program that services of phase = build might have made was a notice before; now it is not. */
static int find_program(void const *plan, struct plan_slot const *slot)
{
	char const *const path = plan_string(plan, slot->executable);

	if (slot->kind == PLAN_BUNDLE || slot->flags & PLAN_BUILD ||
	    !(slot->flags & PLAN_ENABLED) || slot->instance > 1)
		return DONE;
	if (*path == '/' && sys_faccessat(AT_FDCWD, path, X_OK) >= 0)
		return DONE;
	strerr_warn(plan_string(plan, slot->file), ": ", plan_string(plan, slot->service),
		    ": command: found \"", path,
		    "\", expected an executable file once all of phase = build is done");
	return USAGE;
}

/* The services have run: what they have installed and written, also for php-fpm, counts. */
static int check_programs(struct build *build)
{
	int status;

	image_free(&build->image);
	status = image_load(&build->image, build->directory, build->environment);
	if (status)
		return status;
	for (uint32_t i = 0; i < plan_header(build->image.plan)->visible; i++) {
		int const found = find_program(build->image.plan, plan_slot(build->image.plan, i));

		status = found ? found : status;
	}
	return status ? status : run_verb(build, "check", "--image", NULL);
}

/* The audit comes even if something could not be mended: all that is wrong is said at once. */
static int judge_files(struct build *build)
{
	int const mended = run_verb(build, "lockdown", NULL, &build->files);
	int const judged = mended > FAILED ? 0 : run_verb(build, "audit", NULL, &build->score);

	return mended > judged ? mended : judged;
}

static void put(struct columns *columns, char const *step, struct text *said)
{
	columns_put(columns, "");
	columns_put(columns, step);
	columns_put(columns, text_string(said));
}

static int summarize(struct build *build)
{
	struct text text = TEXT_EMPTY;
	struct columns columns;
	int error;

	text_add(&text, "orlop build: done in ");
	duration_add(&text, moment_now() - build->begun);
	text_add(&text, "\n");
	columns_init(&columns, 3);
	put(&columns, "accounts", &build->accounts);
	put(&columns, "services", &build->runs);
	put(&columns, "lockdown", &build->files);
	put(&columns, "audit", &build->score);
	columns_print(&columns, NULL, &text);
	columns_free(&columns);
	error = text_write(&text, STDOUT_FILENO);
	text_free(&text);
	return error < 0 ? refuse("standard output", error) : DONE;
}

static int run_steps(struct build *build)
{
	int status = image_load(&build->image, build->directory, build->environment);

	if (status == DONE)
		status = make_accounts(build);
	if (status == DONE)
		status = run_services(build);
	if (status == DONE)
		status = check_programs(build);
	if (status == DONE)
		status = judge_files(build);
	if (status == DONE)
		status = summarize(build);
	image_free(&build->image);
	return status;
}

/* No descriptor that is opened later shall be taken for a standard one that is closed. */
static void open_standard(void)
{
	int fd;

	do
		fd = sys_openat(AT_FDCWD, "/dev/null", O_RDWR, 0);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		(void)sys_close(fd); /* nothing was written */
}

int build_main(int argc, char const *const *argv, char const *const *envp)
{
	struct build build = { .directory = "/etc/orlop", .environment = envp };
	struct text problem = TEXT_EMPTY;
	struct options options;
	int status;

	if (argc == 2 && !strcmp(argv[1], "--note-runs"))
		return runs_note();
	open_standard();
	build.begun = moment_now();
	if (options_parse(&options, OPTION_DIRECTORY, argc, argv, &problem) < 0 ||
	    options.word_count) {
		strerr_warn(PROG, " build: ",
			    problem.bytes.len ? text_string(&problem)
					      : "found a word, expected none");
		strerr_warn("usage: orlop build [--directory=DIR]");
		status = USAGE;
	} else {
		if (options.directory)
			build.directory = options.directory;
		status = check_user();
	}
	options_free(&options);
	text_free(&problem);
	if (status == DONE)
		status = run_steps(&build);
	text_free(&build.accounts);
	text_free(&build.runs);
	text_free(&build.files);
	text_free(&build.score);
	return status;
}
