/* SPDX-License-Identifier: ISC */
/*
 * Both ends of every pipe and every socket live here, so that nothing is lost when a service, the
 * supervisor or the logger dies. The write end of a log pipe belongs to the service's uid: opening
 * /dev/stderr anew asks the pipe's owner, and php-fpm and nginx do open it anew.
 */
#include "hold/hold.h"

#include "hold/names.h"
#include "hold/stage.h"

#include "confine/confine.h"
#include "sys/moment.h"
#include "sys/put.h"
#include "sys/say.h"
#include "sys/signals.h"
#include "sys/sys.h"
#include "wire/descriptors.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/resource.h>

enum { SEALS = F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW, SEAL_FUTURE_WRITE = 0x10 };

struct slot_header *hold_slots;
struct status_header const *hold_status;
struct hold_limit hold_limit;

static int complain(int error, char const *what)
{
	if (error < 0)
		say("orlop-init", "fatal: ", what, ": ", say_error(-error), NULL);
	return error < 0 ? error : 0;
}

static void raise_limit(uint32_t needed)
{
	struct sys_rlimit now;
	struct sys_rlimit wide;

	if (hold_limit.raised || sys_prlimit64(0, RLIMIT_NOFILE, NULL, &now) < 0 ||
	    now.soft >= needed)
		return;
	hold_limit.original = now;
	wide = (struct sys_rlimit){ now.hard, now.hard };
	hold_limit.raised = sys_prlimit64(0, RLIMIT_NOFILE, &wide, NULL) == 0;
}

int hold_begin(int signals)
{
	int error;
	int null;

	signals_default();
	raise_limit(FD_BLOCKS);
	error = put(signals, FD_SIGNALS);
	(void)sys_close_range(FD_PLAN, FD_SIGNALS - 1, 0);
	/* Before kernel 5.9 and in profiles before Docker 20.10.4 there is no close_range. */
	if (sys_close_range(FD_NULL, ~0U, 0) < 0)
		for (int fd = FD_PLAN; fd < 1024; fd++)
			if (fd != FD_SIGNALS)
				(void)sys_close(fd);
	do /* what the engine left closed of standard input, output and error leads nowhere */
		null = sys_openat(AT_FDCWD, "/dev/null", O_RDWR, 0);
	while (null >= 0 && null < 3);
	error = complain(error, "signals");
	if (error == 0)
		error = complain(put(null, FD_NULL), "/dev/null");
	return error < 0 ? error : complain(put_memfd("orlop-plan", FD_PLAN), "plan");
}

int hold_beside(char *path, size_t size, char const *name)
{
	ssize_t const length = sys_readlinkat(AT_FDCWD, "/proc/self/exe", path, size);
	size_t folder = length > 0 ? (size_t)length : 0;

	while (folder && path[folder - 1] != '/')
		folder--;
	if (folder == 0) /* no /proc: where `make install` puts it */
		folder = strlen(strcpy(path, ORLOP_FOLDER));
	if (folder + strlen(name) >= size)
		return complain(-ENAMETOOLONG, name);
	(void)strcpy(path + folder, name);
	return 0;
}

void const *hold_plan(void)
{
	struct stat status = { .st_size = 0 };
	void *plan = NULL;
	int error = sys_fcntl(FD_PLAN, F_GET_SEALS, 0);

	if (error >= 0)
		error = (error & SEALS) == SEALS ? sys_fstat(FD_PLAN, &status) : -EPROTO;
	if (error >= 0)
		plan = sys_mmap((size_t)status.st_size, PROT_READ, MAP_SHARED, FD_PLAN, &error);
	if (plan)
		error = plan_check(plan, (size_t)status.st_size);
	return complain(error, "the plan") < 0 ? NULL : plan;
}

/* What readers know the table by. */
static void fill_header(struct plan_header const *h)
{
	hold_slots->magic = SLOT_MAGIC;
	hold_slots->version = SLOT_VERSION;
	hold_slots->count = h->count;
	hold_slots->first_fd = FD_BLOCKS;
	atomic_store(&hold_slots->boot, moment_now());
	atomic_store(&hold_slots->plan_generation, 1);
	atomic_store(&hold_slots->init_pid, sys_getpid());
}

/* From now on only init's own map can write. Linux 5.1; before, readers have to be trusted. */
static void seal_slots(void)
{
	(void)sys_fcntl(FD_SLOTS, F_ADD_SEALS, SEAL_FUTURE_WRITE);
}

static int hold_tables(struct plan_header const *h)
{
	int error;

	hold_slots = put_table("orlop-slots", slot_table_size(h->count), FD_SLOTS, &error);
	if (hold_slots)
		hold_status = put_table("orlop-status", status_table_size(h->count), FD_STATUS,
					&error);
	if (!hold_slots || !hold_status)
		return error;
	fill_header(h);
	seal_slots();
	/* Not sealed: the logger makes it as large as it needs it. */
	error = put_memfd("orlop-log", FD_LOG_STATE);
	if (error >= 0)
		error = sys_ftruncate(FD_LOG_STATE, 4096);
	if (error >= 0)
		error = put_pipe(FD_CONTROL_READ, FD_CONTROL_WRITE, O_NONBLOCK);
	if (error >= 0)
		error = put_pipe(FD_VERBS_READ, FD_VERBS_WRITE, 0);
	if (error >= 0)
		error = put_pipe(FD_ERRORS_READ, FD_ERRORS_WRITE, O_NONBLOCK);
	if (error >= 0)
		error = sys_fcntl(FD_VERBS_READ, F_SETFL, O_NONBLOCK);
	return error < 0 ? error : put(sys_eventfd2(0, EFD_NONBLOCK), FD_WAKE);
}

