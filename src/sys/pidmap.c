/* SPDX-License-Identifier: ISC */
/* Chains of indices, one chain for each remainder of the pid; see pidmap.h. */
#include "sys/pidmap.h"

enum { CHAINS = 4096 };

/* Index + 1, so that fresh memory is an empty map. */
static int16_t heads[CHAINS];
static int16_t next[PIDMAP_SIZE];
static int pids[PIDMAP_SIZE];

void pidmap_clear(void)
{
	for (unsigned i = 0; i < CHAINS; i++)
		heads[i] = 0;
}

static int16_t *link_to(int pid)
{
	int16_t *link = &heads[(unsigned)pid % CHAINS];

	while (*link && pids[*link - 1] != pid)
		link = &next[*link - 1];
	return link;
}

void pidmap_add(int pid, int index)
{
	int16_t *head = &heads[(unsigned)pid % CHAINS];

	pids[index] = pid;
	next[index] = *head;
	*head = (int16_t)(index + 1);
}

int pidmap_find(int pid)
{
	return *link_to(pid) - 1;
}

void pidmap_remove(int pid)
{
	int16_t *link = link_to(pid);

	if (*link)
		*link = next[*link - 1];
}
