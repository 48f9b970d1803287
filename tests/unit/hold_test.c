/* SPDX-License-Identifier: ISC */
/*
 * What PID 1 holds: every descriptor at its number, whatever the engine left open or closed, and
 * nothing in it that another process could take from under init. Each test is a life of its own.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/resource.h>

#include "hold/hold.h"
#include "play.h"
#include "sys/say.h"
#include "sys/signals.h"
#include "tables.h"
#include "wire/descriptors.h"

enum { LOGS = 3, SEALS = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE };

static bool is_open(int fd)
{
	return fcntl(fd, F_GETFD) >= 0;
}

static bool is_blocking(int fd)
{
	return !(fcntl(fd, F_GETFL) & O_NONBLOCK);
}

static int plays_without_stdio(void)
{
	for (int fd = 0; fd < 3; fd++)
		close(fd);
	EXPECT(hold_begin(signals_take()) == 0);
	for (int fd = 0; fd < 3; fd++)
		EXPECT(is_open(fd)); /* else the next thing opened would be somebody's stderr */
	EXPECT(is_open(FD_SIGNALS) && is_open(FD_NULL) && is_open(FD_PLAN));
	EXPECT(!is_open(FD_NULL + 1));
	return 0;
}

static void closed_stdio_is_taken_by_something_else(void **state)
{
	(void)state;
	assert_int_equal(play(plays_without_stdio), 0);
}

static int begins_with_open_descriptors(void)
{
	static int const left[] = { 3, 13, 20, 100, 900 };

	for (unsigned i = 0; i < 5; i++)
		EXPECT(dup2(2, left[i]) == left[i]);
	EXPECT(hold_begin(signals_take()) == 0);
	for (unsigned i = 1; i < 5; i++)
		EXPECT(!is_open(left[i]));
	EXPECT(is_open(2));
	return 0;
}

static int begins_without_close_range(void)
{
	fake_fail(FAKE_close_range, 1, 2, ENOSYS);
	return begins_with_open_descriptors();
}

static void the_engines_descriptors_stay_open(void **state)
{
	(void)state;
	assert_int_equal(play(begins_with_open_descriptors), 0);
	assert_int_equal(play(begins_without_close_range), 0);
}

static int plays_a_low_limit(void)
{
	struct rlimit limit;

	EXPECT(getrlimit(RLIMIT_NOFILE, &limit) == 0);
	limit.rlim_cur = 8;
	EXPECT(setrlimit(RLIMIT_NOFILE, &limit) == 0);
	EXPECT(hold_begin(signals_take()) == 0);
	hold_restore_limit();
	EXPECT(getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur == 8);
	return 0;
}

static void a_low_soft_limit_ends_the_boot_or_is_not_given_back(void **state)
{
	(void)state;
	assert_int_equal(play(plays_a_low_limit), 0);
}

static int plays_no_null(void)
{
	say_to(-1);
	fake_fail(FAKE_openat, 1, 1, ENOENT);
	EXPECT(hold_begin(signals_take()) == -ENOENT);
	return 0;
}

static void a_missing_dev_null_is_passed_over(void **state)
{
	(void)state;
	assert_int_equal(play(plays_no_null), 0);
}

/* A plan of one service with two log pipes, a notify pipe and Orlop's own log pipe. */
static struct plan_header *make_plan(void)
{
	struct plan_header *header = (struct plan_header *)(void *)tables.plan;
	struct plan_listen const pipe = { .length = 0 };
	struct plan_slot *slot;

	tables_begin();
	slot = tables_slot(tables_add("one", PLAN_LONGRUN));
	slot->log_out = 1;
	slot->log_err = 2;
	slot->ready = PLAN_READY_FD;
	slot->notify = 0;
	header->log_count = LOGS;
	header->notify_count = 1;
	tables.used = (tables.used + 7) & ~7U;
	header->notifies = (struct plan_list){ tables.used, 1 };
	memcpy(tables.plan + tables.used, &pipe, sizeof pipe);
	return header;
}

static int begin(void)
{
	return hold_begin(signals_take());
}

static int plays_plans(void)
{
	make_plan();
	EXPECT(begin() == 0);
	EXPECT(hold_plan() == NULL); /* empty, as of a planner that died */
	EXPECT(write(FD_PLAN, tables.plan, TABLES_SIZE) == TABLES_SIZE);
	EXPECT(hold_plan() == NULL); /* it may still change */
	EXPECT(fcntl(FD_PLAN, F_ADD_SEALS, SEALS) == 0);
	EXPECT(hold_plan() != NULL);
	return 0;
}

