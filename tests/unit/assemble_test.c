/* SPDX-License-Identifier: ISC */
/* Pipes and sockets must be counted right: init opens as many as the header says. */
#include "declared.h"

#include "sys/sys.h"
#include "wire/descriptors.h"

#include <sys/resource.h>

static void test_pipes(void **state)
{
	struct plan_slot const *a;
	struct plan_slot const *c;

	(void)state;
	declared_file("services/a.ini", "command = sleep 1\n");
	declared_file("services/b.ini", "command = sleep 1\nlog = none\n");
	declared_file("services/c.ini", "command = sleep 1\n");
	declared_file("services/d.ini", "type = bundle\nneeds = a\n");
	assert_int_equal(declared_compile(), 0);
	a = declared_slot("a");
	c = declared_slot("c");
	assert_int_equal(plan_header(bed.plan.s)->log_count, 5);
	assert_int_equal(a->log_out, 1); /* 0 is Orlop's own */
	assert_int_equal(a->log_err, 2);
	assert_int_equal(c->log_out, 3);
	assert_int_equal(c->log_err, 4);
	assert_int_equal(declared_slot("b")->log_out, PLAN_NONE);
	assert_int_equal(declared_slot("d")->log_out, PLAN_NONE);
}

/* A hard limit that was lowered does not come back. */
static int with_limit(uint64_t limit)
{
	struct sys_rlimit const low = { limit, limit };

	assert_true(sys_prlimit64(0, RLIMIT_NOFILE, &low, NULL) >= 0);
	return declared_compile();
}

static void test_one_pipe_where_two_do_not_fit(void **state)
{
	(void)state;
	declared_file("services/a.ini", "command = sleep 1\ninstances = 100\n");
	assert_int_equal(with_limit(FD_BLOCKS + 300), 0);
	assert_int_equal(plan_header(bed.plan.s)->log_count, 101);
	assert_int_equal(declared_slot("a@1")->log_out, declared_slot("a@1")->log_err);
	stralloc_free(&bed.plan);
	assert_int_equal(with_limit(FD_BLOCKS + 200), -ECANCELED);
	declared_fault("found RLIMIT_NOFILE ");
}

static void test_an_address_can_be_had_once(void **state)
{
	(void)state;
	declared_file("services/a.ini", "command = sleep 1\nlisten = tcp:80 unix:/a\n");
	declared_file("services/b.ini", "command = sleep 1\nlisten = unix:/b tcp:0.0.0.0:80\n");
	declared_file("services/c.ini",
		      "command = sleep 1\nlisten = tcp:80\nenabled-if = env:NOPE\n");
	assert_int_equal(declared_compile(), -ECANCELED);
	declared_fault(
	    "b.ini:2: listen: found \"tcp:0.0.0.0:80\", expected an address that a does not");
	assert_int_equal(faults_count(&bed.faults), 1);
}

static void test_sockets_in_their_block(void **state)
{
	struct plan_slot const *b;
	struct plan_listen const *listens;

	(void)state;
	declared_file("services/a.ini", "command = sleep 1\nlisten = tcp:80 tcp:81\n");
	declared_file("services/b.ini", "command = sleep 1\nlisten = tcp:82 tcp:83\n");
	assert_int_equal(declared_compile(), 0);
	b = declared_slot("b");
	listens = plan_listens(bed.plan.s, b->listen);
	assert_int_equal(plan_header(bed.plan.s)->listen_count, 4);
	assert_int_equal(b->listen_first, 2);
	assert_string_equal(plan_string(bed.plan.s, listens[0].name), "tcp:82");
	assert_ptr_equal(listens, plan_listens(bed.plan.s, plan_header(bed.plan.s)->listens) + 2);
}

static void test_who_waits_for_whom(void **state)
{
	struct plan_slot const *c;

	(void)state;
	declared_file("services/a.ini", "command = sleep 1\nneeds = c\n");
	declared_file("services/b.ini", "command = sleep 1\nafter = c\n");
	declared_file("services/c.ini", "command = sleep 1\n");
	assert_int_equal(declared_compile(), 0);
	c = declared_slot("c");
	assert_int_equal(c->needed.count, 2);
	assert_int_equal(plan_words(bed.plan.s, c->needed)[0], 0);
	assert_int_equal(plan_words(bed.plan.s, c->needed)[1], 1);
	assert_int_equal(declared_slot("a")->needs.count, 1);
	assert_int_equal(declared_slot("b")->needs.count, 0);
	assert_int_equal(declared_slot("b")->after.count, 1);
}

static void test_the_header(void **state)
{
	struct plan_header const *h;

	(void)state;
	bed.environment[2] = "TZ=Europe/Berlin";
	declared_file("orlop.ini", "stop-timeout = 20s\noperators = web 7\n");
	declared_file("services/a.ini", "command = sleep 1\nforward = USR1\n");
	declared_file("services/b.ini", "command = sleep 1\nforward = USR2\nready = tcp:80\n");
	assert_int_equal(declared_compile(), 0);
	h = plan_header(bed.plan.s);
	assert_int_equal(h->count, 3);
	assert_int_equal(h->visible, 2);
	assert_int_equal(h->main, PLAN_NONE);
	assert_true(h->stop_timeout == 20000000000);
	assert_true(h->forward == (1ULL << 9 | 1ULL << 11));
	assert_string_equal(plan_string(bed.plan.s, h->timezone), "Europe/Berlin");
	assert_string_equal(plan_string(bed.plan.s, h->directory), bed.directory);
	assert_int_equal(plan_words(bed.plan.s, h->operators)[1], 7);
	assert_true(h->host & PLAN_HOST_PID1 && h->host & PLAN_HOST_SECCOMP &&
		    h->host & PLAN_HOST_LANDLOCK_SCOPE);
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		DECLARED(test_pipes),
		DECLARED(test_an_address_can_be_had_once),
		DECLARED(test_sockets_in_their_block),
		DECLARED(test_who_waits_for_whom),
		DECLARED(test_the_header),
		DECLARED(test_one_pipe_where_two_do_not_fit), /* last: the limit stays low */
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
