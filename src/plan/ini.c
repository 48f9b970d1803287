/* SPDX-License-Identifier: ISC */
/* Lines of a declaration file, one after the other; see ini.h. */
#include "plan/ini.h"

#include <stdbool.h>
#include <string.h>

struct reader {
	struct faults *faults;
	struct ini *ini;
	struct place place;
	char const *section;
	char *value_end; /* where a continuation line is appended; NULL: there is nothing */
	bool skipping;	 /* the line that could be continued was wrong: its continuation goes too */
};

static char *trim_end(char *start, char *end)
{
	while (end > start && (end[-1] == ' ' || end[-1] == '\t'))
		end--;
	*end = '\0';
	return end;
}

static char *skip_blanks(char *s)
{
	return s + strspn(s, " \t");
}

/* Words with control characters in them are nobody's wish: a paste, a binary, an attack. */
static bool is_text(struct reader *r, char const *line, size_t length)
{
	static char const digits[] = "0123456789abcdef";
	char name[] = "0x00";

	if (length > INI_LINE_MAX) {
		faults_add(r->faults, r->place, "found a line of ",
			   arena_number(r->faults->arena, length), " bytes, expected at most 65535",
			   NULL);
		return false;
	}
	for (size_t i = 0; i < length; i++) {
		unsigned char const byte = (unsigned char)line[i];

		if ((byte >= 0x20 && byte != 0x7f) || byte == '\t')
			continue;
		name[2] = digits[byte >> 4];
		name[3] = digits[byte & 15];
		faults_add(r->faults, r->place, "found the control character ",
			   arena_copy(r->faults->arena, name, 4),
			   byte == '\r' ? " (a line end of Windows)" : "", ", expected text", NULL);
		return false;
	}
	return true;
}

static bool take_section(struct reader *r, char *line, char *end)
{
	if (end[-1] != ']' || end - line < 3) {
		faults_add(r->faults, r->place, "found ", faults_quote(r->faults, line),
			   ", expected [section]", NULL);
		return false;
	}
	end[-1] = '\0';
	r->section = line + 1;
	return true;
}

static bool take_pair(struct reader *r, char *line, char *end)
{
	char *const equals = memchr(line, '=', (size_t)(end - line));
	struct ini_entry *entry;

	if (!equals || equals == line) {
		faults_add(r->faults, r->place, "found ", faults_quote(r->faults, line),
			   ", expected key = value", NULL);
		return false;
	}
	entry = &r->ini->entries[r->ini->count++];
	entry->section = r->section;
	entry->key = line;
	entry->line = r->place.line;
	trim_end(line, equals);
	entry->value = skip_blanks(equals + 1);
	r->value_end = end;
	return true;
}

/* The joined value is never longer than its lines were, so it is built where they stood. */
static void take_continuation(struct reader *r, char *line, char *end)
{
	size_t const length = (size_t)(end - line);

	if (r->skipping)
		return;
	if (!r->value_end) {
		faults_add(r->faults, r->place, "found ", faults_quote(r->faults, line),
			   " after white space, expected a line above that it continues", NULL);
		r->skipping = true;
		return;
	}
	*r->value_end = '\n';
	memmove(r->value_end + 1, line, length);
	r->value_end += 1 + length;
	*r->value_end = '\0';
}

static void take_line(struct reader *r, char *line, size_t length)
{
	bool const indented = *line == ' ' || *line == '\t';
	bool taken;
	char *end;

	if (!is_text(r, line, length)) {
		r->value_end = NULL;
		r->skipping = true;
		return;
	}
	end = trim_end(line, line + length);
	line = skip_blanks(line);
	if (*line == ';' || *line == '#')
		return;
	if (indented && *line) {
		take_continuation(r, line, end);
		return;
	}
	r->value_end = NULL;
	r->skipping = false;
	if (*line == '\0')
		return;
	taken = *line == '[' ? take_section(r, line, end) : take_pair(r, line, end);
	r->skipping = !taken;
}

void ini_parse(struct faults *faults, char const *file, char *text, size_t length, struct ini *ini)
{
	struct reader r = { .faults = faults, .ini = ini, .place = { file, 0 }, .section = "" };
	char *const end = text + length;
	size_t lines = 1;

	/* Nobody sees it in an editor, and it would become part of the first key. */
	if (length >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
		faults_add(faults, (struct place){ file, 1 },
			   "found a byte order mark, expected text without one", NULL);
		text += 3;
	}
	for (char *s = text; (s = memchr(s, '\n', (size_t)(end - s))); s++)
		lines++;
	ini->entries = arena_array(faults->arena, lines, sizeof *ini->entries);
	ini->count = 0;
	for (char *line = text; line < end;) {
		char *stop = memchr(line, '\n', (size_t)(end - line));

		if (!stop)
			stop = end;
		*stop = '\0';
		r.place.line++;
		take_line(&r, line, (size_t)(stop - line));
		line = stop + 1;
	}
}
