/* SPDX-License-Identifier: ISC */
/* Environments; see variables.h. */
#include "plan/variables.h"

#include "confine/confine.h"
#include "plan/address.h"
#include "plan/keys.h"
#include "plan/secret_sources.h"

#include <string.h>

#define VARIABLES_PATH "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

enum {
	SET_MAX = 16, /* what this file sets by itself for one slot */
	/* Beside those of the container, of which there may be half as many, and secrets. */
	DECLARED_MAX = PLAN_ENVIRONMENT_MAX / 2 - CONFINE_SECRETS_MAX - 2 * SET_MAX
};

/* What an engine or a service manager above tells PID 1 about itself is not for services. */
static char const *const inits_own[] = { "NOTIFY_SOCKET", "WATCHDOG_PID", "WATCHDOG_USEC",
					 "LISTEN_PID",	  "LISTEN_FDS",	  "LISTEN_FDNAMES",
					 "FPM_SOCKETS",	  "NGINX" };

/* A list that grows up to the room that it was given. */
struct list {
	char const **at;
	uint32_t count;
};

static void add(struct declarations *d, struct list *list, char const *name, char const *value)
{
	list->at[list->count++] = arena_join(d->arena, name, "=", value, NULL);
}

static struct words words_of(struct list const *list)
{
	return (struct words){ list->at, list->count };
}

static bool names_match(char const *entry, char const *name)
{
	size_t const length = strlen(name);

	return !strncmp(entry, name, length) && entry[length] == '=';
}

static char const *declared(struct service const *s, char const *name)
{
	for (uint32_t i = 0; i < s->environment.count; i++)
		if (names_match(s->environment.at[i], name))
			return s->environment.at[i] + strlen(name) + 1;
	return NULL;
}

static void declare(struct declarations *d, struct service const *s, struct place place,
		    struct ini_entry const *entry, struct list *list)
{
	struct words words;

	place.line = entry->line;
	if (!words_is_name(entry->key, strlen(entry->key)))
		faults_add(d->faults, place, "found the variable ",
			   faults_quote(d->faults, entry->key), ", expected letters, digits and _",
			   NULL);
	else if (words_parse(d->parser, entry->value, &words) == 0)
		add(d, list, entry->key, words_join(d->arena, &words, 0));
	else
		keys_unparsed(d, place, entry->key, s->flags & SERVICE_DISABLED);
}

/* One file's section; what `over` has is not taken, as the file's own lines win. */
static void declare_all(struct declarations *d, struct service const *s, struct place place,
			struct ini const *ini, struct list *list, struct names const *over,
			struct names *seen)
{
	for (uint32_t i = 0; i < ini->count; i++) {
		struct ini_entry const *entry = &ini->entries[i];

		if (strcmp(entry->section, "environment") != 0 ||
		    names_find(over, entry->key) != NAMES_NONE)
			continue;
		place.line = entry->line;
		if (names_enter(seen, d->arena, entry->key, i) == i)
			declare(d, s, place, entry, list);
		else
			faults_add(d->faults, place, entry->key,
				   ": found a second time, expected once", NULL);
	}
}

void variables_declare(struct declarations *d, struct service *s, struct place preset,
		       struct ini const *preset_ini, struct ini const *own)
{
	uint32_t const room = own->count + (preset_ini ? preset_ini->count : 0);
	struct list list = { arena_array(d->arena, room, sizeof(char const *)), 0 };
	struct names none = { 0 };
	struct names mine = { 0 };
	struct names theirs = { 0 };

	declare_all(d, s, s->place, own, &list, &none, &mine);
	if (preset_ini)
		declare_all(d, s, preset, preset_ini, &list, &mine, &theirs);
	s->environment = words_of(&list);
	if (list.count > DECLARED_MAX)
		faults_add(d->faults, s->place, "found ", arena_number(d->arena, list.count),
			   " variables, expected at most ", arena_number(d->arena, DECLARED_MAX),
			   NULL);
}

/* Patterns know * alone. */
static bool matches(char const *pattern, char const *name, size_t length)
{
	size_t star = strcspn(pattern, "*");

	if (pattern[star] == '\0')
		return length == star && !strncmp(pattern, name, length);
	if (length < star || strncmp(pattern, name, star) != 0)
		return false;
	for (size_t skip = star; skip <= length; skip++)
		if (matches(pattern + star + 1, name + skip, length - skip))
			return true;
	return false;
}

/* Whether environment-pass, or its absence, lets the name through. */
static bool is_asked_for(struct service const *s, char const *name, size_t length)
{
	if (!s->places[KEY_ENVIRONMENT_PASS].file || (length == 4 && !strncmp(name, "PATH", 4)))
		return true;
	for (uint32_t i = 0; i < s->given.count; i++)
		if (!strncmp(s->given.at[i], name, length) && s->given.at[i][length] == '\0')
			return true;
	for (uint32_t i = 0; i < s->pass.count; i++)
		if (matches(s->pass.at[i], name, length))
			return true;
	return false;
}

static bool passes(struct declarations const *d, struct service const *s, char const *name,
		   size_t length)
{
	for (size_t i = 0; i < sizeof inits_own / sizeof inits_own[0]; i++)
		if (strlen(inits_own[i]) == length && !strncmp(inits_own[i], name, length))
			return false;
	return is_asked_for(s, name, length) && secret_sources_pass(d, s, name, length);
}

