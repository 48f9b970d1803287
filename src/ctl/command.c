/* SPDX-License-Identifier: ISC */
/*
 * The table of verbs of `orlop`, its help and its usage errors. A verb comes into being by a line
 * here and a file verb_NAME.c.
 */
#include "ctl/ctl.h"
#include "ctl/report.h"
#include "lib/options.h"
#include "lib/text.h"

#include <skalibs/strerr.h>
#include <string.h>

#define PID_HELP     "  --pid=N               the process that orlop-init is ($ORLOP_PID, else 1)\n"
#define JSON_HELP    "  --json                as JSON, see orlop(1)\n"
#define TIMEOUT_HELP "  --timeout=DURATION    how long to wait for the outcome\n"
#define WAIT_HELP    TIMEOUT_HELP "  --no-wait             do not wait for the outcome\n" PID_HELP

enum { OPTIONS_WAIT = OPTION_PID | OPTION_TIMEOUT | OPTION_NO_WAIT };

static struct ctl_verb const verbs[] = {
	{ "check", "[--image|--services=LIST] [--directory=DIR]",
	  "check the declarations, change nothing",
	  "  --directory=DIR       where orlop.ini and services/ are (/etc/orlop)\n"
	  "  --services=LIST       as if started with these services only\n"
	  "  --image               those of an image that `orlop build` has yet to make ready\n",
	  OPTION_DIRECTORY | OPTION_SERVICES | OPTION_IMAGE, 0, 0, verb_check },
	{ "lockdown", "[--check|--dry-run] [--verbose] [--json] [--directory=DIR]",
	  "give files the owners and modes that are declared",
	  "  --check               change nothing, exit 1 when something is wrong\n"
	  "  --dry-run             change nothing, list what would be changed\n"
	  "  --verbose             a line for each change\n"
	  "  --json                as JSON, see orlop-lockdown(8)\n"
	  "  --directory=DIR       where orlop.ini and services/ are (/etc/orlop)\n",
	  OPTION_CHECK | OPTION_DRY_RUN | OPTION_VERBOSE | OPTION_JSON | OPTION_DIRECTORY, 0, 0,
	  lockdown_main },
	{ "audit", "[--json] [--directory=DIR] [NAME...]",
	  "ask the kernel what the services could do to the image and to each other",
	  "  --json                as JSON, see orlop-audit(8)\n"
	  "  --directory=DIR       where orlop.ini and services/ are (/etc/orlop)\n",
	  OPTION_JSON | OPTION_DIRECTORY, 0, 0, audit_main },
	{ "build", "[--directory=DIR]", "make an image ready, as the last line of its Dockerfile",
	  "  --directory=DIR       where orlop.ini and services/ are (/etc/orlop)\n",
	  OPTION_DIRECTORY, 0, 0, build_main },
	{ "explain", "[--syscalls] [--json] [--directory=DIR] NAME...",
	  "what a service will run as, what it may touch, and why",
	  "  --syscalls            each system call that is denied, with its reason\n" JSON_HELP
	  "  --directory=DIR       where orlop.ini and services/ are (/etc/orlop)\n",
	  OPTION_SYSCALLS | OPTION_JSON | OPTION_DIRECTORY, 0, 1, verb_explain },
	{ "status", "[--json] [NAME...]", "what runs, as whom, since when, and why not",
	  JSON_HELP PID_HELP, OPTION_JSON | OPTION_PID, 0, 0, verb_status },
	{ "tree", "[--json] [NAME...]", "who needs whom, with states", JSON_HELP PID_HELP,
	  OPTION_JSON | OPTION_PID, 0, 0, verb_tree },
	{ "start", "[OPTIONS] NAME...", "start services and all that they need", WAIT_HELP,
	  OPTIONS_WAIT, 0, 1, verb_start },
	{ "stop", "[OPTIONS] NAME...", "stop services, after all that need them", WAIT_HELP,
	  OPTIONS_WAIT, 0, 1, verb_stop },
	{ "restart", "[OPTIONS] NAME...", "stop and start these services alone", WAIT_HELP,
	  OPTIONS_WAIT, 0, 1, verb_restart },
	{ "signal", "[OPTIONS] SIGNAL NAME...", "send a signal to services",
	  "  --group               to the whole process group of each\n" WAIT_HELP,
	  OPTIONS_WAIT | OPTION_GROUP, 1, 1, verb_signal },
	{ "upgrade", "[OPTIONS]", "go on as the programs that are on disk now", WAIT_HELP,
	  OPTIONS_WAIT, 0, 0, verb_upgrade },
	{ "wait", "[--ready|--down] [OPTIONS] [NAME...]",
	  "wait until services run, or are ready, or are down",
	  "  --ready               until they are ready, or done\n"
	  "  --down                until nothing of them runs\n"
	  "  --timeout=DURATION    how long at most (for ever)\n" PID_HELP,
	  OPTION_READY | OPTION_DOWN | OPTION_TIMEOUT | OPTION_PID, 0, 0, verb_wait },
	{ "exec", "[--pid=N] NAME [-- COMMAND...]", "a command (a shell) in the cage of a service",
	  PID_HELP, OPTION_PID, 0, 1, verb_exec },
	{ "run", "[--directory=DIR] NAME",
	  "one service in its cage, in the foreground, supervised by nobody",
	  "  --directory=DIR       where orlop.ini and services/ are (/etc/orlop)\n",
	  OPTION_DIRECTORY, 0, 1, verb_run },
	{ "logs", "[-f] [-n LINES] [NAME...]", "the last lines that services have said",
	  "  -f, --follow          go on with what they say from now on\n"
	  "  -n, --lines=LINES     how many lines of each service at most (100)\n" PID_HELP,
	  OPTION_FOLLOW | OPTION_LINES | OPTION_PID, 0, 0, verb_logs },
	{ "events", "[-f] [--json] [NAME...]", "what has happened: states, signals, restarts",
	  "  -f, --follow          go on with what happens from now on\n" JSON_HELP PID_HELP,
	  OPTION_FOLLOW | OPTION_JSON | OPTION_PID, 0, 0, verb_events },
	{ "timeline", "[NAME...]", "boot and run as a picture (SVG) on standard output", PID_HELP,
	  OPTION_PID, 0, 0, verb_timeline },
	{ "health", "[--json] [NAME...]", "exit 0 when all is well, for HEALTHCHECK and probes",
	  JSON_HELP PID_HELP, OPTION_JSON | OPTION_PID, 0, 0, verb_health },
};

