/* SPDX-License-Identifier: ISC */
/* From files to a plan that PID 1 accepts, and no plan at all when anything is wrong. */
#include "declared.h"

static void test_a_whole_tree(void **state)
{
	(void)state;
	declared_file("services/fpm.ini",
		      "command = sleep 1\nneeds = migrate\nlisten = unix:/f.sock\n"
		      "ready = fastcgi:/f.sock\n");
	declared_file("services/migrate.ini", "type = oneshot\ncommand = true\n");
	declared_file("services/worker.ini", "command = sleep 1\ninstances = ${WORKERS:-3}\n");
	declared_file("services/prune.ini", "schedule = */5 * * * *\ncommand = true\n");
	declared_file("services/all.ini", "type = bundle\nneeds = fpm worker\n");
	assert_int_equal(declared_compile(), 0);
	assert_int_equal(plan_check(bed.plan.s, bed.plan.len), 0);
	assert_int_equal(plan_header(bed.plan.s)->visible, 8);
	assert_int_equal(plan_header(bed.plan.s)->count, 9);
	assert_int_equal(declared_slot("prune")->scheduled, 1);
	assert_int_equal(declared_slot("all")->kind, PLAN_BUNDLE);
}

/* A plan of which a byte was lost must not pass plan_check(): then the test above means something. */
static void test_the_check_would_notice(void **state)
{
	(void)state;
	declared_file("services/a.ini", "command = sleep 1\n");
	assert_int_equal(declared_compile(), 0);
	assert_int_not_equal(plan_check(bed.plan.s, bed.plan.len - 8), 0);
}

static void test_no_plan_with_faults(void **state)
{
	(void)state;
	declared_file("services/a.ini", "command = sleep 1\nnice = 99\n");
	declared_file("services/b.ini", "command = nosuchprogram\nneeds = c\n");
	assert_int_equal(declared_compile(), -ECANCELED);
	assert_int_equal(bed.plan.len, 0);
	assert_int_equal(faults_count(&bed.faults), 3);
}

static void test_all_are_off(void **state)
{
	(void)state;
	declared_file("services/a.ini", "command = sleep 1\nenabled-if = env:NOPE\n");
	assert_int_equal(declared_compile(), -ECANCELED);
	declared_fault("found no service that is enabled");
}

static void test_a_role_of_the_environment(void **state)
{
	(void)state;
	bed.environment[2] = "ORLOP_SERVICES=b";
	declared_file("services/a.ini", "command = sleep 1\n");
	declared_file("services/b.ini", "command = sleep 1\n");
	assert_int_equal(declared_compile(), 0);
	assert_false(declared_slot("a")->flags & PLAN_SELECTED);
	assert_true(declared_slot("a")->flags & PLAN_ENABLED);
	assert_true(declared_slot("b")->flags & PLAN_SELECTED);
}

static void compile_with(char const *const *command, int expected)
{
	struct compile_request const request = { .directory = bed.directory,
						 .etc = declared_path("etc"),
						 .program = "/usr/bin/orlop",
						 .environment = bed.environment,
						 .init_pid = 5,
						 .main = command,
						 .host = &bed.host };

	declared_file("services/a.ini", "command = sleep 1\n");
	assert_int_equal(compile_plan(&request, &bed.arena, &bed.faults, &bed.plan), expected);
}

static void test_a_main_program(void **state)
{
	static char const *const command[] = { "sh", "-c", "a b", NULL };
	struct plan_slot const *s;

	(void)state;
	compile_with(command, 0);
	s = declared_slot("main program");
	assert_int_equal(s->kind, PLAN_MAIN);
	assert_int_equal(s->arguments.count, 3);
	assert_int_equal(s->needs.count, 1);
	assert_int_equal(s->uid, getuid());
	assert_true(s->flags & PLAN_KEEP_USER && s->flags & PLAN_TTY && s->flags & PLAN_ESSENTIAL);
	assert_true(declared_has(s->environment, "ORLOP_PID=5"));
	assert_ptr_equal(plan_slot(bed.plan.s, plan_header(bed.plan.s)->main), s);
}

static void test_a_main_program_that_is_missing(void **state)
{
	static char const *const command[] = { "nosuchprogram", NULL };

	(void)state;
	compile_with(command, -ECANCELED);
	declared_fault("the command: found \"nosuchprogram\", expected a program in /usr/bin:/bin");
}

static void test_what_cannot_be_had_is_in_the_plan(void **state)
{
	struct plan_header const *h;

	(void)state;
	bed.host.can_change_ids = false;
	bed.host.uid = 12345;
	declared_file("services/a.ini", "command = sleep 1\n");
	assert_int_equal(declared_compile(), 0);
	h = plan_header(bed.plan.s);
	assert_true(h->host & PLAN_HOST_SHARED_UID);
	assert_true(declared_notice("no CAP_SETUID: every service runs as uid 12345"));
	assert_int_equal(h->notices.count, 1);
	assert_int_equal(declared_slot("a")->uid, 12345);
	assert_int_equal(plan_helper(bed.plan.s, PLAN_LOGGER)->uid, 12345);
}

