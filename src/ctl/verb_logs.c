/* SPDX-License-Identifier: ISC */
/*
 * orlop logs: the last lines of services, and with --follow what they say from now on. Rings tell
 * nobody that they have grown, so they are looked at five times a second.
 */
#include "ctl/ctl.h"
#include "ctl/logs.h"
#include "ctl/report.h"
#include "lib/escape.h"
#include "lib/log_place.h"
#include "sys/sys.h"
#include "wire/descriptors.h"

#include <asm/ioctls.h>
#include <asm/termbits.h>
#include <errno.h>
#include <fcntl.h>
#include <skalibs/strerr.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LINES = 100, LOOK = 200 /* milliseconds */ };

struct show {
	struct report report;
	struct logs logs;
	struct logs_place *places;
	uint32_t count;
	bool names;    /* of several services: each line says whose it is */
	bool terminal; /* control characters are spelled out */
	bool unread;   /* of some service nothing could be read */
};

void logs_add(struct logs *logs, uint32_t slot, uint64_t time, char const *bytes, size_t count)
{
	struct logs_line const line = { .time = time,
					.slot = slot,
					.order = (uint32_t)genalloc_len(struct logs_line,
									&logs->lines),
					.start = (uint32_t)logs->bytes.len,
					.length = (uint32_t)count };

	if (!stralloc_catb(&logs->bytes, bytes, count) ||
	    !genalloc_append(struct logs_line, &logs->lines, &line))
		logs->failed = true;
}

void logs_keep(struct logs *logs, size_t first, uint64_t lines)
{
	struct logs_line *line = genalloc_s(struct logs_line, &logs->lines);
	size_t const count = genalloc_len(struct logs_line, &logs->lines) - first;

	if (count <= lines)
		return;
	memmove(line + first, line + first + count - lines, lines * sizeof *line);
	genalloc_setlen(struct logs_line, &logs->lines, first + lines);
}

static int compare(void const *a, void const *b)
{
	struct logs_line const *one = a;
	struct logs_line const *other = b;

	if (one->time != other->time)
		return one->time < other->time ? -1 : 1;
	return one->order < other->order ? -1 : one->order > other->order;
}

static void add_text(struct show *show, struct logs_line const *line, struct text *text)
{
	char const *bytes = show->logs.bytes.s + line->start;
	char escaped[1024];

	if (!show->terminal) {
		text_add_bytes(text, bytes, line->length);
		return;
	}
	for (size_t at = 0; at < line->length;) {
		size_t used;
		size_t const length = escape_terminal(bytes + at, line->length - at, escaped,
						      sizeof escaped, &used);

		text_add_bytes(text, escaped, length);
		at += used;
	}
}

/* Writes what was gathered: 0, or a negative errno. */
static int print(struct show *show)
{
	struct logs *logs = &show->logs;
	struct logs_line *lines = genalloc_s(struct logs_line, &logs->lines);
	size_t const count = genalloc_len(struct logs_line, &logs->lines);
	void const *plan = show->report.house.plan;
	struct text text = TEXT_EMPTY;
	int error = 0;

	if (count)
		qsort(lines, count, sizeof *lines, compare);
	for (size_t i = 0; i < count; i++) {
		if (show->names) {
			text_add(&text, plan_string(plan, plan_slot(plan, lines[i].slot)->name));
			text_add(&text, " | ");
		}
		add_text(show, &lines[i], &text);
		text_add(&text, "\n");
	}
	if (count)
		error = text_write(&text, STDOUT_FILENO);
	text_free(&text);
	logs->bytes.len = 0;
	genalloc_setlen(struct logs_line, &logs->lines, 0);
	return logs->failed ? -ENOMEM : error;
}

static void complain(struct show *show, struct logs_place const *place, int error)
{
	void const *plan = show->report.house.plan;

	strerr_warn(PROG, " logs: ", plan_string(plan, plan_slot(plan, place->slot)->name), ": ",
		    place->path ? place->path : "the lines that are kept", ": ", strerror(-error));
}

