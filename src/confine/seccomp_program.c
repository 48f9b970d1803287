/* SPDX-License-Identifier: ISC */
/*
 * The filter. The kernel runs it once for every call number when it is installed, to know the
 * calls that need no look at it later: so it is a binary search over the numbers, half as dear to
 * install as one comparison after the other. A jump reaches 255 instructions, so the numbers are
 * cut into parts; each is a search, the tests of arguments that it leads to, and the answers:
 *
 *	number >= first of the next part? then past this part
 *	a tree of "number >= N?", whose leaves are jumps to what stands below
 *	tests of arguments, a block for each call that has some
 *	the answers: allow, EPERM, ENOSYS
 *
 * x32 and the other architecture that the processor runs are no way round: the first is refused,
 * and the second ends the process, as a program that cannot even exit would run for ever.
 */
#include "confine/seccomp_program.h"

#include "confine/seccomp_table.h"

#include <errno.h>
#include <linux/seccomp.h>
#include <stddef.h>

enum {
	PART = 64, /* runs of one part */
	DEPTH = 8, /* of a tree over them */
	FIRST_X32_OLD = 512,
	LAST_X32_OLD = 547, /* x32's own, which some kernels run without its bit too */
	X32_BIT = 0x40000000,
	TO_DENY = 255, /* in place of a distance that is not known yet */
	TO_ALLOW = 254,
	FAR = 255 /* the longest jump */
};

#ifdef __x86_64__
enum { HAS_X32 = true };
#else
enum { HAS_X32 = false };
#endif

/* Numbers from `first` up to the next run's get one answer. */
struct run {
	uint32_t first;
	uint32_t answer;
};

/* What of a part of the program stands where. */
struct part {
	uint32_t first; /* run */
	uint32_t end;	/* run */
	uint32_t tree;
	uint32_t blocks;
	uint32_t answers;
};

static struct run runs[SECCOMP_NUMBERS + 4];
static uint8_t targets[PART]; /* of a part's runs, counted from its tree */
static struct sock_filter program[SECCOMP_PROGRAM_MAX];
static uint32_t length;

static uint32_t add_run(uint32_t count, uint32_t first, uint32_t answer)
{
	if (count > 0 && runs[count - 1].answer == answer)
		return count;
	runs[count] = (struct run){ first, answer };
	return count + 1;
}

static uint32_t find_runs(uint8_t const *answers)
{
	uint32_t count = 0;

	for (uint32_t number = 0; number < SECCOMP_NUMBERS; number++)
		count = add_run(count, number, answers[number]);
	if (!HAS_X32)
		return add_run(count, SECCOMP_NUMBERS, SECCOMP_ALLOW);
	count = add_run(count, FIRST_X32_OLD, SECCOMP_DENY);
	count = add_run(count, LAST_X32_OLD + 1, SECCOMP_ALLOW);
	return add_run(count, X32_BIT, SECCOMP_DENY);
}

static void emit(uint16_t code, uint32_t value, uint8_t if_true, uint8_t if_false)
{
	if (length < SECCOMP_PROGRAM_MAX)
		program[length] = (struct sock_filter){ code, if_true, if_false, value };
	length++;
}

static void emit_answer(uint32_t answer)
{
	emit(BPF_RET | BPF_K, answer, 0, 0);
}

/* Both architectures have the low half of a number first. */
static void emit_load(uint32_t argument)
{
	emit(BPF_LD | BPF_W | BPF_ABS, (uint32_t)offsetof(struct seccomp_data, args) + 8 * argument,
	     0, 0);
}

static void emit_test(struct seccomp_test const *test, uint8_t if_true, uint8_t if_false)
{
	if (test->comparison == SECCOMP_DIFFERENT)
		emit(BPF_JMP | BPF_JEQ | BPF_K, test->value, if_false, if_true);
	else if (test->comparison == SECCOMP_EQUAL)
		emit(BPF_JMP | BPF_JEQ | BPF_K, test->value, if_true, if_false);
	else
		emit(BPF_JMP | BPF_JSET | BPF_K, test->value, if_true, if_false);
}

/* One rule; what it does not deny goes on behind it, or is allowed when it is the call's last. */
static void emit_rule(struct seccomp_rule const *rule, bool last)
{
	struct seccomp_test const *test = rule->when;
	bool const second = test[1].comparison != SECCOMP_ANY;
	bool const load = second && test[1].argument != test[0].argument;
	uint8_t const behind = second ? (uint8_t)(1 + load) : 0;

	emit_load(test[0].argument);
	emit_test(&test[0], second ? 0 : TO_DENY, last ? TO_ALLOW : behind);
	if (!second)
		return;
	if (load)
		emit_load(test[1].argument);
	emit_test(&test[1], TO_DENY, last ? TO_ALLOW : 0);
}

