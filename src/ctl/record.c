/* SPDX-License-Identifier: ISC */
/*
 * The pipe is init's own, opened anew without blocking: a supervisor that takes nothing is found
 * out by a deadline, not by hanging with it.
 */
#include "ctl/record.h"

#include "ctl/ctl.h"
#include "lib/now.h"
#include "sys/sys.h"
#include "wire/descriptors.h"

#include <errno.h>
#include <fcntl.h>
#include <skalibs/strerr.h>
#include <string.h>

uint32_t record_taken(struct house const *house)
{
	struct status_header const *status = house_status(house);

	return atomic_load(&status->control_records) + atomic_load(&status->control_ignored);
}

int record_open(struct house const *house)
{
	return house_descriptor(house->pid, FD_CONTROL_WRITE, O_WRONLY | O_NONBLOCK);
}

static int wait_for_room(int fd, uint64_t deadline)
{
	struct pollfd poll = { .fd = fd, .events = POLLOUT };
	uint64_t const now = now_read(CLOCK_MONOTONIC);
	uint64_t const left = deadline > now ? deadline - now : 0;
	struct timespec time = { .tv_sec = (time_t)(left / 1000000000),
				 .tv_nsec = (long)(left % 1000000000) };
	int const ready = sys_ppoll(&poll, 1, &time, NULL, SYS_MASK_SIZE);

	return ready == 0 ? -ETIMEDOUT : ready == -EINTR || ready > 0 ? 0 : ready;
}

int record_send(struct house const *house, int fd, struct verb const *verb, uint64_t deadline)
{
	struct verb whole = *verb;
	unsigned char bytes[VERB_SIZE];
	ssize_t n;

	whole.generation = atomic_load(&house_slots(house)->plan_generation);
	verb_pack(bytes, &whole);
	do {
		n = sys_write(fd, bytes, sizeof bytes);
		if (n == -EAGAIN)
			n = wait_for_room(fd, deadline);
	} while (n == 0 || n == -EINTR);
	return n < 0 ? (int)n : 0;
}

int record_complain(char const *verb, int error)
{
	strerr_warn(PROG, " ", verb, ": cannot write to the control pipe: ",
		    error == -ETIMEDOUT ? "the supervisor takes nothing" : strerror(-error));
	return EXIT_SYSTEM;
}