/* 0, or the exit status; one service that cannot be read is no reason not to show the others. */
static int look(struct show *show, uint64_t lines, bool first)
{
	int written;

	for (uint32_t i = 0; i < show->count; i++) {
		struct logs_place *place = &show->places[i];
		int const error = place->path ? logs_file_read(&show->logs, place, lines)
					      : logs_ring_read(&show->logs, place, lines);

		if (error < 0 && first) {
			complain(show, place, error);
			show->unread = true;
		}
	}
	written = print(show);
	if (written < 0) {
		strerr_warn(PROG, " logs: cannot write to standard output: ", strerror(-written));
		return EXIT_SYSTEM;
	}
	if (show->logs.missed)
		strerr_warn(PROG, " logs: more was said than is kept; some lines are left out");
	show->logs.missed = 0;
	return 0;
}

static void add_place(struct show *show, uint32_t index)
{
	struct plan_slot const *slot = plan_slot(show->report.house.plan, index);
	struct logs_place *place = &show->places[show->count];
	struct log_place file;

	if (slot->log == PLAN_LOG_NONE && slot->kind != PLAN_BUNDLE &&
	    show->report.options.word_count)
		strerr_warn(PROG, " logs: ", plan_string(show->report.house.plan, slot->name),
			    ": log = none: nothing of it is kept");
	if (slot->log == PLAN_LOG_NONE || slot->log_out == PLAN_NONE)
		return;
	*place = (struct logs_place){ .slot = index, .fd = -1 };
	if (slot->log == PLAN_LOG_FILE &&
	    log_place_parse(&file, plan_string(show->report.house.plan, slot->log_option)) == 0) {
		place->path = strndup(file.directory, file.directory_length);
		place->seen = UINT64_MAX;
	}
	show->count++;
}

static int open_all(struct show *show)
{
	struct pick const *pick = &show->report.pick;
	struct termios modes;
	int error;

	show->logs.house = &show->report.house;
	show->logs.state = house_descriptor(show->report.house.pid, FD_LOG_STATE, O_RDONLY);
	show->places = calloc((size_t)pick->count + 1, sizeof *show->places);
	error = show->logs.state < 0 ? show->logs.state : show->places ? 0 : -ENOMEM;
	if (error < 0) {
		strerr_warn(PROG, " logs: cannot read what is kept: ", strerror(-error));
		return EXIT_SYSTEM;
	}
	for (uint32_t i = 0; i < pick->count; i++)
		add_place(show, pick->slots[i]);
	show->names = pick->count != 1;
	show->terminal = sys_ioctl(STDOUT_FILENO, TCGETS, &modes) == 0;
	return 0;
}

static void close_all(struct show *show)
{
	for (uint32_t i = 0; i < show->count; i++) {
		free(show->places[i].path);
		if (show->places[i].fd >= 0)
			(void)sys_close(show->places[i].fd); /* nothing was written */
	}
	free(show->places);
	stralloc_free(&show->logs.bytes);
	genalloc_free(struct logs_line, &show->logs.lines);
	if (show->logs.state >= 0)
		(void)sys_close(show->logs.state);
}

/* Until the container, or whoever reads this, is gone. */
static int follow(struct show *show)
{
	struct pollfd reader = { .fd = STDOUT_FILENO };
	int status = EXIT_YES;

	while (status == EXIT_YES) {
		struct timespec wait = { .tv_nsec = LOOK * 1000000 };
		int const fd = house_descriptor(show->report.house.pid, FD_LOG_STATE, O_PATH);

		status = look(show, UINT64_MAX, false);
		if (fd < 0)
			break;
		(void)sys_close(fd); /* nothing was written */
		if (sys_ppoll(&reader, 1, &wait, NULL, SYS_MASK_SIZE) > 0)
			break;
	}
	return status;
}

int verb_logs(int argc, char const *const *argv, char const *const *envp)
{
	struct show show = { .logs = { .state = -1 } };
	int status = report_begin(&show.report, "logs", argc, argv, envp);
	uint64_t lines = LINES;

	if (status)
		return status;
	if (show.report.options.given & OPTION_LINES)
		lines = show.report.options.lines;
	status = open_all(&show);
	if (status == 0)
		status = look(&show, lines, true);
	if (status == 0 && show.report.options.given & OPTION_FOLLOW)
		status = follow(&show);
	if (status == 0 && show.unread)
		status = EXIT_SYSTEM;
	close_all(&show);
	report_end(&show.report);
	return status;
}
