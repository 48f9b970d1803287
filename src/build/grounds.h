/* SPDX-License-Identifier: ISC */
/*
 * The directories that services write in: those that are missing are made, and what is in those of
 * services of phase = build becomes theirs before they run, with its modes as they are. Afterwards
 * `lockdown` gives everything to whom it belongs at run time. Where a line of [files] says whose
 * the files are, they are so already while the image is made.
 */
#ifndef ORLOP_BUILD_GROUNDS_H
#define ORLOP_BUILD_GROUNDS_H

/* 0, or the exit status to end with after messages: 1 something was refused, 111 by the system. */
int grounds_prepare(void const *plan);

#endif
