/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_cell.c -- `nguond cell` as a process, beside a real `nguond hub`: what
 * cell.h, turn.h and beside.h promise.  Needs NGUOND in the environment (make
 * check sets it).
 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "client/store/paths.h"
#include "daemon/cell/exchange.h"
#include "daemon/cell/watch.h"
#include "daemon/hub/listen.h"
#include "daemon/hub/tls_key.h"
#include "tests/support/hub_folder.h"
#include "tests/support/row_store.h"
#include "tests/support/temp_folder.h"

enum { PATIENCE_MS = 15000, WORDS = 16, STOP_MS = 5000 };

struct fixture {
	char *hub_dir, *dir;
	struct hub_folder f;
	uint8_t pin[HASH_LEN];
	char address[LISTEN_NAME_BYTES + 16];
	struct sqlite *store;
	struct world_log l;
	struct world_ops ops;
	pid_t hub, cell;
};

static void
ok(err e)
{
	assert_int_equal(e, ERR_OK);
}

static void
pause_ms(long ms)
{
	struct timespec t = { .tv_sec = ms / 1000,
		.tv_nsec = ms % 1000 * 1000000 };

	(void)nanosleep(&t, NULL);
}

/* ---- processes */

/* Starts nguond with the words up to NULL; what it says goes to
 * dir/NAME.err. */
static pid_t
start(const struct fixture *f, const char *name, const char *const *words)
{
	const char *argv[WORDS] = { "nguond" };
	char path[PATH_BYTES];
	pid_t pid;
	int fd;

	for (int i = 0; i < WORDS - 2 && words[i] != NULL; i++)
		argv[i + 1] = words[i];
	(void)snprintf(path, sizeof path, "%s/%s.err", f->hub_dir, name);
	pid = fork();
	assert_true(pid >= 0);
	if (pid > 0)
		return pid;
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	(void)dup2(fd, STDERR_FILENO);
	(void)dup2(fd, STDOUT_FILENO);
	(void)execv(getenv("NGUOND"), (char *const *)(uintptr_t)argv);
	_exit(127);
}

/* The exit code, 128 + n for a signal; -1: it still runs after ms. */
static int
await(pid_t pid, uint64_t ms)
{
	uint64_t until_ms = watch_now_ms() + ms;
	int status;

	while (waitpid(pid, &status, WNOHANG) == 0) {
		if (watch_now_ms() > until_ms)
			return -1;
		pause_ms(20);
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) :
	    128 + WTERMSIG(status);
}

static int
stop(pid_t *pid, int number)
{
	int code;

	if (*pid <= 0)
		return 0;
	assert_int_equal(kill(*pid, number), 0);
	code = await(*pid, STOP_MS);
	if (code < 0) {
		(void)kill(*pid, SIGKILL);
		(void)await(*pid, STOP_MS);
	}
	*pid = 0;
	return code;
}

/* What a process has said so far; static. */
static const char *
said(const struct fixture *f, const char *name)
{
	static char text[8192];
	char path[PATH_BYTES];
	FILE *file;
	size_t n = 0;

	(void)snprintf(path, sizeof path, "%s/%s.err", f->hub_dir, name);
	if ((file = fopen(path, "rb")) != NULL) {
		n = fread(text, 1, sizeof text - 1, file);
		(void)fclose(file);
	}
	text[n] = '\0';
	return text;
}

/* On the port of last time, if there was one. */
static void
start_hub(struct fixture *f)
{
	const char *at = f->address[0] != '\0' ? f->address + 8 :
	    "127.0.0.1:0";
	const char *const words[] = { "hub", "--dir", f->hub_dir, "--listen",
		at, "--lang", "en", NULL };
	uint64_t until_ms = watch_now_ms() + PATIENCE_MS;
	struct buf name = { .p = NULL };

	(void)unlink(temp_folder_path(f->hub_dir, "listen"));
	f->hub = start(f, "hub", words);
	while (paths_read(temp_folder_path(f->hub_dir, "listen"), 64,
	    &name) != ERR_OK) {
		assert_true(watch_now_ms() < until_ms);
		pause_ms(20);
	}
	(void)snprintf(f->address, sizeof f->address, "https://%.*s",
	    (int)name.n - 1, (const char *)name.p);
	buf_free(&name);
}

static pid_t
start_cell(const struct fixture *f, const char *name, const char *option,
    const char *value)
{
	const char *const words[] = { "cell", "--store", f->dir, "--lang",
		"en", "--interval", "9999", "--retry-min", "1",
		"--retry-ceiling", "1", option, value, NULL };

	return start(f, name, words);
}

/* ---- a device */

static void
write_entries(struct fixture *f, unsigned n)
{
	static const uint8_t subject[ID_LEN] = { 1 };

	for (unsigned i = 0; i < n; i++) {
		if (f->l.seq == 0)
			world_op_log(&f->ops, &f->l, NULL);
		else
			world_op_bare(&f->ops, KIND_READ, subject);
		world_write(&f->l, &f->ops, 0, f->f.empty_root,
		    HUB_FOLDER_T0 + f->l.seq);
	}
	row_store_write(f->store, 1, &f->l);
}

