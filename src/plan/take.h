/* SPDX-License-Identifier: ISC */
/* The functions that take one value each; keys.c names them in its table. */
#ifndef ORLOP_PLAN_TAKE_H
#define ORLOP_PLAN_TAKE_H

#include "plan/keys.h"

/* take_general.c: by the key's offset, low, high and choices */
key_taker take_words;	 /* struct words */
key_taker take_text;	 /* char const *, one word */
key_taker take_paths;	 /* struct words: absolute, a leading ? allowed */
key_taker take_path;	 /* char const *, absolute */
key_taker take_names;	 /* struct words: names of services */
key_taker take_duration; /* uint64_t */
key_taker take_number;	 /* int32_t or uint32_t */
key_taker take_octal;	 /* uint32_t */
key_taker take_choice;	 /* uint32_t */
key_taker take_signal;	 /* uint32_t */
key_taker take_ports;	 /* struct ports */
key_taker take_nothing;	 /* its value was looked at before */

/* take_process.c: what runs */
key_taker take_enabled_if;
key_taker take_schedule;
key_taker take_limits;
key_taker take_pass;
key_taker take_secrets;
key_taker take_capabilities;
key_taker take_syscalls;
key_taker take_log;

/* take_life.c: readiness, end and restart */
key_taker take_ready;
key_taker take_health;
key_taker take_success;
key_taker take_restart_delay;
key_taker take_restart_limit;
key_taker take_forward;

/* take_listen.c */
key_taker take_listen;
key_taker take_listen_env;

/* Shared with orlop.ini: 0, or -EINVAL with *found told. */
int take_log_words(struct arena *arena, struct words const *words, uint32_t *log,
		   char const **option, char const **found);

#endif
