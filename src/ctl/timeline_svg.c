/* SPDX-License-Identifier: ISC */
/*
 * The picture: a row for each service, its states as bars. A container boots in milliseconds and
 * runs for days, so boot and run have an axis each, side by side, unless it still boots or has
 * just done so. Lines lead from what is needed, where it was ready, to the start that waited for
 * it. Plain SVG: no script, no font of its own; what stands in it is escaped.
 *
 * Lengths are in tenths of a pixel, so that there is no floating point.
 */
#include "ctl/timeline.h"

#include "ctl/describe.h"
#include "ctl/event_text.h"
#include "ctl/timeline_panel.h"
#include "lib/utf8.h"

#include <string.h>

#define MILLISECOND UINT64_C(1000000)

enum {
	MARGIN = 100,
	LETTER = 66, /* of a monospaced font of 11 pixels */
	TOP = 700,   /* title, notes and the axes */
	GAP = 240,   /* between the two panels */
	WIDTH = 10000,
	NAME_LETTERS = 40,
	FEW_ROWS = 40
};

struct drawing {
	struct timeline const *timeline;
	struct text *svg;
	struct panel panels[2];
	unsigned panel_count;
	uint32_t row_height;
	uint32_t left;
	uint32_t height; /* of all rows */
};

static void add_escaped(struct text *svg, char const *string)
{
	size_t left = strlen(string);

	while (left > 0) {
		size_t const length = utf8_length(string, left);
		unsigned char const c = (unsigned char)*string;

		if (c == '&')
			text_add(svg, "&amp;");
		else if (c == '<')
			text_add(svg, "&lt;");
		else if (c == '>')
			text_add(svg, "&gt;");
		else if (c == '"')
			text_add(svg, "&quot;");
		else if (length == 0 || c < ' ' || c == 127)
			text_add(svg, "?");
		else
			text_add_bytes(svg, string, length);
		string += length ? length : 1;
		left -= length ? length : 1;
	}
}

/* ` NAME="12.3"`. */
static void add_length(struct text *svg, char const *name, uint32_t tenths)
{
	text_add(svg, " ");
	text_add(svg, name);
	text_add(svg, "=\"");
	text_add_unsigned(svg, tenths / 10);
	text_add(svg, ".");
	text_add_unsigned(svg, tenths % 10);
	text_add(svg, "\"");
}

static void add_text_at(struct text *svg, uint32_t x, uint32_t y, char const *attributes,
			char const *string)
{
	text_add(svg, "<text");
	add_length(svg, "x", x);
	add_length(svg, "y", y);
	text_add(svg, attributes);
	text_add(svg, ">");
	add_escaped(svg, string);
	text_add(svg, "</text>\n");
}

static void add_line(struct text *svg, char const *kind, uint32_t x1, uint32_t y1, uint32_t x2,
		     uint32_t y2)
{
	text_add(svg, "<line class=\"");
	text_add(svg, kind);
	text_add(svg, "\"");
	add_length(svg, "x1", x1);
	add_length(svg, "y1", y1);
	add_length(svg, "x2", x2);
	add_length(svg, "y2", y2);
	text_add(svg, "/>\n");
}

static uint32_t row_top(struct drawing const *d, uint32_t row)
{
	return TOP + row * d->row_height;
}

static void draw_axis(struct drawing const *d, struct panel const *panel)
{
	uint64_t const step = panel_step(panel);
	uint64_t const boot = d->timeline->boot;
	uint64_t tick = (panel->from - boot + step - 1) / step * step;

	add_text_at(d->svg, panel->x, TOP - 210, " class=\"h\"", panel->name);
	add_line(d->svg, "a", panel->x, TOP - 40, panel->x + panel->width, TOP - 40);
	for (; boot + tick <= panel->to; tick += step) {
		struct text label = TEXT_EMPTY;
		uint32_t const x = panel_place(panel, boot + tick);

		panel_add_time(&label, tick, step);
		add_line(d->svg, "g", x, TOP - 40, x, TOP + d->height);
		add_text_at(d->svg, x, TOP - 70, " text-anchor=\"middle\"", text_string(&label));
		text_free(&label);
	}
}

static void draw_name(struct drawing const *d, uint32_t row)
{
	struct timeline const *t = d->timeline;
	struct plan_slot const *slot = plan_slot(t->house->plan, t->rows[row].slot);
	char const *name = plan_string(t->house->plan, slot->name);
	uint32_t const top = row_top(d, row);

	if (row % 2 == 0) {
		text_add(d->svg, "<rect class=\"r\"");
		add_length(d->svg, "x", MARGIN);
		add_length(d->svg, "y", top);
		add_length(d->svg, "width", d->left + WIDTH - MARGIN);
		add_length(d->svg, "height", d->row_height);
		text_add(d->svg, "/>\n");
	}
	add_text_at(d->svg, MARGIN + LETTER / 2, top + d->row_height / 2 + 35,
		    t->rows[row].first == UINT64_MAX ? " class=\"q\"" : "", name);
}

