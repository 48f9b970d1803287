/* SPDX-License-Identifier: ISC */
/*
 * A directory of declarations for tests of src/plan: files are written into it, read by the code
 * under test, and what was found wrong is looked up by a piece of its line.
 */
#ifndef ORLOP_TESTS_DECLARED_H
#define ORLOP_TESTS_DECLARED_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "plan/compile.h"
#include "plan/faults.h"
#include "plan/load.h"
#include "wire/plan.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

struct declared {
	char directory[64];
	struct arena arena;
	struct faults faults;
	struct words_parser parser;
	struct declarations declarations;
	char const *environment[8];
	struct host host;
	stralloc plan;
	bool image; /* what the next compilation is asked for */
	char const *services;
	char report[65536];
};

static struct declared bed;

static void declared_exhausted(void)
{
	fail_msg("out of memory");
}

/* Writes `text` to the file `name` below the directory. */
static inline void declared_file(char const *name, char const *text)
{
	char path[256];
	FILE *file;

	(void)snprintf(path, sizeof path, "%s/%s", bed.directory, name);
	file = fopen(path, "w");
	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(chmod(path, 0644), 0);
}

static inline void declared_mkdir(char const *name)
{
	char path[256];

	(void)snprintf(path, sizeof path, "%s/%s", bed.directory, name);
	assert_int_equal(mkdir(path, 0755), 0);
}

static inline int declared_begin(void **state)
{
	(void)state;
	memset(&bed, 0, sizeof bed);
	strcpy(bed.directory, "/tmp/orlop-unit-XXXXXX");
	if (!mkdtemp(bed.directory))
		return -1;
	declared_mkdir("services");
	declared_mkdir("etc");
	declared_file("etc/passwd", "root:x:0:0:root:/root:/bin/bash\n"
				    "nobody:x:65534:65534::/nonexistent:/usr/sbin/nologin\n"
				    "web:x:1001:1002::/srv/web:/bin/dash\n"
				    "toor:x:0:0::/:/bin/sh\n"
				    "odd:x:61184:61184::/:/bin/sh\n");
	declared_file("etc/group", "root:x:0:\nweb:x:1002:\nlog:x:1003:web,nobody\n"
				   "mail:x:1004:web\n");
	bed.environment[0] = "PATH=/usr/bin:/bin";
	bed.environment[1] = "HOME=/root";
	bed.arena.exhausted = declared_exhausted;
	bed.faults.arena = &bed.arena;
	bed.parser.arena = &bed.arena;
	bed.parser.environment = bed.environment;
	bed.host = (struct host){ .uid = getuid(),
				  .gid = getgid(),
				  .capabilities = UINT64_MAX >> 20,
				  .landlock_abi = 7,
				  .can_change_ids = true,
				  .can_seccomp = true };
	bed.declarations = (struct declarations){ .arena = &bed.arena,
						  .faults = &bed.faults,
						  .parser = &bed.parser,
						  .environment = bed.environment,
						  .directory = bed.directory,
						  .host = bed.host,
						  .init_pid = 1,
						  .program = "/usr/bin/orlop" };
	return 0;
}

static inline int declared_remove(char const *path, struct stat const *status, int type,
				  struct FTW *walk)
{
	(void)status;
	(void)type;
	(void)walk;
	return remove(path);
}

static inline int declared_end(void **state)
{
	(void)state;
	words_free(&bed.parser);
	faults_free(&bed.faults);
	stralloc_free(&bed.plan);
	arena_free(&bed.arena);
	return nftw(bed.directory, declared_remove, 8, FTW_DEPTH | FTW_PHYS);
}

/* A service's file, read and taken. */
static inline struct service *declared_service(char const *text)
{
	bed.declarations.count = 0;
	memset(&bed.declarations.by_name, 0, sizeof bed.declarations.by_name);
	declared_file("services/one.ini", text);
	load_all(&bed.declarations);
	assert_int_equal(bed.declarations.count, 1);
	return &bed.declarations.services[0];
}

static inline char *declared_path(char const *name)
{
	return arena_join(&bed.arena, bed.directory, "/", name, NULL);
}

/* All faults as they would be printed. */
static inline char const *declared_report(void)
{
	int const fd = memfd_create("report", 0);
	ssize_t length;

	assert_true(fd >= 0);
	assert_int_equal(faults_print(&bed.faults, fd), 0);
	length = pread(fd, bed.report, sizeof bed.report - 1, 0);
	assert_true(length >= 0);
	bed.report[length] = '\0';
	close(fd);
	return bed.report;
}

static inline void declared_no_fault(void)
{
	if (faults_count(&bed.faults))
		fail_msg("unexpected: %s", declared_report());
}

static inline void declared_fault(char const *piece)
{
	if (!strstr(declared_report(), piece))
		fail_msg("no \"%s\" in: %s", piece, bed.report);
}

static inline int declared_compile(void)
{
	struct compile_request const request = { .directory = bed.directory,
						 .etc = declared_path("etc"),
						 .services = bed.services,
						 .program = "/usr/bin/orlop",
						 .environment = bed.environment,
						 .init_pid = 1,
						 .image = bed.image,
						 .host = &bed.host };

	stralloc_free(&bed.plan); /* of an earlier one */
	return compile_plan(&request, &bed.arena, &bed.faults, &bed.plan);
}

/* The slot called `name` in the compiled plan. */
static inline struct plan_slot const *declared_slot(char const *name)
{
	void const *const plan = bed.plan.s;

	for (uint32_t i = 0; i < plan_header(plan)->count; i++)
		if (!strcmp(plan_string(plan, plan_slot(plan, i)->name), name))
			return plan_slot(plan, i);
	fail_msg("no slot %s", name);
	return NULL;
}

/* Whether the strings of a plan's list have this one. */
static inline int declared_has(struct plan_list list, char const *string)
{
	for (uint32_t i = 0; i < list.count; i++)
		if (!strcmp(plan_string(bed.plan.s, plan_words(bed.plan.s, list)[i]), string))
			return 1;
	return 0;
}

/* What the slot's file cage allows below exactly this path; 0 for nothing. */
static inline uint32_t declared_rights(struct plan_slot const *slot, char const *path)
{
	struct plan_path const *paths = plan_paths(bed.plan.s, slot->paths);

	for (uint32_t i = 0; i < slot->paths.count; i++)
		if (!strcmp(plan_string(bed.plan.s, paths[i].path), path))
			return paths[i].rights;
	return 0;
}

/* Whether one of the notices has this piece. */
static inline int declared_notice(char const *piece)
{
	for (size_t i = 0; i < genalloc_len(char const *, &bed.faults.notices); i++)
		if (strstr(genalloc_s(char const *, &bed.faults.notices)[i], piece))
			return 1;
	return 0;
}

/* A test with a directory of its own. */
#define DECLARED(test) cmocka_unit_test_setup_teardown(test, declared_begin, declared_end)

#endif
