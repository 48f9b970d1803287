/* SPDX-License-Identifier: ISC */
/*
 * orlop start, stop, restart and signal: one 32-byte record for each slot into the control pipe,
 * then a look at the tables until they show the outcome. The supervisor answers nobody; what it
 * does is what the tables say.
 */
#include "ctl/ctl.h"
#include "ctl/outcome.h"
#include "ctl/record.h"
#include "ctl/report.h"
#include "lib/duration.h"
#include "lib/now.h"
#include "lib/signal_text.h"
#include "sys/sys.h"

#include <skalibs/strerr.h>
#include <stdlib.h>
#include <string.h>

struct control {
	struct report report;
	char const *verb;
	enum verb_kind kind;
	int signal;
	uint64_t deadline;
	uint32_t taken; /* records that the supervisor had taken before */
	struct described *before;
};

static void complain(struct control const *control, uint32_t index, char const *what,
		     struct text *detail)
{
	void const *plan = control->report.house.plan;
	char const *more = text_string(detail);

	strerr_warn(PROG, " ", control->verb, ": ", plan_string(plan, plan_slot(plan, index)->name),
		    ": ", what, more[0] ? ": " : "", more);
}

/* Why a record for this slot would be in vain, or NULL. */
static char const *in_vain(struct control const *control, struct described const *before)
{
	bool const bundle = before->plan->kind == PLAN_BUNDLE;

	if (control->kind != VERB_STOP && !(before->plan->flags & PLAN_ENABLED))
		return "disabled by its enabled-if";
	if (control->kind == VERB_SIGNAL && !bundle && before->slot.state != SLOT_RUNNING)
		return "does not run";
	if ((control->kind == VERB_SIGNAL || control->kind == VERB_RESTART) && bundle)
		return "is a bundle, which has no process: name its members";
	return NULL;
}

/* The group of a service's instances was picked with them; what is for processes skips it. */
static void skip_groups(struct control *control)
{
	struct pick *pick = &control->report.pick;
	uint32_t kept = 0;

	if (control->kind != VERB_SIGNAL && control->kind != VERB_RESTART)
		return;
	for (uint32_t i = 0; i < pick->count; i++) {
		struct plan_slot const *slot = plan_slot(control->report.house.plan,
							 pick->slots[i]);

		if (!(slot->flags & PLAN_INSTANCE_GROUP))
			pick->slots[kept++] = pick->slots[i];
	}
	pick->count = kept;
}

static int look_before(struct control *control)
{
	struct pick const *pick = &control->report.pick;
	struct house const *house = &control->report.house;
	struct text none = TEXT_EMPTY;
	int status = 0;

	control->before = calloc((size_t)pick->count + 1, sizeof *control->before);
	if (!control->before)
		return EXIT_SYSTEM;
	if (atomic_load(&house_status(house)->phase) >= STATUS_ENDING) {
		strerr_warn(PROG, " ", control->verb, ": the container is stopping");
		return EXIT_NO;
	}
	for (uint32_t i = 0; i < pick->count; i++) {
		char const *why;

		describe(house, pick->slots[i], &control->before[i]);
		why = in_vain(control, &control->before[i]);
		if (!why)
			continue;
		complain(control, pick->slots[i], why, &none);
		status = EXIT_NO;
	}
	text_free(&none);
	control->taken = record_taken(house);
	return status;
}

static int send_all(struct control const *control)
{
	struct pick const *pick = &control->report.pick;
	struct verb verb = {
		.kind = control->kind,
		.argument = control->signal,
		.scope = control->report.options.given & OPTION_GROUP ? SCOPE_GROUP : SCOPE_PROCESS,
	};
	int const fd = record_open(&control->report.house);
	int error = fd < 0 ? fd : 0;

	for (uint32_t i = 0; i < pick->count && error == 0; i++) {
		verb.slot = pick->slots[i];
		error = record_send(&control->report.house, fd, &verb, control->deadline);
	}
	if (fd >= 0)
		(void)sys_close(fd);
	return error == 0 ? 0 : record_complain(control->verb, error);
}

static bool taken(struct control const *control)
{
	return record_taken(&control->report.house) - control->taken >= control->report.pick.count;
}

