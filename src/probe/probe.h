/* SPDX-License-Identifier: ISC */
/*
 * What a probe asks: a target of the form KIND:…, parsed once, tried as often as wanted. One file
 * a kind; each parses what stands behind its colon and makes one try until a deadline.
 * There is no resolver: hosts are numbers or `localhost`, since the program is static and a probe
 * that hangs in DNS says nothing of the service.
 */
#ifndef ORLOP_PROBE_PROBE_H
#define ORLOP_PROBE_PROBE_H

#include "lib/text.h"

#include <stdint.h>
#include <sys/socket.h>

enum { PROBE_PATH_MAX = 1024, PROBE_HOST_MAX = 64, PROBE_ANSWER_MAX = 65536 };

struct probe_target;

struct probe_kind {
	char const *name;
	/* 0, or -EINVAL with `problem` filled: what was expected. */
	int (*parse)(struct probe_target *target, char const *rest, struct text *problem);
	/* 0: yes. Negative: no, `why` is filled; -EHOSTDOWN stands for an answer that is a no. */
	int (*try)(struct probe_target const *target, uint64_t deadline, struct text *why);
};

struct probe_target {
	struct probe_kind const *kind;
	union {
		struct sockaddr any;
		struct sockaddr_storage storage;
	} address;
	unsigned length;	   /* of address */
	char host[PROBE_HOST_MAX]; /* HOST:PORT as written, for the Host header */
	char path[PROBE_PATH_MAX]; /* of http and fastcgi */
};

extern struct probe_kind const probe_tcp;
extern struct probe_kind const probe_unix;
extern struct probe_kind const probe_http;
extern struct probe_kind const probe_fastcgi;

/* Parses a whole target. */
int probe_parse(struct probe_target *target, char const *word, struct text *problem);

#endif
