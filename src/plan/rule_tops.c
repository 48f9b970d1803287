/* SPDX-License-Identifier: ISC */
/* Tops of `write` paths; see rule_tops.h. */
#include "plan/rule_tops.h"

#include "lib/mend.h"
#include "plan/degrade.h"
#include "plan/path_words.h"
#include "sys/sys.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static char const *octal(struct arena *arena, uint32_t mode)
{
	char text[] = "0000";

	for (int i = 0; i < 4; i++)
		text[i] = (char)('0' + (mode >> (9 - 3 * i) & 7));
	return arena_copy(arena, text, 4);
}

static char const *state_text(struct arena *arena, struct mend_state const *state)
{
	return arena_join(arena, arena_number(arena, state->uid), ":",
			  arena_number(arena, state->gid), " ", octal(arena, state->mode), NULL);
}

static void mend(struct declarations *d, struct service const *s, struct derived_rule const *rule)
{
	struct arena *const arena = d->arena;
	struct mend_change change;
	char const *reason;
	int const result = mend_top(&rule->record, rule->path, true, &change, &reason);

	if (result > 0)
		faults_notice(d->faults, arena_join(arena, rule->path, ": was ",
						    state_text(arena, &change.before), ", is now ",
						    state_text(arena, &change.after), ", for ",
						    s->name, NULL));
	else if (result < 0 && result != -ENOENT)
		degrade_miss(d, s, KEY_WRITE,
			     arena_join(arena, rule->path, " that could not be given to ", s->name,
					": ", reason, NULL));
}

/* The ids stay as they are, so all that can be done is to tell. */
static void ask(struct declarations *d, struct service const *s, char const *path)
{
	struct stat status;
	int const fd = sys_openat(AT_FDCWD, path, O_PATH | O_CLOEXEC, 0);
	int error = fd;

	if (fd >= 0) {
		error = sys_fstat(fd, &status);
		(void)sys_close(fd); /* nothing was written */
	}
	if (error >= 0)
		error = sys_faccessat(AT_FDCWD, path, S_ISDIR(status.st_mode) ? W_OK | X_OK : W_OK);
	if (error < 0 && error != -ENOENT)
		degrade_miss(d, s, KEY_WRITE,
			     arena_join(d->arena, path, " that uid ",
					arena_number(d->arena, d->host.uid),
					" cannot write: ", strerror(-error), NULL));
}

static void look(struct declarations *d, struct service const *s, struct file_rules const *rules,
		 struct names const *by_path, char const *path)
{
	uint32_t const index = names_find(by_path, path);

	if (d->shared_uid)
		ask(d, s, path);
	else if (index != NAMES_NONE)
		mend(d, s, &rules->at[index]);
}

void rule_tops_mend(struct declarations *d, struct file_rules const *rules)
{
	enum { TOPS = PLAN_RULE_WRITE | PLAN_RULE_DECLARED };
	struct names by_path = { 0 };

	for (uint32_t i = 0; i < rules->count; i++)
		if (rules->at[i].record.flags & TOPS)
			names_enter(&by_path, d->arena, rules->at[i].path, i);
	for (uint32_t i = 0; i < d->count; i++) {
		struct service const *s = &d->services[i];

		for (uint32_t k = 0; s->flags & SERVICE_SELECTED && k < s->write.count; k++)
			look(d, s, rules, &by_path, path_words_path(s->write.at[k]));
	}
}
