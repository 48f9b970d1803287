/* SPDX-License-Identifier: ISC */
/* One log pipe: where its lines go, how they look, and where it is in the queue. */
#ifndef ORLOP_LOG_LOG_SOURCE_H
#define ORLOP_LOG_LOG_SOURCE_H

#include "log/log_style.h"

#include <stdbool.h>
#include <stdint.h>

enum { LOG_NO_SLOT = UINT32_MAX };

struct log_source {
	int fd;		   /* read end; -1 once it has ended */
	uint32_t output;   /* index of outputs */
	uint32_t slot;	   /* whose ring gets its last lines, or LOG_NO_SLOT */
	uint32_t too_long; /* see log_lines_long() */
	char stream;	   /* 'o' or 'e' */
	struct log_style style;
	bool wide; /* its pipe was made larger */
	bool queued;
	bool hung_up;  /* nobody can write any more */
	bool stale;    /* its unfinished line was silent for a second */
	uint64_t held; /* when it was last heard of while it holds an unfinished line, else 0 */
	struct log_source *next; /* in the queue */
};

#endif
