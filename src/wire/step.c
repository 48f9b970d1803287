/* SPDX-License-Identifier: ISC */
/* The steps' names for people. */
#include "wire/step.h"

char const *step_name(uint32_t step)
{
	static char const *const names[STEP_COUNT] = {
		[STEP_NONE] = "start",
		[STEP_FORK] = "fork",
		[STEP_SIGNALS] = "signal mask",
		[STEP_SESSION] = "session",
		[STEP_TERMINAL] = "terminal",
		[STEP_DESCRIPTORS] = "descriptors",
		[STEP_UMASK] = "umask",
		[STEP_LIMITS] = "limits",
		[STEP_NICE] = "nice",
		[STEP_OOM_SCORE] = "oom-score-adjust",
		[STEP_PATHS] = "declared paths",
		[STEP_BOUNDING_SET] = "capability bounding set",
		[STEP_GROUPS] = "supplementary groups",
		[STEP_GID] = "group id",
		[STEP_UID] = "user id",
		[STEP_PROOF] = "proof of the dropped privileges",
		[STEP_CAPABILITIES] = "capabilities",
		[STEP_DIRECTORY] = "working directory",
		[STEP_NO_NEW_PRIVS] = "no_new_privs",
		[STEP_LANDLOCK] = "landlock",
		[STEP_SECCOMP] = "seccomp",
		[STEP_SECRETS] = "secrets",
		[STEP_ENVIRONMENT] = "environment",
		[STEP_EXEC] = "exec",
	};

	return step < STEP_COUNT ? names[step] : "unknown step";
}
