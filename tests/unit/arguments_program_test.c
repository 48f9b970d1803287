/* SPDX-License-Identifier: ISC */
/* What orlop-confine lets run besides what -x names: its program, and what that cannot do without. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "confine/arguments.h"
#include "confine/base_paths.h"
#include "sys/fake.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct arguments arguments;
static struct arguments_fault fault;
static struct host const host = { .uid = 0, .gid = 0 };
static char folder[] = "/tmp/arguments_program_test.XXXXXX";
static char path_variable[64];
static char *environment[] = { path_variable, NULL };

static int reset(void **state)
{
	(void)state;
	fake_reset();
	memset(&arguments, 0, sizeof arguments);
	(void)snprintf(path_variable, sizeof path_variable, "PATH=/none:%s", folder);
	arguments.environment = environment;
	return 0;
}

static int parse(char *const *argv)
{
	return arguments_parse(&arguments, argv, &host, &fault);
}

#define PARSE(...) parse((char *const[]){ "orlop-confine", "-x", "/none", __VA_ARGS__, NULL })

static char const *in_folder(char const *name)
{
	static char path[128];

	(void)snprintf(path, sizeof path, "%s/%s", folder, name);
	return path;
}

static void put(char const *name, void const *content, size_t size, unsigned mode)
{
	int const fd = open(in_folder(name), O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, content, size), size);
	assert_int_equal(fchmod(fd, mode), 0);
	close(fd);
}

static void put_script(char const *name, char const *line)
{
	put(name, line, strlen(line), 0755);
}

/* An ELF file whose interpreter's name lies where patchelf puts it: behind everything else. */
static void put_program(char const *name, char const *interpreter, uint32_t type)
{
	static struct {
		Elf64_Ehdr header;
		Elf64_Phdr parts[2];
		char space[8192];
		char interpreter[32];
	} file;

	memset(&file, 0, sizeof file);
	memcpy(file.header.e_ident, ELFMAG, SELFMAG);
	file.header.e_ident[EI_CLASS] = ELFCLASS64;
	file.header.e_phoff = offsetof(__typeof__(file), parts);
	file.header.e_phnum = 2;
	file.parts[0].p_type = PT_LOAD;
	file.parts[1].p_type = type;
	file.parts[1].p_offset = offsetof(__typeof__(file), interpreter);
	file.parts[1].p_filesz = strlen(interpreter) + 1;
	strcpy(file.interpreter, interpreter);
	put(name, &file, sizeof file, 0755);
}

static bool runs(char const *path)
{
	struct plan_list const list = arguments.plan.slot.paths;
	struct plan_path const *paths = plan_paths(&arguments.plan, list);

	for (uint32_t i = 0; i < list.count; i++)
		if (strcmp(arguments_text(&arguments, paths[i].path), path) == 0)
			return paths[i].rights & PLAN_EXECUTE;
	return false;
}

/* How many come to -x and the base paths. */
static uint32_t added(void)
{
	return arguments.plan.slot.paths.count - base_paths_count - 1;
}

static void test_program_and_its_loader(void **state)
{
	(void)state;
	put_program("tool", "/lib/loader", PT_INTERP);
	assert_int_equal(PARSE("tool"), 0);
	assert_true(runs(in_folder("tool")));
	assert_true(runs("/lib/loader"));
	assert_int_equal(added(), 2);
	reset(state);
	put_program("tool", "/lib/loader", PT_NOTE);
	assert_int_equal(PARSE("tool"), 0);
	assert_int_equal(added(), 1);
}

/* The shell of a script has its loader too, and a script may have a script. */
static void test_chain_of_interpreters(void **state)
{
	char line[128];

	put_program("shell", "/lib/loader", PT_INTERP);
	(void)snprintf(line, sizeof line, "#! %s -e\necho x\n", in_folder("shell"));
	put_script("inner", line);
	(void)snprintf(line, sizeof line, "#!%s\r\n", in_folder("inner"));
	put_script("outer", line);
	reset(state);
	assert_int_equal(PARSE("outer"), 0);
	assert_true(runs(in_folder("outer")));
	assert_true(runs(in_folder("inner")));
	assert_true(runs(in_folder("shell")));
	assert_true(runs("/lib/loader"));
	assert_int_equal(added(), 4);
}

