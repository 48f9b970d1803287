/* SPDX-License-Identifier: ISC */
/* tcp:HOST:PORT: somebody accepts connections there. */
#include "probe/probe_address.h"
#include "probe/probe_stream.h"

#include <errno.h>
#include <string.h>

static int parse(struct probe_target *target, char const *rest, struct text *problem)
{
	if (probe_address_internet(target, rest, strlen(rest), 0) == 0)
		return 0;
	text_add(problem, "tcp:HOST:PORT with an address such as 127.0.0.1, [::1] or localhost");
	return -EINVAL;
}

struct probe_kind const probe_tcp = { "tcp", parse, probe_stream_try };
