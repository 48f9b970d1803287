/* SPDX-License-Identifier: ISC */
/* The first bytes of programs; see interpreter.h. */
#include "plan/interpreter.h"

#include "sys/sys.h"

#include <elf.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

enum {
	LINE_MAX_LENGTH = 256, /* BINPRM_BUF_SIZE: what the kernel reads of a #! line */
	HEADERS_MAX = 64
};

static bool read_at(int fd, void *to, size_t size, uint64_t offset)
{
	return offset <= INT32_MAX && pread(fd, to, size, (off_t)offset) == (ssize_t)size;
}

/* The ELF interpreter, or NULL: a static program has none. */
static char const *elf_interpreter(struct arena *arena, int fd)
{
	Elf64_Ehdr header;
	Elf64_Phdr part;
	char path[PATH_MAX];

	if (!read_at(fd, &header, sizeof header, 0) ||
	    memcmp(header.e_ident, ELFMAG, SELFMAG) != 0 || header.e_ident[EI_CLASS] != ELFCLASS64)
		return NULL;
	for (unsigned i = 0; i < header.e_phnum && i < HEADERS_MAX; i++) {
		if (!read_at(fd, &part, sizeof part, header.e_phoff + i * sizeof part))
			return NULL;
		if (part.p_type != PT_INTERP)
			continue;
		if (part.p_filesz > sizeof path || !read_at(fd, path, part.p_filesz, part.p_offset))
			return NULL;
		return arena_copy(arena, path, strnlen(path, part.p_filesz));
	}
	return NULL;
}

/* The next word of a #! line at *line, or NULL. */
static char const *next_word(struct arena *arena, char const **line)
{
	char const *const word = *line + strspn(*line, " \t");
	size_t const length = strcspn(word, " \t");

	*line = word + length;
	return length ? arena_copy(arena, word, length) : NULL;
}

static void add(struct interpreters *found, char const *path)
{
	if (path && *path == '/' && found->count < INTERPRETERS_MAX)
		found->paths[found->count++] = path;
}

/* env(1) runs the first word that is neither an option nor a variable. */
static void add_of_env(struct lookup *lookup, char const *line, char const *path,
		       struct interpreters *found)
{
	char const *word;
	char const *reason;

	do {
		line += strspn(line, " \t");
		line += 2 *
			!strncmp(line, "-S", 2); /* what is behind it, with or without a space */
		word = next_word(lookup->declarations->arena, &line);
	} while (word && (*word == '-' || strchr(word, '=')));
	if (word)
		add(found, lookup_program(lookup, word, "/", path, &reason));
}

static void add_of_file(struct lookup *lookup, int fd, char const *path, struct interpreters *found)
{
	struct arena *const arena = lookup->declarations->arena;
	char start[LINE_MAX_LENGTH + 1] = "";
	ssize_t const got = pread(fd, start, LINE_MAX_LENGTH, 0);
	char const *line = start + 2;
	char const *program;

	if (got < 3 || start[0] != '#' || start[1] != '!') {
		add(found, elf_interpreter(arena, fd));
		return;
	}
	start[strcspn(start, "\r\n")] = '\0';
	program = next_word(arena, &line);
	add(found, program);
	if (program && strrchr(program, '/') && !strcmp(strrchr(program, '/'), "/env"))
		add_of_env(lookup, line, path, found);
}

static void add_of(struct lookup *lookup, char const *program, char const *path,
		   struct interpreters *found)
{
	int const fd = sys_openat(AT_FDCWD, program, O_RDONLY | O_NONBLOCK | O_CLOEXEC, 0);

	if (fd < 0)
		return;
	add_of_file(lookup, fd, path, found);
	(void)sys_close(fd); /* nothing was written */
}

void interpreter_find(struct lookup *lookup, char const *program, char const *path,
		      struct interpreters *found)
{
	found->count = 0;
	add_of(lookup, program, path, found);
	/* Interpreters have interpreters: a script's shell has its loader. */
	for (uint32_t i = 0; i < found->count; i++)
		add_of(lookup, found->paths[i], path, found);
}
