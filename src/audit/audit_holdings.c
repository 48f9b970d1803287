/* SPDX-License-Identifier: ISC */
/*
 * What is executed or loaded, and by whom: the base paths by everybody, the declarations and
 * Orlop's own files by PID 1, and of each service its program, the interpreter in its first line,
 * the scripts among its arguments, its PATH, its `execute` and `read` paths and its secrets.
 */
#include "audit/audit.h"

#include "confine/base_paths.h"
#include "sys/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>

enum { FIRST_LINE = 256 };

static void hold(struct audit *audit, enum audit_hold kind, uint32_t service, char const *path,
		 bool tree)
{
	struct audit_holding *holding;
	struct audit_way way;
	int const error = audit_follow(audit, path, &way);

	/* Whether it is wrong that it is not there is asked elsewhere. But a secret may come later, and
	 * its cage will follow links as root: the way to it counts. */
	if (error == -ENOENT && kind == HOLD_SECRET)
		way.path = path;
	else if (error == -ENOENT || error == -ENOTDIR)
		return;
	else if (error < 0) {
		audit_notice(audit, "cannot look at", path, error);
		return;
	}
	audit->holdings = audit_grow(audit, audit->holdings, audit->holding_count,
				     &audit->holding_room, sizeof *audit->holdings);
	holding = &audit->holdings[audit->holding_count++];
	*holding = (struct audit_holding){ .kind = kind,
					   .tree = tree,
					   .service = service,
					   .path = way.path,
					   .chain = way.chain,
					   .chain_count = way.count };
}

bool audit_is_system(struct audit const *audit, char const *path)
{
	for (uint32_t i = 0; i < audit->holding_count; i++)
		if (audit->holdings[i].kind == HOLD_SYSTEM &&
		    audit_below(path, audit->holdings[i].path))
			return true;
	return false;
}

bool audit_is_secret(struct audit const *audit, uint32_t service, char const *path)
{
	for (uint32_t i = 0; i < audit->holding_count; i++)
		if (audit->holdings[i].kind == HOLD_SECRET &&
		    (service == AUDIT_NONE || audit->holdings[i].service == service) &&
		    !strcmp(audit->holdings[i].path, path))
			return true;
	return false;
}

/* The bytes at the beginning of a file, NUL-terminated; their count, or a negative errno. */
static ssize_t first_line(char const *path, char *line)
{
	int const fd = sys_openat(AT_FDCWD, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK, 0);
	ssize_t length;

	if (fd < 0)
		return fd;
	length = sys_read(fd, line, FIRST_LINE - 1);
	(void)sys_close(fd); /* nothing was written */
	line[length < 0 ? 0 : length] = '\0';
	line[strcspn(line, "\n")] = '\0';
	return length;
}

static void hold_program(struct audit *audit, uint32_t service, char const *path)
{
	char line[FIRST_LINE];
	char *word;

	hold(audit, HOLD_CODE, service, path, false);
	if (first_line(path, line) < 0 || line[0] != '#' || line[1] != '!')
		return;
	word = line + 2 + strspn(line + 2, " \t");
	word[strcspn(word, " \t")] = '\0';
	if (word[0] == '/')
		hold(audit, HOLD_CODE, service, word, false);
}

static bool has_ending(char const *word)
{
	static char const *const endings[] = { ".php", ".phar", ".py", ".rb",  ".pl",
					       ".js",  ".mjs",	".sh", ".jar", ".lua" };
	char const *const dot = strrchr(word, '.');

	for (size_t i = 0; dot && i < sizeof endings / sizeof endings[0]; i++)
		if (!strcmp(dot, endings[i]))
			return true;
	return false;
}

/* `php artisan queue:work`: a word that names a script is a program too. */
static void hold_argument(struct audit *audit, uint32_t service, char const *directory,
			  char const *word)
{
	char line[FIRST_LINE];
	struct stat status;
	char const *const path = word[0] == '/'
				     ? word
				     : arena_join(&audit->arena, directory, "/", word, NULL);

	if (word[0] == '-' || word[0] == '\0' || strlen(path) >= PATH_MAX ||
	    sys_newfstatat(AT_FDCWD, path, &status, 0) < 0 || !S_ISREG(status.st_mode))
		return;
	if (has_ending(word) || (first_line(path, line) > 0 && line[0] == '#' && line[1] == '!'))
		hold_program(audit, service, path);
}

