/* SPDX-License-Identifier: ISC */
/*
 * Findings from what an identity may read and run: secrets of others, files that look like
 * secrets, and what a service declares but could not use.
 */
#include "audit/audit.h"

#include "audit/audit_sorted.h"

#include <string.h>

struct reader {
	struct audit *audit;
	uint32_t service;
	struct plan_slot const *slot;
	unsigned char const *answers;
};

static void ask_list(struct audit *audit, struct plan_list list, uint32_t flags)
{
	uint32_t const *words = plan_words(audit->plan, list);

	for (uint32_t i = 0; i < list.count; i++)
		(void)audit_spot(audit, audit_declared(audit, words[i]), flags); /* or missing */
}

/* Followed before anything is asked, since that enters spots. */
static void follow_writes(struct audit *audit, struct audit_service *service)
{
	struct plan_list const list = service->slot->write;
	uint32_t const *words = plan_words(audit->plan, list);
	struct audit_way way;

	service->writes = arena_array(&audit->arena, 2 * (size_t)list.count,
				      sizeof *service->writes);
	for (uint32_t i = 0; i < list.count; i++) {
		char const *const path = audit_declared(audit, words[i]);

		service->writes[service->write_count++] = path;
		if (audit_follow(audit, path, &way) == 0)
			service->writes[service->write_count++] = way.path;
	}
}

void audit_questions(struct audit *audit)
{
	for (uint32_t i = 0; i < audit->service_count; i++) {
		struct plan_slot const *const slot = audit->services[i].slot;

		(void)audit_spot(audit, plan_string(audit->plan, slot->executable),
				 SPOT_ASK_EXECUTE); /* orlop-plan has found it */
		follow_writes(audit, &audit->services[i]);
		ask_list(audit, slot->read, SPOT_ASK_READ);
		ask_list(audit, slot->execute, SPOT_ASK_READ);
		ask_list(audit, slot->write, SPOT_ASK_WRITE);
	}
	for (uint32_t i = 0; i < audit->holding_count; i++)
		if (audit->holdings[i].kind == HOLD_SECRET)
			(void)audit_spot(audit, audit->holdings[i].path, SPOT_ASK_READ);
}

static void judge_list(struct reader const *r, struct plan_list list, uint32_t asked,
		       enum finding code)
{
	struct audit *const audit = r->audit;
	uint32_t const *words = plan_words(audit->plan, list);

	for (uint32_t i = 0; i < list.count; i++) {
		bool const may_miss = plan_string(audit->plan, words[i])[0] == '?';
		char const *const path = audit_declared(audit, words[i]);
		uint32_t const spot = names_find(&audit->spot_names, path);

		if (spot == NAMES_NONE && !may_miss && code == FINDING_CANNOT_READ)
			audit_found(audit, code, r->service, path, "does not exist");
		if (spot != NAMES_NONE && !(r->answers[spot] & asked))
			audit_found(audit, code, r->service, path, "");
	}
}

static void judge_own(struct reader const *r)
{
	char const *const program = plan_string(r->audit->plan, r->slot->executable);
	uint32_t const spot = names_find(&r->audit->spot_names, program);

	if (spot != NAMES_NONE && !(r->answers[spot] & SPOT_ASK_EXECUTE))
		audit_found(r->audit, FINDING_CANNOT_RUN, r->service, program, "");
	judge_list(r, r->slot->read, SPOT_ASK_READ, FINDING_CANNOT_READ);
	judge_list(r, r->slot->execute, SPOT_ASK_READ, FINDING_CANNOT_READ);
	judge_list(r, r->slot->write, SPOT_ASK_WRITE, FINDING_CANNOT_WRITE);
}

/* Whether the service declares that very path, by that name or as a link to it. */
static bool is_declared(struct reader const *r, char const *path)
{
	struct audit const *const audit = r->audit;

	for (uint32_t i = 0; i < audit->holding_count; i++)
		if (audit->holdings[i].service == r->service && audit->holdings[i].tree &&
		    !strcmp(path, audit->holdings[i].path))
			return true;
	return false;
}

/* Whether the file is below a path that the service declares, so its to read. */
static bool is_its(struct reader const *r, char const *path)
{
	struct audit const *const audit = r->audit;

	for (uint32_t i = 0; i < audit->holding_count; i++)
		if (audit->holdings[i].service == r->service && audit->holdings[i].tree &&
		    audit_below(path, audit->holdings[i].path))
			return true;
	return audit_writes(&audit->services[r->service], path) ||
	       audit_is_secret(audit, r->service, path);
}

static void judge_secrets(struct reader const *r)
{
	struct audit *const audit = r->audit;

	for (uint32_t i = 0; i < audit->holding_count; i++) {
		struct audit_holding const *const holding = &audit->holdings[i];
		uint32_t const spot = names_find(&audit->spot_names, holding->path);

		if (holding->kind != HOLD_SECRET || spot == NAMES_NONE ||
		    !(r->answers[spot] & SPOT_ASK_READ) ||
		    audit_is_secret(audit, r->service, holding->path))
			continue;
		audit_found(audit, FINDING_READS_SECRET, r->service, holding->path,
			    arena_join(&audit->arena, "secret of ",
				       audit->services[holding->service].name, NULL));
	}
}

/* Of what is asked of all files below a declared path, or with a name that tells. */
static void judge_sorted(struct reader const *r, struct audit_sorted const *sorted)
{
	char const *last = NULL;

	for (uint32_t i = 0; i < sorted->count; i++) {
		struct audit_spot const *const spot = &r->audit->spots[sorted->spots[i].index];
		bool const readable = r->answers[sorted->spots[i].index] & SPOT_ASK_READ;

		if (audit_is_secret(r->audit, AUDIT_NONE, spot->path))
			continue;
		if (spot->flags & SPOT_KEY && readable && !is_its(r, spot->path))
			audit_found(r->audit, FINDING_READS_KEY, r->service, spot->path, "");
		if (!(spot->flags & SPOT_DEEP) || readable || !is_its(r, spot->path) ||
		    (last && audit_below(spot->path, last)))
			continue;
		if (S_ISDIR(spot->mode))
			last = spot->path;
		if (is_declared(r, spot->path))
			continue; /* told already */
		audit_found(r->audit, FINDING_CANNOT_READ, r->service, spot->path,
			    "below a path that it declares");
	}
}

void audit_judge_reads(struct audit *audit, uint32_t identity, unsigned char const *answers)
{
	struct audit_sorted sorted;

	audit_sorted_init(&sorted, audit);
	for (uint32_t i = 0; i < audit->spot_count; i++)
		if (audit->spots[i].flags & (SPOT_KEY | SPOT_DEEP))
			audit_sorted_add(&sorted, i);
	audit_sorted_sort(&sorted);
	for (uint32_t i = 0; i < audit->service_count; i++) {
		struct reader const r = { .audit = audit,
					  .service = i,
					  .slot = audit->services[i].slot,
					  .answers = answers };

		if (audit->services[i].identity != identity)
			continue;
		judge_own(&r);
		judge_sorted(&r, &sorted);
		judge_secrets(&r);
	}
}
