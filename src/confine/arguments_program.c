/* SPDX-License-Identifier: ISC */
/*
 * The program that orlop-confine becomes may be run in its file cage wherever it lies, and so may
 * what the kernel runs for it: the interpreter of its #! line, what env(1) finds there, and the ELF
 * interpreters of these. What cannot be found is left to exec, which tells why.
 */
#include "confine/arguments_parts.h"

#include "confine/exec.h"
#include "confine/steps.h"
#include "sys/sys.h"

#include <elf.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>

enum {
	FILES_MAX = 8,
	LINE_SIZE = 256, /* what the kernel reads of a #! line */
	PARTS_MAX = 64
};

/* The files found so far; each is looked into in its turn. */
struct files {
	char at[FILES_MAX][PATH_MAX];
	unsigned count;
	char const *path_variable;
};

static void add(struct files *files, char const *path, size_t length)
{
	if (length == 0 || length >= PATH_MAX || files->count == FILES_MAX)
		return;
	memcpy(files->at[files->count], path, length);
	files->at[files->count++][length] = '\0';
}

static bool read_at(int fd, void *to, size_t size, uint64_t offset)
{
	return offset <= INT64_MAX && sys_pread64(fd, to, size, (int64_t)offset) == (ssize_t)size;
}

static void add_elf_interpreter(struct files *files, int fd)
{
	Elf64_Ehdr header;
	Elf64_Phdr part;
	char path[PATH_MAX];

	if (!read_at(fd, &header, sizeof header, 0) ||
	    memcmp(header.e_ident, ELFMAG, SELFMAG) != 0 || header.e_ident[EI_CLASS] != ELFCLASS64)
		return;
	for (unsigned i = 0; i < header.e_phnum && i < PARTS_MAX; i++) {
		if (!read_at(fd, &part, sizeof part, header.e_phoff + i * sizeof part))
			return;
		if (part.p_type != PT_INTERP)
			continue;
		if (part.p_filesz <= sizeof path && read_at(fd, path, part.p_filesz, part.p_offset))
			add(files, path, strnlen(path, part.p_filesz));
		return;
	}
}

/* env(1) runs the first word that is neither an option nor a variable. */
static void add_of_env(struct files *files, char const *line)
{
	char path[PATH_MAX];
	char word[LINE_SIZE];

	for (;;) {
		size_t length;

		line += strspn(line, " \t");
		length = strcspn(line, " \t");
		memcpy(word, line, length);
		word[length] = '\0';
		line += length;
		if (length == 0)
			return;
		if (*word != '-' && !strchr(word, '='))
			break;
	}
	if (exec_find(files->path_variable, word, path))
		add(files, path, strlen(path));
}

/* `line` is what follows the #!. */
static void add_script_interpreter(struct files *files, char *line)
{
	static char const env[] = "/env";
	size_t length;

	line[strcspn(line, "\r\n")] = '\0';
	line += strspn(line, " \t");
	length = strcspn(line, " \t");
	add(files, line, length);
	if (length >= sizeof env && strncmp(line + length - 4, env, 4) == 0)
		add_of_env(files, line + length);
}

static void look_into(struct files *files, char const *path)
{
	char start[LINE_SIZE] = "";
	int const fd = sys_openat(AT_FDCWD, path, O_RDONLY | O_NONBLOCK | O_CLOEXEC, 0);

	if (fd < 0)
		return;
	if (sys_pread64(fd, start, sizeof start - 1, 0) > 2 && memcmp(start, "#!", 2) == 0)
		add_script_interpreter(files, start + 2);
	else
		add_elf_interpreter(files, fd);
	(void)sys_close(fd); /* nothing was written */
}

/* That which the program will have, see environment.c. */
static char const *path_variable(struct arguments const *arguments)
{
	struct arguments_plan const *plan = &arguments->plan;

	for (uint32_t i = 0; i < plan->slot.environment.count; i++) {
		char const *text = plan_string(plan, plan->environment[i]);

		if (strncmp(text, "PATH=", 5) == 0)
			return text + 5;
	}
	return arguments->environment ? environment_value(arguments->environment, "PATH") : NULL;
}

/* Its working directory is entered later; a relative name is meant from there. */
static void add_program(struct files *files, struct arguments const *arguments)
{
	char const *program = arguments->program[0];
	char const *directory = plan_string(&arguments->plan, arguments->plan.slot.directory);
	char path[PATH_MAX];

	if (!strchr(program, '/') || *program == '/') {
		if (exec_find(files->path_variable, program, path))
			add(files, path, strlen(path));
		return;
	}
	if (exec_join(path, directory, strlen(directory), program))
		add(files, path, strlen(path));
}

int arguments_take_program(struct parser *parser)
{
	static struct files files;
	int result = 0;

	files.count = 0;
	files.path_variable = path_variable(parser->arguments);
	add_program(&files, parser->arguments);
	for (unsigned i = 0; i < files.count && result == 0; i++) {
		look_into(&files, files.at[i]);
		result = arguments_add_path(parser, files.at[i],
					    PLAN_READ | PLAN_EXECUTE | PLAN_MAY_MISS);
	}
	return result;
}
