/* SPDX-License-Identifier: ISC */
/* A reference must lead to what was put in, aligned, whatever was put in before it. */
#include "declared.h"

#include "plan/builder.h"

static void test_strings_and_lists(void **state)
{
	static char const *const at[] = { "one", "", "three", "one" };
	static uint64_t const numbers[] = { 1, UINT64_MAX };
	struct words const words = { at, 4 };
	struct builder b;
	struct plan_list list;

	(void)state;
	builder_begin(&b, &bed.arena, 256);
	assert_int_equal(builder_string(&b, NULL), 0);
	assert_int_equal(builder_string(&b, "one"), 256);
	assert_int_equal(builder_string(&b, "one"), 256); /* once */
	list = builder_strings(&b, &words);
	assert_int_equal(list.count, 4);
	assert_int_equal(list.offset % 8, 0);
	assert_string_equal(plan_string(b.bytes.s, plan_words(b.bytes.s, list)[2]), "three");
	assert_int_equal(plan_words(b.bytes.s, list)[0], plan_words(b.bytes.s, list)[3]);
	(void)builder_string(&b, "x");
	list = builder_list(&b, numbers, 2, sizeof *numbers);
	assert_int_equal(list.offset % 8, 0);
	assert_memory_equal(b.bytes.s + list.offset, numbers, sizeof numbers);
	assert_int_equal(builder_list(&b, NULL, 0, 4).offset, 0);
	builder_end(&b);
	assert_int_equal(b.bytes.len % 8, 0);
	assert_int_equal(b.bytes.s[b.bytes.len - 1], 0);
	stralloc_free(&b.bytes);
}

static void test_it_grows(void **state)
{
	struct builder b;
	uint32_t offsets[2000];

	(void)state;
	builder_begin(&b, &bed.arena, 8);
	for (unsigned i = 0; i < 2000; i++)
		offsets[i] = builder_string(&b, arena_number(&bed.arena, i));
	for (unsigned i = 0; i < 2000; i++)
		assert_string_equal(b.bytes.s + offsets[i], arena_number(&bed.arena, i));
	stralloc_free(&b.bytes);
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		DECLARED(test_strings_and_lists),
		DECLARED(test_it_grows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
