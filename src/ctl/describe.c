/* SPDX-License-Identifier: ISC */
/* Words for states and reasons; see describe.h. */
#include "ctl/describe.h"

#include "lib/duration.h"
#include "lib/now.h"
#include "lib/signal_text.h"
#include "lib/step_object.h"
#include "wire/step.h"

#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

void describe(struct house const *house, uint32_t index, struct described *described)
{
	struct status_slot const *status = status_at_const(house->status, index);

	memset(described, 0, sizeof *described);
	described->index = index;
	described->plan = plan_slot(house->plan, index);
	described->state = atomic_load(&status->state);
	described->wanted = atomic_load(&status->wanted);
	described->generation = atomic_load(&status->generation);
	described->restarts = atomic_load(&status->restarts);
	described->reason = atomic_load(&status->reason);
	described->reason_argument = atomic_load(&status->reason_argument);
	described->reason_step = atomic_load(&status->reason_step);
	described->last_wait_status = atomic_load(&status->last_wait_status);
	described->healthy = atomic_load(&status->healthy);
	described->since = atomic_load(&status->since);
	described->deadline = atomic_load(&status->deadline);
	described->next_run = atomic_load(&status->next_run);
	slot_read(house->slots, index, &described->slot);
}

char const *describe_phase(uint32_t phase)
{
	static char const *const names[] = { "booting", "running", "ending", "ended" };

	return phase < sizeof names / sizeof names[0] ? names[phase] : "?";
}

char const *describe_kind(struct plan_slot const *slot)
{
	static char const *const names[] = {
		[PLAN_LONGRUN] = "longrun", [PLAN_ONESHOT] = "oneshot", [PLAN_BUNDLE] = "bundle",
		[PLAN_MAIN] = "main",	    [PLAN_PROBE] = "probe",	[PLAN_HELPER] = "helper",
	};

	if (slot->scheduled)
		return "scheduled";
	return slot->kind <= PLAN_HELPER ? names[slot->kind] : "?";
}

char const *describe_reason_word(uint32_t reason)
{
	static char const *const names[] = {
		[REASON_NONE] = "none",
		[REASON_EXIT] = "exit",
		[REASON_SIGNAL] = "signal",
		[REASON_SPAWN] = "cannot-start",
		[REASON_START_TIMEOUT] = "start-timeout",
		[REASON_STOP_TIMEOUT] = "stop-timeout",
		[REASON_RESTART_LIMIT] = "restart-limit",
		[REASON_NEED_FAILED] = "need-failed",
		[REASON_OPERATOR] = "operator",
		[REASON_SHUTDOWN] = "shutdown",
		[REASON_DISABLED] = "disabled",
		[REASON_NOT_SELECTED] = "not-selected",
		[REASON_UNHEALTHY] = "unhealthy",
		[REASON_WATCHDOG] = "watchdog",
		[REASON_NEED_STOPPED] = "need-stopped",
	};

	return reason < sizeof names / sizeof names[0] ? names[reason] : "unknown";
}

void describe_user(struct house const *house, struct described const *described, struct text *text)
{
	struct plan_header const *header = house->plan;
	struct plan_slot const *slot = described->plan;
	char const *name = plan_string(house->plan, slot->user);
	bool const own = slot->flags & PLAN_KEEP_USER || header->host & PLAN_HOST_SHARED_UID;

	if (slot->kind == PLAN_BUNDLE)
		text_add(text, "-");
	else if (own)
		text_add_unsigned(text, header->uid);
	else if (name[0] == '\0' || (name[0] >= '0' && name[0] <= '9'))
		text_add_unsigned(text, slot->uid);
	else {
		text_add_plain(text, name);
		text_add(text, "(");
		text_add_unsigned(text, slot->uid);
		text_add(text, ")");
	}
}

bool describe_good(struct described const *described)
{
	if (described->healthy == 2)
		return false;
	if (described->state == STATUS_DONE)
		return true;
	if (described->plan->scheduled && described->state == STATUS_STARTING)
		return true;
	if (described->state != STATUS_UP)
		return false;
	/* The supervisor may not have seen yet what init's table says already. */
	return described->plan->kind == PLAN_BUNDLE || described->slot.state == SLOT_RUNNING;
}

/* How a run ended, from what wait(2) said. */
static void add_wait_status(struct text *text, int status)
{
	char name[SIGNAL_TEXT_SIZE];

	if (WIFSIGNALED(status)) {
		text_add(text, signal_text_name(WTERMSIG(status), name));
		return;
	}
	text_add(text, "exit ");
	text_add_number(text, WEXITSTATUS(status));
}

/* The number of the path is in init's table alone, and of the last start. */
static void add_spawn(struct house const *house, struct described const *described,
		      struct text *text)
{
	struct slot_view const *const view = &described->slot;
	int const number = described->reason_argument;
	uint32_t const which = view->error_step == described->reason_step ? view->error_object : 0;
	char const *const object = step_object(house->plan, described->plan, described->reason_step,
					       which);

	text_add(text, "cannot start: ");
	text_add(text, step_name(described->reason_step));
	text_add(text, *object ? " " : "");
	text_add_plain(text, object);
	text_add(text, ": ");
	text_add(text, strerror(number < 0 ? -number : number));
}

