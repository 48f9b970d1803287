/* SPDX-License-Identifier: ISC */
/* A circle or a name that is not there would wait for ever at boot. */
#include "declared.h"

#include "plan/needs.h"

static void resolve(void)
{
	load_all(&bed.declarations);
	needs_resolve(&bed.declarations);
}

static void test_edges(void **state)
{
	struct service const *s;

	(void)state;
	declared_file("services/a.ini", "command = x\nneeds = c\nafter = b c\n");
	declared_file("services/b.ini", "command = x\n");
	declared_file("services/c.ini", "command = x\n");
	resolve();
	declared_no_fault();
	s = &bed.declarations.services[0];
	assert_int_equal(s->need_count, 1);
	assert_int_equal(s->edge_count, 2); /* c is needed already */
	assert_int_equal(s->edges[0], 2);
	assert_int_equal(s->edges[1], 1);
}

static void test_missing_and_self(void **state)
{
	(void)state;
	declared_file("services/a.ini", "command = x\nneeds = a nosuch\nafter = gone\n");
	resolve();
	declared_fault("a.ini:2: needs: found \"a\", expected another service than itself");
	declared_fault("a.ini:2: needs: found \"nosuch\", expected the name of a service");
	declared_fault("a.ini:3: after: found \"gone\", expected the name of a service");
	assert_int_equal(faults_count(&bed.faults), 3);
}

static void test_the_whole_circle_is_told(void **state)
{
	(void)state;
	declared_file("services/a.ini", "command = x\nneeds = b\n");
	declared_file("services/b.ini", "command = x\n\nneeds = z c\n");
	declared_file("services/c.ini", "command = x\nafter = d\n");
	declared_file("services/d.ini", "command = x\nneeds = b\n");
	declared_file("services/z.ini", "command = x\n");
	resolve();
	declared_fault("b.ini:3: needs: found the cycle b -> c -> d -> b, expected none");
	assert_int_equal(faults_count(&bed.faults), 1);
}

static void test_two_circles_are_two_faults(void **state)
{
	(void)state;
	declared_file("services/a.ini", "command = x\nneeds = b\n");
	declared_file("services/b.ini", "command = x\nneeds = a\n");
	declared_file("services/c.ini", "command = x\nafter = d\n");
	declared_file("services/d.ini", "command = x\nafter = c\n");
	resolve();
	declared_fault("a.ini:2: needs: found the cycle a -> b -> a");
	declared_fault("c.ini:2: after: found the cycle c -> d -> c");
}

static void test_a_diamond_is_no_circle(void **state)
{
	(void)state;
	declared_file("services/a.ini", "command = x\nneeds = b c\n");
	declared_file("services/b.ini", "command = x\nneeds = d\n");
	declared_file("services/c.ini", "command = x\nneeds = d\n");
	declared_file("services/d.ini", "command = x\n");
	resolve();
	declared_no_fault();
}

/* What was done in the image is done; what runs cannot have been there before. */
static void test_build_and_run(void **state)
{
	(void)state;
	declared_file("services/a.ini", "command = x\nneeds = b\n");
	declared_file("services/b.ini", "type = oneshot\nphase = build\ncommand = x\n");
	resolve();
	declared_no_fault();
	assert_int_equal(bed.declarations.services[0].edge_count, 0);
	declared_file("services/b.ini", "type = oneshot\nphase = build\ncommand = x\nneeds = c\n");
	declared_file("services/c.ini", "command = x\n");
	bed.declarations.count = 0;
	memset(&bed.declarations.by_name, 0, sizeof bed.declarations.by_name);
	resolve();
	declared_fault("b.ini:4: needs: found \"c\", expected a service with phase = build");
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		DECLARED(test_edges),
		DECLARED(test_missing_and_self),
		DECLARED(test_the_whole_circle_is_told),
		DECLARED(test_two_circles_are_two_faults),
		DECLARED(test_a_diamond_is_no_circle),
		DECLARED(test_build_and_run),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
