/* SPDX-License-Identifier: ISC */
/* The paths of listening sockets that their own service removes. */
#ifndef ORLOP_HOLD_NAMES_H
#define ORLOP_HOLD_NAMES_H

#include "wire/plan.h"

/* Gives the sockets that php-fpm will remove a second name, and knows those of a former life again;
   what cannot be had is said. */
void names_keep(void const *plan);

/* Gives sockets that have lost their first name that name again. */
void names_mend(void);

#endif
