/* SPDX-License-Identifier: ISC */
/* Lines of colon-separated fields: the name is the first, the number the third. */
#include "lockdown/owners.h"

#include "sys/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <skalibs/types.h>
#include <string.h>

static void load(struct text *text, int etc, char const *name)
{
	char buffer[4096];
	ssize_t size;
	int const fd = sys_openat(etc, name, O_RDONLY | O_CLOEXEC, 0);

	if (fd < 0)
		return;
	while ((size = sys_read(fd, buffer, sizeof buffer)) > 0 || size == -EINTR)
		if (size > 0)
			text_add_bytes(text, buffer, (size_t)size);
	(void)sys_close(fd);	 /* nothing was written */
	(void)text_string(text); /* its NUL */
}

void owners_load(struct owners *owners, char const *etc)
{
	int const fd = sys_openat(AT_FDCWD, etc, O_PATH | O_DIRECTORY | O_CLOEXEC, 0);

	*owners = (struct owners){ .users = TEXT_EMPTY, .groups = TEXT_EMPTY };
	if (fd < 0)
		return;
	load(&owners->users, fd, "passwd");
	load(&owners->groups, fd, "group");
	(void)sys_close(fd); /* nothing was written */
}

void owners_free(struct owners *owners)
{
	text_free(&owners->users);
	text_free(&owners->groups);
}

static bool is_number(char const *field, uint32_t number)
{
	uint32_t value = 0;
	size_t const digits = uint32_scan(field, &value);

	return digits && field[digits] == ':' && value == number;
}

/* The line whose third field is `number`; NULL when there is none. */
static char const *find(struct text const *text, uint32_t number)
{
	char const *line = text->failed ? NULL : text->bytes.s;

	while (line && *line) {
		char const *const end = strchr(line, '\n');
		char const *field = strchr(line, ':');

		field = field ? strchr(field + 1, ':') : NULL;
		if (field && (!end || field < end) && is_number(field + 1, number))
			return line;
		line = end ? end + 1 : NULL;
	}
	return NULL;
}

static void add(struct text const *names, uint32_t number, struct text *text)
{
	char const *const line = find(names, number);

	if (line && *line != ':')
		text_add_bytes(text, line, strcspn(line, ":"));
	else
		text_add_unsigned(text, number);
}

void owners_add(struct owners const *owners, uint32_t uid, uint32_t gid, struct text *text)
{
	add(&owners->users, uid, text);
	text_add(text, ":");
	add(&owners->groups, gid, text);
}
