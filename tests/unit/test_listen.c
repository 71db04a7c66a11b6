/* SPDX-License-Identifier: Apache-2.0 */
/* test_listen.c -- what a reader of listen.h may rely on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "daemon/hub/listen.h"

static void
an_address_that_is_none_is_refused(void **state)
{
	static const char *const rows[] = {
		"", ":", "8443", "127.0.0.1", "127.0.0.1:", ":8443",
		"127.0.0.1:x", "127.0.0.1:-1", "127.0.0.1:123456",
		"127.0.0.1:65536", "127.0.0.1:99999",
		"localhost:8443", "[::1:80", "::1]:80", "[]:80", "]:80",
		"127.0.0.1:80 ", "256.0.0.1:80",
		"111111111111111111111111111111111111111111111111111:80",
	};
	int fd = -7;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		assert_int_equal(listen_open(rows[i], &fd), ERR_USAGE);
	assert_int_equal(fd, -7);
}

static void
port_0_is_one_that_is_free(void **state)
{
	char name[LISTEN_NAME_BYTES];
	int first = -1;
	int second = -1;

	(void)state;
	assert_int_equal(listen_open("127.0.0.1:0", &first), ERR_OK);
	assert_int_equal(listen_name(first, name), ERR_OK);
	assert_memory_equal(name, "127.0.0.1:", 10);
	assert_string_not_equal(name, "127.0.0.1:0");
	assert_int_equal(listen_open(name, &second), ERR_BUSY);
	(void)close(first);
	assert_int_equal(listen_open(name, &second), ERR_OK);
	(void)close(second);
}

static void
what_is_no_socket_has_no_name(void **state)
{
	char name[LISTEN_NAME_BYTES] = "as it was";
	int ends[2];

	(void)state;
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(listen_name(ends[0], name), ERR_NET);
	assert_string_equal(name, "as it was");
	(void)close(ends[0]);
	(void)close(ends[1]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_address_that_is_none_is_refused),
		cmocka_unit_test(port_0_is_one_that_is_free),
		cmocka_unit_test(what_is_no_socket_has_no_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
