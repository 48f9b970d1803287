/* SPDX-License-Identifier: ISC */
/* Waiting for a child, and its end as shells tell it. */
#ifndef ORLOP_LIB_EXIT_CODE_H
#define ORLOP_LIB_EXIT_CODE_H

/* Waits for child `pid`: its exit status, 128 + n for signal n, or a negative errno. */
int exit_code_of(int pid);

#endif
