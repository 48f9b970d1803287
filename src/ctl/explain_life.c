/* SPDX-License-Identifier: ISC */
/* When a service starts, is ready, is started again, and how it is ended; see explain.h. */
#include "ctl/explain.h"

#include "lib/duration.h"
#include "lib/signal_text.h"

static void names(struct sheet *sheet, struct explained const *about, char const *label,
		  char const *key, struct plan_list list)
{
	sheet_begin(sheet, label, key);
	for (uint32_t i = 0; i < list.count; i++) {
		uint32_t const index = plan_words(about->plan, list)[i];

		if (index < plan_header(about->plan)->visible)
			sheet_word(sheet,
				   plan_string(about->plan, plan_slot(about->plan, index)->name));
	}
	sheet_end(sheet, "nothing");
}

/* A field of a schedule: * or the numbers whose bits are set. */
static void add_field(struct text *text, uint64_t bits, unsigned first, unsigned last)
{
	char const *comma = "";
	bool all = true;

	for (unsigned i = first; i <= last; i++)
		all = all && bits >> i & 1;
	if (all) {
		text_add(text, "* ");
		return;
	}
	for (unsigned i = first; i <= last; i++) {
		if (!(bits >> i & 1))
			continue;
		text_add(text, comma);
		text_add_unsigned(text, i);
		comma = ",";
	}
	text_add(text, " ");
}

static void schedule(struct sheet *sheet, struct explained const *about)
{
	struct plan_schedule const *at = &about->slot->schedule;
	struct text words = TEXT_EMPTY;

	if (!about->slot->scheduled) {
		sheet_null(sheet, "schedule");
		return;
	}
	if (at->every) {
		text_add(&words, "@every ");
		duration_add(&words, at->every);
	} else {
		add_field(&words, at->minutes, 0, 59);
		add_field(&words, at->hours, 0, 23);
		add_field(&words, at->days, 1, 31);
		add_field(&words, at->months, 1, 12);
		add_field(&words, at->weekdays, 0, 6);
		if (!words.failed)
			words.bytes.len--;
	}
	sheet_string(sheet, "schedule", "schedule", text_string(&words));
	text_free(&words);
}

/* The command of a probe or of stop-command. */
static void command(struct sheet *sheet, struct explained const *about, char const *label,
		    char const *key, uint32_t slot)
{
	if (slot >= plan_header(about->plan)->count)
		sheet_null(sheet, key);
	else
		explain_strings(sheet, label, key, "", about->plan,
				plan_slot(about->plan, slot)->arguments);
}

static void health(struct sheet *sheet, struct explained const *about)
{
	struct plan_slot const *slot = about->slot;

	command(sheet, about, "health", "health_command", slot->health_probe);
	if (slot->health_probe >= plan_header(about->plan)->count) {
		sheet_null(sheet, "health_interval_seconds");
		sheet_null(sheet, "health_failures");
		return;
	}
	sheet_duration(sheet, "each", "health_interval_seconds", slot->health_interval);
	sheet_number(sheet, "failures", "health_failures", slot->health_failures);
}

static void readiness(struct sheet *sheet, struct explained const *about)
{
	static char const *const names_of[] = { [PLAN_READY_STARTED] = "started",
						[PLAN_READY_FD] = "fd",
						[PLAN_READY_NOTIFY] = "notify",
						[PLAN_READY_PROBE] = "probe" };
	struct plan_slot const *slot = about->slot;

	sheet_string(sheet, "ready", "ready",
		     slot->ready <= PLAN_READY_PROBE ? names_of[slot->ready] : "?");
	command(sheet, about, "", "ready_command", slot->ready_probe);
	if (slot->start_timeout)
		sheet_duration(sheet, "within", "start_timeout_seconds", slot->start_timeout);
	else
		sheet_null(sheet, "start_timeout_seconds");
	health(sheet, about);
	if (slot->watchdog)
		sheet_duration(sheet, "watchdog", "watchdog_seconds", slot->watchdog);
	else
		sheet_null(sheet, "watchdog_seconds");
}