/* An image is made where neither the container's variables nor its host are. */
static void test_an_image(void **state)
{
	struct plan_slot const *s;

	(void)state;
	bed.image = true;
	bed.host.can_change_ids = false;
	bed.host.landlock_abi = 0;
	declared_file("orlop.ini", "log = ${LOG_KIND}\n");
	declared_file("services/a.ini", "command = sleep ${SECONDS_TO_SLEEP}\nuser = web\n"
					"read = ${CODE}\nenabled-if = env:NOPE\n"
					"[environment]\nA = ${NOPE}\n");
	declared_file("services/b.ini", "command = sleep ${SECONDS_TO_SLEEP}\nuser = web\n");
	declared_file("services/make.ini", "command = true\ntype = oneshot\nphase = build\n");
	if (declared_compile() < 0)
		fail_msg("%s", declared_report());
	s = declared_slot("b");
	assert_int_equal(s->uid, 1001);
	assert_int_equal(plan_header(bed.plan.s)->visible, 3);
	assert_true(declared_slot("make")->flags & PLAN_BUILD);
	assert_false(s->flags & (PLAN_BUILD | PLAN_SELECTED));
	assert_true(declared_notice("orlop.ini:1: log: found the variable LOG_KIND unset, so"));
	assert_true(declared_notice("b.ini:1: command: found the variable SECONDS_TO_SLEEP unset"));
	assert_false(declared_notice("Landlock"));
	assert_int_equal(genalloc_len(char const *, &bed.faults.notices), 2);
}

/* A file cage stays one, though what it lets through is not known yet. */
static void test_an_image_and_an_unset_path(void **state)
{
	(void)state;
	bed.image = true;
	declared_file("services/a.ini", "command = sleep 1\nread = ${CODE}\n");
	assert_int_equal(declared_compile(), 0);
	assert_true(declared_slot("a")->flags & PLAN_FILE_CAGE);
}

static void test_programs_of_an_image(void **state)
{
	(void)state;
	bed.image = true;
	declared_file("services/a.ini", "command = nosuchprogram\n");
	assert_int_equal(declared_compile(), -ECANCELED);
	declared_fault("a.ini:1: command: found \"nosuchprogram\"");
	declared_file("services/make.ini", "command = nosuchtool\ntype = oneshot\nphase = build\n");
	faults_free(&bed.faults);
	bed.faults = (struct faults){ .arena = &bed.arena };
	assert_int_equal(declared_compile(), 0);
	assert_true(declared_notice("a.ini:1: command: found \"nosuchprogram\""));
}

/* What runs when the image is made has to be right; what runs later need not be there yet. */
static void test_the_build_phase(void **state)
{
	(void)state;
	bed.services = "phase:build";
	declared_file("services/a.ini", "command = nosuch ${NOPE}\nuser = nobodyyet\n"
					"read = /nosuch\nsecret = PW\nready = notify\n");
	declared_file("services/make.ini", "command = true\ntype = oneshot\nphase = build\n");
	if (declared_compile() < 0)
		fail_msg("%s", declared_report());
	assert_true(declared_slot("make")->flags & PLAN_SELECTED);
	assert_false(declared_slot("a")->flags & (PLAN_ENABLED | PLAN_SELECTED));
	assert_int_equal(genalloc_len(char const *, &bed.faults.notices), 0);
	declared_file("services/make.ini",
		      "command = true ${NOPE}\ntype = oneshot\nphase = build\nread = /nosuch\n");
	assert_int_equal(declared_compile(), -ECANCELED);
	declared_fault("make.ini:1: command: found the variable NOPE unset");
	declared_fault("make.ini:4: read: found \"/nosuch\"");
	assert_int_equal(faults_count(&bed.faults), 2);
}

static void test_accepts(void **state)
{
	(void)state;
	declared_file("orlop.ini", "accept = root a\naccept = setuid  /bin/su\n");
	declared_file("services/a.ini", "command = sleep 1\n");
	assert_int_equal(declared_compile(), 0);
	assert_int_equal(plan_header(bed.plan.s)->accepts.count, 2);
	assert_true(declared_has(plan_header(bed.plan.s)->accepts, "setuid /bin/su"));
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		DECLARED(test_a_whole_tree),
		DECLARED(test_the_check_would_notice),
		DECLARED(test_no_plan_with_faults),
		DECLARED(test_all_are_off),
		DECLARED(test_a_role_of_the_environment),
		DECLARED(test_a_main_program),
		DECLARED(test_a_main_program_that_is_missing),
		DECLARED(test_what_cannot_be_had_is_in_the_plan),
		DECLARED(test_an_image),
		DECLARED(test_an_image_and_an_unset_path),
		DECLARED(test_programs_of_an_image),
		DECLARED(test_the_build_phase),
		DECLARED(test_accepts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
