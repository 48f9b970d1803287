/* SPDX-License-Identifier: ISC */
/*
 * The environment of a service. The plan carries what is set and the names of what is let
 * through; the container's own values stay with PID 1.
 */
#ifndef ORLOP_PLAN_VARIABLES_H
#define ORLOP_PLAN_VARIABLES_H

#include "plan/declaration.h"

/* Takes the [environment] sections of a preset (or NULL) and of the service's own file. */
void variables_declare(struct declarations *declarations, struct service *service,
		       struct place preset, struct ini const *preset_ini, struct ini const *own);

/* The value that the service will see under `name`, or NULL. */
char const *variables_value(struct declarations const *declarations, struct service const *service,
			    char const *name);

/* What is set for every slot of the service, "NAME=value". */
struct words variables_common(struct declarations *declarations, struct service const *service);

/* Which of the container's variables are let through, by name; sets PLAN_PASS_ALL or clears it. */
struct words variables_passed(struct declarations *declarations, struct service *service);

/* The variables that hand its listening sockets, at descriptors from 3 on, to a service. */
struct words variables_sockets(struct declarations *declarations, struct service const *service);

#endif
