/* SPDX-License-Identifier: ISC */
/* The rules one by one, and the comparison of addresses; see fpm_rules.h. */
#include "ctl/fpm_rules.h"

#include "lib/duration.h"

#include <skalibs/types.h>
#include <string.h>

enum { LOG_LIMIT_DEFAULT = 1024 };

struct checking {
	struct fpm_dump const *dump;
	struct fpm_service const *service;
	struct text *faults;
	unsigned count;
};

static void begin(struct checking *c, struct fpm_section const *section, enum fpm_key key)
{
	c->count++;
	text_add_plain(c->faults, c->dump->file);
	text_add(c->faults, ": [");
	text_add_plain(c->faults, section->name);
	text_add(c->faults, "] ");
	text_add(c->faults, fpm_key_names[key]);
	text_add(c->faults, ": found ");
	text_add_plain(c->faults, section->values[key] ? section->values[key] : "nothing");
	text_add(c->faults, ", expected ");
}

static void end(struct checking *c)
{
	text_add(c->faults, " (service ");
	text_add(c->faults, c->service->name);
	text_add(c->faults, ")\n");
}

static void fault(struct checking *c, struct fpm_section const *section, enum fpm_key key,
		  char const *expected)
{
	begin(c, section, key);
	text_add(c->faults, expected);
	end(c);
}

static bool is(char const *value, char const *wanted)
{
	return value && !strcmp(value, wanted);
}

static void check_timeout(struct checking *c, struct fpm_section const *global)
{
	char const *const value = global->values[FPM_CONTROL_TIMEOUT];
	uint64_t timeout = 0;

	if (value && duration_parse(value, &timeout) == 0 && timeout > 0 &&
	    timeout < c->service->stop_timeout)
		return;
	begin(c, global, FPM_CONTROL_TIMEOUT);
	text_add(c->faults, "more than 0 and less than the stop-timeout of ");
	duration_add(c->faults, c->service->stop_timeout);
	text_add(c->faults, ", so that a stop lets requests end");
	end(c);
}

static void check_log(struct checking *c, struct fpm_section const *global)
{
	static char const *const good[] = { "/proc/self/fd/2", "/proc/self/fd/1", "/dev/stderr",
					    "/dev/stdout", "/dev/fd/2" };
	char const *const limit = global->values[FPM_LOG_LIMIT];
	unsigned bytes = 0;
	bool found = false;

	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
		found |= is(global->values[FPM_ERROR_LOG], good[i]);
	if (!found)
		fault(c, global, FPM_ERROR_LOG, "/proc/self/fd/2, the service's own log");
	/* Older than 7.3 it is unknown, and cannot be helped. */
	if (limit && uint0_scan(limit, &bytes) && bytes <= LOG_LIMIT_DEFAULT)
		fault(c, global, FPM_LOG_LIMIT,
		      "more, such as 8192, so that long lines stay in one piece");
}

static void check_global(struct checking *c, struct fpm_section const *global)
{
	check_timeout(c, global);
	check_log(c, global);
	if (!is(global->values[FPM_DAEMONIZE], "no"))
		fault(c, global, FPM_DAEMONIZE, "no, or --nodaemonize in the service's command");
}

/* The first key of `sockets`; its length. An address has no equals sign, and no comma. */
static size_t key_length(char const *sockets)
{
	return strcspn(sockets, "=,");
}

static char const *next_key(char const *sockets)
{
	sockets += strcspn(sockets, ",");
	return *sockets ? sockets + 1 : sockets;
}

bool fpm_rules_listen_is(char const *listen, char const *key, size_t length)
{
	size_t const digits = strspn(listen, "0123456789");
	char const *const close = strchr(listen, ']');

	if (strlen(listen) == length && !strncmp(listen, key, length))
		return true;
	/* A port alone: php-fpm tries :: first, then 0.0.0.0, and asks for an inherited one each. */
	if (digits && listen[digits] == '\0')
		return length > digits && !strncmp(key + length - digits, listen, digits) &&
		       (!strncmp(key, "0.0.0.0:", length - digits) ||
			!strncmp(key, ":::", length - digits));
	/* [ADDRESS]:PORT has no brackets in FPM_SOCKETS. */
	if (*listen != '[' || !close || strlen(listen) != length + 2)
		return false;
	return !strncmp(listen + 1, key, (size_t)(close - listen) - 1) &&
	       !strncmp(close + 1, key + (close - listen) - 1, strlen(close + 1));
}

static bool is_handed(struct checking const *c, char const *listen)
{
	for (char const *key = c->service->sockets; *key; key = next_key(key))
		if (fpm_rules_listen_is(listen, key, key_length(key)))
			return true;
	return false;
}

static void add_keys(struct checking *c)
{
	for (char const *key = c->service->sockets; *key; key = next_key(key)) {
		if (key != c->service->sockets)
			text_add(c->faults, " or ");
		text_add_bytes(c->faults, key, key_length(key));
	}
}

static void check_listen(struct checking *c, struct fpm_section const *pool)
{
	char const *const listen = pool->values[FPM_LISTEN];

	if (!*c->service->sockets || !listen || is_handed(c, listen))
		return;
	begin(c, pool, FPM_LISTEN);
	add_keys(c);
	text_add(c->faults, ", the service's own listen: what it is handed would stay unused");
	end(c);
}

static void check_pool(struct checking *c, struct fpm_section const *pool)
{
	check_listen(c, pool);
	if (!is(pool->values[FPM_CATCH_OUTPUT], "yes"))
		fault(c, pool, FPM_CATCH_OUTPUT,
		      "yes, or what the workers write to stdout and stderr is lost");
	if (pool->values[FPM_DECORATE_OUTPUT] && !is(pool->values[FPM_DECORATE_OUTPUT], "no"))
		fault(c, pool, FPM_DECORATE_OUTPUT, "no, so that lines stay as they are written");
	if (c->service->has_variables && !pool->has_env && !is(pool->values[FPM_CLEAR_ENV], "no"))
		fault(
		    c, pool, FPM_CLEAR_ENV,
		    "no, as environment-pass and secret say what PHP may see, or env[NAME] lines");
}

/* A socket that no pool takes: connections to it would wait for ever. */
static void check_unused(struct checking *c)
{
	for (char const *key = c->service->sockets; *key; key = next_key(key)) {
		bool used = false;

		for (size_t i = 1; i < fpm_dump_count(c->dump); i++) {
			char const *const listen = fpm_dump_section(c->dump, i)->values[FPM_LISTEN];

			used |= listen && fpm_rules_listen_is(listen, key, key_length(key));
		}
		if (used)
			continue;
		c->count++;
		text_add_plain(c->faults, c->dump->file);
		text_add(c->faults, ": listen: found no pool with ");
		text_add_bytes(c->faults, key, key_length(key));
		text_add(c->faults, ", expected one, as the service listens there");
		end(c);
	}
}

unsigned fpm_rules_check(struct fpm_dump const *dump, struct fpm_service const *service,
			 struct text *faults)
{
	struct checking c = { dump, service, faults, 0 };
	unsigned before;

	if (fpm_dump_count(dump))
		check_global(&c, fpm_dump_section(dump, 0));
	before = c.count;
	for (size_t i = 1; i < fpm_dump_count(dump); i++)
		check_pool(&c, fpm_dump_section(dump, i));
	if (c.count == before)
		check_unused(&c);
	return c.count;
}
