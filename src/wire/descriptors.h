/* SPDX-License-Identifier: ISC */
/*
 * The descriptors of orlop-init in tree mode. Their numbers are a format: the supervisor, the
 * logger and orlop-plan find them at the same numbers, and the user's command reaches them as
 * /proc/PID/fd/N, so that no directory is needed. Below FD_BLOCKS each has one number for ever;
 * from slot_header.first_fd on (FD_BLOCKS at boot) come four blocks without gaps:
 *
 *	log read ends      first_fd + k                          k < log_count
 *	log write ends     first_fd + L + k                      L = log_count
 *	notify read ends   first_fd + 2L + k                     k < notify_count
 *	notify write ends  first_fd + 2L + M + k                 M = notify_count
 *	listening sockets  first_fd + 2L + 2M + k                k < listen_count
 *
 * A notify read end is a pipe's (ready = fd:N) or a datagram socket (ready = notify); a socket's
 * "write end" is a copy of the same socket, which nobody is given.
 * Log pipe 0 is Orlop's own: the supervisor's messages. Its write end alone is non-blocking.
 */
#ifndef ORLOP_WIRE_DESCRIPTORS_H
#define ORLOP_WIRE_DESCRIPTORS_H

#include "wire/plan.h"

enum descriptor {
	FD_PLAN = 3,	     /* sealed memfd: struct plan_header … */
	FD_SLOTS = 4,	     /* memfd: struct slot_header and the slots; init writes */
	FD_STATUS = 5,	     /* memfd: struct status_header …; the supervisor writes */
	FD_LOG_STATE = 6,    /* memfd: the logger's own, see log/log_state.h */
	FD_CONTROL_READ = 7, /* pipe of struct verb, from operators to the supervisor */
	FD_CONTROL_WRITE = 8,
	FD_VERBS_READ = 9, /* pipe of struct verb, from the supervisor to init */
	FD_VERBS_WRITE = 10,
	FD_WAKE = 11,	     /* non-blocking eventfd: init tells the supervisor to look */
	FD_ERRORS_READ = 12, /* non-blocking pipe of struct spawn_error, from unborn children */
	FD_ERRORS_WRITE = 13,
	FD_SIGNALS = 14, /* init's signalfd */
	FD_NULL = 15,	 /* /dev/null, for every service's standard input */
	FD_RENEW = 16,	 /* memfd: struct renew, see renew/renew.h; once there was an upgrade */
	FD_RENEW_PROGRAM = 17, /* the file that is tried */
	FD_RENEW_TABLE = 18,   /* the slot table before the upgrade, until it has come about */
	FD_STAGE = 32,	       /* up to FD_BLOCKS: copies for a child that is being forked */
	FD_BLOCKS = 128
};

/* Descriptor k of each block of the plan `h`; `first` is slot_header.first_fd. */
static inline int fd_log_read(struct plan_header const *h, uint32_t first, uint32_t k)
{
	(void)h;
	return (int)(first + k);
}

static inline int fd_log_write(struct plan_header const *h, uint32_t first, uint32_t k)
{
	return (int)(first + h->log_count + k);
}

static inline int fd_notify_read(struct plan_header const *h, uint32_t first, uint32_t k)
{
	return (int)(first + 2 * h->log_count + k);
}

static inline int fd_notify_write(struct plan_header const *h, uint32_t first, uint32_t k)
{
	return (int)(first + 2 * h->log_count + h->notify_count + k);
}

static inline int fd_listen(struct plan_header const *h, uint32_t first, uint32_t k)
{
	return (int)(first + 2 * h->log_count + 2 * h->notify_count + k);
}

/* The first number behind the blocks: what RLIMIT_NOFILE must allow. */
static inline uint32_t fd_end(struct plan_header const *h, uint32_t first)
{
	return first + 2 * h->log_count + 2 * h->notify_count + h->listen_count;
}

#endif
