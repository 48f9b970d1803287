/* SPDX-License-Identifier: ISC */
/* The children that are left: orphans that no table knows of are children too. */
#ifndef ORLOP_SYS_KIN_H
#define ORLOP_SYS_KIN_H

/*
 * The number of this process's children, dead ones that wait to be reaped included; 255 for that
 * many or more. A negative errno where /proc does not tell (no /proc, no CONFIG_PROC_CHILDREN).
 */
int kin_count(void);

/* Kills all of them but `spared` (0: nobody): how many there are without it, or a negative errno. */
int kin_kill(int spared);

#endif
