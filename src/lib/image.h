/* SPDX-License-Identifier: ISC */
/*
 * The plan of an image: all services, those of phase = build and those that are off included, as
 * they were declared, without what this machine cannot give. For what works on an image's files
 * (lockdown, audit, build, explain); made by orlop-plan --image, which is this same program.
 */
#ifndef ORLOP_LIB_IMAGE_H
#define ORLOP_LIB_IMAGE_H

#include "wire/plan.h"

#include <stddef.h>

enum { IMAGE_WRONG = 100, IMAGE_SYSTEM = 111 };

struct image {
	void const *plan; /* NULL: none */
	size_t size;
};

/*
 * Reads the declarations in `directory` (NULL: /etc/orlop). 0, or the exit status to end with,
 * after messages on standard error: IMAGE_WRONG, IMAGE_SYSTEM.
 */
int image_load(struct image *image, char const *directory, char const *const *environment);

/* The same for the plan that a boot with this service alone would run, as it can be had here. */
int image_load_service(struct image *image, char const *directory, char const *name,
		       char const *const *environment);

/*
 * The same for a boot with `services` (NULL: with those that this environment asks for), of which
 * nothing is made or mended.
 */
int image_load_checked(struct image *image, char const *directory, char const *services,
		       char const *const *environment);
void image_free(struct image *image);

/*
 * Runs this same file as `words` (words[0] is the name it is called by) with descriptor `plan`,
 * if not negative, at FD_PLAN. Its exit status, 128 + n for signal n, or a negative errno.
 */
int image_run(char const *const *words, char const *const *environment, int plan);

#endif
