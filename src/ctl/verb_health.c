/* SPDX-License-Identifier: ISC */
/*
 * orlop health: one answer for HEALTHCHECK and probes. Without names the container is healthy when
 * it does not end and every essential service that is wanted is up or done; one that is not
 * essential is named, but costs nothing. With names each of them must be up or done, wanted or not.
 */
#include "ctl/ctl.h"
#include "ctl/report.h"

struct verdict {
	struct house const *house;
	struct json *json; /* NULL: text */
	struct text *text;
	bool healthy;
	bool wanted; /* some service is: the supervisor has begun */
};

static void add_problem(struct verdict *verdict, struct described const *described, bool counts)
{
	struct text *text = verdict->text;
	size_t before;

	if (verdict->json) {
		report_service_json(verdict->house, described->index, verdict->json);
		return;
	}
	text_add_plain(text, plan_string(verdict->house->plan, described->plan->name));
	text_add(text, " is ");
	text_add(text, status_state_name(described->state));
	text_add(text, counts ? "" : " (not essential)");
	before = text->bytes.len;
	text_add(text, ": ");
	describe_detail(verdict->house, described, text);
	if (!text->failed && text->bytes.len == before + 2)
		text->bytes.len = before;
	text_add(text, "\n");
}

static void judge(struct verdict *verdict, uint32_t index, bool named)
{
	struct described described;
	bool counts;

	describe(verdict->house, index, &described);
	if (described.wanted)
		verdict->wanted = true;
	if (describe_good(&described))
		return;
	if (!named && (!described.wanted || !(described.plan->flags & PLAN_ENABLED)))
		return;
	counts = named || described.plan->flags & PLAN_ESSENTIAL;
	if (counts)
		verdict->healthy = false;
	add_problem(verdict, &described, counts);
}

/*
 * A boot lasts until the last service is settled, and the essential ones are judged one by one: it
 * must not be held against the container that another one is slow.
 */
static void judge_phase(struct verdict *verdict, uint32_t phase)
{
	if (phase == STATUS_RUNNING)
		return;
	if (phase != STATUS_BOOTING)
		verdict->healthy = false;
	if (verdict->json)
		return;
	text_add(verdict->text, "the container is ");
	text_add(verdict->text, describe_phase(phase));
	text_add(verdict->text, "\n");
}

static void judge_all(struct verdict *verdict, struct report const *report)
{
	bool const named = report->options.word_count != 0;
	uint32_t const phase = atomic_load(&house_status(verdict->house)->phase);

	if (verdict->json) {
		json_open(verdict->json, NULL, '{');
		json_number(verdict->json, "version", 1);
		json_string(verdict->json, "phase", describe_phase(phase));
		json_open(verdict->json, "problems", '[');
	}
	if (!named)
		judge_phase(verdict, phase);
	for (uint32_t i = 0; i < report->pick.count; i++)
		judge(verdict, report->pick.slots[i], named);
	if (!named && phase == STATUS_BOOTING && !verdict->wanted)
		verdict->healthy = false;
	if (verdict->json) {
		json_close(verdict->json, ']');
		json_boolean(verdict->json, "healthy", verdict->healthy);
		json_close(verdict->json, '}');
		text_add(verdict->text, "\n");
	}
}

int verb_health(int argc, char const *const *argv, char const *const *envp)
{
	struct json json = JSON_EMPTY;
	struct report report;
	struct verdict verdict = { .house = &report.house, .text = &json.text, .healthy = true };
	int const status = report_begin(&report, "health", argc, argv, envp);

	if (status)
		return status;
	if (report.options.given & OPTION_JSON)
		verdict.json = &json;
	judge_all(&verdict, &report);
	report_end(&report);
	return report_print(&json.text, verdict.healthy ? EXIT_YES : EXIT_NO);
}
