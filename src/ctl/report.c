/* SPDX-License-Identifier: ISC */
/* The common part of the verbs that show; see report.h. */
#include "ctl/report.h"

#include "ctl/ctl.h"
#include "lib/duration.h"
#include "sys/sys.h"

#include <asm/ioctls.h>
#include <asm/termbits.h>
#include <errno.h>
#include <skalibs/strerr.h>
#include <string.h>
#include <unistd.h>

enum { NOTICE_WIDTH = 120 };

static int take_names(struct report *report, char const *verb)
{
	struct text problem = TEXT_EMPTY;
	uint32_t const lead = ctl_verb_find(verb)->lead;
	int status = 0;
	int const error = pick_slots(&report->pick, report->house.plan,
				     report->options.words + lead,
				     report->options.word_count - lead, &problem);

	if (error < 0) {
		strerr_warn(PROG, " ", verb, ": ",
			    error == -ENOMEM ? "out of memory" : text_string(&problem));
		status = error == -ENOMEM ? EXIT_SYSTEM : EXIT_USAGE;
	}
	text_free(&problem);
	return status;
}

int report_begin(struct report *report, char const *verb, int argc, char const *const *argv,
		 char const *const *envp)
{
	struct text problem = TEXT_EMPTY;
	int status = 0;
	int error;

	memset(report, 0, sizeof *report);
	error = options_parse(&report->options, ctl_verb_find(verb)->options, argc, argv, &problem);
	if (error == -ENOMEM)
		status = EXIT_SYSTEM;
	else if (error < 0)
		status = ctl_usage(verb, text_string(&problem));
	else if (report->options.word_count < ctl_verb_find(verb)->lead)
		status = ctl_usage(verb, "found no SIGNAL, expected one, and NAMEs of services");
	else if (report->options.word_count <
		 ctl_verb_find(verb)->lead + ctl_verb_find(verb)->names)
		status = ctl_usage(verb, "found no NAME, expected those of one service or more");
	text_free(&problem);
	if (status == 0)
		status = house_enter(&report->house, &report->options, envp);
	if (status == 0)
		status = take_names(report, verb);
	if (status)
		report_end(report);
	return status;
}

void report_end(struct report *report)
{
	pick_free(&report->pick);
	options_free(&report->options);
	house_close(&report->house);
}

static void add_restarts(struct text *text, char const *who, uint32_t starts, int32_t pid)
{
	if (starts > 1) {
		text_add(text, ", ");
		text_add(text, who);
		text_add(text, " restarts ");
		text_add_unsigned(text, starts - 1);
	}
	if (pid == 0) {
		text_add(text, ", no ");
		text_add(text, who);
		text_add(text, " runs");
	}
}

static void add_notices(struct house const *house, struct text *text)
{
	struct plan_list const notices = plan_header(house->plan)->notices;

	for (uint32_t i = 0; i < notices.count; i++) {
		char const *notice = plan_string(house->plan, plan_words(house->plan, notices)[i]);
		size_t const start = text->bytes.len;

		text_add(text, "notice: ");
		text_add_plain(text, notice);
		if (!text->failed && text->bytes.len > start + NOTICE_WIDTH) {
			text->bytes.len = start + NOTICE_WIDTH - 3;
			text_add(text, "...");
		}
		text_add(text, "\n");
	}
}

void report_container(struct house const *house, struct text *text)
{
	struct slot_header const *slots = house_slots(house);
	struct status_header const *status = house_status(house);
	struct plan_header const *plan = house->plan;
	uint32_t const phase = atomic_load(&status->phase);

	text_add(text, describe_phase(phase));
	text_add(text, ", up ");
	duration_add(text, house->now - atomic_load(&slots->boot));
	if (phase >= STATUS_ENDING) {
		text_add(text, ", exit status ");
		text_add_number(text, atomic_load(&status->exit_status));
	}
	if (atomic_load(&slots->upgrades)) {
		text_add(text, ", upgrades ");
		text_add_unsigned(text, atomic_load(&slots->upgrades));
	}
	add_restarts(text, "supervisor", atomic_load(&slots->supervisor_starts),
		     atomic_load(&slots->supervisor_pid));
	add_restarts(text, "logger", atomic_load(&slots->logger_starts),
		     atomic_load(&slots->logger_pid));
	if (plan->host & PLAN_HOST_SHARED_UID) {
		text_add(text, ", shared uid ");
		text_add_unsigned(text, plan->uid);
	}
	text_add(text, "\n");
	add_notices(house, text);
}

static void helper_json(struct json *json, char const *key, uint32_t starts, int32_t pid)
{
	json_open(json, key, '{');
	if (pid)
		json_number(json, "pid", pid);
	else
		json_null(json, "pid");
	json_number(json, "restarts", starts ? starts - 1 : 0);
	json_close(json, '}');
}