static int plays_a_broken_plan(void)
{
	make_plan()->log_count = 0;
	EXPECT(begin() == 0);
	EXPECT(write(FD_PLAN, tables.plan, TABLES_SIZE) == TABLES_SIZE);
	EXPECT(fcntl(FD_PLAN, F_ADD_SEALS, SEALS) == 0);
	EXPECT(hold_plan() == NULL);
	return 0;
}

static void a_plan_that_is_not_whole_is_taken(void **state)
{
	(void)state;
	assert_int_equal(play(plays_plans), 0);
	assert_int_equal(play(plays_a_broken_plan), 0);
}

static bool answers_yes(enum fake_call call, long *value, void *context)
{
	(void)call;
	(void)context;
	*value = 0;
	return true;
}

static int open_all(void)
{
	make_plan();
	fake_hook(FAKE_fchown, answers_yes, NULL);
	return begin() == 0 ? hold_open(tables.plan) : -1;
}

static int plays_opening(void)
{
	struct plan_header const *h = (struct plan_header *)(void *)tables.plan;
	int end;

	EXPECT(open_all() == 0);
	end = (int)fd_end(h, FD_BLOCKS);
	for (int fd = FD_PLAN; fd <= FD_NULL; fd++)
		EXPECT(is_open(fd));
	for (int fd = FD_BLOCKS; fd < end; fd++)
		EXPECT(is_open(fd));
	EXPECT(!is_open(end) && !is_open(FD_NULL + 1));
	EXPECT(fake_count(FAKE_fchown) == 3);
	EXPECT(hold_slots->magic == SLOT_MAGIC && hold_slots->count == 1);
	EXPECT(hold_slots->first_fd == FD_BLOCKS && hold_slots->init_pid == getpid());
	return 0;
}

static void something_is_not_at_its_number(void **state)
{
	(void)state;
	assert_int_equal(play(plays_opening), 0);
}

/* Whatever init itself reads or writes must not be able to block it; what services write must. */
static int plays_blocking(void)
{
	struct plan_header const *h = (struct plan_header *)(void *)tables.plan;

	EXPECT(open_all() == 0);
	EXPECT(!is_blocking(FD_SIGNALS) && !is_blocking(FD_VERBS_READ));
	EXPECT(!is_blocking(FD_ERRORS_READ) && !is_blocking(FD_WAKE));
	EXPECT(!is_blocking(fd_log_write(h, FD_BLOCKS, 0)));
	EXPECT(is_blocking(fd_log_write(h, FD_BLOCKS, 1)));
	EXPECT(is_blocking(FD_VERBS_WRITE));
	return 0;
}

static void init_can_be_blocked(void **state)
{
	(void)state;
	assert_int_equal(play(plays_blocking), 0);
}

/* nginx hangs in a socket that blocks, php-fpm gives up in one that does not. */
static int plays_sockets(void)
{
	struct plan_header *h = make_plan();
	struct plan_listen listen = { .domain = AF_INET, .length = sizeof(struct sockaddr_in) };
	struct sockaddr_in const address = { .sin_family = AF_INET };

	memcpy(listen.address, &address, sizeof address);
	tables.used = (tables.used + sizeof listen + 7) & ~7U;
	h->listens = (struct plan_list){ tables.used, 2 };
	h->listen_count = 2;
	tables.used += 2 * (uint32_t)sizeof listen;
	for (uint32_t k = 0; k < 2; k++) {
		uint32_t const at = h->listens.offset + k * (uint32_t)sizeof listen;
		struct plan_slot *slot = k ? tables_slot(tables_add("two", PLAN_LONGRUN))
					   : tables_slot(0);

		memcpy(tables.plan + at, &listen, sizeof listen);
		slot->listen = (struct plan_list){ at, 1 };
		slot->listen_first = k;
		slot->listen_env = 1U << (k ? PLAN_LISTEN_NGINX : PLAN_LISTEN_PHP_FPM);
	}
	fake_hook(FAKE_fchown, answers_yes, NULL);
	EXPECT(begin() == 0 && hold_open(tables.plan) == 0);
	EXPECT(is_blocking(fd_listen(h, FD_BLOCKS, 0)));
	EXPECT(!is_blocking(fd_listen(h, FD_BLOCKS, 1)));
	return 0;
}

static void a_socket_does_not_fit_its_server(void **state)
{
	(void)state;
	assert_int_equal(play(plays_sockets), 0);
}