static void add_signal(struct described const *described, struct text *text)
{
	char name[SIGNAL_TEXT_SIZE];

	text_add(text, signal_text_name(described->reason_argument & 127, name));
	if (described->reason_argument & 128)
		text_add(text, " with a core dump");
}

static void add_limit(struct described const *described, struct text *text)
{
	text_add_number(text, described->reason_argument);
	text_add(text, " failures in ");
	duration_add(text, described->plan->restart_window);
	if (described->last_wait_status < 0)
		return;
	text_add(text, ", the last: ");
	add_wait_status(text, described->last_wait_status);
}

static void add_name(struct house const *house, uint32_t index, struct text *text)
{
	text_add_plain(text, index < plan_header(house->plan)->count
				 ? plan_string(house->plan, plan_slot(house->plan, index)->name)
				 : "something");
}

static void add_need(struct house const *house, struct described const *described, char const *what,
		     char const *why, struct text *text)
{
	text_add(text, what);
	add_name(house, (uint32_t)described->reason_argument, text);
	text_add(text, why);
}

void describe_reason(struct house const *house, struct described const *described,
		     struct text *text)
{
	switch (described->reason) {
	case REASON_EXIT:
		text_add(text, "exit ");
		text_add_number(text, described->reason_argument);
		return;
	case REASON_SIGNAL:
		add_signal(described, text);
		return;
	case REASON_SPAWN:
		add_spawn(house, described, text);
		return;
	case REASON_START_TIMEOUT:
		text_add(text, "not ready within ");
		duration_add(text, described->plan->start_timeout);
		return;
	case REASON_STOP_TIMEOUT:
		text_add(text, "killed at its stop-timeout");
		return;
	case REASON_RESTART_LIMIT:
		add_limit(described, text);
		return;
	case REASON_NEED_FAILED:
		add_need(house, described, "needs ", ", which failed", text);
		return;
	case REASON_NEED_STOPPED:
		add_need(house, described, "stopped with ", ", which it needs", text);
		return;
	case REASON_OPERATOR:
		text_add(text, "stopped by hand");
		return;
	case REASON_SHUTDOWN:
		text_add(text, "stopped with the container");
		return;
	case REASON_DISABLED:
		text_add(text, "disabled");
		return;
	case REASON_NOT_SELECTED:
		text_add(text, "not selected");
		return;
	case REASON_UNHEALTHY:
		text_add(text, "unhealthy");
		return;
	case REASON_WATCHDOG:
		text_add(text, "watchdog: no sign of life");
		return;
	default:
		return;
	}
}

static bool is_met(struct described const *other)
{
	return other->state == STATUS_UP || other->state == STATUS_DONE ||
	       !(other->plan->flags & PLAN_ENABLED);
}

/* `after` is order at the first start only, and what is on no way up is not waited for. */
static bool is_ahead(struct described const *other)
{
	return other->wanted && !is_met(other) && other->state != STATUS_FAILED;
}

static void add_waiting(struct house const *house, struct described const *described,
			struct text *text)
{
	struct plan_list const lists[2] = { described->plan->needs, described->plan->after };
	bool const pool = described->plan->flags & PLAN_INSTANCE_GROUP;
	char const *before = "waits for ";

	for (int k = 0; k < (described->generation ? 1 : 2); k++) {
		for (uint32_t i = 0; i < lists[k].count; i++) {
			struct described other;

			describe(house, plan_words(house->plan, lists[k])[i], &other);
			if (k == 0 && !pool ? is_met(&other) : !is_ahead(&other))
				continue;
			text_add(text, before);
			text_add_plain(text, plan_string(house->plan, other.plan->name));
			before = ", ";
		}
	}
}

static void add_next_run(struct described const *described, struct text *text)
{
	time_t const at = (time_t)(described->next_run / UINT64_C(1000000000));
	bool const soon = described->next_run < now_read(CLOCK_REALTIME) + UINT64_C(43200000000000);
	struct tm local;
	char buffer[80];

	if (!localtime_r(&at, &local))
		return;
	if (soon)
		(void)snprintf(buffer, sizeof buffer, "%02d:%02d:%02d", local.tm_hour, local.tm_min,
			       local.tm_sec);
	else
		(void)snprintf(buffer, sizeof buffer, "%04d-%02d-%02d %02d:%02d",
			       local.tm_year + 1900, local.tm_mon + 1, local.tm_mday, local.tm_hour,
			       local.tm_min);
	text_add(text, "next run ");
	text_add(text, buffer);
}

static void separate(struct text *text, size_t start)
{
	if (text->bytes.len > start)
		text_add(text, ", ");
}

void describe_detail(struct house const *house, struct described const *described,
		     struct text *text)
{
	size_t const start = text->bytes.len;

	if (described->state == STATUS_WAITING)
		add_waiting(house, described, text);
	else if (described->state == STATUS_UP && described->healthy == 2)
		text_add(text, "unhealthy");
	else if (described->state != STATUS_UP)
		describe_reason(house, described, text);
	if (described->state == STATUS_BACKOFF && described->deadline > house->now) {
		separate(text, start);
		text_add(text, "again in ");
		duration_add(text, described->deadline - house->now);
	}
	if (described->plan->scheduled && described->next_run) {
		separate(text, start);
		add_next_run(described, text);
	}
}
