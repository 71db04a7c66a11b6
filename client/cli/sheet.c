/* SPDX-License-Identifier: Apache-2.0 */
#include "client/cli/sheet.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LINE_SYLLABLES = 5, TYPED_BYTES = 1024 };

/* ---- the text */

static void
print_words(FILE *out, const uint8_t *secret)
{
	char *text = crypto_alloc(RECOVERY_TEXT);
	unsigned n = 0;

	if (text == NULL)
		return;
	recovery_encode(secret, text);
	for (const char *p = text; *p != '\0'; n++) {
		size_t length = strcspn(p, " ");
		if (n % LINE_SYLLABLES == 0)
			(void)fprintf(out, "%s  %2u. ", n > 0 ? "\n" : "",
			    n / LINE_SYLLABLES + 1);
		(void)fprintf(out, " %-6.*s", (int)length, p);
		p += length + (p[length] == ' ');
	}
	(void)fputc('\n', out);
	crypto_free(text);
}

static void
print_fingerprint(FILE *out, const uint8_t *secret)
{
	struct root_keys *root = crypto_alloc(sizeof *root);
	char hex[2 * HASH_LEN + 1];

	if (root == NULL)
		return;
	recovery_derive(secret, root);
	hex_encode(root->fingerprint, HASH_LEN, hex);
	crypto_free(root);
	for (size_t i = 0; i < (size_t)2 * HASH_LEN; i += 8)
		(void)fprintf(out, "%s%.8s", i == 0 ? "  " :
		    i == HASH_LEN ? "\n  " : " ", hex + i);
	(void)fputc('\n', out);
}

void
sheet_print(const struct cli *c, FILE *out,
    const uint8_t secret[static KEY_LEN], const char *commune,
    const char *date, enum qr_ground ground)
{
	char *text = crypto_alloc(RECOVERY_TEXT);

	cli_line(out, CATALOGUE_FORMAT(c->language, SHEET_TITLE), commune);
	cli_line(out, CATALOGUE_FORMAT(c->language, SHEET_DATE), date);
	(void)fputc('\n', out);
	cli_line(out, "%s", cli_text(c, PHRASE_SHEET_WHAT));
	(void)fputc('\n', out);
	cli_line(out, "%s", cli_text(c, PHRASE_SHEET_WORDS));
	(void)fputc('\n', out);
	print_words(out, secret);
	(void)fputc('\n', out);
	cli_line(out, "%s", cli_text(c, PHRASE_SHEET_FINGERPRINT));
	print_fingerprint(out, secret);
	(void)fputc('\n', out);
	if (text != NULL) {
		recovery_encode(secret, text);
		if (qr_print(out, text, QR_FOLD, ground) == ERR_OK)
			(void)fputc('\n', out);
	}
	crypto_free(text);
}

/* ---- into a file */

err
sheet_save(const struct cli *c, const char *path,
    const uint8_t secret[static KEY_LEN], const char *commune,
    const char *date)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	FILE *out;
	bool failed;

	if (fd < 0)
		return errno == EEXIST ? ERR_EXISTS :
		    errno == ENOENT ? ERR_ABSENT : ERR_IO;
	out = fdopen(fd, "w");
	if (out == NULL) {
		(void)close(fd);
		(void)unlink(path);
		return ERR_NOMEM;
	}
	(void)fchmod(fd, 0600);		/* whatever the umask */
	sheet_print(c, out, secret, commune, date, QR_PAPER);
	failed = fflush(out) != 0 || fsync(fd) != 0;
	if (fclose(out) != 0 || failed) {
		(void)unlink(path);
		return errno == ENOSPC ? ERR_FULL : ERR_IO;
	}
	return ERR_OK;
}

/* ---- on the terminal */

/* Lines until an empty one, or until they are the whole sheet.  False: the
 * terminal is gone, or `at_first' and the first line is empty. */
enum empty { EMPTY_PASSED_OVER, EMPTY_GIVES_UP };
static bool
read_typed(char typed[static TYPED_BYTES], enum empty at_first,
    uint8_t *ret_secret, err *ret)
{
	size_t n = 0;
	unsigned word;

	while (n + 2 < TYPED_BYTES) {
		if (fgets(typed + n, (int)(TYPED_BYTES - n), stdin) == NULL)
			return false;
		bool empty = typed[n] == '\n';
		if (empty && n == 0 && at_first == EMPTY_GIVES_UP)
			return false;
		n += strlen(typed + n);
		*ret = recovery_decode((struct span){
		    (const uint8_t *)typed, n }, ret_secret, &word);
		if (*ret == ERR_OK || (empty && n > 1))
			return true;
	}
	return true;
}

static void
say_mistake(struct cli *c, const char *typed)
{
	uint8_t secret[KEY_LEN];
	unsigned word = 0;

	if (recovery_decode((struct span){ (const uint8_t *)typed,
	    strlen(typed) }, secret, &word) == ERR_FORMAT && word > 0)
		cli_say(c, SHEET_WRONG_WORD, word);
	else
		cli_say_plain(c, PHRASE_SHEET_WRONG);
	crypto_wipe(secret, sizeof secret);
}

static bool
typed_back(struct cli *c, const uint8_t *secret)
{
	char *typed = crypto_alloc(TYPED_BYTES);
	uint8_t back[KEY_LEN];
	bool right = false;
	err rc = ERR_FORMAT;

	while (typed != NULL && !right) {
		memset(typed, 0, TYPED_BYTES);
		cli_say_plain(c, PHRASE_SHEET_TYPE);
		if (!read_typed(typed, EMPTY_PASSED_OVER, back, &rc))
			break;
		right = rc == ERR_OK && crypto_equal(back, secret, KEY_LEN);
		if (!right)
			say_mistake(c, typed);
	}
	crypto_wipe(back, sizeof back);
	crypto_free(typed);
	return right;
}

bool
sheet_ask(struct cli *c, uint8_t ret_secret[static KEY_LEN])
{
	char *typed = crypto_alloc(TYPED_BYTES);
	bool right = false, more = typed != NULL;
	err rc = ERR_FORMAT;

	(void)setvbuf(stdin, NULL, _IONBF, 0);
	while (more && !right) {
		memset(typed, 0, TYPED_BYTES);
		cli_say_plain(c, PHRASE_SHEET_TYPE);
		more = read_typed(typed, EMPTY_GIVES_UP, ret_secret, &rc);
		right = more && rc == ERR_OK;
		if (more && !right)
			say_mistake(c, typed);
	}
	crypto_free(typed);
	return right;
}

bool
sheet_show(struct cli *c, const uint8_t secret[static KEY_LEN],
    const char *commune, const char *date)
{
	static const char clear[] = "\033[H\033[2J\033[3J";
	char line[64];
	bool right;

	/* no copy of the words in a buffer of stdio */
	(void)setvbuf(stdin, NULL, _IONBF, 0);
	sheet_print(c, stderr, secret, commune, date, QR_SCREEN);
	cli_say_plain(c, PHRASE_SHEET_SHOWN);
	if (fgets(line, sizeof line, stdin) == NULL)
		return false;
	(void)fputs(clear, stderr);
	right = typed_back(c, secret);
	(void)fputs(clear, stderr);
	if (right)
		cli_say_plain(c, PHRASE_SHEET_RIGHT);
	return right;
}
