/* SPDX-License-Identifier: ISC */
/*
 * Findings from what an identity may write. Of a writable directory only the topmost is told: who
 * can write it can replace all that is below. A directory with the sticky bit that belongs to
 * somebody else can be added to, but what is in it is safe.
 */
#include "audit/audit.h"

#include "audit/audit_related.h"
#include "audit/audit_sorted.h"

#include <string.h>

enum relation { UNRELATED, ABOVE, PART };

struct writer {
	struct audit *audit;
	uint32_t service;
	struct audit_spot const *spot;
	uint32_t index; /* of the spot */
	bool add_only;
	bool its; /* the service's to write, as it declares */
};

static enum relation relation(struct writer const *w, struct audit_holding const *holding)
{
	for (uint32_t i = 0; i < holding->chain_count; i++) {
		if (holding->chain[i] != w->index)
			continue;
		if (!strcmp(w->spot->path, holding->path))
			return PART;
		return w->add_only ? UNRELATED : ABOVE;
	}
	return holding->tree && audit_below(w->spot->path, holding->path) ? PART : UNRELATED;
}

/* It declares that it writes there, or it is a secret of its own. */
static bool is_its(struct writer const *w)
{
	return audit_writes(&w->audit->services[w->service], w->spot->target) ||
	       audit_is_secret(w->audit, w->service, w->spot->target);
}

static uint32_t uid_of(struct audit const *audit, uint32_t service)
{
	return audit->services[service].slot->uid;
}

/* The finding that it is to be able to write that, or FINDINGS. */
static enum finding code_of(struct writer const *w, struct audit_holding const *holding,
			    enum relation how)
{
	switch (holding->kind) {
	case HOLD_SYSTEM:
		return FINDING_WRITES_SYSTEM;
	case HOLD_DECLARATIONS:
		return FINDING_WRITES_DECLARATIONS;
	case HOLD_ORLOP:
		return FINDING_WRITES_ORLOP;
	case HOLD_DATA:
		if (w->its)
			return FINDINGS;
		break;
	case HOLD_SECRET: /* 0400 of its service's user, who may spoil it, not lead elsewhere */
		if (holding->service == w->service && how == PART)
			return FINDINGS;
		break;
	case HOLD_WRITE: /* who shares the path itself was let in */
		if (how == PART ||
		    uid_of(w->audit, holding->service) == uid_of(w->audit, w->service))
			return FINDINGS;
		return FINDING_NESTED_WRITE;
	case HOLD_CODE:
		break;
	}
	return holding->service == w->service ? FINDING_WRITES_OWN : FINDING_WRITES_OTHER;
}

static char const *mode_text(struct audit *audit, uint32_t mode)
{
	char const digits[] = { (char)('0' + (mode >> 9 & 7)), (char)('0' + (mode >> 6 & 7)),
				(char)('0' + (mode >> 3 & 7)), (char)('0' + (mode & 7)) };

	return arena_copy(&audit->arena, digits, sizeof digits);
}

static char const *role(struct audit *audit, struct audit_holding const *holding)
{
	switch (holding->kind) {
	case HOLD_SYSTEM:
		return "part of the system";
	case HOLD_DECLARATIONS:
		return "part of the declarations";
	case HOLD_ORLOP:
		return "one of Orlop's programs";
	case HOLD_SECRET:
		return arena_join(&audit->arena, "read as root for ",
				  audit->services[holding->service].name, NULL);
	case HOLD_WRITE:
		return arena_join(&audit->arena, "written by ",
				  audit->services[holding->service].name, NULL);
	case HOLD_DATA:
		return arena_join(&audit->arena, "read by ", audit->services[holding->service].name,
				  NULL);
	case HOLD_CODE:
		break;
	}
	return arena_join(&audit->arena, "executed by ", audit->services[holding->service].name,
			  NULL);
}

static char const *reason(struct writer const *w, struct audit_holding const *holding,
			  enum relation how)
{
	struct arena *const arena = &w->audit->arena;
	struct audit_spot const *const spot = w->spot;
	bool const link = spot->flags & SPOT_LINK;

	return arena_join(arena, link ? "leads to " : "", link ? spot->target : "",
			  link ? ", " : "", how == ABOVE ? "above " : "",
			  how == ABOVE ? holding->path : "", how == ABOVE ? ", " : "",
			  role(w->audit, holding), "; belongs to ", arena_number(arena, spot->uid),
			  ":", arena_number(arena, spot->gid), ", mode ",
			  mode_text(w->audit, spot->mode), NULL);
}

/* The worst that the service can do there, to what, and how; of several the first in the list. */
static enum finding judge(struct writer *w, struct audit_holding const **worst, enum relation *how)
{
	uint32_t const *related;
	uint32_t const count = audit_related(w->audit, w->index, &related);
	enum finding code = FINDINGS;

	w->its = count > 0 && is_its(w);
	for (uint32_t i = 0; i < count; i++) {
		struct audit_holding const *const holding = &w->audit->holdings[related[i]];
		enum relation const relates = relation(w, holding);
		enum finding const found = relates ? code_of(w, holding, relates) : FINDINGS;

		if (found > code || found == FINDINGS || (found == code && holding >= *worst))
			continue;
		code = found;
		*worst = holding;
		*how = relates;
	}
	return code;
}

static void judge_service(struct audit *audit, uint32_t service, struct audit_sorted const *sorted)
{
	char const *last[FINDINGS] = { NULL };
	uint32_t const uid = audit->services[service].slot->uid;

	for (uint32_t i = 0; i < sorted->count; i++) {
		struct audit_spot const *const spot = &audit->spots[sorted->spots[i].index];
		struct writer w = { .audit = audit,
				    .service = service,
				    .spot = spot,
				    .index = sorted->spots[i].index,
				    .add_only = S_ISDIR(spot->mode) && spot->uid != uid &&
						spot->mode & S_ISVTX };
		struct audit_holding const *worst = NULL;
		struct audit_found *found;
		enum relation how = UNRELATED;
		enum finding code;

		if (spot->flags & SPOT_LINK && w.add_only)
			continue; /* common scratch space, such as /tmp */
		code = judge(&w, &worst, &how);
		if (code == FINDINGS || (last[code] && audit_below(spot->path, last[code])))
			continue;
		if (S_ISDIR(spot->mode) && !w.add_only)
			last[code] = spot->path;
		found = audit_found(audit, code, service, spot->path, "");
		if (found)
			found->reason = reason(&w, worst, how);
	}
}

void audit_judge_writes(struct audit *audit, uint32_t identity, unsigned char const *answers)
{
	uint32_t const uid = audit->identities[identity].slot->uid;
	struct audit_sorted sorted;

	audit_sorted_init(&sorted, audit);
	/* An owner who may not write may chmod. */
	for (uint32_t i = 0; i < audit->spot_count; i++)
		if (answers[i] & SPOT_ASK_WRITE ||
		    (audit->spots[i].flags & SPOT_ASK_WRITE && audit->spots[i].uid == uid))
			audit_sorted_add(&sorted, i);
	audit_sorted_sort(&sorted);
	for (uint32_t i = 0; i < audit->service_count; i++)
		if (audit->services[i].identity == identity)
			judge_service(audit, i, &sorted);
}
