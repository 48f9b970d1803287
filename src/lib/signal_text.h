/* SPDX-License-Identifier: ISC */
/*
 * Signals as people write them: "TERM", "SIGTERM", "term", "15", "RTMIN+3", "RTMAX-1".
 */
#ifndef ORLOP_LIB_SIGNAL_TEXT_H
#define ORLOP_LIB_SIGNAL_TEXT_H

enum { SIGNAL_TEXT_SIZE = 16 };

/* The number, 1 to 64, or -EINVAL. */
int signal_text_parse(char const *string);

/* "SIGTERM", "SIGRTMIN+3"; "signal 99" for a number that is none. Returns `buffer`. */
char const *signal_text_name(int number, char buffer[SIGNAL_TEXT_SIZE]);

#endif
