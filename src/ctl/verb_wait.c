/* SPDX-License-Identifier: ISC */
/*
 * orlop wait: looks at the tables until the services are what is waited for, or can never be. It
 * may be called before the tree has started: it waits for that too. Without names it is about all
 * services that are meant to run.
 */
#include "ctl/ctl.h"
#include "ctl/report.h"
#include "lib/now.h"
#include "sys/sys.h"

#include <errno.h>
#include <skalibs/strerr.h>

enum verdict { PENDING, YES, NEVER };

struct waiting {
	struct report report;
	uint64_t deadline; /* UINT64_MAX: none */
	bool all;	   /* no names were given */
};

static bool ends(struct waiting const *w)
{
	return atomic_load(&house_status(&w->report.house)->phase) >= STATUS_ENDING;
}

static enum verdict judge_down(struct described const *d)
{
	return d->slot.state == SLOT_RUNNING || d->state == STATUS_UP ? PENDING : YES;
}

static enum verdict judge_up(struct waiting const *w, struct described const *d)
{
	bool const ready = d->state == STATUS_UP || d->state == STATUS_DONE;

	if (ready || (!(w->report.options.given & OPTION_READY) && d->slot.state == SLOT_RUNNING))
		return YES;
	if (w->all && !d->wanted)
		return YES;
	if (d->state == STATUS_FAILED || !(d->plan->flags & PLAN_ENABLED) || ends(w))
		return NEVER;
	return PENDING;
}

static void tell(struct waiting const *w, struct described const *d, bool late)
{
	struct text line = TEXT_EMPTY;
	size_t before;

	text_add(&line, late ? "still " : "");
	text_add(&line, status_state_name(d->state));
	before = line.bytes.len;
	text_add(&line, ": ");
	describe_detail(&w->report.house, d, &line);
	if (!line.failed && line.bytes.len == before + 2)
		line.bytes.len = before;
	strerr_warn(PROG, " wait: ", plan_string(w->report.house.plan, d->plan->name), ": ",
		    text_string(&line));
	text_free(&line);
}

/* Looks at all of them: whether some are pending; what never comes, or comes too late, is told. */
static bool look(struct waiting *w, bool late, int *status)
{
	bool pending = false;

	w->report.house.now = now_read(CLOCK_MONOTONIC);
	house_refresh(&w->report.house);
	*status = EXIT_YES;
	for (uint32_t i = 0; i < w->report.pick.count; i++) {
		struct described d;
		enum verdict verdict;

		describe(&w->report.house, w->report.pick.slots[i], &d);
		verdict = w->report.options.given & OPTION_DOWN ? judge_down(&d) : judge_up(w, &d);
		pending = pending || verdict == PENDING;
		if (verdict == YES || (verdict == PENDING && !late))
			continue;
		tell(w, &d, verdict == PENDING);
		*status = EXIT_NO;
	}
	return pending && *status == EXIT_YES;
}

static bool is_late(struct waiting const *w)
{
	return now_read(CLOCK_MONOTONIC) >= w->deadline;
}

/* The tables of a tree that is being planned are not there yet. */
static void await_tree(struct waiting *w, int pid)
{
	uint64_t length = HOUSE_NAP;

	for (;;) {
		struct text problem = TEXT_EMPTY;
		struct house house;
		int const error = house_open(&house, pid, &problem);

		text_free(&problem);
		if (error == 0)
			house_close(&house);
		if (error != -EAGAIN || is_late(w))
			return;
		house_nap(&length);
	}
}

static int options(struct waiting *w, int argc, char const *const *argv, char const *const *envp)
{
	struct text problem = TEXT_EMPTY;
	struct options *const o = &w->report.options;
	int status = 0;
	int pid;

	if (options_parse(o, ctl_verb_find("wait")->options, argc, argv, &problem) < 0)
		status = ctl_usage("wait", text_string(&problem));
	else if ((o->given & OPTION_READY) && (o->given & OPTION_DOWN))
		status = ctl_usage("wait", "found --ready and --down, expected one of them");
	text_free(&problem);
	w->all = o->word_count == 0;
	w->deadline = o->given & OPTION_TIMEOUT ? now_read(CLOCK_MONOTONIC) + o->timeout
						: UINT64_MAX;
	pid = house_pid(o, envp);
	if (status == 0 && pid > 0)
		await_tree(w, pid);
	options_free(o);
	return status;
}

static int watch(struct waiting *w)
{
	uint64_t length = HOUSE_NAP;
	int status = EXIT_YES;

	for (;;) {
		bool const alive = house_is_alive(&w->report.house);

		if (!look(w, is_late(w), &status))
			return status;
		if (!alive) {
			strerr_warn(PROG,
				    " wait: orlop-init is gone, nothing will change any more");
			return EXIT_NO;
		}
		house_nap(&length);
	}
}

int verb_wait(int argc, char const *const *argv, char const *const *envp)
{
	struct waiting w = { .all = false };
	int status = options(&w, argc, argv, envp);

	if (status == 0)
		status = report_begin(&w.report, "wait", argc, argv, envp);
	if (status)
		return status;
	status = watch(&w);
	report_end(&w.report);
	return status;
}
