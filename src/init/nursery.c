/* SPDX-License-Identifier: ISC */
/*
 * Init is the only parent and the only killer, so a pid it has not reaped cannot be anyone else's.
 * A run ends with its leader: what is left of its process group is killed in the same step, since
 * orphaned php-fpm and nginx workers keep the port and make every restart fail.
 */
#include "init/init.h"

#include "hold/hold.h"
#include "hold/stage.h"
#include "sys/moment.h"
#include "sys/pidmap.h"
#include "sys/sys.h"
#include "wire/descriptors.h"
#include "wire/step.h"

#include <errno.h>

static struct slot *named(uint32_t index, uint32_t state, uint32_t generation)
{
	struct slot *slot;

	if (index >= plan_header(init.plan)->count ||
	    plan_slot(init.plan, index)->kind == PLAN_BUNDLE)
		return NULL;
	slot = slot_at(hold_slots, index);
	if (atomic_load(&slot->state) != state || atomic_load(&slot->generation) != generation)
		return NULL;
	return slot;
}

bool nursery_spawn(struct verb const *verb)
{
	static struct confine_request request; /* of the child, which never reads the table */
	struct slot *slot = named(verb->slot, SLOT_IDLE, verb->generation - 1);
	int pid;

	if (!slot || verb->generation == 0)
		return false;
	request = (struct confine_request){ .plan = init.plan, .generation = verb->generation };
	request_slot(&request, verb->slot, FD_BLOCKS);
	pid = stage_fork(&request);
	if (pid == 0)
		init_become(&request);
	slot_begin(slot, verb->generation, pid < 0 ? 0 : pid, moment_now());
	if (pid > 0) {
		pidmap_add(pid, (int)verb->slot);
		return true;
	}
	atomic_fetch_add(&slot->forks_failed, 1);
	atomic_store(&slot->error_step, STEP_FORK);
	atomic_store(&slot->error_number, -pid);
	slot_end(slot, 111 << 8, moment_now());
	return true;
}

bool nursery_ack(struct verb const *verb)
{
	struct slot *slot = named(verb->slot, SLOT_EXITED, verb->generation);

	if (slot)
		atomic_store(&slot->state, SLOT_IDLE);
	return slot;
}

bool nursery_kill(struct verb const *verb)
{
	struct slot *slot = named(verb->slot, SLOT_RUNNING, verb->generation);
	int pid;

	if (!slot || verb->sequence != atomic_load(&slot->sequence) + 1)
		return false;
	pid = atomic_load(&slot->pid);
	atomic_store(&slot->sequence, verb->sequence);
	/* ESRCH for a group: the child has not come to its setsid yet. */
	if (verb->scope != SCOPE_GROUP || sys_kill(-pid, verb->argument) == -ESRCH)
		(void)sys_kill(pid, verb->argument);
	if (verb->scope == SCOPE_STOP)
		(void)sys_kill(pid, SIGCONT);
	return true;
}

bool nursery_dying(int pid)
{
	if (pidmap_find(pid) == PIDMAP_NONE)
		return false;
	(void)sys_kill(-pid, SIGKILL);
	return true;
}

/* What children could not do before exec; each wrote it before it died. */
static void note_errors(void)
{
	struct spawn_error error;

	while (sys_read(FD_ERRORS_READ, &error, sizeof error) == sizeof error) {
		struct slot *slot = named(error.slot, SLOT_RUNNING, error.generation);

		if (slot) {
			atomic_store(&slot->error_step, error.step);
			atomic_store(&slot->error_number, error.number);
			atomic_store(&slot->error_object, error.object);
		}
	}
}

void nursery_reaped(int pid, int status)
{
	note_errors();
	slot_end(slot_at(hold_slots, (uint32_t)pidmap_find(pid)), status, moment_now());
	pidmap_remove(pid);
}

void nursery_signal(int signal, bool claimed)
{
	uint64_t const bit = UINT64_C(1) << (signal - 1);

	for (uint32_t i = 0; i < plan_header(init.plan)->count; i++) {
		struct slot *slot = slot_at(hold_slots, i);
		int const pid = atomic_load(&slot->pid);

		if (atomic_load(&slot->state) != SLOT_RUNNING ||
		    (claimed && !(plan_slot(init.plan, i)->forward & bit)))
			continue;
		(void)sys_kill(pid, signal);
		if (!claimed)
			(void)sys_kill(-pid, signal);
	}
}