static void
make_store(struct fixture *f)
{
	f->store = row_store_joined(f->dir, &f->f.commune, &f->f.hub,
	    f->f.fpr, f->address, f->pin);
	write_entries(f, 3);
}

/* Whether exchange.db says that the hub has so many entries by now. */
static bool
is_sent(struct fixture *f, uint64_t seq, uint64_t ms)
{
	uint64_t until_ms = watch_now_ms() + ms;
	uint64_t got = 0;
	struct exchange *x;
	bool renewed;

	for (;;) {
		if (exchange_open(f->dir, EXCHANGE_READ, &renewed, &x) ==
		    ERR_OK) {
			if (exchange_sent(x, f->l.id, &got) != ERR_OK)
				got = 0;
			exchange_close(x);
		}
		if (got == seq)
			return true;
		if (watch_now_ms() > until_ms)
			return false;
		pause_ms(30);
	}
}

static void
write_tls(struct fixture *f)
{
	struct buf key = { .p = NULL };
	struct buf crt = { .p = NULL };

	ok(tls_key_make("127.0.0.1", HUB_FOLDER_T0, &key, &crt));
	ok(tls_key_pin(buf_span(&crt), f->pin));
	ok(paths_write(temp_folder_path(f->hub_dir, "tls.key"),
	    buf_span(&key), 0600, PATHS_REPLACE));
	ok(paths_write(temp_folder_path(f->hub_dir, "tls.crt"),
	    buf_span(&crt), 0644, PATHS_REPLACE));
	buf_free(&key);
	buf_free(&crt);
}

static int
setup(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);

	f->hub_dir = temp_folder_make();
	f->dir = temp_folder_make();
	hub_folder_open(&f->f);
	hub_folder_write(&f->f, f->hub_dir);
	write_tls(f);
	world_log_open(&f->l, &f->f.commune, scope_root, f->f.fpr, 0);
	start_hub(f);
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	(void)stop(&f->cell, SIGKILL);
	(void)stop(&f->hub, SIGKILL);
	sqlite_close(f->store);
	world_log_free(&f->l);
	hub_folder_close(&f->f);
	temp_folder_remove(f->dir);
	temp_folder_remove(f->hub_dir);
	free(f);
	return 0;
}

/* ---- */

static void
once_carries_and_is_silent(void **state)
{
	struct fixture *f = *state;

	make_store(f);
	assert_int_equal(await(start_cell(f, "once", "--once", NULL),
	    PATIENCE_MS), 0);
	assert_string_equal(said(f, "once"), "");
	assert_true(is_sent(f, 3, 0));
}

static void
once_says_why_it_could_not(void **state)
{
	struct fixture *f = *state;
	const char *text;

	make_store(f);
	assert_int_equal(stop(&f->hub, SIGTERM), 0);
	assert_int_equal(await(start_cell(f, "once", "--once", NULL),
	    PATIENCE_MS), 5);
	text = said(f, "once");
	assert_non_null(strstr(text, "3 entries wait"));
	assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
	/* the address of a peer is nobody's business */
	assert_null(strstr(text, "127.0.0.1"));
}

static void
wrong_words_are_refused(void **state)
{
	static const char *const words[][2] = { { "--retry-min", "0" },
		{ "--interval", "x" }, { "--hub", "http://a" },
		{ "--no-such", NULL }, { "surplus", NULL },
		{ "--store", NULL } };
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		assert_int_equal(await(start_cell(f, "wrong", words[i][0],
		    words[i][1]), PATIENCE_MS), 2);
	assert_int_equal(await(start_cell(f, "help", "--help", NULL),
	    PATIENCE_MS), 0);
	/* there is no store yet */
	assert_int_equal(await(start_cell(f, "once", "--once", NULL),
	    PATIENCE_MS), 4);
}

/* What the manager was told since last time, all of it; static. */
static const char *
told(int manager)
{
	static char text[4096];
	size_t n = 0;
	ssize_t got;

	while (n < sizeof text - 1 && (got = recv(manager, text + n,
	    sizeof text - 1 - n, MSG_DONTWAIT)) > 0)
		n += (size_t)got;
	text[n] = '\0';
	return text;
}

static bool
hears(int manager, const char *what)
{
	uint64_t until_ms = watch_now_ms() + PATIENCE_MS;

	while (strstr(told(manager), what) == NULL) {
		if (watch_now_ms() > until_ms)
			return false;
		pause_ms(20);
	}
	return true;
}

/* Without a store, with one, and the hub: the watchdog is fed again and
 * again, and only when it is asked for. */
