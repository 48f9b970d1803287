/* SPDX-License-Identifier: ISC */
/* Signals as PID 1 takes them: none lost, none of its own, and the caller's state given back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <signal.h>

#include "play.h"
#include "sys/signals.h"

static void what_means_stop_is_wrong(void **state)
{
	uint64_t stops = 0;

	(void)state;
	for (int signal = 1; signal <= 64; signal++)
		if (signals_is_stop(signal))
			stops |= UINT64_C(1) << signal;
	assert_int_equal(stops, UINT64_C(1) << SIGTERM | UINT64_C(1) << SIGINT |
				    UINT64_C(1) << SIGQUIT | UINT64_C(1) << SIGWINCH |
				    UINT64_C(1) << SIGPWR | UINT64_C(1) << 37);
}

/* Sends a signal from another process, and waits until it has been sent. */
static void send_from_outside(int signal, int count)
{
	pid_t const parent = getpid();
	pid_t const pid = fork();

	if (pid == 0) {
		for (int i = 0; i < count; i++)
			kill(parent, signal);
		_exit(0);
	}
	(void)waitpid(pid, NULL, 0);
}

/* How many of `signal` can be read; SIGCHLD is passed over. */
static int count_of(int fd, int signal)
{
	struct signalfd_siginfo infos[SIGNALS_BATCH];
	int found = 0;
	int count;

	while ((count = signals_read(fd, infos)) > 0)
		for (int i = 0; i < count; i++)
			found += infos[i].ssi_signo == (uint32_t)signal;
	return found;
}

static int plays_every_signal(void)
{
	int const fd = signals_take();

	EXPECT(fd >= 0);
	for (int signal = 1; signal <= 64; signal++) {
		if (signal == SIGKILL || signal == SIGSTOP || signal == SIGCHLD)
			continue;
		send_from_outside(signal, 1);
		EXPECT(count_of(fd, signal) == 1);
	}
	return 0;
}

static void a_signal_is_not_taken(void **state)
{
	(void)state;
	assert_int_equal(play(plays_every_signal), 0);
}

static int plays_a_storm(void)
{
	int const fd = signals_take();

	send_from_outside(40, 3 * SIGNALS_BATCH + 1);
	EXPECT(count_of(fd, 40) == 3 * SIGNALS_BATCH + 1);
	return 0;
}

static void more_signals_than_a_batch_are_lost(void **state)
{
	(void)state;
	assert_int_equal(play(plays_a_storm), 0);
}

static int plays_its_own(void)
{
	int const fd = signals_take();

	(void)kill(getpid(), SIGHUP);
	EXPECT(count_of(fd, SIGHUP) == 0);
	(void)kill(getpid(), SIGCHLD);
	EXPECT(count_of(fd, SIGCHLD) == 1);
	return 0;
}

static void the_hang_up_of_its_own_terminal_is_forwarded(void **state)
{
	(void)state;
	assert_int_equal(play(plays_its_own), 0);
}

static int plays_a_failing_read(void)
{
	struct signalfd_siginfo infos[SIGNALS_BATCH];
	int const fd = signals_take();

	fake_fail(FAKE_read, 1, 1, EIO);
	EXPECT(signals_read(fd, infos) == 0);
	EXPECT(signals_read(fd, infos) == 0); /* nothing pending: it must not block */
	return 0;
}

static void a_read_that_fails_blocks_or_makes_signals_up(void **state)
{
	(void)state;
	assert_int_equal(play(plays_a_failing_read), 0);
}

static int plays_restoring(void)
{
	sigset_t mask;

	(void)sigemptyset(&mask);
	(void)sigaddset(&mask, SIGUSR1);
	(void)sigprocmask(SIG_SETMASK, &mask, NULL);
	(void)signal(SIGCHLD, SIG_IGN);
	EXPECT(signals_take() >= 0);
	(void)sigprocmask(SIG_SETMASK, NULL, &mask);
	EXPECT(sigismember(&mask, SIGTERM) == 1);
	send_from_outside(SIGUSR2,
			  0); /* its child can be waited for only if SIGCHLD is not ignored */
	EXPECT(fork() != 0 || (_exit(5), 0));
	EXPECT(waitpid(-1, &(int){ 0 }, 0) > 0);
	signals_restore();
	(void)sigprocmask(SIG_SETMASK, NULL, &mask);
	EXPECT(sigismember(&mask, SIGTERM) == 0 && sigismember(&mask, SIGUSR1) == 1);
	EXPECT(signal(SIGCHLD, SIG_DFL) == SIG_IGN);
	return 0;
}

static void the_command_gets_inits_mask_or_dispositions(void **state)
{
	(void)state;
	assert_int_equal(play(plays_restoring), 0);
}

static int plays_a_refused_descriptor(void)
{
	fake_fail(FAKE_signalfd4, 1, 1, EMFILE);
	EXPECT(signals_take() == -EMFILE);
	return 0;
}

static void a_refused_descriptor_is_not_told(void **state)
{
	(void)state;
	assert_int_equal(play(plays_a_refused_descriptor), 0);
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		cmocka_unit_test(what_means_stop_is_wrong),
		cmocka_unit_test(a_signal_is_not_taken),
		cmocka_unit_test(more_signals_than_a_batch_are_lost),
		cmocka_unit_test(the_hang_up_of_its_own_terminal_is_forwarded),
		cmocka_unit_test(a_read_that_fails_blocks_or_makes_signals_up),
		cmocka_unit_test(the_command_gets_inits_mask_or_dispositions),
		cmocka_unit_test(a_refused_descriptor_is_not_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