static void tell(struct control const *control, struct described const *now, bool late)
{
	struct text detail = TEXT_EMPTY;
	struct text what = TEXT_EMPTY;

	/* What the tables say of the service is no answer then, and would read like one. */
	if (!taken(control))
		text_add(&detail, "the supervisor does not answer");
	else
		describe_detail(&control->report.house, now, &detail);
	text_add(&what, late ? "still " : "");
	text_add(&what,
		 control->kind == VERB_SIGNAL ? "not signalled" : status_state_name(now->state));
	complain(control, now->index, text_string(&what), &detail);
	text_free(&what);
	text_free(&detail);
}

/* Looks at every slot once: how many are pending; those that went wrong are told and counted. */
static uint32_t look(struct control *control, bool *settled, bool late, uint32_t *wrong)
{
	struct pick const *pick = &control->report.pick;
	bool const answered = taken(control);
	uint32_t pending = 0;

	control->report.house.now = now_read(CLOCK_MONOTONIC);
	house_refresh(&control->report.house);
	for (uint32_t i = 0; i < pick->count; i++) {
		struct described now;
		enum outcome outcome;

		if (settled[i])
			continue;
		describe(&control->report.house, pick->slots[i], &now);
		outcome = outcome_of(control->kind, &control->before[i], &now, answered);
		if (outcome == OUTCOME_PENDING && !late) {
			pending++;
			continue;
		}
		settled[i] = true;
		if (outcome == OUTCOME_YES)
			continue;
		(*wrong)++;
		tell(control, &now, late);
	}
	return pending;
}

static int watch(struct control *control)
{
	bool *settled = calloc((size_t)control->report.pick.count + 1, sizeof *settled);
	uint64_t length = HOUSE_NAP;
	uint32_t wrong = 0;

	if (!settled)
		return EXIT_SYSTEM;
	while (look(control, settled, now_read(CLOCK_MONOTONIC) >= control->deadline, &wrong))
		house_nap(&length);
	free(settled);
	return wrong ? EXIT_NO : EXIT_YES;
}

static int carry_out(struct control *control)
{
	struct options *options = &control->report.options;
	uint64_t const patience = options->given & OPTION_TIMEOUT
				      ? options->timeout
				      : outcome_patience(control->kind, control->report.house.plan);
	int status;

	skip_groups(control);
	control->deadline = now_read(CLOCK_MONOTONIC) + patience;
	status = look_before(control);
	if (status == 0)
		status = send_all(control);
	if (status == 0 && !(options->given & OPTION_NO_WAIT))
		status = watch(control);
	free(control->before);
	return status;
}

static int take_signal(struct control *control)
{
	char const *word = control->report.options.words[0];
	struct text problem = TEXT_EMPTY;

	if (control->kind != VERB_SIGNAL)
		return 0;
	control->signal = signal_text_parse(word);
	if (control->signal > 0)
		return 0;
	text_add(&problem, "found ");
	text_add_plain(&problem, word);
	text_add(&problem, ", expected a signal such as TERM, HUP, RTMIN+3 or 15");
	(void)ctl_usage(control->verb, text_string(&problem));
	text_free(&problem);
	return EXIT_USAGE;
}

static int run(char const *verb, enum verb_kind kind, int argc, char const *const *argv,
	       char const *const *envp)
{
	struct control control = { .verb = verb, .kind = kind };
	int status = report_begin(&control.report, verb, argc, argv, envp);

	if (status)
		return status;
	status = take_signal(&control);
	if (status == 0)
		status = carry_out(&control);
	report_end(&control.report);
	return status;
}

int verb_start(int argc, char const *const *argv, char const *const *envp)
{
	return run("start", VERB_START, argc, argv, envp);
}

int verb_stop(int argc, char const *const *argv, char const *const *envp)
{
	return run("stop", VERB_STOP, argc, argv, envp);
}

int verb_restart(int argc, char const *const *argv, char const *const *envp)
{
	return run("restart", VERB_RESTART, argc, argv, envp);
}

int verb_signal(int argc, char const *const *argv, char const *const *envp)
{
	return run("signal", VERB_SIGNAL, argc, argv, envp);
}
