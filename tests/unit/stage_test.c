/* SPDX-License-Identifier: ISC */
/*
 * Forking from the stage: the child must have exactly its own descriptors, and init's table must
 * not change, whatever fails. Each test runs in a process of its own, which plays init.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "hold/stage.h"
#include "sys/fake.h"
#include "sys/put.h"
#include "wire/descriptors.h"

enum { HIGH = FD_BLOCKS + 40 };

/* Runs `play` as init in a child; what it returns must be 0. */
static void as_init(int (*play)(void))
{
	int status;
	pid_t const pid = fork();

	if (pid == 0) {
		fake_reset();
		_exit(play());
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static struct confine_request two_pipes(void)
{
	struct confine_request request = { .place_count = 3 };

	request.places[0] = (struct confine_place){ 0, 0 };
	request.places[1] = (struct confine_place){ HIGH + 1, 1 };
	request.places[2] = (struct confine_place){ HIGH + 3, 2 };
	return request;
}

static int is_open(int fd)
{
	return fcntl(fd, F_GETFD) >= 0;
}

/* What a child of init checks of itself: 0 if its places lead to the pipes that were asked for. */
static int inspect(struct confine_request const *request)
{
	if (write(request->places[1].from, "a", 1) != 1 ||
	    write(request->places[2].from, "b", 1) != 1)
		return 1;
	if (is_open(HIGH) || is_open(HIGH + 1) || is_open(HIGH + 2))
		return 2;
	return request->places[0].from != 0;
}

static int read_both(void)
{
	char a = 0;
	char b = 0;

	if (read(HIGH, &a, 1) != 1 || read(HIGH + 2, &b, 1) != 1)
		return 10;
	return a == 'a' && b == 'b' ? 0 : 11;
}

static int wait_for(int pid)
{
	int status;

	return waitpid(pid, &status, 0) == pid ? status : -1;
}

static int fork_and_look(void)
{
	struct confine_request request = two_pipes();
	int const pid = stage_fork(&request);

	if (pid == 0)
		_exit(inspect(&request));
	if (pid < 0 || wait_for(pid) != 0 || request.places[1].from != HIGH + 1)
		return 3;
	return is_open(HIGH) && is_open(HIGH + 1) ? read_both() : 4;
}

static int open_pipes(void)
{
	return put_pipe(HIGH, HIGH + 1, 0) < 0 || put_pipe(HIGH + 2, HIGH + 3, 0) < 0;
}

static int plays_a_hundred(void)
{
	if (open_pipes())
		return 1;
	stage_open();
	for (int i = 0; i < 100; i++) {
		int const error = fork_and_look();

		if (error)
			return error;
	}
	return fake_count(FAKE_fork_sharing) == 100 ? 0 : 5;
}

static void a_child_does_not_get_its_descriptors(void **state)
{
	(void)state;
	as_init(plays_a_hundred);
}

/* Children that have not left yet: each set is used once, then the forks are plain ones. */
static int plays_many_at_once(void)
{
	struct confine_request request = two_pipes();
	int pids[64];
	int plain;

	if (open_pipes())
		return 1;
	stage_open();
	fake_fail(FAKE_fork_sharing, 1000, 1, EAGAIN);
	for (int i = 0; i < 64; i++) {
		pids[i] = stage_fork(&request);
		if (pids[i] == 0)
			_exit(write(request.places[1].from, "x", 1) != 1);
	}
	plain = 0;
	for (int i = 0; i < 64; i++)
		plain |= wait_for(pids[i]);
	for (int i = 0; i < 64; i++) {
		char got = 0;

		if (read(HIGH, &got, 1) != 1 || got != 'x')
			return 2;
	}
	return plain;
}

static void children_at_once_take_each_others_descriptors(void **state)
{
	(void)state;
	as_init(plays_many_at_once);
}

static int plays_without_unshare(void)
{
	struct confine_request request = two_pipes();
	int pid;

	fake_fail(FAKE_close_range, 1, 1, EPERM); /* Docker's profile before 20.10.4 */
	if (open_pipes())
		return 1;
	stage_open();
	pid = stage_fork(&request);
	if (pid == 0)
		_exit(request.places[1].from != HIGH + 1);
	return fake_count(FAKE_fork_sharing) || wait_for(pid);
}

static void an_old_kernel_shares_inits_table(void **state)
{
	(void)state;
	as_init(plays_without_unshare);
}

static int plays_a_child_that_cannot_leave(void)
{
	struct confine_request request = two_pipes();
	struct spawn_error error;
	int pid;

	request.index = 7;
	request.generation = 3;
	if (open_pipes() || put_pipe(FD_ERRORS_READ, FD_ERRORS_WRITE, O_NONBLOCK) < 0)
		return 1;
	stage_open();
	fake_fail(FAKE_close_range, 2, 1, ENOMEM);
	pid = stage_fork(&request);
	if (pid == 0)
		_exit(0); /* must not come here */
	if (wait_for(pid) != 111 << 8 || !is_open(HIGH) || !is_open(HIGH + 3))
		return 2;
	if (read(FD_ERRORS_READ, &error, sizeof error) != sizeof error)
		return 3;
	return error.slot == 7 && error.generation == 3 && error.step == STEP_DESCRIPTORS &&
		       error.number == ENOMEM
		   ? 0
		   : 4;
}

static void a_child_that_cannot_leave_is_silent(void **state)
{
	(void)state;
	as_init(plays_a_child_that_cannot_leave);
}

static int plays_more_than_a_set_holds(void)
{
	struct confine_request request = { .place_count = 6 };
	int pid;

	if (open_pipes())
		return 1;
	stage_open();
	for (int i = 0; i < 6; i++)
		request.places[i] = (struct confine_place){ HIGH + i % 4, i };
	pid = stage_fork(&request);
	if (pid == 0)
		_exit(!is_open(HIGH + 3) || request.places[3].from != HIGH + 3);
	return fake_count(FAKE_fork_sharing) || wait_for(pid);
}

static void a_service_with_sockets_loses_some(void **state)
{
	(void)state;
	as_init(plays_more_than_a_set_holds);
}

static int plays_a_refused_fork(void)
{
	struct confine_request request = two_pipes();

	if (open_pipes())
		return 1;
	stage_open();
	for (int i = 0; i < 100; i++) {
		fake_reset();
		fake_fail(FAKE_fork_sharing, 1, 1, EAGAIN);
		if (stage_fork(&request) != -EAGAIN)
			return 2;
	}
	fake_reset();
	return fork_and_look();
}

static void refused_forks_use_the_stage_up(void **state)
{
	(void)state;
	as_init(plays_a_refused_fork);
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		cmocka_unit_test(a_child_does_not_get_its_descriptors),
		cmocka_unit_test(children_at_once_take_each_others_descriptors),
		cmocka_unit_test(an_old_kernel_shares_inits_table),
		cmocka_unit_test(a_child_that_cannot_leave_is_silent),
		cmocka_unit_test(a_service_with_sockets_loses_some),
		cmocka_unit_test(refused_forks_use_the_stage_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
