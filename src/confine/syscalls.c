/* SPDX-License-Identifier: ISC */
/*
 * Two tables in one order; see syscalls.h. The names are one text with NULs in between: pointers
 * to them would be three times as large as they are, in a program that is loaded anywhere.
 */
#include "confine/syscalls.h"

#include "confine/call_numbers.h"
#include "confine/syscalls_list.h"

#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define NAME(name)   #name "\0"
#define NUMBER(name) __NR_##name,

static char const names[] = SYSCALLS_EVERYWHERE(NAME) SYSCALLS_HERE(NAME);
static uint16_t const numbers[] = { SYSCALLS_EVERYWHERE(NUMBER) SYSCALLS_HERE(NUMBER) };

enum { COUNT = sizeof numbers / sizeof numbers[0] };

int syscalls_number(char const *name)
{
	char const *known = names;

	for (size_t i = 0; i < COUNT; i++) {
		if (!strcmp(known, name))
			return numbers[i];
		known += strlen(known) + 1;
	}
	return -ENOENT;
}

char const *syscalls_name(int number)
{
	char const *known = names;

	for (size_t i = 0; i < COUNT; i++) {
		if (numbers[i] == number)
			return known;
		known += strlen(known) + 1;
	}
	return NULL;
}
