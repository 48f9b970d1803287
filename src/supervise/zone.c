/* SPDX-License-Identifier: ISC */
/* See zone.h. */
#include "supervise/zone.h"

#include "sys/sys.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { PATH_SIZE = 512 };

void zone_load(void)
{
	time_t const now = time(NULL);
	struct tm tm;

	tzset();
	/* The first conversion allocates what later ones use. */
	(void)localtime_r(&now, &tm);
}

static bool has_file(char const *name)
{
	char const *directory = getenv("TZDIR");
	char path[PATH_SIZE];
	int length;
	int fd;

	if (*name == '/')
		length = snprintf(path, sizeof path, "%s", name);
	else
		length = snprintf(path, sizeof path, "%s/%s",
				  directory && *directory ? directory : "/usr/share/zoneinfo",
				  name);
	if (length < 0 || (size_t)length >= sizeof path)
		return false;
	fd = sys_openat(AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0);
	if (fd < 0)
		return false;
	(void)sys_close(fd); /* only its being there was asked for */
	return true;
}

/* "CET-1CEST,M3.5.0,M10.5.0/3", "<+03>-3", "UTC": a name of three letters or more, an offset. */
static bool is_rule(char const *name)
{
	size_t letters = strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

	if (strcmp(name, "UTC") == 0 || strcmp(name, "GMT") == 0)
		return true;
	if (*name == '<') {
		char const *end = strchr(name, '>');

		letters = end ? (size_t)(end - name) + 1 : 0;
	}
	if (letters < 3)
		return false;
	name += letters;
	name += *name == '+' || *name == '-';
	return *name >= '0' && *name <= '9';
}

bool zone_known(char const *name)
{
	name += *name == ':';
	return *name == '\0' || is_rule(name) || has_file(name);
}

int32_t zone_offset(int64_t time)
{
	time_t const seconds = (time_t)time;
	struct tm tm;

	return localtime_r(&seconds, &tm) ? (int32_t)tm.tm_gmtoff : 0;
}
