/* SPDX-License-Identifier: ISC */
/* See log_style.h. A line is laid out whole, or, when not even the first one has room, in parts. */
#include "log/log_style.h"

#include "lib/escape.h"
#include "lib/log_place.h"
#include "lib/utf8.h"
#include "log/log_fpm.h"
#include "log/log_lines.h"
#include "log/log_state.h"

#include <string.h>

static char const json_begin[] = "{\"time\":\"";
static char const json_end[] = "\"}\n";
static char const json_partial[] = "\",\"partial\":true}\n";

enum { ONE = 6 }; /* bytes that one byte can become */

/* One line as it came, or as php-fpm's worker said it. */
struct line {
	char const *text;
	size_t length; /* without the newline */
	size_t used;   /* bytes that it stands for */
	bool ends;     /* with a newline */
	bool joined;   /* from pieces: it cannot be cut */
	bool bare;     /* nothing before it, it goes on in an open line */
};

static char joined[LOG_CHUNK];

static void take_line(struct log_layout const *layout, char const *bytes, size_t count, bool bare,
		      struct line *line)
{
	char const *newline;

	*line = (struct line){ .text = bytes, .bare = bare };
	if (layout->style->fpm && !bare &&
	    log_fpm_join(bytes, count, joined, sizeof joined, &line->length, &line->used)) {
		line->text = joined;
		line->ends = line->joined = true;
		return;
	}
	newline = memchr(bytes, '\n', count);
	line->ends = newline;
	line->length = newline ? (size_t)(newline - bytes) : count;
	line->used = line->length + line->ends;
}

static size_t put(char *out, char const *bytes, size_t count)
{
	if (count)
		memcpy(out, bytes, count);
	return count;
}

static size_t copy(char const *bytes, size_t count, char *out, size_t room, size_t *used)
{
	*used = count < room ? count : room;
	return put(out, bytes, *used);
}

static size_t lay_text(struct log_layout const *layout, struct line const *line, char *out,
		       size_t room, size_t *used)
{
	struct log_style const *const style = layout->style;
	bool const prefix = style->shape == LOG_SHAPE_PREFIX;
	size_t const head = prefix && !line->bare ? style->head_length : 0;
	escape_function *const body = prefix && layout->escape ? escape_terminal : copy;
	size_t length;

	*used = 0;
	if (room < head + ONE)
		return 0;
	length = put(out, style->head, head);
	length += body(line->text, line->length, out + length, room - length, used);
	if (*used < line->length || (line->ends && length == room))
		return length;
	if (line->ends)
		out[length++] = '\n';
	*used = line->used;
	return length;
}

/* All that stands before the text of each line: the same for a whole chunk. */
static struct {
	char bytes[sizeof json_begin + LOG_PLACE_TIME + LOG_STYLE_HEAD];
	size_t length;
} before;

static void lay_before(struct log_layout const *layout)
{
	struct log_style const *const style = layout->style;
	char *out = before.bytes;

	out += put(out, json_begin, sizeof json_begin - 1);
	log_place_time(out, layout->time);
	out += LOG_PLACE_TIME;
	out += put(out, style->head,
		   style->head_length < LOG_STYLE_HEAD ? style->head_length : LOG_STYLE_HEAD);
	before.length = (size_t)(out - before.bytes);
}

static size_t lay_json(struct line const *line, char *out, size_t room, size_t *used)
{
	size_t length;

	*used = 0;
	if (room < before.length + sizeof json_partial - 1 + ONE)
		return 0;
	length = put(out, before.bytes, before.length);
	length += escape_json(line->text, line->length, out + length,
			      room - length - (sizeof json_partial - 1), used);
	if (*used < line->length || !line->ends)
		return length + put(out + length, json_partial, sizeof json_partial - 1);
	*used = line->used;
	return length + put(out + length, json_end, sizeof json_end - 1);
}

static size_t lay_line(struct log_layout const *layout, struct line const *line, char *out,
		       size_t room, size_t *used)
{
	return layout->style->shape == LOG_SHAPE_JSON ? lay_json(line, out, room, used)
						      : lay_text(layout, line, out, room, used);
}

/* Whole lines with nothing but a head in front, which are most of all lines. */
static size_t lay_plainly(struct log_style const *style, char const *bytes, size_t count, char *out,
			  size_t room, size_t *used)
{
	size_t const head = style->head_length;
	char const *at = bytes;
	char const *const end = bytes + count;
	char *to = out;

	while (at < end) {
		char const *const newline = memchr(at, '\n', (size_t)(end - at));
		size_t const line = newline ? (size_t)(newline - at) + 1 : 0;

		if (!newline || room - (size_t)(to - out) < head + line)
			break;
		memcpy(to, style->head, head);
		memcpy(to + head, at, line);
		to += head + line;
		at = newline + 1;
	}
	*used = (size_t)(at - bytes);
	return (size_t)(to - out);
}

size_t log_style_lay(struct log_layout const *layout, char const *bytes, size_t count, char *out,
		     size_t room, size_t *used)
{
	bool bare = layout->continues;
	size_t length = 0;
	size_t done = 0;

	if (layout->style->shape == LOG_SHAPE_JSON)
		lay_before(layout);
	else if (layout->style->shape == LOG_SHAPE_PREFIX && !bare && !layout->escape &&
		 !layout->style->fpm)
		length = lay_plainly(layout->style, bytes, count, out, room, &done);
	while (done < count) {
		struct line line;
		size_t part = 0;
		size_t laid;

		take_line(layout, bytes + done, count - done, bare, &line);
		laid = lay_line(layout, &line, out + length, room - length, &part);
		if (part < line.used && length)
			break; /* it has more room in a chunk of its own */
		if (part < line.used && line.joined) {
			/* Not even there: it goes as it came, decoration and all. */
			struct log_style const as_it_came = { layout->style->shape, false,
							      layout->style->head,
							      layout->style->head_length };
			struct log_layout const other = { &as_it_came, layout->time, bare,
							  layout->escape };

			take_line(&other, bytes, count, bare, &line);
			laid = lay_line(&other, &line, out, room, &part);
		}
		length += laid;
		done += part;
		if (part < line.used || !line.ends)
			break;
		bare = false;
	}
	*used = done;
	return length;
}

size_t log_style_whole(struct log_style const *style, char const *bytes, size_t count)
{
	return style->fpm ? log_fpm_whole(bytes, count) : log_lines_whole(bytes, count);
}

size_t log_style_cut(struct log_style const *style, char const *bytes, size_t count)
{
	size_t const unfinished = log_style_is_plain(style) ? 0 : utf8_unfinished(bytes, count);

	return unfinished < count ? count - unfinished : count;
}