static void add_title(struct drawing const *d, struct timeline_bar const *bar)
{
	struct timeline const *t = d->timeline;
	struct text title = TEXT_EMPTY;
	size_t before;

	text_add(&title, event_name(t->house, &bar->view));
	text_add(&title, ": ");
	text_add(&title, status_state_name(bar->view.state));
	text_add(&title, ", at ");
	panel_add_time(&title, event_age(t->house, bar->from), 0);
	text_add(&title, " for ");
	panel_add_time(&title, bar->to - bar->from, 0);
	before = title.bytes.len;
	text_add(&title, ": ");
	event_detail(t->house, &bar->view, &title);
	if (!title.failed && title.bytes.len == before + 2)
		title.bytes.len = before;
	text_add(d->svg, "<title>");
	add_escaped(d->svg, text_string(&title));
	text_add(d->svg, "</title>");
	text_free(&title);
}

/* A cross where it ended as it should not. */
static void draw_failure(struct drawing const *d, uint32_t x, uint32_t middle)
{
	uint32_t const size = d->row_height / 4;

	add_line(d->svg, "x", x - size, middle - size, x + size, middle + size);
	add_line(d->svg, "x", x - size, middle + size, x + size, middle - size);
}

static void draw_bar(struct drawing const *d, struct panel const *panel,
		     struct timeline_bar const *bar)
{
	/* What is over, or only waits for its next time, is thin. */
	bool const thin = bar->view.state == STATUS_DONE || bar->view.state == STATUS_FAILED;
	uint32_t const height = thin ? d->row_height / 4 : d->row_height * 2 / 3;
	uint32_t const middle = row_top(d, bar->row) + d->row_height / 2;
	uint32_t const x = panel_place(panel, bar->from);
	uint32_t const width = panel_place(panel, bar->to) - x;

	if (bar->to < panel->from || bar->from > panel->to)
		return;
	text_add(d->svg, "<rect class=\"");
	text_add(d->svg, status_state_name(bar->view.state));
	text_add(d->svg, "\"");
	add_length(d->svg, "x", x);
	add_length(d->svg, "y", middle - height / 2);
	add_length(d->svg, "width", width > 5 ? width : 5);
	add_length(d->svg, "height", height);
	text_add(d->svg, ">");
	add_title(d, bar);
	text_add(d->svg, "</rect>\n");
}

static void draw_bars(struct drawing const *d)
{
	struct timeline_bar const *bars = genalloc_s(struct timeline_bar, &d->timeline->bars);
	size_t const count = genalloc_len(struct timeline_bar, &d->timeline->bars);

	for (unsigned p = 0; p < d->panel_count; p++) {
		struct panel const *panel = &d->panels[p];

		for (size_t i = 0; i < count; i++)
			draw_bar(d, panel, &bars[i]);
		for (size_t i = 0; i < count; i++)
			if (timeline_is_failure(&bars[i].view) && bars[i].from >= panel->from &&
			    bars[i].from <= panel->to && bars[i].view.state != STATUS_STOPPING)
				draw_failure(d, panel_place(panel, bars[i].from),
					     row_top(d, bars[i].row) + d->row_height / 2);
	}
}

static void draw_need(struct drawing const *d, uint32_t from, uint32_t to)
{
	struct panel const *panel = &d->panels[0];
	struct timeline_row const *need = &d->timeline->rows[from];
	struct timeline_row const *row = &d->timeline->rows[to];
	uint32_t const x = panel_place(panel, need->ready);
	uint32_t const y = row_top(d, to) + d->row_height / 2;

	if (row->start == UINT64_MAX || need->ready > row->start || row->start > panel->to)
		return;
	add_line(d->svg, "n", x, row_top(d, from) + d->row_height / 2, x, y);
	add_line(d->svg, "n", x, y, panel_place(panel, row->start), y);
}

static void draw_needs(struct drawing const *d)
{
	struct timeline const *t = d->timeline;

	for (uint32_t row = 0; row < t->row_count; row++) {
		struct plan_list const needs = plan_slot(t->house->plan, t->rows[row].slot)->needs;

		for (uint32_t k = 0; k < needs.count; k++) {
			uint32_t const need = t->row_of[plan_words(t->house->plan, needs)[k]];

			if (need != PLAN_NONE)
				draw_need(d, need, row);
		}
	}
}

static void draw_supervisors(struct drawing const *d)
{
	uint64_t const *times = genalloc_s(uint64_t, &d->timeline->supervisors);

	for (size_t i = 0; i < genalloc_len(uint64_t, &d->timeline->supervisors); i++)
		for (unsigned p = 0; p < d->panel_count; p++)
			if (times[i] >= d->panels[p].from && times[i] <= d->panels[p].to) {
				uint32_t const x = panel_place(&d->panels[p], times[i]);

				add_line(d->svg, "s", x, TOP - 40, x, TOP + d->height);
			}
}

