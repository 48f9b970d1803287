/* SPDX-License-Identifier: ISC */
/*
 * The loop with real pipes at init's numbers. Init is played by a hook that comes before each
 * wait: it takes the verbs, changes the slot table, and writes to the wake-up descriptor.
 */
#include "simulator.h"

#include "supervise/loop.h"
#include "sys/fake.h"
#include "wire/descriptors.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/eventfd.h>

static struct sim sim;
static struct loop loop;
static int control_write;
static int notify_write;
static int error_read;
static int clock_write;
static unsigned waits;
static int saved_error;

static void move(int from, int to)
{
	assert_int_equal(sys_dup3(from, to, 0), to);
	assert_int_equal(sys_close(from), 0);
}

static void make_pipe(int reader, int *writer, int flags)
{
	int ends[2];

	assert_int_equal(sys_pipe2(ends, flags), 0);
	move(ends[0], reader);
	*writer = ends[1];
}

/* Two slots, the second one ready by a newline. */
static void open_house(void)
{
	struct plan_header *h;
	int verbs;
	int ends[2];

	fake_reset();
	waits = 0;
	memset(&loop, 0, sizeof loop);
	sim_plan(&sim, 2);
	h = (struct plan_header *)(void *)sim.plan;
	h->notify_count = 1;
	/* a record of zeros: a pipe */
	h->notifies = (struct plan_list){ .offset = sim.used, .count = 1 };
	sim.used += sizeof(struct plan_listen);
	((struct slot_header *)sim.slots)->first_fd = FD_BLOCKS;
	sim_slot(&sim, 1)->ready = PLAN_READY_FD;
	sim_slot(&sim, 1)->notify = 0;
	make_pipe(FD_CONTROL_READ, &control_write, O_NONBLOCK);
	make_pipe(FD_VERBS_READ, &verbs, O_NONBLOCK);
	move(verbs, FD_VERBS_WRITE);
	/* init leaves notify pipes blocking */
	make_pipe(fd_notify_read(plan_header(sim.plan), FD_BLOCKS, 0), &notify_write, 0);
	move(sys_eventfd2(0, O_NONBLOCK), FD_WAKE);
	saved_error = sys_fcntl(2, F_DUPFD, 200);
	assert_int_equal(sys_pipe2(ends, O_NONBLOCK), 0);
	move(ends[1], 2);
	error_read = ends[0];
}

static void close_house(void)
{
	int const all[] = { FD_CONTROL_READ, FD_VERBS_READ, FD_VERBS_WRITE, FD_WAKE,
			    fd_notify_read(plan_header(sim.plan), FD_BLOCKS, 0) };

	fake_reset();
	move(saved_error, 2);
	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		(void)sys_close(all[i]);
	(void)sys_close(control_write);
	(void)sys_close(notify_write);
	(void)sys_close(error_read);
	(void)sys_close(loop.epoll);
	(void)sys_close(loop.ready.copy[0]);
	(void)sys_close(loop.ready.copy[1]);
	supervisor_close(&loop.supervisor);
	sim_free(&sim);
}

static void play_init(void)
{
	unsigned char record[VERB_SIZE];
	uint64_t const one = 1;

	while (sys_read(FD_VERBS_READ, record, sizeof record) == sizeof record)
		assert_int_equal(verb_unpack(record, &sim.verbs[sim.verb_count++]), 0);
	if (sim.verb_count == 0)
		return;
	sim.now = loop.supervisor.now;
	sim_init(&sim);
	assert_int_equal(sys_write(FD_WAKE, &one, sizeof one), sizeof one);
}

static void operate(uint32_t kind, uint32_t slot, int32_t argument)
{
	struct verb const verb = {
		.kind = kind, .slot = slot, .generation = 1, .argument = argument
	};
	unsigned char record[VERB_SIZE];

	verb_pack(record, &verb);
	assert_int_equal(sys_write(control_write, record, sizeof record), sizeof record);
}

/* Before wait 2 the service says that it is ready, before wait 4 an operator ends it all. */
static bool tell_story(enum fake_call call, long *value, void *context)
{
	(void)call;
	(void)value;
	(void)context;
	waits++;
	play_init();
	if (waits == 2) {
		assert_state(&sim, 0, UP);
		assert_state(&sim, 1, STARTING);
		assert_int_equal(sys_write(notify_write, "\n", 1), 1);
	}
	if (waits == 3) {
		assert_state(&sim, 1, UP);
		operate(VERB_SIGNAL, 0, SIGHUP);
	}
	if (waits == 4)
		operate(VERB_SHUTDOWN, 0, 4);
	assert_true(waits < 100);
	return false;
}

