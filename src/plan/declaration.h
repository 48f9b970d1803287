/* SPDX-License-Identifier: ISC */
/*
 * What one file declares, between reading and the plan. Numbers stand in `slot` already as the
 * plan will carry them; lists and names stay C strings until the plan is laid out.
 */
#ifndef ORLOP_PLAN_DECLARATION_H
#define ORLOP_PLAN_DECLARATION_H

#include "confine/host.h"
#include "lib/names.h"
#include "plan/faults.h"
#include "plan/ini.h"
#include "plan/mount_names.h"
#include "plan/real_paths.h"
#include "plan/words.h"
#include "wire/plan.h"

#include <stdbool.h>

/* The keys of a service's file, in the order in which they are looked at. */
enum service_key {
	KEY_PRESET,
	KEY_PHASE, /* what is lenient with the others depends on it */
	KEY_ENABLED_IF,
	KEY_TYPE,
	KEY_SCHEDULE,
	KEY_COMMAND,
	KEY_USER,
	KEY_GROUP,
	KEY_GROUPS,
	KEY_UMASK,
	KEY_DIRECTORY,
	KEY_NICE,
	KEY_OOM_SCORE_ADJUST,
	KEY_LIMITS,
	KEY_ENVIRONMENT_PASS,
	KEY_SECRET,
	KEY_NEEDS,
	KEY_AFTER,
	KEY_INSTANCES,
	KEY_READY,
	KEY_READY_COMMAND,
	KEY_START_TIMEOUT,
	KEY_HEALTH,
	KEY_HEALTH_INTERVAL,
	KEY_HEALTH_FAILURES,
	KEY_WATCHDOG,
	KEY_RESTART,
	KEY_SUCCESS_EXIT,
	KEY_RESTART_DELAY,
	KEY_RESTART_LIMIT,
	KEY_ESSENTIAL,
	KEY_STOP_SIGNAL,
	KEY_STOP_TIMEOUT,
	KEY_STOP_COMMAND,
	KEY_RELOAD_SIGNAL,
	KEY_FORWARD,
	KEY_LISTEN,
	KEY_LISTEN_ENV,
	KEY_READ,
	KEY_WRITE,
	KEY_EXECUTE,
	KEY_BIND,
	KEY_CONNECT,
	KEY_CAPABILITIES,
	KEY_SYSCALLS,
	KEY_CONFINE,
	KEY_LOG,
	KEY_COUNT
};

struct ports {
	uint32_t *at;
	uint32_t count;
};

/* A path that a file cage allows, before it has its place in the plan. */
struct allowed {
	char const *path;
	uint32_t rights; /* bits of enum plan_right */
};

struct allowed_list {
	struct allowed *at;
	uint32_t count;
};

/* A line of [files] */
struct file_rule {
	struct place place;
	char const *path; /* without '?' */
	char const *owner;
	char const *group; /* NULL: the owner's */
	struct plan_rule record;
};

/* A listening socket; `user` and `group` are NULL where the service's own are meant. */
struct socket_declaration {
	struct plan_listen record;
	char const *name;
	char const *user;
	char const *group;
};

enum service_flag {
	SERVICE_DISABLED = 1 << 0,  /* enabled-if does not hold */
	SERVICE_BUILD = 1 << 1,	    /* phase = build: planned for an image or its build alone */
	SERVICE_INSTANCES = 1 << 2, /* the key was given */
	SERVICE_SELECTED = 1 << 3,
	SERVICE_SHARED_UID = 1 << 4 /* wanted another uid than it can have here */
};

struct service {
	char const *name;
	struct place places[KEY_COUNT]; /* where each key stands; file NULL: not declared */
	struct place place;		/* the file as a whole */
	uint64_t refused;		/* keys whose value was a fault, by bit */
	struct plan_slot slot;
	uint32_t flags; /* enum service_flag */
	uint32_t instances;
	uint32_t phase;	       /* 1: build */
	uint32_t essential;    /* 1: yes */
	uint32_t syscalls_all; /* 1: no deny list */
	struct words command;
	struct words ready_command;
	struct words stop_command;
	char const *ready_probe; /* what orlop-probe is given, or NULL */
	char const *health_probe;
	uint32_t ready_port; /* the TCP port that it connects to, or 0 */
	uint32_t health_port;
	struct words environment; /* "NAME=value" */
	struct words pass;	  /* patterns */
	struct words secrets;	  /* pairs NAME, path; path NULL until its source is found */
	struct words needs;
	struct words after;
	struct words groups;
	struct words read;
	struct words write;
	struct words execute;
	struct ports syscalls; /* numbers, as the plan has them */
	struct ports bind;
	struct ports connect;
	struct plan_limit *limits;
	uint32_t limit_count;
	struct socket_declaration *sockets;
	uint32_t socket_count;
	char const *user; /* as written, or NULL */
	char const *group;
	char const *directory;
	char const *log_option;

