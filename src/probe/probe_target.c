/* SPDX-License-Identifier: ISC */
/* The kinds of targets, by the word before the first colon. */
#include "probe/probe.h"

#include <errno.h>
#include <string.h>

static struct probe_kind const *const kinds[] = { &probe_tcp, &probe_unix, &probe_http,
						  &probe_fastcgi };

int probe_parse(struct probe_target *target, char const *word, struct text *problem)
{
	char const *colon = strchr(word, ':');
	size_t const length = colon ? (size_t)(colon - word) : 0;

	memset(target, 0, sizeof *target);
	for (size_t i = 0; length && i < sizeof kinds / sizeof kinds[0]; i++) {
		if (strlen(kinds[i]->name) != length || memcmp(kinds[i]->name, word, length))
			continue;
		target->kind = kinds[i];
		return kinds[i]->parse(target, colon + 1, problem);
	}
	text_add(problem, "tcp:HOST:PORT, unix:PATH, http:URL or fastcgi:SOCKET");
	return -EINVAL;
}
