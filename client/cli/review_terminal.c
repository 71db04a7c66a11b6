/* SPDX-License-Identifier: Apache-2.0 */
#include "client/cli/review_terminal.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

enum { ESCAPE = 0x1b, RUB_OUT = 0x7f, ESCAPE_WAIT_MS = 50 };

static const int ends[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };

/* Signals come as bytes, where keys are waited for: so none comes between an
 * answer and its commit. */
static err
take_signals(struct review_terminal *t)
{
	sigset_t set;

	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGWINCH);
	for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++)
		(void)sigaddset(&set, ends[i]);
	t->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (t->signals < 0)
		return ERR_IO;
	return sigprocmask(SIG_BLOCK, &set, &t->mask_before) == 0 ? ERR_OK :
	    ERR_IO;
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
	if (take_signals(t) != ERR_OK) {
		if (t->signals >= 0)
			(void)close(t->signals);
		return ERR_IO;
	}
	t->open = true;
	t->ended_by = 0;
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
	(void)close(t->signals);
	if (t->ended_by != 0)
		(void)raise(t->ended_by);	/* comes with the mask */
	(void)sigprocmask(SIG_SETMASK, &t->mask_before, NULL);
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

/* What the signals say.  ERR_ABSENT: to end; ERR_BUSY: the size changed. */
static err
read_signal(struct review_terminal *t)
{
	struct signalfd_siginfo info;

	if (read(t->signals, &info, sizeof info) != (ssize_t)sizeof info)
		return ERR_OK;
	if (info.ssi_signo == SIGWINCH)
		return ERR_BUSY;
	t->ended_by = (int)info.ssi_signo;
	return ERR_ABSENT;
}

/* One byte.  ERR_BUSY: none within the time (-1: waits), or the size of the
 * terminal changed. */
static err
read_byte(struct review_terminal *t, int wait_ms, uint8_t *ret)
{
	struct pollfd in[2] = { { .fd = STDIN_FILENO, .events = POLLIN },
		{ .fd = t->signals, .events = POLLIN } };

	for (;;) {
		int ready = poll(in, 2, wait_ms);
		if (ready < 0 && errno == EINTR)
			continue;
		if (ready < 0)
			return ERR_IO;
		if (ready == 0)
			return ERR_BUSY;
		if (in[1].revents != 0) {
			err rc = read_signal(t);
			if (rc != ERR_OK)
				return rc;
		}
		if (in[0].revents == 0)
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
read_escape(struct review_terminal *t, enum review_key *ret)
{
	uint8_t b = 0;
	err rc = read_byte(t, ESCAPE_WAIT_MS, &b);

	*ret = rc == ERR_BUSY ? REVIEW_KEY_ESCAPE : REVIEW_KEY_NONE;
	if (rc == ERR_OK && (b == '[' || b == 'O')) {
		do
			rc = read_byte(t, ESCAPE_WAIT_MS, &b);
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
read_rest(struct review_terminal *t, struct review_press *p)
{
	uint8_t lead = (uint8_t)p->text[0], b = 0;
	uint8_t n = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
	err rc = ERR_OK;

	for (p->n = 1; rc == ERR_OK && p->n < n; p->n++) {
		rc = read_byte(t, ESCAPE_WAIT_MS, &b);
		if (rc == ERR_BUSY || (rc == ERR_OK && (b & 0xc0) != 0x80)) {
			p->key = REVIEW_KEY_NONE;	/* no character */
			return ERR_OK;
		}
		p->text[p->n] = (char)b;
	}
	return rc;
}

err
review_terminal_key(struct review_terminal *t, struct review_press *ret)
{
	struct review_press p = { .key = REVIEW_KEY_NONE };
	uint8_t b = 0;
	err rc = read_byte(t, -1, &b);

	if (rc == ERR_BUSY)
		rc = ERR_OK;
	else if (rc == ERR_OK && b == ESCAPE)
		rc = read_escape(t, &p.key);
	else if (rc == ERR_OK) {
		p.key = key_of(b);
		p.text[0] = (char)b;
		p.n = 1;
		if (p.key == REVIEW_KEY_TEXT)
			rc = read_rest(t, &p);
	}
	if (rc == ERR_OK)
		*ret = p;
	return rc;
}
