/* SPDX-License-Identifier: ISC */
/* See log_setup.h. */
#include "log/log_setup.h"

#include "lib/text.h"
#include "wire/plan.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct setup {
	struct log_pump *pump;
	void const *plan;
};

static bool has_word(char const *words, char const *word)
{
	size_t const length = strlen(word);

	for (char const *at = words; (at = strstr(at, word)); at += length)
		if ((at == words || at[-1] == ' ') && (at[length] == '\0' || at[length] == ' '))
			return true;
	return false;
}

/* All between a JSON line's time and its text; "NAME | " for prefixes. */
static void add_head(struct setup const *setup, struct plan_slot const *slot,
		     struct log_style *style, char const *stream, struct text *head)
{
	if (style->shape == LOG_SHAPE_PREFIX) {
		text_add(head, plan_string(setup->plan, slot->name));
		text_add(head, " | ");
		return;
	}
	text_add(head, "\",\"service\":\"");
	text_add(head, plan_string(setup->plan, slot->service)); /* [a-z0-9_-] */
	text_add(head, "\"");
	if (slot->instance) {
		text_add(head, ",\"instance\":");
		text_add_unsigned(head, slot->instance);
	}
	text_add(head, ",\"stream\":\"");
	text_add(head, stream);
	text_add(head, "\",\"line\":\"");
}

static int set_style(struct setup const *setup, struct plan_slot const *slot, char const *stream,
		     struct log_style *style)
{
	char const *const option = plan_string(setup->plan, slot->log_option);
	struct text head = TEXT_EMPTY;
	struct log_place place;

	style->fpm = slot->log != PLAN_LOG_FILE && has_word(option, "fpm");
	if (slot->log == PLAN_LOG_FILE && log_place_parse(&place, option) == 0) {
		style->fpm = place.fpm;
		style->shape = place.json ? LOG_SHAPE_JSON : LOG_SHAPE_PLAIN;
	} else if (slot->log == PLAN_LOG_PREFIX) {
		style->shape = LOG_SHAPE_PREFIX;
	} else if (slot->log == PLAN_LOG_JSON) {
		style->shape = LOG_SHAPE_JSON;
	}
	if (style->shape == LOG_SHAPE_PLAIN)
		return 0;
	add_head(setup, slot, style, stream, &head);
	style->head = text_string(&head);
	style->head_length = strlen(style->head);
	return head.failed ? -ENOMEM : 0;
}

static int set_source(struct setup const *setup, uint32_t slot, uint32_t pipe, uint32_t output,
		      char const *stream)
{
	struct plan_slot const *record = plan_slot(setup->plan, slot);
	struct log_source *source = &setup->pump->outputs.sources[pipe];

	source->output = output;
	source->stream = strcmp(stream, "stderr") ? 'o' : 'e';
	source->slot = record->log == PLAN_LOG_FILE ? LOG_NO_SLOT : slot;
	return set_style(setup, record, stream, &source->style);
}

static int add_file(struct setup const *setup, uint32_t slot)
{
	struct log_outputs *outputs = &setup->pump->outputs;
	struct plan_slot const *record = plan_slot(setup->plan, slot);
	struct log_file *file = calloc(1, sizeof *file);

	if (!file)
		return -ENOMEM;
	file->name = plan_string(setup->plan, record->name);
	file->directory = -1;
	/* orlop-plan has checked it. */
	(void)log_place_parse(&file->place, plan_string(setup->plan, record->log_option));
	file->path = strndup(file->place.directory, file->place.directory_length);
	if (!file->path) {
		free(file);
		return -ENOMEM;
	}
	outputs->out[outputs->count++] = (struct log_output){ .fd = -1,
							      .index = LOG_RING_FIRST + slot,
							      .file = file };
	return 0;
}

static int add_slot(struct setup const *setup, uint32_t index)
{
	struct log_outputs const *outputs = &setup->pump->outputs;
	struct plan_slot const *slot = plan_slot(setup->plan, index);
	uint32_t const file = outputs->count;
	bool const one = slot->log_out == slot->log_err;
	int error = 0;

	/* Probes write into the pipes of what they serve, under its name. */
	if (slot->kind == PLAN_PROBE || slot->log == PLAN_LOG_NONE || slot->log_out == PLAN_NONE)
		return 0;
	if (slot->log == PLAN_LOG_FILE)
		error = add_file(setup, index);
	if (error == 0 && !one)
		error = set_source(setup, index, slot->log_err,
				   slot->log == PLAN_LOG_FILE ? file : 1, "stderr");
	if (error == 0)
		error = set_source(setup, index, slot->log_out,
				   slot->log == PLAN_LOG_FILE ? file : 0, one ? "both" : "stdout");
	return error;
}

static uint32_t count_files(void const *plan)
{
	uint32_t files = 0;

	for (uint32_t i = 0; i < plan_header(plan)->visible; i++)
		files += plan_slot(plan, i)->log == PLAN_LOG_FILE;
	return files;
}

int log_setup(struct log_pump *pump, void const *plan, uint32_t first_fd,
	      int const fds[LOG_OUTPUTS])
{
	struct setup const setup = { pump, plan };
	struct log_outputs *outputs = &pump->outputs;
	size_t const most = LOG_OUTPUTS + count_files(plan);
	int error = 0;

	outputs->source_count = plan_header(plan)->log_count;
	outputs->sources = calloc(outputs->source_count + 1, sizeof *outputs->sources);
	outputs->out = calloc(most, sizeof *outputs->out);
	pump->queues = calloc(most, sizeof *pump->queues);
	if (!outputs->sources || !outputs->out || !pump->queues)
		return -ENOMEM;
	for (uint32_t i = 0; i < LOG_OUTPUTS; i++)
		outputs->out[outputs->count++] = (struct log_output){ .fd = fds[i], .index = i };
	for (uint32_t i = 0; i < outputs->source_count; i++)
		outputs->sources[i] = (struct log_source){
			.fd = (int)(first_fd + i), .output = 1, .slot = LOG_NO_SLOT, .stream = 'e'
		};
	for (uint32_t i = 0; error == 0 && i < plan_header(plan)->visible; i++)
		error = add_slot(&setup, i);
	return error;
}
