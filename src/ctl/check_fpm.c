/* SPDX-License-Identifier: ISC */
/* One php-fpm after the other; what each refuses and what is wrong with it. See check_fpm.h. */
#include "ctl/check_fpm.h"

#include "ctl/ctl.h"
#include "ctl/fpm_rules.h"
#include "ctl/fpm_run.h"

#include <errno.h>
#include <skalibs/strerr.h>
#include <string.h>
#include <unistd.h>

enum { SIGNALLED = 128, CONFINE_REFUSED = 111, NOT_EXECUTABLE = 126, NOT_FOUND = 127 };

static char const *name_of(void const *plan, struct plan_slot const *slot)
{
	return plan_string(plan, slot->service);
}

/* The value of FPM_SOCKETS that the plan gives it. */
static char const *sockets_of(void const *plan, struct plan_slot const *slot)
{
	static char const name[] = "FPM_SOCKETS=";

	for (uint32_t i = 0; i < slot->environment.count; i++) {
		char const *const variable = plan_string(plan,
							 plan_words(plan, slot->environment)[i]);

		if (!strncmp(variable, name, sizeof name - 1))
			return variable + sizeof name - 1;
	}
	return "";
}

static void notice(void const *plan, struct plan_slot const *slot, char const *why)
{
	strerr_warn(PROG, " check: notice: ", name_of(plan, slot),
		    ": its php-fpm cannot be asked for its configuration here: ", why);
}

/* What it said before it refused, or why it could not even be started: its last line. */
static char const *last_line(char *output)
{
	char const *last = "it said nothing";
	char *line;

	while ((line = strsep(&output, "\n")))
		if (*line)
			last = line;
	return last;
}

static int refused(void const *plan, struct plan_slot const *slot, struct fpm_dump *dump)
{
	/* Under another uid than its own a refusal proves nothing. */
	if (plan_header(plan)->uid != 0 && (plan_header(plan)->uid != slot->uid ||
					    plan_header(plan)->host & PLAN_HOST_SHARED_UID)) {
		notice(plan, slot, "this needs the service's user or root");
		return EXIT_YES;
	}
	strerr_warn(plan_string(plan, slot->file), ": ", name_of(plan, slot), ": run as ",
		    plan_string(plan, slot->user),
		    ", php-fpm refuses its configuration: ", text_string(&dump->refusal));
	return EXIT_USAGE;
}

static int judge(void const *plan, struct plan_slot const *slot, struct fpm_dump const *dump)
{
	struct fpm_service const service = {
		.name = name_of(plan, slot),
		.stop_timeout = slot->stop_timeout,
		.sockets = sockets_of(plan, slot),
		.has_variables = slot->flags & PLAN_PASS_ALL || slot->pass.count ||
				 slot->secrets.count,
	};
	struct text faults = TEXT_EMPTY;
	int status = fpm_rules_check(dump, &service, &faults) ? EXIT_USAGE : EXIT_YES;

	if (text_write(&faults, STDERR_FILENO) < 0)
		status = EXIT_SYSTEM;
	text_free(&faults);
	return status;
}

static int check(void const *plan, struct plan_slot const *slot, int status, char *output)
{
	struct fpm_dump dump;
	int result;

	if (status >= SIGNALLED || status == CONFINE_REFUSED || status == NOT_EXECUTABLE ||
	    status == NOT_FOUND) {
		notice(plan, slot, last_line(output));
		return EXIT_YES;
	}
	if (fpm_dump_parse(&dump, output) < 0)
		result = EXIT_SYSTEM;
	else if (dump.refusal.bytes.len)
		result = refused(plan, slot, &dump);
	else if (dump.file)
		result = judge(plan, slot, &dump);
	else {
		notice(plan, slot, "its -tt prints none, as with a log_level above notice");
		result = EXIT_YES;
	}
	fpm_dump_free(&dump);
	return result;
}

static bool may_write_temporary(void const *plan, struct plan_slot const *slot)
{
	for (uint32_t i = 0; i < slot->paths.count; i++) {
		struct plan_path const *path = plan_paths(plan, slot->paths) + i;
		char const *const name = plan_string(plan, path->path);

		if (path->rights & PLAN_WRITE && (!strcmp(name, "/tmp") || !strcmp(name, "/")))
			return true;
	}
	return false;
}

static bool has_lock_elsewhere(void const *plan, struct plan_slot const *slot)
{
	for (uint32_t i = 0; i < slot->arguments.count; i++)
		if (strstr(plan_string(plan, plan_words(plan, slot->arguments)[i]),
			   "opcache.lockfile_path="))
			return true;
	return false;
}

/* Debian's opcache ends php-fpm when it cannot make its lock, and names no path. */
static void check_temporary(void const *plan, struct plan_slot const *slot)
{
	if (!(slot->flags & PLAN_FILE_CAGE) || may_write_temporary(plan, slot) ||
	    has_lock_elsewhere(plan, slot))
		return;
	strerr_warn(
	    PROG, " check: notice: ", name_of(plan, slot),
	    ": write: found no /tmp, expected it for uploads and the lock of opcache, or -d "
	    "opcache.lockfile_path= and another directory in the command");
}

static int check_slot(void const *plan, struct plan_slot const *slot,
		      char const *const *environment)
{
	stralloc output = STRALLOC_ZERO;
	int const status = fpm_run(plan, slot, environment, &output);
	int result = EXIT_YES;

	if (status < 0)
		notice(plan, slot,
		       status == -ETIME ? "it does not end, as its -tt should" : strerror(-status));
	else
		result = check(plan, slot, status, output.s);
	stralloc_free(&output);
	return result;
}

int check_fpm(void const *plan, uint32_t flags, char const *const *environment)
{
	int worst = EXIT_YES;
	int result;

	for (uint32_t i = 0; i < plan_header(plan)->visible; i++) {
		struct plan_slot const *const slot = plan_slot(plan, i);
		bool const process = slot->kind == PLAN_LONGRUN && slot->instance <= 1 &&
				     (slot->flags & flags) == flags;

		if (process && fpm_run_find(plan, slot) != PLAN_NONE) {
			check_temporary(plan, slot);
			result = check_slot(plan, slot, environment);
			worst = result > worst ? result : worst;
		}
	}
	return worst;
}