static int hold_socket(struct plan_listen const *l, int type, int number)
{
	struct put_owner const owner = { l->mode, l->uid, l->gid };

	return put_socket(type, l->address, l->length, &owner, number);
}

static int hold_notify(struct plan_header const *h, struct plan_listen const *l, uint32_t k)
{
	int const reader = fd_notify_read(h, FD_BLOCKS, k);
	int error = l->length ? hold_socket(l, SOCK_DGRAM | SOCK_NONBLOCK, reader)
			      : put_pipe(reader, fd_notify_write(h, FD_BLOCKS, k), 0);

	if (error < 0)
		return error;
	return l->length ? sys_dup3(reader, fd_notify_write(h, FD_BLOCKS, k), 0)
			 : sys_fcntl(reader, F_SETFL, O_NONBLOCK);
}

static void give(struct plan_slot const *slot, int fd)
{
	if (sys_fchown(fd, slot->uid, slot->gid) < 0) /* no CAP_CHOWN: /dev/stdout by path fails */
		say("orlop-init", "warning: the log pipe cannot be given to the user", NULL);
}

static void give_pipes(void const *plan, struct plan_slot const *slot)
{
	struct plan_header const *h = plan_header(plan);

	if (slot->kind == PLAN_PROBE || slot->flags & PLAN_KEEP_USER ||
	    h->host & PLAN_HOST_SHARED_UID)
		return;
	if (slot->log_out != PLAN_NONE)
		give(slot, fd_log_write(h, FD_BLOCKS, slot->log_out));
	if (slot->log_err != PLAN_NONE && slot->log_err != slot->log_out)
		give(slot, fd_log_write(h, FD_BLOCKS, slot->log_err));
	if (slot->ready == PLAN_READY_FD && slot->notify != PLAN_NONE)
		give(slot, fd_notify_write(h, FD_BLOCKS, slot->notify));
}

/*
 * nginx takes a socket that it was handed for one of its own, which never blocks: in one that does,
 * a worker hangs as soon as another has been quicker. php-fpm wants it the other way round.
 */
static void fit_sockets(void const *plan, struct plan_slot const *slot)
{
	struct plan_header const *h = plan_header(plan);

	if (slot->listen_env & 1U << PLAN_LISTEN_NGINX)
		for (uint32_t i = 0; i < slot->listen.count; i++)
			(void)sys_fcntl(fd_listen(h, FD_BLOCKS, slot->listen_first + i), F_SETFL,
					O_NONBLOCK);
}

void hold_restore_limit(void)
{
	if (hold_limit.raised)
		(void)sys_prlimit64(0, RLIMIT_NOFILE, &hold_limit.original, NULL);
}

int hold_open(void const *plan)
{
	struct plan_header const *h = plan_header(plan);
	int error = complain(hold_tables(h), "tables");

	raise_limit(fd_end(h, FD_BLOCKS) + 8);
	for (uint32_t k = 0; error == 0 && k < h->log_count; k++)
		error = complain(
		    put_pipe(fd_log_read(h, FD_BLOCKS, k), fd_log_write(h, FD_BLOCKS, k), 0),
		    "log pipe");
	if (error == 0)
		error = complain(sys_fcntl(fd_log_write(h, FD_BLOCKS, 0), F_SETFL, O_NONBLOCK),
				 "log");
	for (uint32_t k = 0; error == 0 && k < h->notify_count; k++)
		error = complain(hold_notify(h, plan_listens(plan, h->notifies) + k, k), "notify");
	for (uint32_t k = 0; error == 0 && k < h->listen_count; k++) {
		struct plan_listen const *l = plan_listens(plan, h->listens) + k;

		error = complain(hold_socket(l, SOCK_STREAM, fd_listen(h, FD_BLOCKS, k)),
				 plan_string(plan, l->name));
	}
	stage_open();
	for (uint32_t i = 0; error == 0 && i < h->visible; i++) {
		give_pipes(plan, plan_slot(plan, i));
		fit_sockets(plan, plan_slot(plan, i));
	}
	if (error == 0)
		names_keep(plan);
	return error;
}

void hold_resume(void const *plan)
{
	seal_slots();
	stage_open();
	names_keep(plan);
}

bool hold_wake_pending(void)
{
	struct pollfd wake = { .fd = FD_WAKE, .events = POLLIN };
	struct timespec zero = { 0, 0 };

	return sys_ppoll(&wake, 1, &zero, NULL, SYS_MASK_SIZE) == 1;
}

bool hold_wake(void)
{
	uint64_t const one = 1;

	names_mend();		 /* what has ended may have removed some */
	if (hold_wake_pending()) /* that one will do; only a counter that is not 0 can block */
		return false;
	/* A lost wake-up is a service that stays down; an endless loop would be worse. */
	for (int tries = 0; tries < 10; tries++)
		if (sys_write(FD_WAKE, &one, sizeof one) >= 0)
			break;
	return true;
}

void hold_close_logs(void const *plan)
{
	struct plan_header const *h = plan_header(plan);

	for (uint32_t k = 0; k < h->log_count; k++)
		(void)sys_close(fd_log_write(h, FD_BLOCKS, k));
	stage_close();
}
