/* SPDX-License-Identifier: ISC */
/*
 * What the filter of system calls says to each call: the deny list, then what the service's
 * `syscalls` adds and takes off. The program that says so is made by seccomp_program.c.
 */
#include "confine/seccomp.h"

#include "confine/seccomp_program.h"
#include "confine/seccomp_table.h"
#include "confine/steps.h"
#include "sys/sys.h"

#include <errno.h>
#include <linux/seccomp.h>

static uint8_t answers[SECCOMP_NUMBERS];

static void fill_answers(void)
{
	/* Backwards: of a call with several rules the first one stays. */
	for (uint32_t i = seccomp_rule_count; i-- > 0;) {
		struct seccomp_rule const *rule = &seccomp_rules[i];
		enum seccomp_answer const always = rule->error == ENOSYS ? SECCOMP_MISSING
									 : SECCOMP_DENY;

		answers[rule->number] = (uint8_t)(rule->when[0].comparison ? SECCOMP_FIRST_RULE + i
									   : always);
	}
}

static int adjust(uint32_t const *adjustments, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		uint32_t const number = adjustments[i] & ~PLAN_SYSCALL_DENY;
		bool const denied = adjustments[i] & PLAN_SYSCALL_DENY;

		/* A child that can neither become the program nor exit would never end. */
		if (number >= SECCOMP_NUMBERS || (denied && seccomp_is_needed(number)))
			return -EINVAL;
		answers[number] = (uint8_t)(denied ? SECCOMP_DENY : SECCOMP_ALLOW);
	}
	return 0;
}

static bool denies(void)
{
	for (uint32_t i = 0; i < SECCOMP_NUMBERS; i++)
		if (answers[i] != SECCOMP_ALLOW)
			return true;
	return false;
}

int seccomp_compile(bool deny_list, uint32_t const *adjustments, uint32_t count,
		    struct sock_filter const **filter)
{
	int result;

	for (uint32_t i = 0; i < SECCOMP_NUMBERS; i++)
		answers[i] = SECCOMP_ALLOW;
	if (deny_list)
		fill_answers();
	result = adjust(adjustments, count);
	if (result < 0)
		return result;
	if (SECCOMP_ARCHITECTURE == 0 || !denies())
		return 0;
	return seccomp_program(answers, filter);
}

int seccomp_install(struct sock_filter const *filter, int count)
{
	struct sock_fprog program_of = {
		.len = (unsigned short)count,
		.filter = (struct sock_filter *)filter, /* the kernel only reads */
	};

	return sys_seccomp(SECCOMP_SET_MODE_FILTER, 0, &program_of);
}

int seccomp_enter(struct confine_request const *request)
{
	struct plan_slot const *slot = request->slot;
	struct sock_filter const *filter;
	int count;

	if (!(plan_header(request->plan)->host & PLAN_HOST_SECCOMP))
		return 0;
	count = seccomp_compile(!(slot->flags & PLAN_SYSCALLS_ALL),
				plan_words(request->plan, slot->syscalls), slot->syscalls.count,
				&filter);
	return count <= 0 ? count : seccomp_install(filter, count);
}