static void draw_legend(struct drawing const *d)
{
	static uint32_t const states[] = { STATUS_WAITING,  STATUS_STARTING, STATUS_UP,
					   STATUS_STOPPING, STATUS_BACKOFF,  STATUS_FAILED,
					   STATUS_DONE };
	uint32_t const y = TOP + d->height + 220;
	uint32_t x = MARGIN;

	for (size_t i = 0; i < sizeof states / sizeof states[0]; i++) {
		char const *name = status_state_name(states[i]);

		text_add(d->svg, "<rect class=\"");
		text_add(d->svg, name);
		text_add(d->svg, "\"");
		add_length(d->svg, "x", x);
		add_length(d->svg, "y", y - 90);
		text_add(d->svg, " width=\"10\" height=\"10\"/>\n");
		add_text_at(d->svg, x + 150, y, "", name);
		x += 150 + LETTER * ((uint32_t)strlen(name) + 3);
	}
	draw_failure(d, x + 40, y - 40);
	add_text_at(d->svg, x + 150, y, "", "ended as it should not");
	x += 150 + LETTER * 25;
	add_line(d->svg, "n", x, y - 40, x + 100, y - 40);
	add_text_at(d->svg, x + 150, y, "", "what it needs was ready");
	x += 150 + LETTER * 26;
	add_line(d->svg, "s", x + 50, y - 90, x + 50, y + 10);
	add_text_at(d->svg, x + 150, y, "", "a new supervisor");
}

static void lay_out(struct drawing *d)
{
	struct timeline const *t = d->timeline;
	uint64_t const end = t->now > t->boot + MILLISECOND ? t->now : t->boot + MILLISECOND;
	uint64_t boot_end = t->booted > t->boot ? t->booted : end;
	size_t letters = 4;

	for (uint32_t row = 0; row < t->row_count; row++) {
		struct plan_slot const *slot = plan_slot(t->house->plan, t->rows[row].slot);
		size_t const length = strlen(plan_string(t->house->plan, slot->name));

		letters = length > letters ? length : letters;
	}
	letters = letters < NAME_LETTERS ? letters : NAME_LETTERS;
	d->left = MARGIN + (uint32_t)(letters + 2) * LETTER;
	d->row_height = t->row_count <= FEW_ROWS ? 200 : 130;
	d->height = t->row_count * d->row_height;
	boot_end += (boot_end - t->boot) / 20;
	d->panels[0] = (struct panel){ "boot", t->boot, boot_end, d->left, WIDTH };
	d->panel_count = 1;
	/* All that there is in one panel, where the run is not much longer than the boot. */
	if (t->booted == 0 || end - t->boot < 3 * (boot_end - t->boot)) {
		d->panels[0].to = end;
		d->panels[0].name = t->booted ? "boot and run" : "boot";
		return;
	}
	d->panels[0].width = (WIDTH - GAP) / 2;
	d->panels[1] = (struct panel){ "run", t->booted, end, d->left + GAP + (WIDTH - GAP) / 2,
				       (WIDTH - GAP) / 2 };
	d->panel_count = 2;
}

static char const style[] =
    "<style>text{font:11px monospace;fill:#24292f}.t{font-size:13px}.h{font-weight:bold}"
    ".q{fill:#8c959f}.r{fill:#f6f8fa}.g{stroke:#d8dee4}.a{stroke:#57606a}"
    ".n{stroke:#57606a;stroke-opacity:.45;stroke-width:.7}"
    ".s{stroke:#8250df;stroke-dasharray:3 2}.x{stroke:#a40e26;stroke-width:1.6}"
    ".waiting{fill:#c9d1d9}.starting{fill:#e3b341}.up{fill:#4ca466}.stopping{fill:#e07b39}"
    ".backoff{fill:#f0a8b4}.failed{fill:#c9302c}.done{fill:#6699cc}</style>\n";

static void draw_head(struct drawing const *d, char const *title)
{
	struct timeline const *t = d->timeline;
	struct text note = TEXT_EMPTY;

	add_text_at(d->svg, MARGIN, 200, " class=\"t\"", title);
	if (t->known == 0)
		return;
	text_add(&note, "Events before ");
	panel_add_time(&note, event_age(t->house, t->known), 0);
	text_add(&note, " are no longer kept; of what was before, only what the tables say now.");
	add_text_at(d->svg, MARGIN, 350, "", text_string(&note));
	text_free(&note);
}

void timeline_draw(struct timeline const *timeline, char const *title, struct text *svg)
{
	struct drawing d = { .timeline = timeline, .svg = svg };

	lay_out(&d);
	text_add(svg, "<svg xmlns=\"http://www.w3.org/2000/svg\"");
	add_length(svg, "width", d.left + WIDTH + 3 * MARGIN);
	add_length(svg, "height", TOP + d.height + 400);
	text_add(svg, ">\n");
	text_add(svg, style);
	text_add(svg, "<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n");
	draw_head(&d, title);
	for (uint32_t row = 0; row < timeline->row_count; row++)
		draw_name(&d, row);
	for (unsigned p = 0; p < d.panel_count; p++)
		draw_axis(&d, &d.panels[p]);
	draw_bars(&d);
	draw_needs(&d);
	draw_supervisors(&d);
	draw_legend(&d);
	text_add(svg, "</svg>\n");
}
