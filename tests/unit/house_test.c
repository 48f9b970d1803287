/* SPDX-License-Identifier: ISC */
/* Reaching the tables: what is no tree is told from a tree that has not started. */
#include "ctl/house.h"

#include "sys/fake.h"
#include "tables.h"
#include "wire/descriptors.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

char const *PROG = "test";

static void offer(int number, void const *bytes, size_t size)
{
	int const fd = memfd_create("table", 0);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, size), (ssize_t)size);
	if (fd != number) {
		assert_int_equal(dup2(fd, number), number);
		close(fd);
	}
}

static void offer_all(void)
{
	offer(FD_PLAN, tables.plan, TABLES_SIZE);
	offer(FD_SLOTS, tables.slots, TABLES_SIZE);
	offer(FD_STATUS, tables.status, sizeof tables.status);
}

static int set_up(void **state)
{
	(void)state;
	fake_reset();
	tables_begin();
	(void)tables_add("web", PLAN_LONGRUN);
	return 0;
}

static void assert_refused(int pid, int error, char const *why)
{
	struct house house;
	struct text problem = TEXT_EMPTY;

	assert_int_equal(house_open(&house, pid, &problem), error);
	assert_non_null(strstr(text_string(&problem), why));
	assert_null(house.plan);
	text_free(&problem);
}

static void a_whole_tree_is_not_seen(void **state)
{
	struct house house;
	struct text problem = TEXT_EMPTY;

	(void)state;
	offer_all();
	assert_int_equal(house_open(&house, getpid(), &problem), 0);
	assert_int_equal(plan_header(house.plan)->count, 1);
	house_close(&house);
	house_close(&house);
	text_free(&problem);
}

static void other_descriptors_are_taken_for_tables(void **state)
{
	(void)state;
	((struct slot_header *)(void *)tables.slots)->magic++;
	offer_all();
	assert_refused(getpid(), -ENOENT, "no service tree");
	((struct slot_header *)(void *)tables.slots)->magic--;
	((struct plan_header *)(void *)tables.plan)->size--;
	offer_all();
	assert_refused(getpid(), -ENOENT, "no service tree");
	close(FD_SLOTS);
	assert_refused(getpid(), -ENOENT, "no service tree");
}

static void a_supervisor_that_has_not_written_yet_is_an_error(void **state)
{
	(void)state;
	atomic_store(&((struct status_header *)(void *)tables.status)->plan_generation, 0);
	offer_all();
	assert_refused(getpid(), -EAGAIN, "not started yet");
	assert_int_equal(ftruncate(FD_STATUS, 0), 0);
	assert_refused(getpid(), -EAGAIN, "not started yet");
}

static void a_table_shorter_than_the_plan_is_read_beyond_its_end(void **state)
{
	(void)state;
	((struct slot_header *)(void *)tables.slots)->count = 0;
	offer_all();
	assert_refused(getpid(), -EAGAIN, "not started yet");
}

static void the_reason_of_a_refusal_is_hidden(void **state)
{
	(void)state;
	offer_all();
	assert_refused(0x7fffffff, -ESRCH, "no process 2147483647");
	fake_reset();
	fake_fail(FAKE_openat, 2, 1, EACCES);
	assert_refused(getpid(), -EACCES, "not permitted");
	fake_reset();
	fake_fail(FAKE_mmap, 2, 1, ENOMEM);
	assert_refused(getpid(), -ENOMEM, "Cannot allocate memory");
}

static void an_old_slot_table_is_looked_at_for_ever(void **state)
{
	struct slot_header *slots = (struct slot_header *)(void *)tables.slots;
	struct house house;
	struct text problem = TEXT_EMPTY;
	void const *before;
	uint32_t const one = 1;

	(void)state;
	offer_all();
	assert_int_equal(house_open(&house, getpid(), &problem), 0);
	before = house.slots;
	house_refresh(&house);
	assert_ptr_equal(house.slots, before);
	/* As init does it: a copy under the same number first, then the mark in the old one. */
	assert_int_equal(pwrite(FD_SLOTS, &one, sizeof one, offsetof(struct slot_header, moved)),
			 4);
	slots->count++;
	offer(FD_SLOTS, tables.slots, TABLES_SIZE);
	house_refresh(&house);
	assert_ptr_equal(house.slots, before); /* that is another tree's */
	slots->count--;
	slots->upgrades = 1;
	offer(FD_SLOTS, tables.slots, TABLES_SIZE);
	house_refresh(&house);
	assert_int_equal(house_slots(&house)->upgrades, 1);
	assert_int_equal(house_slots(&house)->moved, 0);
	house_close(&house);
	text_free(&problem);
}

static void the_wrong_process_is_asked(void **state)
{
	char const *const with[] = { "A=1", "ORLOP_PID=17", NULL };
	char const *const wrong[] = { "ORLOP_PID=0x11", NULL };
	char const *const without[] = { NULL };
	struct options options = { 0 };

	(void)state;
	assert_int_equal(house_pid(&options, with), 17);
	assert_int_equal(house_pid(&options, wrong), 0);
	assert_int_equal(house_pid(&options, without), 1);
	options.given = OPTION_PID;
	options.pid = 5;
	assert_int_equal(house_pid(&options, with), 5);
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		cmocka_unit_test_setup(a_whole_tree_is_not_seen, set_up),
		cmocka_unit_test_setup(other_descriptors_are_taken_for_tables, set_up),
		cmocka_unit_test_setup(a_supervisor_that_has_not_written_yet_is_an_error, set_up),
		cmocka_unit_test_setup(a_table_shorter_than_the_plan_is_read_beyond_its_end,
				       set_up),
		cmocka_unit_test_setup(the_reason_of_a_refusal_is_hidden, set_up),
		cmocka_unit_test_setup(an_old_slot_table_is_looked_at_for_ever, set_up),
		cmocka_unit_test_setup(the_wrong_process_is_asked, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
