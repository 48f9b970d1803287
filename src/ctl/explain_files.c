/* SPDX-License-Identifier: ISC */
/*
 * What `orlop lockdown` makes of the files that a service declares: the rules of the plan for its
 * paths, for what is below them, and for what they are in.
 */
#include "ctl/explain.h"

#include <string.h>

/* `upper` is `path` or a directory that it is in. */
static bool holds(char const *upper, char const *path)
{
	size_t const length = strlen(upper);

	if (length == 1 || strncmp(upper, path, length) != 0)
		return length == 1;
	return path[length] == '\0' || path[length] == '/';
}

static bool concerns(struct plan_rule const *rule, char const *path, char const *declared)
{
	if (*declared == '?')
		declared++;
	return holds(declared, path) ||
	       (rule->flags & PLAN_RULE_RECURSIVE && holds(path, declared));
}

static bool concerns_any(struct explained const *about, struct plan_rule const *rule,
			 struct plan_list list, uint32_t step)
{
	char const *path = plan_string(about->plan, rule->path);

	/* Of pairs NAME, path the second. */
	for (uint32_t i = step - 1; i < list.count; i += step)
		if (concerns(rule, path,
			     plan_string(about->plan, plan_words(about->plan, list)[i])))
			return true;
	return false;
}

static bool is_relevant(struct explained const *about, struct plan_rule const *rule)
{
	struct plan_slot const *slot = about->slot;

	return concerns_any(about, rule, slot->read, 1) ||
	       concerns_any(about, rule, slot->write, 1) ||
	       concerns_any(about, rule, slot->execute, 1) ||
	       concerns_any(about, rule, slot->secrets, 2);
}

static char const *why(struct plan_rule const *rule)
{
	if (rule->flags & PLAN_RULE_DECLARED)
		return "files";
	if (rule->flags & PLAN_RULE_SECRET)
		return "secret";
	return rule->flags & PLAN_RULE_WRITE ? "write" : "read";
}

/* Four octal digits. */
static void add_mode(struct text *text, uint32_t mode)
{
	for (int shift = 9; shift >= 0; shift -= 3)
		text_add_unsigned(text, mode >> shift & 7);
}

static void add_modes(struct text *text, struct plan_rule const *rule)
{
	char const *without = rule->flags & PLAN_RULE_READ ? " without " : " ";

	if (rule->file_mode != UINT32_MAX) {
		text_add(text, " files");
		text_add(text, without);
		add_mode(text, rule->file_mode);
	}
	if (rule->directory_mode != UINT32_MAX) {
		text_add(text, " directories");
		text_add(text, without);
		add_mode(text, rule->directory_mode);
	}
}

static void rule_text(struct sheet *sheet, struct explained const *about,
		      struct plan_rule const *rule, char const *label)
{
	struct text line = TEXT_EMPTY;

	text_add_plain(&line, plan_string(about->plan, rule->path));
	if (rule->uid != UINT32_MAX) {
		text_add(&line, " owner ");
		text_add_unsigned(&line, rule->uid);
	}
	if (rule->gid != UINT32_MAX) {
		text_add(&line, " group ");
		text_add_unsigned(&line, rule->gid);
	}
	add_modes(&line, rule);
	text_add(&line, rule->flags & PLAN_RULE_RECURSIVE ? " all below (" : " (");
	text_add(&line, why(rule));
	text_add(&line, ")");
	sheet_line(sheet, label, text_string(&line));
	text_free(&line);
}

static void mode_json(struct json *json, char const *key, uint32_t mode)
{
	struct text digits = TEXT_EMPTY;

	if (mode == UINT32_MAX) {
		json_null(json, key);
		return;
	}
	add_mode(&digits, mode);
	json_string(json, key, text_string(&digits));
	text_free(&digits);
}

static void id_json(struct json *json, char const *key, uint32_t id)
{
	if (id == UINT32_MAX)
		json_null(json, key);
	else
		json_number(json, key, id);
}

static void rule_json(struct json *json, struct explained const *about,
		      struct plan_rule const *rule)
{
	json_open(json, NULL, '{');
	json_string(json, "path", plan_string(about->plan, rule->path));
	id_json(json, "uid", rule->uid);
	id_json(json, "gid", rule->gid);
	mode_json(json, "file_mode", rule->file_mode);
	mode_json(json, "directory_mode", rule->directory_mode);
	json_boolean(json, "taken_away", rule->flags & PLAN_RULE_READ);
	json_boolean(json, "recursive", rule->flags & PLAN_RULE_RECURSIVE);
	json_string(json, "from", why(rule));
	json_close(json, '}');
}

void explain_files(struct sheet *sheet, struct explained const *about)
{
	struct plan_list const list = plan_header(about->plan)->rules;
	bool any = false;

	if (sheet->as_json)
		json_open(&sheet->json, "files", '[');
	for (uint32_t i = 0; i < list.count; i++) {
		struct plan_rule const *rule = plan_rules(about->plan, list) + i;

		if (!is_relevant(about, rule))
			continue;
		if (sheet->as_json)
			rule_json(&sheet->json, about, rule);
		else
			rule_text(sheet, about, rule, any ? "" : "lockdown");
		any = true;
	}
	if (sheet->as_json)
		json_close(&sheet->json, ']');
	else if (!any)
		sheet_line(sheet, "lockdown", "no rule for its files");
}
