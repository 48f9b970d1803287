/* SPDX-License-Identifier: ISC */
/* Words, environment, pipe and child of `php-fpm -tt`; see fpm_run.h. */
#include "ctl/fpm_run.h"

#include "lib/exit_code.h"
#include "lib/text.h"
#include "sys/moment.h"
#include "sys/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <skalibs/genalloc.h>
#include <spawn.h>
#include <string.h>

#define FPM "php-fpm"

enum { OUTPUT_MAX = 1 << 20, PIECE = 4096 };

/* What must live until the child has become another program. */
struct command {
	genalloc words;	    /* of char const *, NULL at the end */
	genalloc variables; /* the same */
	struct text user;
	struct text groups;
	char program[PATH_MAX];
};

static char const *argument(void const *plan, struct plan_slot const *slot, uint32_t index)
{
	return plan_string(plan, plan_words(plan, slot->arguments)[index]);
}

/* Behind a wrapper such as docker-php-entrypoint it is the second word or a later one. */
uint32_t fpm_run_find(void const *plan, struct plan_slot const *slot)
{
	for (uint32_t i = 0; i < slot->arguments.count; i++) {
		char const *const word = argument(plan, slot, i);
		char const *const slash = strrchr(word, '/');

		if (!strncmp(slash ? slash + 1 : word, FPM, sizeof FPM - 1))
			return i;
		if (*word == '-')
			break;
	}
	return PLAN_NONE;
}

/* orlop-confine beside /proc/self/exe. */
static int find_confine(char program[PATH_MAX])
{
	static char const name[] = "orlop-confine";
	ssize_t const length = sys_readlinkat(AT_FDCWD, "/proc/self/exe", program, PATH_MAX - 1);
	char *slash;

	if (length < 0)
		return (int)length;
	program[length] = '\0';
	slash = strrchr(program, '/');
	if (!slash || (size_t)(slash - program) + 1 + sizeof name > PATH_MAX)
		return -ENAMETOOLONG;
	memcpy(slash + 1, name, sizeof name);
	return 0;
}

static bool add(genalloc *list, char const *word)
{
	return genalloc_append(char const *, list, &word);
}

static bool add_user(struct command *c, void const *plan, struct plan_slot const *slot)
{
	text_add_unsigned(&c->user, slot->uid);
	text_add(&c->user, ":");
	text_add_unsigned(&c->user, slot->gid);
	for (uint32_t i = 0; i < slot->groups.count; i++) {
		text_add(&c->groups, i ? "," : "");
		text_add_unsigned(&c->groups, plan_words(plan, slot->groups)[i]);
	}
	return !c->user.failed && !c->groups.failed && add(&c->words, "-u") &&
	       add(&c->words, text_string(&c->user)) && add(&c->words, "-G") &&
	       add(&c->words, text_string(&c->groups));
}

static int fill_words(struct command *c, void const *plan, struct plan_slot const *slot)
{
	uint32_t const first = fpm_run_find(plan, slot);
	char const *const program = first == 0 ? plan_string(plan, slot->executable)
					       : argument(plan, slot, first);
	bool good = add(&c->words, c->program);

	if (plan_header(plan)->uid == 0)
		good = good && add_user(c, plan, slot);
	good = good && add(&c->words, "-d") && add(&c->words, plan_string(plan, slot->directory)) &&
	       add(&c->words, "--") && add(&c->words, program);
	for (uint32_t i = first + 1; i < slot->arguments.count; i++)
		good = good && add(&c->words, argument(plan, slot, i));
	good = good && add(&c->words, "-tt") && add(&c->words, NULL);
	return good ? 0 : -ENOMEM;
}

static bool passes(void const *plan, struct plan_slot const *slot, char const *variable)
{
	size_t const length = strcspn(variable, "=");

	for (uint32_t i = 0; i < slot->pass.count; i++) {
		char const *const name = plan_string(plan, plan_words(plan, slot->pass)[i]);

		if (strlen(name) == length && !strncmp(name, variable, length))
			return true;
	}
	return slot->flags & PLAN_PASS_ALL;
}

