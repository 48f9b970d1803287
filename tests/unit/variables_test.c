/* SPDX-License-Identifier: ISC */
/* A variable that leaks is a secret told; one that is missing is a service that cannot start. */
#include "declared.h"

#include "plan/identity.h"
#include "plan/variables.h"

static bool has(struct words words, char const *string)
{
	for (uint32_t i = 0; i < words.count; i++)
		if (!strcmp(words.at[i], string))
			return true;
	return false;
}

static struct service *service(char const *text)
{
	struct service *s = declared_service(text);

	identity_resolve(&bed.declarations, declared_path("etc"));
	declared_no_fault();
	return s;
}

static void test_those_of_the_user(void **state)
{
	struct words const words = variables_common(&bed.declarations,
						    service("command = x\nuser = web\n"));

	(void)state;
	assert_int_equal(words.count, 4);
	assert_true(has(words, "HOME=/srv/web"));
	assert_true(has(words, "USER=web"));
	assert_true(has(words, "LOGNAME=web"));
	assert_true(has(words, "SHELL=/bin/dash"));
}

static void test_own_ones_win_and_join(void **state)
{
	struct words words;

	(void)state;
	words = variables_common(
	    &bed.declarations,
	    service("command = x\n[environment]\nHOME = /h\nA = b  \"c  d\" ${HOME}\nE =\n"));
	assert_true(has(words, "HOME=/h"));
	assert_false(has(words, "HOME=/"));
	assert_true(has(words, "A=b c  d /root"));
	assert_true(has(words, "E="));
	assert_true(has(words, "USER=one"));
}

static void test_what_is_missing_is_given(void **state)
{
	struct words words;

	(void)state;
	bed.environment[0] = "X=y";
	bed.declarations.init_pid = 77;
	words = variables_common(&bed.declarations, service("command = x\n"));
	assert_true(
	    has(words, "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"));
	assert_true(has(words, "ORLOP_PID=77"));
}

static void test_all_pass(void **state)
{
	struct service *s = service("command = x\n");

	(void)state;
	assert_int_equal(variables_passed(&bed.declarations, s).count, 0);
	assert_true(s->slot.flags & PLAN_PASS_ALL);
}

/* The engine's NOTIFY_SOCKET would let a service speak for the container. */
static void test_inits_own_do_not_pass(void **state)
{
	struct service *s;
	struct words words;

	(void)state;
	bed.environment[2] = "NOTIFY_SOCKET=/run/notify";
	bed.environment[3] = "LISTEN_FDS=1";
	s = service("command = x\n");
	words = variables_passed(&bed.declarations, s);
	assert_false(s->slot.flags & PLAN_PASS_ALL);
	assert_int_equal(words.count, 2);
	assert_true(has(words, "PATH") && has(words, "HOME"));
}

static void test_patterns(void **state)
{
	struct words words;

	(void)state;
	bed.environment[2] = "APP_A=1";
	bed.environment[3] = "APP_=2";
	bed.environment[4] = "MY_APP_A=3";
	bed.environment[5] = "DB_HOST=4";
	bed.environment[6] = "DB_HOSTS=5";
	words = variables_passed(&bed.declarations,
				 service("command = x\nenvironment-pass = APP_* DB_HOST NOPE\n"));
	assert_int_equal(words.count, 4);
	assert_true(has(words, "APP_A") && has(words, "APP_") && has(words, "DB_HOST"));
	assert_true(has(words, "PATH")); /* or nothing could be started */
	words = variables_passed(&bed.declarations,
				 service("command = x\nenvironment-pass = *_A\n"));
	assert_int_equal(words.count, 3);
	words = variables_passed(&bed.declarations,
				 service("command = x\nenvironment-pass = *A*_* D*\n"));
	assert_int_equal(words.count, 6); /* all but HOME, and PATH */
	words = variables_passed(&bed.declarations, service("command = x\nenvironment-pass =\n"));
	assert_int_equal(words.count, 1);
}

static void test_sockets(void **state)
{
	struct words const words = variables_sockets(
	    &bed.declarations, service("command = x\nlisten = unix:/run/f.sock tcp:[::1]:80\n"
				       "listen-env = systemd nginx php-fpm\n"));

	(void)state;
	assert_int_equal(words.count, 5);
	assert_true(has(words, "LISTEN_FDS=2"));
	assert_true(has(words, "LISTEN_PID=0"));
	assert_true(has(words, "LISTEN_FDNAMES=unix-/run/f.sock:tcp-[--1]-80"));
	assert_true(has(words, "FPM_SOCKETS=/run/f.sock=3,::1:80=4"));
	assert_true(has(words, "NGINX=3;4;"));
}

static void test_refused(void **state)
{
	(void)state;
	(void)declared_service(
	    "command = x\n[environment]\nA B = c\nA = 1\nA = 2\nB = \"c\nC = ${NOPE}\n");
	declared_fault("one.ini:3: found the variable \"A B\"");
	declared_fault("one.ini:5: A: found a second time");
	declared_fault("one.ini:6: B: found a quote");
	declared_fault("one.ini:7: C: found the variable NOPE unset");
	assert_int_equal(faults_count(&bed.faults), 4);
}

/* Beside the container's and the secrets; more would be refused at each start. */
static void test_more_variables_than_a_start_has_room_for(void **state)
{
	enum { MOST = 3808 };
	static char text[MOST * 16];
	int at = snprintf(text, sizeof text, "command = sleep 1\n[environment]\n");

	(void)state;
	for (int i = 0; i < MOST; i++)
		at += snprintf(text + at, sizeof text - (size_t)at, "V%d = 1\n", i);
	(void)declared_service(text);
	declared_no_fault();
	(void)snprintf(text + at, sizeof text - (size_t)at, "ONE_MORE = 1\n");
	(void)declared_service(text);
	declared_fault("found 3809 variables, expected at most 3808");
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		DECLARED(test_more_variables_than_a_start_has_room_for),
		DECLARED(test_those_of_the_user),
		DECLARED(test_own_ones_win_and_join),
		DECLARED(test_what_is_missing_is_given),
		DECLARED(test_all_pass),
		DECLARED(test_inits_own_do_not_pass),
		DECLARED(test_patterns),
		DECLARED(test_sockets),
		DECLARED(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
