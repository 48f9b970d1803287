/* SPDX-License-Identifier: ISC */
/* Who each service runs as; see identity.h. */
#include "plan/identity.h"

#include "confine/users.h"
#include "plan/accounts.h"
#include "plan/missing.h"
#include "plan/uid_pool.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

struct resolver {
	struct declarations *declarations;
	struct accounts accounts;
	struct uid_pool pool;
	bool lenient; /* the service is off here, and may lack its user here too */
};

static void fault(struct resolver *r, struct place place, char const *what, char const *text,
		  char const *expected)
{
	struct faults *const faults = r->declarations->faults;

	faults_add(faults, place, what, ": found ", faults_quote(faults, text), ", expected ",
		   expected, NULL);
}

static void fault_account(struct resolver *r, struct place place, char const *what,
			  struct account const *account, char const *text, bool user)
{
	if (account->error == -E2BIG)
		fault(r, place, what, text, "a user of at most 64 groups");
	else if (account->number)
		fault(r, place, what, text, "a number up to 4294967294");
	else
		fault(r, place, what, text,
		      user ? "a user of /etc/passwd or a number"
			   : "a group of /etc/group or a number");
}

static struct account const *find(struct resolver *r, struct place place, char const *what,
				  char const *text, bool user)
{
	struct account const *account = user ? accounts_user(&r->accounts, text)
					     : accounts_group(&r->accounts, text);

	if (account->error == -ENOENT && r->declarations->image)
		missing_account(r->declarations, &r->accounts, &r->pool, text, user);
	if (account->error == 0)
		return account;
	if (!r->lenient)
		fault_account(r, place, what, account, text, user);
	return NULL;
}

static void resolve_own(struct resolver *r, struct service *s)
{
	s->slot.uid = s->slot.gid = uid_pool_give(&r->pool, s->name);
	s->user_name = s->name;
	s->home = "/";
	s->shell = "/bin/sh";
	if (s->slot.uid == 0)
		faults_add(r->declarations->faults, s->place,
			   "found no free uid from 52992 to 65519, expected user = NAME", NULL);
}

static void resolve_user(struct resolver *r, struct service *s)
{
	struct place const place = s->places[KEY_USER];
	struct account const *account;

	if (!s->user) {
		resolve_own(r, s);
		return;
	}
	account = find(r, place, "user", s->user, true);
	if (!account) {
		if (r->lenient)
			resolve_own(r, s);
		return;
	}
	if (account->uid == 0 && !account->number && strcmp(s->user, "root") != 0)
		fault(r, place, "user", s->user, "root or 0 written out for uid 0");
	s->slot.uid = account->uid;
	s->slot.gid = account->gid;
	s->user_name = account->name;
	s->home = account->home;
	s->shell = account->shell;
	if (s->groups.count == 0 && !s->places[KEY_GROUPS].file) {
		s->group_ids = arena_array(r->declarations->arena, PLAN_GROUPS_MAX,
					   sizeof *s->group_ids);
		s->group_count = account->group_count;
		memcpy(s->group_ids, account->groups, sizeof account->groups);
	}
}

static int compare(void const *a, void const *b)
{
	uint32_t const left = *(uint32_t const *)a;
	uint32_t const right = *(uint32_t const *)b;

	return (left > right) - (left < right);
}

/* Sorted, each once, without the gid: what setgroups(2) is to be given. */
static void tidy_groups(struct service *s)
{
	uint32_t kept = 0;

	if (s->group_count)
		qsort(s->group_ids, s->group_count, sizeof *s->group_ids, compare);
	for (uint32_t i = 0; i < s->group_count; i++)
		if (s->group_ids[i] != s->slot.gid &&
		    (kept == 0 || s->group_ids[kept - 1] != s->group_ids[i]))
			s->group_ids[kept++] = s->group_ids[i];
	s->group_count = kept;
}

static void resolve_groups(struct resolver *r, struct service *s)
{
	struct place const place = s->places[KEY_GROUPS];
	struct account const *account = NULL;

	if (s->group)
		account = find(r, s->places[KEY_GROUP], "group", s->group, false);
	if (account)
		s->slot.gid = account->gid;
	if (s->groups.count > PLAN_GROUPS_MAX) {
		fault(r, place, "groups", arena_number(r->declarations->arena, s->groups.count),
		      "at most 64 groups");
		return;
	}
	if (s->groups.count)
		s->group_ids = arena_array(r->declarations->arena, s->groups.count,
					   sizeof *s->group_ids);
	for (uint32_t i = 0; i < s->groups.count; i++) {
		account = find(r, place, "groups", s->groups.at[i], false);
		if (account)
			s->group_ids[s->group_count++] = account->gid;
	}
	tidy_groups(s);
}