void report_container_json(struct house const *house, struct json *json)
{
	struct slot_header const *slots = house_slots(house);
	struct status_header const *status = house_status(house);
	struct plan_header const *plan = house->plan;
	uint32_t const phase = atomic_load(&status->phase);

	json_number(json, "version", 1);
	json_number(json, "pid", house->pid);
	json_string(json, "phase", describe_phase(phase));
	json_seconds(json, "up_seconds", house->now - atomic_load(&slots->boot));
	if (phase >= STATUS_ENDING)
		json_number(json, "exit_status", atomic_load(&status->exit_status));
	else
		json_null(json, "exit_status");
	json_number(json, "upgrades", atomic_load(&slots->upgrades));
	helper_json(json, "supervisor", atomic_load(&slots->supervisor_starts),
		    atomic_load(&slots->supervisor_pid));
	helper_json(json, "logger", atomic_load(&slots->logger_starts),
		    atomic_load(&slots->logger_pid));
	json_boolean(json, "shared_uid", plan->host & PLAN_HOST_SHARED_UID);
	json_open(json, "notices", '[');
	for (uint32_t i = 0; i < plan->notices.count; i++)
		json_string(json, NULL, plan_string(plan, plan_words(plan, plan->notices)[i]));
	json_close(json, ']');
}

static void names_json(struct house const *house, struct json *json, char const *key,
		       struct plan_list list)
{
	json_open(json, key, '[');
	for (uint32_t i = 0; i < list.count; i++) {
		uint32_t const index = plan_words(house->plan, list)[i];

		json_string(json, NULL,
			    plan_string(house->plan, plan_slot(house->plan, index)->name));
	}
	json_close(json, ']');
}

static void identity_json(struct house const *house, struct described const *d, struct json *json)
{
	struct plan_header const *header = house->plan;
	bool const own = d->plan->flags & PLAN_KEEP_USER || header->host & PLAN_HOST_SHARED_UID;

	json_string(json, "name", plan_string(house->plan, d->plan->name));
	json_string(json, "service", plan_string(house->plan, d->plan->service));
	if (d->plan->instance)
		json_number(json, "instance", d->plan->instance);
	else
		json_null(json, "instance");
	json_string(json, "kind", describe_kind(d->plan));
	if (d->plan->kind == PLAN_BUNDLE) {
		json_null(json, "user");
		json_null(json, "uid");
		json_null(json, "gid");
		return;
	}
	json_string(json, "user", plan_string(house->plan, d->plan->user));
	json_number(json, "uid", own ? header->uid : d->plan->uid);
	json_number(json, "gid", own ? header->gid : d->plan->gid);
}

static void state_json(struct house const *house, struct described const *d, struct json *json)
{
	json_string(json, "state", status_state_name(d->state));
	json_boolean(json, "wanted", d->wanted);
	json_boolean(json, "good", describe_good(d));
	if (d->healthy)
		json_boolean(json, "healthy", d->healthy == 1);
	else
		json_null(json, "healthy");
	json_boolean(json, "essential", d->plan->flags & PLAN_ESSENTIAL);
	json_boolean(json, "enabled", d->plan->flags & PLAN_ENABLED);
	if (d->slot.state == SLOT_RUNNING)
		json_number(json, "pid", d->slot.pid);
	else
		json_null(json, "pid");
	if (d->since && d->since <= house->now)
		json_seconds(json, "since_seconds", house->now - d->since);
	else
		json_null(json, "since_seconds");
	json_number(json, "generation", d->slot.generation);
	json_number(json, "restarts", d->restarts);
}

static void reason_json(struct house const *house, struct described const *d, struct json *json)
{
	struct text detail = TEXT_EMPTY;

	json_string(json, "reason", describe_reason_word(d->reason));
	json_number(json, "reason_argument", d->reason_argument);
	describe_detail(house, d, &detail);
	json_string(json, "detail", text_string(&detail));
	text_free(&detail);
	if (d->plan->scheduled && d->next_run)
		json_seconds(json, "next_run", d->next_run);
	else
		json_null(json, "next_run");
}

void report_service_json(struct house const *house, uint32_t index, struct json *json)
{
	struct described described;

	describe(house, index, &described);
	json_open(json, NULL, '{');
	identity_json(house, &described, json);
	state_json(house, &described, json);
	reason_json(house, &described, json);
	names_json(house, json, "needs", described.plan->needs);
	names_json(house, json, "after", described.plan->after);
	json_close(json, '}');
}

bool report_colours(char const *const *envp)
{
	struct termios2 terminal;

	for (; *envp; envp++)
		if (!strncmp(*envp, "NO_COLOR=", 9) && (*envp)[9])
			return false;
	return sys_ioctl(STDOUT_FILENO, TCGETS2, &terminal) == 0;
}

char const *report_colour(char const *state)
{
	if (!strcmp(state, "failed"))
		return "\033[31m";
	if (!strcmp(state, "up") || !strcmp(state, "done"))
		return "\033[32m";
	if (!strcmp(state, "backoff") || !strcmp(state, "starting") || !strcmp(state, "waiting") ||
	    !strcmp(state, "stopping"))
		return "\033[33m";
	return "";
}

int report_print(struct text *text, int status)
{
	int const error = text_write(text, STDOUT_FILENO);

	if (error < 0)
		strerr_warn(PROG, ": cannot write to standard output: ", strerror(-error));
	text_free(text);
	return error < 0 ? EXIT_SYSTEM : status;
}
