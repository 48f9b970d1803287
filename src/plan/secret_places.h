/* SPDX-License-Identifier: ISC */
/*
 * Where secrets may be. The cage reads them as root and follows links, so whoever may write on the
 * way to one could have root read another file for it. And the file of a secret is the service's
 * alone, so what is no file, or has other names, is told.
 */
#ifndef ORLOP_PLAN_SECRET_PLACES_H
#define ORLOP_PLAN_SECRET_PLACES_H

#include "plan/declaration.h"

/* For all services in the plan that may start, or are in the image. */
void secret_places_check(struct declarations *declarations);

#endif
