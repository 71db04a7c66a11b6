/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pty_run.c -- runs a command on a terminal of its own, types, and says what
 * came:
 *
 *	pty_run [--size COLUMNSxLINES] [--then TEXT KEYS]... -- COMMAND...
 *
 * For each --then it waits (20 s at most) until TEXT has come since the last
 * one, then sends KEYS, where \r \e \\ and \xHH stand for what they say; KEYS
 * `!NAME' sends the signal INT, TERM, HUP or KILL.  All that came goes to
 * standard output.  The exit code is that of the command, 128 and the signal
 * if one ended it, 125 when TEXT did not come.  At the end standard error says
 * whether the terminal is as it was: `terminal restored', or `changed'.
 */
#define _XOPEN_SOURCE 700
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

enum { WAIT_MS = 20000, OUTPUT_MAX = 8 << 20, GAVE_UP = 125 };

struct run {
	int master, slave;
	pid_t child;
	char *out;
	size_t n, cap, seen;	/* seen: up to the last text waited for */
};

static int
fail(const char *what)
{
	perror(what);
	exit(GAVE_UP);
}

static long
now_ms(void)
{
	struct timespec t;

	if (clock_gettime(CLOCK_MONOTONIC, &t) != 0)
		return 0;
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Reads what is there within the time.  False: no more will come. */
static bool
pump(struct run *r, int wait_ms)
{
	struct pollfd p = { .fd = r->master, .events = POLLIN };
	ssize_t n;

	if (poll(&p, 1, wait_ms) <= 0)
		return true;
	if (r->cap - r->n < 4096) {
		r->cap = 2 * r->cap + 65536;
		r->out = r->cap > OUTPUT_MAX ? NULL :
		    realloc(r->out, r->cap);
		if (r->out == NULL)
			fail("too much output");
	}
	n = read(r->master, r->out + r->n, r->cap - r->n - 1);
	if (n <= 0)
		return false;
	r->n += (size_t)n;
	r->out[r->n] = '\0';
	return true;
}

static bool
wait_for(struct run *r, const char *text)
{
	long end = now_ms() + WAIT_MS;

	for (;;) {
		const char *at = r->out == NULL ? NULL :
		    strstr(r->out + r->seen, text);
		if (at != NULL) {
			r->seen = (size_t)(at - r->out) + strlen(text);
			return true;
		}
		if (now_ms() > end || !pump(r, 100))
			return false;
	}
}

static int
digit(char c)
{
	return c >= 'a' ? c - 'a' + 10 : c >= 'A' ? c - 'A' + 10 : c - '0';
}

static void
send_keys(struct run *r, const char *keys)
{
	static const struct { const char *name; int number; } signals[] = {
		{ "!INT", SIGINT }, { "!TERM", SIGTERM }, { "!HUP", SIGHUP },
		{ "!KILL", SIGKILL },
	};

	for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++)
		if (strcmp(keys, signals[i].name) == 0) {
			(void)kill(r->child, signals[i].number);
			return;
		}
	for (const char *p = keys; *p != '\0'; p++) {
		char c = *p;
		if (c == '\\' && p[1] != '\0') {
			c = *++p;
			if (c == 'r')
				c = '\r';
			else if (c == 'e')
				c = 0x1b;
			else if (c == 'x' && p[1] != '\0' && p[2] != '\0') {
				c = (char)(digit(p[1]) * 16 + digit(p[2]));
				p += 2;
			}
		}
		if (write(r->master, &c, 1) != 1)
			return;
	}
}

static void
run_child(const struct run *r, char **command)
{
	(void)close(r->master);
	if (setsid() < 0 || ioctl(r->slave, TIOCSCTTY, 0) != 0)
		fail("setsid");
	for (int fd = 0; fd < 3; fd++)
		if (dup2(r->slave, fd) < 0)
			fail("dup2");
	if (r->slave > 2)
		(void)close(r->slave);
	(void)execvp(command[0], command);
	fail(command[0]);
}

static void
open_terminal(struct run *r, unsigned columns, unsigned lines)
{
	struct winsize size = { .ws_col = (unsigned short)columns,
		.ws_row = (unsigned short)lines };
	const char *name;

	r->master = posix_openpt(O_RDWR | O_NOCTTY);
	if (r->master < 0 || grantpt(r->master) != 0 ||
	    unlockpt(r->master) != 0)
		fail("posix_openpt");
	name = ptsname(r->master);
	r->slave = name == NULL ? -1 : open(name, O_RDWR | O_NOCTTY);
	if (r->slave < 0 || ioctl(r->slave, TIOCSWINSZ, &size) != 0)
		fail("ptsname");
}

static bool
same(const struct termios *a, const struct termios *b)
{
	return a->c_lflag == b->c_lflag && a->c_iflag == b->c_iflag &&
	    a->c_oflag == b->c_oflag &&
	    memcmp(a->c_cc, b->c_cc, sizeof a->c_cc) == 0;
}

/* The child's exit code, once it has ended. */
static int
finish(struct run *r)
{
	long end = now_ms() + WAIT_MS;
	int status = 0;
	pid_t ended;

	while ((ended = waitpid(r->child, &status, WNOHANG)) == 0 &&
	    now_ms() < end)
		(void)pump(r, 50);
	while (ended != 0 && pump(r, 0) && now_ms() < end) {
		struct pollfd p = { .fd = r->master, .events = POLLIN };
		if (poll(&p, 1, 0) <= 0)
			break;
	}
	if (ended == 0) {
		(void)kill(r->child, SIGKILL);
		(void)waitpid(r->child, &status, 0);
		return GAVE_UP;
	}
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) :
	    WEXITSTATUS(status);
}

int
main(int argc, char **argv)
{
	struct run r = { .master = -1 };
	struct termios before, after;
	unsigned columns = 80, lines = 24;
	bool gave_up = false;
	int i = 1, command = 1, code;

	while (command < argc && strcmp(argv[command], "--") != 0)
		command++;
	if (command + 1 >= argc)
		return GAVE_UP;
	if (strcmp(argv[1], "--size") == 0 && command > 2) {
		if (sscanf(argv[2], "%ux%u", &columns, &lines) != 2)
			return GAVE_UP;
		i = 3;
	}
	open_terminal(&r, columns, lines);
	if (tcgetattr(r.slave, &before) != 0)
		fail("tcgetattr");
	r.child = fork();
	if (r.child < 0)
		fail("fork");
	if (r.child == 0)
		run_child(&r, argv + command + 1);
	for (; !gave_up && i + 2 < command &&
	    strcmp(argv[i], "--then") == 0; i += 3) {
		gave_up = !wait_for(&r, argv[i + 1]);
		if (gave_up)
			(void)fprintf(stderr, "not seen: %s\n", argv[i + 1]);
		else
			send_keys(&r, argv[i + 2]);
	}
	if (gave_up)
		(void)kill(r.child, SIGKILL);
	code = finish(&r);
	if (r.out != NULL)
		(void)fwrite(r.out, 1, r.n, stdout);
	(void)fprintf(stderr, "terminal %s\n", tcgetattr(r.slave, &after) ==
	    0 && same(&before, &after) ? "restored" : "changed");
	free(r.out);
	return gave_up ? GAVE_UP : code;
}
