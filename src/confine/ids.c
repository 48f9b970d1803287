/* SPDX-License-Identifier: ISC */
/*
 * Groups, group, user, in this order: after the user has changed the others cannot. The kernel is
 * then asked what it made of it, as OpenSSH does: a drop that was not proved is a hope.
 */
#include "confine/steps.h"
#include "sys/sys.h"

#include <errno.h>

/* Always, even to none: inherited groups were CVE-2022-36109. */
int ids_groups(struct confine_request const *request)
{
	struct plan_list const groups = request->slot->groups;

	if (groups.count > PLAN_GROUPS_MAX)
		return -EINVAL;
	return sys_setgroups(groups.count, plan_words(request->plan, groups));
}

int ids_gid(struct plan_slot const *slot)
{
	return sys_setresgid(slot->gid, slot->gid, slot->gid);
}

int ids_uid(struct plan_slot const *slot)
{
	return sys_setresuid(slot->uid, slot->uid, slot->uid);
}

static bool all_are(uint32_t const ids[3], uint32_t wanted)
{
	return ids[0] == wanted && ids[1] == wanted && ids[2] == wanted;
}

static bool has(uint32_t const *list, uint32_t count, uint32_t id)
{
	for (uint32_t i = 0; i < count; i++)
		if (list[i] == id)
			return true;
	return false;
}

/* The kernel sorts by its own numbers, in a user namespace not by ours; so as sets. */
static bool groups_are(uint32_t const *wanted, uint32_t count)
{
	static uint32_t now[PLAN_GROUPS_MAX];
	int const got = sys_getgroups(PLAN_GROUPS_MAX, now);

	if (got < 0 || (uint32_t)got != count)
		return false;
	for (uint32_t i = 0; i < count; i++)
		if (!has(now, count, wanted[i]) || !has(wanted, count, now[i]))
			return false;
	return true;
}

int ids_prove(struct confine_request const *request)
{
	struct plan_slot const *slot = request->slot;
	uint32_t ids[3];
	int result = sys_getresuid(&ids[0], &ids[1], &ids[2]);

	if (result < 0)
		return result;
	if (!all_are(ids, slot->uid))
		return -EPERM;
	result = sys_getresgid(&ids[0], &ids[1], &ids[2]);
	if (result < 0)
		return result;
	if (!all_are(ids, slot->gid))
		return -EPERM;
	if (!groups_are(plan_words(request->plan, slot->groups), slot->groups.count))
		return -EPERM;
	/* EPERM, or EINVAL where the user namespace has no 0: anything but success will do. */
	if (slot->uid != 0 && sys_setuid(0) >= 0)
		return -EPERM;
	return 0;
}
