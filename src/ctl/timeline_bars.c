/* SPDX-License-Identifier: ISC */
/*
 * From events to bars: each change of state ends a bar and begins one; a service that is down has
 * none. Where the ring no longer reaches back, the tables tell what they can: the present state,
 * and the start of the present run.
 */
#include "ctl/timeline.h"

#include <errno.h>
#include <stdlib.h>

/* While bars are gathered, a row is a slot's place in the list of those to be shown. */
struct gathering {
	struct timeline *timeline;
	struct timeline_bar *open; /* of each row; `from` 0: none */
	bool failed;
};

bool timeline_is_failure(struct status_event_view const *view)
{
	switch (view->reason) {
	case REASON_EXIT:
		return view->argument != 0;
	case REASON_SIGNAL:
	case REASON_SPAWN:
	case REASON_START_TIMEOUT:
	case REASON_RESTART_LIMIT:
	case REASON_UNHEALTHY:
	case REASON_WATCHDOG:
		return true;
	default:
		return false;
	}
}

static void end_bar(struct gathering *g, uint32_t row, uint64_t time)
{
	struct timeline_bar *bar = &g->open[row];

	if (bar->from == 0)
		return;
	bar->to = time > bar->from ? time : bar->from;
	if (!genalloc_append(struct timeline_bar, &g->timeline->bars, bar))
		g->failed = true;
	bar->from = 0;
}

static void begin_bar(struct gathering *g, uint32_t row, struct status_event_view const *view)
{
	struct timeline_row *r = &g->timeline->rows[row];

	if (view->state == STATUS_DOWN)
		return;
	g->open[row] = (struct timeline_bar){ .from = view->time, .row = row, .view = *view };
	if (view->time < r->first)
		r->first = view->time;
	if (view->state == STATUS_STARTING && view->generation == 1)
		r->start = view->time;
	if (r->ready == UINT64_MAX && (view->state == STATUS_UP || view->state == STATUS_DONE))
		r->ready = view->time;
}

static void take(struct gathering *g, struct status_event_view const *view)
{
	uint32_t row;

	if (view->kind == NOTED_SUPERVISOR &&
	    !genalloc_append(uint64_t, &g->timeline->supervisors, &view->time))
		g->failed = true;
	if (view->kind != NOTED_STATE ||
	    view->slot >= plan_header(g->timeline->house->plan)->visible)
		return;
	row = g->timeline->row_of[view->slot];
	if (row == PLAN_NONE)
		return;
	end_bar(g, row, view->time);
	begin_bar(g, row, view);
}

static void take_ring(struct gathering *g)
{
	struct timeline *t = g->timeline;
	uint64_t const last = atomic_load(&house_status(t->house)->events);
	uint64_t number = last > STATUS_EVENTS ? last - STATUS_EVENTS + 1 : 1;
	struct status_event_view view;
	bool whole = number == 1;

	for (; number <= last; number++) {
		if (status_event_read(t->house->status, number, &view) < 0) {
			whole = false;
			continue;
		}
		if (!whole && t->known == 0)
			t->known = view.time;
		take(g, &view);
	}
}

/* Its run began and was ready when the tables say so; the ring has nothing of it. */
static void take_tables(struct gathering *g, uint32_t row)
{
	struct house const *house = g->timeline->house;
	uint32_t const slot = g->timeline->rows[row].slot;
	struct status_slot const *t = status_at_const(house->status, slot);
	struct status_event_view view = {
		.time = atomic_load(&t->since),
		.slot = slot,
		.generation = atomic_load(&t->generation),
		.state = atomic_load(&t->state),
		.reason = atomic_load(&t->reason),
		.detail = atomic_load(&t->reason_step),
		.argument = atomic_load(&t->reason_argument),
	};
	uint64_t const ready = atomic_load(&t->ready);
	struct status_event_view begun = view;
	struct slot_view run;

	slot_read(house->slots, slot, &run);
	begun.time = run.start;
	begun.state = STATUS_STARTING;
	begun.reason = REASON_NONE;
	if (view.state == STATUS_UP && run.start != 0 && run.start < ready && ready <= view.time) {
		begin_bar(g, row, &begun);
		end_bar(g, row, ready);
		view.time = ready;
	}
	if (view.time != 0)
		begin_bar(g, row, &view);
}

/* What it did first that others may have waited for. */
static uint64_t place_of(struct timeline_row const *row)
{
	uint64_t const done = row->start < row->ready ? row->start : row->ready;

	return done < UINT64_MAX ? done : row->first;
}

static int by_beginning(void const *a, void const *b)
{
	struct timeline_row const *one = a;
	struct timeline_row const *other = b;

	if (place_of(one) != place_of(other))
		return place_of(one) < place_of(other) ? -1 : 1;
	return one->slot < other->slot ? -1 : one->slot > other->slot;
}

/* What starts first stands first; the bars follow their rows. */
static void sort(struct timeline *t)
{
	struct timeline_bar *bars = genalloc_s(struct timeline_bar, &t->bars);
	size_t const count = genalloc_len(struct timeline_bar, &t->bars);

	qsort(t->rows, t->row_count, sizeof *t->rows, by_beginning);
	for (uint32_t row = 0; row < t->row_count; row++)
		t->row_of[t->rows[row].slot] = row;
	for (size_t i = 0; i < count; i++)
		bars[i].row = t->row_of[bars[i].view.slot];
}

static int prepare(struct timeline *t, uint32_t const *slots, uint32_t count)
{
	uint32_t const visible = plan_header(t->house->plan)->visible;

	t->rows = calloc((size_t)count + 1, sizeof *t->rows);
	t->row_of = calloc((size_t)visible + 1, sizeof *t->row_of);
	if (!t->rows || !t->row_of)
		return -ENOMEM;
	for (uint32_t i = 0; i < visible; i++)
		t->row_of[i] = PLAN_NONE;
	for (uint32_t i = 0; i < count; i++) {
		t->row_of[slots[i]] = i;
		t->rows[i] = (struct timeline_row){ slots[i], UINT64_MAX, UINT64_MAX, UINT64_MAX };
	}
	t->row_count = count;
	return 0;
}

int timeline_gather(struct timeline *t, struct house const *house, uint32_t const *slots,
		    uint32_t count)
{
	struct gathering g = { .timeline = t };

	*t = (struct timeline){
		.house = house,
		.boot = atomic_load(&house_slots(house)->boot),
		.booted = atomic_load(&house_status(house)->booted),
		.now = house->now,
	};
	if (prepare(t, slots, count) < 0)
		return -ENOMEM;
	g.open = calloc((size_t)count + 1, sizeof *g.open);
	if (!g.open)
		return -ENOMEM;
	take_ring(&g);
	for (uint32_t row = 0; row < count; row++) {
		if (t->rows[row].first == UINT64_MAX && t->known)
			take_tables(&g, row);
		end_bar(&g, row, t->now);
	}
	free(g.open);
	sort(t);
	return g.failed ? -ENOMEM : 0;
}

void timeline_free(struct timeline *t)
{
	free(t->rows);
	free(t->row_of);
	genalloc_free(struct timeline_bar, &t->bars);
	genalloc_free(uint64_t, &t->supervisors);
}
