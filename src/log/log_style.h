/* SPDX-License-Identifier: ISC */
/*
 * How lines look when they go out: pure functions over bytes. The same bytes, time and style give
 * the same result again, which is what a logger relies on that finishes another's work.
 */
#ifndef ORLOP_LOG_LOG_STYLE_H
#define ORLOP_LOG_LOG_STYLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum log_shape {
	LOG_SHAPE_PLAIN, /* as they are */
	LOG_SHAPE_PREFIX,
	LOG_SHAPE_JSON
};

enum { LOG_STYLE_HEAD = 256 /* bytes of a head at most */ };

struct log_style {
	enum log_shape shape;
	bool fpm;	  /* php-fpm's decoration is taken off */
	char const *head; /* prefix: before each line; JSON: all between time and line */
	size_t head_length;
};

struct log_layout {
	struct log_style const *style;
	uint64_t time;	/* CLOCK_REALTIME, for JSON */
	bool continues; /* the first byte goes on in an open line */
	bool escape;	/* a terminal: control characters of prefixed lines are spelled out */
};

/* Nothing is to be done to the bytes. */
static inline bool log_style_is_plain(struct log_style const *style)
{
	return style->shape == LOG_SHAPE_PLAIN && !style->fpm;
}

/* Bytes up to and with the end of the last whole line. */
size_t log_style_whole(struct log_style const *style, char const *bytes, size_t count);

/* How many of the bytes of a line that is cut may go, so that no character is cut in two. */
size_t log_style_cut(struct log_style const *style, char const *bytes, size_t count);

/*
 * Lays lines out into `room` bytes at `out`. Returns the bytes laid out and sets *used to how many
 * of `count` they stand for: as many lines as there is room for, and the part of one when not even
 * one has room. `room` must be larger than the head and a line's shortest form.
 */
size_t log_style_lay(struct log_layout const *layout, char const *bytes, size_t count, char *out,
		     size_t room, size_t *used);

#endif
