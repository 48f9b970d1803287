/* SPDX-License-Identifier: ISC */
/* See enter.h. */
#include "ctl/enter.h"

#include "confine/confine.h"
#include "ctl/ctl.h"
#include "lib/step_object.h"
#include "sys/put.h"
#include "sys/sys.h"
#include "wire/step.h"

#include <errno.h>
#include <fcntl.h>
#include <skalibs/strerr.h>
#include <stdlib.h>
#include <string.h>

/* Where sockets wait for their place; above all that a service's own numbers may be. */
enum { WAITING_AT = 512, FIRST_SOCKET = 3 };

static struct enter const *entering; /* for report(), which is given the step alone */

static char const *name_of(struct enter const *e)
{
	return plan_string(e->plan, plan_slot(e->plan, e->slot)->name);
}

/* The step, and what it was about where the step alone does not say. */
static void report(struct spawn_error const *failure)
{
	struct plan_slot const *slot = plan_slot(entering->plan, entering->slot);
	bool const command = failure->step == STEP_EXEC && entering->arguments;
	char const *const object = command ? entering->arguments[0]
					   : step_object(entering->plan, slot, failure->step,
							 failure->object);

	strerr_warn(PROG, " ", entering->verb, ": ", name_of(entering), ": ",
		    step_name(failure->step), *object ? " " : "", object, ": ",
		    strerror(failure->number),
		    command && failure->number == EACCES && slot->flags & PLAN_FILE_CAGE
			? "; its `execute` says what it may run"
			: "");
}

/* What tells a service of descriptors that only orlop-init hands over. */
static bool is_handed(char const *variable, bool sockets)
{
	static char const *const notify[] = { "NOTIFY_SOCKET=", "WATCHDOG_USEC=" };
	static char const *const listen[] = { "LISTEN_FDS=", "LISTEN_FDNAMES=", "LISTEN_PID=",
					      "FPM_SOCKETS=", "NGINX=" };

	for (size_t i = 0; i < sizeof notify / sizeof notify[0]; i++)
		if (!strncmp(variable, notify[i], strlen(notify[i])))
			return true;
	for (size_t i = 0; !sockets && i < sizeof listen / sizeof listen[0]; i++)
		if (!strncmp(variable, listen[i], strlen(listen[i])))
			return true;
	return false;
}

/* A copy of the plan whose slot has an environment without those, in a list at its end. */
static void *copy_plan(struct enter const *e)
{
	struct plan_list const list = plan_slot(e->plan, e->slot)->environment;
	size_t const at = (e->size + 7) / 8 * 8;
	char *const copy = calloc(1, at + list.count * sizeof(uint32_t) + 8);
	struct plan_slot *slot;
	uint32_t *words;
	uint32_t count = 0;

	if (!copy)
		return NULL;
	memcpy(copy, e->plan, e->size);
	words = (uint32_t *)(void *)(copy + at);
	for (uint32_t i = 0; i < list.count; i++) {
		uint32_t const word = plan_words(e->plan, list)[i];

		if (!is_handed(plan_string(e->plan, word), e->sockets))
			words[count++] = word;
	}
	slot = (struct plan_slot *)(void *)(copy + plan_header(copy)->slots) + e->slot;
	slot->environment = (struct plan_list){ .offset = (uint32_t)at, .count = count };
	return copy;
}

static void place(struct confine_request *request, int from, int to)
{
	request->places[request->place_count++] = (struct confine_place){ from, to };
}

static int open_sockets(struct enter const *e, struct confine_request *request)
{
	enum { STREAM = 1 }; /* SOCK_STREAM */
	struct plan_list const list = plan_slot(e->plan, e->slot)->listen;

	for (uint32_t i = 0; i < list.count; i++) {
		struct plan_listen const *l = &plan_listens(e->plan, list)[i];
		struct put_owner const owner = { l->mode, l->uid, l->gid };
		int const fd = put_socket(STREAM, l->address, l->length, &owner,
					  WAITING_AT + (int)i);

		if (fd < 0) {
			strerr_warn(PROG, " ", e->verb, ": ", name_of(e), ": listen ",
				    plan_string(e->plan, l->name), ": ", strerror(-fd));
			return fd;
		}
		/* As init does: nginx believes that it never blocks. */
		if (plan_slot(e->plan, e->slot)->listen_env & 1U << PLAN_LISTEN_NGINX)
			(void)sys_fcntl(fd, F_SETFL, O_NONBLOCK);
		place(request, WAITING_AT + (int)i, FIRST_SOCKET + (int)i);
	}
	return 0;
}

/* Nobody listens to its readiness; it must find a descriptor to write to all the same. */
static void open_readiness(struct enter const *e, struct confine_request *request)
{
	struct plan_slot const *slot = plan_slot(e->plan, e->slot);
	int fd;

	if (slot->ready != PLAN_READY_FD)
		return;
	fd = sys_openat(AT_FDCWD, "/dev/null", O_WRONLY | O_CLOEXEC, 0);
	if (fd >= 0)
		place(request, fd, (int)slot->ready_fd);
}

/*
 * As init does with its own: the service opens /dev/stderr anew. Not so a terminal, which others of
 * that user could read from then on.
 */
static void give_pipes(struct enter const *e)
{
	struct stat status;

	for (int fd = 1; fd <= 2; fd++)
		if (sys_fstat(fd, &status) == 0 && S_ISFIFO(status.st_mode))
			/* who may not give it away stays who it is */
			(void)sys_fchown(fd, plan_slot(e->plan, e->slot)->uid, (gid_t)-1);
}

int enter(struct enter const *e)
{
	static struct confine_request request;
	void *const plan = copy_plan(e);

	entering = e;
	if (!plan) {
		strerr_warn(PROG, " ", e->verb, ": out of memory");
		return EXIT_SYSTEM;
	}
	request = (struct confine_request){
		.plan = plan,
		.slot = plan_slot(plan, e->slot),
		.environment = (char *const *)e->environment,
		.kept = { { 0, 2 } },
		.kept_count = 1,
		.error_fd = -1,
		.terminal = -1,
		.report = report,
		.same_session = true,
		.arguments = (char *const *)e->arguments,
	};
	if (e->sockets && open_sockets(e, &request) < 0) {
		free(plan);
		return EXIT_SYSTEM;
	}
	if (e->sockets)
		open_readiness(e, &request);
	give_pipes(e);
	confine_exec(&request);
}
