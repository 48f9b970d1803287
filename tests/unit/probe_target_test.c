/* SPDX-License-Identifier: ISC */
/* Targets of probes: what is written is what is asked, and nonsense is refused before asking. */
#include "probe/probe.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>

#include <cmocka.h>

char const *PROG = "test";

static struct probe_target target;

static int parse(char const *word)
{
	struct text problem = TEXT_EMPTY;
	int const error = probe_parse(&target, word, &problem);

	/* Each refusal says what was expected. */
	assert_true(error == 0 || strlen(text_string(&problem)) > 10);
	text_free(&problem);
	return error;
}

static void assert_four(char const *word, uint32_t address, uint16_t port)
{
	struct sockaddr_in four;

	assert_int_equal(parse(word), 0);
	assert_int_equal(target.length, sizeof four);
	memcpy(&four, &target.address, sizeof four);
	assert_int_equal(four.sin_family, AF_INET);
	assert_int_equal(ntohl(four.sin_addr.s_addr), address);
	assert_int_equal(ntohs(four.sin_port), port);
}

static void the_wrong_address_is_asked(void **state)
{
	struct sockaddr_in6 six;

	(void)state;
	assert_four("tcp:127.0.0.1:9000", 0x7f000001, 9000);
	assert_four("tcp:localhost:80", 0x7f000001, 80);
	assert_int_equal(parse("tcp:[::1]:65535"), 0);
	memcpy(&six, &target.address, sizeof six);
	assert_int_equal(six.sin6_family, AF_INET6);
	assert_int_equal(ntohs(six.sin6_port), 65535);
	assert_int_equal(six.sin6_addr.s6_addr[15], 1);
}

static void the_wrong_socket_is_asked(void **state)
{
	struct sockaddr_un local;

	(void)state;
	assert_int_equal(parse("unix:/run/a.sock"), 0);
	memcpy(&local, &target.address, sizeof local);
	assert_string_equal(local.sun_path, "/run/a.sock");
	assert_int_equal(target.length, offsetof(struct sockaddr_un, sun_path) + 12);
	assert_int_equal(parse("unix:@name"), 0);
	memcpy(&local, &target.address, sizeof local);
	assert_int_equal(local.sun_path[0], 0);
	assert_string_equal(local.sun_path + 1, "name");
	assert_int_equal(target.length, offsetof(struct sockaddr_un, sun_path) + 5);
}

static void a_url_is_taken_apart_wrong(void **state)
{
	(void)state;
	assert_four("http://127.0.0.1/", 0x7f000001, 80);
	assert_string_equal(target.path, "/");
	assert_four("http:http://127.0.0.1:8080", 0x7f000001, 8080);
	assert_string_equal(target.path, "/");
	assert_string_equal(target.host, "127.0.0.1:8080");
	assert_four("http://localhost:81/a/b?c=d", 0x7f000001, 81);
	assert_string_equal(target.path, "/a/b?c=d");
	assert_four("http://localhost?c=d", 0x7f000001, 80);
	assert_string_equal(target.path, "/?c=d");
}

static void a_fastcgi_path_is_taken_apart_wrong(void **state)
{
	struct sockaddr_un local;

	(void)state;
	assert_int_equal(parse("fastcgi:/run/php/fpm.sock"), 0);
	assert_string_equal(target.path, "/ping");
	assert_int_equal(parse("fastcgi:/run/php/fpm.sock:/status/live"), 0);
	assert_string_equal(target.path, "/status/live");
	memcpy(&local, &target.address, sizeof local);
	assert_string_equal(local.sun_path, "/run/php/fpm.sock");
	assert_four("fastcgi:127.0.0.1:9000:/p", 0x7f000001, 9000);
	assert_string_equal(target.path, "/p");
	assert_four("fastcgi:127.0.0.1:9000", 0x7f000001, 9000);
	assert_string_equal(target.path, "/ping");
}

static void nonsense_is_asked(void **state)
{
	static char const *const wrong[] = {
		"",
		":",
		"tcp",
		"tcp:",
		"udp:127.0.0.1:1",
		"tcp:127.0.0.1",
		"tcp:127.0.0.1:",
		"tcp:127.0.0.1:0",
		"tcp:127.0.0.1:65536",
		"tcp:127.0.0.1:99999999999999999999",
		"tcp:127.0.0.1:80x",
		"tcp:127.0.0:80",
		"tcp:example.org:80",
		"tcp:[::1",
		"tcp:[::1]80",
		"tcp:[]:80",
		"tcp:::1:80",
		"tcp:[127.0.0.1]:80",
		"unix:",
		"unix:relative",
		"unix:@",
		"http:/x",
		"http://",
		"http://:80/",
		"http://host/",
		"http://127.0.0.1:80/a b",
		"http://127.0.0.1:80/a\r\nX: y",
		"https://127.0.0.1/",
		"fastcgi:",
		"fastcgi::/ping",
		"fastcgi:relative:/ping",
	};

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
		if (parse(wrong[i]) != -EINVAL)
			fail_msg("taken: %s", wrong[i]);
}

static void a_long_target_overflows(void **state)
{
	static char const *const heads[] = { "unix:/",	"tcp:",	     "http://127.0.0.1/",
					     "http://", "fastcgi:/", "fastcgi:/a:/" };
	char *word = malloc(10000);

	(void)state;
	for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++) {
		memset(word, '1', 9999);
		word[9999] = '\0';
		memcpy(word, heads[i], strlen(heads[i]));
		assert_int_equal(parse(word), -EINVAL);
	}
	free(word);
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		cmocka_unit_test(the_wrong_address_is_asked),
		cmocka_unit_test(the_wrong_socket_is_asked),
		cmocka_unit_test(a_url_is_taken_apart_wrong),
		cmocka_unit_test(a_fastcgi_path_is_taken_apart_wrong),
		cmocka_unit_test(nonsense_is_asked),
		cmocka_unit_test(a_long_target_overflows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
