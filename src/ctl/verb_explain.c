/* SPDX-License-Identifier: ISC */
/*
 * orlop explain: what a service will be, from its declarations alone, so that it can be read
 * before the first start and in the middle of a build. Of several instances, which differ in one
 * variable, the name of their service means the first.
 */
#include "ctl/ctl.h"
#include "ctl/describe.h"
#include "ctl/explain.h"
#include "ctl/pick.h"
#include "ctl/report.h"
#include "lib/image.h"
#include "lib/options.h"

#include <skalibs/strerr.h>
#include <string.h>

static struct plan_slot const *find(void const *plan, char const *name)
{
	for (uint32_t i = 0; i < plan_header(plan)->visible; i++) {
		struct plan_slot const *slot = plan_slot(plan, i);

		if (strcmp(plan_string(plan, slot->name), name) != 0)
			continue;
		if (slot->flags & PLAN_INSTANCE_GROUP && slot->needs.count)
			return plan_slot(plan, plan_words(plan, slot->needs)[0]);
		return slot;
	}
	return NULL;
}

/* All unknown names at once. */
static int check_names(void const *plan, struct options const *options)
{
	struct text problem = TEXT_EMPTY;
	int status = EXIT_YES;

	for (uint32_t i = 0; i < options->word_count; i++) {
		if (find(plan, options->words[i]))
			continue;
		text_add(&problem, status ? ", " : "no such service: ");
		text_add_plain(&problem, options->words[i]);
		status = EXIT_USAGE;
	}
	if (status) {
		pick_others(plan, &problem);
		strerr_warn(PROG, " explain: ", text_string(&problem));
	}
	text_free(&problem);
	return status;
}

static void head_json(struct sheet *sheet, struct explained const *about)
{
	struct plan_slot const *slot = about->slot;
	struct json *json = &sheet->json;

	json_string(json, "name", plan_string(about->plan, slot->name));
	json_string(json, "service", plan_string(about->plan, slot->service));
	if (slot->instance)
		json_number(json, "instance", slot->instance);
	else
		json_null(json, "instance");
	json_string(json, "kind", describe_kind(slot));
	json_string(json, "phase", slot->flags & PLAN_BUILD ? "build" : "run");
	json_boolean(json, "enabled", slot->flags & PLAN_ENABLED);
	json_string(json, "file", plan_string(about->plan, slot->file));
}

static void head_text(struct sheet *sheet, struct explained const *about)
{
	struct plan_slot const *slot = about->slot;
	struct text title = TEXT_EMPTY;

	text_add(&title, plan_string(about->plan, slot->name));
	text_add(&title, ": ");
	text_add(&title, describe_kind(slot));
	if (slot->flags & PLAN_BUILD)
		text_add(&title, ", runs while the image is built");
	if (!(slot->flags & PLAN_ENABLED))
		text_add(&title, ", off: its enabled-if does not hold");
	text_add(&title, ", declared in ");
	text_add(&title, plan_string(about->plan, slot->file));
	sheet_title(sheet, text_string(&title));
	text_free(&title);
}

static void explain(struct sheet *sheet, struct explained const *about)
{
	if (sheet->as_json) {
		json_open(&sheet->json, NULL, '{');
		head_json(sheet, about);
	} else {
		head_text(sheet, about);
	}
	if (about->slot->kind != PLAN_BUNDLE) {
		explain_process(sheet, about);
		explain_cage(sheet, about);
		explain_files(sheet, about);
	}
	explain_life(sheet, about);
	if (sheet->as_json)
		json_close(&sheet->json, '}');
}

static int explain_all(void const *plan, struct options const *options)
{
	struct sheet sheet = { .as_json = options->given & OPTION_JSON, .json = JSON_EMPTY };
	struct explained about = { .plan = plan, .every_call = options->given & OPTION_SYSCALLS };

	if (sheet.as_json) {
		json_open(&sheet.json, NULL, '{');
		json_number(&sheet.json, "version", 1);
		json_open(&sheet.json, "services", '[');
	}
	for (uint32_t i = 0; i < options->word_count; i++) {
		about.slot = find(plan, options->words[i]);
		if (i > 0)
			sheet_title(&sheet, "");
		explain(&sheet, &about);
	}
	if (sheet.as_json) {
		json_close(&sheet.json, ']');
		json_close(&sheet.json, '}');
		text_add(&sheet.json.text, "\n");
	}
	return report_print(&sheet.json.text, EXIT_YES);
}

static int explain_image(struct options const *options, char const *const *envp)
{
	struct image image;
	int status = image_load(&image, options->directory, envp);

	if (status == 0)
		status = check_names(image.plan, options);
	if (status == 0)
		status = explain_all(image.plan, options);
	image_free(&image);
	return status;
}

int verb_explain(int argc, char const *const *argv, char const *const *envp)
{
	struct text problem = TEXT_EMPTY;
	struct options options;
	int status;

	if (options_parse(&options, ctl_verb_find("explain")->options, argc, argv, &problem) < 0)
		status = ctl_usage("explain", text_string(&problem));
	else if (options.word_count == 0)
		status = ctl_usage("explain", "found no name, expected one at least");
	else
		status = explain_image(&options, envp);
	options_free(&options);
	text_free(&problem);
	return status;
}
