/* SPDX-License-Identifier: ISC */
/* See event_text.h; reasons read as in `orlop status`. */
#include "ctl/event_text.h"

#include "ctl/describe.h"
#include "lib/signal_text.h"
#include "wire/verb.h"

static bool is_of_slot(struct house const *house, struct status_event_view const *view)
{
	return view->slot < plan_header(house->plan)->count;
}

char const *event_name(struct house const *house, struct status_event_view const *view)
{
	if (!is_of_slot(house, view))
		return "";
	return plan_string(house->plan, plan_slot(house->plan, view->slot)->name);
}

static char const *verb_word(int32_t verb)
{
	switch (verb) {
	case VERB_START:
		return "start";
	case VERB_STOP:
		return "stop";
	case VERB_RESTART:
		return "restart";
	case VERB_SIGNAL:
		return "signal";
	case VERB_UPGRADE:
		return "upgrade";
	case VERB_SHUTDOWN:
		return "shutdown";
	default:
		return "?";
	}
}

/* What the member "event" says. */
static char const *kind_word(uint32_t kind)
{
	static char const *const words[] = { "?",     "state",	    "signal",
					     "phase", "supervisor", "operator" };

	return words[kind < sizeof words / sizeof words[0] ? kind : 0];
}

char const *event_word(struct status_event_view const *view)
{
	if (view->kind == NOTED_STATE)
		return status_state_name(view->state);
	return view->kind == NOTED_PHASE ? describe_phase(view->state) : kind_word(view->kind);
}

static void add_reason(struct house const *house, struct status_event_view const *view,
		       struct text *text)
{
	struct described const described = {
		.plan = plan_slot(house->plan, view->slot),
		.index = view->slot,
		.state = view->state,
		.reason = view->reason,
		.reason_argument = view->argument,
		.reason_step = view->detail,
		.last_wait_status = -1,
	};

	describe_reason(house, &described, text);
}

static void add_phase(struct house const *house, struct status_event_view const *view,
		      struct text *text)
{
	if (view->state < STATUS_ENDING)
		return;
	text_add(text, "exit status ");
	text_add_number(text, view->argument);
	text_add(text, is_of_slot(house, view) ? ", because of it" : "");
}

void event_detail(struct house const *house, struct status_event_view const *view,
		  struct text *text)
{
	char name[SIGNAL_TEXT_SIZE];

	if (view->kind == NOTED_STATE && is_of_slot(house, view))
		add_reason(house, view, text);
	else if (view->kind == NOTED_PHASE)
		add_phase(house, view, text);
	else if (view->kind == NOTED_SIGNAL) {
		text_add(text, signal_text_name(view->argument, name));
		text_add(text, view->detail == SCOPE_GROUP ? " to its process group" : "");
	} else if (view->kind == NOTED_SUPERVISOR) {
		text_add(text, "restarted, ");
		text_add_number(text, view->argument);
		text_add(text, view->argument == 1 ? " service kept" : " services kept");
	} else if (view->kind == NOTED_OPERATOR)
		text_add(text, verb_word(view->argument));
}

uint64_t event_age(struct house const *house, uint64_t time)
{
	uint64_t const boot = atomic_load(&house_slots(house)->boot);

	return time > boot ? time - boot : 0;
}

static void state_json(struct house const *house, struct status_event_view const *view,
		       struct json *json)
{
	struct text detail = TEXT_EMPTY;

	event_detail(house, view, &detail);
	json_string(json, "state", status_state_name(view->state));
	json_string(json, "reason", describe_reason_word(view->reason));
	json_number(json, "reason_argument", view->argument);
	json_string(json, "detail", text_string(&detail));
	text_free(&detail);
}

static void members(struct house const *house, struct status_event_view const *view,
		    struct json *json)
{
	char name[SIGNAL_TEXT_SIZE];

	if (view->kind == NOTED_STATE)
		state_json(house, view, json);
	else if (view->kind == NOTED_SIGNAL) {
		json_string(json, "signal", signal_text_name(view->argument, name));
		json_boolean(json, "group", view->detail == SCOPE_GROUP);
	} else if (view->kind == NOTED_PHASE) {
		json_string(json, "phase", describe_phase(view->state));
		if (view->state < STATUS_ENDING)
			json_null(json, "exit_status");
		else
			json_number(json, "exit_status", view->argument);
	} else if (view->kind == NOTED_SUPERVISOR) {
		json_number(json, "restarts", view->generation ? view->generation - 1 : 0);
		json_number(json, "kept", view->argument);
	} else if (view->kind == NOTED_OPERATOR)
		json_string(json, "verb", verb_word(view->argument));
}

void event_json(struct house const *house, struct status_event_view const *view, uint64_t epoch,
		struct json *json)
{
	json->comma = false;
	json_open(json, NULL, '{');
	json_string(json, "event", kind_word(view->kind));
	json_number(json, "number", (int64_t)view->number);
	json_seconds(json, "up_seconds", event_age(house, view->time));
	json_seconds(json, "time", epoch + view->time);
	if (is_of_slot(house, view))
		json_string(json, "name", event_name(house, view));
	else
		json_null(json, "name");
	if (view->kind == NOTED_STATE || view->kind == NOTED_SIGNAL)
		json_number(json, "generation", view->generation);
	members(house, view, json);
	json_close(json, '}');
	text_add(&json->text, "\n");
}
