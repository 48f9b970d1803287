/* SPDX-License-Identifier: ISC */
/* The keys of a service's file; see keys.h. */
#include "plan/keys.h"

#include "plan/take.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

static char const *const types[] = { "longrun", "oneshot", "bundle", NULL };
static char const *const phases[] = { "run", "build", NULL };
static char const *const restarts[] = { "always", "on-failure", "never", NULL };
static char const *const answers[] = { "no", "yes", NULL };
static char const *const confines[] = { "best-effort", "strict", "off", NULL };

enum {
	SECOND = 1000000000,
	MILLISECOND = 1000000,
	LIVES = KIND_LONGRUN, /* what has a life to watch */
	ONE = KEY_ONE_WORD,
	EMPTY = KEY_MAY_BE_EMPTY,
	BLOCKS = KEY_BLOCKS
};

#define AT(field) offsetof(struct service, field)
#define PROGRAM	  "a program and its arguments"
#define DURATION  "a duration such as 200ms, 8s, 5m, 1h, 2d"
#define SIGNAL	  "a signal such as TERM, SIGQUIT, 15, RTMIN+3"
#define PROBE	  "tcp:[HOST:]PORT, unix:PATH, http://HOST[:PORT][/PATH] or fastcgi:SOCKET[:/PING]"
#define PATHS	  "absolute paths; ? in front of one that may be missing"
#define PORTS	  "TCP ports from 1 to 65535"
#define NAMES	  "names of services"

