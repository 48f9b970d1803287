/* SPDX-License-Identifier: ISC */
/*
 * Lines and JSON; see outcomes.h. Both are written out as they come, so that a million changes
 * need no more memory than one.
 */
#include "lockdown/outcomes.h"

#include "sys/sys.h"

#include <skalibs/strerr.h>
#include <string.h>
#include <unistd.h>

enum { FLUSH_AT = 32768, EXIT_YES = 0, EXIT_NO = 1, EXIT_SYSTEM = 111 };

static void flush(struct outcomes *outcomes)
{
	int const error = text_write(&outcomes->json.text, STDOUT_FILENO);

	if (error < 0)
		outcomes->error = error;
	outcomes->json.text.bytes.len = 0;
}

static void flush_when_much(struct outcomes *outcomes)
{
	if (outcomes->json.text.bytes.len >= FLUSH_AT)
		flush(outcomes);
}

void outcomes_begin(struct outcomes *outcomes)
{
	owners_load(&outcomes->owners, "/etc");
	progress_begin(&outcomes->progress);
	if (!outcomes->json_wanted)
		return;
	json_open(&outcomes->json, NULL, '{');
	json_open(&outcomes->json, "entries", '[');
}

/* "write of web", "line 3 of orlop.ini" */
static void add_rule(struct outcomes const *outcomes, struct plan_rule const *rule,
		     struct text *text)
{
	uint32_t const flags = rule->flags;

	if (flags & PLAN_RULE_DECLARED) {
		text_add(text, "[files] in line ");
		text_add_unsigned(text, rule->line);
		text_add(text, " of orlop.ini");
		return;
	}
	text_add(text, flags & PLAN_RULE_WRITE	  ? "write"
		       : flags & PLAN_RULE_SECRET ? "secret"
						  : "read");
	if (rule->slot == PLAN_NONE)
		return;
	text_add(text, " of ");
	text_add(text, plan_string(outcomes->plan, plan_slot(outcomes->plan, rule->slot)->service));
}

static void add_mode(uint32_t mode, struct text *text)
{
	char const digits[5] = { (char)('0' + (mode >> 9 & 7)), (char)('0' + (mode >> 6 & 7)),
				 (char)('0' + (mode >> 3 & 7)), (char)('0' + (mode & 7)), '\0' };

	text_add(text, digits);
}

static void add_state(struct outcomes const *outcomes, struct mend_state const *state,
		      struct text *text)
{
	owners_add(&outcomes->owners, state->uid, state->gid, text);
	text_add(text, " ");
	add_mode(state->mode, text);
	if (state->capabilities)
		text_add(text, " with file capabilities");
}

static void json_state(struct json *json, char const *key, struct mend_state const *state)
{
	struct text mode = TEXT_EMPTY;

	add_mode(state->mode, &mode);
	json_open(json, key, '{');
	json_number(json, "uid", state->uid);
	json_number(json, "gid", state->gid);
	json_string(json, "mode", text_string(&mode));
	json_boolean(json, "capabilities", state->capabilities);
	json_close(json, '}');
	text_free(&mode);
}

static void json_rule(struct outcomes *outcomes, struct plan_rule const *rule)
{
	struct text text = TEXT_EMPTY;

	add_rule(outcomes, rule, &text);
	json_string(&outcomes->json, "rule", text_string(&text));
	text_free(&text);
}

static void change_as_json(struct outcomes *outcomes, char const *path,
			   struct plan_rule const *rule, struct mend_change const *change,
			   bool made)
{
	struct json *const json = &outcomes->json;

	json_open(json, NULL, '{');
	json_string(json, "path", path);
	json_string(json, "outcome", made ? "make" : "change");
	if (!made)
		json_state(json, "before", &change->before);
	json_state(json, "after", &change->after);
	json_rule(outcomes, rule);
	json_close(json, '}');
}

