/* SPDX-License-Identifier: ISC */
/*
 * The last lines of each slot whose log goes to the container's own output, for `orlop logs`. They
 * lie in the memfd FD_LOG_STATE, which the logger writes; all else in there is its own business.
 *
 *	LOG_RECORDS + (LOG_RING_FIRST + slot) * LOG_RECORD_SIZE		bytes ever put, uint64_t
 *	LOG_RINGS + slot * LOG_RING_SIZE				the ring: byte n of them is
 *									at n modulo LOG_RING_SIZE
 *
 * What was put is text, so that a reader finds its way from any newline: for each line 16 digits
 * of hexadecimal CLOCK_REALTIME nanoseconds, one letter, the line and a newline. The letter is o
 * (standard output) or e (standard error), in capitals when the line goes on in the next entry of
 * the same stream. The number is stored after the bytes: who reads it before and after the ring
 * knows what may have been overwritten meanwhile.
 *
 * It is a help for people, not a record: a logger that is killed may leave lines out here, and one
 * that had too much at once does. What goes to the output is not touched by that.
 */
#ifndef ORLOP_WIRE_LOG_RING_H
#define ORLOP_WIRE_LOG_RING_H

enum {
	LOG_RECORDS = 4096,
	LOG_RECORD_SIZE = 128,
	LOG_RING_FIRST = 2,
	LOG_RING_COUNT = 8192, /* SLOT_MAX */
	LOG_RINGS = 2 << 20,
	LOG_RING_SIZE = 8192,
	LOG_RING_HEAD = 17 /* bytes before each line */
};

#endif
