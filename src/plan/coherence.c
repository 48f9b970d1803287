/* SPDX-License-Identifier: ISC */
/* The keys of one service together; see coherence.h. */
#include "plan/coherence.h"

#include "plan/keys.h"

#include <string.h>
#include <sys/resource.h>

static bool has(struct service const *s, enum service_key key)
{
	return s->places[key].file != NULL;
}

/* The same with a value that was taken: a fault about another one would show what nobody wrote. */
static bool took(struct service const *s, enum service_key key)
{
	return has(s, key) && !(s->refused >> key & 1);
}

static void fault(struct declarations *d, struct service const *s, enum service_key key,
		  char const *found, char const *expected)
{
	faults_add(d->faults, s->places[key], keys_at(key)->name, ": found ", found, ", expected ",
		   expected, NULL);
}

static uint32_t kind_of(struct service const *s)
{
	if (s->slot.kind == PLAN_ONESHOT && has(s, KEY_SCHEDULE))
		return KIND_SCHEDULED;
	return 1U << s->slot.kind;
}

static char const *kind_name(uint32_t kind)
{
	switch (kind) {
	case KIND_LONGRUN:
		return "on a longrun";
	case KIND_ONESHOT:
		return "on a oneshot";
	case KIND_BUNDLE:
		return "on a bundle";
	default:
		return "on a scheduled oneshot";
	}
}

static char const *kinds_name(uint32_t kinds)
{
	switch (kinds) {
	case KIND_LONGRUN:
		return "only on a longrun";
	case KIND_ONESHOT:
		return "only on a oneshot without schedule";
	case KIND_SCHEDULED:
		return "only on a oneshot";
	default:
		return "only on a longrun or a oneshot";
	}
}

static void check_kinds(struct declarations *d, struct service const *s)
{
	uint32_t const kind = kind_of(s);

	for (enum service_key key = 0; key < KEY_COUNT; key++)
		if (has(s, key) && !(keys_at(key)->kinds & kind))
			fault(d, s, key, kind_name(kind), kinds_name(keys_at(key)->kinds));
	if (kind == KIND_BUNDLE && !has(s, KEY_NEEDS))
		faults_add(d->faults, s->place,
			   "found a bundle without needs, expected needs = NAME", NULL);
	if (kind != KIND_BUNDLE && !has(s, KEY_COMMAND))
		faults_add(d->faults, s->place,
			   "found no command, expected command = PROGRAM ARGUMENTS", NULL);
}

/* `key` says something about `other` and nothing without it. */
static void require(struct declarations *d, struct service const *s, enum service_key key,
		    enum service_key other)
{
	if (has(s, key) && !has(s, other))
		fault(d, s, key, arena_join(d->arena, "without ", keys_at(other)->name, NULL),
		      arena_join(d->arena, "both or neither of ", keys_at(key)->name, " and ",
				 keys_at(other)->name, NULL));
}

static void check_readiness(struct declarations *d, struct service *s)
{
	bool const ready = has(s, KEY_READY) || has(s, KEY_READY_COMMAND);

	if (has(s, KEY_READY) && has(s, KEY_READY_COMMAND))
		fault(d, s, KEY_READY_COMMAND, "beside ready", "one of the two");
	if (s->slot.kind == PLAN_LONGRUN && has(s, KEY_START_TIMEOUT) && !ready)
		fault(d, s, KEY_START_TIMEOUT, "without ready", "ready or ready-command beside it");
	if (s->slot.watchdog && s->slot.ready == PLAN_READY_FD)
		fault(d, s, KEY_WATCHDOG, "beside ready = fd:N", "ready = notify, or a probe");
	if (s->slot.ready == PLAN_READY_FD && s->slot.ready_fd < 3 + s->socket_count)
		fault(d, s, KEY_READY,
		      arena_join(d->arena, "fd:", arena_number(d->arena, s->slot.ready_fd), NULL),
		      arena_join(d->arena, "a number behind the listening sockets, which are 3 to ",
				 arena_number(d->arena, 2UL + s->socket_count), NULL));
	if (has(s, KEY_READY_COMMAND))
		s->slot.ready = PLAN_READY_PROBE;
	if (!has(s, KEY_START_TIMEOUT) && s->slot.ready != PLAN_READY_STARTED)
		s->slot.start_timeout = UINT64_C(60000000000);
	require(d, s, KEY_HEALTH_INTERVAL, KEY_HEALTH);
	require(d, s, KEY_HEALTH_FAILURES, KEY_HEALTH);
	require(d, s, KEY_LISTEN_ENV, KEY_LISTEN);
}

