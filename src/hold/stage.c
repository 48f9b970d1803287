/* SPDX-License-Identifier: ISC */
/*
 * fork(2) copies the whole descriptor table and the child closes it again: with 4000 descriptors
 * that is 0.2 ms, more than all else between fork and exec. So init puts copies of the few that a
 * child needs at low numbers (the stage), and forks with the table shared; the child's first act,
 * close_range with CLOSE_RANGE_UNSHARE, gives it a table of its own with the low numbers only.
 * Until it has done so its set of the stage is busy, which it tells through shared memory; when no
 * set is free, or a child needs more than a set holds, the fork is a plain one.
 */
#include "hold/stage.h"

#include "sys/sys.h"
#include "wire/descriptors.h"

#include <stdatomic.h>
#include <sys/mman.h>

enum { SETS = 32, WIDTH = 3, UNSHARE = 1 << 1 /* CLOSE_RANGE_UNSHARE, Linux 5.9 */ };

_Static_assert(FD_STAGE + SETS * WIDTH == FD_BLOCKS, "the stage ends where the blocks begin");

static _Atomic int32_t *users; /* pid of the child that a set waits for, -1 while it is forked */
static unsigned latest;

void stage_open(void)
{
	int error;

	if (sys_close_range(~0U, ~0U, UNSHARE) < 0)
		return;
	users = sys_mmap(SETS * sizeof *users, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
			 -1, &error);
}

/* A set that no child uses any more, or SETS. A child killed too early never gives its set back. */
static unsigned free_set(void)
{
	for (unsigned i = 0; i < SETS; i++) {
		unsigned const set = (latest + 1 + i) % SETS;
		int32_t const user = atomic_load(&users[set]);

		if (user == 0 || (i == SETS - 1 && user > 0 && sys_kill(user, 0) < 0))
			return latest = set;
	}
	return SETS;
}

static int number(unsigned set, unsigned n)
{
	return FD_STAGE + (int)(set * WIDTH + n);
}

/* Copies the high sources to the set; how many, or WIDTH + 1 when they do not fit. */
static unsigned fill(struct confine_request const *request, unsigned set)
{
	unsigned n = 0;

	for (uint32_t i = 0; i < request->place_count; i++) {
		if (request->places[i].from < FD_BLOCKS)
			continue;
		if (n == WIDTH || sys_dup3(request->places[i].from, number(set, n), 0) < 0)
			return WIDTH + 1;
		n++;
	}
	return n;
}

static void leave(struct confine_request *request, unsigned set)
{
	int const error = sys_close_range(FD_BLOCKS, ~0U, UNSHARE);
	struct spawn_error const report = { request->index, request->generation, STEP_DESCRIPTORS,
					    -error, 0 };
	unsigned n = 0;

	atomic_store(&users[set], 0);
	if (error < 0) { /* the table is still init's: touch nothing */
		(void)sys_write(FD_ERRORS_WRITE, &report, sizeof report);
		sys_exit(111);
	}
	for (uint32_t i = 0; i < request->place_count; i++)
		if (request->places[i].from >= FD_BLOCKS)
			request->places[i].from = number(set, n++);
}

int stage_fork(struct confine_request *request)
{
	unsigned const set = users && request->kept_count == 0 ? free_set() : SETS;
	int32_t forking = -1;
	int pid;

	if (set == SETS || fill(request, set) > WIDTH)
		return sys_fork();
	atomic_store(&users[set], forking);
	pid = sys_fork_sharing();
	if (pid == 0)
		leave(request, set);
	else if (pid < 0)
		atomic_store(&users[set], 0);
	else /* unless it has left already */
		(void)atomic_compare_exchange_strong(&users[set], &forking, pid);
	return pid;
}

void stage_close(void)
{
	for (int fd = FD_STAGE; fd < FD_BLOCKS; fd++)
		(void)sys_close(fd); /* most were never used */
}