static void test_env_finds_its_word(void **state)
{
	(void)state;
	put_program("php", "/lib/loader", PT_INTERP);
	put_script("script", "#!/none/env -S A=b php -d x\n");
	assert_int_equal(PARSE("script"), 0);
	assert_true(runs("/none/env"));
	assert_true(runs(in_folder("php")));
	assert_true(runs("/lib/loader"));
	reset(state);
	put_script("script", "#!/none/env\n");
	assert_int_equal(PARSE("script"), 0);
	assert_int_equal(added(), 2);
	reset(state);
	put_script("script", "#!/none/notenv php\n");
	assert_int_equal(PARSE("script"), 0);
	assert_int_equal(added(), 2);
}

/* A ring must not go on for ever. */
static void test_ring_of_scripts(void **state)
{
	char line[128];

	(void)state;
	(void)snprintf(line, sizeof line, "#!%s\n", in_folder("ring"));
	put_script("ring", line);
	assert_int_equal(PARSE("ring"), 0);
	assert_true(added() <= 8);
}

static void test_given_path_wins(void **state)
{
	char own[64];

	(void)state;
	put_script("tool", "echo x\n");
	(void)snprintf(own, sizeof own, "PATH=%s", folder);
	strcpy(path_variable, "PATH=/none");
	assert_int_equal(PARSE("tool"), 0);
	assert_int_equal(added(), 0);
	reset(state);
	strcpy(path_variable, "PATH=/none");
	assert_int_equal(PARSE("-e", own, "tool"), 0);
	assert_true(runs(in_folder("tool")));
}

/* exec comes after the change of directory. */
static void test_relative_program(void **state)
{
	(void)state;
	put_script("tool", "echo x\n");
	assert_int_equal(PARSE("-d", folder, "./tool"), 0);
	assert_true(runs(in_folder("./tool")));
	reset(state);
	assert_int_equal(PARSE("./tool"), 0);
	assert_true(runs("././tool"));
}

/* What cannot be executed is passed over, as exec does. */
static void test_not_to_be_found(void **state)
{
	(void)state;
	assert_int_equal(PARSE("no-such-tool"), 0);
	assert_int_equal(added(), 0);
	reset(state);
	put("text", "x", 1, 0644);
	assert_int_equal(PARSE("text"), 0);
	assert_int_equal(added(), 0);
}

/* Whatever is in the file: not one byte behind what was read, and no endless loop. */
static void test_nonsense(void **state)
{
	static Elf64_Ehdr header;
	static char const line[300] = "#!";
	char full[300];

	memset(full, 'x', sizeof full);
	memcpy(full, "#!/", 3);
	put("nonsense", full, sizeof full, 0755);
	assert_int_equal(PARSE("nonsense"), 0);
	reset(state);
	put("nonsense", line, sizeof line, 0755);
	assert_int_equal(PARSE("nonsense"), 0);
	assert_int_equal(added(), 1);
	reset(state);
	memcpy(header.e_ident, ELFMAG, SELFMAG);
	header.e_ident[EI_CLASS] = ELFCLASS64;
	header.e_phoff = UINT64_MAX;
	header.e_phnum = UINT16_MAX;
	put("nonsense", &header, sizeof header, 0755);
	assert_int_equal(PARSE("nonsense"), 0);
	assert_int_equal(added(), 1);
	reset(state);
	put("nonsense", "", 0, 0755);
	assert_int_equal(PARSE("nonsense"), 0);
	assert_int_equal(added(), 1);
}

#define TEST(name) cmocka_unit_test_setup(test_##name, reset)

int main(void)
{
	struct CMUnitTest const tests[] = {
		TEST(program_and_its_loader), TEST(chain_of_interpreters),
		TEST(env_finds_its_word),     TEST(ring_of_scripts),
		TEST(given_path_wins),	      TEST(relative_program),
		TEST(not_to_be_found),	      TEST(nonsense),
	};
	char command[64];
	int failed;

	if (!mkdtemp(folder))
		return 1;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	(void)snprintf(command, sizeof command, "rm -r %s", folder);
	return failed + (system(command) != 0);
}
