/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cli.c -- messages, and opening the store.
 */
#include "client/cli/cli.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "client/cli/cli_progress.h"
#include "client/cli/cli_text.h"
#include "client/cli/cli_verb.h"
#include "client/records/fold_text.h"
#include "client/store/key_agent.h"

/* ---- messages */

void
cli_line(FILE *out, const char *format, ...)
{
	char small[512];
	char *text = small, *more = NULL;
	va_list args, again;
	int n;

	va_start(args, format);
	va_copy(again, args);
	n = vsnprintf(small, sizeof small, format, args);
	if (n >= (int)sizeof small &&
	    (more = malloc((size_t)n + 1)) != NULL) {
		(void)vsnprintf(more, (size_t)n + 1, format, again);
		text = more;
	}
	va_end(again);
	va_end(args);
	/* our phrases have none: a line feed would let a name add a line */
	for (char *p = text; n >= 0 && *p != '\0'; p++)
		if (*p == '\n')
			*p = '?';
	if (n >= 0)
		cli_text_wrap(out, (struct span){ (const uint8_t *)text,
		    strlen(text) }, CLI_COLUMNS);
	free(more);
}

const char *
cli_text(const struct cli *c, enum phrase phrase)
{
	return catalogue_text(c->language, phrase);
}

void
cli_say_plain(const struct cli *c, enum phrase phrase)
{
	cli_line(stderr, "%s", cli_text(c, phrase));
}

void
cli_print_plain(const struct cli *c, enum phrase phrase)
{
	cli_line(stdout, "%s", cli_text(c, phrase));
}

int
cli_fail(struct cli *c, err e)
{
	(void)fflush(stdout);
	cli_line(stderr, "nguon: %s", catalogue_error(c->language, e));
	if (c->why[0] != '\0')
		cli_line(stderr, "  (%s)", c->why);
	c->why[0] = '\0';
	return err_exit_code(e);
}

int
cli_usage(struct cli *c, const struct cli_verb *verb)
{
	(void)fflush(stdout);
	cli_line(stderr, "nguon: %s", cli_text(c, PHRASE_CLI_OPERANDS));
	(void)fputc('\n', stderr);
	cli_verb_help(c, verb, stderr);
	return EXIT_USAGE;
}

bool
cli_terminal(void)
{
	return isatty(STDIN_FILENO) == 1 && isatty(STDERR_FILENO) == 1;
}

bool
cli_confirm(struct cli *c, enum phrase question)
{
	char line[64];

	if (c->yes)
		return true;
	if (!cli_terminal())
		return false;
	(void)fprintf(stderr, "%s [%s] ", cli_text(c, question),
	    cli_text(c, PHRASE_CLI_YES_NO));
	if (fgets(line, sizeof line, stdin) == NULL)
		return false;
	return line[0] == 'c' || line[0] == 'C' || line[0] == 'y' ||
	    line[0] == 'Y';
}

const char *
cli_role(const struct cli *c, enum role role)
{
	switch (role) {
	case ROLE_COMMUNE:
		return cli_text(c, PHRASE_ROLE_WORD_COMMUNE);
	case ROLE_SECRETARY:
		return cli_text(c, PHRASE_ROLE_WORD_SECRETARY);
	case ROLE_DEPUTY:
		return cli_text(c, PHRASE_ROLE_WORD_DEPUTY);
	case ROLE_COMMISSIONER:
		return cli_text(c, PHRASE_ROLE_WORD_COMMISSIONER);
	case ROLE_ORGANISATION:
		return cli_text(c, PHRASE_ROLE_WORD_ORGANISATION);
	case ROLE_ROOT:
	case ROLE_HUB:
	case ROLE_NONE:
		break;
	}
	return cli_text(c, PHRASE_ROLE_WORD_NONE);
}

void
cli_time(uint64_t ms, char ret[static CLI_TIME_BYTES])
{
	time_t seconds = (time_t)(ms / 1000);
	struct tm tm;

	if (ms == 0 || localtime_r(&seconds, &tm) == NULL ||
	    strftime(ret, CLI_TIME_BYTES, "%Y-%m-%d %H:%M", &tm) == 0)
		memcpy(ret, "-", 2);
}

