/* SPDX-License-Identifier: ISC */
/* Lines as they go out: each with what belongs to it, once, whatever the room. */
#include "log/log_style.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define FPM(text) \
	"[24-Nov-2026 09:54:14] WARNING: [pool www] child 1 said into stderr: \"" text "\"\n"

static struct log_style const prefix = { LOG_SHAPE_PREFIX, false, "ab | ", 5 };
static struct log_style const json = { LOG_SHAPE_JSON, false, "\",\"line\":\"", 10 };
static struct log_style const fpm = { LOG_SHAPE_PLAIN, true, NULL, 0 };

/* Lays out in as many pieces as the room asks for. */
static void assert_laid_out(struct log_layout layout, char const *bytes, size_t room,
			    char const *expected)
{
	char got[1024] = "";
	char out[256];
	size_t done = 0;
	size_t used = 0;

	for (int i = 0; i < 64 && done < strlen(bytes); i++) {
		size_t const n = log_style_lay(&layout, bytes + done, strlen(bytes) - done, out,
					       room, &used);

		assert_true(n > 0 && n <= room && used > 0);
		strncat(got, out, n);
		done += used;
		layout.continues = bytes[done - 1] != '\n' && layout.style->shape != LOG_SHAPE_JSON;
	}
	assert_string_equal(got, expected);
}

static void a_prefix_is_missing_or_doubled(void **state)
{
	struct log_layout layout = { .style = &prefix };

	(void)state;
	for (size_t room = 11; room <= 64; room++) {
		layout.continues = false;
		assert_laid_out(layout, "one\ntwo\n", room, "ab | one\nab | two\n");
		assert_laid_out(layout, "\n\nx", room, "ab | \nab | \nab | x");
		assert_laid_out(layout, "longer than the room\nx\n", room,
				"ab | longer than the room\nab | x\n");
		layout.continues = true;
		assert_laid_out(layout, "one\ntwo\n", room, "one\nab | two\n");
	}
}

static void control_characters_reach_a_terminal(void **state)
{
	struct log_layout layout = { .style = &prefix, .escape = true };

	(void)state;
	for (size_t room = 11; room <= 64; room++)
		assert_laid_out(layout, "\x1b[1m\tx\n\a\n", room, "ab | \\x1b[1m\tx\nab | \\x07\n");
	layout.escape = false;
	assert_laid_out(layout, "\x1b\n", 64, "ab | \x1b\n");
}

#define TIME "{\"time\":\"1970-01-01T00:00:01.000000Z\",\"line\":\""

static void json_is_torn(void **state)
{
	struct log_layout const layout = { .style = &json, .time = 1000000000 };

	(void)state;
	assert_laid_out(layout, "a\"\nb\n", 256, TIME "a\\\"\"}\n" TIME "b\"}\n");
	assert_laid_out(layout, "part", 256, TIME "part\",\"partial\":true}\n");
	/* 46 before, 18 behind, and what a byte can become */
	assert_laid_out(layout, "12345678\n", 46 + 18 + 6,
			TIME "123456\",\"partial\":true}\n" TIME "78\"}\n");
	assert_laid_out(layout, "123456\n", 46 + 18 + 6, TIME "123456\"}\n");
}

static void the_same_bytes_look_different_the_next_time(void **state)
{
	struct log_layout const layout = { .style = &json, .time = 1000000000 };
	char first[256];
	char second[256];
	size_t used;
	size_t again;
	size_t length;

	(void)state;
	length = log_style_lay(&layout, "one\ntwo\nthree\n", 14, first, 150, &used);
	assert_int_equal(used, 8);
	assert_int_equal(log_style_lay(&layout, "one\ntwo\nthree\n", 14, second, 150, &again),
			 length);
	assert_int_equal(again, used);
	assert_memory_equal(first, second, length);
}

static void a_decoration_is_left(void **state)
{
	struct log_layout layout = { .style = &fpm };

	(void)state;
	assert_laid_out(layout, "x\n" FPM("said") "y\n", 256, "x\nsaid\ny\n");
	/* Without room for it, it goes as it came. */
	assert_laid_out(layout, FPM("0123456789"), 10, FPM("0123456789"));
	assert_laid_out(layout, FPM("0123456789"), 16, "0123456789\n");
	layout.continues = true;
	assert_laid_out(layout, FPM("said"), 256, FPM("said"));
}

static void a_character_is_cut_in_two(void **state)
{
	(void)state;
	assert_int_equal(log_style_cut(&json, "ab\xc3", 3), 2);
	assert_int_equal(log_style_cut(&json, "\xc3", 1), 1);
	assert_int_equal(log_style_cut(&json, "abc", 3), 3);
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		cmocka_unit_test(a_prefix_is_missing_or_doubled),
		cmocka_unit_test(control_characters_reach_a_terminal),
		cmocka_unit_test(json_is_torn),
		cmocka_unit_test(the_same_bytes_look_different_the_next_time),
		cmocka_unit_test(a_decoration_is_left),
		cmocka_unit_test(a_character_is_cut_in_two),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