static char const *path_of(struct audit const *audit, struct plan_slot const *slot,
			   char const *const *environment)
{
	uint32_t const *words = plan_words(audit->plan, slot->environment);

	for (uint32_t i = 0; i < slot->environment.count; i++) {
		char const *const variable = plan_string(audit->plan, words[i]);

		if (!strncmp(variable, "PATH=", 5))
			return variable + 5;
	}
	for (; *environment; environment++)
		if (!strncmp(*environment, "PATH=", 5))
			return *environment + 5;
	return "";
}

static void hold_search_path(struct audit *audit, uint32_t service, char const *list)
{
	while (*list) {
		size_t const length = strcspn(list, ":");
		char const *const path = arena_copy(&audit->arena, list, length);

		if (path[0] == '/' && !audit_is_system(audit, path))
			hold(audit, HOLD_CODE, service, path, true);
		list += length + (list[length] == ':');
	}
}

static void hold_list(struct audit *audit, enum audit_hold kind, uint32_t service,
		      struct plan_list list, bool tree)
{
	uint32_t const *words = plan_words(audit->plan, list);

	for (uint32_t i = 0; i < list.count; i++)
		hold(audit, kind, service, audit_declared(audit, words[i]), tree);
}

static void hold_service(struct audit *audit, uint32_t index, char const *const *environment)
{
	struct plan_slot const *const slot = audit->services[index].slot;
	uint32_t const *words = plan_words(audit->plan, slot->arguments);
	uint32_t const *secrets = plan_words(audit->plan, slot->secrets);

	hold_program(audit, index, plan_string(audit->plan, slot->executable));
	for (uint32_t i = 1; i < slot->arguments.count; i++)
		hold_argument(audit, index, plan_string(audit->plan, slot->directory),
			      plan_string(audit->plan, words[i]));
	hold_search_path(audit, index, path_of(audit, slot, environment));
	hold_list(audit, HOLD_CODE, index, slot->execute, true);
	hold_list(audit, HOLD_DATA, index, slot->read, true);
	hold_list(audit, HOLD_WRITE, index, slot->write, false);
	for (uint32_t i = 1; i < slot->secrets.count; i += 2)
		hold(audit, HOLD_SECRET, index, audit_declared(audit, secrets[i]), false);
}

/* A probe or stop-command runs as the service that it serves. */
static void hold_probes(struct audit *audit)
{
	void const *const plan = audit->plan;

	for (uint32_t i = plan_header(plan)->visible; i < plan_header(plan)->count; i++) {
		struct plan_slot const *const probe = plan_slot(plan, i);

		for (uint32_t s = 0; s < audit->service_count; s++)
			if (probe->parent < plan_header(plan)->count &&
			    plan_slot(plan, probe->parent) == audit->services[s].slot)
				hold_program(audit, s, plan_string(plan, probe->executable));
	}
}

static void hold_declarations(struct audit *audit)
{
	char here[PATH_MAX] = "";
	char const *path = plan_string(audit->plan, plan_header(audit->plan)->directory);

	if (path[0] != '/' && sys_getcwd(here, sizeof here) > 0)
		path = arena_join(&audit->arena, here, "/", path, NULL);
	hold(audit, HOLD_DECLARATIONS, AUDIT_NONE, path, true);
	hold(audit, HOLD_DECLARATIONS, AUDIT_NONE, ORLOP_SHARE "/presets", true);
}

void audit_holdings(struct audit *audit, char const *const *environment)
{
	static char const *const programs[] = { ORLOP_FOLDER "orlop", ORLOP_FOLDER "orlop-init",
						ORLOP_FOLDER "orlop-confine" };

	for (uint32_t i = 0; i < base_paths_count; i++)
		if (!audit_below(base_paths[i].path, "/proc") &&
		    !audit_below(base_paths[i].path, "/sys") &&
		    !audit_below(base_paths[i].path, "/dev"))
			hold(audit, HOLD_SYSTEM, AUDIT_NONE, base_paths[i].path, true);
	hold_declarations(audit);
	for (size_t i = 0; i < sizeof programs / sizeof programs[0]; i++)
		hold(audit, HOLD_ORLOP, AUDIT_NONE, programs[i], false);
	for (uint32_t i = 0; i < audit->service_count; i++)
		hold_service(audit, i, environment);
	hold_probes(audit);
}