	/* found out after reading */
	char const *executable;
	char const *stop_executable;
	char const *ready_executable;
	char const *user_name; /* for USER and for the plan */
	char const *home;
	char const *shell;
	uint32_t *group_ids;
	uint32_t group_count;
	uint32_t *edges; /* services that it waits for, by index: first those it needs */
	uint32_t need_count;
	uint32_t edge_count;
	struct words given;	  /* its secrets that are variables of the container */
	struct words sources;	  /* NAME_FILE of its secrets: what they say has been done */
	struct allowed_list cage; /* what its file cage allows */
	struct words common;	  /* variables set for each of its slots */
	struct words passed;	  /* names of the container's that are let through */
	struct words handed;	  /* variables of its listening sockets */
	uint32_t head;		  /* slot that others mean by its name */
	uint32_t first_instance;  /* the first of its instances, which stand together */
	uint32_t *need_slots;	  /* heads of the services that it needs … */
	uint32_t *after_slots;	  /* … and comes after */
};

/* orlop.ini */
struct settings {
	uint64_t stop_timeout;
	uint32_t log;
	char const *log_option;
	struct words operators;
	struct place operators_place;
	uint32_t *operator_ids;
	uint32_t operator_count;
	struct file_rule *rules; /* the lines of [files] */
	uint32_t rule_count;
	char const **accepts; /* the words of each line, joined */
	uint32_t accept_count;
};

/* An account that /etc/passwd or /etc/group lacks; found for an image alone. */
struct missing_account {
	char const *name;
	bool group;
	uint32_t id;
	uint32_t gid;
};

struct declarations {
	struct arena *arena;
	struct faults *faults;
	struct words_parser *parser;
	char const *const *environment;
	char const *directory;
	struct host host;
	bool image;	/* the plan is for the files of an image; nothing starts from it */
	bool build;	/* the services of phase = build are in the plan */
	bool made_here; /* an image that services of phase = build still add files to */
	uint32_t init_pid;
	struct words passed; /* what a service without environment-pass gets */
	bool passed_known;
	bool passed_all;
	bool shared_uid; /* ids cannot be changed here, or not to all that are wanted */
	struct settings settings;
	struct service *services; /* sorted by name */
	uint32_t count;
	struct names by_name;	   /* index in services */
	struct names secret_names; /* of variables; the first service that declares it */
	struct missing_account *missing;
	uint32_t missing_count;
	char const *program;	 /* this file: `orlop` itself */
	char const *const *main; /* the command to run beside the tree, or NULL */
	char const *main_executable;
	struct real_paths real;	   /* see declaration_real() */
	struct mount_names mounts; /* see declaration_mounts() */
};

static inline struct mount_names const *declaration_mounts(struct declarations *d)
{
	if (!d->mounts.known)
		mount_names_read(&d->mounts, d->arena);
	return &d->mounts;
}

/* `path` without symbolic links, as far as it exists. */
static inline char const *declaration_real(struct declarations *d, char const *path)
{
	d->real.arena = d->arena;
	return real_paths_find(&d->real, path).path;
}

/* Whether the plan has the service in it. */
static inline bool declaration_is_planned(struct declarations const *d, struct service const *s)
{
	return d->build || !(s->flags & SERVICE_BUILD);
}

/* Whether what it asks for has to be here: it is a process that may start from this plan. */
static inline bool declaration_is_wanted(struct declarations const *d, struct service const *s)
{
	return s->slot.kind != PLAN_BUNDLE && !(s->flags & SERVICE_DISABLED) &&
	       declaration_is_planned(d, s);
}

#endif
