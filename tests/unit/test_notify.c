/* SPDX-License-Identifier: Apache-2.0 */
/* test_notify.c -- what a reader of notify.h may rely on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "daemon/notify.h"
#include "tests/support/temp_folder.h"

static void
set(const char *name, const char *value)
{
	assert_int_equal(setenv(name, value, 1), 0);
}

static void
set_pid(const char *name, long more)
{
	char text[32];

	(void)snprintf(text, sizeof text, "%ld", (long)getpid() + more);
	set(name, text);
}

static int
clear(void **state)
{
	(void)state;
	(void)unsetenv("NOTIFY_SOCKET");
	(void)unsetenv("WATCHDOG_USEC");
	(void)unsetenv("WATCHDOG_PID");
	(void)unsetenv("LISTEN_PID");
	(void)unsetenv("LISTEN_FDS");
	(void)unsetenv("CREDENTIALS_DIRECTORY");
	return 0;
}

static void
without_a_service_manager_nothing_happens(void **state)
{
	(void)state;
	assert_int_equal(notify_send("READY=1"), ERR_OK);
	assert_int_equal(notify_watchdog_ms(), 0);
	assert_int_equal(notify_listen_fd(), -1);
}

static void
states_arrive_as_they_are(void **state)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	char *dir = temp_folder_make();
	const char *path = temp_folder_path(dir, "notify");
	char got[64];
	ssize_t n;
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);

	(void)state;
	assert_true(fd >= 0);
	assert_true(strlen(path) < sizeof at.sun_path);
	memcpy(at.sun_path, path, strlen(path) + 1);
	assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof at), 0);
	set("NOTIFY_SOCKET", path);
	assert_int_equal(notify_send("READY=1\nSTATUS=x"), ERR_OK);
	n = recv(fd, got, sizeof got, MSG_DONTWAIT);
	assert_int_equal(n, 16);
	assert_memory_equal(got, "READY=1\nSTATUS=x", 16);
	(void)close(fd);
	temp_folder_remove(dir);
}

static void
a_socket_that_is_not_there_is_an_error(void **state)
{
	char longer[300];

	(void)state;
	memset(longer, 'x', sizeof longer);
	longer[0] = '/';
	longer[sizeof longer - 1] = '\0';
	set("NOTIFY_SOCKET", "/nonexistent/notify");
	assert_int_equal(notify_send("READY=1"), ERR_IO);
	set("NOTIFY_SOCKET", "relative");
	assert_int_equal(notify_send("READY=1"), ERR_IO);
	set("NOTIFY_SOCKET", longer);
	assert_int_equal(notify_send("READY=1"), ERR_IO);
	set("NOTIFY_SOCKET", "@nguon-nobody-listens-here");
	assert_int_equal(notify_send("READY=1"), ERR_IO);
}

static void
the_watchdog_is_for_this_process(void **state)
{
	(void)state;
	set("WATCHDOG_USEC", "20000000");
	assert_int_equal(notify_watchdog_ms(), 20000);
	set_pid("WATCHDOG_PID", 0);
	assert_int_equal(notify_watchdog_ms(), 20000);
	set_pid("WATCHDOG_PID", 1);
	assert_int_equal(notify_watchdog_ms(), 0);
	(void)unsetenv("WATCHDOG_PID");
	set("WATCHDOG_USEC", "20x");
	assert_int_equal(notify_watchdog_ms(), 0);
}

static void
a_socket_is_taken_when_it_is_for_us(void **state)
{
	int fd = dup(0);

	(void)state;
	if (fd != 3)
		assert_int_equal(dup2(0, 3), 3);
	set("LISTEN_FDS", "1");
	set_pid("LISTEN_PID", 1);
	assert_int_equal(notify_listen_fd(), -1);
	set_pid("LISTEN_PID", 0);
	assert_int_equal(notify_listen_fd(), 3);
	set("LISTEN_FDS", "0");
	assert_int_equal(notify_listen_fd(), -1);
}

static void
a_secret_is_read_where_it_is_handed_over(void **state)
{
	char *dir = temp_folder_make();
	char path[PATH_BYTES];

	(void)state;
	assert_int_equal(notify_secret("/hub", "tls.key", path), ERR_OK);
	assert_string_equal(path, "/hub/tls.key");
	set("CREDENTIALS_DIRECTORY", dir);
	assert_int_equal(notify_secret("/hub", "tls.key", path), ERR_OK);
	assert_string_equal(path, "/hub/tls.key");
	assert_int_equal(paths_write(temp_folder_path(dir, "tls.key"),
	    (struct span){ (const uint8_t *)"x", 1 }, 0600,
	    PATHS_NEW_ONLY), ERR_OK);
	assert_int_equal(notify_secret("/hub", "tls.key", path), ERR_OK);
	assert_string_equal(path, temp_folder_path(dir, "tls.key"));
	set("CREDENTIALS_DIRECTORY", "relative");
	assert_int_equal(notify_secret("/hub", "tls.key", path), ERR_OK);
	assert_string_equal(path, "/hub/tls.key");
	temp_folder_remove(dir);
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, clear, clear)
	const struct CMUnitTest tests[] = {
		TEST(without_a_service_manager_nothing_happens),
		TEST(states_arrive_as_they_are),
		TEST(a_socket_that_is_not_there_is_an_error),
		TEST(the_watchdog_is_for_this_process),
		TEST(a_socket_is_taken_when_it_is_for_us),
		TEST(a_secret_is_read_where_it_is_handed_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
