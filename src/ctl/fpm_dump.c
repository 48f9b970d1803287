/* SPDX-License-Identifier: ISC */
/*
 * php-fpm's lines look like this, and each comes twice where stderr is no terminal:
 *	[24-Nov-2026 09:50:22] NOTICE: [www]
 *	[24-Nov-2026 09:50:22] NOTICE: <tab>listen = 127.0.0.1:9000
 *	[24-Nov-2026 09:50:22] NOTICE: configuration file /etc/php-fpm.conf test is successful
 *	[24-Nov-2026 09:50:22] ERROR: [/etc/php-fpm.conf:3] unknown entry 'foo'
 */
#include "ctl/fpm_dump.h"

#include <errno.h>
#include <string.h>

#define FILE_BEFORE "configuration file "
#define FILE_AFTER  " test is successful"

char const *const fpm_key_names[FPM_KEYS] = {
	[FPM_CONTROL_TIMEOUT] = "process_control_timeout",
	[FPM_ERROR_LOG] = "error_log",
	[FPM_LOG_LIMIT] = "log_limit",
	[FPM_DAEMONIZE] = "daemonize",
	[FPM_LISTEN] = "listen",
	[FPM_CATCH_OUTPUT] = "catch_workers_output",
	[FPM_DECORATE_OUTPUT] = "decorate_workers_output",
	[FPM_CLEAR_ENV] = "clear_env",
};

/* The end of `line` is `end`, which is cut off. */
static bool cut_end(char *line, char const *end)
{
	size_t const length = strlen(line);
	size_t const tail = strlen(end);

	if (length < tail || strcmp(line + length - tail, end) != 0)
		return false;
	line[length - tail] = '\0';
	return true;
}

/* The section called `name`, made when it is new; NULL when memory is out. */
static struct fpm_section *enter(struct fpm_dump *dump, char const *name)
{
	struct fpm_section fresh = { .name = name };
	struct fpm_section *all = genalloc_s(struct fpm_section, &dump->sections);

	for (size_t i = 0; i < fpm_dump_count(dump); i++)
		if (!strcmp(all[i].name, name))
			return &all[i];
	if (!genalloc_append(struct fpm_section, &dump->sections, &fresh))
		return NULL;
	return genalloc_s(struct fpm_section, &dump->sections) + fpm_dump_count(dump) - 1;
}

static void take_value(struct fpm_section *section, char *line)
{
	char *const middle = strstr(line, " = ");

	if (!middle)
		return;
	*middle = '\0';
	if (!strncmp(line, "env[", 4))
		section->has_env = true;
	for (int key = 0; key < FPM_KEYS; key++)
		if (!strcmp(line, fpm_key_names[key]))
			section->values[key] = middle + 3;
}

/* The first is the reason; those behind it say that it was one. */
static void take_refusal(struct fpm_dump *dump, char const *line)
{
	if (dump->refusal.bytes.len)
		return;
	text_add_plain(&dump->refusal, line);
}

/* Behind the time: the level and the text; NULL when it is no line of php-fpm. */
static char *split(char *line, char **level)
{
	char *text;

	if (*line != '[' || !(line = strstr(line, "] ")))
		return NULL;
	*level = line + 2;
	text = strstr(*level, ": ");
	if (!text)
		return NULL;
	*text = '\0';
	return text + 2;
}

int fpm_dump_parse(struct fpm_dump *dump, char *output)
{
	struct fpm_section *section = NULL;
	char *level;
	char *text;
	char *line;

	*dump = (struct fpm_dump){ .file = NULL };
	while ((line = strsep(&output, "\n"))) {
		text = split(line, &level);
		if (!text)
			continue;
		if (!strcmp(level, "ERROR") || !strcmp(level, "ALERT")) {
			take_refusal(dump, text);
		} else if (*text == '[' && cut_end(text, "]")) {
			section = enter(dump, text + 1);
			if (!section)
				return -ENOMEM;
		} else if (*text == '\t' && section) {
			take_value(section, text + 1);
		} else if (!strncmp(text, FILE_BEFORE, sizeof FILE_BEFORE - 1) &&
			   cut_end(text, FILE_AFTER)) {
			dump->file = text + sizeof FILE_BEFORE - 1;
		}
	}
	return dump->refusal.failed ? -ENOMEM : 0;
}

void fpm_dump_free(struct fpm_dump *dump)
{
	genalloc_free(struct fpm_section, &dump->sections);
	text_free(&dump->refusal);
}
