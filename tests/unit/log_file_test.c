/* SPDX-License-Identifier: ISC */
/*
 * Files of the logger's: no line lost, doubled or torn over archives, whenever it is killed; what is
 * too much is deleted, and nothing else.
 */
#include "log_bench.h"

#include "log/log_archives.h"

#include <dirent.h>
#include <sys/stat.h>

char const *PROG = "test";

static char directory[] = "/tmp/orlop-log-file-XXXXXX";

struct found {
	int count;
	size_t longest;
	char text[65536];
};

static int only_ours(struct dirent const *entry)
{
	return log_place_is_archive(entry->d_name, "svc") || !strcmp(entry->d_name, "svc.log");
}

static void add(struct found *found, char const *name)
{
	char path[512];
	FILE *file;
	size_t const length = strlen(found->text);

	(void)snprintf(path, sizeof path, "%s/%s", directory, name);
	file = fopen(path, "r");
	assert_non_null(file);
	found->text[length + fread(found->text + length, 1, 60000 - length, file)] = '\0';
	(void)fclose(file);
	assert_int_equal(unlink(path), 0);
	found->count++;
	if (strlen(found->text) - length > found->longest)
		found->longest = strlen(found->text) - length;
}

/* Takes all files away: the archives, oldest first, then the current one. */
static void collect(struct found *found)
{
	struct dirent **names;
	int const count = scandir(directory, &names, only_ours, alphasort);

	memset(found, 0, sizeof *found);
	assert_true(count >= 0);
	for (int i = 0; i < count; i++)
		if (strcmp(names[i]->d_name, "svc.log") != 0)
			add(found, names[i]->d_name);
	for (int i = 0; i < count; i++) {
		if (!strcmp(names[i]->d_name, "svc.log"))
			add(found, names[i]->d_name);
		free(names[i]);
	}
	free(names);
}

static void open_file(struct bench *b, uint64_t size, uint64_t keep)
{
	bench_open(b, KIND_PIPE);
	b->file = (struct log_file){ .name = "svc",
				     .place = { .size = size, .keep = keep },
				     .path = directory,
				     .directory = -1 };
	for (int i = 0; i < SOURCES; i++)
		b->outputs[i] = FILE_OUTPUT;
}

static void lines_are_torn_between_archives(void **state)
{
	static struct found found;
	struct bench b;

	(void)state;
	open_file(&b, 10, 100);
	start(&b);
	say(&b, 0, "one\ntwo\nthree\nfour\n");
	settle(&b);
	collect(&found);
	assert_string_equal(found.text, "one\ntwo\nthree\nfour\n");
	assert_int_equal(found.count, 3);
	bench_close(&b);
}

static void a_line_longer_than_a_file_is_torn(void **state)
{
	static struct found found;
	struct bench b;

	(void)state;
	open_file(&b, 10, 100);
	start(&b);
	say(&b, 0, "one\nlonger than ten\ntwo\n");
	settle(&b);
	collect(&found);
	assert_string_equal(found.text, "one\nlonger than ten\ntwo\n");
	assert_int_equal(found.count, 3);
	bench_close(&b);
}

static void too_much_is_kept_or_too_little(void **state)
{
	static struct found found;
	char other[64];
	struct bench b;
	FILE *file;

	(void)state;
	(void)snprintf(other, sizeof other, "%s/other.20261124T094619.123456Z.log", directory);
	file = fopen(other, "w");
	assert_non_null(file);
	(void)fclose(file);
	open_file(&b, 4, 2);
	start(&b);
	say(&b, 0, "aaa\nbbb\nccc\nddd\neee\n");
	settle(&b);
	collect(&found);
	assert_string_equal(found.text, "ccc\nddd\neee\n");
	assert_int_equal(found.count, 3);
	assert_int_equal(unlink(other), 0);
	bench_close(&b);
}

static void archives_are_out_of_order_when_the_clock_goes_back(void **state)
{
	static struct found found;
	char path[512];
	char name[LOG_PLACE_NAME];
	int const fd = open(directory, O_RDONLY | O_DIRECTORY);
	FILE *file;

	(void)state;
	(void)snprintf(path, sizeof path, "%s/svc.20991231T235959.999999Z.log", directory);
	file = fopen(path, "w");
	assert_non_null(file);
	(void)fclose(file);
	log_archives_next(fd, "svc", UINT64_C(1795513579123456789), name);
	assert_string_equal(name, "svc.20991231T235960.000000Z.log");
	log_archives_next(fd, "other", UINT64_C(1795513579123456789), name);
	assert_string_equal(name, "other.20261124T094619.123456Z.log");
	collect(&found);
	close(fd);
}

static void an_old_file_is_not_put_away(void **state)
{
	static struct found found;
	struct bench b;

	(void)state;
	open_file(&b, 4096, 10);
	b.file.place.age = SECOND;
	start(&b);
	say(&b, 0, "old\n");
	settle(&b);
	atomic_store(&b.outs[FILE_OUTPUT].record->born, 1);
	say(&b, 0, "new\n");
	settle(&b);
	say(&b, 0, "newer\n");
	settle(&b);
	collect(&found);
	assert_string_equal(found.text, "old\nnew\nnewer\n");
	assert_int_equal(found.count, 2);
	bench_close(&b);
}