/* "always, after 200ms to 30s; 5 failures in 1m 00s are the end" */
static void restart_line(struct sheet *sheet, struct plan_slot const *slot, char const *when)
{
	struct text line = TEXT_EMPTY;

	text_add(&line, when);
	if (slot->restart != PLAN_NEVER) {
		text_add(&line, ", after ");
		duration_add(&line, slot->restart_delay_minimum);
		text_add(&line, " to ");
		duration_add(&line, slot->restart_delay_maximum);
	}
	if (slot->restart != PLAN_NEVER && slot->restart_limit) {
		text_add(&line, "; ");
		text_add_unsigned(&line, slot->restart_limit);
		text_add(&line, " failures in ");
		duration_add(&line, slot->restart_window);
		text_add(&line, " are the end");
	}
	sheet_line(sheet, "restart", text_string(&line));
	text_free(&line);
}

static void restarts(struct sheet *sheet, struct explained const *about)
{
	static char const *const names_of[] = {
		[PLAN_ALWAYS] = "always", [PLAN_ON_FAILURE] = "on-failure", [PLAN_NEVER] = "never"
	};
	struct plan_slot const *slot = about->slot;
	char const *when = slot->restart <= PLAN_NEVER ? names_of[slot->restart] : "?";

	restart_line(sheet, slot, when);
	sheet_string(sheet, NULL, "restart", when);
	sheet_number(sheet, NULL, "restart_limit", slot->restart_limit);
	sheet_duration(sheet, NULL, "restart_window_seconds", slot->restart_window);
	sheet_begin(sheet, "success", "success_exit");
	for (unsigned code = 0; code < 256; code++)
		if (slot->success[code / 8] >> code % 8 & 1)
			sheet_word_number(sheet, code);
	sheet_end(sheet, "nothing");
	sheet_boolean(sheet, "essential", "essential", slot->flags & PLAN_ESSENTIAL);
}

static void ending(struct sheet *sheet, struct explained const *about)
{
	struct plan_slot const *slot = about->slot;
	char name[SIGNAL_TEXT_SIZE];

	command(sheet, about, "stop command", "stop_command", slot->stop_command);
	sheet_string(sheet, "stop signal", "stop_signal",
		     signal_text_name((int)slot->stop_signal, name));
	sheet_duration(sheet, "then SIGKILL", "stop_timeout_seconds", slot->stop_timeout);
}

static void sockets(struct sheet *sheet, struct explained const *about)
{
	struct plan_list const list = about->slot->listen;

	sheet_begin(sheet, "listen", "listen");
	for (uint32_t i = 0; i < list.count; i++)
		sheet_word(sheet,
			   plan_string(about->plan, plan_listens(about->plan, list)[i].name));
	sheet_end(sheet, "no socket of Orlop's");
}

static void logs(struct sheet *sheet, struct explained const *about)
{
	static char const *const names_of[] = { [PLAN_LOG_PLAIN] = "plain",
						[PLAN_LOG_PREFIX] = "prefix",
						[PLAN_LOG_JSON] = "json",
						[PLAN_LOG_FILE] = "file",
						[PLAN_LOG_NONE] = "none" };
	struct plan_slot const *slot = about->slot;

	sheet_string(sheet, "log", "log", slot->log <= PLAN_LOG_NONE ? names_of[slot->log] : "?");
	if (slot->log_option)
		sheet_string(sheet, "", "log_option", plan_string(about->plan, slot->log_option));
	else
		sheet_null(sheet, "log_option");
}

void explain_life(struct sheet *sheet, struct explained const *about)
{
	names(sheet, about, "needs", "needs", about->slot->needs);
	names(sheet, about, "after", "after", about->slot->after);
	names(sheet, about, "wait for it", "needed", about->slot->needed);
	if (about->slot->kind == PLAN_BUNDLE)
		return;
	schedule(sheet, about);
	readiness(sheet, about);
	restarts(sheet, about);
	ending(sheet, about);
	sockets(sheet, about);
	logs(sheet, about);
}
