/* SPDX-License-Identifier: ISC */
/* An address must be bound as written, and one that cannot be must be refused before the boot. */
#include "declared.h"

#include "plan/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

static struct plan_listen listen_record;

static void expect_fpm(char const *text, char const *fpm, uint32_t domain, uint32_t length)
{
	assert_int_equal(address_listen(text, &listen_record), 0);
	assert_int_equal(listen_record.domain, domain);
	assert_int_equal(listen_record.length, length);
	assert_string_equal(address_fpm(&bed.arena, &listen_record), fpm);
}

static void test_listen(void **state)
{
	(void)state;
	expect_fpm("tcp:80", "0.0.0.0:80", AF_INET, sizeof(struct sockaddr_in));
	expect_fpm("tcp:127.0.0.1:9000", "127.0.0.1:9000", AF_INET, sizeof(struct sockaddr_in));
	expect_fpm("tcp:[::1]:9000", "::1:9000", AF_INET6, sizeof(struct sockaddr_in6));
	expect_fpm("unix:/run/a.sock", "/run/a.sock", AF_UNIX,
		   offsetof(struct sockaddr_un, sun_path) + sizeof "/run/a.sock");
}

static void test_listen_refuses(void **state)
{
	char path[120] = "unix:/";

	(void)state;
	memset(path + 6, 'x', 110);
	assert_int_equal(address_listen(path, &listen_record), -EINVAL);
	for (char const *const *bad = (char const *const[]){ "80",
							     "tcp:",
							     "tcp:0",
							     "tcp:65536",
							     "tcp:localhost:80",
							     "tcp::80",
							     "tcp:1.2.3.4:",
							     "tcp:1.2.3:80",
							     "tcp:::1:80",
							     "tcp:[::1]",
							     "tcp:[1.2.3.4]:80",
							     "tcp:[]:80",
							     "unix:",
							     "unix:/",
							     "unix:a",
							     "udp:53",
							     "tcp:80a",
							     "tcp:+80",
							     "",
							     NULL };
	     *bad; bad++)
		assert_int_equal(address_listen(*bad, &listen_record), -EINVAL);
}

static void expect_probe(char const *text, char const *written, uint32_t wanted)
{
	char const *probe;
	uint32_t port;

	assert_int_equal(address_probe(&bed.arena, text, &probe, &port), 0);
	assert_string_equal(probe, written);
	assert_int_equal(port, wanted);
}

static void test_probe(void **state)
{
	(void)state;
	expect_probe("tcp:9000", "tcp:127.0.0.1:9000", 9000);
	expect_probe("tcp:localhost:9000", "tcp:localhost:9000", 9000);
	expect_probe("tcp:[::1]:9000", "tcp:[::1]:9000", 9000);
	expect_probe("unix:/run/a", "unix:/run/a", 0);
	expect_probe("http://127.0.0.1/", "http://127.0.0.1:80/", 80);
	expect_probe("http://127.0.0.1:8080", "http://127.0.0.1:8080/", 8080);
	expect_probe("http://[::1]/health?a=b", "http://[::1]:80/health?a=b", 80);
	expect_probe("fastcgi:/run/fpm.sock", "fastcgi:/run/fpm.sock", 0);
	expect_probe("fastcgi:/run/fpm.sock:/ping", "fastcgi:/run/fpm.sock:/ping", 0);
	expect_probe("fastcgi:127.0.0.1:9000:/ping", "fastcgi:127.0.0.1:9000:/ping", 9000);
}

static void test_probe_refuses(void **state)
{
	char const *probe;
	uint32_t port;

	(void)state;
	for (char const *const *bad =
		 (char const *const[]){ "", "tcp:", "tcp:a b:1", "tcp:x:0", "tcp:db:5432",
					"http:", "http://", "http:///x", "https://a/", "fastcgi:",
					"fastcgi:run:/ping", "unix:a", "exec:foo", NULL };
	     *bad; bad++)
		if (address_probe(&bed.arena, *bad, &probe, &port) != -EINVAL)
			fail_msg("%s was taken", *bad);
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		DECLARED(test_listen),
		DECLARED(test_listen_refuses),
		DECLARED(test_probe),
		DECLARED(test_probe_refuses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
