/* SPDX-License-Identifier: ISC */
/* Rights that this Landlock lacks; see degrade_landlock.h. */
#include "plan/degrade_landlock.h"

/* Bit n of `missing` is right n. */
struct right {
	uint32_t abi;		/* the first that has it */
	uint32_t flags;		/* of plan_flag: who asks for it */
	enum service_key first; /* the keys that do */
	enum service_key last;
	char const *text;
};

static struct right const rights[] = {
	{ 2, PLAN_FILE_CAGE, KEY_READ, KEY_EXECUTE,
	  "renames between directories, which fail (ABI 2)" },
	{ 3, PLAN_FILE_CAGE, KEY_READ, KEY_EXECUTE, "truncation of files (ABI 3)" },
	{ 4, PLAN_BIND_CAGE | PLAN_CONNECT_CAGE, KEY_BIND, KEY_CONNECT, "TCP ports (ABI 4)" },
	{ 5, PLAN_FILE_CAGE, KEY_READ, KEY_EXECUTE, "ioctl on devices (ABI 5)" },
	/* Declared by nobody, so strict does not ask for it. */
	{ 6, 0, KEY_COUNT, KEY_COUNT, "signals between services of one uid (ABI 6)" },
};

enum { RIGHTS = sizeof rights / sizeof rights[0] };

/* The last of the keys that is declared, KEY_CONFINE when none is. */
static enum service_key asking(struct service const *s, enum service_key first,
			       enum service_key last)
{
	enum service_key key = KEY_CONFINE;

	for (enum service_key k = first; k <= last && k < KEY_COUNT; k++)
		if (s->places[k].file)
			key = k;
	return key;
}

static char const *abi_text(struct declarations *d)
{
	return arena_join(d->arena, "Landlock ABI ", arena_number(d->arena, d->host.landlock_abi),
			  ": no rules for ", NULL);
}

void degrade_landlock(struct declarations *d, struct service const *s, uint32_t *missing)
{
	if (d->host.landlock_abi == 0) {
		degrade_miss(d, s, asking(s, KEY_READ, KEY_CONNECT),
			     "no Landlock: services are not caged by path, port and signal");
		return;
	}
	for (uint32_t i = 0; i < RIGHTS; i++) {
		struct right const *right = &rights[i];

		if (d->host.landlock_abi >= right->abi ||
		    (right->flags && !(s->slot.flags & right->flags)))
			continue;
		if (right->flags && s->slot.confine == PLAN_STRICT)
			degrade_miss(d, s, asking(s, right->first, right->last),
				     arena_join(d->arena, abi_text(d), right->text, NULL));
		else
			*missing |= UINT32_C(1) << i;
	}
}

void degrade_landlock_tell(struct declarations *d, uint32_t missing)
{
	char const *text = abi_text(d);

	for (uint32_t i = 0, told = 0; i < RIGHTS; i++)
		if (missing >> i & 1)
			text = arena_join(d->arena, text, told++ ? ", " : "", rights[i].text, NULL);
	if (missing)
		faults_notice(d->faults, text);
}
