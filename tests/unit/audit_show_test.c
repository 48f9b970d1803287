/* SPDX-License-Identifier: ISC */
/* The table: what is open, what is accepted, what a path may not do to a terminal. */
#include "audit/audit_show.h"

#include "audited.h"

static void assert_text(char const *expected)
{
	struct text text = TEXT_EMPTY;

	audit_show_text(&bed.audit, audit_score(&bed.audit), &text);
	assert_string_equal(text_string(&text), expected);
	text_free(&text);
}

static void a_clean_image_looks_otherwise(void **state)
{
	(void)state;
	assert_text("SERVICE  USER         SCORE  FINDINGS\n"
		    "web      web:1001     100    no findings\n"
		    "worker   worker:1002  100    no findings\n"
		    "image                 100    no findings\n"
		    "\n"
		    "score 100: no findings\n");
}

static void findings_are_hard_to_act_on(void **state)
{
	(void)state;
	bed.audit.services[0].shown = false;
	bed.plan.header.accepts = audited_list("shared-uid worker");
	audit_found(&bed.audit, FINDING_ROOT, 0, NULL, "");
	audit_found(&bed.audit, FINDING_SHARED_UID, 1, NULL, "uid 7 is also that of web");
	audit_found(&bed.audit, FINDING_SETUID, AUDITED_SERVICES, "/bin/\033[2Jsu", "");
	assert_text("SERVICE  USER         SCORE  FINDINGS\n"
		    "worker   worker:1002  100    no findings, 1 accepted\n"
		    "image                 80     1 finding\n"
		    "\n"
		    "worker\n"
		    "  shared-uid (accepted): has its uid in common with another service\n"
		    "    uid 7 is also that of web\n"
		    "\n"
		    "image\n"
		    "  setuid (-20): runs as its owner, whoever calls it\n"
		    "    /bin/?[2Jsu\n"
		    "    remedy: chmod u-s, or remove the program\n"
		    "\n"
		    "score 80: 1 finding, 1 accepted\n");
}

static void more_than_can_be_read_is_listed(void **state)
{
	struct text text = TEXT_EMPTY;

	(void)state;
	for (int i = 0; i < AUDIT_LISTED + 5; i++)
		audit_found(&bed.audit, FINDING_SETUID, AUDITED_SERVICES, "/su", "");
	audit_show_text(&bed.audit, audit_score(&bed.audit), &text);
	assert_non_null(strstr(text_string(&text), "    and 5 more\n"));
	text_free(&text);
}

static void an_idle_accept_line_is_passed_over(void **state)
{
	struct text text = TEXT_EMPTY;

	(void)state;
	bed.plan.header.accepts = audited_list("root web");
	audit_show_text(&bed.audit, audit_score(&bed.audit), &text);
	assert_non_null(strstr(text_string(&text), "notice: accept = root web: matches nothing\n"));
	text_free(&text);
	/* Among some of the services nobody can know. */
	bed.audit.services[0].shown = false;
	assert_false(audit_accept_is_idle(&bed.audit, 0));
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		AUDITED(a_clean_image_looks_otherwise),
		AUDITED(findings_are_hard_to_act_on),
		AUDITED(more_than_can_be_read_is_listed),
		AUDITED(an_idle_accept_line_is_passed_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
