/* SPDX-License-Identifier: Apache-2.0 */
/* test_cli_progress.c -- the bar: its line, and where it is not shown. */
#define _XOPEN_SOURCE 700		/* posix_openpt */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "client/cli/cli_progress.h"
#include "client/cli/cli_text.h"

static void
the_line_counts(void **state)
{
	static const struct {
		const char *what;
		uint64_t done, total;
		const char *want;
	} rows[] = {
		{ "Writing", 0, 10,
		  "Writing                  "
		  "[........................]   0% 0/10" },
		{ "Đang ghi", 5, 10,
		  "Đang ghi                 "
		  "[############............]  50% 5/10" },
		{ "Writing", 999999, 1000000,
		  "Writing                  "
		  "[#######################.]  99% "
		  "999999/1000000" },
		{ "Writing", 10, 10,
		  "Writing                  "
		  "[########################] 100% 10/10" },
		{ "", 12, 10,
		  "                         "
		  "[########################] 100% 12/10" },
		{ "x", 0, 0,
		  "x                        "
		  "[........................]   0% 0/0" },
	};
	struct buf out = { .p = NULL };

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		buf_reset(&out);
		cli_progress_line(rows[i].what, rows[i].done, rows[i].total,
		    false, &out);
		assert_string_equal(buf_cstr(&out), rows[i].want);
	}
	buf_reset(&out);
	cli_progress_line("A very long name of what is being done here, and "
	    "more of it", UINT64_MAX, UINT64_MAX, false, &out);
	assert_true(cli_text_columns(buf_span(&out)) <= 79);
	buf_reset(&out);
	cli_progress_line("x", 1, 2, true, &out);
	assert_non_null(strstr(buf_cstr(&out), "\033[32m####"));
	buf_free(&out);
}

/* Work of half a second, in a process whose stderr is fd. */
_Noreturn static void
work(int fd, const char *term, const char *plain)
{
	struct cli c = { .language = LANGUAGE_EN };
	struct cli_progress p;

	if (dup2(fd, STDERR_FILENO) < 0 || setenv("TERM", term, 1) != 0 ||
	    setenv("NO_COLOR", plain, 1) != 0)
		_exit(1);
	cli_progress_begin(&p, &c, PHRASE_PROGRESS_IMPORT);
	for (uint64_t i = 1; i <= 50; i++) {
		(void)nanosleep(&(struct timespec){ 0, 12000000 }, NULL);
		cli_progress_at(&p, i, 50);
	}
	cli_progress_end(&p);
	_exit(0);
}

static void
collect(int from, pid_t child, struct buf *out)
{
	uint8_t piece[1024];
	ssize_t n;

	while ((n = read(from, piece, sizeof piece)) > 0)
		buf_put(out, piece, (size_t)n);
	assert_int_equal(waitpid(child, NULL, 0), child);
}

static void
on_terminal(const char *term, const char *plain, struct buf *out)
{
	int master = posix_openpt(O_RDWR | O_NOCTTY), slave;
	pid_t child;

	assert_true(master >= 0 && grantpt(master) == 0 &&
	    unlockpt(master) == 0);
	slave = open(ptsname(master), O_RDWR | O_NOCTTY);
	assert_true(slave >= 0);
	child = fork();
	if (child == 0)
		work(slave, term, plain);
	(void)close(slave);
	collect(master, child, out);
	(void)close(master);
}

static void
it_is_for_terminals(void **state)
{
	struct buf out = { .p = NULL };
	int pipes[2];
	pid_t child;

	(void)state;
	on_terminal("xterm", "", &out);
	assert_non_null(strstr(buf_cstr(&out), "\rWriting"));
	assert_non_null(strstr(buf_cstr(&out), "\033[32m"));
	assert_non_null(strstr(buf_cstr(&out), "100% 50/50\r\n"));
	buf_reset(&out);
	on_terminal("xterm", "1", &out);
	assert_non_null(strstr(buf_cstr(&out), "100% 50/50\r\n"));
	assert_null(strchr(buf_cstr(&out), '\033'));
	buf_reset(&out);
	on_terminal("dumb", "", &out);
	assert_int_equal(out.n, 0);
	assert_int_equal(pipe(pipes), 0);
	child = fork();
	if (child == 0)
		work(pipes[1], "xterm", "");
	(void)close(pipes[1]);
	collect(pipes[0], child, &out);
	(void)close(pipes[0]);
	assert_int_equal(out.n, 0);
	buf_free(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_line_counts),
		cmocka_unit_test(it_is_for_terminals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
