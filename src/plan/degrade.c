/* SPDX-License-Identifier: ISC */
/* Declared, but not here; see degrade.h. */
#include "plan/degrade.h"

#include "confine/caps.h"
#include "confine/limits.h"
#include "confine/steps.h"
#include "plan/accounts.h"
#include "plan/degrade_landlock.h"
#include "plan/keys.h"
#include "sys/sys.h"

#include <errno.h>
#include <string.h>

void degrade_miss(struct declarations *d, struct service const *s, enum service_key key,
		  char const *notice)
{
	if (s->slot.confine == PLAN_STRICT && s->places[key].file)
		faults_add(d->faults, s->places[key], keys_at(key)->name, ": found ", notice,
			   ", expected to have it, as confine = strict", NULL);
	else
		faults_notice(d->faults, notice);
}

static void check_cage(struct declarations *d, struct service const *s, uint32_t *missing)
{
	if (s->slot.confine == PLAN_UNCONFINED)
		return;
	degrade_landlock(d, s, missing);
	if (!d->host.can_seccomp && !s->syscalls_all)
		degrade_miss(d, s, s->places[KEY_SYSCALLS].file ? KEY_SYSCALLS : KEY_CONFINE,
			     "no seccomp: system calls are not filtered");
}

static void check_capabilities(struct declarations *d, struct service *s)
{
	uint64_t const missing = s->slot.capabilities & ~d->host.capabilities;

	for (unsigned i = 0; i < 64; i++)
		if (missing >> i & 1)
			degrade_miss(d, s, KEY_CAPABILITIES,
				     arena_join(d->arena, "no capability ",
						caps_name(i) ? caps_name(i) : "?",
						": no service can have it", NULL));
	s->slot.capabilities &= d->host.capabilities;
}

/*
 * Privileges of the first user namespace decide about these, which no list of capabilities tells:
 * so each is tried, on this process, which ends with the plan. Only a hard limit is raised here.
 */
static void check_limits(struct declarations *d, struct service const *s)
{
	for (uint32_t i = 0; i < s->limit_count; i++) {
		unsigned const resource = s->limits[i].resource;
		struct sys_rlimit limit;
		uint64_t before;

		if (sys_prlimit64(0, resource, NULL, &limit) < 0 || s->limits[i].hard <= limit.hard)
			continue;
		before = limit.hard;
		limit.hard = s->limits[i].hard;
		if (sys_prlimit64(0, resource, &limit, NULL) == -EPERM)
			degrade_miss(d, s, KEY_LIMITS,
				     arena_join(d->arena, "limit ", limits_name(resource),
						" cannot be raised from ",
						arena_number(d->arena, before), NULL));
	}
}

static void check_priority(struct declarations *d, struct service const *s)
{
	struct plan_slot slot = s->slot;

	slot.confine = PLAN_STRICT; /* to be told */
	if (slot.nice < 0 && priority_nice(&slot) < 0)
		degrade_miss(d, s, KEY_NICE, "no privilege for a nice value below 0");
	if (priority_oom_score(&slot) < 0)
		degrade_miss(d, s, KEY_OOM_SCORE_ADJUST,
			     "no privilege to lower the oom score that far");
}

/* PID 1 signals across uids by CAP_KILL alone; without it a stop waits for its deadline. */
static void check_kill(struct declarations *d)
{
	enum { KILL = 5 }; /* CAP_KILL */

	for (uint32_t i = 0; i < d->count && !d->shared_uid; i++) {
		struct service const *s = &d->services[i];

		if (declaration_is_wanted(d, s) && s->slot.uid != d->host.uid &&
		    !(d->host.capabilities >> KILL & 1))
			degrade_miss(
			    d, s, KEY_USER,
			    "no CAP_KILL: a service of another uid cannot be told to stop");
	}
}

/* Whether every id that a service runs as exists in this user namespace. */
static bool is_mapped(struct service const *s)
{
	if (!host_maps_uid(s->slot.uid) || !host_maps_gid(s->slot.gid))
		return false;
	for (uint32_t i = 0; i < s->group_count; i++)
		if (!host_maps_gid(s->group_ids[i]))
			return false;
	return true;
}

static void find_unmapped(struct declarations *d, char const **why)
{
	/* The last usable id is there when the namespace is the first one, or a copy of it. */
	if (host_maps_uid(UINT32_MAX - 1) && host_maps_gid(UINT32_MAX - 1))
		return;
	for (uint32_t i = 0; i < d->count && !d->shared_uid; i++) {
		struct service const *s = &d->services[i];

		if (!declaration_is_wanted(d, s) || is_mapped(s))
			continue;
		d->shared_uid = true;
		*why = arena_join(d->arena, "uid ", arena_number(d->arena, s->slot.uid),
				  " or one of its groups is not mapped here", NULL);
	}
}

static void share(struct declarations *d, struct service *s, struct account const *account,
		  char const *why)
{
	enum service_key const key = s->places[KEY_USER].file ? KEY_USER : KEY_GROUP;

	if (declaration_is_wanted(d, s) && s->slot.uid != d->host.uid)
		degrade_miss(d, s, key,
			     arena_join(d->arena, why, ": every service runs as uid ",
					arena_number(d->arena, d->host.uid), NULL));
	s->slot.uid = d->host.uid;
	s->slot.gid = d->host.gid;
	s->group_count = 0;
	s->user_name = account->name;
	s->home = account->home;
	s->shell = account->shell;
	for (uint32_t i = 0; i < s->socket_count; i++)
		s->sockets[i].record.uid = s->sockets[i].record.gid = UINT32_MAX;
}

static void share_all(struct declarations *d, char const *etc, char const *why)
{
	struct accounts accounts = { .arena = d->arena,
				     .passwd = arena_join(d->arena, etc, "/passwd", NULL),
				     .group = arena_join(d->arena, etc, "/group", NULL) };
	struct account const *account = accounts_user(&accounts,
						      arena_number(d->arena, d->host.uid));

	for (uint32_t i = 0; i < d->count; i++)
		if (d->services[i].slot.kind != PLAN_BUNDLE)
			share(d, &d->services[i], account, why);
	accounts_free(&accounts);
}

void degrade_all(struct declarations *d, char const *etc)
{
	char const *why = "no CAP_SETUID";
	uint32_t missing = 0;

	d->shared_uid = !d->host.can_change_ids;
	if (!d->shared_uid)
		find_unmapped(d, &why);
	if (d->shared_uid)
		share_all(d, etc, why);
	for (uint32_t i = 0; i < d->count; i++) {
		if (!declaration_is_wanted(d, &d->services[i]))
			continue;
		check_cage(d, &d->services[i], &missing);
		check_capabilities(d, &d->services[i]);
		check_limits(d, &d->services[i]);
		check_priority(d, &d->services[i]);
	}
	degrade_landlock_tell(d, missing);
	check_kill(d);
}
