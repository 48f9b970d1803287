/* SPDX-License-Identifier: ISC */
/* Words behind a socket must belong to that socket and to no other. */
#include "declared.h"

#define WITH(line) declared_service("command = x\n" line "\n")

static void test_sockets_and_their_words(void **state)
{
	struct service const *s = WITH(
	    "listen = tcp:80 unix:/a mode=0600 user=web unix:/b group=mail\nlisten-env = nginx systemd");

	(void)state;
	declared_no_fault();
	assert_int_equal(s->socket_count, 3);
	assert_string_equal(s->sockets[0].name, "tcp:80");
	assert_int_equal(s->sockets[1].record.mode, 0600);
	assert_string_equal(s->sockets[1].user, "web");
	assert_null(s->sockets[1].group);
	assert_int_equal(s->sockets[2].record.mode, 0660);
	assert_string_equal(s->sockets[2].group, "mail");
	assert_int_equal(s->slot.listen_env, 1 << PLAN_LISTEN_NGINX | 1 << PLAN_LISTEN_SYSTEMD);
	assert_int_equal(WITH("listen = tcp:80")->slot.listen_env, 1 << PLAN_LISTEN_SYSTEMD);
}

/* Both families on one port, as nginx is usually told, can be had only side by side. */
static void test_both_families(void **state)
{
	struct service const *s = WITH("listen = tcp:[::]:80 tcp:80 tcp:[::]:81");

	(void)state;
	declared_no_fault();
	assert_int_equal(s->sockets[0].record.mode, PLAN_LISTEN_V6_ONLY);
	assert_int_equal(s->sockets[1].record.mode, 0);
	assert_int_equal(s->sockets[2].record.mode, 0);
}

static void test_refused(void **state)
{
	static char const *const bad[] = {
		"listen = 80",
		"listen = mode=0660 tcp:80",
		"listen = tcp:80 mode=0660",
		"listen = unix:/a mode=8",
		"listen = unix:/a mode=1777",
		"listen = unix:/a mode=0600 mode=0660",
		"listen = unix:/a user=",
		"listen = unix:/a user=a user=b",
		"listen =",
		"listen = tcp:80\nlisten-env = xinetd",
	};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		size_t const before = faults_count(&bed.faults);

		(void)declared_service(arena_join(&bed.arena, "command = x\n", bad[i], "\n", NULL));
		if (faults_count(&bed.faults) != before + 1)
			fail_msg("%s: %zu faults", bad[i], faults_count(&bed.faults) - before);
	}
}

static void test_too_many(void **state)
{
	char const *text = "command = x\nlisten =";

	(void)state;
	for (unsigned i = 1; i <= 65; i++)
		text = arena_join(&bed.arena, text, " tcp:", arena_number(&bed.arena, i), NULL);
	(void)declared_service(arena_join(&bed.arena, text, "\n", NULL));
	declared_fault("listen: found 65 sockets, expected at most 64");
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		DECLARED(test_sockets_and_their_words),
		DECLARED(test_both_families),
		DECLARED(test_refused),
		DECLARED(test_too_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
