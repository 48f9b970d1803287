/* SPDX-License-Identifier: ISC */
/* The steps from declarations to a plan, in their order; see compile.h. */
#include "plan/compile.h"

#include "plan/assemble.h"
#include "plan/cage_paths.h"
#include "plan/degrade.h"
#include "plan/identity.h"
#include "plan/load.h"
#include "plan/log_directories.h"
#include "plan/lookup.h"
#include "plan/needs.h"
#include "plan/path_checks.h"
#include "plan/roles.h"
#include "plan/rule_tops.h"
#include "plan/secret_places.h"
#include "plan/secret_sources.h"
#include "plan/shell_words.h"
#include "plan/socket_folders.h"
#include "plan/variables.h"
#include "sys/sys.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

/* The command line beside the tree keeps the container's user and environment. */
static void find_main(struct declarations *d)
{
	struct lookup lookup = { .declarations = d };
	struct service const plain = { 0 };
	char cwd[PATH_MAX] = "/";
	char const *reason;

	if (!d->main)
		return;
	(void)sys_getcwd(cwd, sizeof cwd); /* where it is not known, / is as good */
	d->main_executable = lookup_program(&lookup, d->main[0], cwd,
					    variables_value(d, &plain, "PATH"), &reason);
	lookup_free(&lookup);
	if (!d->main_executable)
		faults_add(d->faults, (struct place){ "the command", 0 }, "found ",
			   faults_quote(d->faults, d->main[0]), ", expected ", reason, NULL);
}

/* Which services are in the plan; what is missing for those of the other phase is no fault. */
static void choose_phase(struct declarations *d, struct compile_request const *request)
{
	d->image = request->image;
	d->build = request->image || (request->services && !strcmp(request->services, ROLES_BUILD));
}

static void find_builders(struct declarations *d)
{
	for (uint32_t i = 0; i < d->count && d->image; i++)
		d->made_here = d->made_here || d->services[i].flags & SERVICE_BUILD;
}

static void select_services(struct declarations *d, struct compile_request const *request)
{
	static char const name[] = "ORLOP_SERVICES";
	char const *const role = words_variable(d->environment, name, sizeof name - 1);
	char const *const list = request->services ? request->services : role;
	bool any = d->main != NULL || d->image || (list && !strcmp(list, "none"));

	if (d->image)
		return;
	roles_select(d, list, request->services ? "--services" : name);
	for (uint32_t i = 0; i < d->count; i++)
		any = any || d->services[i].flags & SERVICE_SELECTED;
	if (!any && faults_count(d->faults) == 0)
		faults_add(d->faults, (struct place){ d->directory, 0 },
			   "found no service that is enabled, expected at least one", NULL);
}

static void check_environment(struct declarations *d)
{
	unsigned long count = 0;

	while (d->environment[count])
		count++;
	if (count >= PLAN_ENVIRONMENT_MAX / 2)
		faults_add(d->faults, (struct place){ "the environment", 0 }, "found ",
			   arena_number(d->arena, count), " variables, expected fewer than 4096",
			   NULL);
}

int compile_plan(struct compile_request const *request, struct arena *arena, struct faults *faults,
		 stralloc *plan)
{
	struct words_parser parser = { .arena = arena, .environment = request->environment };
	struct declarations d = { .arena = arena,
				  .faults = faults,
				  .parser = &parser,
				  .environment = request->environment,
				  .directory = request->directory,
				  .host = *request->host,
				  .init_pid = request->init_pid,
				  .program = request->program,
				  .main = request->main };
	struct expansion expansion;
	struct file_rules rules;

	check_environment(&d);
	choose_phase(&d, request);
	load_all(&d);
	find_builders(&d);
	secret_sources_find(&d);
	needs_resolve(&d);
	identity_resolve(&d, request->etc);
	select_services(&d, request);
	lookup_all(&d);
	find_main(&d);
	path_checks_all(&d);
	shell_words_all(&d);
	socket_folders_check(&d);
	if (!d.image)
		degrade_all(&d, request->etc);
	secret_places_check(&d);
	cage_paths_all(&d);
	file_rules_make(&d, &rules);
	words_free(&parser);
	if (expand_all(&d, &expansion) < 0 || faults_count(faults))
		return -ECANCELED;
	/* Nothing is changed before all is known to be right. */
	if (request->write && !d.build)
		rule_tops_mend(&d, &rules); /* `orlop build` has done what its services need */
	if (request->write && !d.image)
		log_directories_make(&d, request->etc);
	if (faults_count(faults))
		return -ECANCELED;
	if (assemble_plan(&d, &expansion, &rules, request, plan) < 0)
		return -ECANCELED;
	return plan_check(plan->s, plan->len);
}