bool
cli_typed(struct cli *c, const char *text, struct buf *out, int *ret_exit)
{
	err rc = fold_text_nfc((struct span){ (const uint8_t *)text,
	    strlen(text) }, out);

	if (rc != ERR_OK)
		*ret_exit = cli_fail(c, rc == ERR_FORMAT ? ERR_VALUE : rc);
	return rc == ERR_OK;
}

/* ---- the store */

bool
cli_store_dir(struct cli *c, char ret[static PATH_BYTES], int *ret_exit)
{
	err rc = paths_store(c->store_option, ret);

	if (rc != ERR_OK)
		*ret_exit = cli_fail(c, rc);
	return rc == ERR_OK;
}

/* The folder of a store that is there. */
static bool
find_store(struct cli *c, char dir[static PATH_BYTES], int *ret_exit)
{
	char file[PATH_BYTES];

	if (!cli_store_dir(c, dir, ret_exit))
		return false;
	if (paths_join(dir, "nguon.db", file) == ERR_OK &&
	    access(file, F_OK) == 0)
		return true;
	cli_say(c, CLI_NO_STORE, dir);
	*ret_exit = err_exit_code(ERR_ABSENT);
	return false;
}

static bool
open_failed(struct cli *c, err rc, const char *dir, int *ret_exit)
{
	if (rc == ERR_ABSENT) {
		cli_say(c, CLI_STORE_WAITS, dir);
		*ret_exit = err_exit_code(ERR_ABSENT);
	} else {
		*ret_exit = cli_fail(c, rc);
	}
	return false;
}

bool
cli_open_locked(struct cli *c, int *ret_exit)
{
	char dir[PATH_BYTES];

	if (c->store != NULL)
		return true;
	if (!find_store(c, dir, ret_exit))
		return false;
	err rc = store_open(dir, (struct span){ 0 }, &c->store);
	return rc == ERR_OK || open_failed(c, rc, dir, ret_exit);
}

err
cli_take_in(struct cli *c, struct take_in *ret)
{
	struct cli_progress progress;
	err rc;

	cli_progress_begin(&progress, c, PHRASE_PROGRESS_TAKE_IN);
	store_watch(c->store, cli_progress_at, &progress);
	rc = store_take_in(c->store, ret);
	store_watch(c->store, NULL, NULL);
	cli_progress_end(&progress);
	return rc;
}

static void
take_in(struct cli *c)
{
	struct take_in sum = { 0 };
	err rc = cli_take_in(c, &sum);

	if (rc != ERR_OK)
		(void)cli_fail(c, rc);
	if (sum.alarmed)
		cli_say(c, CLI_ALARM, sum.alarm_code);
}

/* With the keys of `nguon unlock`.  A passphrase that is given counts more. */
static bool
open_unlocked(struct cli *c, const char *dir)
{
	struct device_keys *keys = NULL;
	struct store *s = NULL;

	if (c->passphrase_fd >= 0 || key_agent_keys(dir, &keys) != ERR_OK)
		return false;
	err rc = store_open_with_keys(dir, keys, &s);
	key_file_free(keys);
	if (rc != ERR_OK)	/* it is said when the passphrase is there */
		return false;
	store_close(c->store);
	c->store = s;
	return true;
}

bool
cli_open(struct cli *c, int *ret_exit)
{
	char dir[PATH_BYTES];
	err rc = ERR_PASS;

	if (c->store != NULL && store_unlocked(c->store))
		return true;
	if (!find_store(c, dir, ret_exit))
		return false;
	if (open_unlocked(c, dir)) {
		take_in(c);
		return true;
	}
	/* one typing mistake is no reason to begin again */
	for (int tries = 0; rc == ERR_PASS && tries < 3; tries++) {
		struct span pass = { 0 };
		if (tries > 0)
			(void)cli_fail(c, rc);
		if (!cli_passphrase(c, CLI_PASSPHRASE_OPEN, &pass, ret_exit))
			return false;
		store_close(c->store);
		c->store = NULL;
		rc = store_open(dir, pass, &c->store);
		crypto_free((void *)(uintptr_t)pass.p);
		if (c->passphrase_fd >= 0 || !cli_terminal())
			break;
	}
	if (rc != ERR_OK)
		return open_failed(c, rc, dir, ret_exit);
	take_in(c);
	return true;
}
