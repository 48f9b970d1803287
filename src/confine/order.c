/* SPDX-License-Identifier: ISC */
/*
 * confine_exec(): the steps between fork and exec, one a line, each with its reason. The order is
 * the contract of DESIGN section 6, and most of it cannot be changed: each step either needs what a
 * later one gives up, or would be undone by an earlier one. Paths and ports join the ruleset where
 * it is made.
 */
#include "confine/caps.h"
#include "confine/confine.h"
#include "confine/exec.h"
#include "confine/limits.h"
#include "confine/steps.h"
#include "sys/sys.h"

#include <errno.h>
#include <limits.h>
#include <linux/prctl.h>
#include <linux/securebits.h>

static char *arguments[PLAN_ARGUMENTS_MAX + 1];

struct child {
	struct confine_request const *request;
	int error_fd;
	uint32_t object; /* of the step that is taken, see struct spawn_error */
};

static _Noreturn void fail(struct child const *child, enum confine_step step, int error)
{
	struct confine_request const *request = child->request;
	struct spawn_error const record = {
		.slot = request->index,
		.generation = request->generation,
		.step = step,
		.number = -error,
		.object = child->object,
	};

	if (request->report)
		request->report(&record);
	if (child->error_fd >= 0)
		(void)sys_write(child->error_fd, &record, sizeof record); /* nobody else to tell */
	sys_exit(step == STEP_EXEC ? exec_status(error) : 111);
}

static void must(struct child const *child, enum confine_step step, int result)
{
	if (result < 0)
		fail(child, step, result);
}

/* What is declared and can be had; what cannot is an error only when confine = strict. */
static int kept_capabilities(struct plan_slot const *slot, uint64_t *kept)
{
	uint64_t effective;
	uint64_t permitted;
	int result;

	*kept = slot->capabilities;
	if (*kept == 0)
		return 0;
	result = caps_get(&effective, &permitted);
	if (result < 0)
		return result;
	if (*kept & ~permitted && slot->confine == PLAN_STRICT)
		return -EPERM;
	*kept &= permitted;
	return 0;
}

/* A bounding set that may not be dropped is made harmless by no_new_privs. */
static int bound(struct plan_slot const *slot, uint64_t kept)
{
	int const result = slot->confine == PLAN_UNCONFINED ? 0 : caps_bound(kept);

	return result == -EPERM && slot->confine != PLAN_STRICT ? 0 : result;
}

/* Capabilities survive the change of user only when asked to. */
static int carry_capabilities(uint64_t kept)
{
	return kept ? sys_prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) : 0;
}

/* Only who leaves uid 0 loses its capabilities by that; the proof must not be made with them. */
static int lay_down_capabilities(struct confine_request const *request)
{
	return plan_header(request->plan)->uid == 0 ? 0 : caps_lower();
}

static void become_user(struct child const *child, uint64_t kept)
{
	struct confine_request const *request = child->request;

	/* Needs CAP_SETPCAP, which goes with the user. */
	must(child, STEP_BOUNDING_SET, bound(request->slot, kept));
	/* Needs CAP_SETGID, which goes with the user. */
	must(child, STEP_GROUPS, ids_groups(request));
	must(child, STEP_GID, ids_gid(request->slot));
	must(child, STEP_CAPABILITIES, carry_capabilities(kept));
	must(child, STEP_UID, ids_uid(request->slot));
	must(child, STEP_CAPABILITIES, lay_down_capabilities(request));
	/* A drop that half worked is worse than none: it is believed. */
	must(child, STEP_PROOF, ids_prove(request));
	/* Exactly what was declared, in all five sets. */
	must(child, STEP_CAPABILITIES, caps_set(kept));
}

static int prove_capabilities(uint64_t kept)
{
	uint64_t effective;
	uint64_t permitted;
	int const result = caps_get(&effective, &permitted);

	if (result < 0)
		return result;
	return effective == kept && permitted == kept ? 0 : -EPERM;
}

/* The ids cannot change here, so what they could still do is taken away, and that is proved. */
static void stay_user(struct child const *child, uint64_t kept)
{
	int const no_root = SECBIT_NOROOT | SECBIT_NOROOT_LOCKED;

	(void)bound(child->request->slot, kept); /* without CAP_SETPCAP no_new_privs has to do */
	if (plan_header(child->request->plan)->uid == 0)
		(void)sys_prctl(PR_SET_SECUREBITS, no_root, 0, 0, 0); /* the same */
	must(child, STEP_CAPABILITIES, caps_set(kept));
	must(child, STEP_PROOF, prove_capabilities(kept));
}

