/* SPDX-License-Identifier: ISC */
/*
 * orlop-confine: the cage as a program that puts itself into it and becomes another one, for
 * scripts and for looking at what the cage does. Its options fill the same fixed records that
 * orlop-plan makes from declarations, in static memory, and confine_exec() does the rest; there is
 * no second order of steps. It is the only file of the cage that reads text.
 */
#include "confine/arguments.h"
#include "confine/confine.h"
#include "confine/host.h"
#include "confine/landlock_rights.h"
#include "sys/sys.h"

#include <string.h>

static char const usage[] =
    "usage: orlop-confine [-hk] [--strict] [--version] [-u USER[:GROUP]] [-g GROUP]\n"
    "                     [-G GROUP,...] [-c CAPABILITY]... [-l LIMIT=VALUE]...\n"
    "                     [-r PATH]... [-w PATH]... [-x PATH]... [-b PORT]... [-t PORT]...\n"
    "                     [-y all|+CALL|-CALL]... [-s NAME:FILE]...\n"
    "                     [-d DIRECTORY] [-m UMASK] [-n NICE] [-o OOM-SCORE]\n"
    "                     [-e NAME=VALUE]... [--] PROGRAM [ARGUMENT]...\n";

static struct arguments arguments;

static void print(int fd, char const *text)
{
	(void)sys_write(fd, text, strlen(text)); /* nobody else to tell */
}

/* One line in one write: "orlop-confine: KIND: SUBJECT: OBJECT: REASON", without empty parts. */
static void message(char const *kind, char const *subject, char const *object, char const *reason)
{
	char const *const parts[] = { "orlop-confine", kind, subject, object, reason };
	char line[1024];
	size_t length = 0;

	for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
		char const *part = parts[i];

		if (!part || !*part)
			continue;
		for (char const *between = length ? ": " : ""; *between; between++)
			if (length < sizeof line - 1)
				line[length++] = *between;
		for (; *part && length < sizeof line - 1; part++)
			line[length++] = *part;
	}
	line[length++] = '\n';
	(void)sys_write(2, line, length); /* nobody else to tell */
}

static char const *object_of(struct spawn_error const *error)
{
	struct arguments_plan const *plan = &arguments.plan;

	switch (error->step) {
	case STEP_PATHS:
		return arguments_text(&arguments, plan->paths[error->object - 1].path);
	case STEP_SECRETS:
		return error->object == 0
			   ? ""
			   : arguments_text(&arguments, plan->secrets[2 * error->object - 1]);
	case STEP_EXEC:
		return arguments.program[0];
	case STEP_DIRECTORY:
		return arguments_text(&arguments, arguments.plan.slot.directory);
	case STEP_UID:
	case STEP_GID:
	case STEP_GROUPS:
		return arguments_text(&arguments, arguments.plan.slot.user);
	default:
		return "";
	}
}

static void report(struct spawn_error const *error)
{
	message("fatal", step_name(error->step), object_of(error), strerror(error->number));
}

/* What this host does not give: an error if --strict, else said in one line. */
static void miss(char const *subject, char const *object, char const *reason)
{
	bool const strict = arguments.plan.slot.confine == PLAN_STRICT;

	message(strict ? "fatal" : "notice", subject, object, reason);
	if (strict)
		sys_exit(111);
}

/* What of the cage that was asked for this kernel's Landlock does not know. */
static void compare_with_landlock(uint32_t abi)
{
	uint32_t const flags = arguments.plan.slot.flags;
	struct {
		enum landlock_abi since;
		bool wanted;
		char const *what;
	} const rights[] = {
		{ ABI_FILES, true, "access to other processes" },
		{ ABI_FILES, flags & PLAN_FILE_CAGE, "files" },
		{ ABI_TRUNCATE, flags & PLAN_FILE_CAGE, "truncation" },
		{ ABI_PORTS, flags & (PLAN_BIND_CAGE | PLAN_CONNECT_CAGE), "TCP ports" },
		{ ABI_IOCTL, flags & PLAN_FILE_CAGE, "ioctl on devices" },
		{ ABI_SCOPE, true, "signals" },
		{ ABI_SCOPE, true, "abstract sockets" },
	};
	char text[128] = "";

	for (size_t i = 0; i < sizeof rights / sizeof rights[0]; i++) {
		if (!rights[i].wanted || abi >= (uint32_t)rights[i].since)
			continue;
		if (*text)
			strcat(text, ", "); /* all of them fit */
		strcat(text, rights[i].what);
	}
	if (*text)
		miss("landlock", "not limited by this kernel", text);
}

static void compare_with_host(struct host const *host)
{
	struct plan_slot const *slot = &arguments.plan.slot;

	if (arguments.ids_differ && !host->can_change_ids)
		miss("user", arguments_text(&arguments, slot->user),
		     slot->confine == PLAN_STRICT ? "ids cannot be changed here"
						  : "ids cannot be changed here, they stay");
	/* The step that keeps them refuses by itself if --strict. */
	if (slot->capabilities & ~host->capabilities && slot->confine != PLAN_STRICT)
		miss("capabilities", "", "some cannot be had here");
	compare_with_landlock(host->landlock_abi);
	if (!host->can_seccomp && (!(slot->flags & PLAN_SYSCALLS_ALL) || slot->syscalls.count))
		miss("seccomp", "", "not here, system calls are not filtered");
}

static void fill_header(struct host const *host)
{
	struct plan_header *header = &arguments.plan.header;

	header->magic = PLAN_MAGIC;
	header->version = PLAN_VERSION;
	header->size = sizeof arguments.plan;
	header->slot_size = sizeof(struct plan_slot);
	header->uid = host->uid;
	header->gid = host->gid;
	header->landlock_abi = host->landlock_abi;
	if (!arguments.wants_ids || !host->can_change_ids)
		header->host |= PLAN_HOST_SHARED_UID;
	if (host->can_seccomp)
		header->host |= PLAN_HOST_SECCOMP;
}

static void parse(char *const *argv, struct host const *host)
{
	struct arguments_fault fault = { 0 };
	int const status = arguments_parse(&arguments, argv, host, &fault);

	if (status == 0)
		return;
	message("fatal", fault.what, fault.object, fault.error ? strerror(-fault.error) : "");
	if (status == 100)
		print(2, usage);
	sys_exit(status);
}

int main(int argc, char **argv, char **envp)
{
	static struct confine_request request;
	struct host host;

	(void)argc; /* argv ends in NULL */
	host_probe(&host);
	arguments.environment = envp;
	parse(argv, &host);
	if (arguments.help || arguments.version) {
		print(1, arguments.help ? usage : "orlop-confine " ORLOP_VERSION "\n");
		return 0;
	}
	fill_header(&host);
	compare_with_host(&host);
	request.plan = &arguments.plan;
	request.slot = &arguments.plan.slot;
	request.environment = envp;
	request.kept[0].last = arguments.keep_descriptors ? UINT32_MAX : 2;
	request.kept_count = 1;
	request.error_fd = -1;
	request.terminal = -1;
	request.same_session = true;
	request.arguments = arguments.program;
	request.report = report;
	confine_exec(&request);
}
