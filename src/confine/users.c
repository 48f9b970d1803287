/* SPDX-License-Identifier: ISC */
/*
 * passwd(5) and group(5), read as a stream of fields: a field's first bytes are kept and the rest
 * is only passed over, so a group with ten thousand members needs no more memory than one with two.
 * A line counts when its end has been seen and it was well-formed up to there.
 */
#include "confine/users.h"
#include "sys/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>

enum { ID_MAX = 0xfffffffe, PASSWD_FIELDS = 7, GROUP_FIELDS = 4, NUMBER_SIZE = 16 };

enum { END = -1, FAILED = -2 };

struct reader {
	int fd;
	int error;
	size_t at;
	size_t size;
	bool whole; /* nothing wrong in this line so far */
	char buffer[4096];
};

struct text {
	char *start;
	size_t size;
};

int users_number(char const *text, uint32_t *id)
{
	uint64_t value = 0;

	if (*text == '\0')
		return -EINVAL;
	if (text[strspn(text, "0123456789")] != '\0')
		return -EINVAL;
	for (; *text; text++) {
		value = value * 10 + (uint64_t)(*text - '0');
		if (value > ID_MAX)
			return -ERANGE;
	}
	*id = (uint32_t)value;
	return 0;
}

static int open_reader(struct reader *reader, char const *file)
{
	memset(reader, 0, sizeof *reader);
	reader->fd = sys_openat(AT_FDCWD, file, O_RDONLY | O_CLOEXEC, 0);
	return reader->fd < 0 ? reader->fd : 0;
}

/* The next byte, END, or FAILED with reader->error set. */
static int next(struct reader *reader)
{
	if (reader->at == reader->size) {
		ssize_t const size = sys_read(reader->fd, reader->buffer, sizeof reader->buffer);

		if (size < 0)
			reader->error = (int)size;
		if (size <= 0)
			return size < 0 ? FAILED : END;
		reader->at = 0;
		reader->size = (size_t)size;
	}
	return (unsigned char)reader->buffer[reader->at++];
}

static bool ends_field(int c)
{
	return c == ':' || c == '\n' || c < 0;
}

/* Tabs occur in people's names; nothing else of the kind has a place in these files. */
static bool is_control(int c)
{
	return (c < ' ' && c != '\t') || c == 0x7f;
}

/* Reads up to the field's end and returns what ended it; one that does not fit spoils the line. */
static int field(struct reader *reader, struct text text)
{
	size_t length = 0;
	int c;

	while (!ends_field(c = next(reader))) {
		if (is_control(c) || (text.start && length + 1 >= text.size)) {
			reader->whole = false;
			continue;
		}
		if (text.start)
			text.start[length++] = (char)c;
	}
	if (text.start)
		text.start[length] = '\0';
	return c;
}

static void skip_line(struct reader *reader, int c)
{
	while (c != '\n' && c >= 0)
		c = next(reader);
}

/* NIS lines and comments are not entries, and an entry has a name. */
static bool is_entry_name(char const *name)
{
	return *name && !strchr("+-#", *name);
}

/*
 * Reads one line's first `count` fields. Returns what ended the last one read; reader->whole tells
 * whether these fields are there.
 */
static int fields(struct reader *reader, struct text const *texts, size_t count)
{
	int c = ':';
	size_t i = 0;

	reader->whole = true;
	for (; i < count && c == ':'; i++)
		c = field(reader, texts[i]);
	if (i < count)
		reader->whole = false;
	return c;
}

/* 1 with *user filled, 0 for a line that is none, or what next() says at the end. */
static int next_user(struct reader *reader, struct user *user)
{
	char uid[NUMBER_SIZE];
	char gid[NUMBER_SIZE];
	struct text const texts[PASSWD_FIELDS] = {
		{ user->name, sizeof user->name },
		{ NULL, 0 },
		{ uid, sizeof uid },
		{ gid, sizeof gid },
		{ NULL, 0 },
		{ user->home, sizeof user->home },
		{ user->shell, sizeof user->shell },
	};
	int const c = fields(reader, texts, PASSWD_FIELDS);

	if (c == FAILED)
		return c;
	if (c == ':')
		skip_line(reader, c);
	else if (reader->whole && is_entry_name(user->name) && users_number(uid, &user->uid) == 0 &&
		 users_number(gid, &user->gid) == 0)
		return 1;
	return c == END ? END : 0;
}

