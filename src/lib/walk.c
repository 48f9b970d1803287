/* SPDX-License-Identifier: ISC */
/*
 * A stack of directories, one frame each, and a stack of the names of directories yet to be
 * entered. The descriptors of the deepest frames and of the top are kept open; one in between is
 * opened anew from the top, name by name, and compared with the directory that it was.
 */
#include "lib/walk.h"

#include "lib/entry.h"
#include "sys/sys.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum { OPEN_MAX = 48, OPENED_ANEW = 24, BUFFER_SIZE = 32768 };

struct frame {
	int fd;	      /* -1: closed for the time being */
	bool folders; /* nothing but directories is looked for in it */
	struct stat status;
	size_t name;  /* offset of its name in names */
	size_t path;  /* length of its path */
	size_t first; /* offset in names of its directories */
	size_t next;  /* of the next one to be entered */
	size_t end;   /* behind the last one */
};

struct state {
	struct walk const *walk;
	int above; /* descriptor of the directory that the top is in */
	struct frame *frames;
	size_t depth; /* frames in use */
	size_t room;
	struct text names; /* each with its NUL */
	struct text path;
	char buffer[BUFFER_SIZE] __attribute__((aligned(8)));
};

struct record { /* of getdents64(2) */
	uint64_t inode;
	int64_t offset;
	uint16_t length;
	uint8_t type;
	char name[];
};

static struct frame *deepest(struct state *state)
{
	return &state->frames[state->depth - 1];
}

/* The path of `name` in a directory whose path is the first `length` bytes; NULL: no memory. */
static char const *path_of(struct state *state, size_t length, char const *name)
{
	state->path.bytes.len = length;
	if (length == 0 || state->path.bytes.s[length - 1] != '/')
		text_add(&state->path, "/");
	text_add(&state->path, name);
	return text_string(&state->path);
}

/* 0 to go on. Names vanish all the time, and what has vanished needs nothing any more. */
static int tell(struct state *state, int error)
{
	if (error == -ENOENT)
		return 0;
	/* What was a directory a moment ago. */
	if (error == -ELOOP || error == -ENOTDIR)
		error = -ESTALE;
	return state->walk->trouble(text_string(&state->path), error, state->walk->context);
}

static int push(struct state *state, int fd, struct stat const *status, size_t name)
{
	struct frame *frame;

	if (state->depth == state->room) {
		size_t const room = state->room ? state->room * 2 : 32;
		struct frame *const more = realloc(state->frames, room * sizeof *more);

		if (!more)
			return -ENOMEM;
		state->frames = more;
		state->room = room;
	}
	if (state->depth > OPEN_MAX) {
		frame = &state->frames[state->depth - OPEN_MAX];
		if (frame->fd >= 0)
			(void)sys_close(frame->fd); /* nothing was written */
		frame->fd = -1;
	}
	frame = &state->frames[state->depth++];
	*frame = (struct frame){ .fd = fd,
				 .status = *status,
				 .name = name,
				 .path = state->path.bytes.len,
				 .first = state->names.bytes.len,
				 .next = state->names.bytes.len,
				 .end = state->names.bytes.len };
	return 0;
}

static void pop(struct state *state)
{
	struct frame *const frame = deepest(state);

	if (frame->fd >= 0)
		(void)sys_close(frame->fd); /* nothing was written */
	state->names.bytes.len = frame->first;
	state->depth--;
}

static char const *name_at(struct state *state, size_t offset)
{
	return state->names.bytes.s + offset;
}

static int show(struct state *state, int (*function)(struct walk_entry const *, void *),
		int directory, char const *name, struct stat const *status)
{
	struct walk_entry const entry = {
		.directory = directory, .name = name, .path = state->path.bytes.s, .status = status
	};

	return function ? function(&entry, state->walk->context) : 0;
}

/* The names of directories are kept for later; everything else is shown now. */
static int take(struct state *state, struct record const *record)
{
	struct frame *const frame = deepest(state);
	struct stat status;
	int result = 0;

	if (!strcmp(record->name, ".") || !strcmp(record->name, ".."))
		return 0;
	if (record->type != DT_DIR && record->type != DT_UNKNOWN && frame->folders)
		return 0;
	if (record->type != DT_DIR) {
		if (!*path_of(state, frame->path, record->name))
			return -ENOMEM;
		result = sys_newfstatat(frame->fd, record->name, &status, AT_SYMLINK_NOFOLLOW);
		if (result < 0)
			return tell(state, result);
		if (!S_ISDIR(status.st_mode) && frame->folders)
			return 0;
		if (!S_ISDIR(status.st_mode)) {
			result = show(state, state->walk->enter, frame->fd, record->name, &status);
			return result < 0 ? result : 0;
		}
	}
	text_add_bytes(&state->names, record->name, strlen(record->name) + 1);
	frame->end = state->names.bytes.len;
	return state->names.failed ? -ENOMEM : 0;
}

