/* SPDX-License-Identifier: ISC */
/* unix:PATH: somebody accepts connections on this socket. */
#include "probe/probe_address.h"
#include "probe/probe_stream.h"
#include "sys/sys.h"

#include <errno.h>
#include <string.h>

static int parse(struct probe_target *target, char const *rest, struct text *problem)
{
	if (probe_address_unix(target, rest, strlen(rest)) == 0)
		return 0;
	text_add(problem, "unix:PATH with an absolute path of at most 107 bytes");
	return -EINVAL;
}

static int try(struct probe_target const *target, uint64_t deadline, struct text *why)
{
	int const fd = probe_stream_open(target, deadline, why);

	if (fd < 0)
		return fd;
	(void)sys_close(fd);
	return 0;
}

struct probe_kind const probe_unix = { "unix", parse, try };
