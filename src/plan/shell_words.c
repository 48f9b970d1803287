/* SPDX-License-Identifier: ISC */
/*
 * What a shell would have made of a command. `a && b` runs a with two arguments here, and php does
 * not mind; so each command's first word of that kind is told. It is no fault: a program may want
 * such a word, and inside of quotes, for sh -c, it is no word of its own.
 */
#include "plan/shell_words.h"

#include "plan/keys.h"

#include <string.h>

static bool is_operator(char const *word)
{
	static char const *const operators[] = { "|", "||", "&", "&&", "<", ">", ">>", "2>&1" };

	for (size_t i = 0; i < sizeof operators / sizeof operators[0]; i++)
		if (!strcmp(word, operators[i]))
			return true;
	return false;
}

static void check(struct declarations *d, struct service const *s, enum service_key key,
		  struct words const *words)
{
	struct place const place = s->places[key];
	char const *means = NULL;
	uint32_t i = 0;

	for (; i < words->count && !means; i++) {
		if (words->at[i][0] == '\'')
			means = ", which quotes nothing here: expected double quotes";
		else if (is_operator(words->at[i]))
			means = ", a mere argument here: expected sh -c \"...\" around what is a "
				"shell's";
	}
	if (means)
		faults_notice(d->faults,
			      arena_join(d->arena, place.file, ":",
					 arena_number(d->arena, place.line), ": ",
					 keys_at(key)->name, ": found ",
					 faults_quote(d->faults, words->at[i - 1]), means, NULL));
}

void shell_words_all(struct declarations *d)
{
	for (uint32_t i = 0; i < d->count; i++) {
		struct service const *s = &d->services[i];

		if (!declaration_is_wanted(d, s))
			continue;
		check(d, s, KEY_COMMAND, &s->command);
		check(d, s, KEY_READY_COMMAND, &s->ready_command);
		check(d, s, KEY_STOP_COMMAND, &s->stop_command);
	}
}
