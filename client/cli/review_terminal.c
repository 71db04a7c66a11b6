/* SPDX-License-Identifier: Apache-2.0 */
#include "client/cli/review_terminal.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { ESCAPE = 0x1b, RUB_OUT = 0x7f, ESCAPE_WAIT_MS = 50 };

/* Signals have no context of ours. */
static volatile sig_atomic_t asked_to_end, resized;

static void
on_end(int number)
{
	asked_to_end = number;
}

static void
on_size(int number)
{
	(void)number;
	resized = 1;
}

static const int ends[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };

/* Without SA_RESTART: a read ends with the signal. */
static void
catch_signals(void)
{
	struct sigaction a = { .sa_handler = on_end };

	(void)sigemptyset(&a.sa_mask);
	for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++)
		(void)sigaction(ends[i], &a, NULL);
#ifdef SIGWINCH
	a.sa_handler = on_size;
	(void)sigaction(SIGWINCH, &a, NULL);
#endif
}

static bool
put_all(const uint8_t *p, size_t n)
{
	while (n > 0) {
		ssize_t put = write(STDOUT_FILENO, p, n);
		if (put < 0 && errno == EINTR)
			continue;
		if (put <= 0)
			return false;
		p += put;
		n -= (size_t)put;
	}
	return true;
}

static bool
put_text(const char *text)
{
	return put_all((const uint8_t *)text, strlen(text));
}

bool
review_terminal_there(void)
{
	return isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1;
}

err
review_terminal_open(struct review_terminal *t)
{
	struct termios raw;

	if (!review_terminal_there())
		return ERR_ABSENT;
	if (fflush(stdout) != 0 || tcgetattr(STDIN_FILENO, &t->before) != 0)
		return ERR_IO;
	raw = t->before;
	raw.c_lflag &= ~(tcflag_t)(ECHO | ICANON | ISIG | IEXTEN);
	raw.c_iflag &= ~(tcflag_t)(IXON | ICRNL | INLCR);
	raw.c_cc[VMIN] = 1;
	raw.c_cc[VTIME] = 0;
	catch_signals();
	t->open = true;
	if (tcsetattr(STDIN_FILENO, TCSAFLUSH, &raw) != 0 ||
	    !put_text("\033[?1049h\033[?25l")) {
		review_terminal_close(t);
		return ERR_IO;
	}
	return ERR_OK;
}

void
review_terminal_close(struct review_terminal *t)
{
	if (!t->open)
		return;
	t->open = false;
	(void)put_text("\033[H\033[2J\033[?25h\033[?1049l");
	(void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &t->before);
	for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++)
		(void)signal(ends[i], SIG_DFL);
}

void
review_terminal_signalled(struct review_terminal *t)
{
	int number = asked_to_end;

	review_terminal_close(t);
	if (number != 0)
		(void)raise(number);
}

void
review_terminal_size(unsigned *ret_columns, unsigned *ret_lines)
{
	*ret_columns = 80;
	*ret_lines = 24;
#ifdef TIOCGWINSZ
	struct winsize size;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 &&
	    size.ws_col > 0 && size.ws_row > 0) {
		*ret_columns = size.ws_col;
		*ret_lines = size.ws_row;
	}
#endif
}

err
review_terminal_show(struct span text)
{
	if (!put_text("\033[H\033[2J"))
		return ERR_IO;
	/* the terminal still makes a line feed begin a line */
	return put_all(text.p, text.n) ? ERR_OK : ERR_IO;
}

/* ---- keys */

/* One byte.  ERR_BUSY: none within the time (-1: waits). */
static err
read_byte(int wait_ms, uint8_t *ret)
{
	struct pollfd in = { .fd = STDIN_FILENO, .events = POLLIN };

	for (;;) {
		if (asked_to_end != 0)
			return ERR_ABSENT;
		int ready = poll(&in, 1, wait_ms < 0 ? 1000 : wait_ms);
		if (asked_to_end != 0)
			return ERR_ABSENT;
		if (wait_ms < 0 && resized)
			return ERR_BUSY;
		if (ready < 0 && errno == EINTR)
			continue;
		if (ready < 0)
			return ERR_IO;
		if (ready == 0 && wait_ms >= 0)
			return ERR_BUSY;
		if (ready == 0)
			continue;
		ssize_t n = read(STDIN_FILENO, ret, 1);
		if (n < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		return n == 1 ? ERR_OK : ERR_IO;
	}
}

/* What comes behind an escape: an arrow, or nothing, which is the key itself;
 * other sequences are read to their end. */
static err
read_escape(enum review_key *ret)
{
	uint8_t b = 0;
	err rc = read_byte(ESCAPE_WAIT_MS, &b);

	*ret = rc == ERR_BUSY ? REVIEW_KEY_ESCAPE : REVIEW_KEY_NONE;
	if (rc == ERR_OK && (b == '[' || b == 'O')) {
		do
			rc = read_byte(ESCAPE_WAIT_MS, &b);
		while (rc == ERR_OK && b < 0x40);
		if (rc == ERR_OK && (b == 'D' || b == 'A'))
			*ret = REVIEW_KEY_BACK;
		if (rc == ERR_OK && (b == 'C' || b == 'B'))
			*ret = REVIEW_KEY_FORTH;
	}
	return rc == ERR_BUSY ? ERR_OK : rc;
}

static enum review_key
key_of(uint8_t b)
{
	switch (b) {
	case '\r': case '\n': return REVIEW_KEY_ENTER;
	case '\b': case RUB_OUT: return REVIEW_KEY_RUB_OUT;
	case 0x03: case 0x04: case 0x1c: return REVIEW_KEY_QUIT;
	default: return b >= 0x20 ? REVIEW_KEY_TEXT : REVIEW_KEY_NONE;
	}
}

/* The other bytes of a character. */
static err
read_rest(struct review_press *p)
{
	uint8_t lead = (uint8_t)p->text[0], b = 0;
	uint8_t n = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
	err rc = ERR_OK;

	for (p->n = 1; rc == ERR_OK && p->n < n; p->n++) {
		rc = read_byte(ESCAPE_WAIT_MS, &b);
		if (rc == ERR_BUSY || (rc == ERR_OK && (b & 0xc0) != 0x80)) {
			p->key = REVIEW_KEY_NONE;	/* no character */
			return ERR_OK;
		}
		p->text[p->n] = (char)b;
	}
	return rc;
}

err
review_terminal_key(struct review_press *ret)
{
	struct review_press p = { .key = REVIEW_KEY_NONE };
	uint8_t b = 0;
	err rc = read_byte(-1, &b);

	if (rc == ERR_BUSY) {
		resized = 0;
		rc = ERR_OK;
	} else if (rc == ERR_OK && b == ESCAPE) {
		rc = read_escape(&p.key);
	} else if (rc == ERR_OK) {
		p.key = key_of(b);
		p.text[0] = (char)b;
		p.n = 1;
		if (p.key == REVIEW_KEY_TEXT)
			rc = read_rest(&p);
	}
	if (rc == ERR_OK)
		*ret = p;
	return rc;
}
