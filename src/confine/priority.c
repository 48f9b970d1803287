/* SPDX-License-Identifier: ISC */
/*
 * nice and the out-of-memory score. Raising either needs a privilege that containers seldom have;
 * orlop-plan has said so at boot, so here only `confine = strict` makes it an error.
 */
#include "confine/steps.h"
#include "sys/sys.h"

#include <fcntl.h>
#include <sys/resource.h>

static int excuse(struct plan_slot const *slot, int result)
{
	return slot->confine == PLAN_STRICT ? result : 0;
}

int priority_nice(struct plan_slot const *slot)
{
	int result;

	if (!(slot->flags & PLAN_NICE))
		return 0;
	result = sys_setpriority(PRIO_PROCESS, 0, slot->nice);
	return result < 0 ? excuse(slot, result) : 0;
}

/* Decimal text at the end of `buffer`; returns where it begins. */
static size_t format(char *buffer, size_t size, int32_t value)
{
	uint32_t rest = value < 0 ? 0U - (uint32_t)value : (uint32_t)value;

	do
		buffer[--size] = (char)('0' + rest % 10);
	while (rest /= 10);
	if (value < 0)
		buffer[--size] = '-';
	return size;
}

int priority_oom_score(struct plan_slot const *slot)
{
	char text[12];
	size_t start;
	ssize_t written;
	int fd;

	if (!(slot->flags & PLAN_OOM))
		return 0;
	fd = sys_openat(AT_FDCWD, "/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC, 0);
	if (fd < 0)
		return excuse(slot, fd);
	start = format(text, sizeof text, slot->oom_score_adjust);
	written = sys_write(fd, text + start, sizeof text - start);
	(void)sys_close(fd); /* the write has told already */
	return written < 0 ? excuse(slot, (int)written) : 0;
}
