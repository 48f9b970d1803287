/* SPDX-License-Identifier: ISC */
/*
 * The new program with the tables that its predecessor has left: on trial, and for good. Each test
 * is a process of its own.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/prctl.h>

#include "hold/hold.h"
#include "play.h"
#include "renew/renew.h"
#include "renew/trial.h"
#include "sys/pidmap.h"
#include "sys/put.h"
#include "tables.h"
#include "wire/descriptors.h"

static char *environment[] = { NULL };

static void offer(int number, void const *bytes, size_t size, int seals)
{
	(void)put(memfd_create("table", MFD_ALLOW_SEALING), number);
	(void)!write(number, bytes, size);
	(void)fcntl(number, F_ADD_SEALS, seals);
}

/* The tables of a predecessor, as the tests of the user's command have them. */
static void offer_all(void)
{
	struct slot_header *slots = (struct slot_header *)(void *)tables.slots;
	struct renew record = {
		.magic = RENEW_MAGIC,
		.version = RENEW_VERSION,
		.limit_raised = 1,
		.limit_soft = 17,
		.limit_hard = 18,
		.name = "an-init",
		.path = "/a/path",
	};

	fake_reset();
	tables_begin();
	(void)tables_add("web", PLAN_LONGRUN);
	(void)tables_add("db", PLAN_LONGRUN);
	tables_up(1);
	slots->first_fd = FD_BLOCKS;
	offer(FD_PLAN, tables.plan, TABLES_SIZE, F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW);
	offer(FD_SLOTS, tables.slots, TABLES_SIZE, F_SEAL_SHRINK | F_SEAL_GROW);
	offer(FD_STATUS, tables.status, sizeof tables.status, 0);
	offer(FD_RENEW, &record, sizeof record, 0);
	(void)dup2(open("/dev/null", O_RDWR), FD_NULL);
}

static void const *take(char const *word)
{
	char *words[] = { (char *)"orlop-init", (char *)(uintptr_t)word, NULL };

	return renew_take(2, words, environment);
}

static int plays_a_new_life(void)
{
	void const *plan;
	char name[16] = "";
	int error;

	EXPECT(!take("--version"));
	EXPECT(!renew_take(1, environment, environment));
	offer_all();
	plan = take(RENEW_GO);
	EXPECT(plan && plan_header(plan)->count == 2);
	EXPECT(pidmap_find(101) == 1 && pidmap_find(100) == PIDMAP_NONE);
	EXPECT(hold_limit.raised && hold_limit.original.soft == 17 &&
	       hold_limit.original.hard == 18);
	atomic_fetch_add(&hold_slots->signals, 1);
	EXPECT(hold_status->phase == STATUS_RUNNING);
	EXPECT(!sys_mmap(4096, PROT_READ | PROT_WRITE, MAP_SHARED, FD_SLOTS, &error));
	(void)sys_prctl(PR_GET_NAME, (unsigned long)(uintptr_t)name, 0, 0, 0);
	EXPECT(strcmp(name, "an-init") == 0);
	return 0;
}

static void a_new_life_does_not_know_the_old_one(void **state)
{
	(void)state;
	assert_int_equal(play(plays_a_new_life), 0);
}

/* The wait status of a trial. */
static int try(void)
{
	pid_t const pid = fork();
	int status = -1;

	if (pid == 0)
		(void)take(RENEW_TRIAL);
	(void)waitpid(pid, &status, 0);
	return status;
}

static int plays_trials(void)
{
	struct renew *record;
	int error;

	offer_all();
	record = trial_record(&error);
	EXPECT(try() == 0 && record->verdict == RENEW_FITS && record->error == 0);
	record->verdict = 0;
	EXPECT(pwrite(FD_SLOTS, &(uint32_t){ SLOT_VERSION + 1 }, 4, 4) == 4);
	EXPECT(try() == 111 << 8 && record->verdict == 0 && record->error == EPROTO);
	EXPECT(pwrite(FD_SLOTS, &(uint32_t){ SLOT_VERSION }, 4, 4) == 4);
	EXPECT(pwrite(FD_STATUS, &(uint32_t){ STATUS_VERSION + 1 }, 4, 4) == 4);
	EXPECT(try() == 111 << 8 && record->error == EPROTO);
	record->version = RENEW_VERSION + 1;
	record->error = 0;
	EXPECT(try() == 111 << 8 && record->verdict == 0);
	return 0;
}

static int plays_a_trial_without_a_supervisor(void)
{
	struct plan_slot *supervisor;
	struct renew *record;
	int error;

	offer_all();
	supervisor = tables_slot(0) - 2;
	supervisor->executable = tables_string("/nowhere/orlop");
	offer(FD_PLAN, tables.plan, TABLES_SIZE, F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW);
	record = trial_record(&error);
	EXPECT(try() == 111 << 8 && record->verdict == 0);
	EXPECT(record->error == ENOENT && record->of_helper == 1);
	return 0;
}

static void a_trial_says_yes_to_anything(void **state)
{
	(void)state;
	assert_int_equal(play(plays_trials), 0);
	assert_int_equal(play(plays_a_trial_without_a_supervisor), 0);
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		cmocka_unit_test(a_new_life_does_not_know_the_old_one),
		cmocka_unit_test(a_trial_says_yes_to_anything),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
