/* SPDX-License-Identifier: ISC */
/* All signals blocked and read from one descriptor; the caller's state kept for its child. */
#ifndef ORLOP_SYS_SIGNALS_H
#define ORLOP_SYS_SIGNALS_H

#include <stdbool.h>
#include <sys/signalfd.h>

enum { SIGNALS_BATCH = 16 };

/* Blocks every signal; the descriptor, non-blocking, or a negative errno. */
int signals_take(void);

/* Every disposition becomes the default, for good: there is a child that inherits them. */
void signals_default(void);

/* In a child: mask and dispositions as this program found them. */
void signals_restore(void);

/* TERM, INT, QUIT, WINCH, PWR and RTMIN+3: whatever an engine or an image calls "stop". */
bool signals_is_stop(int signal);

/* Reads what is pending, 0 for none; signals that this process sent itself are passed over. */
int signals_read(int fd, struct signalfd_siginfo infos[SIGNALS_BATCH]);

#endif