/* By `name`, or by `uid` when there is no name. */
static int find_user(char const *file, char const *name, uint32_t uid, struct user *user)
{
	struct reader reader;
	int result = open_reader(&reader, file);

	if (result < 0)
		return result;
	while ((result = next_user(&reader, user)) >= 0)
		if (result == 1 && (name ? strcmp(user->name, name) == 0 : user->uid == uid))
			break;
	(void)sys_close(reader.fd); /* nothing was written */
	if (result < 0)
		return result == FAILED ? reader.error : -ENOENT;
	return 0;
}

int users_by_name(char const *file, char const *name, struct user *user)
{
	return find_user(file, name, 0, user);
}

int users_by_uid(char const *file, uint32_t uid, struct user *user)
{
	return find_user(file, NULL, uid, user);
}

struct group {
	char name[64];
	uint32_t gid;
	bool has_member;
};

/* The member field: whether `member` is in it. Returns what ended it. */
static int members(struct reader *reader, char const *member, bool *found)
{
	char const *rest = member; /* NULL: this one is another's name */
	int c;

	*found = false;
	do {
		c = next(reader);
		if (c == ',' || ends_field(c)) {
			if (rest && rest != member && *rest == '\0')
				*found = true;
			rest = member;
		} else if (is_control(c)) {
			reader->whole = false;
		} else {
			rest = rest && (unsigned char)*rest == c ? rest + 1 : NULL;
		}
	} while (!ends_field(c));
	return c;
}

static int next_group(struct reader *reader, char const *member, struct group *group)
{
	char gid[NUMBER_SIZE];
	struct text const texts[] = {
		{ group->name, sizeof group->name },
		{ NULL, 0 },
		{ gid, sizeof gid },
	};
	int c = fields(reader, texts, GROUP_FIELDS - 1);
	bool const more = c == ':';

	if (more)
		c = members(reader, member, &group->has_member);
	if (c == FAILED)
		return c;
	if (c == ':')
		skip_line(reader, c);
	else if (more && reader->whole && is_entry_name(group->name) &&
		 users_number(gid, &group->gid) == 0)
		return 1;
	return c == END ? END : 0;
}

int groups_by_name(char const *file, char const *name, uint32_t *gid)
{
	struct reader reader;
	struct group group;
	int result = open_reader(&reader, file);

	if (result < 0)
		return result;
	while ((result = next_group(&reader, "", &group)) >= 0)
		if (result == 1 && strcmp(group.name, name) == 0)
			break;
	(void)sys_close(reader.fd); /* nothing was written */
	if (result < 0)
		return result == FAILED ? reader.error : -ENOENT;
	*gid = group.gid;
	return 0;
}

static bool listed(uint32_t const *list, size_t count, uint32_t gid)
{
	for (size_t i = 0; i < count; i++)
		if (list[i] == gid)
			return true;
	return false;
}

int groups_of(char const *file, char const *user, uint32_t *list, size_t maximum)
{
	struct reader reader;
	struct group group;
	size_t count = 0;
	int result = open_reader(&reader, file);

	if (result < 0)
		return result;
	while ((result = next_group(&reader, user, &group)) >= 0) {
		if (result != 1 || !group.has_member)
			continue;
		if (listed(list, count < maximum ? count : maximum, group.gid))
			continue;
		if (count < maximum)
			list[count] = group.gid;
		count++;
	}
	(void)sys_close(reader.fd); /* nothing was written */
	return result == FAILED ? reader.error : (int)count;
}