/* A directory outside of the root would be a way out: CVE-2024-21626. */
static int enter_directory(struct confine_request const *request)
{
	static char reached[PATH_MAX];
	char const *directory = plan_string(request->plan, request->slot->directory);
	ssize_t length;
	int result;

	if (*directory == '\0') {
		if (request->slot->flags & PLAN_KEEP_USER)
			return 0;
		directory = "/";
	}
	result = sys_chdir(directory);
	if (result < 0)
		return result;
	length = sys_getcwd(reached, sizeof reached);
	if (length < 0)
		return (int)length;
	return reached[0] == '/' ? 0 : -ENOENT;
}

static int execute(struct confine_request const *request, char *const *environment)
{
	struct plan_slot const *slot = request->slot;
	char const *path = environment_value(environment, "PATH");

	if (request->arguments)
		return exec_search(path, request->arguments[0], request->arguments, environment);
	if (slot->arguments.count > PLAN_ARGUMENTS_MAX)
		return -E2BIG;
	for (uint32_t i = 0; i < slot->arguments.count; i++) {
		uint32_t const offset = plan_words(request->plan, slot->arguments)[i];

		/* execve only reads; its prototype is older than const. */
		arguments[i] = (char *)plan_string(request->plan, offset);
	}
	arguments[slot->arguments.count] = NULL;
	return exec_search(path, plan_string(request->plan, slot->executable), arguments,
			   environment);
}

_Noreturn void confine_exec(struct confine_request const *request)
{
	struct plan_slot const *slot = request->slot;
	bool const caged = !(slot->flags & PLAN_KEEP_USER);
	bool const shared = plan_header(request->plan)->host & PLAN_HOST_SHARED_UID;
	struct child child = { .request = request, .error_fd = request->error_fd };
	char *const *environment;
	char *const *secrets = NULL;
	uint64_t kept = 0;
	int ruleset = -1;

	/* What the container's engine or init blocks and ignores is not the service's business. */
	must(&child, STEP_SIGNALS, session_signals(request));
	/* A signal to its group reaches all of it, and it cannot type into another's terminal. */
	must(&child, STEP_SESSION, session_start(request));
	/* Only a session's leader can take a terminal, and init has let go of it. */
	must(&child, STEP_TERMINAL, session_terminal(request));
	/* Before the limits: a lower RLIMIT_NOFILE would forbid the higher numbers. */
	must(&child, STEP_DESCRIPTORS, placing_apply(request, &child.error_fd));
	if (caged) {
		(void)sys_umask(slot->umask); /* cannot fail, returns the old one */
		/* While it still may raise them. */
		must(&child, STEP_LIMITS,
		     limits_set(plan_limits(request->plan, slot->limits), slot->limits.count,
				slot->confine == PLAN_STRICT));
		must(&child, STEP_NICE, priority_nice(slot));
		must(&child, STEP_OOM_SCORE, priority_oom_score(slot));
		must(&child, STEP_LANDLOCK, landlock_ruleset(request, &ruleset));
		/* The user may not be able to reach them. */
		must(&child, STEP_PATHS, landlock_paths(request, ruleset, &child.object));
		/* Nor to read these, where they belong to several users. */
		must(&child, STEP_SECRETS, secrets_read(request, &secrets, &child.object));
		must(&child, STEP_CAPABILITIES, kept_capabilities(slot, &kept));
		if (shared)
			stay_user(&child, kept);
		else
			become_user(&child, kept);
	}
	/* As the user: what it cannot enter it must not stand in. */
	must(&child, STEP_DIRECTORY, enter_directory(request));
	if (caged && slot->confine != PLAN_UNCONFINED) {
		/* No setuid file gives anything back; Landlock and seccomp ask for it too. */
		must(&child, STEP_NO_NEW_PRIVS, sys_prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
		must(&child, STEP_LANDLOCK, landlock_enter(request, ruleset));
	}
	must(&child, STEP_ENVIRONMENT, environment_build(request, secrets, &environment));
	/* Last: it may forbid what the steps before it need. */
	if (caged && slot->confine != PLAN_UNCONFINED)
		must(&child, STEP_SECCOMP, seccomp_enter(request));
	fail(&child, STEP_EXEC, execute(request, environment));
}
