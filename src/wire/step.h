/* SPDX-License-Identifier: ISC */
/*
 * The steps between fork and exec, by number: a child that cannot go on writes one struct
 * spawn_error to FD_ERRORS_WRITE and exits 111 (126 or 127 where exec itself failed). 20 bytes,
 * so the write is atomic; init reads it before it reaps the child.
 */
#ifndef ORLOP_WIRE_STEP_H
#define ORLOP_WIRE_STEP_H

#include <stdint.h>

enum confine_step {
	STEP_NONE = 0,
	STEP_FORK = 1,
	STEP_SIGNALS = 2,
	STEP_SESSION = 3,
	STEP_TERMINAL = 4,
	STEP_DESCRIPTORS = 5,
	STEP_UMASK = 6,
	STEP_LIMITS = 7,
	STEP_NICE = 8,
	STEP_OOM_SCORE = 9,
	STEP_PATHS = 10,
	STEP_BOUNDING_SET = 11,
	STEP_GROUPS = 12,
	STEP_GID = 13,
	STEP_UID = 14,
	STEP_PROOF = 15,
	STEP_CAPABILITIES = 16,
	STEP_DIRECTORY = 17,
	STEP_NO_NEW_PRIVS = 18,
	STEP_LANDLOCK = 19,
	STEP_SECCOMP = 20,
	STEP_SECRETS = 21,
	STEP_ENVIRONMENT = 22,
	STEP_EXEC = 23,
	STEP_COUNT = 24
};

struct spawn_error {
	uint32_t slot;
	uint32_t generation;
	uint32_t step;
	int32_t number;	 /* errno */
	uint32_t object; /* which of the slot's paths or secrets, from 1; 0 for other steps */
};

/* "fork", "exec", "working directory" …: what a message says after "cannot start: ". */
char const *step_name(uint32_t step);

#endif