static void a_life_from_boot_to_exit(void **state)
{
	(void)state;
	open_house();
	fake_hook(FAKE_epoll_pwait, tell_story, NULL);
	assert_int_equal(loop_open(&loop, sim.plan, sim.slots, sim.status), 0);
	assert_int_equal(loop_run(&loop), 0);
	fake_reset();
	play_init();
	assert_int_equal(sim.exit_status, 4);
	assert_int_equal(sim.readies, 1);
	assert_int_equal(sim.ignored, 0);
	assert_int_equal(sim.kills[0], 2);
	close_house();
}

/* The kernel says that the clock was set: a pipe plays it, as nobody may set a test machine's. */
static bool clock_is_set(enum fake_call call, long *value, void *context)
{
	(void)call;
	(void)context;
	waits++;
	play_init();
	if (waits == 2) {
		/* The successor of a jump by two hours: a skew that is no longer true. */
		loop.supervisor.skew -= 7200 * SECOND;
		assert_int_equal(sys_write(clock_write, "x", 1), 1);
	}
	if (waits < 3)
		return false;
	assert_true(loop.supervisor.skew == loop.supervisor.realtime - loop.supervisor.now);
	*value = -EBADF; /* ends the loop */
	return true;
}

static bool answer(enum fake_call call, long *value, void *context)
{
	(void)call;
	*value = *(int *)context;
	return true;
}

static void a_clock_that_is_set_is_noticed_late(void **state)
{
	static int zero;
	int ends[2];

	(void)state;
	open_house();
	sim_slot(&sim, 0)->kind = PLAN_ONESHOT;
	sim_slot(&sim, 0)->scheduled = 1;
	sim_slot(&sim, 0)->schedule.every = 86400 * SECOND;
	assert_int_equal(sys_pipe2(ends, O_NONBLOCK), 0);
	clock_write = ends[1];
	fake_hook(FAKE_timerfd_create, answer, &ends[0]);
	fake_hook(FAKE_timerfd_settime, answer, &zero);
	fake_hook(FAKE_epoll_pwait, clock_is_set, NULL);
	assert_int_equal(loop_open(&loop, sim.plan, sim.slots, sim.status), 0);
	assert_int_equal(loop_run(&loop), -EBADF);
	assert_int_equal(waits, 3);
	(void)sys_close(ends[0]);
	(void)sys_close(ends[1]);
	close_house();
}

/* The real call takes what it is given, and does not wake an idle loop. */
static void the_watch_over_the_clock_is_refused_or_rings(void **state)
{
	struct epoll_event events[8];

	(void)state;
	open_house();
	assert_int_equal(loop_open(&loop, sim.plan, sim.slots, sim.status), 0);
	assert_true(loop.clock < 0); /* nothing is scheduled */
	close_house();
	open_house();
	sim_slot(&sim, 0)->scheduled = 1;
	assert_int_equal(loop_open(&loop, sim.plan, sim.slots, sim.status), 0);
	assert_int_equal(fake_count(FAKE_timerfd_settime), 1);
	assert_true(loop.clock >= 0);
	assert_int_equal(sys_epoll_pwait(loop.epoll, events, 8, 0, NULL, SYS_MASK_SIZE), 0);
	(void)sys_close(loop.clock);
	close_house();
}

static void no_watch_over_the_clock_stops_the_supervisor(void **state)
{
	(void)state;
	open_house();
	sim_slot(&sim, 0)->scheduled = 1;
	fake_fail(FAKE_timerfd_create, 1, 1, ENOSYS);
	assert_int_equal(loop_open(&loop, sim.plan, sim.slots, sim.status), 0);
	assert_true(loop.clock < 0);
	close_house();
}

/* Idle means that nothing is asked for but to wait for ever. */
static bool expect_to_sleep(enum fake_call call, long *value, void *context)
{
	(void)call;
	(void)context;
	waits++;
	play_init();
	if (waits == 2)
		assert_int_equal(sys_write(notify_write, "\n", 1), 1);
	if (waits < 3)
		return false;
	*value = -EBADF; /* ends the loop */
	return true;
}

static void idle_costs_nothing(void **state)
{
	unsigned reads;

	(void)state;
	open_house();
	fake_hook(FAKE_epoll_pwait, expect_to_sleep, NULL);
	assert_int_equal(loop_open(&loop, sim.plan, sim.slots, sim.status), 0);
	assert_int_equal(loop_run(&loop), -EBADF);
	assert_state(&sim, 1, UP);
	assert_int_equal(loop_wait(&loop), -1);
	reads = fake_count(FAKE_read);
	assert_true(reads < 20);
	close_house();
}

