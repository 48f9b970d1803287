/* SPDX-License-Identifier: ISC */
/* The file on disk, run by a child first: whether init could go on as that program. */
#ifndef ORLOP_RENEW_TRIAL_H
#define ORLOP_RENEW_TRIAL_H

#include <stdint.h>

#include "wire/renew.h"

/* The record of FD_RENEW, mapped; NULL with *error set. */
struct renew *trial_record(int *error);

/* Starts it with the file at FD_RENEW_PROGRAM: the child's pid, or a negative errno. */
int trial_begin(struct renew *record, char *const *environment);

/* The end of that child: 0, or the negative errno that speaks against the file. */
int trial_verdict(struct renew const *record, int status);

/* In the child: writes the verdict and ends. */
_Noreturn void trial_run(struct renew *record);

#endif
