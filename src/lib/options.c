/* SPDX-License-Identifier: ISC */
/* One table of options, and the loop over the words; see options.h. */
#include "lib/options.h"

#include "lib/duration.h"
#include "lib/number.h"

#include <errno.h>
#include <skalibs/types.h>
#include <stdlib.h>
#include <string.h>

struct known {
	char const *name;
	enum options_bit bit;
	char const *value; /* what it is called in messages, NULL for none */
};

enum { OPTIONS_LINES_MAX = 1000000 };

static struct known const table[] = {
	{ "json", OPTION_JSON, NULL },
	{ "pid", OPTION_PID, "a process id" },
	{ "timeout", OPTION_TIMEOUT, "a duration such as 500ms, 10s or 2m" },
	{ "no-wait", OPTION_NO_WAIT, NULL },
	{ "group", OPTION_GROUP, NULL },
	{ "directory", OPTION_DIRECTORY, "a directory" },
	{ "services", OPTION_SERVICES, "a list of services" },
	{ "syscalls", OPTION_SYSCALLS, NULL },
	{ "ready", OPTION_READY, NULL },
	{ "down", OPTION_DOWN, NULL },
	{ "check", OPTION_CHECK, NULL },
	{ "dry-run", OPTION_DRY_RUN, NULL },
	{ "verbose", OPTION_VERBOSE, NULL },
	{ "follow", OPTION_FOLLOW, NULL },
	{ "lines", OPTION_LINES, "a number of lines" },
	{ "image", OPTION_IMAGE, NULL },
};

static int refuse(struct text *problem, char const *what, char const *found, char const *rest)
{
	text_add(problem, what);
	text_add_plain(problem, found);
	text_add(problem, rest);
	return -EINVAL;
}

static struct known const *find(char const *name, size_t length, unsigned allowed)
{
	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
		if (strlen(table[i].name) == length && !memcmp(table[i].name, name, length))
			return table[i].bit & allowed ? &table[i] : NULL;
	return NULL;
}

static bool take_pid(struct options *options, char const *value)
{
	unsigned pid = 0;

	if (!uint0_scan(value, &pid) || pid == 0 || pid > INT32_MAX)
		return false;
	options->pid = (int)pid;
	return true;
}

static bool take_value(struct options *options, enum options_bit bit, char const *value)
{
	if (value[0] == '\0')
		return false;
	if (bit == OPTION_PID)
		return take_pid(options, value);
	if (bit == OPTION_TIMEOUT)
		return duration_parse(value, &options->timeout) == 0;
	if (bit == OPTION_LINES)
		return number_parse(value, 10, OPTIONS_LINES_MAX, &options->lines) == 0;
	if (bit == OPTION_DIRECTORY)
		options->directory = value;
	else
		options->services = value;
	return true;
}

static int take_option(struct options *options, unsigned allowed, char const *word,
		       struct text *problem)
{
	char const *equals = strchr(word, '=');
	size_t const length = equals ? (size_t)(equals - word) - 2 : strlen(word + 2);
	struct known const *known = find(word + 2, length, allowed);

	if (!known || word[1] != '-')
		return refuse(problem, "unknown option ", word, "");
	if (!known->value && equals)
		return refuse(problem, "option without a value, but found ", word, "");
	if (known->value && (!equals || !take_value(options, known->bit, equals + 1))) {
		(void)refuse(problem, "found ", word, ", expected --");
		text_add(problem, known->name);
		text_add(problem, "= and ");
		return refuse(problem, "", known->value, "");
	}
	options->given |= known->bit;
	return 0;
}

/* -f and -n N: 1 for an option of two words, -ENOENT for none of these. */
static int take_short(struct options *options, unsigned allowed, char const *word, char const *next,
		      struct text *problem)
{
	char const *const value = word[1] == 'n' && word[2] ? word + 2 : next;

	if (allowed & OPTION_FOLLOW && !strcmp(word, "-f")) {
		options->given |= OPTION_FOLLOW;
		return 0;
	}
	if (!(allowed & OPTION_LINES) || strncmp(word, "-n", 2) != 0)
		return -ENOENT;
	if (!value || !take_value(options, OPTION_LINES, value))
		return refuse(problem, "found -n ", value ? value : "",
			      ", expected a number of lines behind it");
	options->given |= OPTION_LINES;
	return value == next;
}

int options_parse(struct options *options, unsigned allowed, int argc, char const *const *argv,
		  struct text *problem)
{
	bool only_words = false;

	memset(options, 0, sizeof *options);
	options->words = calloc((size_t)argc + 1, sizeof *options->words);
	if (!options->words)
		return -ENOMEM;
	for (int i = 1; i < argc; i++) {
		int error = 0;

		if (!only_words && !strcmp(argv[i], "--"))
			only_words = true;
		else if (!only_words && argv[i][0] == '-' && argv[i][1]) {
			error = take_short(options, allowed, argv[i],
					   i + 1 < argc ? argv[i + 1] : NULL, problem);
			if (error == -ENOENT)
				error = take_option(options, allowed, argv[i], problem);
			i += error > 0;
		} else
			options->words[options->word_count++] = argv[i];
		if (error < 0)
			return error;
	}
	return 0;
}

void options_free(struct options *options)
{
	free(options->words);
	options->words = NULL;
}
