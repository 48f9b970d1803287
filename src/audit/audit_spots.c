/* SPDX-License-Identifier: ISC */
/* The list of spots, and small things that all parts of the audit use; see audit.h. */
#include "audit/audit.h"

#include "sys/sys.h"

#include <fcntl.h>
#include <string.h>

void *audit_grow(struct audit *audit, void *array, uint32_t count, uint32_t *room, size_t size)
{
	void *larger;

	if (count < *room)
		return array;
	*room = *room ? *room * 2 : 16;
	larger = arena_array(&audit->arena, *room, size);
	if (count)
		memcpy(larger, array, count * size);
	return larger;
}

void audit_notice(struct audit *audit, char const *what, char const *path, int error)
{
	audit->notices = audit_grow(audit, audit->notices, audit->notice_count, &audit->notice_room,
				    sizeof *audit->notices);
	audit->notices[audit->notice_count++] = arena_join(&audit->arena, what, " ", path, ": ",
							   strerror(-error), NULL);
}

bool audit_below(char const *path, char const *top)
{
	size_t const length = strlen(top);

	if (!strcmp(top, "/"))
		return true;
	return !strncmp(path, top, length) && (path[length] == '\0' || path[length] == '/');
}

char const *audit_declared(struct audit const *audit, uint32_t string)
{
	char const *const path = plan_string(audit->plan, string);

	return path[0] == '?' ? path + 1 : path;
}

uint32_t audit_spot_put(struct audit *audit, char const *path, char const *target,
			struct stat const *status, uint32_t flags)
{
	uint32_t index = names_find(&audit->spot_names, path);
	struct audit_spot *spot;

	if (index == NAMES_NONE) {
		index = audit->spot_count;
		audit->spots = audit_grow(audit, audit->spots, index, &audit->spot_room,
					  sizeof *audit->spots);
		spot = &audit->spots[audit->spot_count++];
		spot->path = arena_copy(&audit->arena, path, strlen(path));
		spot->target = spot->path;
		spot->uid = status->st_uid;
		spot->gid = status->st_gid;
		spot->mode = status->st_mode;
		(void)names_enter(&audit->spot_names, &audit->arena, spot->path, index);
	}
	if (target)
		audit->spots[index].target = arena_copy(&audit->arena, target, strlen(target));
	audit->spots[index].flags |= flags;
	return index;
}

uint32_t audit_spot(struct audit *audit, char const *path, uint32_t flags)
{
	struct stat status;

	if (sys_newfstatat(AT_FDCWD, path, &status, 0) < 0)
		return AUDIT_NONE;
	return audit_spot_put(audit, path, NULL, &status, flags);
}