void outcomes_change(struct outcomes *outcomes, char const *path, struct plan_rule const *rule,
		     struct mend_change const *change, bool made)
{
	struct text *const text = &outcomes->json.text;

	outcomes->changed++;
	if (outcomes->json_wanted) {
		change_as_json(outcomes, path, rule, change, made);
	} else if (outcomes->lines) {
		progress_clear(&outcomes->progress);
		text_add_plain(text, path);
		text_add(text, made ? ": missing" : ": ");
		if (!made)
			add_state(outcomes, &change->before, text);
		text_add(text, " -> ");
		add_state(outcomes, &change->after, text);
		text_add(text, " (");
		add_rule(outcomes, rule, text);
		text_add(text, ")\n");
	}
	flush_when_much(outcomes);
}

void outcomes_trouble(struct outcomes *outcomes, char const *path, struct plan_rule const *rule,
		      int error, char const *reason)
{
	bool const refused = reason || mend_refused(error);
	struct json *const json = &outcomes->json;
	struct text text = TEXT_EMPTY;

	*(refused ? &outcomes->refused : &outcomes->failed) += 1;
	if (!reason)
		reason = mend_reason(error);
	if (outcomes->json_wanted) {
		json_open(json, NULL, '{');
		json_string(json, "path", path);
		json_string(json, "outcome", refused ? "refused" : "failed");
		json_string(json, "reason", reason);
		json_rule(outcomes, rule);
		json_close(json, '}');
		flush_when_much(outcomes);
		return;
	}
	flush(outcomes);
	progress_clear(&outcomes->progress);
	text_add_plain(&text, path);
	text_add(&text, refused ? ": refused: " : ": ");
	text_add(&text, reason);
	text_add(&text, " (");
	add_rule(outcomes, rule, &text);
	text_add(&text, ")");
	strerr_warn(PROG, " lockdown: ", text_string(&text));
	text_free(&text);
}

static void add_count(struct text *text, uint64_t count, char const *what)
{
	text_add(text, ", ");
	text_add_unsigned(text, count);
	text_add(text, what);
}

static void summary(struct outcomes *outcomes)
{
	struct text *const text = &outcomes->json.text;

	text_add_unsigned(text, outcomes->seen);
	text_add(text, outcomes->seen == 1 ? " file looked at" : " files looked at");
	add_count(text, outcomes->changed,
		  outcomes->mode == LOCKDOWN_APPLY ? " changed" : " to be changed");
	if (outcomes->refused)
		add_count(text, outcomes->refused, " refused");
	if (outcomes->failed)
		add_count(text, outcomes->failed, " failed");
	text_add(text, "\n");
}

static void json_summary(struct outcomes *outcomes)
{
	struct json *const json = &outcomes->json;

	json_close(json, ']');
	json_number(json, "seen", (int64_t)outcomes->seen);
	json_number(json, "changed", (int64_t)outcomes->changed);
	json_number(json, "refused", (int64_t)outcomes->refused);
	json_number(json, "failed", (int64_t)outcomes->failed);
	json_boolean(json, "written", outcomes->mode == LOCKDOWN_APPLY);
	json_close(json, '}');
	text_add(&json->text, "\n");
}

int outcomes_end(struct outcomes *outcomes)
{
	progress_clear(&outcomes->progress);
	if (outcomes->json_wanted)
		json_summary(outcomes);
	else
		summary(outcomes);
	flush(outcomes);
	text_free(&outcomes->json.text);
	owners_free(&outcomes->owners);
	if (outcomes->error < 0)
		strerr_warn(
		    PROG, " lockdown: unable to write what was done: ", strerror(-outcomes->error));
	if (outcomes->failed || outcomes->error < 0)
		return EXIT_SYSTEM;
	if (outcomes->refused || (outcomes->mode == LOCKDOWN_CHECK && outcomes->changed))
		return EXIT_NO;
	return EXIT_YES;
}
