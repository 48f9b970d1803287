/* SPDX-License-Identifier: ISC */
/*
 * First each ${…} becomes one mark (a byte that the file cannot contain) and its value is kept;
 * then libexecline finds the words; then the marks become the values. The n-th mark is the n-th
 * value. So a value with quotes, braces or blanks in it stays what it is.
 */
#include "plan/words.h"

#include <errno.h>
#include <execline/execline.h>
#include <string.h>

enum { MARK = 0x7f }; /* the lexer takes lower control characters for blanks */

bool words_is_name(char const *name, size_t length)
{
	if (length == 0 || (*name >= '0' && *name <= '9'))
		return false;
	for (size_t i = 0; i < length; i++)
		if (name[i] != '_' && (name[i] < '0' || name[i] > '9') &&
		    ((name[i] | 0x20) < 'a' || (name[i] | 0x20) > 'z'))
			return false;
	return true;
}

char const *words_variable(char const *const *environment, char const *name, size_t length)
{
	for (; *environment; environment++)
		if (!strncmp(*environment, name, length) && (*environment)[length] == '=')
			return *environment + length + 1;
	return NULL;
}

static int fail(struct words_parser *p, char const *found, char const *expected)
{
	p->found = found;
	p->expected = expected;
	return -EINVAL;
}

static void append(struct words_parser *p, stralloc *to, char const *bytes, size_t length)
{
	if (!stralloc_catb(to, bytes, length))
		p->arena->exhausted();
}

/* `s` is behind the "${". Returns where the text goes on, or NULL. */
static char const *substitute(struct words_parser *p, char const *s)
{
	static char const mark = MARK;
	char const *const end = strchr(s, '}');
	size_t length = strcspn(s, ":}");
	char const *value;
	char const *standby = NULL;

	if (!end || !words_is_name(s, length) || (s[length] == ':' && s[length + 1] != '-')) {
		fail(p,
		     arena_join(p->arena, "\"${", arena_copy(p->arena, s, strcspn(s, " }\n\"")),
				end ? "}\"" : "\"", NULL),
		     "${NAME} or ${NAME:-default}; a dollar sign that means itself is \\$");
		return NULL;
	}
	if (s[length] == ':' && memmem(s, (size_t)(end - s), "${", 2)) {
		fail(p, "${ in a default", "${NAME:-default} with a default of plain text");
		return NULL;
	}
	if (s[length] == ':')
		standby = arena_copy(p->arena, s + length + 2, (size_t)(end - s) - length - 2);
	value = words_variable(p->environment, s, length);
	names_enter(&p->used, p->arena, arena_copy(p->arena, s, length), 0);
	if (standby && (!value || !*value))
		value = standby;
	if (!value) {
		p->unset = true;
		fail(p,
		     arena_join(p->arena, "the variable ", arena_copy(p->arena, s, length),
				" unset", NULL),
		     "a value in the container's environment, or ${NAME:-default}");
		return NULL;
	}
	append(p, &p->values, (char const *)&value, sizeof value);
	append(p, &p->marked, &mark, 1);
	return end + 1;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n';
}

/* How many bytes from `s` on go together as they are: plain ones, an escape, a comment. */
static size_t unit(char const *s, bool quoted, bool starts)
{
	size_t const plain = strcspn(s, " \t\n\\\"#{$");

	if (plain)
		return plain;
	if (*s == '\\' && s[1])
		return 2;
	return *s == '#' && starts && !quoted ? strcspn(s, "\n") : 1;
}

static int mark(struct words_parser *p, char const *s)
{
	bool quoted = false;
	bool starts = true;

	while (s && *s) {
		size_t const length = unit(s, quoted, starts);

		if (s[0] == '$' && s[1] == '{') {
			s = substitute(p, s + 2);
			starts = false;
			continue;
		}
		if (s[0] == '\\' && s[1] == '\0')
			return fail(p, "a backslash at the end", "words in execline's syntax");
		if (starts && !quoted && *s == '{' && (!s[1] || is_blank(s[1])))
			p->block = true;
		if (*s == '"')
			quoted = !quoted;
		starts = !quoted && is_blank(*s);
		append(p, &p->marked, s, length);
		s += length;
	}
	append(p, &p->marked, "", 1);
	return s ? 0 : -EINVAL;
}

static int explain(struct words_parser *p, int answer)
{
	switch (answer) {
	case -1:
		p->arena->exhausted();
		return -ENOMEM;
	case -3:
		return fail(p, "a { without its }", "a block closed by } as a word of its own");
	case -4:
		return fail(p, "a } without its {", "a block opened by { as a word of its own");
	default:
		return fail(p, "a quote without its end or a NUL byte",
			    "words in execline's syntax, each quote closed");
	}
}

static size_t count_byte(stralloc const *text, char byte)
{
	size_t count = 0;

	for (size_t i = 0; i < text->len; i++)
		count += text->s[i] == byte;
	return count;
}

/* One word with its marks filled in; `*used` values were before it. */
static char const *fill(struct words_parser *p, char const *word, size_t *used)
{
	char const *const *values = genalloc_s(char const *, &p->values);
	size_t const length = strcspn(word, "\x7f");
	char const *filled = arena_copy(p->arena, word, length);

	for (word += length; *word;) {
		size_t const more = strcspn(word + 1, "\x7f");

		filled = arena_join(p->arena, filled, values[(*used)++],
				    arena_copy(p->arena, word + 1, more), NULL);
		word += 1 + more;
	}
	return filled;
}

int words_parse(struct words_parser *p, char const *value, struct words *words)
{
	char const **at;
	char const *word;
	size_t used = 0;
	int count;

	p->marked.len = p->parsed.len = p->values.len = 0;
	p->block = p->unset = false;
	if (mark(p, value) < 0)
		return -EINVAL;
	count = el_parse_from_string(&p->parsed, p->marked.s);
	if (count < 0)
		return explain(p, count);
	if (count_byte(&p->parsed, '\0') != (size_t)count)
		return fail(p, "\\0x00", "words without a NUL byte");
	if (count_byte(&p->parsed, MARK) != genalloc_len(char const *, &p->values))
		return fail(p, "\\0x7f", "words without this control character");
	at = arena_array(p->arena, (size_t)count + 1, sizeof *at);
	word = p->parsed.s;
	for (int i = 0; i < count; i++, word += strlen(word) + 1)
		at[i] = fill(p, word, &used);
	*words = (struct words){ at, (uint32_t)count };
	return 0;
}

void words_free(struct words_parser *p)
{
	stralloc_free(&p->marked);
	stralloc_free(&p->parsed);
	genalloc_free(char const *, &p->values);
}

char const *words_join(struct arena *arena, struct words const *words, uint32_t first)
{
	size_t length = 1;
	char *joined;
	char *end;

	for (uint32_t i = first; i < words->count; i++)
		length += strlen(words->at[i]) + 1;
	joined = end = arena_take(arena, length);
	for (uint32_t i = first; i < words->count; i++) {
		if (i > first)
			*end++ = ' ';
		end = stpcpy(end, words->at[i]);
	}
	return joined;
}
