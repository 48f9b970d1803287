/* SPDX-License-Identifier: ISC */
/*
 * orlop events: what the supervisor's ring still has, oldest first, and with --follow what comes.
 * The ring tells nobody that it has grown, so it is looked at, ever less often while nothing comes.
 * What was written over before it could be read is counted and said.
 */
#include "ctl/ctl.h"
#include "ctl/event_text.h"
#include "ctl/report.h"
#include "lib/now.h"
#include "sys/sys.h"
#include "wire/descriptors.h"

#include <errno.h>
#include <fcntl.h>
#include <skalibs/strerr.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MILLISECOND UINT64_C(1000000)

enum { TIME_WIDTH = 10, WORD_WIDTH = 10 };

struct show {
	struct report report;
	struct json out;
	unsigned char *picked; /* of each slot; NULL: everything */
	uint64_t next;	       /* number of the event to show next */
	uint64_t lost;
	uint64_t epoch; /* CLOCK_REALTIME of 0 in CLOCK_MONOTONIC */
	size_t name_width;
	bool late; /* something was shown before: what is lost came too fast */
};

static void add_lost(struct show *show)
{
	struct text *text = &show->out.text;

	if (show->report.options.given & OPTION_JSON) {
		show->out.comma = false;
		json_open(&show->out, NULL, '{');
		json_string(&show->out, "event", "lost");
		json_number(&show->out, "count", (int64_t)show->lost);
		json_close(&show->out, '}');
	} else {
		text_add(text, "(");
		text_add_unsigned(text, show->lost);
		text_add(text, show->lost == 1 ? " event" : " events");
		text_add(text, show->late ? " overwritten before they could be read)"
					  : " before are no longer kept)");
	}
	text_add(text, "\n");
	show->lost = 0;
}

/* Right-aligned: "0.012". */
static void add_time(struct show *show, uint64_t time)
{
	struct json digits = JSON_EMPTY;

	json_seconds(&digits, NULL, time);
	for (size_t i = digits.text.bytes.len; i < TIME_WIDTH; i++)
		text_add(&show->out.text, " ");
	text_add(&show->out.text, text_string(&digits.text));
	text_free(&digits.text);
}

static void add_line(struct show *show, struct status_event_view const *view)
{
	struct house const *house = &show->report.house;
	struct text *text = &show->out.text;
	char const *name = event_name(house, view);
	struct text detail = TEXT_EMPTY;
	size_t start;

	add_time(show, event_age(house, view->time));
	text_add(text, "  ");
	start = text->bytes.len;
	text_add_plain(text, *name ? name : "-");
	text_pad(text, start, show->name_width + 2);
	start = text->bytes.len;
	text_add(text, event_word(view));
	event_detail(house, view, &detail);
	if (*text_string(&detail)) {
		text_pad(text, start, WORD_WIDTH + 2);
		text_add(text, text_string(&detail));
	}
	text_free(&detail);
	text_add(text, "\n");
}

static bool is_wanted(struct show const *show, struct status_event_view const *view)
{
	if (!show->picked)
		return true;
	return view->kind != NOTED_PHASE &&
	       view->slot < plan_header(show->report.house.plan)->count && show->picked[view->slot];
}

/* Shows what is new: 0, or a negative errno. */
static int look(struct show *show)
{
	struct house const *house = &show->report.house;
	uint64_t const last = atomic_load(&house_status(house)->events);
	uint64_t const oldest = last > STATUS_EVENTS ? last - STATUS_EVENTS + 1 : 1;
	int error;

	if (show->next < oldest) {
		show->lost += oldest - show->next;
		show->next = oldest;
	}
	for (; show->next <= last; show->next++) {
		struct status_event_view view;

		if (status_event_read(house->status, show->next, &view) < 0) {
			show->lost++;
			continue;
		}
		if (show->lost)
			add_lost(show);
		if (!is_wanted(show, &view))
			continue;
		if (show->report.options.given & OPTION_JSON)
			event_json(house, &view, show->epoch, &show->out);
		else
			add_line(show, &view);
	}
	show->late = true;
	error = text_write(&show->out.text, STDOUT_FILENO);
	show->out.text.bytes.len = 0;
	return error;
}

/* Until the container, or whoever reads this, is gone. */
static int follow(struct show *show)
{
	struct pollfd reader = { .fd = STDOUT_FILENO };
	uint64_t length = MILLISECOND;
	int error = 0;

	while (error == 0) {
		bool const alive = house_is_alive(&show->report.house);
		struct timespec wait = { .tv_nsec = (long)length };
		uint64_t const before = show->next;

		error = look(show);
		if (!alive)
			break;
		length = show->next != before ? MILLISECOND : length + length / 2;
		if (length > 50 * MILLISECOND)
			length = 50 * MILLISECOND;
		if (error == 0 && sys_ppoll(&reader, 1, &wait, NULL, SYS_MASK_SIZE) > 0)
			break;
	}
	return error;
}

static int prepare(struct show *show)
{
	struct pick const *pick = &show->report.pick;
	struct plan_header const *header = plan_header(show->report.house.plan);

	show->next = 1;
	show->epoch = now_read(CLOCK_REALTIME) - now_read(CLOCK_MONOTONIC);
	for (uint32_t i = 0; i < pick->count; i++) {
		struct plan_slot const *slot = plan_slot(header, pick->slots[i]);
		size_t const width = strlen(plan_string(header, slot->name));

		show->name_width = width > show->name_width ? width : show->name_width;
	}
	if (show->report.options.word_count == 0)
		return 0;
	show->picked = calloc((size_t)header->count + 1, 1);
	if (!show->picked)
		return -ENOMEM;
	for (uint32_t i = 0; i < pick->count; i++)
		show->picked[pick->slots[i]] = 1;
	return 0;
}

int verb_events(int argc, char const *const *argv, char const *const *envp)
{
	struct show show = { .out = JSON_EMPTY };
	int status = report_begin(&show.report, "events", argc, argv, envp);
	int error;

	if (status)
		return status;
	error = prepare(&show);
	if (error == 0)
		error = look(&show);
	if (error == 0 && show.report.options.given & OPTION_FOLLOW)
		error = follow(&show);
	if (error < 0) {
		strerr_warn(
		    PROG, " events: ", error == -ENOMEM ? "" : "cannot write to standard output: ",
		    strerror(-error));
		status = EXIT_SYSTEM;
	}
	free(show.picked);
	text_free(&show.out.text);
	report_end(&show.report);
	return status;
}