static void emit_rules(uint32_t index)
{
	uint16_t const number = seccomp_rules[index].number;
	bool last = false;

	for (; !last; index++) {
		last = index + 1 == seccomp_rule_count || seccomp_rules[index + 1].number != number;
		emit_rule(&seccomp_rules[index], last);
	}
}

/* The tests of arguments and the answers; their places are then known to the tree. */
static void emit_targets(struct part *part)
{
	uint32_t const rest = part->end - part->first;

	part->blocks = length;
	for (uint32_t i = 0; i < rest; i++) {
		uint32_t const answer = runs[part->first + i].answer;

		targets[i] = (uint8_t)(length - part->tree);
		if (answer >= SECCOMP_FIRST_RULE)
			emit_rules(answer - SECCOMP_FIRST_RULE);
	}
	part->answers = length;
	emit_answer(SECCOMP_RET_ALLOW);
	emit_answer(SECCOMP_RET_ERRNO | EPERM);
	emit_answer(SECCOMP_RET_ERRNO | ENOSYS);
	for (uint32_t i = 0; i < rest; i++)
		if (runs[part->first + i].answer < SECCOMP_FIRST_RULE)
			targets[i] = (uint8_t)(part->answers + runs[part->first + i].answer -
					       part->tree);
}

static uint8_t resolved(uint8_t distance, uint32_t at, uint32_t allow)
{
	if (distance != TO_ALLOW && distance != TO_DENY)
		return distance;
	return (uint8_t)(allow + (distance == TO_DENY) - at - 1);
}

static void resolve_blocks(struct part const *part)
{
	for (uint32_t i = part->blocks; i < part->answers; i++) {
		if (BPF_CLASS(program[i].code) != BPF_JMP)
			continue;
		program[i].jt = resolved(program[i].jt, i, part->answers);
		program[i].jf = resolved(program[i].jf, i, part->answers);
	}
}

/* A node compares with the middle of its runs; what is below stands behind it, the left first. */
static void plant_tree(struct part const *part)
{
	uint32_t left[DEPTH] = { 0 };
	uint32_t right[DEPTH] = { part->end - part->first };
	uint32_t place[DEPTH] = { 0 };
	uint32_t depth = 1;

	while (depth > 0) {
		uint32_t const lo = left[--depth];
		uint32_t const hi = right[depth];
		uint32_t const at = place[depth];
		uint32_t const middle = lo + (hi - lo) / 2;
		uint32_t const behind = middle - lo - 1; /* nodes on the left */
		struct sock_filter *node = &program[part->tree + at];

		*node = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K,
						     runs[part->first + middle].first,
						     (uint8_t)behind, 0);
		if (middle - lo == 1)
			node->jf = (uint8_t)(targets[lo] - at - 1);
		if (hi - middle == 1)
			node->jt = (uint8_t)(targets[middle] - at - 1);
		if (hi - middle > 1) {
			left[depth] = middle, right[depth] = hi;
			place[depth++] = at + 1 + behind;
		}
		if (middle - lo > 1) {
			left[depth] = lo, right[depth] = middle;
			place[depth++] = at + 1;
		}
	}
}

static void emit_part(uint32_t first, uint32_t end, bool last)
{
	struct part part = { .first = first, .end = end };
	uint32_t const skip = length;

	if (!last)
		emit(BPF_JMP | BPF_JGE | BPF_K, runs[end].first, 0, 0);
	part.tree = length;
	length += end - first - 1;
	emit_targets(&part);
	if (length > SECCOMP_PROGRAM_MAX || length - skip > FAR) {
		length = SECCOMP_PROGRAM_MAX + 1;
		return;
	}
	resolve_blocks(&part);
	plant_tree(&part);
	if (!last)
		program[skip].jt = (uint8_t)(length - skip - 1);
}

static void emit_parts(uint32_t count)
{
	uint32_t const parts = (count + PART - 1) / PART;

	for (uint32_t i = 0; i < parts && length <= SECCOMP_PROGRAM_MAX; i++)
		emit_part(count * i / parts, count * (i + 1) / parts, i + 1 == parts);
}

int seccomp_program(uint8_t const answers[SECCOMP_NUMBERS], struct sock_filter const **filter)
{
	length = 0;
	emit(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch), 0, 0);
	emit(BPF_JMP | BPF_JEQ | BPF_K, SECCOMP_ARCHITECTURE, 1, 0);
	emit_answer(SECCOMP_RET_KILL_PROCESS);
	emit(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr), 0, 0);
	emit_parts(find_runs(answers));
	*filter = program;
	return length > SECCOMP_PROGRAM_MAX ? -E2BIG : (int)length;
}