static void check_restart(struct declarations *d, struct service *s)
{
	if (s->slot.kind != PLAN_ONESHOT)
		return;
	if (!has(s, KEY_RESTART))
		s->slot.restart = PLAN_NEVER;
	else if (took(s, KEY_RESTART) && s->slot.restart == PLAN_ALWAYS)
		fault(d, s, KEY_RESTART, "always on a oneshot", "on-failure or never");
	if (!has(s, KEY_SCHEDULE))
		return;
	/* A job that failed once runs again at its next time: no reason to end the container. */
	if (took(s, KEY_ESSENTIAL) && s->essential)
		fault(d, s, KEY_ESSENTIAL, "yes on a scheduled oneshot",
		      "no, as its next time is its next chance");
	if (s->slot.restart == PLAN_ON_FAILURE)
		fault(d, s, KEY_RESTART, "on-failure on a scheduled oneshot",
		      "never, as its next time is its next chance");
	s->essential = 0;
}

static void check_secrets(struct declarations *d, struct service const *s)
{
	for (uint32_t i = 0; i < s->secrets.count; i += 2)
		for (uint32_t k = 0; k < s->environment.count; k++) {
			size_t const length = strlen(s->secrets.at[i]);

			if (!strncmp(s->environment.at[k], s->secrets.at[i], length) &&
			    s->environment.at[k][length] == '=')
				fault(d, s, KEY_SECRET, s->secrets.at[i],
				      "a variable that [environment] does not set");
		}
}

static void add_core_limit(struct declarations *d, struct service *s)
{
	for (uint32_t i = 0; i < s->limit_count; i++)
		if (s->limits[i].resource == RLIMIT_CORE)
			return;
	if (!s->limits) /* else take_limits() left room for one more */
		s->limits = arena_take(d->arena, sizeof *s->limits);
	s->limits[s->limit_count++] = (struct plan_limit){ .resource = RLIMIT_CORE };
}

static void set_flags(struct service *s)
{
	static struct {
		enum service_key key;
		uint32_t flag;
	} const declared[] = {
		{ KEY_NICE, PLAN_NICE },
		{ KEY_OOM_SCORE_ADJUST, PLAN_OOM },
		{ KEY_READ, PLAN_FILE_CAGE },
		{ KEY_WRITE, PLAN_FILE_CAGE },
		{ KEY_EXECUTE, PLAN_FILE_CAGE },
		{ KEY_BIND, PLAN_BIND_CAGE },
		{ KEY_CONNECT, PLAN_CONNECT_CAGE },
	};

	for (size_t i = 0; i < sizeof declared / sizeof declared[0]; i++)
		if (has(s, declared[i].key))
			s->slot.flags |= declared[i].flag;
	if (!has(s, KEY_ENVIRONMENT_PASS))
		s->slot.flags |= PLAN_PASS_ALL;
	if (s->syscalls_all)
		s->slot.flags |= PLAN_SYSCALLS_ALL;
	if (s->essential && s->slot.kind != PLAN_BUNDLE)
		s->slot.flags |= PLAN_ESSENTIAL;
	if (!(s->flags & SERVICE_DISABLED))
		s->slot.flags |= PLAN_ENABLED;
	if (s->socket_count && !s->slot.listen_env)
		s->slot.listen_env = 1U << PLAN_LISTEN_SYSTEMD;
	if (has(s, KEY_INSTANCES))
		s->flags |= SERVICE_INSTANCES;
	if (s->phase) {
		s->flags |= SERVICE_BUILD;
		s->slot.flags |= PLAN_BUILD;
	}
}

void coherence_check(struct declarations *d, struct service *s)
{
	if (has(s, KEY_SCHEDULE) && !has(s, KEY_TYPE))
		s->slot.kind = PLAN_ONESHOT;
	check_kinds(d, s);
	check_readiness(d, s);
	check_restart(d, s);
	check_secrets(d, s);
	if (s->slot.kind != PLAN_BUNDLE)
		add_core_limit(d, s);
	set_flags(s);
}
