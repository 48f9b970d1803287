/* SPDX-License-Identifier: ISC */
/* The last lines of each slot: whole, in order, however much was said before. */
#include "log_bench.h"

#include "log/log_ring.h"

char const *PROG = "test";

static char ring[LOG_RING_SIZE + 1];

/* The ring's bytes in their order. */
static char const *ring_of(struct bench *b, uint32_t slot)
{
	uint64_t const end = atomic_load(&((
	    struct log_record *)(void *)(b->pump.outputs.map + LOG_RECORDS))[LOG_RING_FIRST + slot]
					      .ring);
	int64_t const start = LOG_RINGS + (int64_t)slot * LOG_RING_SIZE;

	memset(ring, 0, sizeof ring);
	for (uint64_t i = end > LOG_RING_SIZE ? end - LOG_RING_SIZE : 0, n = 0; i < end; i++, n++)
		assert_int_equal(pread(b->state, ring + n, 1, start + (int64_t)(i % LOG_RING_SIZE)),
				 1);
	return ring;
}

static void a_line_is_missing_or_somebody_elses(void **state)
{
	struct bench b;
	char const *text;

	(void)state;
	bench_open(&b, KIND_PIPE);
	start(&b);
	say(&b, 0, "one\ntwo\n");
	say(&b, 1, "other\n");
	say(&b, 2, "half");
	settle(&b);
	b.now += SECOND;
	settle(&b);
	text = ring_of(&b, 0);
	assert_int_equal(strlen(text), 2 * (LOG_RING_HEAD + 4));
	assert_memory_equal(text + 16, "oone\n", 5);
	assert_memory_equal(text + 16 + 21, "otwo\n", 5);
	assert_memory_equal(ring_of(&b, 1) + 16, "oother\n", 7);
	assert_memory_equal(ring_of(&b, 2) + 16, "Ohalf\n", 6);
	bench_close(&b);
}

static void the_oldest_stays_or_the_newest_is_lost(void **state)
{
	struct bench b;
	char line[32];
	char const *text;

	(void)state;
	bench_open(&b, KIND_PIPE);
	start(&b);
	for (int i = 0; i < 2000; i++) {
		(void)snprintf(line, sizeof line, "line %d\n", i);
		say(&b, 0, line);
		settle(&b);
	}
	text = ring_of(&b, 0);
	assert_int_equal(strlen(text), LOG_RING_SIZE);
	assert_string_equal(text + LOG_RING_SIZE - 11, "oline 1999\n");
	bench_close(&b);
}

static void too_much_at_once_writes_outside(void **state)
{
	static char lines[60001];
	struct bench b;
	char const *text;

	(void)state;
	bench_open(&b, KIND_PIPE);
	start(&b);
	memset(lines, '\n', 60000);
	say(&b, 1, lines);
	settle(&b);
	text = ring_of(&b, 1);
	assert_int_equal(strlen(text), LOG_RING_SIZE);
	assert_string_equal(text + LOG_RING_SIZE - 2, "o\n");
	assert_string_equal(ring_of(&b, 0), "");
	assert_string_equal(ring_of(&b, 2), "");
	memset(lines, 'x', 59999);
	say(&b, 0, lines);
	settle(&b);
	assert_int_equal(strlen(ring_of(&b, 0)), LOG_RING_HEAD + 4096);
	bench_close(&b);
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		cmocka_unit_test(a_line_is_missing_or_somebody_elses),
		cmocka_unit_test(the_oldest_stays_or_the_newest_is_lost),
		cmocka_unit_test(too_much_at_once_writes_outside),
	};

	(void)signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