static int plays_a_mad_supervisor(void)
{
	int const both = PROT_READ | PROT_WRITE;

	EXPECT(open_all() == 0);
	EXPECT(ftruncate(FD_SLOTS, 0) < 0 && ftruncate(FD_STATUS, 0) < 0); /* SIGBUS in init */
	EXPECT(ftruncate(FD_LOG_STATE, 8192) == 0);			   /* its journal grows */
	EXPECT(mmap(NULL, 4096, both, MAP_SHARED, FD_SLOTS, 0) == MAP_FAILED);
	EXPECT(pwrite(FD_SLOTS, "x", 1, 0) < 0);
	EXPECT(mmap(NULL, 4096, PROT_READ, MAP_SHARED, FD_SLOTS, 0) != MAP_FAILED);
	EXPECT(mmap(NULL, 4096, both, MAP_SHARED, FD_STATUS, 0) != MAP_FAILED);
	atomic_store(&hold_slots->signals, 1);
	EXPECT(hold_status->phase == 0);
	return 0;
}

static void the_supervisor_can_cut_or_write_inits_table(void **state)
{
	(void)state;
	assert_int_equal(play(plays_a_mad_supervisor), 0);
}

static int plays_wake_ups(void)
{
	uint64_t const most = UINT64_MAX - 1;
	uint64_t heard;

	EXPECT(open_all() == 0);
	EXPECT(hold_wake() && hold_wake_pending());
	EXPECT(!hold_wake());
	EXPECT(read(FD_WAKE, &heard, sizeof heard) == sizeof heard && heard == 1);
	EXPECT(!hold_wake_pending());
	EXPECT(fcntl(FD_WAKE, F_SETFL, 0) == 0); /* the supervisor has the same description */
	EXPECT(write(FD_WAKE, &most, sizeof most) == sizeof most);
	EXPECT(!hold_wake());
	EXPECT(read(FD_WAKE, &heard, sizeof heard) == sizeof heard);
	fake_fail(FAKE_write, fake_count(FAKE_write) + 1, 3, EINTR);
	EXPECT(hold_wake() && hold_wake_pending());
	return 0;
}

static void a_wake_up_is_lost_or_blocks(void **state)
{
	(void)state;
	assert_int_equal(play(plays_wake_ups), 0);
}

static int plays_the_end(void)
{
	struct plan_header const *h = (struct plan_header *)(void *)tables.plan;
	char byte;

	EXPECT(open_all() == 0);
	EXPECT(write(fd_log_write(h, FD_BLOCKS, 1), "x", 1) == 1);
	EXPECT(dup2(fd_log_write(h, FD_BLOCKS, 1), FD_STAGE + 7) > 0); /* as a fork leaves it */
	hold_close_logs(tables.plan);
	EXPECT(read(fd_log_read(h, FD_BLOCKS, 1), &byte, 1) == 1);
	EXPECT(read(fd_log_read(h, FD_BLOCKS, 1), &byte, 1) == 0);
	return 0;
}

static void the_logger_never_comes_to_an_end(void **state)
{
	(void)state;
	assert_int_equal(play(plays_the_end), 0);
}

/* The first failure of each call that opens something, at each index, one life for each. */
static enum fake_call failing;
static unsigned failing_index;

static int plays_a_failure(void)
{
	EXPECT(begin() == 0);
	make_plan();
	say_to(-1);
	fake_hook(FAKE_fchown, answers_yes, NULL);
	fake_fail(failing, fake_count(failing) + failing_index, 1, EMFILE);
	EXPECT(hold_open(tables.plan) == -EMFILE);
	return 0;
}

static void a_tree_without_all_of_it_begins(void **state)
{
	static struct {
		enum fake_call call;
		unsigned calls;
	} const all[] = {
		{ FAKE_memfd_create, 3 }, { FAKE_ftruncate, 3 }, { FAKE_pipe2, 7 },
		{ FAKE_eventfd2, 1 },	  { FAKE_mmap, 2 },
	};

	(void)state;
	for (unsigned i = 0; i < 5; i++)
		for (unsigned index = 1; index <= all[i].calls; index++) {
			failing = all[i].call;
			failing_index = index;
			assert_int_equal(play(plays_a_failure), 0);
		}
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		cmocka_unit_test(closed_stdio_is_taken_by_something_else),
		cmocka_unit_test(the_engines_descriptors_stay_open),
		cmocka_unit_test(a_low_soft_limit_ends_the_boot_or_is_not_given_back),
		cmocka_unit_test(a_missing_dev_null_is_passed_over),
		cmocka_unit_test(a_plan_that_is_not_whole_is_taken),
		cmocka_unit_test(something_is_not_at_its_number),
		cmocka_unit_test(init_can_be_blocked),
		cmocka_unit_test(a_socket_does_not_fit_its_server),
		cmocka_unit_test(the_supervisor_can_cut_or_write_inits_table),
		cmocka_unit_test(a_wake_up_is_lost_or_blocks),
		cmocka_unit_test(the_logger_never_comes_to_an_end),
		cmocka_unit_test(a_tree_without_all_of_it_begins),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
