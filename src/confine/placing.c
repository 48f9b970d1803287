/* SPDX-License-Identifier: ISC */
/*
 * Descriptors: whatever is open in the parent, the service gets its places and nothing else. The
 * numbers may overlap in any way, so a descriptor whose number is wanted by another one is moved
 * out of the way before the first dup3. What stays open is outside of the cage's later steps (a
 * descriptor of /etc/shadow still reads under any user), so the rest is closed, not just marked.
 */
#include "confine/steps.h"
#include "sys/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/resource.h>

enum {
	KEEPS_MAX = CONFINE_PLACES_MAX + CONFINE_KEPT_MAX + 1,
	FIRST_SPARE = 3,
	LOOP_MAX = 1 << 20 /* the last resort's end where the limit is a thousand times higher */
};

/* Sorted by first number; what close_others() leaves alone. */
struct keeps {
	struct confine_range ranges[KEEPS_MAX];
	size_t count;
};

static bool is_target(struct confine_request const *request, int fd)
{
	for (uint32_t i = 0; i < request->place_count; i++)
		if (request->places[i].to == fd)
			return true;
	return false;
}

static int check(struct confine_request const *request)
{
	if (request->place_count > CONFINE_PLACES_MAX || request->kept_count > CONFINE_KEPT_MAX)
		return -EINVAL;
	for (uint32_t i = 0; i < request->place_count; i++) {
		if (request->places[i].to < 0)
			return -EINVAL;
		for (uint32_t j = 0; j < i; j++)
			if (request->places[j].to == request->places[i].to)
				return -EINVAL;
	}
	return 0;
}

/* A close-on-exec copy of `fd` at a number that no place wants. */
static int spare(struct confine_request const *request, int fd)
{
	int lowest = FIRST_SPARE;

	for (;;) {
		int const copy = sys_fcntl(fd, F_DUPFD_CLOEXEC, lowest);

		if (copy < 0 || !is_target(request, copy))
			return copy;
		(void)sys_close(copy); /* it was only a look at a number */
		lowest = copy + 1;
	}
}

/* from[i]: where place i's descriptor is to be found once the targets are overwritten. */
static int move_aside(struct confine_request const *request, int *from, int *error_fd)
{
	for (uint32_t i = 0; i < request->place_count; i++) {
		struct confine_place const place = request->places[i];

		from[i] = place.from;
		if (place.from == place.to || !is_target(request, place.from))
			continue;
		from[i] = spare(request, place.from);
		if (from[i] < 0)
			return from[i];
	}
	if (*error_fd >= 0 && is_target(request, *error_fd)) {
		int const copy = spare(request, *error_fd);

		if (copy < 0)
			return copy;
		*error_fd = copy;
	}
	return *error_fd < 0 ? 0 : sys_fcntl(*error_fd, F_SETFD, FD_CLOEXEC);
}

static int put(int from, int to)
{
	int result;

	if (from == to)
		return sys_fcntl(to, F_SETFD, 0);
	result = sys_dup3(from, to, 0);
	return result < 0 ? result : 0;
}

static void keep(struct keeps *keeps, unsigned first, unsigned last)
{
	size_t i = keeps->count++;

	for (; i > 0 && keeps->ranges[i - 1].first > first; i--)
		keeps->ranges[i] = keeps->ranges[i - 1];
	keeps->ranges[i] = (struct confine_range){ .first = first, .last = last };
}

static void gather(struct confine_request const *request, int error_fd, struct keeps *keeps)
{
	keeps->count = 0;
	for (uint32_t i = 0; i < request->place_count; i++)
		keep(keeps, (unsigned)request->places[i].to, (unsigned)request->places[i].to);
	for (uint32_t i = 0; i < request->kept_count; i++)
		keep(keeps, request->kept[i].first, request->kept[i].last);
	if (error_fd >= 0)
		keep(keeps, (unsigned)error_fd, (unsigned)error_fd);
}

static bool is_kept(struct keeps const *keeps, unsigned fd)
{
	for (size_t i = 0; i < keeps->count && keeps->ranges[i].first <= fd; i++)
		if (fd <= keeps->ranges[i].last)
			return true;
	return false;
}

static int close_gaps(struct keeps const *keeps)
{
	unsigned next = 0;

	for (size_t i = 0; i < keeps->count; i++) {
		struct confine_range const range = keeps->ranges[i];

		if (range.first > next) {
			int const result = sys_close_range(next, range.first - 1, 0);

			if (result < 0)
				return result;
		}
		if (range.last == UINT32_MAX)
			return 0;
		if (range.last >= next)
			next = range.last + 1;
	}
	return sys_close_range(next, UINT32_MAX, 0);
}

/* The number that a name of /proc/self/fd is, or -1 for "." and "..". */
static int name_number(char const *name)
{
	int number = 0;

	if (*name < '0' || *name > '9')
		return -1;
	for (; *name >= '0' && *name <= '9'; name++)
		number = number * 10 + (*name - '0');
	return number;
}

/* One buffer of struct linux_dirent64: 8 bytes inode, 8 offset, 2 length, 1 type, the name. */
static void close_listed(struct keeps const *keeps, int listing, char const *entries, size_t size)
{
	enum { LENGTH_AT = 16, NAME_AT = 19 };

	for (size_t at = 0; at + NAME_AT < size;) {
		uint16_t length;
		int const fd = name_number(entries + at + NAME_AT);

		memcpy(&length, entries + at + LENGTH_AT, sizeof length);
		if (fd >= 0 && fd != listing && !is_kept(keeps, (unsigned)fd))
			(void)sys_close(fd); /* closed even when it reports a late write error */
		at += length;
	}
}

/* The kernel lists by number, so closing while reading skips nothing. */
static int close_by_proc(struct keeps const *keeps)
{
	static char entries[2048];
	int const listing = sys_openat(AT_FDCWD, "/proc/self/fd",
				       O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
	ssize_t size;

	if (listing < 0)
		return listing;
	while ((size = sys_getdents64(listing, entries, sizeof entries)) > 0)
		close_listed(keeps, listing, entries, (size_t)size);
	(void)sys_close(listing); /* a directory has nothing to report */
	return (int)size;
}

static int close_by_number(struct keeps const *keeps)
{
	struct sys_rlimit limit;
	int const result = sys_prlimit64(0, RLIMIT_NOFILE, NULL, &limit);

	if (result < 0)
		return result;
	for (unsigned fd = 0; fd < limit.soft && fd < LOOP_MAX; fd++)
		if (!is_kept(keeps, fd))
			(void)sys_close((int)fd); /* most are not open */
	return 0;
}

/* close_range: Linux 5.9, and EPERM under Docker's profile before 20.10.4. */
static int close_others(struct keeps const *keeps)
{
	int const result = close_gaps(keeps);

	if (result != -ENOSYS && result != -EPERM)
		return result;
	return close_by_proc(keeps) < 0 ? close_by_number(keeps) : 0;
}

int placing_apply(struct confine_request const *request, int *error_fd)
{
	static int from[CONFINE_PLACES_MAX];
	static struct keeps keeps;
	int result = check(request);

	if (result < 0)
		return result;
	result = move_aside(request, from, error_fd);
	for (uint32_t i = 0; result >= 0 && i < request->place_count; i++)
		result = put(from[i], request->places[i].to);
	if (result < 0)
		return result;
	gather(request, *error_fd, &keeps);
	return close_others(&keeps);
}
