/* SPDX-License-Identifier: ISC */
/* Running orlop-plan --image and mapping what it wrote; see image.h. */
#include "lib/image.h"

#include "lib/exit_code.h"
#include "lib/text.h"
#include "sys/sys.h"
#include "wire/descriptors.h"

#include <errno.h>
#include <skalibs/strerr.h>
#include <spawn.h>
#include <string.h>
#include <sys/mman.h>

int image_run(char const *const *words, char const *const *environment, int plan)
{
	posix_spawn_file_actions_t actions;
	pid_t pid;
	int error = posix_spawn_file_actions_init(&actions);

	if (error)
		return -error;
	/* Onto itself it loses close-on-exec, since POSIX.1-2024 and glibc 2.29. */
	if (plan >= 0)
		error = posix_spawn_file_actions_adddup2(&actions, plan, FD_PLAN);
	if (!error)
		error = posix_spawn(&pid, "/proc/self/exe", &actions, NULL, (char *const *)words,
				    (char *const *)environment);
	posix_spawn_file_actions_destroy(&actions);
	return error ? -error : exit_code_of(pid);
}

static int map(struct image *image, int fd)
{
	struct stat status;
	int error = sys_fstat(fd, &status);

	if (error < 0)
		return error;
	if (status.st_size <= 0)
		return -EPROTO;
	image->size = (size_t)status.st_size;
	image->plan = mmap(NULL, image->size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (image->plan == MAP_FAILED) {
		error = -errno;
		image->plan = NULL;
		return error;
	}
	error = plan_check(image->plan, image->size);
	if (error < 0)
		image_free(image);
	return error;
}

static int refuse(char const *what, int error)
{
	strerr_warn(PROG, ": fatal: ", what, ": ", strerror(-error));
	return IMAGE_SYSTEM;
}

static int read_plan(struct image *image, int fd, char const *const *words,
		     char const *const *environment)
{
	int result = image_run(words, environment, fd);

	if (result == -ENOENT) /* what else but this very program */
		return refuse("unable to run orlop-plan by /proc/self/exe, is /proc mounted",
			      result);
	if (result < 0)
		return refuse("unable to run orlop-plan", result);
	if (result > 0)
		return result;
	result = map(image, fd);
	return result < 0 ? refuse("unable to read the plan", result) : 0;
}

enum { OPTIONS = 3 };

/* orlop-plan with those `options` that are not NULL, and the plan that it writes. */
static int load(struct image *image, char const *directory, char const *const options[OPTIONS],
		char const *const *environment)
{
	enum { CLOSE_ON_EXEC = 1, ALLOW_SEALING = 2 }; /* of memfd_create(2) */
	struct text where = TEXT_EMPTY;
	char const *words[2 + OPTIONS + 1] = { "orlop-plan" };
	int count = 2;
	int status;
	int fd;

	*image = (struct image){ .plan = NULL };
	text_add(&where, "--directory=");
	text_add(&where, directory ? directory : "/etc/orlop");
	if (where.failed)
		return refuse("unable to read the declarations", -ENOMEM);
	words[1] = text_string(&where);
	for (int i = 0; i < OPTIONS; i++)
		if (options[i])
			words[count++] = options[i];
	fd = sys_memfd_create("plan", CLOSE_ON_EXEC | ALLOW_SEALING);
	status = fd < 0 ? refuse("unable to make a memfd", fd)
			: read_plan(image, fd, words, environment);
	if (fd >= 0)
		(void)sys_close(fd); /* nothing was written */
	text_free(&where);
	return status;
}

int image_load(struct image *image, char const *directory, char const *const *environment)
{
	return load(image, directory, (char const *[OPTIONS]){ "--image" }, environment);
}

/* The first `length` bytes of `services`, NULL for none, as the last option. */
static int load_services(struct image *image, char const *directory, char const *options[OPTIONS],
			 char const *services, size_t length, char const *const *environment)
{
	struct text option = TEXT_EMPTY;
	int status;

	if (services) {
		text_add(&option, "--services=");
		text_add_bytes(&option, services, length);
		options[OPTIONS - 1] = text_string(&option);
	}
	status = option.failed ? refuse("unable to read the declarations", -ENOMEM)
			       : load(image, directory, options, environment);
	text_free(&option);
	return status;
}

int image_load_service(struct image *image, char const *directory, char const *name,
		       char const *const *environment)
{
	return load_services(image, directory, (char const *[OPTIONS]){ NULL }, name,
			     strcspn(name, "@"), environment);
}

int image_load_checked(struct image *image, char const *directory, char const *services,
		       char const *const *environment)
{
	return load_services(image, directory, (char const *[OPTIONS]){ "--check", "--plan" },
			     services, services ? strlen(services) : 0, environment);
}

void image_free(struct image *image)
{
	if (image->plan)
		(void)munmap((void *)image->plan, image->size); /* cannot fail for a whole map */
	image->plan = NULL;
}
