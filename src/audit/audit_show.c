/* SPDX-License-Identifier: ISC */
/*
 * For people: a table of scores, then for each service what was found, where, why it counts and
 * what to do about it, what is accepted last.
 */
#include "audit/audit_show.h"

#include "lib/columns.h"

#include <string.h>

struct shown {
	struct audit const *audit;
	struct text *text;
	uint32_t service;
	bool accepted; /* what is listed now */
};

bool audit_accept_is_idle(struct audit const *audit, uint32_t line)
{
	for (uint32_t i = 0; i <= audit->service_count; i++)
		if (!audit->services[i].shown)
			return false;
	return !audit->accept_used[line];
}

static void add_count(struct text *text, uint32_t count, char const *what)
{
	text_add_unsigned(text, count);
	text_add(text, " ");
	text_add(text, what);
	if (count != 1)
		text_add(text, "s");
}

static uint32_t sum(uint32_t const *counts)
{
	uint32_t all = 0;

	for (int i = 0; i < FINDINGS; i++)
		all += counts[i];
	return all;
}

static void add_counts(struct text *text, uint32_t open, uint32_t accepted)
{
	if (open)
		add_count(text, open, "finding");
	else
		text_add(text, "no findings");
	if (accepted) {
		text_add(text, ", ");
		text_add_unsigned(text, accepted);
		text_add(text, " accepted");
	}
}

static void add_row(struct audit_service const *service, struct columns *table)
{
	columns_put(table, service->name);
	if (service->slot) {
		text_add_plain(columns_cell(table), service->user);
		text_add(columns_cell(table), ":");
		text_add_unsigned(columns_cell(table), service->slot->uid);
	}
	columns_end(table);
	text_add_unsigned(columns_cell(table), service->score);
	columns_end(table);
	add_counts(columns_cell(table), sum(service->open), sum(service->accepted));
	columns_end(table);
}

static void add_table(struct audit const *audit, struct text *text)
{
	struct columns table;

	columns_init(&table, 4);
	columns_put(&table, "SERVICE");
	columns_put(&table, "USER");
	columns_put(&table, "SCORE");
	columns_put(&table, "FINDINGS");
	for (uint32_t i = 0; i <= audit->service_count; i++)
		if (audit->services[i].shown)
			add_row(&audit->services[i], &table);
	columns_print(&table, NULL, text);
	columns_free(&table);
}

static void add_head(struct shown const *s, struct finding_kind const *kind)
{
	text_add(s->text, "  ");
	text_add(s->text, kind->code);
	if (s->accepted) {
		text_add(s->text, " (accepted)");
	} else {
		text_add(s->text, " (-");
		text_add_unsigned(s->text, kind->weight);
		text_add(s->text, ")");
	}
	text_add(s->text, ": ");
	text_add(s->text, kind->meaning);
	text_add(s->text, "\n");
}

static void add_found(struct text *text, struct audit_found const *found)
{
	if (!found->path && !*found->reason)
		return; /* the code says it all */
	text_add(text, "    ");
	if (found->path)
		text_add_plain(text, found->path);
	if (found->path && *found->reason)
		text_add(text, ": ");
	text_add_plain(text, found->reason);
	text_add(text, "\n");
}

/* All of one code; the remedy only where something is to be done. */
static void add_code(struct shown const *s, enum finding code)
{
	struct audit_service const *const service = &s->audit->services[s->service];
	uint32_t const count = s->accepted ? service->accepted[code] : service->open[code];
	uint32_t listed = 0;

	if (!count)
		return;
	add_head(s, &finding_kinds[code]);
	for (uint32_t i = 0; i < s->audit->found_count && listed < AUDIT_LISTED; i++) {
		struct audit_found const *const found = &s->audit->found[i];

		if (found->service != s->service || found->code != code ||
		    found->accepted != s->accepted)
			continue;
		add_found(s->text, found);
		listed++;
	}
	if (count > listed) {
		text_add(s->text, "    and ");
		text_add_unsigned(s->text, count - listed);
		text_add(s->text, " more\n");
	}
	if (!s->accepted) {
		text_add(s->text, "    remedy: ");
		text_add(s->text, finding_kinds[code].remedy);
		text_add(s->text, "\n");
	}
}

static void add_service(struct audit const *audit, uint32_t index, struct text *text)
{
	struct audit_service const *const service = &audit->services[index];
	struct shown s = { .audit = audit, .text = text, .service = index };

	if (!service->shown || !(sum(service->open) + sum(service->accepted)))
		return;
	text_add(text, "\n");
	text_add_plain(text, service->name);
	text_add(text, "\n");
	for (int code = 0; code < FINDINGS; code++)
		add_code(&s, (enum finding)code);
	s.accepted = true;
	for (int code = 0; code < FINDINGS; code++)
		add_code(&s, (enum finding)code);
}

static void add_idle_accepts(struct audit const *audit, struct text *text)
{
	struct plan_list const accepts = plan_header(audit->plan)->accepts;
	uint32_t const *lines = plan_words(audit->plan, accepts);

	for (uint32_t i = 0; i < accepts.count; i++) {
		if (!audit_accept_is_idle(audit, i))
			continue;
		text_add(text, "notice: accept = ");
		text_add_plain(text, plan_string(audit->plan, lines[i]));
		text_add(text, ": matches nothing\n");
	}
}

void audit_show_text(struct audit const *audit, unsigned score, struct text *text)
{
	uint32_t accepted = 0;

	add_table(audit, text);
	for (uint32_t i = 0; i <= audit->service_count; i++) {
		add_service(audit, i, text);
		if (audit->services[i].shown)
			accepted += sum(audit->services[i].accepted);
	}
	text_add(text, "\n");
	for (uint32_t i = 0; i < audit->notice_count; i++) {
		text_add(text, "notice: ");
		text_add_plain(text, audit->notices[i]);
		text_add(text, "\n");
	}
	add_idle_accepts(audit, text);
	text_add(text, "score ");
	text_add_unsigned(text, score);
	text_add(text, ": ");
	add_counts(text, audit_open(audit), accepted);
	text_add(text, "\n");
}