/* clang-format off */
static struct key const keys[KEY_COUNT] = {
	[KEY_PRESET] = { "preset", take_nothing, "the name of a preset", KIND_ALL, ONE, 0, 0, 0, NULL },
	[KEY_PHASE] = { "phase", take_choice, "run or build", KIND_ONESHOT, ONE, AT(phase), 0, 0, phases },
	[KEY_ENABLED_IF] = { "enabled-if", take_enabled_if, "env:NAME, env:NAME=value or file:/path, with ! in front for the contrary", KIND_ALL, 0, 0, 0, 0, NULL },
	[KEY_TYPE] = { "type", take_choice, "longrun, oneshot or bundle", KIND_ALL, ONE, AT(slot.kind), 0, 0, types },
	[KEY_SCHEDULE] = { "schedule", take_schedule, "a cron expression", KIND_SCHEDULED, 0, 0, 0, 0, NULL },
	[KEY_COMMAND] = { "command", take_words, PROGRAM, KIND_PROCESS, BLOCKS, AT(command), 0, 0, NULL },
	[KEY_USER] = { "user", take_text, "the name or the number of a user", KIND_PROCESS, ONE, AT(user), 0, 0, NULL },
	[KEY_GROUP] = { "group", take_text, "the name or the number of a group", KIND_PROCESS, ONE, AT(group), 0, 0, NULL },
	[KEY_GROUPS] = { "groups", take_words, "names or numbers of groups", KIND_PROCESS, EMPTY, AT(groups), 0, 0, NULL },
	[KEY_UMASK] = { "umask", take_octal, "an octal number from 0 to 0777", KIND_PROCESS, ONE, AT(slot.umask), 0, 0777, NULL },
	[KEY_DIRECTORY] = { "directory", take_path, "an absolute path", KIND_PROCESS, ONE, AT(directory), 0, 0, NULL },
	[KEY_NICE] = { "nice", take_number, "a number from -20 to 19", KIND_PROCESS, ONE, AT(slot.nice), -20, 19, NULL },
	[KEY_OOM_SCORE_ADJUST] = { "oom-score-adjust", take_number, "a number from -1000 to 1000", KIND_PROCESS, ONE, AT(slot.oom_score_adjust), -1000, 1000, NULL },
	[KEY_LIMITS] = { "limits", take_limits, "NAME=SOFT[:HARD] with a name of getrlimit(2) such as nofile, and numbers, sizes (K, M, G, T) or unlimited", KIND_PROCESS, 0, 0, 0, 0, NULL },
	[KEY_ENVIRONMENT_PASS] = { "environment-pass", take_pass, "names of variables, * for any characters", KIND_PROCESS, EMPTY, AT(pass), 0, 0, NULL },
	[KEY_SECRET] = { "secret", take_secrets, "NAME:/path of a file, NAME:?/path, or NAME", KIND_PROCESS, 0, 0, 0, 0, NULL },
	[KEY_NEEDS] = { "needs", take_names, NAMES, KIND_ALL, EMPTY, AT(needs), 0, 0, NULL },
	[KEY_AFTER] = { "after", take_names, NAMES, KIND_ALL, EMPTY, AT(after), 0, 0, NULL },
	[KEY_INSTANCES] = { "instances", take_number, "a number from 1 to 8192", KIND_LONGRUN, ONE, AT(instances), 1, 8192, NULL },
	[KEY_READY] = { "ready", take_ready, "started, fd:N, notify, " PROBE, LIVES, ONE, 0, 0, 0, NULL },
	[KEY_READY_COMMAND] = { "ready-command", take_words, PROGRAM, LIVES, BLOCKS, AT(ready_command), 0, 0, NULL },
	[KEY_START_TIMEOUT] = { "start-timeout", take_duration, DURATION ", 0 for none", KIND_PROCESS, ONE, AT(slot.start_timeout), 0, 0, NULL },
	[KEY_HEALTH] = { "health", take_health, PROBE, LIVES, ONE, 0, 0, 0, NULL },
	[KEY_HEALTH_INTERVAL] = { "health-interval", take_duration, DURATION ", 100ms at least", LIVES, ONE, AT(slot.health_interval), 100 * MILLISECOND, 0, NULL },
	[KEY_HEALTH_FAILURES] = { "health-failures", take_number, "a number from 1 to 1000", LIVES, ONE, AT(slot.health_failures), 1, 1000, NULL },
	[KEY_WATCHDOG] = { "watchdog", take_duration, DURATION ", 10ms at least", LIVES, ONE, AT(slot.watchdog), 10 * MILLISECOND, 0, NULL },
	[KEY_RESTART] = { "restart", take_choice, "always, on-failure or never", KIND_PROCESS, ONE, AT(slot.restart), 0, 0, restarts },
	[KEY_SUCCESS_EXIT] = { "success-exit", take_success, "exit codes from 0 to 255", KIND_PROCESS, 0, 0, 0, 0, NULL },
	[KEY_RESTART_DELAY] = { "restart-delay", take_restart_delay, "a duration, or the shortest and the longest as 200ms..30s", KIND_PROCESS, ONE, 0, 0, 0, NULL },
	[KEY_RESTART_LIMIT] = { "restart-limit", take_restart_limit, "a number of failures and a duration as 5/60s, or none", KIND_PROCESS, ONE, 0, 0, 0, NULL },
	[KEY_ESSENTIAL] = { "essential", take_choice, "yes or no", KIND_PROCESS, ONE, AT(essential), 0, 0, answers },
	[KEY_STOP_SIGNAL] = { "stop-signal", take_signal, SIGNAL, KIND_PROCESS, ONE, AT(slot.stop_signal), 0, 0, NULL },
	[KEY_STOP_TIMEOUT] = { "stop-timeout", take_duration, DURATION ", 1ms at least", KIND_PROCESS, ONE, AT(slot.stop_timeout), MILLISECOND, 0, NULL },
	[KEY_STOP_COMMAND] = { "stop-command", take_words, PROGRAM, KIND_PROCESS, BLOCKS, AT(stop_command), 0, 0, NULL },
	[KEY_RELOAD_SIGNAL] = { "reload-signal", take_signal, SIGNAL, KIND_PROCESS, ONE, AT(slot.reload_signal), 0, 0, NULL },
	[KEY_FORWARD] = { "forward", take_forward, "signals that Orlop does not use itself, such as USR1", KIND_PROCESS, 0, 0, 0, 0, NULL },
	[KEY_LISTEN] = { "listen", take_listen, "tcp:[ADDRESS:]PORT with an address of digits, or unix:/path with mode=, user=, group=", LIVES, 0, 0, 0, 0, NULL },
	[KEY_LISTEN_ENV] = { "listen-env", take_listen_env, "systemd, php-fpm or nginx", LIVES, 0, 0, 0, 0, NULL },
	[KEY_READ] = { "read", take_paths, PATHS, KIND_PROCESS, EMPTY, AT(read), 0, 0, NULL },
	[KEY_WRITE] = { "write", take_paths, PATHS, KIND_PROCESS, EMPTY, AT(write), 0, 0, NULL },
	[KEY_EXECUTE] = { "execute", take_paths, PATHS, KIND_PROCESS, EMPTY, AT(execute), 0, 0, NULL },
	[KEY_BIND] = { "bind", take_ports, PORTS, KIND_PROCESS, EMPTY, AT(bind), 0, 0, NULL },
	[KEY_CONNECT] = { "connect", take_ports, PORTS, KIND_PROCESS, EMPTY, AT(connect), 0, 0, NULL },
	[KEY_CAPABILITIES] = { "capabilities", take_capabilities, "capabilities such as net_bind_service", KIND_PROCESS, EMPTY, 0, 0, 0, NULL },
	[KEY_SYSCALLS] = { "syscalls", take_syscalls, "default, all, or +NAME and -NAME", KIND_PROCESS, 0, 0, 0, 0, NULL },
	[KEY_CONFINE] = { "confine", take_choice, "best-effort, strict or off", KIND_PROCESS, ONE, AT(slot.confine), 0, 0, confines },
	[KEY_LOG] = { "log", take_log, "none, plain, prefix or json (with fpm), or file:/directory with size=, keep=, age=, json, fpm", KIND_PROCESS, 0, 0, 0, 0, NULL },
};
/* clang-format on */

