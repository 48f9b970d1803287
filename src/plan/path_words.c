/* SPDX-License-Identifier: ISC */
/* Paths in declarations; see path_words.h. */
#include "plan/path_words.h"

#include <string.h>

char const *path_words_normal(struct arena *arena, char const *word)
{
	char *const normal = arena_take(arena, strlen(word) + 2);
	char *end = normal;

	if (*word == '?')
		*end++ = *word++;
	if (*word != '/')
		return NULL;
	while (*word) {
		size_t const length = strcspn(word += strspn(word, "/"), "/");

		if (length == 2 && word[0] == '.' && word[1] == '.')
			return NULL;
		if (length && !(length == 1 && *word == '.')) {
			*end++ = '/';
			end = mempcpy(end, word, length);
		}
		word += length;
	}
	if (end == normal || end[-1] == '?')
		*end = '/';
	return normal;
}

bool path_words_below(char const *path, char const *top)
{
	size_t const length = strlen(top);

	if (length == 1)
		return true; /* the root */
	return !strncmp(path, top, length) && (path[length] == '/' || path[length] == '\0');
}

bool path_words_is_system(char const *path)
{
	static char const *const system[] = {
		"/",	      "/bin",	   "/boot",	 "/etc",       "/home",	   "/lib",
		"/lib32",     "/lib64",	   "/libx32",	 "/opt",       "/root",	   "/run",
		"/sbin",      "/srv",	   "/usr",	 "/usr/bin",   "/usr/lib", "/usr/lib32",
		"/usr/lib64", "/usr/sbin", "/usr/local", "/usr/share", "/var",	   "/var/lib"
	};

	for (size_t i = 0; i < sizeof system / sizeof system[0]; i++)
		if (!strcmp(path, system[i]))
			return true;
	return false;
}

bool path_words_is_kernel(char const *path)
{
	return path_words_below(path, "/proc") || path_words_below(path, "/sys") ||
	       path_words_below(path, "/dev");
}
