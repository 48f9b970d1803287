/* SPDX-License-Identifier: ISC */
/*
 * The steps of order.c that have no header of their own, in their order. Each returns 0 or a
 * negative errno, runs in the forked child and changes that child alone.
 */
#ifndef ORLOP_CONFINE_STEPS_H
#define ORLOP_CONFINE_STEPS_H

#include "confine/confine.h"

/* All dispositions default, if they are not yet, then the mask empty. */
int session_signals(struct confine_request const *request);
int session_start(struct confine_request const *request);
int session_terminal(struct confine_request const *request);

/*
 * Puts each place's descriptor to its number and closes what is neither placed nor kept. The error
 * descriptor survives, close-on-exec; *error_fd follows it when its number is needed.
 */
int placing_apply(struct confine_request const *request, int *error_fd);

int priority_nice(struct plan_slot const *slot);
int priority_oom_score(struct plan_slot const *slot);

/* *ruleset becomes a descriptor for landlock_enter(), or -1 where there is no domain to enter. */
int landlock_ruleset(struct confine_request const *request, int *ruleset);

/* Allows the slot's paths; on failure *object is the number of the path, from 1. */
int landlock_paths(struct confine_request const *request, int ruleset, uint32_t *object);
int landlock_enter(struct confine_request const *request, int ruleset);

/*
 * *secrets becomes a list of "NAME=content", in static memory and with NULL at its end; on failure
 * *object is the number of the secret, from 1.
 */
int secrets_read(struct confine_request const *request, char *const **secrets, uint32_t *object);

/* The filter of system calls, where the host has it and the slot does not switch it off. */
int seccomp_enter(struct confine_request const *request);

int ids_groups(struct confine_request const *request);
int ids_gid(struct plan_slot const *slot);
int ids_uid(struct plan_slot const *slot);

/* 0 when every id reads back as the slot's and uid 0 is out of reach. */
int ids_prove(struct confine_request const *request);

/* The service's own environment, in static memory; the secrets come last and win. */
int environment_build(struct confine_request const *request, char *const *secrets,
		      char *const **environment);

/* The value of `name` or NULL. */
char const *environment_value(char *const *environment, char const *name);

#endif
