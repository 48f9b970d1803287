/* SPDX-License-Identifier: ISC */
/*
 * What the parts of `orlop audit` share. From the plan come the services and what each of them
 * executes and loads (holdings). The survey walks the file system once, as root, and notes every
 * path about which there is a question (spots). One child for each identity then puts all these
 * questions to the kernel, and the judge turns answers into findings.
 */
#ifndef ORLOP_AUDIT_AUDIT_H
#define ORLOP_AUDIT_AUDIT_H

#include "lib/arena.h"
#include "lib/findings.h"
#include "lib/names.h"
#include "wire/plan.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

enum {
	AUDIT_NONE = 0xffffffff, /* no service: the image itself; no such spot */
	AUDIT_KEPT = 200	 /* findings of one code and one service that are kept by name */
};

/* What a spot is, and what is asked about it. */
enum audit_spot_flag {
	SPOT_ASK_WRITE = 1 << 0,
	SPOT_ASK_READ = 1 << 1,
	SPOT_ASK_EXECUTE = 1 << 2,
	SPOT_KEY = 1 << 3,  /* named like something that holds a password or a key */
	SPOT_DEEP = 1 << 4, /* below a declared `read` or `execute` path, and not for everybody */
	SPOT_LINK = 1 << 5, /* a symbolic link; the rest is about what it leads to */
	SPOT_FLAGS = (1 << 6) - 1
};

struct audit_spot {
	char const *path;
	char const *target; /* what a link leads to, else the path */
	uint32_t uid;
	uint32_t gid;
	uint32_t mode;
	uint32_t flags;
};

struct audit_service {
	char const *name;
	char const *user;
	struct plan_slot const *slot; /* its first instance */
	uint32_t identity;
	char const **writes; /* its `write` paths, as declared and without symbolic links */
	uint32_t write_count;
	unsigned score;
	uint32_t open[FINDINGS];     /* findings of each code */
	uint32_t accepted[FINDINGS]; /* those that an `accept` line takes on */
	bool shown;		     /* asked for by name, or none was */
};

/* A uid with its groups; services that have the same are asked about once. */
struct audit_identity {
	struct plan_slot const *slot;
};

enum audit_hold {
	HOLD_SYSTEM, /* the base paths: programs, libraries, configuration */
	HOLD_DECLARATIONS,
	HOLD_ORLOP,
	HOLD_CODE,   /* executed */
	HOLD_DATA,   /* `read` */
	HOLD_SECRET, /* or the way to it, as far as it exists */
	HOLD_WRITE,  /* `write`: what is below is its service's alone to change */
};

struct audit_holding {
	enum audit_hold kind;
	bool tree;	  /* and all that is below it */
	uint32_t service; /* who executes or loads it; AUDIT_NONE: all */
	char const *path; /* without symbolic links */
	uint32_t *chain;  /* spots: every directory on the way to it, then itself */
	uint32_t chain_count;
};

struct audit_found {
	enum finding code;
	uint32_t service;
	char const *path; /* or NULL */
	char const *reason;
	bool accepted;
};

struct audit {
	struct arena arena;
	void const *plan;

	struct audit_service *services; /* the last one, services[service_count], is the image */
	uint32_t service_count;
	struct audit_identity *identities;
	uint32_t identity_count;

	struct audit_holding *holdings;
	uint32_t holding_count;
	uint32_t holding_room;
	struct audit_relations *relations; /* see audit_related.h */

	struct audit_spot *spots;
	uint32_t spot_count;
	uint32_t spot_room;
	struct names spot_names;

	struct audit_found *found;
	uint32_t found_count;
	uint32_t found_room;
	bool *accept_used; /* one for each line of the plan's accepts */

	char const **notices; /* what could not be looked at */
	uint32_t notice_count;
	uint32_t notice_room;
};

/* An array of `size` bytes an element with room for one more. */
void *audit_grow(struct audit *audit, void *array, uint32_t count, uint32_t *room, size_t size);

/* A notice: the strings behind each other; the last argument is NULL. */
void audit_notice(struct audit *audit, char const *what, char const *path, int error);

/* Whether `path` is `top` or below it. */
bool audit_below(char const *path, char const *top);

/* The declared path without its '?'. */
char const *audit_declared(struct audit const *audit, uint32_t string);

/* The spot of that path, entered with what stat(2) says unless it is there; AUDIT_NONE: no file. */
uint32_t audit_spot(struct audit *audit, char const *path, uint32_t flags);

/* The same with stat's answer at hand; `target` is NULL for what is no link. */
uint32_t audit_spot_put(struct audit *audit, char const *path, char const *target,
			struct stat const *status, uint32_t flags);

/* Services and identities from the plan. */
void audit_services(struct audit *audit);

/* Whether the service declares that it writes at `path`, which has no links in it. */
bool audit_writes(struct audit_service const *service, char const *path);

static inline bool audit_is_root(struct audit_service const *service)
{
	return service->slot && service->slot->uid == 0;
}

/*
 * Follows `path` from the root directory, link by link. 0 with the real path, which lives in the
 * arena, and the spots of every directory on the way in `chain`, itself last; or a negative errno.
 */
struct audit_way {
	char const *path;
	uint32_t *chain;
	uint32_t count;
	uint32_t room;
};
int audit_follow(struct audit *audit, char const *path, struct audit_way *way);

/* Everything that is executed or loaded by anybody. */
void audit_holdings(struct audit *audit, char const *const *environment);

/* Whether `path`, which has no links in it, is a base path or below one. */
bool audit_is_system(struct audit const *audit, char const *path);

/* Whether it is a secret of that service; AUDIT_NONE: of any. */
bool audit_is_secret(struct audit const *audit, uint32_t service, char const *path);

/* Walks the whole root file system, enters spots, finds what is wrong with the image itself. */
int audit_survey(struct audit *audit);

/* The questions about what the services declare; the survey adds those about what is there. */
void audit_questions(struct audit *audit);

/*
 * Answers for one identity, a byte of SPOT_ASK_* for each spot; what is not asked is 0. A negative
 * errno when this process may not become it.
 */
int audit_ask(struct audit *audit, struct audit_identity const *identity, unsigned char *answers);

/* Findings from the plan alone, and from the answers. */
void audit_judge_plan(struct audit *audit);
void audit_judge_writes(struct audit *audit, uint32_t identity, unsigned char const *answers);
void audit_judge_reads(struct audit *audit, uint32_t identity, unsigned char const *answers);

/*
 * Enters a finding, which is accepted if a line says so. NULL: there are so many that this one is
 * only counted.
 */
struct audit_found *audit_found(struct audit *audit, enum finding code, uint32_t service,
				char const *path, char const *reason);
bool audit_accepts(char const *line, char const *code, char const *service, char const *path);

/* Sorts the findings and gives each service its score; the lowest of those that are shown. */
unsigned audit_score(struct audit *audit);

/* The findings that are shown and that nobody accepted. */
uint32_t audit_open(struct audit const *audit);

#endif
