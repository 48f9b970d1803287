/* SPDX-License-Identifier: ISC */
/* unix:PATH: somebody accepts connections on this socket. */
#include "probe/probe_address.h"
#include "probe/probe_stream.h"

#include <errno.h>
#include <string.h>

static int parse(struct probe_target *target, char const *rest, struct text *problem)
{
	if (probe_address_unix(target, rest, strlen(rest)) == 0)
		return 0;
	text_add(problem, "unix:PATH with an absolute path of at most 107 bytes");
	return -EINVAL;
}

struct probe_kind const probe_unix = { "unix", parse, probe_stream_try };
