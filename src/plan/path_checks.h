/* SPDX-License-Identifier: ISC */
/*
 * Whether the paths that services declare are there. A missing one is a fault, but for one with ?
 * in front and one that is still to be made: a `write` path of an image, which lockdown makes, and
 * all paths of an image that services of phase = build add files to, which is a notice. So is a
 * missing `directory`.
 */
#ifndef ORLOP_PLAN_PATH_CHECKS_H
#define ORLOP_PLAN_PATH_CHECKS_H

#include "plan/declaration.h"

/* For all services that start from this plan, or are in the image. */
void path_checks_all(struct declarations *declarations);

#endif
