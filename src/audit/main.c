/* SPDX-License-Identifier: ISC */
/*
 * orlop audit: what the services of an image could do to it and to each other, asked of the
 * kernel as each of their users. It changes nothing. See orlop-audit(8).
 */
#include "audit/audit.h"
#include "audit/audit_show.h"
#include "lib/image.h"
#include "lib/options.h"
#include "lib/programs.h"

#include <errno.h>
#include <skalibs/strerr.h>
#include <string.h>
#include <unistd.h>

enum { CLEAN = 0, FINDINGS_OPEN = 1, WRONG = 100, SYSTEM = 111 };

static _Noreturn void no_memory(void)
{
	strerr_dief(SYSTEM, "audit: out of memory");
}

static int refuse(char const *problem)
{
	strerr_warn(PROG, " audit: ", problem);
	strerr_warn("usage: orlop audit [--json] [--directory=DIR] [NAME...]");
	return WRONG;
}

static int fail(char const *what, int error)
{
	strerr_warn(PROG, " audit: fatal: ", what, ": ", strerror(-error));
	return SYSTEM;
}

/* All are looked at; those that were named are shown. */
static int pick(struct audit *audit, struct options const *options)
{
	for (uint32_t i = 0; i <= audit->service_count && options->word_count; i++)
		audit->services[i].shown = false;
	for (uint32_t w = 0; w < options->word_count; w++) {
		uint32_t i = 0;

		while (i < audit->service_count &&
		       strcmp(audit->services[i].name, options->words[w]) != 0)
			i++;
		if (i == audit->service_count) {
			strerr_warn(PROG, " audit: found ", options->words[w],
				    ", expected a service that runs in the container");
			return WRONG;
		}
		audit->services[i].shown = true;
	}
	return 0;
}

static int ask(struct audit *audit, uint32_t identity)
{
	struct plan_slot const *const slot = audit->identities[identity].slot;
	unsigned char *const answers = arena_array(&audit->arena, audit->spot_count, 1);
	int const error = audit_ask(audit, &audit->identities[identity], answers);

	if (error == -EPERM || error == -EINVAL) {
		strerr_warn(PROG, " audit: fatal: cannot ask as user ",
			    plan_string(audit->plan, slot->user), ": ", strerror(-error),
			    "; run it as root with the capabilities setuid and setgid");
		return SYSTEM;
	}
	if (error < 0)
		return fail("unable to ask the kernel", error);
	audit_judge_writes(audit, identity, answers);
	audit_judge_reads(audit, identity, answers);
	return 0;
}

static int look(struct audit *audit, char const *const *envp)
{
	int error;

	audit_holdings(audit, envp);
	audit_questions(audit);
	error = audit_survey(audit);
	if (error < 0)
		return fail("unable to read the root directory", error);
	audit_judge_plan(audit);
	for (uint32_t i = 0; i < audit->identity_count; i++) {
		/* Root is a finding by itself: it can write whatever root owns. */
		int const status = audit->identities[i].slot->uid ? ask(audit, i) : 0;

		if (status)
			return status;
	}
	return 0;
}

static int show(struct audit *audit, bool as_json)
{
	unsigned const score = audit_score(audit);
	struct json json = JSON_EMPTY;
	int error;

	if (as_json)
		audit_show_json(audit, score, &json);
	else
		audit_show_text(audit, score, &json.text);
	error = text_write(&json.text, STDOUT_FILENO);
	text_free(&json.text);
	if (error < 0)
		return fail("unable to write the report", error);
	return audit_open(audit) ? FINDINGS_OPEN : CLEAN;
}

static int run(struct options const *options, char const *const *envp)
{
	struct audit audit = { .arena.exhausted = no_memory };
	struct image image;
	int status = image_load(&image, options->directory, envp);

	if (status)
		return status;
	audit.plan = image.plan;
	audit.accept_used = arena_array(&audit.arena, plan_header(image.plan)->accepts.count + 1,
					sizeof *audit.accept_used);
	audit_services(&audit);
	status = pick(&audit, options);
	if (!status && geteuid() != 0) {
		strerr_warn(PROG, " audit: fatal: cannot ask as other users: only root can");
		status = SYSTEM;
	}
	if (!status)
		status = look(&audit, envp);
	if (!status)
		status = show(&audit, options->given & OPTION_JSON);
	arena_free(&audit.arena);
	image_free(&image);
	return status;
}

int audit_main(int argc, char const *const *argv, char const *const *envp)
{
	struct text problem = TEXT_EMPTY;
	struct options options;
	int status;

	if (options_parse(&options, OPTION_JSON | OPTION_DIRECTORY, argc, argv, &problem) < 0)
		status = refuse(text_string(&problem));
	else
		status = run(&options, envp);
	options_free(&options);
	text_free(&problem);
	return status;
}