/* The service's own variables first: of two with one name the first is found. */
static int fill_variables(struct command *c, void const *plan, struct plan_slot const *slot,
			  char const *const *environment)
{
	bool good = true;

	for (uint32_t i = 0; i < slot->environment.count; i++)
		good = good && add(&c->variables,
				   plan_string(plan, plan_words(plan, slot->environment)[i]));
	for (; *environment; environment++)
		if (passes(plan, slot, *environment))
			good = good && add(&c->variables, *environment);
	return good && add(&c->variables, NULL) ? 0 : -ENOMEM;
}

/* The moment until which an answer is waited for: a service's start-timeout, but not for ever. */
static uint64_t find_end(struct plan_slot const *slot)
{
	uint64_t const limit = slot->start_timeout && slot->start_timeout < FPM_RUN_LIMIT
				   ? slot->start_timeout
				   : FPM_RUN_LIMIT;

	return moment_now() + limit;
}

/* As read(2); -ETIME when there is nothing until `end`. */
static ssize_t read_until(int fd, char *buffer, uint64_t end)
{
	struct timespec time = moment_until(end, moment_now());
	struct pollfd poll = { fd, POLLIN, 0 };
	int const ready = sys_ppoll(&poll, 1, &time, NULL, SYS_MASK_SIZE);

	return ready > 0 ? sys_read(fd, buffer, PIECE) : ready < 0 ? ready : -ETIME;
}

static int read_all(int fd, stralloc *output, uint64_t end)
{
	ssize_t n;

	do {
		if (!stralloc_readyplus(output, PIECE))
			return -ENOMEM;
		n = read_until(fd, output->s + output->len, end);
		output->len += n > 0 ? (size_t)n : 0;
	} while (n == -EINTR || (n > 0 && output->len < OUTPUT_MAX));
	return n < 0 ? (int)n : stralloc_0(output) ? 0 : -ENOMEM;
}

static int spawn(struct command *c, int out, pid_t *pid)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	int error = posix_spawn_file_actions_init(&actions);

	if (error)
		return -error;
	/* A group of its own: a wrapper that hangs may have children. */
	(void)posix_spawnattr_init(&attributes); /* cannot fail, nor can the next */
	(void)posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
	error = posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
	if (!error)
		error = posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
	if (!error)
		error = posix_spawn_file_actions_adddup2(&actions, out, 2);
	if (!error)
		error = posix_spawn(pid, c->program, &actions, &attributes,
				    genalloc_s(char *, &c->words),
				    genalloc_s(char *, &c->variables));
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&actions);
	return -error;
}

static int run(struct command *c, struct plan_slot const *slot, bool root, stralloc *output)
{
	pid_t pid = 0;
	int ends[2];
	int status;
	int error = sys_pipe2(ends, O_CLOEXEC);

	if (error < 0)
		return error;
	/* php-fpm opens its error_log anew, which a pipe of another's would refuse. */
	if (root)
		(void)sys_fchown(ends[1], slot->uid, slot->gid); /* php-fpm says if it must */
	error = spawn(c, ends[1], &pid);
	(void)sys_close(ends[1]); /* nothing was written here */
	if (error == 0)
		error = read_all(ends[0], output, find_end(slot));
	(void)sys_close(ends[0]);
	if (pid == 0)
		return error;
	if (error < 0)
		(void)sys_kill(-pid, SIGKILL); /* it may have ended meanwhile */
	status = exit_code_of(pid);
	return error < 0 ? error : status;
}

int fpm_run(void const *plan, struct plan_slot const *slot, char const *const *environment,
	    stralloc *output)
{
	struct command c = { .user = TEXT_EMPTY, .groups = TEXT_EMPTY };
	int error = find_confine(c.program);

	output->len = 0;
	if (error == 0)
		error = fill_words(&c, plan, slot);
	if (error == 0)
		error = fill_variables(&c, plan, slot, environment);
	if (error == 0)
		error = run(&c, slot, plan_header(plan)->uid == 0, output);
	genalloc_free(char const *, &c.words);
	genalloc_free(char const *, &c.variables);
	text_free(&c.user);
	text_free(&c.groups);
	return error;
}
