/* SPDX-License-Identifier: ISC */
/* What the keys of one service mean together: combinations without sense, and defaults that
 * depend on other keys. */
#ifndef ORLOP_PLAN_COHERENCE_H
#define ORLOP_PLAN_COHERENCE_H

#include "plan/declaration.h"

void coherence_check(struct declarations *declarations, struct service *service);

#endif
