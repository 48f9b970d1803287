/* SPDX-License-Identifier: ISC */
/* The report for machines, byte by byte. */
#include "audit/audit_show.h"

#include "audited.h"

static void the_document_changes(void **state)
{
	struct json json = JSON_EMPTY;

	(void)state;
	bed.plan.header.accepts = audited_list("root web");
	audit_found(&bed.audit, FINDING_WRITES_OWN, 1, "/srv/\"x", "executed by worker");
	audit_found(&bed.audit, FINDING_NO_PATHS, 1, NULL, "");
	audit_notice(&bed.audit, "cannot look into", "/mnt", -5);
	audit_show_json(&bed.audit, audit_score(&bed.audit), &json);
	assert_string_equal(
	    text_string(&json.text),
	    "{\"version\":1,\"score\":30,\"open\":2,\"services\":["
	    "{\"name\":\"web\",\"user\":\"web\",\"uid\":1001,\"score\":100,\"findings\":[],"
	    "\"unlisted\":0},"
	    "{\"name\":\"worker\",\"user\":\"worker\",\"uid\":1002,\"score\":30,\"findings\":["
	    "{\"code\":\"writes-own\",\"weight\":50,\"path\":\"/srv/\\\"x\","
	    "\"reason\":\"executed by worker\","
	    "\"remedy\":\"let root own the path (`orlop lockdown`); take it out of `write`\","
	    "\"accepted\":false},"
	    "{\"code\":\"no-paths\",\"weight\":20,\"path\":null,"
	    "\"reason\":\"is not held to paths: no read, write or execute\","
	    "\"remedy\":\"declare `read` and `write`\",\"accepted\":false}],\"unlisted\":0}],"
	    "\"image\":{\"score\":100,\"findings\":[],\"unlisted\":0},"
	    "\"idle_accepts\":[\"root web\"],"
	    "\"notices\":[\"cannot look into /mnt: Input/output error\"]}\n");
	text_free(&json.text);
}

static void what_was_not_kept_is_not_counted(void **state)
{
	struct json json = JSON_EMPTY;

	(void)state;
	for (int i = 0; i < AUDIT_KEPT + 7; i++)
		audit_found(&bed.audit, FINDING_WRITES_OWN, 0, "/a", "");
	bed.audit.services[AUDITED_SERVICES].shown = false;
	audit_show_json(&bed.audit, audit_score(&bed.audit), &json);
	assert_non_null(strstr(text_string(&json.text), "],\"unlisted\":7}"));
	assert_non_null(strstr(text_string(&json.text), "\"image\":null"));
	text_free(&json.text);
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		AUDITED(the_document_changes),
		AUDITED(what_was_not_kept_is_not_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
