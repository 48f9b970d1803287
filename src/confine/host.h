/* SPDX-License-Identifier: ISC */
/*
 * What this host lets us do, asked of the kernel once, when the plan is made. The answers travel
 * in the plan's header, so that no start has to probe again. EPERM at a first probe means "not
 * here" like ENOSYS: old container profiles answer so for every system call that they do not know.
 */
#ifndef ORLOP_CONFINE_HOST_H
#define ORLOP_CONFINE_HOST_H

#include <stdbool.h>
#include <stdint.h>

struct host {
	uint32_t uid;
	uint32_t gid;
	uint64_t capabilities; /* effective */
	uint32_t landlock_abi; /* 0: none */
	bool can_change_ids;
	bool can_seccomp;
};

void host_probe(struct host *host);

/* Whether an id exists in this user namespace; true when the map cannot be read. */
bool host_maps_uid(uint32_t uid);
bool host_maps_gid(uint32_t gid);

#endif