/* Reads the whole of the deepest directory. */
static int list(struct state *state)
{
	for (;;) {
		struct frame *const frame = deepest(state);
		ssize_t const size = sys_getdents64(frame->fd, state->buffer, BUFFER_SIZE);

		if (size < 0) {
			state->path.bytes.len = frame->path;
			return tell(state, (int)size);
		}
		if (size == 0)
			return 0;
		for (ssize_t at = 0; at < size;) {
			struct record const *const record =
			    (struct record const *)(void const *)(state->buffer + at);
			int const error = take(state, record);

			if (error < 0)
				return error;
			at += record->length;
		}
	}
}

/* Shows `name`, in the directory `directory`, and goes in if it is a directory. */
static int enter(struct state *state, int directory, size_t name, bool top)
{
	struct stat status;
	bool folders;
	int fd;
	int result = sys_newfstatat(directory, name_at(state, name), &status, AT_SYMLINK_NOFOLLOW);

	if (result < 0)
		return tell(state, result);
	result = show(state, state->walk->enter, directory, name_at(state, name), &status);
	if (result < 0 || result == WALK_SKIP || !S_ISDIR(status.st_mode))
		return result < 0 ? result : 0;
	folders = result == WALK_FOLDERS;
	fd = entry_open_seen(directory, name_at(state, name), O_RDONLY | O_DIRECTORY | O_NONBLOCK,
			     top || state->walk->cross, &status);
	if (fd < 0)
		return tell(state, fd);
	result = push(state, fd, &status, name);
	if (result < 0) {
		(void)sys_close(fd); /* nothing was written */
		return result;
	}
	deepest(state)->folders = folders;
	return list(state);
}

/* Opens frame `index`, whose neighbour above is open, if it is still the same directory. */
static int open_anew(struct state *state, size_t index)
{
	struct frame *const frame = &state->frames[index];

	frame->fd = entry_open_seen(state->frames[index - 1].fd, name_at(state, frame->name),
				    O_PATH | O_DIRECTORY, state->walk->cross, &frame->status);
	return frame->fd;
}

/*
 * Opens the deepest frame, if it was closed, and some above it. Where that is no longer possible
 * the walk goes on above: what is lost is told.
 */
static int open_deepest(struct state *state)
{
	size_t const last = state->depth - 1;
	size_t from = last;

	while (state->frames[from].fd < 0)
		from--; /* the top is always open */
	for (size_t i = from + 1; i <= last; i++) {
		int const error = open_anew(state, i);

		if (error < 0) {
			state->path.bytes.len = state->frames[i].path;
			while (state->depth > i)
				pop(state);
			return tell(state, error);
		}
		if (i - 1 > from && i - 1 + OPENED_ANEW < last) {
			(void)sys_close(state->frames[i - 1].fd); /* nothing was written */
			state->frames[i - 1].fd = -1;
		}
	}
	return 0;
}

/* Out of the deepest directory, whose last word is had. */
static int leave(struct state *state)
{
	size_t const depth = state->depth;
	struct frame frame = *deepest(state);
	int result;

	pop(state);
	state->path.bytes.len = frame.path;
	if (!state->walk->leave)
		return 0;
	if (state->depth) {
		result = open_deepest(state);
		if (result < 0 || state->depth + 1 < depth)
			return result;
		state->path.bytes.len = frame.path;
	}
	if (!*text_string(&state->path))
		return -ENOMEM;
	result = show(state, state->walk->leave, state->depth ? deepest(state)->fd : state->above,
		      name_at(state, frame.name), &frame.status);
	return result < 0 ? result : 0;
}

static int step(struct state *state)
{
	struct frame *frame = deepest(state);
	size_t const name = frame->next;
	size_t const depth = state->depth;
	int result;

	if (name == frame->end)
		return leave(state);
	frame->next += strlen(name_at(state, name)) + 1;
	result = open_deepest(state);
	if (result < 0 || state->depth < depth)
		return result;
	frame = deepest(state);
	if (!*path_of(state, frame->path, name_at(state, name)))
		return -ENOMEM;
	return enter(state, frame->fd, name, false);
}

int walk_tree(struct walk const *walk, int directory, char const *name, char const *path)
{
	struct state *const state = calloc(1, sizeof *state);
	int result;

	if (!state)
		return -ENOMEM;
	state->walk = walk;
	state->above = directory;
	text_add_bytes(&state->names, name, strlen(name) + 1);
	text_add(&state->path, path);
	result = *text_string(&state->path) && !state->names.failed
		     ? enter(state, directory, 0, true)
		     : -ENOMEM;
	while (result >= 0 && state->depth)
		result = step(state);
	while (state->depth)
		pop(state);
	free(state->frames);
	text_free(&state->names);
	text_free(&state->path);
	free(state);
	return result < 0 ? result : 0;
}
