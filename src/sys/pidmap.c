/* SPDX-License-Identifier: ISC */
/* Chains of indices, one chain for each remainder of the pid; see pidmap.h. */
#include "sys/pidmap.h"

enum { CHAINS = 4096 };

static int16_t heads[CHAINS];
static int16_t next[PIDMAP_SIZE];
static int pids[PIDMAP_SIZE];

void pidmap_clear(void)
{
	for (unsigned i = 0; i < CHAINS; i++)
		heads[i] = PIDMAP_NONE;
}

static int16_t *link_to(int pid)
{
	int16_t *link = &heads[(unsigned)pid % CHAINS];

	while (*link != PIDMAP_NONE && pids[*link] != pid)
		link = &next[*link];
	return link;
}

void pidmap_add(int pid, int index)
{
	int16_t *head = &heads[(unsigned)pid % CHAINS];

	pids[index] = pid;
	next[index] = *head;
	*head = (int16_t)index;
}

int pidmap_find(int pid)
{
	return *link_to(pid);
}

void pidmap_remove(int pid)
{
	int16_t *link = link_to(pid);

	if (*link != PIDMAP_NONE)
		*link = next[*link];
}
