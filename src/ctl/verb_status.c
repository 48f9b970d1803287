/* SPDX-License-Identifier: ISC */
/* orlop status: one line about the container, then a table of what is there. */
#include "ctl/ctl.h"
#include "ctl/report.h"
#include "lib/columns.h"
#include "lib/duration.h"

enum {
	COLUMN_NAME,
	COLUMN_STATE,
	COLUMN_USER,
	COLUMN_PID,
	COLUMN_SINCE,
	COLUMN_RESTARTS,
	COLUMN_DETAIL,
	COLUMN_COUNT
};

static void paint(unsigned row, unsigned column, char const *cell, char const **before,
		  char const **after)
{
	if (row == 0 || column != COLUMN_STATE)
		return;
	*before = report_colour(cell);
	*after = **before ? REPORT_PLAIN : "";
}

static void add_row(struct house const *house, uint32_t index, struct columns *table)
{
	struct described described;

	describe(house, index, &described);
	columns_put(table, plan_string(house->plan, described.plan->name));
	columns_put(table, status_state_name(described.state));
	describe_user(house, &described, columns_cell(table));
	columns_end(table);
	if (described.slot.state == SLOT_RUNNING)
		text_add_number(columns_cell(table), described.slot.pid);
	else
		text_add(columns_cell(table), "-");
	columns_end(table);
	if (described.since && described.since <= house->now)
		duration_add(columns_cell(table), house->now - described.since);
	else
		text_add(columns_cell(table), "-");
	columns_end(table);
	text_add_unsigned(columns_cell(table), described.restarts);
	columns_end(table);
	describe_detail(house, &described, columns_cell(table));
	columns_end(table);
}

static void table_text(struct report const *report, bool colours, struct text *text)
{
	static char const *const heads[COLUMN_COUNT] = { "NAME",  "STATE",    "USER",  "PID",
							 "SINCE", "RESTARTS", "DETAIL" };
	struct columns table;

	report_container(&report->house, text);
	columns_init(&table, COLUMN_COUNT);
	for (unsigned i = 0; i < COLUMN_COUNT; i++)
		columns_put(&table, heads[i]);
	for (uint32_t i = 0; i < report->pick.count; i++)
		add_row(&report->house, report->pick.slots[i], &table);
	columns_print(&table, colours ? paint : NULL, text);
	columns_free(&table);
}

static void document(struct report const *report, struct json *json)
{
	json_open(json, NULL, '{');
	report_container_json(&report->house, json);
	json_open(json, "services", '[');
	for (uint32_t i = 0; i < report->pick.count; i++)
		report_service_json(&report->house, report->pick.slots[i], json);
	json_close(json, ']');
	json_close(json, '}');
	text_add(&json->text, "\n");
}

int verb_status(int argc, char const *const *argv, char const *const *envp)
{
	struct json json = JSON_EMPTY;
	struct report report;
	int const status = report_begin(&report, "status", argc, argv, envp);

	if (status)
		return status;
	if (report.options.given & OPTION_JSON)
		document(&report, &json);
	else
		table_text(&report, report_colours(envp), &json.text);
	report_end(&report);
	return report_print(&json.text, EXIT_YES);
}
