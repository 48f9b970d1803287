/* SPDX-License-Identifier: ISC */
/* The wording of messages.h. */
#include "supervise/messages.h"

#include "lib/signal_text.h"
#include "lib/step_object.h"
#include "wire/step.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

static uint64_t const millisecond = 1000000;
static uint64_t const second = 1000000000;

void message(struct supervisor const *s, uint32_t slot, char const *format, ...)
{
	char line[MESSAGE_SIZE];
	size_t used = 0;
	va_list arguments;

	if (slot != PLAN_NONE) {
		char const *name = plan_string(s->plan, plan_slot(s->plan, slot)->name);

		used = (size_t)snprintf(line, sizeof line, "%.*s: ", PLAN_NAME_MAX + 16, name);
	}
	va_start(arguments, format);
	(void)vsnprintf(line + used, sizeof line - used, format, arguments);
	va_end(arguments);
	s->host->say(s->host->context, line);
}

char const *message_duration(uint64_t nanoseconds, char buffer[MESSAGE_DURATION_SIZE])
{
	uint64_t const tenths = (nanoseconds + second / 20) / (second / 10);

	if (nanoseconds < second)
		(void)snprintf(buffer, MESSAGE_DURATION_SIZE, "%llu ms",
			       (unsigned long long)(nanoseconds / millisecond));
	else if (tenths % 10)
		(void)snprintf(buffer, MESSAGE_DURATION_SIZE, "%llu.%llu s",
			       (unsigned long long)(tenths / 10),
			       (unsigned long long)(tenths % 10));
	else
		(void)snprintf(buffer, MESSAGE_DURATION_SIZE, "%llu s",
			       (unsigned long long)(tenths / 10));
	return buffer;
}

char const *message_cause(struct supervisor const *s, uint32_t slot, struct slot_view const *view,
			  char buffer[MESSAGE_CAUSE_SIZE])
{
	char const *const object = step_object(s->plan, plan_slot(s->plan, slot), view->error_step,
					       view->error_object);
	char name[SIGNAL_TEXT_SIZE];

	if (view->error_step != STEP_NONE)
		(void)snprintf(buffer, MESSAGE_CAUSE_SIZE, "cannot start: %s%s%.160s: %s",
			       step_name(view->error_step), *object ? " " : "", object,
			       strerror(view->error_number));
	else if (WIFSIGNALED(view->wait_status))
		(void)snprintf(buffer, MESSAGE_CAUSE_SIZE, "killed by %s%s",
			       signal_text_name(WTERMSIG(view->wait_status), name),
			       WCOREDUMP(view->wait_status) ? " (core dumped)" : "");
	else
		(void)snprintf(buffer, MESSAGE_CAUSE_SIZE, "exited %d",
			       WEXITSTATUS(view->wait_status));
	return buffer;
}

static void scheduled_end(struct supervisor const *s, uint32_t slot, char const *cause)
{
	uint64_t const next = atomic_load(&supervisor_status(s, slot)->next_run);
	int64_t const utc = (int64_t)(next / second);
	time_t const local = (time_t)(utc + s->host->offset(s->host->context, utc));
	struct tm tm;

	(void)gmtime_r(&local, &tm);
	message(s, slot, "run failed: %s; next run at %04d-%02d-%02d %02d:%02d:%02d", cause,
		tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec);
}

static void failed_end(struct supervisor const *s, uint32_t slot, char const *cause,
		       struct restart_verdict const *verdict)
{
	char window[MESSAGE_DURATION_SIZE];

	if (!verdict->limited) {
		message(s, slot, "%s; failed for good", cause);
		return;
	}
	message(s, slot, "%s; failed for good: %u failures in %s", cause, verdict->window_failures,
		message_duration(plan_slot(s->plan, slot)->restart_window, window));
}

static void restarted_end(struct supervisor const *s, uint32_t slot, char const *cause,
			  bool started, uint64_t delay)
{
	char duration[MESSAGE_DURATION_SIZE];

	if (!started)
		message(s, slot, "%s; next try in %s", cause, message_duration(delay, duration));
	else if (delay == 0)
		message(s, slot, "%s, restarting now", cause);
	else
		message(s, slot, "%s, restarting in %s", cause, message_duration(delay, duration));
}

/* A probe that says no is no news, one that cannot be started is, once. */
static void probe_end(struct supervisor const *s, uint32_t slot, struct slot_view const *view,
		      struct restart_facts const *facts)
{
	char cause[MESSAGE_CAUSE_SIZE];

	if (view->error_step != STEP_NONE && facts->failures == 0 && facts->wanted)
		message(s, slot, "%s", message_cause(s, slot, view, cause));
}

void message_end(struct supervisor const *s, uint32_t slot, struct slot_view const *view,
		 struct restart_facts const *facts, struct restart_verdict const *verdict)
{
	struct plan_slot const *p = plan_slot(s->plan, slot);
	bool const timed_out = facts->flags & FLAG_TIMED_OUT;
	bool const sick = facts->flags & FLAG_SICK;
	char buffer[MESSAGE_CAUSE_SIZE];
	char const *cause = message_cause(s, slot, view, buffer);

	if (p->kind == PLAN_PROBE) {
		probe_end(s, slot, view, facts);
		return;
	}
	if (!facts->wanted || ((facts->flags & FLAG_STOPPED) && !timed_out && !sick))
		return;
	if (timed_out)
		cause = p->kind == PLAN_ONESHOT ? "was not done in time" : "was not ready in time";
	if (sick)
		cause = "was stopped";
	if (verdict->event == EVENT_ENDED_FAILED)
		failed_end(s, slot, cause, verdict);
	else if (verdict->event == EVENT_ENDED_AGAIN || verdict->event == EVENT_ENDED_LATER)
		restarted_end(s, slot, cause, view->error_step == STEP_NONE, verdict->delay);
	else if (p->scheduled && !restart_success(p, facts))
		scheduled_end(s, slot, cause);
}
