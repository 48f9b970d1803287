/* SPDX-License-Identifier: ISC */
/*
 * What operators ask for, as records of wire/verb.h. A record that is malformed, unknown, of
 * another plan, or senseless now, is ignored and counted; nothing an operator sends can do more
 * than start, stop and signal declared services.
 */
#ifndef ORLOP_SUPERVISE_CONTROL_H
#define ORLOP_SUPERVISE_CONTROL_H

#include "supervise/supervisor.h"

#include <stddef.h>

/*
 * Takes the records in `bytes` and returns how many bytes are done with. Records are written
 * whole, so with `drained` (the pipe is empty) a rest that is no record is rubbish; else it is
 * kept for what comes next. After rubbish it goes on at the next magic number.
 */
size_t control_take(struct supervisor *s, unsigned char const *bytes, size_t size, bool drained);

#endif