static bool passes_all(struct declarations const *d, struct service const *s)
{
	for (char const *const *e = d->environment; *e; e++)
		if (!passes(d, s, *e, strcspn(*e, "=")))
			return false;
	return true;
}

static bool is_own_secret(struct service const *s, char const *name)
{
	for (uint32_t i = 0; i < s->secrets.count; i += 2)
		if (!strcmp(s->secrets.at[i], name))
			return true;
	return false;
}

/* Who asks for it by name does not get it silently left out. */
static void tell_secret(struct declarations *d, struct service const *s, char const *name)
{
	size_t const length = strlen(name);
	uint32_t const owner = names_find(&d->secret_names, name);

	if (s->places[KEY_ENVIRONMENT_PASS].file && owner != NAMES_NONE &&
	    !is_own_secret(s, name) && is_asked_for(s, name, length) && declaration_is_wanted(d, s))
		faults_notice(d->faults,
			      arena_join(d->arena, "environment-pass of ", s->name, ": ", name,
					 " is a secret of ", d->services[owner].name,
					 " and does not pass", NULL));
}

static struct words find_passed(struct declarations *d, struct service const *s)
{
	struct list list = { NULL, 0 };
	uint32_t count = 0;

	while (d->environment[count])
		count++;
	list.at = arena_array(d->arena, count, sizeof(char const *));
	for (char const *const *e = d->environment; *e; e++) {
		size_t const length = strcspn(*e, "=");
		char const *name;

		/* The cage takes a * at the end of a name for any characters. */
		if (!(*e)[length] || !length || memchr(*e, '*', length))
			continue;
		name = arena_copy(d->arena, *e, length);
		if (passes(d, s, name, length))
			list.at[list.count++] = name;
		else
			tell_secret(d, s, name);
	}
	return words_of(&list);
}

struct words variables_passed(struct declarations *d, struct service *s)
{
	if (s->places[KEY_ENVIRONMENT_PASS].file || s->given.count || s->sources.count) {
		s->slot.flags &= ~(uint32_t)PLAN_PASS_ALL;
		return find_passed(d, s);
	}
	if (!d->passed_known) {
		d->passed_known = true;
		d->passed_all = passes_all(d, s);
		if (!d->passed_all)
			d->passed = find_passed(d, s);
	}
	if (!d->passed_all)
		s->slot.flags &= ~(uint32_t)PLAN_PASS_ALL;
	return d->passed;
}

char const *variables_value(struct declarations const *d, struct service const *s, char const *name)
{
	char const *value = declared(s, name);

	if (!value && passes(d, s, name, strlen(name)))
		value = words_variable(d->environment, name, strlen(name));
	return !value && !strcmp(name, "PATH") ? VARIABLES_PATH : value;
}

struct words variables_common(struct declarations *d, struct service const *s)
{
	struct list list = { .at = arena_array(d->arena, s->environment.count + SET_MAX,
					       sizeof(char const *)) };
	char const *const own[][2] = { { "HOME", s->home },
				       { "USER", s->user_name },
				       { "LOGNAME", s->user_name },
				       { "SHELL", s->shell } };

	if (!words_variable(d->environment, "PATH", 4) && !declared(s, "PATH"))
		add(d, &list, "PATH", VARIABLES_PATH);
	for (size_t i = 0; i < sizeof own / sizeof own[0]; i++)
		if (own[i][1] && !declared(s, own[i][0]))
			add(d, &list, own[i][0], own[i][1]);
	if (d->init_pid != 1)
		add(d, &list, "ORLOP_PID", arena_number(d->arena, d->init_pid));
	for (uint32_t i = 0; i < s->environment.count; i++)
		list.at[list.count++] = s->environment.at[i];
	return words_of(&list);
}

/* LISTEN_FDNAMES is a list with colons in between, so a name cannot have one. */
static char const *descriptor_name(struct declarations *d, char const *address)
{
	char *const name = arena_copy(d->arena, address, strlen(address));

	for (char *s = name; (s = strchr(s, ':'));)
		*s = '-';
	return name;
}

struct words variables_sockets(struct declarations *d, struct service const *s)
{
	struct list list = { .at = arena_array(d->arena, SET_MAX, sizeof(char const *)) };
	char const *names = "";
	char const *fpm = "";
	char const *nginx = "";

	for (uint32_t i = 0; i < s->socket_count; i++) {
		char const *const fd = arena_number(d->arena, 3 + i);

		names = arena_join(d->arena, names, i ? ":" : "",
				   descriptor_name(d, s->sockets[i].name), NULL);
		fpm = arena_join(d->arena, fpm, i ? "," : "",
				 address_fpm(d->arena, &s->sockets[i].record), "=", fd, NULL);
		nginx = arena_join(d->arena, nginx, fd, ";", NULL);
	}
	if (s->slot.listen_env & 1U << PLAN_LISTEN_SYSTEMD) {
		add(d, &list, "LISTEN_FDS", arena_number(d->arena, s->socket_count));
		add(d, &list, "LISTEN_FDNAMES", names);
		add(d, &list, "LISTEN_PID", "0"); /* the cage puts its pid in here */
	}
	if (s->slot.listen_env & 1U << PLAN_LISTEN_PHP_FPM)
		add(d, &list, "FPM_SOCKETS", fpm);
	if (s->slot.listen_env & 1U << PLAN_LISTEN_NGINX)
		add(d, &list, "NGINX", nginx);
	return words_of(&list);
}
