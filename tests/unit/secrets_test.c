/* SPDX-License-Identifier: ISC */
/* Secrets from files: what becomes a variable, and what must be an error and not half a password. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "confine/steps.h"
#include "sys/fake.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { WORDS_MAX = 2 * CONFINE_SECRETS_MAX + 2, TEXT_MAX = 64 * 1024 };

static struct {
	struct plan_header header;
	struct plan_slot slot;
	uint32_t words[WORDS_MAX];
	char text[TEXT_MAX];
} plan;

static struct confine_request const request = { .plan = &plan, .slot = &plan.slot };
static size_t used;
static char folder[] = "/tmp/secrets_test.XXXXXX";
static char *const *secrets;
static uint32_t object;

static int reset(void **state)
{
	(void)state;
	fake_reset();
	memset(&plan, 0, sizeof plan);
	plan.slot.secrets.offset = offsetof(__typeof__(plan), words);
	used = 0;
	object = 0;
	return 0;
}

static uint32_t add(char const *text)
{
	uint32_t const at = (uint32_t)(offsetof(__typeof__(plan), text) + used);

	assert_true(used + strlen(text) < TEXT_MAX);
	strcpy(plan.text + used, text);
	used += strlen(text) + 1;
	return at;
}

static void declare(char const *name, char const *path)
{
	plan.words[plan.slot.secrets.count++] = add(name);
	plan.words[plan.slot.secrets.count++] = add(path);
}

/* A file of that content, declared under that name. */
static void put(char const *name, void const *content, size_t size)
{
	char path[128];
	int fd;

	(void)snprintf(path, sizeof path, "%s/%s", folder, name);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, content, size), size);
	close(fd);
	declare(name, path);
}

static int read_all(void)
{
	return secrets_read(&request, &secrets, &object);
}

static void test_no_secrets(void **state)
{
	(void)state;
	assert_int_equal(read_all(), 0);
	assert_null(secrets[0]);
}

/* Only what an editor or echo adds goes: a password may end in anything else. */
static void test_one_newline_is_not_meant(void **state)
{
	(void)state;
	put("A", "word\n", 5);
	put("B", "two\n\n", 5);
	put("C", "", 0);
	put("D", "\n", 1);
	put("E", " a=b ", 5);
	assert_int_equal(read_all(), 0);
	assert_string_equal(secrets[0], "A=word");
	assert_string_equal(secrets[1], "B=two\n");
	assert_string_equal(secrets[2], "C=");
	assert_string_equal(secrets[3], "D=");
	assert_string_equal(secrets[4], "E= a=b ");
	assert_null(secrets[5]);
}

/* A second reading must not give what the first had. */
static void test_a_second_start_reads_anew(void **state)
{
	(void)state;
	put("A", "longer\n", 7);
	assert_int_equal(read_all(), 0);
	reset(state);
	put("A", "x", 1);
	assert_int_equal(read_all(), 0);
	assert_string_equal(secrets[0], "A=x");
	assert_null(secrets[1]);
}

static void test_half_a_secret_is_none(void **state)
{
	(void)state;
	put("A", "x", 1);
	put("B", "be\0fore", 7);
	assert_int_equal(read_all(), -EILSEQ);
	assert_int_equal(object, 2);
}

static void test_missing_file(void **state)
{
	(void)state;
	put("A", "x", 1);
	declare("B", "?/no/such/file");
	put("C", "y", 1);
	assert_int_equal(read_all(), 0);
	assert_string_equal(secrets[0], "A=x");
	assert_string_equal(secrets[1], "C=y");
	assert_null(secrets[2]);
	declare("D", "/no/such/file");
	assert_int_equal(read_all(), -ENOENT);
	assert_int_equal(object, 4);
}

/* There, but not for us: that is an error even where it may be missing. */
static void test_unreadable_file(void **state)
{
	(void)state;
	declare("A", "?/etc/passwd");
	fake_fail(FAKE_openat, 1, 1, EACCES);
	assert_int_equal(read_all(), -EACCES);
}

/* A fifo would hang the start, and a device may never end. */
static void test_only_files(void **state)
{
	char path[64];

	(void)state;
	declare("A", folder);
	assert_int_equal(read_all(), -EISDIR);
	reset(state);
	(void)snprintf(path, sizeof path, "%s/fifo", folder);
	assert_int_equal(mkfifo(path, 0600), 0);
	declare("A", path);
	assert_int_equal(read_all(), -EINVAL);
	unlink(path);
	reset(state);
	declare("A", "/dev/zero");
	assert_int_equal(read_all(), -EINVAL);
}

static void test_size(void **state)
{
	enum { ALL = 64 * 1024 };
	static char content[ALL + 1];

	(void)state;
	memset(content, 'x', sizeof content);
	/* "A=" and the NUL count too. */
	put("A", content, ALL - 2);
	assert_int_equal(read_all(), 0);
	assert_int_equal(strlen(secrets[0]), ALL);
	reset(state);
	put("A", content, ALL - 1);
	assert_int_equal(read_all(), -EFBIG);
	assert_int_equal(object, 1);
	reset(state);
	put("A", content, ALL / 2);
	put("B", content, ALL / 2);
	assert_int_equal(read_all(), -EFBIG);
	assert_int_equal(object, 2);
	reset(state);
	put("A", content, ALL - 2);
	put("B", "", 0);
	assert_int_equal(read_all(), -EFBIG);
}

static void test_too_many(void **state)
{
	(void)state;
	put("A", "x", 1);
	for (int i = 1; i < CONFINE_SECRETS_MAX; i++) {
		plan.words[plan.slot.secrets.count++] = plan.words[0];
		plan.words[plan.slot.secrets.count++] = plan.words[1];
	}
	assert_int_equal(read_all(), 0);
	assert_string_equal(secrets[CONFINE_SECRETS_MAX - 1], "A=x");
	plan.slot.secrets.count += 2;
	assert_int_equal(read_all(), -E2BIG);
}

static void test_every_descriptor_is_closed(void **state)
{
	(void)state;
	put("A", "x", 1);
	put("B", "x", 1);
	fake_fail(FAKE_read, 3, 1, EIO);
	assert_int_equal(read_all(), -EIO);
	assert_int_equal(object, 2);
	assert_int_equal(fake_count(FAKE_close), 2);
}

#define TEST(name) cmocka_unit_test_setup(test_##name, reset)

int main(void)
{
	struct CMUnitTest const tests[] = {
		TEST(no_secrets),
		TEST(one_newline_is_not_meant),
		TEST(a_second_start_reads_anew),
		TEST(half_a_secret_is_none),
		TEST(missing_file),
		TEST(unreadable_file),
		TEST(only_files),
		TEST(size),
		TEST(too_many),
		TEST(every_descriptor_is_closed),
	};
	char command[64];
	int failed;

	if (!mkdtemp(folder))
		return 1;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	(void)snprintf(command, sizeof command, "rm -r %s", folder);
	return failed + (system(command) != 0);
}
