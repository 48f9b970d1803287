/* SPDX-License-Identifier: ISC */
/* What `orlop events` says of each kind of event, in words and as JSON. */
#include "ctl/event_text.h"

#include "tables.h"
#include "wire/step.h"
#include "wire/verb.h"

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define MILLISECOND UINT64_C(1000000)

static struct house house;

static void begin(void)
{
	tables_begin();
	(void)tables_add("db", PLAN_LONGRUN);
	(void)tables_add("web", PLAN_LONGRUN);
	atomic_store(&((struct slot_header *)(void *)tables.slots)->boot, 1000 * MILLISECOND);
	house = tables_house(5000 * MILLISECOND);
}

static void says(struct status_event_view view, char const *name, char const *word,
		 char const *detail)
{
	struct text text = TEXT_EMPTY;

	event_detail(&house, &view, &text);
	assert_string_equal(text_string(&text), detail);
	assert_string_equal(event_name(&house, &view), name);
	assert_string_equal(event_word(&view), word);
	text_free(&text);
}

static void an_event_reads_wrong(void **state)
{
	(void)state;
	begin();
	says((struct status_event_view){ .slot = 1, .kind = NOTED_STATE, .state = STATUS_UP },
	     "web", "up", "");
	says((struct status_event_view){ .slot = 1,
					 .kind = NOTED_STATE,
					 .state = STATUS_BACKOFF,
					 .reason = REASON_EXIT,
					 .argument = 3 },
	     "web", "backoff", "exit 3");
	says((struct status_event_view){ .slot = 1,
					 .kind = NOTED_STATE,
					 .state = STATUS_DOWN,
					 .reason = REASON_NEED_STOPPED,
					 .argument = 0 },
	     "web", "down", "stopped with db, which it needs");
	says((struct status_event_view){ .slot = 1,
					 .kind = NOTED_STATE,
					 .state = STATUS_FAILED,
					 .reason = REASON_SPAWN,
					 .detail = STEP_EXEC,
					 .argument = ENOENT },
	     "web", "failed", "cannot start: exec /bin/true: No such file or directory");
	says(
	    (struct status_event_view){
		.slot = 0, .kind = NOTED_SIGNAL, .detail = SCOPE_GROUP, .argument = SIGKILL },
	    "db", "signal", "SIGKILL to its process group");
	says((struct status_event_view){ .slot = PLAN_NONE,
					 .kind = NOTED_PHASE,
					 .state = STATUS_RUNNING },
	     "", "running", "");
	says(
	    (struct status_event_view){
		.slot = 0, .kind = NOTED_PHASE, .state = STATUS_ENDING, .argument = 42 },
	    "db", "ending", "exit status 42, because of it");
	says((struct status_event_view){ .slot = PLAN_NONE,
					 .kind = NOTED_SUPERVISOR,
					 .argument = 1 },
	     "", "supervisor", "restarted, 1 service kept");
	says((struct status_event_view){ .slot = 1, .kind = NOTED_OPERATOR, .argument = VERB_STOP },
	     "web", "operator", "stop");
	/* Of a newer supervisor, or of a plan that has changed. */
	says((struct status_event_view){ .slot = 999, .kind = NOTED_STATE, .state = STATUS_UP }, "",
	     "up", "");
	says((struct status_event_view){ .slot = 0, .kind = 200 }, "db", "?", "");
}

static void is_json(struct status_event_view view, char const *expected)
{
	struct json json = JSON_EMPTY;

	event_json(&house, &view, 7000 * MILLISECOND, &json);
	assert_string_equal(text_string(&json.text), expected);
	text_free(&json.text);
}

static void a_line_of_json_has_other_members(void **state)
{
	(void)state;
	begin();
	is_json((struct status_event_view){ .number = 9,
					    .time = 1012 * MILLISECOND,
					    .slot = 1,
					    .generation = 2,
					    .kind = NOTED_STATE,
					    .state = STATUS_BACKOFF,
					    .reason = REASON_EXIT,
					    .argument = 3 },
		"{\"event\":\"state\",\"number\":9,\"up_seconds\":0.012,\"time\":8.012,"
		"\"name\":\"web\",\"generation\":2,\"state\":\"backoff\",\"reason\":\"exit\","
		"\"reason_argument\":3,\"detail\":\"exit 3\"}\n");
	is_json((struct status_event_view){ .number = 10,
					    .time = 1012 * MILLISECOND,
					    .slot = 1,
					    .generation = 2,
					    .kind = NOTED_SIGNAL,
					    .argument = SIGTERM },
		"{\"event\":\"signal\",\"number\":10,\"up_seconds\":0.012,\"time\":8.012,"
		"\"name\":\"web\",\"generation\":2,\"signal\":\"SIGTERM\",\"group\":false}\n");
	is_json((struct status_event_view){ .number = 11,
					    .slot = PLAN_NONE,
					    .generation = 3,
					    .kind = NOTED_SUPERVISOR,
					    .argument = 4 },
		"{\"event\":\"supervisor\",\"number\":11,\"up_seconds\":0.000,\"time\":7.000,"
		"\"name\":null,\"restarts\":2,\"kept\":4}\n");
	is_json(
	    (struct status_event_view){
		.number = 12, .slot = PLAN_NONE, .kind = NOTED_PHASE, .state = STATUS_RUNNING },
	    "{\"event\":\"phase\",\"number\":12,\"up_seconds\":0.000,\"time\":7.000,"
	    "\"name\":null,\"phase\":\"running\",\"exit_status\":null}\n");
	is_json((struct status_event_view){ .number = 13,
					    .slot = PLAN_NONE,
					    .kind = NOTED_OPERATOR,
					    .argument = VERB_SHUTDOWN },
		"{\"event\":\"operator\",\"number\":13,\"up_seconds\":0.000,\"time\":7.000,"
		"\"name\":null,\"verb\":\"shutdown\"}\n");
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		cmocka_unit_test(an_event_reads_wrong),
		cmocka_unit_test(a_line_of_json_has_other_members),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
