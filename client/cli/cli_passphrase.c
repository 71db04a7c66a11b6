/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cli_passphrase.c -- a passphrase: from a file descriptor (one line), or
 * from the terminal without echo.
 */
#include "client/cli/cli.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "client/records/fold_text.h"

enum { PASSPHRASE_BYTES = 1024 };
enum { KEY_INTERRUPT = 0x03, KEY_END = 0x04, KEY_KILL = 0x15 };

static ssize_t
read_byte(int fd, char *ret)
{
	ssize_t n;

	do {
		n = read(fd, ret, 1);
	} while (n < 0 && errno == EINTR);
	return n;
}

/* One line, byte by byte, so that what follows stays for who reads next.
 * ERR_ABSENT: nothing there. */
static err
read_line(int fd, char *out, size_t *ret_n)
{
	size_t n = 0;
	ssize_t got;
	char byte = 0;

	while ((got = read_byte(fd, &byte)) == 1 && byte != '\n') {
		if (n == PASSPHRASE_BYTES)
			return ERR_LIMIT;
		out[n++] = byte;
	}
	if (got < 0)
		return ERR_IO;
	if (n > 0 && out[n - 1] == '\r')
		n--;
	*ret_n = n;
	return n > 0 || got == 1 ? ERR_OK : ERR_ABSENT;
}

/* Takes the last character away. */
static size_t
rub_out(const char *out, size_t n)
{
	while (n > 0 && ((uint8_t)out[n - 1] & 0xc0) == 0x80)
		n--;
	return n > 0 ? n - 1 : 0;
}

/* One line from a terminal that hands over each key at once. */
static err
read_keys(int fd, char *out, size_t *ret_n, bool *ret_interrupted)
{
	size_t n = 0;
	char key = 0;

	while (read_byte(fd, &key) == 1) {
		if (key == '\n' || key == '\r') {
			*ret_n = n;
			return ERR_OK;
		}
		if (key == KEY_INTERRUPT || (key == KEY_END && n == 0)) {
			*ret_interrupted = key == KEY_INTERRUPT;
			return ERR_PASS;
		}
		if (key == 0x7f || key == '\b')
			n = rub_out(out, n);
		else if (key == KEY_KILL)
			n = 0;
		else if ((uint8_t)key >= 0x20 && n < PASSPHRASE_BYTES)
			out[n++] = key;
	}
	return ERR_IO;
}

/* The prompt comes when the echo is off: what is typed ahead is dropped. */
static err
read_hidden(int fd, const char *prompt, char *out, size_t *ret_n)
{
	struct termios before, quiet;
	bool interrupted = false;
	err rc;

	if (tcgetattr(fd, &before) != 0)
		return ERR_IO;
	quiet = before;
	quiet.c_lflag &= ~(tcflag_t)(ECHO | ICANON | ISIG);
	quiet.c_cc[VMIN] = 1;
	quiet.c_cc[VTIME] = 0;
	if (tcsetattr(fd, TCSAFLUSH, &quiet) != 0)
		return ERR_IO;
	(void)fprintf(stderr, "%s ", prompt);
	(void)fflush(stderr);
	rc = read_keys(fd, out, ret_n, &interrupted);
	(void)tcsetattr(fd, TCSAFLUSH, &before);
	(void)fputc('\n', stderr);
	if (interrupted)
		(void)raise(SIGINT);
	return rc;
}

static err
ask(struct cli *c, enum phrase prompt, char *out, size_t *ret_n)
{
	int fd = isatty(STDIN_FILENO) == 1 ? STDIN_FILENO :
	    open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
	err rc;

	if (fd < 0)
		return ERR_ABSENT;
	rc = read_hidden(fd, cli_text(c, prompt), out, ret_n);
	if (fd != STDIN_FILENO)
		(void)close(fd);
	return rc;
}

/* A new one is typed twice. */
static err
ask_new(struct cli *c, char *out, size_t *ret_n)
{
	char *again = crypto_alloc(PASSPHRASE_BYTES);
	size_t n = 0, m = 0;
	err rc = ERR_NOMEM;

	if (again == NULL)
		return rc;
	cli_say_plain(c, PHRASE_PASSPHRASE_RULE);
	for (;;) {
		rc = ask(c, PHRASE_PASSPHRASE_NEW, out, &n);
		if (rc != ERR_OK)
			break;
		if (key_file_passphrase_ok((struct span){
		    (const uint8_t *)out, n }) != ERR_OK) {
			cli_say_plain(c, PHRASE_PASSPHRASE_SHORT);
			continue;
		}
		rc = ask(c, PHRASE_PASSPHRASE_AGAIN, again, &m);
		if (rc != ERR_OK)
			break;
		if (n == m && memcmp(out, again, n) == 0)
			break;
		cli_say_plain(c, PHRASE_PASSPHRASE_DIFFER);
	}
	crypto_free(again);
	if (rc == ERR_OK)
		*ret_n = n;
	return rc;
}

/* Two keyboards may write one letter in two ways. */
static err
normalise(char *out, size_t *n)
{
	struct buf nfc = { 0 };
	err rc = fold_text_nfc((struct span){ (const uint8_t *)out, *n }, &nfc);

	if (rc == ERR_OK && nfc.n > PASSPHRASE_BYTES)
		rc = ERR_LIMIT;
	if (rc == ERR_OK && nfc.n > 0)
		memcpy(out, nfc.p, nfc.n);
	if (rc == ERR_OK)
		*n = nfc.n;
	if (nfc.p != NULL)
		crypto_wipe(nfc.p, nfc.cap);
	buf_free(&nfc);
	return rc == ERR_FORMAT ? ERR_VALUE : rc;
}

static err
get(struct cli *c, enum cli_passphrase_use use, char *out, size_t *ret_n)
{
	err rc;

	if (c->passphrase_fd >= 0) {
		rc = read_line(c->passphrase_fd, out, ret_n);
		/* what is run later has no use for it */
		(void)fcntl(c->passphrase_fd, F_SETFD, FD_CLOEXEC);
	} else if (use == CLI_PASSPHRASE_NEW) {
		rc = ask_new(c, out, ret_n);
	} else {
		rc = ask(c, PHRASE_PASSPHRASE, out, ret_n);
	}
	return rc != ERR_OK ? rc : normalise(out, ret_n);
}

bool
cli_passphrase(struct cli *c, enum cli_passphrase_use use, struct span *ret,
    int *ret_exit)
{
	char *out = crypto_alloc(PASSPHRASE_BYTES);
	size_t n = 0;
	err rc = out != NULL ? get(c, use, out, &n) : ERR_NOMEM;
	struct span got = { (const uint8_t *)out, n };

	if (rc == ERR_OK && use == CLI_PASSPHRASE_NEW &&
	    key_file_passphrase_ok(got) != ERR_OK) {
		cli_say_plain(c, PHRASE_PASSPHRASE_SHORT);
		*ret_exit = err_exit_code(ERR_VALUE);
		crypto_free(out);
		return false;
	}
	if (rc == ERR_OK) {
		*ret = got;
		return true;
	}
	crypto_free(out);
	if (rc == ERR_ABSENT) {
		cli_say_plain(c, PHRASE_PASSPHRASE_NOWHERE);
		*ret_exit = EXIT_LOCKED;
	} else {
		*ret_exit = cli_fail(c, rc);
	}
	return false;
}
