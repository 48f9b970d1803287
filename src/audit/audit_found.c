/* SPDX-License-Identifier: ISC */
/*
 * The findings: entered one by one, taken on by an `accept` line or open, sorted, and made into a
 * score for each service. A code counts once for a service, however many paths it names, so that
 * a score does not depend on how many files an image has.
 */
#include "audit/audit.h"

#include <stdlib.h>
#include <string.h>

/* `*` stands for any characters, slashes too. */
static bool matches(char const *pattern, size_t length, char const *text)
{
	char const *const end = pattern + length;
	char const *star = NULL;
	char const *retry = NULL;

	for (;;) {
		if (pattern == end && *text == '\0')
			return true;
		if (pattern < end && *pattern == '*') {
			star = ++pattern;
			retry = text;
		} else if (pattern < end && *text && *pattern == *text) {
			pattern++;
			text++;
		} else if (star && *retry) {
			pattern = star;
			text = ++retry;
		} else {
			return false;
		}
	}
}

bool audit_accepts(char const *line, char const *code, char const *service, char const *path)
{
	size_t length = strcspn(line, " ");

	if (length != strlen(code) || strncmp(line, code, length) != 0)
		return false;
	line += length + strspn(line + length, " ");
	if (!*line)
		return true;
	for (; *line; line += length + strspn(line + length, " ")) {
		length = strcspn(line, " ");
		if (matches(line, length, service) || (path && matches(line, length, path)))
			return true;
	}
	return false;
}

/* Every line that matches is in use, not the first alone. */
static bool is_accepted(struct audit *audit, enum finding code, char const *service,
			char const *path)
{
	struct plan_list const accepts = plan_header(audit->plan)->accepts;
	uint32_t const *lines = plan_words(audit->plan, accepts);
	bool accepted = false;

	for (uint32_t i = 0; i < accepts.count; i++) {
		if (!audit_accepts(plan_string(audit->plan, lines[i]), finding_kinds[code].code,
				   service, path))
			continue;
		accepted = true;
		audit->accept_used[i] = true;
	}
	return accepted;
}

struct audit_found *audit_found(struct audit *audit, enum finding code, uint32_t service,
				char const *path, char const *reason)
{
	struct audit_service *const s = &audit->services[service];
	bool const accepted = is_accepted(audit, code, s->name, path);
	uint32_t *const count = accepted ? &s->accepted[code] : &s->open[code];
	struct audit_found *found;

	if ((*count)++ >= AUDIT_KEPT)
		return NULL;
	audit->found = audit_grow(audit, audit->found, audit->found_count, &audit->found_room,
				  sizeof *audit->found);
	found = &audit->found[audit->found_count++];
	*found = (struct audit_found){
		.code = code, .service = service, .reason = reason, .accepted = accepted
	};
	if (path)
		found->path = arena_copy(&audit->arena, path, strlen(path));
	return found;
}

static int compare(void const *first, void const *second)
{
	struct audit_found const *const a = first;
	struct audit_found const *const b = second;

	if (a->service != b->service)
		return a->service < b->service ? -1 : 1;
	if (a->code != b->code)
		return a->code < b->code ? -1 : 1;
	if (!a->path || !b->path || !strcmp(a->path, b->path))
		return strcmp(a->reason, b->reason);
	return strcmp(a->path, b->path);
}

unsigned audit_score(struct audit *audit)
{
	unsigned lowest = 100;

	if (audit->found_count)
		qsort(audit->found, audit->found_count, sizeof *audit->found, compare);
	for (uint32_t i = 0; i <= audit->service_count; i++) {
		struct audit_service *const service = &audit->services[i];
		unsigned lost = 0;

		for (int code = 0; code < FINDINGS; code++)
			if (service->open[code])
				lost += finding_kinds[code].weight;
		service->score = lost < 100 ? 100 - lost : 0;
		if (service->shown && service->score < lowest)
			lowest = service->score;
	}
	return lowest;
}

uint32_t audit_open(struct audit const *audit)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i <= audit->service_count; i++)
		for (int code = 0; audit->services[i].shown && code < FINDINGS; code++)
			count += audit->services[i].open[code];
	return count;
}