static void waits_are_rounded_up_and_bounded(void **state)
{
	static struct {
		uint64_t from_now;
		int expected;
	} const cases[] = {
		{ 0, 0 },
		{ 1, 1 },
		{ MILLISECOND, 1 },
		{ MILLISECOND + 1, 2 },
		{ 365 * 86400 * SECOND, INT_MAX },
	};

	(void)state;
	open_house();
	assert_int_equal(loop_open(&loop, sim.plan, sim.slots, sim.status), 0);
	assert_int_equal(loop_wait(&loop), -1);
	supervisor_tell_time(&loop.supervisor, 1000 * SECOND, 0);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		clock_set(&loop.supervisor.clock, 0, 1000 * SECOND + cases[i].from_now);
		assert_int_equal(loop_wait(&loop), cases[i].expected);
	}
	clock_set(&loop.supervisor.clock, 0, 1); /* long ago */
	assert_int_equal(loop_wait(&loop), 0);
	close_house();
}

static void verbs_are_written_whole_and_an_interruption_is_no_failure(void **state)
{
	(void)state;
	open_house();
	fake_fail(FAKE_write, 1, 1, EINTR);
	fake_hook(FAKE_epoll_pwait, tell_story, NULL);
	assert_int_equal(loop_open(&loop, sim.plan, sim.slots, sim.status), 0);
	assert_int_equal(loop_run(&loop), 0);
	close_house();
}

static void a_vanished_init_ends_the_loop(void **state)
{
	(void)state;
	open_house();
	fake_fail(FAKE_write, 1, 1000, EPIPE);
	assert_int_equal(loop_open(&loop, sim.plan, sim.slots, sim.status), 0);
	assert_int_equal(loop_run(&loop), -EPIPE);
	close_house();
}

/* Its pipe is readable for ever then, without anything in it. */
static void a_vanished_init_is_waited_for_at_full_speed(void **state)
{
	(void)state;
	open_house();
	assert_int_equal(loop_open(&loop, sim.plan, sim.slots, sim.status), 0);
	assert_int_equal(sys_close(control_write), 0);
	control_write = -1;
	assert_int_equal(loop_run(&loop), -EPIPE);
	close_house();
}

static void whatever_cannot_be_opened_is_told(void **state)
{
	static enum fake_call const calls[] = { FAKE_pipe2, FAKE_epoll_create1, FAKE_epoll_ctl,
						FAKE_fcntl };

	(void)state;
	for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
		open_house();
		fake_reset();
		fake_fail(calls[i], 1, 1, EMFILE);
		assert_int_equal(loop_open(&loop, sim.plan, sim.slots, sim.status), -EMFILE);
		close_house();
	}
}

/* A log reader that has stopped must not stop the supervisor; what was lost is counted. */
static void messages_are_dropped_and_counted_when_nobody_reads(void **state)
{
	static char buffer[4096];
	ssize_t got;
	ssize_t last = 0;

	(void)state;
	open_house();
	while (sys_write(2, buffer, sizeof buffer) > 0)
		;
	loop_say(&loop, "one");
	loop_say(&loop, "two");
	assert_int_equal(loop.dropped, 2);
	while (sys_read(error_read, buffer, sizeof buffer) == (ssize_t)sizeof buffer)
		;
	loop_say(&loop, "three");
	while ((got = sys_read(error_read, buffer, sizeof buffer)) > 0)
		last = got;
	buffer[last] = '\0';
	assert_string_equal(buffer, "orlop: 2 messages could not be written\norlop: three\n");
	assert_int_equal(loop.dropped, 0);
	close_house();
}

static void a_long_message_stays_one_line(void **state)
{
	char text[900];
	char buffer[2000];
	ssize_t got;

	(void)state;
	memset(text, 'x', sizeof text);
	text[sizeof text - 1] = '\0';
	open_house();
	loop_say(&loop, text);
	got = sys_read(error_read, buffer, sizeof buffer);
	assert_true(got > 7 && got <= 512);
	assert_int_equal(buffer[got - 1], '\n');
	close_house();
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		cmocka_unit_test(a_life_from_boot_to_exit),
		cmocka_unit_test(a_clock_that_is_set_is_noticed_late),
		cmocka_unit_test(the_watch_over_the_clock_is_refused_or_rings),
		cmocka_unit_test(no_watch_over_the_clock_stops_the_supervisor),
		cmocka_unit_test(idle_costs_nothing),
		cmocka_unit_test(waits_are_rounded_up_and_bounded),
		cmocka_unit_test(verbs_are_written_whole_and_an_interruption_is_no_failure),
		cmocka_unit_test(a_vanished_init_ends_the_loop),
		cmocka_unit_test(a_vanished_init_is_waited_for_at_full_speed),
		cmocka_unit_test(whatever_cannot_be_opened_is_told),
		cmocka_unit_test(messages_are_dropped_and_counted_when_nobody_reads),
		cmocka_unit_test(a_long_message_stays_one_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
