/* SPDX-License-Identifier: ISC */
/* Packing and unpacking of the 32-byte record; see verb.h for its layout. */
#include "wire/verb.h"

#include <errno.h>
#include <string.h>

void verb_pack(unsigned char record[VERB_SIZE], struct verb const *verb)
{
	uint32_t const words[8] = {
		VERB_MAGIC,	verb->kind,
		verb->slot,	verb->generation,
		verb->sequence, (uint32_t)verb->argument,
		verb->scope,	0,
	};

	memcpy(record, words, VERB_SIZE);
}

static int known(uint32_t kind)
{
	return (kind >= VERB_SPAWN && kind <= VERB_UPGRADE) ||
	       (kind >= VERB_START && kind <= VERB_SHUTDOWN);
}

int verb_unpack(unsigned char const record[VERB_SIZE], struct verb *verb)
{
	uint32_t words[8];

	memcpy(words, record, VERB_SIZE);
	if (words[0] != VERB_MAGIC || words[7] != 0)
		return -EPROTO;
	if (!known(words[1]) || words[6] > SCOPE_STOP)
		return -EPROTO;
	verb->kind = words[1];
	verb->slot = words[2];
	verb->generation = words[3];
	verb->sequence = words[4];
	verb->argument = (int32_t)words[5];
	verb->scope = words[6];
	return 0;
}
