/* SPDX-License-Identifier: ISC */
/* Connections of probes: each ends at its deadline, in pieces or not at all. */
#include "probe/probe_stream.h"

#include "lib/now.h"
#include "probe/probe_address.h"
#include "sys/fake.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

char const *PROG = "test";

#define LATER (now_read(CLOCK_MONOTONIC) + UINT64_C(5000000000))

static int server;

static int listen_somewhere(void **state)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
				       .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t length = sizeof address;
	struct text problem = TEXT_EMPTY;
	static struct probe_target target;
	char word[64];

	fake_reset();
	server = socket(AF_INET, SOCK_STREAM, 0);
	assert_int_equal(bind(server, (struct sockaddr *)&address, sizeof address), 0);
	assert_int_equal(listen(server, 8), 0);
	assert_int_equal(getsockname(server, (struct sockaddr *)&address, &length), 0);
	(void)snprintf(word, sizeof word, "tcp:127.0.0.1:%u", ntohs(address.sin_port));
	assert_int_equal(probe_parse(&target, word, &problem), 0);
	*state = &target;
	return 0;
}

static int shut(void **state)
{
	(void)state;
	close(server);
	fake_reset();
	return 0;
}

static void a_listener_is_not_seen(void **state)
{
	struct probe_target const *target = *state;
	struct text why = TEXT_EMPTY;

	assert_int_equal(target->kind->try(target, LATER, &why), 0);
	close(server);
	assert_int_equal(target->kind->try(target, LATER, &why), -ECONNREFUSED);
	assert_string_equal(text_string(&why), "connect: Connection refused");
	text_free(&why);
}

static void a_silent_server_is_waited_for_beyond_the_deadline(void **state)
{
	struct probe_target const *target = *state;
	struct text why = TEXT_EMPTY;
	int const fd = probe_stream_open(target, LATER, &why);
	char byte;

	assert_true(fd >= 0);
	assert_int_equal(probe_stream_receive(fd, &byte, 1, now_read(CLOCK_MONOTONIC)), -ETIMEDOUT);
	close(fd);
	text_free(&why);
}

static void a_full_connection_is_waited_for_beyond_the_deadline(void **state)
{
	static char bytes[16 << 20];
	struct probe_target const *target = *state;
	struct text why = TEXT_EMPTY;
	int const fd = probe_stream_open(target, LATER, &why);

	assert_true(fd >= 0);
	assert_int_equal(probe_stream_send(fd, bytes, sizeof bytes, now_read(CLOCK_MONOTONIC)),
			 -ETIMEDOUT);
	close(fd);
	text_free(&why);
}

static void an_interrupted_call_is_a_no(void **state)
{
	struct probe_target const *target = *state;
	struct text why = TEXT_EMPTY;
	char got[8] = "";
	int const fd = probe_stream_open(target, LATER, &why);
	int const peer = accept(server, NULL, NULL);

	fake_fail(FAKE_sendmsg, 1, 2, EINTR);
	assert_int_equal(probe_stream_send(fd, "ping", 4, LATER), 0);
	assert_int_equal(recv(peer, got, 4, MSG_WAITALL), 4);
	assert_string_equal(got, "ping");
	assert_int_equal(write(peer, "pong", 4), 4);
	fake_fail(FAKE_read, 1, 2, EINTR);
	assert_int_equal(probe_stream_receive(fd, got, sizeof got, LATER), 4);
	assert_string_equal(got, "pong");
	close(peer);
	assert_int_equal(probe_stream_receive(fd, got, sizeof got, LATER), 0);
	close(fd);
	text_free(&why);
}

static void a_system_without_descriptors_is_not_told(void **state)
{
	struct probe_target const *target = *state;
	struct text why = TEXT_EMPTY;

	fake_fail(FAKE_socket, 1, 1, EMFILE);
	assert_int_equal(target->kind->try(target, LATER, &why), -EMFILE);
	assert_string_equal(text_string(&why), "socket: Too many open files");
	text_free(&why);
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		cmocka_unit_test_setup_teardown(a_listener_is_not_seen, listen_somewhere, shut),
		cmocka_unit_test_setup_teardown(a_silent_server_is_waited_for_beyond_the_deadline,
						listen_somewhere, shut),
		cmocka_unit_test_setup_teardown(a_full_connection_is_waited_for_beyond_the_deadline,
						listen_somewhere, shut),
		cmocka_unit_test_setup_teardown(an_interrupted_call_is_a_no, listen_somewhere,
						shut),
		cmocka_unit_test_setup_teardown(a_system_without_descriptors_is_not_told,
						listen_somewhere, shut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
