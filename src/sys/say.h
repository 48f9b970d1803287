/* SPDX-License-Identifier: ISC */
/*
 * Messages of the programs that have no stdio: one write a line, never blocking. A reader that has
 * stopped reading costs the line, not the program.
 */
#ifndef ORLOP_SYS_SAY_H
#define ORLOP_SYS_SAY_H

/* Where say() writes; standard error at start. */
void say_to(int fd);

/* Writes "PROGRAM: " and the strings up to a NULL, as one line; 511 bytes at most. */
void say(char const *program, ...) __attribute__((sentinel));

/* What strerror(3) says of a positive errno. */
char const *say_error(int number);

#endif
