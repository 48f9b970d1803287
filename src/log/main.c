/* SPDX-License-Identifier: ISC */
/*
 * orlop-log: copies every line of every service to the container's standard output or error, once.
 * PID 1 holds both ends of all pipes, starts it with the descriptors of wire/descriptors.h and
 * starts it again when it dies; no line dies with it.
 */
#include "lib/now.h"
#include "lib/programs.h"
#include "lib/text.h"
#include "log/log_loop.h"
#include "sys/sys.h"
#include "wire/descriptors.h"
#include "wire/plan.h"
#include "wire/slot.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <skalibs/sig.h>
#include <skalibs/strerr.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static int map(int fd, void const **table, size_t *size)
{
	struct stat status;
	int error = sys_fstat(fd, &status);

	if (error < 0)
		return error;
	*size = (size_t)status.st_size;
	*table = sys_mmap(*size, PROT_READ, MAP_SHARED, fd, &error);
	return *table ? 0 : error;
}

static int map_plan(void const **plan, uint32_t *first_fd)
{
	void const *slots;
	size_t size;
	int error = map(FD_PLAN, plan, &size);

	if (error == 0)
		error = plan_check(*plan, size);
	if (error == 0)
		error = map(FD_SLOTS, &slots, &size);
	if (error == 0)
		error = slot_table_check(slots, size);
	if (error == 0)
		*first_fd = ((struct slot_header const *)slots)->first_fd;
	return error;
}

static void route(struct log_pump *pump, void const *plan, struct plan_slot const *slot)
{
	char const *name = slot->log == PLAN_LOG_PREFIX ? plan_string(plan, slot->name) : NULL;

	/* Probes write into the pipes of what they serve, under its name. */
	if (slot->kind == PLAN_PROBE)
		return;
	if (slot->log_err != PLAN_NONE) {
		pump->sources[slot->log_err].output = 1;
		pump->sources[slot->log_err].name = name;
	}
	if (slot->log_out != PLAN_NONE) {
		pump->sources[slot->log_out].output = 0;
		pump->sources[slot->log_out].name = name;
	}
}

static int make_sources(struct log_pump *pump, void const *plan, uint32_t first_fd)
{
	struct plan_header const *header = plan;

	pump->count = header->log_count;
	pump->sources = calloc(pump->count, sizeof *pump->sources);
	if (!pump->sources)
		return -ENOMEM;
	for (uint32_t i = 0; i < pump->count; i++) {
		pump->sources[i].fd = (int)(first_fd + i);
		pump->sources[i].output = 1;
	}
	for (uint32_t i = 0; i < header->count; i++)
		route(pump, plan, plan_slot(plan, i));
	return 0;
}

/* Said by the first logger only: services whose declared mode is not what they get. */
static void tell_modes(struct log_pump *pump, void const *plan)
{
	struct text line = TEXT_EMPTY;

	for (uint32_t i = 0; i < plan_header(plan)->visible; i++) {
		struct plan_slot const *slot = plan_slot(plan, i);

		if (slot->log != PLAN_LOG_JSON && slot->log != PLAN_LOG_FILE)
			continue;
		text_add(&line, line.bytes.len ? ", "
					       : "log = json and log = file are not in this "
						 "version, lines stay plain: ");
		text_add(&line, plan_string(plan, slot->name));
	}
	if (line.bytes.len)
		log_outputs_tell(&pump->outputs, LOG_TOLD_MODES, text_string(&line));
	text_free(&line);
}

int log_main(int argc, char const *const *argv, char const *const *envp)
{
	static struct log_pump pump;
	static int const outputs[LOG_OUTPUTS] = { STDOUT_FILENO, STDERR_FILENO };
	void const *plan = NULL;
	uint32_t first_fd = 0;
	int error;

	(void)argv;
	(void)envp;
	if (argc > 1) {
		strerr_warn(PROG, ": found arguments, expected none: orlop-init starts it");
		return 100;
	}
	/* A reader that is gone is an error of the write, not the end of the logger. */
	(void)sig_ignore(SIGPIPE);
	error = map_plan(&plan, &first_fd);
	if (error == 0)
		error = make_sources(&pump, plan, first_fd);
	if (error == 0)
		error = log_pump_init(&pump, outputs, FD_LOG_STATE, now_read(CLOCK_MONOTONIC));
	if (error == 0) {
		tell_modes(&pump, plan);
		error = log_loop(&pump);
	}
	if (error == 0)
		return 0;
	strerr_warn(PROG, ": cannot go on: ", strerror(-error));
	return 111;
}
