/* SPDX-License-Identifier: ISC */
/*
 * orlop-probe [--wait] [--timeout=DURATION] TARGET: one question to a service, answered by the exit
 * status. It runs in the cage of the service that it asks, for `ready` and `health`.
 */
#include "lib/duration.h"
#include "lib/now.h"
#include "lib/programs.h"
#include "probe/probe.h"
#include "sys/sys.h"

#include <errno.h>
#include <skalibs/strerr.h>
#include <stdbool.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define USAGE	    "orlop-probe [--wait] [--timeout=DURATION] TARGET"
#define SECOND	    UINT64_C(1000000000)
#define MILLISECOND UINT64_C(1000000)

struct settings {
	bool wait;
	uint64_t timeout; /* 0: none given */
	char const *target;
};

static int usage(char const *found, char const *expected)
{
	strerr_warn(PROG, ": found ", found, ", expected ", expected);
	strerr_warn("usage: " USAGE);
	return 100;
}

static int take_word(struct settings *settings, char const *word)
{
	if (!strcmp(word, "--wait")) {
		settings->wait = true;
		return 0;
	}
	if (!strncmp(word, "--timeout=", 10)) {
		if (duration_parse(word + 10, &settings->timeout) < 0 || settings->timeout == 0)
			return usage(word, "--timeout= and a duration such as 500ms, 10s or 2m");
		return 0;
	}
	if (word[0] == '-')
		return usage(word, "--wait or --timeout=DURATION");
	if (settings->target)
		return usage(word, "one target only");
	settings->target = word;
	return 0;
}

/* One try ends after 5 s, or with the whole time: what hangs may well answer at the next one. */
static int ask(struct probe_target const *target, uint64_t end, struct text *why)
{
	uint64_t deadline = now_read(CLOCK_MONOTONIC) + 5 * SECOND;

	if (end && end < deadline)
		deadline = end;
	text_free(why);
	return target->kind->try(target, deadline, why);
}

static void nap(uint64_t *length)
{
	struct timespec time = { .tv_nsec = (long)*length };

	(void)sys_ppoll(NULL, 0, &time, NULL, SYS_MASK_SIZE);
	*length *= 2;
	if (*length > 250 * MILLISECOND)
		*length = 250 * MILLISECOND;
}

static bool refused_by_system(int error)
{
	return error == -ENOMEM || error == -ENFILE || error == -EMFILE || error == -ENOBUFS;
}

static int run(struct settings const *settings, struct probe_target const *target)
{
	uint64_t const begin = now_read(CLOCK_MONOTONIC);
	uint64_t const end = settings->timeout ? begin + settings->timeout : 0;
	uint64_t length = 10 * MILLISECOND;
	struct text why = TEXT_EMPTY;
	int error = ask(target, end, &why);

	while (error < 0 && settings->wait && (!end || now_read(CLOCK_MONOTONIC) + length < end)) {
		nap(&length);
		error = ask(target, end, &why);
	}
	if (error < 0)
		strerr_warn(PROG, ": ", settings->target, ": ", text_string(&why));
	text_free(&why);
	if (error == 0)
		return 0;
	return refused_by_system(error) ? 111 : 1;
}

int probe_main(int argc, char const *const *argv, char const *const *envp)
{
	struct settings settings = { 0 };
	struct text problem = TEXT_EMPTY;
	struct probe_target target;

	(void)envp;
	for (int i = 1; i < argc; i++) {
		int status;

		if (!strcmp(argv[i], "--help") || !strcmp(argv[i], "-h")) {
			text_add(&problem, "usage: " USAGE "\n");
			status = text_write(&problem, STDOUT_FILENO) < 0 ? 111 : 0;
			text_free(&problem);
			return status;
		}
		status = take_word(&settings, argv[i]);
		if (status)
			return status;
	}
	if (!settings.target)
		return usage("no target", "one");
	if (probe_parse(&target, settings.target, &problem) < 0) {
		(void)usage(settings.target, text_string(&problem));
		text_free(&problem);
		return 100;
	}
	return run(&settings, &target);
}
