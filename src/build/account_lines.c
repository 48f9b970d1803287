/* SPDX-License-Identifier: ISC */
/* Lines of the four files; see account_lines.h. */
#include "build/account_lines.h"

#include <string.h>

bool account_lines_is_name(char const *name)
{
	if (*name == '\0' || *name == '-' || *name == '+')
		return false;
	for (; *name; name++)
		if (*name == ':' || (unsigned char)*name <= ' ' || *name == 0x7f)
			return false;
	return true;
}

bool account_lines_has(struct text const *content, char const *name)
{
	size_t const length = strlen(name);
	char const *at = content->bytes.s;
	size_t left = content->bytes.len;

	while (left) {
		char const *end = memchr(at, '\n', left);
		size_t const line = end ? (size_t)(end - at) : left;

		if (line > length && at[length] == ':' && !memcmp(at, name, length))
			return true;
		if (!end)
			break;
		at = end + 1;
		left -= line + 1;
	}
	return false;
}

static void add_passwd(struct text *content, struct account_line const *line)
{
	text_add(content, ":x:");
	text_add_unsigned(content, line->id);
	text_add(content, ":");
	text_add_unsigned(content, line->gid);
	text_add(content, "::/nonexistent:");
	text_add(content, line->shell);
}

static void add_group(struct text *content, struct account_line const *line)
{
	text_add(content, ":x:");
	text_add_unsigned(content, line->group ? line->id : line->gid);
	text_add(content, ":");
}

bool account_lines_add(struct text *content, enum account_file file,
		       struct account_line const *line)
{
	bool const users = file == ACCOUNT_PASSWD || file == ACCOUNT_SHADOW;

	if ((users && line->group) || account_lines_has(content, line->name))
		return false;
	if (content->bytes.len && content->bytes.s[content->bytes.len - 1] != '\n')
		text_add(content, "\n");
	text_add(content, line->name);
	/* No password fits "!", and without a day of the last change an image is the same tomorrow. */
	if (file == ACCOUNT_PASSWD)
		add_passwd(content, line);
	else if (file == ACCOUNT_GROUP)
		add_group(content, line);
	else
		text_add(content, file == ACCOUNT_SHADOW ? ":!:::::::" : ":!::");
	text_add(content, "\n");
	return true;
}
