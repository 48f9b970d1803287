/* SPDX-License-Identifier: ISC */
/*
 * The system calls that a service is denied: the list that the cage's filter is made from, with
 * what the service's `syscalls` changes, so that what is shown is what will be.
 */
#include "ctl/explain.h"

#include "confine/seccomp_table.h"
#include "confine/syscalls.h"

#include <errno.h>

/* True when the service's own words decide about the call, whatever the list says. */
static bool is_adjusted(struct explained const *about, uint32_t number)
{
	struct plan_list const list = about->slot->syscalls;

	for (uint32_t i = 0; i < list.count; i++)
		if ((plan_words(about->plan, list)[i] & ~PLAN_SYSCALL_DENY) == number)
			return true;
	return false;
}

static bool applies(struct explained const *about, uint32_t rule)
{
	return !(about->slot->flags & PLAN_SYSCALLS_ALL) &&
	       !is_adjusted(about, seccomp_rules[rule].number);
}

static char const *name_of(uint32_t number)
{
	char const *name = syscalls_name((int)number);

	return name ? name : "?";
}

static void denied_json(struct json *json, uint32_t number, char const *group, char const *error,
			bool always, char const *why)
{
	json_open(json, NULL, '{');
	json_string(json, "name", name_of(number));
	json_string(json, "group", group);
	json_string(json, "error", error);
	json_boolean(json, "always", always);
	json_string(json, "why", why);
	json_close(json, '}');
}

static void calls_json(struct json *json, struct explained const *about)
{
	struct plan_list const list = about->slot->syscalls;

	json_open(json, "syscalls_denied", '[');
	for (uint32_t i = 0; i < seccomp_rule_count; i++) {
		struct seccomp_rule const *rule = &seccomp_rules[i];

		if (applies(about, i))
			denied_json(json, rule->number,
				    seccomp_group_name((enum seccomp_group)rule->group),
				    rule->error == ENOSYS ? "ENOSYS" : "EPERM",
				    rule->when[0].comparison == SECCOMP_ANY, rule->why);
	}
	for (uint32_t i = 0; i < list.count; i++) {
		uint32_t const word = plan_words(about->plan, list)[i];

		if (word & PLAN_SYSCALL_DENY)
			denied_json(json, word & ~PLAN_SYSCALL_DENY, "declared", "EPERM", true,
				    "declared by `syscalls`");
	}
	json_close(json, ']');
	json_open(json, "syscalls_allowed", '[');
	for (uint32_t i = 0; i < list.count; i++)
		if (!(plan_words(about->plan, list)[i] & PLAN_SYSCALL_DENY))
			json_string(json, NULL, name_of(plan_words(about->plan, list)[i]));
	json_close(json, ']');
}

/* Of a call with several rules the first stands for all. */
static bool is_first(uint32_t rule)
{
	return rule == 0 || seccomp_rules[rule - 1].number != seccomp_rules[rule].number;
}

static void add_call(struct text *word, struct seccomp_rule const *rule)
{
	word->bytes.len = 0;
	text_add(word, name_of(rule->number));
	if (rule->when[0].comparison)
		text_add(word, "*");
}

/* A line a group; the star is explained below. */
static void groups(struct sheet *sheet, struct explained const *about)
{
	struct text word = TEXT_EMPTY;

	for (uint32_t group = 0; group < SECCOMP_GROUPS; group++) {
		sheet_begin(sheet, group ? "" : "denied calls", NULL);
		word.bytes.len = 0;
		text_add(&word, seccomp_group_name((enum seccomp_group)group));
		text_add(&word, ":");
		sheet_word(sheet, text_string(&word));
		for (uint32_t i = 0; i < seccomp_rule_count; i++) {
			if (seccomp_rules[i].group != group || !applies(about, i) || !is_first(i))
				continue;
			add_call(&word, &seccomp_rules[i]);
			sheet_word(sheet, text_string(&word));
		}
		sheet_end(sheet, "");
	}
	sheet_line(sheet, "",
		   "(*: with some arguments only; --syscalls tells each with its reason)");
	text_free(&word);
}

static void every_call(struct sheet *sheet, struct explained const *about)
{
	struct text line = TEXT_EMPTY;
	bool any = false;

	for (uint32_t i = 0; i < seccomp_rule_count; i++) {
		if (!applies(about, i))
			continue;
		add_call(&line, &seccomp_rules[i]);
		text_add(&line, ": ");
		text_add(&line, seccomp_rules[i].why);
		sheet_line(sheet, any ? "" : "denied calls", text_string(&line));
		any = true;
	}
	sheet_line(sheet, "", "(*: with the arguments that do that)");
	text_free(&line);
}

/* What `syscalls` itself names. */
static void adjusted(struct sheet *sheet, struct explained const *about, char const *label,
		     uint32_t denied)
{
	struct plan_list const list = about->slot->syscalls;
	bool any = false;

	for (uint32_t i = 0; i < list.count; i++) {
		uint32_t const word = plan_words(about->plan, list)[i];

		if ((word & PLAN_SYSCALL_DENY) != denied)
			continue;
		if (!any)
			sheet_begin(sheet, label, NULL);
		any = true;
		sheet_word(sheet, name_of(word & ~PLAN_SYSCALL_DENY));
	}
	if (any)
		sheet_end(sheet, "");
}

static void calls_text(struct sheet *sheet, struct explained const *about)
{
	if (about->slot->flags & PLAN_SYSCALLS_ALL)
		sheet_line(sheet, "denied calls", "none: syscalls = all");
	else if (about->every_call)
		every_call(sheet, about);
	else
		groups(sheet, about);
	adjusted(sheet, about, "and declared", PLAN_SYSCALL_DENY);
	adjusted(sheet, about, "but allowed", 0);
	if (!(plan_header(about->plan)->host & PLAN_HOST_SECCOMP))
		sheet_line(sheet, "", "(this kernel has no seccomp: nothing is denied here)");
}

void explain_calls(struct sheet *sheet, struct explained const *about)
{
	if (sheet->as_json)
		calls_json(&sheet->json, about);
	else
		calls_text(sheet, about);
}
