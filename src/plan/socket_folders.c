/* SPDX-License-Identifier: ISC */
/* See socket_folders.h; owner and mode of the folder are asked, and the file cage. */
#include "plan/socket_folders.h"

#include "plan/path_words.h"

#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>

/* The file cage lets it remove something in its `write` paths only. */
static bool is_out_of_reach(struct service const *s, char const *folder)
{
	if (!(s->slot.flags & PLAN_FILE_CAGE))
		return false;
	for (uint32_t i = 0; i < s->write.count; i++)
		if (path_words_below(folder, path_words_path(s->write.at[i])))
			return false;
	return true;
}

static void check(struct declarations *d, struct service const *s, char const *path)
{
	struct place const place = s->places[KEY_LISTEN];
	size_t const length = (size_t)(strrchr(path, '/') - path);
	char const *const folder = length ? arena_copy(d->arena, path, length) : "/";
	struct stat status;

	/* A folder that is missing is made by init, and its own. */
	if (is_out_of_reach(s, folder) || stat(folder, &status) < 0 ||
	    (status.st_uid != s->slot.uid && !(status.st_mode & 022)))
		return;
	faults_notice(d->faults,
		      arena_join(d->arena, place.file, ":", arena_number(d->arena, place.line),
				 ": listen: ", s->name, " may write to ", folder,
				 ", so php-fpm removes its socket when it ends, and what connects "
				 "at that instant is refused; unless \"",
				 folder, " = root 0755\" stands in [files]", NULL));
}

void socket_folders_check(struct declarations *d)
{
	for (uint32_t i = 0; i < d->count; i++) {
		struct service const *s = &d->services[i];

		if (!declaration_is_wanted(d, s) || !(d->image || s->flags & SERVICE_SELECTED) ||
		    !(s->slot.listen_env & 1U << PLAN_LISTEN_PHP_FPM))
			continue;
		for (uint32_t k = 0; k < s->socket_count; k++)
			if (s->sockets[k].record.domain == AF_UNIX)
				check(d, s, s->sockets[k].name + strlen("unix:"));
	}
}
