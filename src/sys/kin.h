/* SPDX-License-Identifier: ISC */
/* How many children are left: orphans that no table knows of are children too. */
#ifndef ORLOP_SYS_KIN_H
#define ORLOP_SYS_KIN_H

/*
 * The number of this process's children, dead ones that wait to be reaped included; 255 for that
 * many or more. A negative errno where /proc does not tell (no /proc, no CONFIG_PROC_CHILDREN).
 */
int kin_count(void);

#endif