static void resolve_sockets(struct resolver *r, struct service *s)
{
	struct place const place = s->places[KEY_LISTEN];

	for (uint32_t i = 0; i < s->socket_count; i++) {
		struct socket_declaration *socket = &s->sockets[i];
		struct account const *user = NULL;
		struct account const *group = NULL;

		if (socket->user)
			user = find(r, place, "listen user", socket->user, true);
		if (socket->group)
			group = find(r, place, "listen group", socket->group, false);
		if (socket->record.domain != AF_UNIX)
			continue;
		socket->record.uid = user ? user->uid : s->slot.uid;
		socket->record.gid = group ? group->gid : s->slot.gid;
	}
}

static void resolve_operators(struct resolver *r)
{
	struct settings *settings = &r->declarations->settings;

	settings->operator_ids = arena_array(r->declarations->arena, settings->operators.count,
					     sizeof *settings->operator_ids);
	for (uint32_t i = 0; i < settings->operators.count; i++) {
		struct account const *account = find(r, settings->operators_place, "operators",
						     settings->operators.at[i], true);

		if (account)
			settings->operator_ids[settings->operator_count++] = account->uid;
	}
}

/* Owners of [files]; uid 0 has to be written out, as everywhere. */
static void resolve_rules(struct resolver *r)
{
	struct settings *const settings = &r->declarations->settings;

	for (uint32_t i = 0; i < settings->rule_count; i++) {
		struct file_rule *rule = &settings->rules[i];
		char const *const what = arena_join(r->declarations->arena, "[files] ", rule->path,
						    NULL);
		struct account const *owner = find(r, rule->place, what, rule->owner, true);
		struct account const *group = NULL;

		if (rule->group)
			group = find(r, rule->place, what, rule->group, false);
		if (!owner)
			continue;
		if (owner->uid == 0 && !owner->number && strcmp(rule->owner, "root") != 0)
			fault(r, rule->place, what, rule->owner, "root or 0 written out for uid 0");
		rule->record.uid = owner->uid;
		rule->record.gid = group ? group->gid : owner->gid;
	}
}

/* One pass over the files for all services, and none when every name is known. */
static void fill_pool(struct resolver *r)
{
	struct declarations const *const d = r->declarations;
	bool wanted = d->image;

	for (uint32_t i = 0; i < d->count; i++)
		wanted = wanted || !d->services[i].user;
	if (wanted)
		uid_pool_begin(&r->pool, r->accounts.passwd, r->accounts.group);
}

/* A number that one service has written out must not become another's own uid. */
static void take_written(struct resolver *r)
{
	for (uint32_t i = 0; i < r->declarations->count; i++) {
		struct service const *s = &r->declarations->services[i];
		uint32_t uid;

		if (s->user && users_number(s->user, &uid) == 0)
			uid_pool_take(&r->pool, uid);
	}
}

void identity_resolve(struct declarations *d, char const *etc)
{
	struct resolver r = { .declarations = d,
			      .accounts = { .arena = d->arena,
					    .passwd = arena_join(d->arena, etc, "/passwd", NULL),
					    .group = arena_join(d->arena, etc, "/group", NULL) } };

	fill_pool(&r);
	take_written(&r);
	for (uint32_t i = 0; i < d->count; i++) {
		struct service *s = &d->services[i];

		if (s->slot.kind == PLAN_BUNDLE)
			continue;
		r.lenient = s->flags & SERVICE_DISABLED;
		resolve_user(&r, s);
		resolve_groups(&r, s);
		resolve_sockets(&r, s);
	}
	r.lenient = false;
	resolve_operators(&r);
	resolve_rules(&r);
	accounts_free(&r.accounts);
}

void identity_nobody(char const *etc, uint32_t *uid, uint32_t *gid)
{
	char path[4096];
	struct user user;

	*uid = *gid = 65534;
	if (strlen(etc) >= sizeof path - sizeof "/passwd")
		return;
	strcpy(stpcpy(path, etc), "/passwd");
	if (users_by_name(path, "nobody", &user) == 0 && user.uid != 0) {
		*uid = user.uid;
		*gid = user.gid;
	}
}