enum { VERB_COUNT = sizeof verbs / sizeof verbs[0] };

struct ctl_verb const *ctl_verb_find(char const *name)
{
	for (int i = 0; i < VERB_COUNT; i++)
		if (!strcmp(verbs[i].name, name))
			return &verbs[i];
	return NULL;
}

int ctl_usage(char const *verb, char const *problem)
{
	struct ctl_verb const *found = ctl_verb_find(verb);

	strerr_warn(PROG, " ", verb, ": ", problem);
	if (found)
		strerr_warn("usage: orlop ", verb, " ", found->words);
	return EXIT_USAGE;
}

static int help(void)
{
	struct text text = TEXT_EMPTY;

	text_add(&text, "usage: orlop VERB [OPTIONS] [NAME...]\n\n");
	for (int i = 0; i < VERB_COUNT; i++) {
		size_t const start = text.bytes.len;

		text_add(&text, "  ");
		text_add(&text, verbs[i].name);
		text_pad(&text, start, 12);
		text_add(&text, verbs[i].summary);
		text_add(&text, "\n");
	}
	text_add(&text, "\nOptions of a verb: orlop VERB --help\n"
			"Exit status: 0 yes, 1 no, 100 wrong usage, 111 the system refused.\n");
	return report_print(&text, EXIT_YES);
}

static int verb_help(struct ctl_verb const *verb)
{
	struct text text = TEXT_EMPTY;

	text_add(&text, "usage: orlop ");
	text_add(&text, verb->name);
	text_add(&text, " ");
	text_add(&text, verb->words);
	text_add(&text, "\n");
	text_add(&text, verb->summary);
	text_add(&text, "\n\n");
	text_add(&text, verb->help);
	return report_print(&text, EXIT_YES);
}

static int version(void)
{
	struct text text = TEXT_EMPTY;

	text_add(&text, "orlop " ORLOP_VERSION "\n");
	return report_print(&text, EXIT_YES);
}

static int asks_for_help(int argc, char const *const *argv)
{
	for (int i = 1; i < argc && strcmp(argv[i], "--"); i++)
		if (!strcmp(argv[i], "--help") || !strcmp(argv[i], "-h"))
			return 1;
	return 0;
}

int ctl_run(int argc, char const *const *argv, char const *const *envp)
{
	struct ctl_verb const *verb;

	if (argc < 2) {
		strerr_warn(PROG, ": found no verb, expected one; see orlop --help");
		return EXIT_USAGE;
	}
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h") || !strcmp(argv[1], "help"))
		return help();
	if (!strcmp(argv[1], "--version"))
		return version();
	verb = ctl_verb_find(argv[1]);
	if (!verb) {
		strerr_warn(PROG, ": unknown verb ", argv[1], "; see orlop --help");
		return EXIT_USAGE;
	}
	if (asks_for_help(argc - 1, argv + 1))
		return verb_help(verb);
	return verb->run(argc - 1, argv + 1, envp);
}