static void
both_feed_the_watchdog(void **state)
{
	struct fixture *f = *state;
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	const char *path = temp_folder_path(f->hub_dir, "notify");
	int manager = socket(AF_UNIX, SOCK_DGRAM, 0);

	assert_true(manager >= 0 && strlen(path) < sizeof at.sun_path);
	memcpy(at.sun_path, path, strlen(path) + 1);
	assert_int_equal(bind(manager, (struct sockaddr *)&at, sizeof at), 0);
	assert_int_equal(stop(&f->hub, SIGTERM), 0);
	(void)setenv("NOTIFY_SOCKET", path, 1);
	start_hub(f);
	assert_true(hears(manager, "READY=1"));
	pause_ms(400);
	assert_null(strstr(told(manager), "WATCHDOG"));
	assert_int_equal(stop(&f->hub, SIGTERM), 0);
	(void)setenv("WATCHDOG_USEC", "300000", 1);
	(void)told(manager);
	start_hub(f);
	for (int i = 0; i < 3; i++)
		assert_true(hears(manager, "WATCHDOG=1"));
	assert_int_equal(stop(&f->hub, SIGTERM), 0);
	(void)told(manager);
	f->cell = start_cell(f, "cell", NULL, NULL);
	for (int i = 0; i < 3; i++)
		assert_true(hears(manager, "WATCHDOG=1"));
	make_store(f);
	assert_true(hears(manager, "failed"));	/* no hub listens */
	for (int i = 0; i < 3; i++)
		assert_true(hears(manager, "WATCHDOG=1"));
	(void)unsetenv("WATCHDOG_USEC");
	(void)unsetenv("NOTIFY_SOCKET");
	(void)close(manager);
}

static void
daemon_waits_for_store_and_hub(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(stop(&f->hub, SIGTERM), 0);
	f->cell = start_cell(f, "cell", NULL, NULL);
	pause_ms(300);
	make_store(f);		/* is seen */
	pause_ms(1500);		/* some tries fail */
	assert_non_null(strstr(said(f, "cell"), "next try in"));
	start_hub(f);
	assert_true(is_sent(f, 3, PATIENCE_MS));
	/* the bell brings the next round, long before the interval */
	write_entries(f, 2);
	paths_ring_bell(f->dir);
	assert_true(is_sent(f, 5, 4000));
	/* and so does SIGHUP */
	write_entries(f, 1);
	assert_int_equal(kill(f->cell, SIGHUP), 0);
	assert_true(is_sent(f, 6, 4000));
	assert_int_equal(stop(&f->cell, SIGTERM), 0);
}

static void
once_beside_a_daemon_waits_for_it(void **state)
{
	struct fixture *f = *state;

	make_store(f);
	f->cell = start_cell(f, "cell", NULL, NULL);
	assert_true(is_sent(f, 3, PATIENCE_MS));
	for (uint64_t i = 4; i < 7; i++) {
		write_entries(f, 1);
		assert_int_equal(await(start_cell(f, "once", "--once", NULL),
		    PATIENCE_MS), 0);
		assert_true(is_sent(f, i, 0));
	}
	assert_string_equal(said(f, "once"), "");
	/* a second daemon does not run */
	assert_int_equal(await(start_cell(f, "second", NULL, NULL),
	    PATIENCE_MS), 4);
	/* what the daemon meets is what --once says */
	assert_int_equal(stop(&f->hub, SIGTERM), 0);
	assert_int_equal(await(start_cell(f, "once", "--once", NULL),
	    PATIENCE_MS), 5);
}

static void
killed_daemon_goes_on_where_it_was(void **state)
{
	struct fixture *f = *state;

	make_store(f);
	f->cell = start_cell(f, "cell", NULL, NULL);
	assert_true(is_sent(f, 3, PATIENCE_MS));
	assert_int_equal(stop(&f->cell, SIGKILL), 128 + SIGKILL);
	write_entries(f, 2);
	f->cell = start_cell(f, "cell", NULL, NULL);
	assert_true(is_sent(f, 5, PATIENCE_MS));
	assert_null(strstr(said(f, "cell"), "damaged"));
}

static void
stalled_transfer_ends_with_sigterm(void **state)
{
	struct fixture *f = *state;
	char name[LISTEN_NAME_BYTES], url[LISTEN_NAME_BYTES + 16];
	uint64_t begin_ms;
	int fd;

	make_store(f);
	ok(listen_open("127.0.0.1:0", &fd));
	ok(listen_name(fd, name));
	(void)snprintf(url, sizeof url, "https://%s", name);
	f->cell = start_cell(f, "cell", "--hub", url);
	pause_ms(1500);
	begin_ms = watch_now_ms();
	assert_int_equal(stop(&f->cell, SIGTERM), 0);
	assert_true(watch_now_ms() - begin_ms < STOP_MS);
	assert_int_equal(close(fd), 0);
}

int
main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(once_carries_and_is_silent),
		T(once_says_why_it_could_not),
		T(wrong_words_are_refused),
		T(both_feed_the_watchdog),
		T(daemon_waits_for_store_and_hub),
		T(once_beside_a_daemon_waits_for_it),
		T(killed_daemon_goes_on_where_it_was),
		T(stalled_transfer_ends_with_sigterm),
	};

	if (getenv("NGUOND") == NULL) {
		fprintf(stderr, "NGUOND is not set\n");
		return 1;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
