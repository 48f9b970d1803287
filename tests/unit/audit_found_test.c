/* SPDX-License-Identifier: ISC */
/* Findings: what an `accept` line takes on and what it does not, and the score that is left. */
#include "audited.h"

static void an_accept_line_takes_on_too_much(void **state)
{
	(void)state;
	assert_true(audit_accepts("setuid", "setuid", "image", "/usr/bin/su"));
	assert_false(audit_accepts("setuid", "setgid", "image", "/usr/bin/su"));
	assert_false(audit_accepts("setu", "setuid", "image", "/usr/bin/su"));
	assert_false(audit_accepts("setuidx", "setuid", "image", "/usr/bin/su"));
	assert_true(audit_accepts("setuid /usr/bin/su", "setuid", "image", "/usr/bin/su"));
	assert_false(audit_accepts("setuid /usr/bin/su", "setuid", "image", "/usr/bin/sudo"));
	assert_false(audit_accepts("setuid /usr/bin/sudo", "setuid", "image", "/usr/bin/su"));
	assert_true(audit_accepts("setuid /a /usr/bin/su", "setuid", "image", "/usr/bin/su"));
	assert_true(audit_accepts("shared-uid web", "shared-uid", "web", NULL));
	assert_false(audit_accepts("shared-uid web", "shared-uid", "worker", NULL));
}

static void a_star_stands_for_any_characters(void **state)
{
	(void)state;
	assert_true(audit_accepts("setuid /usr/*", "setuid", "image", "/usr/bin/su"));
	assert_true(audit_accepts("setuid *bin/s*", "setuid", "image", "/usr/bin/su"));
	assert_true(audit_accepts("setuid /usr/*in/su", "setuid", "image", "/usr/bin/in/su"));
	assert_false(audit_accepts("setuid /usr/*in/su", "setuid", "image", "/usr/bin/in/suo"));
	assert_false(audit_accepts("setuid /bin/*", "setuid", "image", "/usr/bin/su"));
	assert_true(audit_accepts("setuid *", "setuid", "image", "/usr/bin/su"));
	assert_true(audit_accepts("shared-uid w*", "shared-uid", "worker", NULL));
}

static void an_accepted_finding_counts(void **state)
{
	(void)state;
	bed.plan.header.accepts = audited_list("setuid /usr/bin/su");
	audit_found(&bed.audit, FINDING_SETUID, AUDITED_SERVICES, "/usr/bin/su", "");
	assert_int_equal(audit_score(&bed.audit), 100);
	assert_int_equal(audit_open(&bed.audit), 0);
	assert_true(bed.audit.accept_used[0]);
	audit_found(&bed.audit, FINDING_SETUID, AUDITED_SERVICES, "/usr/bin/mount", "");
	assert_int_equal(audit_score(&bed.audit), 100 - finding_kinds[FINDING_SETUID].weight);
	assert_int_equal(audit_open(&bed.audit), 1);
	assert_string_equal(bed.audit.found[0].path, "/usr/bin/mount");
	assert_false(bed.audit.found[0].accepted);
	assert_true(bed.audit.found[1].accepted);
}

static void a_line_that_matches_nothing_seems_used(void **state)
{
	(void)state;
	bed.plan.header.accepts = audited_list("setuid /usr/bin/su");
	audit_found(&bed.audit, FINDING_SETUID, AUDITED_SERVICES, "/usr/bin/mount", "");
	assert_false(bed.audit.accept_used[0]);
}

static void the_score_depends_on_how_many_paths_there_are(void **state)
{
	(void)state;
	audit_found(&bed.audit, FINDING_WRITES_OWN, 0, "/a", "");
	audit_found(&bed.audit, FINDING_WRITES_OWN, 0, "/b", "");
	audit_found(&bed.audit, FINDING_NO_PATHS, 1, NULL, "");
	assert_int_equal(audit_score(&bed.audit), 100 - finding_kinds[FINDING_WRITES_OWN].weight);
	assert_int_equal(bed.audit.services[1].score, 100 - finding_kinds[FINDING_NO_PATHS].weight);
	assert_int_equal(bed.audit.services[AUDITED_SERVICES].score, 100);
}

static void a_score_falls_below_nothing(void **state)
{
	(void)state;
	audit_found(&bed.audit, FINDING_WRITES_ORLOP, 0, "/a", "");
	audit_found(&bed.audit, FINDING_ROOT, 0, NULL, "");
	assert_int_equal(audit_score(&bed.audit), 0);
}

static void services_that_nobody_asked_for_count(void **state)
{
	(void)state;
	bed.audit.services[0].shown = false;
	audit_found(&bed.audit, FINDING_ROOT, 0, NULL, "");
	assert_int_equal(audit_score(&bed.audit), 100);
	assert_int_equal(audit_open(&bed.audit), 0);
}

static void very_many_findings_are_all_kept(void **state)
{
	(void)state;
	for (int i = 0; i < AUDIT_KEPT + 50; i++)
		audit_found(&bed.audit, FINDING_SETUID, AUDITED_SERVICES, "/a", "");
	assert_int_equal(bed.audit.found_count, AUDIT_KEPT);
	assert_int_equal(audit_open(&bed.audit), AUDIT_KEPT + 50);
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		AUDITED(an_accept_line_takes_on_too_much),
		AUDITED(a_star_stands_for_any_characters),
		AUDITED(an_accepted_finding_counts),
		AUDITED(a_line_that_matches_nothing_seems_used),
		AUDITED(the_score_depends_on_how_many_paths_there_are),
		AUDITED(a_score_falls_below_nothing),
		AUDITED(services_that_nobody_asked_for_count),
		AUDITED(very_many_findings_are_all_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
