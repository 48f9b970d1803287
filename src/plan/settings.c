/* SPDX-License-Identifier: ISC */
/* orlop.ini; see settings.h. */
#include "plan/settings.h"

#include "lib/duration.h"
#include "lib/number.h"
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

static void take_accept(struct line const *line)
{
	if (line->words.count == 0)
		fault(line, "nothing", "what the audit may find and not complain of");
}

static bool is_mode(char const *word)
{
	uint64_t mode;

	return number_parse(word, 8, 07777, &mode) == 0;
}

/* /path = owner[:group] [file-mode] [dir-mode] [recursive] */
static void take_rule(struct line const *line)
{
	struct words const *words = &line->words;
	char const *const owner = words->count ? words->at[0] : ":";
	size_t const length = strcspn(owner, ":");
	uint32_t i = 1;

	if (*line->key != '/')
		fault_value(line, line->key, "an absolute path in front of =");
	while (i < words->count && i < 3 && is_mode(words->at[i]))
		i++;
	if (i < words->count && !strcmp(words->at[i], "recursive"))
		i++;
	if (i < words->count || length == 0 || (owner[length] && !owner[length + 1]))
		fault_value(line, line->value, "owner[:group] [file-mode] [dir-mode] [recursive]");
	line->declarations->settings.rule_count++;
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

/* Only `accept` may stand there more than once. */
static bool is_repeated(struct declarations *d, struct names *seen, struct ini const *ini,
			uint32_t index)
{
	struct ini_entry const *entry = &ini->entries[index];
	char const *const name = arena_join(d->arena, entry->section, "\n", entry->key, NULL);

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
		fault(&line, d->parser->found, d->parser->expected);
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

	if (source_read(d, fd, "orlop.ini", path, &ini) == 0)
		for (uint32_t i = 0; i < ini.count; i++)
			take_entry(d, path, &ini, &seen, i);
	(void)sys_close(fd); /* nothing was written */
}
