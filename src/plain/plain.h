/* SPDX-License-Identifier: ISC */
/* Plain mode: one command, as if it were run alone. */
#ifndef ORLOP_INIT_PLAIN_H
#define ORLOP_INIT_PLAIN_H

/* Runs the command, forwards every signal, reaps; its exit status, 128+n for a signal. */
int plain_run(int signals, char *const *command, char *const *environment);

#endif
