/* SPDX-License-Identifier: ISC */
/* Pieces must not overlap, must be aligned and zeroed, and running out must be told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lib/arena.h"

#include <string.h>

static jmp_buf out;

static void exhausted(void)
{
	longjmp(out, 1);
}

static void test_pieces_are_apart_and_zeroed(void **state)
{
	struct arena arena = { .exhausted = exhausted };
	unsigned char *pieces[200];

	(void)state;
	for (int i = 0; i < 200; i++) {
		pieces[i] = arena_take(&arena, 1000);
		assert_int_equal((uintptr_t)pieces[i] % 16, 0);
		for (int k = 0; k < 1000; k++)
			assert_int_equal(pieces[i][k], 0);
		memset(pieces[i], i + 1, 1000);
	}
	for (int i = 0; i < 200; i++)
		assert_int_equal(pieces[i][999], (unsigned char)(i + 1));
	arena_free(&arena);
}

static void test_a_piece_may_be_larger_than_a_chunk(void **state)
{
	struct arena arena = { .exhausted = exhausted };
	char *large = arena_take(&arena, 1000000);

	(void)state;
	large[999999] = 1;
	assert_string_equal(arena_copy(&arena, "abc", 2), "ab");
	arena_free(&arena);
}

static void test_strings(void **state)
{
	struct arena arena = { .exhausted = exhausted };

	(void)state;
	assert_string_equal(arena_join(&arena, "a", "", "bc", NULL), "abc");
	assert_string_equal(arena_join(&arena, "", NULL), "");
	assert_string_equal(arena_number(&arena, 4294967295UL), "4294967295");
	arena_free(&arena);
}

static void test_an_impossible_size_is_exhaustion(void **state)
{
	struct arena arena = { .exhausted = exhausted };

	(void)state;
	if (setjmp(out) == 0) {
		(void)arena_array(&arena, SIZE_MAX / 2, 4);
		fail();
	}
	arena_free(&arena);
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		cmocka_unit_test(test_pieces_are_apart_and_zeroed),
		cmocka_unit_test(test_a_piece_may_be_larger_than_a_chunk),
		cmocka_unit_test(test_strings),
		cmocka_unit_test(test_an_impossible_size_is_exhaustion),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
