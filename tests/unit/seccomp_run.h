/* SPDX-License-Identifier: ISC */
/*
 * For the tests of the filter of system calls: its program, run as the kernel would run it. The
 * jumps go forward only, so it ends; one that leads out of the program fails the test.
 */
#ifndef ORLOP_TESTS_UNIT_SECCOMP_RUN_H
#define ORLOP_TESTS_UNIT_SECCOMP_RUN_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "confine/call_numbers.h"
#include "confine/seccomp.h"
#include "confine/seccomp_program.h"
#include "confine/seccomp_table.h"
#include "wire/plan.h"

#include <errno.h>
#include <linux/seccomp.h>
#include <string.h>

enum { NO = SECCOMP_RET_ERRNO | EPERM, NOT_HERE = SECCOMP_RET_ERRNO | ENOSYS };

static struct sock_filter const *filter;
static int count;

static uint32_t load(struct seccomp_data const *data, uint32_t offset)
{
	uint32_t value;

	assert_true(offset % 4 == 0 && offset + sizeof value <= sizeof *data);
	memcpy(&value, (char const *)data + offset, sizeof value);
	return value;
}

static bool holds(struct sock_filter const *at, uint32_t accumulator)
{
	switch (BPF_OP(at->code)) {
	case BPF_JEQ:
		return accumulator == at->k;
	case BPF_JGE:
		return accumulator >= at->k;
	case BPF_JSET:
		return accumulator & at->k;
	default:
		fail_msg("instruction %d jumps by %#x", (int)(at - filter), at->code);
		return false;
	}
}

static uint32_t run(struct seccomp_data const *data)
{
	uint32_t accumulator = 0;

	for (int at = 0; at < count; at++) {
		switch (BPF_CLASS(filter[at].code)) {
		case BPF_LD:
			accumulator = load(data, filter[at].k);
			break;
		case BPF_JMP:
			at += holds(&filter[at], accumulator) ? filter[at].jt : filter[at].jf;
			break;
		case BPF_RET:
			return filter[at].k;
		default:
			fail_msg("instruction %d is %#x", at, filter[at].code);
		}
	}
	fail_msg("ran out of the program");
	return 0;
}

static uint32_t call(uint32_t number, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	struct seccomp_data const data = { .nr = (int)number,
					   .arch = SECCOMP_ARCHITECTURE,
					   .args = { a, b, c, d } };

	return run(&data);
}

static void compile(bool deny_list, uint32_t const *adjustments, uint32_t adjustment_count)
{
	count = seccomp_compile(deny_list, adjustments, adjustment_count, &filter);
	assert_true(count >= 0 && count <= SECCOMP_PROGRAM_MAX);
}

static int defaults(void **state)
{
	(void)state;
	compile(true, NULL, 0);
	return 0;
}

static bool has_rule(uint32_t number)
{
	for (uint32_t i = 0; i < seccomp_rule_count; i++)
		if (seccomp_rules[i].number == number)
			return true;
	return false;
}

/* An argument for which the test holds: of several bits one is enough, `bit` if it is one. */
static uint64_t that_meets(struct seccomp_test const *test, uint32_t bit)
{
	if (test->comparison == SECCOMP_DIFFERENT)
		return (uint64_t)test->value + 17;
	if (test->comparison == SECCOMP_HAS_BITS && bit & test->value)
		return bit;
	return test->value;
}

static void assert_denied(struct seccomp_rule const *rule, uint32_t bit)
{
	struct seccomp_data data = { .nr = rule->number, .arch = SECCOMP_ARCHITECTURE };

	for (int i = 0; i < SECCOMP_TESTS; i++)
		if (rule->when[i].comparison)
			data.args[rule->when[i].argument] = that_meets(&rule->when[i], bit);
	if (run(&data) != (SECCOMP_RET_ERRNO | rule->error))
		fail_msg("call %u is not denied: %s", rule->number, rule->why);
}

static void assert_every_line_is_denied(void)
{
	for (uint32_t i = 0; i < seccomp_rule_count; i++)
		for (uint32_t bit = 1; bit; bit <<= 1)
			assert_denied(&seccomp_rules[i], bit);
}

#define WITH_DEFAULTS(name) cmocka_unit_test_setup(name, defaults)

#endif