static void a_refusal_loses_lines(void **state)
{
	static enum fake_call const calls[] = { FAKE_openat, FAKE_renameat, FAKE_splice };
	static struct found found;

	(void)state;
	for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++) {
		struct bench b;

		open_file(&b, 4, 100);
		start(&b);
		fake_fail(calls[i], fake_count(calls[i]) + 1, 1, ENOSPC);
		say(&b, 0, "aaa\nbbb\n");
		settle(&b);
		assert_true(log_pump_deadline(&b.pump) == b.now + SECOND);
		assert_non_null(strstr(b.got[1], "/svc.log cannot be written (No space left"));
		b.now += SECOND;
		settle(&b);
		collect(&found);
		assert_string_equal(found.text, "aaa\nbbb\n");
		bench_close(&b);
	}
}

static void other_outputs_wait_for_a_file(void **state)
{
	struct bench b;

	(void)state;
	open_file(&b, 4096, 100);
	b.outputs[1] = 0;
	style_prefix(&b.styles[0], "a | ");
	style_prefix(&b.styles[1], "b | ");
	start(&b);
	fake_fail(FAKE_write, 1, 1000, ENOSPC);
	say(&b, 0, "to the full disk\n");
	settle(&b);
	say(&b, 1, "to the pipe\n");
	settle(&b);
	assert_string_equal(b.got[0], "b | to the pipe\n");
	bench_close(&b);
}

/* The state and the records of all outputs. */
enum { STORED = LOG_RECORDS + OUTPUTS * LOG_RECORD_SIZE };

static struct {
	jmp_buf back;
	unsigned calls;
	unsigned deadly; /* number of the call before which it dies */
	bool behind;	 /* it dies right behind the call before, with nothing stored since */
	char *live;
	unsigned char copy[STORED];
} killer;

static bool kill_at(enum fake_call call, long *value, void *context)
{
	struct bench *b = context;

	(void)call;
	(void)value;
	if (++killer.calls == killer.deadly) {
		if (killer.behind && killer.live)
			memcpy(killer.live, killer.copy, STORED);
		longjmp(killer.back, 1);
	}
	killer.live = b->pump.outputs.map;
	if (killer.live)
		memcpy(killer.copy, killer.live, STORED);
	return false;
}

/* True when the logger came to its end before call number `deadly`. */
static bool survives(unsigned deadly, bool behind, struct log_style const *style)
{
	static char const said[] = "one\ntwo\nthree\nfour\nfive\nsix\n";
	static struct found found;
	static struct bench b;
	volatile bool ended = false;

	open_file(&b, 10, 100);
	b.styles[0] = *style;
	say(&b, 0, said);
	for (int i = 0; i < SOURCES; i++)
		hang_up(&b, i);
	memset(&killer, 0, sizeof killer);
	killer.deadly = deadly;
	killer.behind = behind;
	for (int call = 0; call < FAKE_CALLS; call++)
		fake_hook((enum fake_call)call, kill_at, &b);
	if (setjmp(killer.back) == 0) {
		start(&b);
		finish(&b);
		ended = true;
	}
	fake_reset();
	if (!ended) {
		bury(&b);
		start(&b);
		finish(&b);
	}
	collect(&found);
	if (style->head)
		assert_string_equal(found.text, "s | one\ns | two\ns | three\ns | four\n"
						"s | five\ns | six\n");
	else
		assert_string_equal(found.text, said);
	assert_true(style->head || found.longest <= 10);
	bench_close(&b);
	return ended;
}

static void killed_everywhere(bool behind, struct log_style const *style)
{
	unsigned deadly = 1;

	while (!survives(deadly, behind, style))
		deadly++;
	/* A test of nothing would end at once. */
	assert_true(deadly > 20);
}

static void killed_around_any_call(void **state)
{
	struct log_style style = { LOG_SHAPE_PLAIN };

	(void)state;
	killed_everywhere(false, &style);
	killed_everywhere(true, &style);
	style_prefix(&style, "s | ");
	killed_everywhere(false, &style);
	killed_everywhere(true, &style);
}

static void the_newest_are_deleted(void **state)
{
	static struct found found;
	int const fd = open(directory, O_RDONLY | O_DIRECTORY);

	(void)state;
	for (int i = 0; i < 50; i++) {
		char path[512];
		FILE *file;

		(void)snprintf(path, sizeof path, "%s/svc.20261124T0946%02d.000000Z.log", directory,
			       i * 7 % 50);
		file = fopen(path, "w");
		assert_non_null(file);
		(void)fprintf(file, "%02d,", i * 7 % 50);
		(void)fclose(file);
	}
	log_archives_trim(fd, "svc", 3);
	collect(&found);
	assert_string_equal(found.text, "47,48,49,");
	close(fd);
}

static int make_directory(void **state)
{
	(void)state;
	return mkdtemp(directory) ? 0 : -1;
}

static int remove_directory(void **state)
{
	(void)state;
	return rmdir(directory);
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		cmocka_unit_test(lines_are_torn_between_archives),
		cmocka_unit_test(a_line_longer_than_a_file_is_torn),
		cmocka_unit_test(too_much_is_kept_or_too_little),
		cmocka_unit_test(archives_are_out_of_order_when_the_clock_goes_back),
		cmocka_unit_test(an_old_file_is_not_put_away),
		cmocka_unit_test(a_refusal_loses_lines),
		cmocka_unit_test(other_outputs_wait_for_a_file),
		cmocka_unit_test(killed_around_any_call),
		cmocka_unit_test(the_newest_are_deleted),
	};

	(void)signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