struct key const *keys_at(enum service_key key)
{
	return &keys[key];
}

/* The first letter settles most of it; a table this small needs no more. */
enum service_key keys_find(char const *name)
{
	enum service_key key = 0;

	while (key < KEY_COUNT && (*keys[key].name != *name || strcmp(keys[key].name, name) != 0))
		key++;
	return key;
}

/* Whether `a` becomes `b` by one letter put in, taken out, changed, or swapped with the next. */
bool keys_is_near(char const *a, char const *b)
{
	while (*a && *a == *b)
		a++, b++;
	if (!*a || !*b)
		return strlen(a) + strlen(b) == 1;
	return !strcmp(a + 1, b + 1) || !strcmp(a + 1, b) || !strcmp(a, b + 1) ||
	       (a[0] == b[1] && a[1] == b[0] && !strcmp(a + 2, b + 2));
}

char const *keys_near(char const *name)
{
	for (enum service_key key = 0; key < KEY_COUNT; key++)
		if (keys_is_near(name, keys[key].name))
			return keys[key].name;
	return NULL;
}

int keys_fault(struct taking const *t, char const *found, char const *expected)
{
	faults_add(t->declarations->faults, t->place, t->key->name, ": found ", found,
		   ", expected ", expected, NULL);
	return -ECANCELED;
}

static int shape(struct taking const *t, char const *value)
{
	struct faults *const faults = t->declarations->faults;

	if (t->declarations->parser->block && !(t->key->options & KEY_BLOCKS))
		return keys_fault(t, "a { block }", t->key->expected);
	if (t->words.count == 0 && !(t->key->options & KEY_MAY_BE_EMPTY))
		return keys_fault(t, "nothing", t->key->expected);
	if (t->words.count >= PLAN_ARGUMENTS_MAX)
		return keys_fault(t, "more than 4095 words", t->key->expected);
	if (t->words.count > 1 && t->key->options & KEY_ONE_WORD)
		return keys_fault(t, faults_quote(faults, value), t->key->expected);
	return 0;
}

/* A variable's value is what was found, not its name; several words are shown as they stand. */
static char const *found(struct taking const *t, char const *value)
{
	struct declarations *const d = t->declarations;

	if (t->words.count != 1 || !strstr(value, "${"))
		return faults_quote(d->faults, value);
	return arena_join(d->arena, faults_quote(d->faults, t->words.at[0]), " from ",
			  faults_quote(d->faults, value), NULL);
}

void keys_unparsed(struct declarations *d, struct place place, char const *name, bool off)
{
	struct words_parser const *const parser = d->parser;

	if (parser->unset && off)
		return;
	if (parser->unset && d->image)
		faults_notice(d->faults,
			      arena_join(d->arena, place.file, ":",
					 arena_number(d->arena, place.line), ": ", name, ": found ",
					 parser->found, ", so the image is made without it", NULL));
	else
		faults_add(d->faults, place, name, ": found ", parser->found, ", expected ",
			   parser->expected, NULL);
}

void keys_take(struct declarations *declarations, struct service *service, enum service_key key,
	       struct place place, char const *value)
{
	struct words_parser *const parser = declarations->parser;
	struct taking t = {
		.declarations = declarations, .service = service, .key = &keys[key], .place = place
	};

	int error;

	if (words_parse(parser, value, &t.words) < 0) {
		service->refused |= UINT64_C(1) << key;
		/* A service that is off here may well lack the variables of where it is on. */
		keys_unparsed(declarations, place, t.key->name, service->flags & SERVICE_DISABLED);
		return;
	}
	error = shape(&t, value);
	if (error == 0)
		error = t.key->take(&t);
	if (error == -EINVAL)
		keys_fault(&t, found(&t, value), t.key->expected);
	if (error < 0)
		service->refused |= UINT64_C(1) << key;
}
