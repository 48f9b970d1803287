/* SPDX-License-Identifier: ISC */
/*
 * System calls by name, as this architecture numbers them: for what people write (`syscalls =`)
 * and for what they are shown. PID 1 has the numbers alone and is linked without this.
 */
#ifndef ORLOP_CONFINE_SYSCALLS_H
#define ORLOP_CONFINE_SYSCALLS_H

/* The number of the call `name`, or -ENOENT. */
int syscalls_number(char const *name);

/* The name of call `number`, or NULL. */
char const *syscalls_name(int number);

#endif
