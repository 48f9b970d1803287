/* SPDX-License-Identifier: ISC */
/*
 * orlop-supervise: started by orlop-init, as nobody, with the descriptors of wire/descriptors.h.
 * It maps its tables, opens what it needs, locks itself in, and decides until the container ends.
 */
#include "lib/programs.h"
#include "supervise/lock.h"
#include "supervise/loop.h"
#include "supervise/messages.h"
#include "supervise/zone.h"
#include "sys/sys.h"
#include "wire/descriptors.h"

#include <errno.h>
#include <skalibs/strerr.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { USAGE = 100, SYSTEM = 111 };

static void *map(int fd, int protection, int flags, size_t *size)
{
	struct stat status;
	int error = 0;
	void *table;

	if (sys_fstat(fd, &status) < 0 || status.st_size <= 0)
		return NULL;
	*size = (size_t)status.st_size;
	table = sys_mmap(*size, protection, flags, fd, &error);
	errno = -error;
	return table;
}

static bool map_tables(void **plan, void **slots, void **status)
{
	size_t plan_size = 0;
	size_t slots_size = 0;
	size_t status_size = 0;

	/* Private: a sealed memfd cannot be mapped shared before Linux 6.7. */
	*plan = map(FD_PLAN, PROT_READ, MAP_PRIVATE, &plan_size);
	*slots = map(FD_SLOTS, PROT_READ, MAP_SHARED, &slots_size);
	*status = map(FD_STATUS, PROT_READ | PROT_WRITE, MAP_SHARED, &status_size);
	if (!*plan || !*slots || !*status)
		return false;
	if (plan_check(*plan, plan_size) < 0 || slot_table_check(*slots, slots_size) < 0)
		return false;
	return ((struct slot_header *)*slots)->count == plan_header(*plan)->count &&
	       status_size >= status_table_size(plan_header(*plan)->count);
}

/* A status table that does not fit this plan: what init runs is taken over without it. */
static void check_status(void *status, uint32_t count)
{
	struct status_header const *h = status;

	if (atomic_load(&h->plan_generation) == 0)
		return;
	if (h->magic != STATUS_MAGIC || h->version != STATUS_VERSION || h->count != count)
		memset(status, 0, status_table_size(count));
}

static void load_zone(struct loop *loop)
{
	void const *plan = loop->supervisor.plan;
	char const *name = getenv("TZ");
	bool scheduled = false;

	for (uint32_t i = 0; i < plan_header(plan)->count; i++)
		scheduled |= plan_slot(plan, i)->scheduled && !plan_slot(plan, i)->schedule.every;
	zone_load();
	if (scheduled && name && !zone_known(name))
		message(&loop->supervisor, PLAN_NONE,
			"TZ=%s is no time zone that is known here: schedules are in UTC", name);
}

static void lock_in(struct loop *loop)
{
	struct supervisor const *s = &loop->supervisor;
	int result = lock_privileges();

	if (result == 0)
		result = lock_landlock();
	if (result < 0)
		message(s, PLAN_NONE, "supervisor: no Landlock: %s", strerror(-result));
	result = lock_seccomp();
	if (result < 0)
		message(s, PLAN_NONE, "supervisor: no seccomp: %s", strerror(-result));
}

int supervise_main(int argc, char const *const *argv, char const *const *envp)
{
	static struct loop loop;
	void *plan;
	void *slots;
	void *status;
	int result;

	(void)argv;
	(void)envp;
	PROG = "orlop-supervise";
	if (argc > 1)
		strerr_dief1x(USAGE, "takes no arguments; orlop-init starts it");
	if (!map_tables(&plan, &slots, &status))
		strerr_dief1x(USAGE, "no tables of orlop-init here; orlop-init starts it");
	check_status(status, plan_header(plan)->count);
	result = loop_open(&loop, plan, slots, status);
	if (result < 0) {
		errno = -result;
		strerr_diefu1sys(SYSTEM, "open what it needs");
	}
	load_zone(&loop);
	lock_in(&loop);
	result = loop_run(&loop);
	if (result < 0) {
		errno = -result;
		strerr_diefu1sys(SYSTEM, "go on");
	}
	return 0;
}
