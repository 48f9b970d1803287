/* SPDX-License-Identifier: ISC */
/* orlop.ini; see settings.h. */
#include "plan/settings.h"

#include "lib/duration.h"
#include "lib/findings.h"
#include "lib/number.h"
#include "plan/path_words.h"
#include "plan/source.h"
#include "plan/take.h"
#include "sys/sys.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

struct line {
	struct declarations *declarations;
	struct place place;
	char const *key;
	char const *value;
	struct words words;
};

static void fault(struct line const *line, char const *found, char const *expected)
{
	faults_add(line->declarations->faults, line->place, line->key, ": found ", found,
		   ", expected ", expected, NULL);
}

static void fault_value(struct line const *line, char const *value, char const *expected)
{
	fault(line, faults_quote(line->declarations->faults, value), expected);
}

static void take_stop_timeout(struct line const *line)
{
	uint64_t *timeout = &line->declarations->settings.stop_timeout;

	if (line->words.count != 1 || duration_parse(line->words.at[0], timeout) < 0 ||
	    *timeout < 1000000)
		fault_value(line, line->value, "a duration such as 9s, 1ms at least");
}

static void take_log_default(struct line const *line)
{
	struct settings *settings = &line->declarations->settings;
	char const *found;

	if (take_log_words(line->declarations->arena, &line->words, &settings->log,
			   &settings->log_option, &found) < 0)
		fault_value(line, found,
			    "plain, prefix, json, none, or file:/directory with size= and keep=");
}

static void take_operators(struct line const *line)
{
	line->declarations->settings.operators = line->words;
	line->declarations->settings.operators_place = line->place;
	if (line->words.count == 0)
		fault(line, "nothing", "names or numbers of users");
}

/* CODE [SUBJECT …]; what a subject is the audit knows. */
static void take_accept(struct line const *line)
{
	struct declarations *const d = line->declarations;
	char const *const text = words_join(d->arena, &line->words, 0);

	if (line->words.count == 0)
		fault(line, "nothing", "a code of orlop-audit(8), and what it is about");
	else if (!findings_known(line->words.at[0]))
		fault_value(line, line->words.at[0], "a code that the audit gives");
	else
		d->settings.accepts[d->settings.accept_count++] = text;
}

/* Takes word *next when it is a mode. */
static bool take_mode(struct words const *words, uint32_t *next, uint32_t *mode)
{
	uint64_t number;

	if (*next >= words->count || number_parse(words->at[*next], 8, 07777, &number) < 0)
		return false;
	*mode = (uint32_t)number;
	(*next)++;
	return true;
}

/* A directory that may be read is entered too. */
static uint32_t directory_mode(uint32_t file_mode)
{
	return file_mode | (file_mode & 0444) >> 2;
}

/* The words behind the owner; whether they are in order. */
static bool take_modes(struct words const *words, struct plan_rule *record)
{
	uint32_t next = 1;

	record->file_mode = record->directory_mode = UINT32_MAX;
	if (take_mode(words, &next, &record->file_mode) &&
	    !take_mode(words, &next, &record->directory_mode))
		record->directory_mode = directory_mode(record->file_mode);
	if (next < words->count && !strcmp(words->at[next], "recursive")) {
		record->flags |= PLAN_RULE_RECURSIVE;
		next++;
	}
	return next == words->count;
}

/* /path = owner[:group] [file-mode] [dir-mode] [recursive] */
static void take_rule(struct line const *line)
{
	struct arena *const arena = line->declarations->arena;
	struct words const *words = &line->words;
	char const *const owner = words->count ? words->at[0] : ":";
	size_t const length = strcspn(owner, ":");
	char const *const path = path_words_normal(arena, line->key);
	struct settings *const settings = &line->declarations->settings;
	struct file_rule rule = { .place = line->place };

	rule.record = (struct plan_rule){ .flags = PLAN_RULE_DECLARED,
					  .slot = PLAN_NONE,
					  .line = line->place.line };
	if (!path)
		fault_value(line, line->key, "an absolute path without .. in front of =");
	if (length == 0 || (owner[length] && !owner[length + 1]) ||
	    !take_modes(words, &rule.record))
		fault_value(line, line->value, "owner[:group] [file-mode] [dir-mode] [recursive]");
	else if (path) {
		rule.path = path_words_path(path);
		if (*path == '?')
			rule.record.flags |= PLAN_RULE_MAY_MISS;
		rule.owner = arena_copy(arena, owner, length);
		rule.group = owner[length] ? owner + length + 1 : NULL;
		settings->rules[settings->rule_count++] = rule;
	}
}

static void take_key(struct line const *line)
{
	if (!strcmp(line->key, "stop-timeout"))
		take_stop_timeout(line);
	else if (!strcmp(line->key, "log"))
		take_log_default(line);
	else if (!strcmp(line->key, "operators"))
		take_operators(line);
	else if (!strcmp(line->key, "accept"))
		take_accept(line);
	else
		faults_add(line->declarations->faults, line->place, "found the key ",
			   faults_quote(line->declarations->faults, line->key),
			   ", expected stop-timeout, log, operators or accept", NULL);
}

/* Only `accept` may stand there more than once; /a and /a/ are one path. */
static bool is_repeated(struct declarations *d, struct names *seen, struct ini const *ini,
			uint32_t index)
{
	struct ini_entry const *entry = &ini->entries[index];
	char const *const path = *entry->section ? path_words_normal(d->arena, entry->key) : NULL;
	char const *const key = path ? path_words_path(path) : entry->key;
	char const *const name = arena_join(d->arena, entry->section, "\n", key, NULL);

	return names_enter(seen, d->arena, name, index) != index &&
	       (*entry->section || strcmp(entry->key, "accept") != 0);
}

static void take_entry(struct declarations *d, char const *path, struct ini const *ini,
		       struct names *seen, uint32_t index)
{
	struct ini_entry const *entry = &ini->entries[index];
	struct line line = { .declarations = d,
			     .place = { path, entry->line },
			     .key = entry->key,
			     .value = entry->value };

	if (*entry->section && strcmp(entry->section, "files") != 0) {
		fault_value(&line, entry->section, "the section [files]");
		return;
	}
	if (is_repeated(d, seen, ini, index)) {
		fault(&line, "a second time", "once");
		return;
	}
	if (words_parse(d->parser, entry->value, &line.words) < 0)
		keys_unparsed(d, line.place, line.key, false);
	else if (d->parser->block)
		fault(&line, "a { block }", "words");
	else if (*entry->section)
		take_rule(&line);
	else
		take_key(&line);
}

void settings_defaults(struct settings *settings)
{
	*settings = (struct settings){ .stop_timeout = UINT64_C(9000000000),
				       .log = PLAN_LOG_PLAIN };
}

void settings_read(struct declarations *d, int fd)
{
	char const *const path = arena_join(d->arena, d->directory, "/orlop.ini", NULL);
	struct names seen = { 0 };
	struct ini ini;

	if (source_read(d, fd, "orlop.ini", path, &ini) == 0) {
		d->settings.rules = arena_array(d->arena, ini.count, sizeof *d->settings.rules);
		d->settings.accepts = arena_array(d->arena, ini.count, sizeof(char const *));
		for (uint32_t i = 0; i < ini.count; i++)
			take_entry(d, path, &ini, &seen, i);
	}
	(void)sys_close(fd); /* nothing was written */
}
