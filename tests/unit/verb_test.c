/* SPDX-License-Identifier: ISC */
/* The 32-byte record: whoever reads it must get what was written, or refuse it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <limits.h>
#include <string.h>

#include "wire/verb.h"

static struct verb const example = {
	.kind = VERB_KILL,
	.slot = 8191,
	.generation = UINT32_MAX,
	.sequence = 7,
	.argument = 9,
	.scope = SCOPE_GROUP,
};

static void a_record_does_not_come_back_as_it_was(void **state)
{
	unsigned char record[VERB_SIZE];
	struct verb verb;

	(void)state;
	verb_pack(record, &example);
	assert_int_equal(verb_unpack(record, &verb), 0);
	assert_memory_equal(&verb, &example, sizeof verb);
}

static void a_negative_argument_is_lost(void **state)
{
	unsigned char record[VERB_SIZE];
	struct verb verb = example;

	(void)state;
	verb.argument = INT_MIN;
	verb_pack(record, &verb);
	assert_int_equal(verb_unpack(record, &verb), 0);
	assert_int_equal(verb.argument, INT_MIN);
}

static void fields_are_not_at_the_documented_bytes(void **state)
{
	unsigned char record[VERB_SIZE];
	uint32_t word;

	(void)state;
	verb_pack(record, &example);
	memcpy(&word, record, 4);
	assert_int_equal(word, VERB_MAGIC);
	memcpy(&word, record + 8, 4);
	assert_int_equal(word, 8191);
	memcpy(&word, record + 24, 4);
	assert_int_equal(word, SCOPE_GROUP);
	memcpy(&word, record + 28, 4);
	assert_int_equal(word, 0);
}

static void refused(size_t offset, uint32_t value)
{
	unsigned char record[VERB_SIZE];
	struct verb verb;

	verb_pack(record, &example);
	memcpy(record + offset, &value, sizeof value);
	assert_int_equal(verb_unpack(record, &verb), -EPROTO);
}

static void garbage_is_taken_for_a_record(void **state)
{
	(void)state;
	refused(0, 0);
	refused(0, VERB_MAGIC + 1);
	refused(4, 0);
	refused(4, VERB_UPGRADE + 1);
	refused(4, VERB_START - 1);
	refused(4, VERB_SHUTDOWN + 1);
	refused(4, UINT32_MAX);
	refused(24, SCOPE_STOP + 1);
	refused(28, 1);
}

static void a_verb_is_not_known(void **state)
{
	(void)state;
	for (uint32_t kind = 0; kind < 64; kind++) {
		unsigned char record[VERB_SIZE];
		struct verb verb = { .kind = kind };
		int const known = (kind >= VERB_SPAWN && kind <= VERB_UPGRADE) ||
				  (kind >= VERB_START && kind <= VERB_SHUTDOWN);

		verb_pack(record, &verb);
		assert_int_equal(verb_unpack(record, &verb), known ? 0 : -EPROTO);
	}
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		cmocka_unit_test(a_record_does_not_come_back_as_it_was),
		cmocka_unit_test(a_negative_argument_is_lost),
		cmocka_unit_test(fields_are_not_at_the_documented_bytes),
		cmocka_unit_test(garbage_is_taken_for_a_record),
		cmocka_unit_test(a_verb_is_not_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
