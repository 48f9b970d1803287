/* SPDX-License-Identifier: ISC */
/*
 * orlop tree: who needs whom. The roots are the services that nobody needs, or the named ones; a
 * service that stands in several places shows what it needs at the first one only.
 */
#include "ctl/ctl.h"
#include "ctl/report.h"

#include <errno.h>
#include <skalibs/strerr.h>
#include <stdlib.h>
#include <string.h>

struct tree {
	struct house const *house;
	unsigned char *marks; /* of each slot, below */
	bool colours;
	struct text indent;
	struct text *text;
};

/* Somebody needs it; it stands in the tree already; the group that it is one of is a root. */
enum { MARK_NEEDED = 1, MARK_SHOWN = 2, MARK_INSIDE = 4 };

static void mark_needed(struct tree *tree)
{
	void const *plan = tree->house->plan;

	for (uint32_t i = 0; i < plan_header(plan)->visible; i++) {
		struct plan_list const needs = plan_slot(plan, i)->needs;

		for (uint32_t k = 0; k < needs.count; k++)
			tree->marks[plan_words(plan, needs)[k]] |= MARK_NEEDED;
	}
}

/* The name of a group stands for its instances too, which are below it anyway. */
static void mark_inside(struct tree *tree, struct report const *report)
{
	void const *plan = tree->house->plan;

	for (uint32_t i = 0; i < report->pick.count; i++) {
		struct plan_slot const *group = plan_slot(plan, report->pick.slots[i]);

		if (group->kind != PLAN_BUNDLE)
			continue;
		for (uint32_t k = 0; k < group->needs.count; k++) {
			uint32_t const need = plan_words(plan, group->needs)[k];

			if (plan_slot(plan, need)->instance)
				tree->marks[need] |= MARK_INSIDE;
		}
	}
}

static void add_line(struct tree *tree, struct described const *described)
{
	char const *state = status_state_name(described->state);
	char const *colour = tree->colours ? report_colour(state) : "";
	struct text *text = tree->text;
	size_t before;

	text_add_plain(text, plan_string(tree->house->plan, described->plan->name));
	text_add(text, "  ");
	text_add(text, colour);
	text_add(text, state);
	text_add(text, *colour ? REPORT_PLAIN : "");
	before = text->bytes.len;
	text_add(text, "  ");
	describe_detail(tree->house, described, text);
	if (!text->failed && text->bytes.len == before + 2)
		text->bytes.len = before;
}

static void show(struct tree *tree, uint32_t index, char const *branch, char const *deeper)
{
	size_t const indent = tree->indent.bytes.len;
	struct described described;
	struct plan_list needs;
	bool const again = tree->marks[index] & MARK_SHOWN;

	describe(tree->house, index, &described);
	needs = described.plan->needs;
	text_add_bytes(tree->text, tree->indent.bytes.s, indent);
	text_add(tree->text, branch);
	add_line(tree, &described);
	text_add(tree->text, again && needs.count ? "  (see above)\n" : "\n");
	if (again)
		return;
	tree->marks[index] |= MARK_SHOWN;
	text_add(&tree->indent, deeper);
	for (uint32_t i = 0; i < needs.count; i++) {
		bool const last = i + 1 == needs.count;

		show(tree, plan_words(tree->house->plan, needs)[i], last ? "`- " : "|- ",
		     last ? "   " : "|  ");
	}
	if (!tree->indent.failed)
		tree->indent.bytes.len = indent;
}

static bool is_root(struct tree const *tree, struct report const *report, uint32_t index)
{
	bool const named = report->options.word_count != 0;

	return !(tree->marks[index] & (named ? MARK_INSIDE : MARK_NEEDED));
}

static void show_text(struct tree *tree, struct report const *report)
{
	report_container(&report->house, tree->text);
	for (uint32_t i = 0; i < report->pick.count; i++)
		if (is_root(tree, report, report->pick.slots[i]))
			show(tree, report->pick.slots[i], "", "");
	if (tree->indent.failed)
		tree->text->failed = true;
}

static void show_json(struct tree *tree, struct report const *report, struct json *json)
{
	void const *plan = report->house.plan;

	json_open(json, NULL, '{');
	report_container_json(&report->house, json);
	json_open(json, "roots", '[');
	for (uint32_t i = 0; i < report->pick.count; i++)
		if (is_root(tree, report, report->pick.slots[i]))
			json_string(
			    json, NULL,
			    plan_string(plan, plan_slot(plan, report->pick.slots[i])->name));
	json_close(json, ']');
	json_open(json, "services", '[');
	for (uint32_t i = 0; i < plan_header(plan)->visible; i++)
		report_service_json(&report->house, i, json);
	json_close(json, ']');
	json_close(json, '}');
	text_add(&json->text, "\n");
}

int verb_tree(int argc, char const *const *argv, char const *const *envp)
{
	struct json json = JSON_EMPTY;
	struct report report;
	struct tree tree = { .house = &report.house, .text = &json.text };
	int const status = report_begin(&report, "tree", argc, argv, envp);

	if (status)
		return status;
	tree.colours = report_colours(envp);
	tree.marks = calloc((size_t)plan_header(report.house.plan)->count + 1, 1);
	if (tree.marks) {
		mark_needed(&tree);
		mark_inside(&tree, &report);
		if (report.options.given & OPTION_JSON)
			show_json(&tree, &report, &json);
		else
			show_text(&tree, &report);
	} else {
		json.text.failed = true;
	}
	free(tree.marks);
	text_free(&tree.indent);
	report_end(&report);
	return report_print(&json.text, EXIT_YES);
}
