/* SPDX-License-Identifier: ISC */
/*
 * Which descriptors go to whom. A service gets what its declaration asks for and not one more:
 * a leaked control pipe or slot table would be a way around the cage.
 */
#include "confine/request.h"

#include "confine/caps.h"
#include "sys/say.h"
#include "sys/sys.h"
#include "wire/descriptors.h"

#include <stdbool.h>
#include <sys/ioctl.h>

static void place(struct confine_request *request, int from, int to)
{
	request->places[request->place_count++] = (struct confine_place){ from, to };
}

static void keep(struct confine_request *request, int first, uint32_t count)
{
	if (count == 0)
		return;
	request->kept[request->kept_count++] = (struct confine_range){
		(unsigned)first, (unsigned)first + count - 1
	};
}

/* init leads the session of its terminal and has let go of it; another's cannot be taken. */
static bool terminal_is_free(int fd)
{
	struct winsize size;

	return sys_ioctl(fd, TIOCGWINSZ, &size) == 0 && sys_getsid(0) == sys_getpid();
}

static int log_or_null(struct plan_header const *h, uint32_t first, uint32_t pipe)
{
	return pipe == PLAN_NONE ? FD_NULL : fd_log_write(h, first, pipe);
}

void request_slot(struct confine_request *request, uint32_t index, uint32_t first)
{
	struct plan_header const *h = plan_header(request->plan);
	struct plan_slot const *slot = plan_slot(request->plan, index);

	caps_look();
	request->slot = slot;
	request->default_signals = true; /* init's own, since hold_begin() */
	request->index = index;
	request->error_fd = FD_ERRORS_WRITE;
	request->terminal = slot->flags & PLAN_TTY && terminal_is_free(0) ? 0 : -1;
	if (slot->flags & PLAN_KEEP_USER) {
		keep(request, 0, 3);
	} else {
		place(request, FD_NULL, 0);
		place(request, log_or_null(h, first, slot->log_out), 1);
		place(request, log_or_null(h, first, slot->log_err), 2);
	}
	for (uint32_t i = 0; i < slot->listen.count; i++)
		place(request, fd_listen(h, first, slot->listen_first + i), 3 + (int)i);
	if (slot->ready == PLAN_READY_FD && slot->notify != PLAN_NONE)
		place(request, fd_notify_write(h, first, slot->notify), (int)slot->ready_fd);
}

/* A service's failure is in the slot table; a helper has no slot to look at. */
static void tell(struct spawn_error const *error)
{
	say_to(2);
	say("orlop-init", "warning: cannot start supervisor or logger: ", step_name(error->step),
	    ": ", say_error(error->number), NULL);
}

void request_helper(struct confine_request *request, enum plan_helper helper, uint32_t first)
{
	struct plan_header const *h = plan_header(request->plan);

	request->slot = plan_helper(request->plan, helper);
	request->default_signals = true;
	request->index = PLAN_NONE;
	request->error_fd = -1;
	request->report = tell;
	request->terminal = -1;
	place(request, FD_NULL, 0);
	keep(request, FD_PLAN, 2); /* and FD_SLOTS */
	if (helper == PLAN_LOGGER) {
		keep(request, 1, 2);
		keep(request, FD_LOG_STATE, 1);
		keep(request, fd_log_read(h, first, 0), h->log_count);
		return;
	}
	place(request, fd_log_write(h, first, 0), 1);
	place(request, fd_log_write(h, first, 0), 2);
	keep(request, FD_STATUS, 1);
	keep(request, FD_CONTROL_READ, 1);
	keep(request, FD_VERBS_WRITE, 1);
	keep(request, FD_WAKE, 1);
	keep(request, fd_notify_read(h, first, 0), h->notify_count);
}
