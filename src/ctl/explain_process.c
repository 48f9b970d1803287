/* SPDX-License-Identifier: ISC */
/* What a service runs, with which variables and limits, and as whom; see explain.h. */
#include "ctl/explain.h"

#include "confine/caps.h"
#include "confine/limits.h"

#include <string.h>

/* As in the service's file: a word with blanks is one word all the same. */
static void add_quoted(struct sheet *sheet, char const *word)
{
	struct text quoted = TEXT_EMPTY;

	text_add(&quoted, "\"");
	for (; *word; word++) {
		if (*word == '"' || *word == '\\')
			text_add(&quoted, "\\");
		text_add_bytes(&quoted, word, 1);
	}
	text_add(&quoted, "\"");
	sheet_word(sheet, text_string(&quoted));
	text_free(&quoted);
}

void explain_strings(struct sheet *sheet, char const *label, char const *key, char const *none,
		     void const *plan, struct plan_list list)
{
	sheet_begin(sheet, label, key);
	for (uint32_t i = 0; i < list.count; i++) {
		char const *word = plan_string(plan, plan_words(plan, list)[i]);

		if (!sheet->as_json && (!*word || strpbrk(word, " \t\n\"\\")))
			add_quoted(sheet, word);
		else
			sheet_word(sheet, word);
	}
	sheet_end(sheet, none);
}

/* Names alone: a value may be as secret as the declaration let it be. */
static void variables(struct sheet *sheet, struct explained const *about)
{
	struct plan_list const list = about->slot->environment;
	struct text name = TEXT_EMPTY;

	sheet_begin(sheet, "variables", "environment");
	for (uint32_t i = 0; i < list.count; i++) {
		char const *variable = plan_string(about->plan, plan_words(about->plan, list)[i]);

		name.bytes.len = 0;
		text_add_bytes(&name, variable, strcspn(variable, "="));
		sheet_word(sheet, text_string(&name));
	}
	sheet_end(sheet, "none of its own");
	text_free(&name);
	if (about->slot->flags & PLAN_PASS_ALL) {
		sheet_line(sheet, "", "and all of the container's but the secrets of others");
		sheet_null(sheet, "environment_pass");
		return;
	}
	explain_strings(sheet, "let through", "environment_pass", "none of the container's",
			about->plan, about->slot->pass);
}

static void secrets(struct sheet *sheet, struct explained const *about)
{
	struct plan_list const list = about->slot->secrets;

	if (sheet->as_json)
		json_open(&sheet->json, "secrets", '[');
	for (uint32_t i = 0; i + 1 < list.count; i += 2) {
		uint32_t const *pair = plan_words(about->plan, list) + i;
		char const *name = plan_string(about->plan, pair[0]);
		char const *path = plan_string(about->plan, pair[1]);

		if (sheet->as_json) {
			json_open(&sheet->json, NULL, '{');
			json_string(&sheet->json, "name", name);
			json_string(&sheet->json, "path", path);
			json_close(&sheet->json, '}');
			continue;
		}
		sheet_begin(sheet, i ? "" : "secrets", NULL);
		sheet_word(sheet, name);
		sheet_word(sheet, "from");
		sheet_word(sheet, path);
		sheet_end(sheet, "");
	}
	if (sheet->as_json)
		json_close(&sheet->json, ']');
}

static void identity(struct sheet *sheet, struct explained const *about)
{
	struct plan_slot const *slot = about->slot;

	sheet_string(sheet, "user", "user", plan_string(about->plan, slot->user));
	sheet_number(sheet, "uid", "uid", slot->uid);
	sheet_number(sheet, "gid", "gid", slot->gid);
	if (plan_header(about->plan)->host & PLAN_HOST_SHARED_UID)
		sheet_line(sheet, "", "(ids cannot be changed here: it keeps the container's)");
	sheet_begin(sheet, "groups", "groups");
	for (uint32_t i = 0; i < slot->groups.count; i++)
		sheet_word_number(sheet, plan_words(about->plan, slot->groups)[i]);
	sheet_end(sheet, "none beside the gid");
	sheet_begin(sheet, "capabilities", "capabilities");
	for (unsigned number = 0; number < 64; number++)
		if (slot->capabilities >> number & 1)
			sheet_word(sheet, caps_name(number) ? caps_name(number) : "?");
	sheet_end(sheet, "none");
}

static void add_limit(struct text *text, uint64_t value)
{
	if (value == UINT64_MAX)
		text_add(text, "unlimited");
	else
		text_add_unsigned(text, value);
}

static void limits(struct sheet *sheet, struct explained const *about)
{
	struct plan_list const list = about->slot->limits;
	struct text word = TEXT_EMPTY;

	sheet_begin(sheet, "limits", "limits");
	for (uint32_t i = 0; i < list.count; i++) {
		struct plan_limit const *limit = plan_limits(about->plan, list) + i;
		char const *name = limits_name(limit->resource);

		word.bytes.len = 0;
		text_add(&word, name ? name : "?");
		text_add(&word, "=");
		add_limit(&word, limit->soft);
		if (limit->hard != limit->soft) {
			text_add(&word, ":");
			add_limit(&word, limit->hard);
		}
		sheet_word(sheet, text_string(&word));
	}
	sheet_end(sheet, "the container's");
	text_free(&word);
}

static void settings(struct sheet *sheet, struct explained const *about)
{
	struct plan_slot const *slot = about->slot;
	char const umask[] = { '0', (char)('0' + (slot->umask >> 6 & 7)),
			       (char)('0' + (slot->umask >> 3 & 7)),
			       (char)('0' + (slot->umask & 7)), '\0' };

	sheet_string(sheet, "umask", "umask", umask);
	if (slot->flags & PLAN_NICE)
		sheet_number(sheet, "nice", "nice", slot->nice);
	else
		sheet_null(sheet, "nice");
	if (slot->flags & PLAN_OOM)
		sheet_number(sheet, "oom score", "oom_score_adjust", slot->oom_score_adjust);
	else
		sheet_null(sheet, "oom_score_adjust");
}

void explain_process(struct sheet *sheet, struct explained const *about)
{
	struct plan_slot const *slot = about->slot;

	sheet_string(sheet, "program", "program", plan_string(about->plan, slot->executable));
	explain_strings(sheet, "arguments", "arguments", "none", about->plan, slot->arguments);
	sheet_string(sheet, "directory", "directory",
		     slot->directory ? plan_string(about->plan, slot->directory) : "/");
	identity(sheet, about);
	settings(sheet, about);
	limits(sheet, about);
	variables(sheet, about);
	secrets(sheet, about);
}
