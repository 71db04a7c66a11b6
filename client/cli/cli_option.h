/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cli_option.h -- the words of the command line: the options that every verb
 * has, the verb, its operands and its own options.
 */
#ifndef NGUON_CLI_OPTION_H
#define NGUON_CLI_OPTION_H

#include "client/cli/cli.h"

/* What is asked of nguon as a whole. */
enum cli_ask { CLI_ASK_VERB, CLI_ASK_HELP, CLI_ASK_VERSION };

struct cli_words {
	enum cli_ask ask;
	const char **word;		/* what is left, in order; owned */
	size_t count;
	size_t plain;		/* words from here on stood behind "--" */
};

/* Which word was wrong, and how. */
enum cli_mistake {
	CLI_MISTAKE_NONE, CLI_MISTAKE_UNKNOWN, CLI_MISTAKE_NO_VALUE,
	CLI_MISTAKE_VALUE, CLI_MISTAKE_TWICE, CLI_MISTAKE_FLAG_VALUE,
	CLI_MISTAKE_MISSING,
};
struct cli_wrong {
	enum cli_mistake mistake;
	const char *word;		/* borrowed from argv */
	const struct cli_option *option;	/* of MISSING */
};

/*
 * cli_option_common(argc, argv, c, ret_words, ret_wrong): takes --store,
 * --json, --lang, --passphrase-fd, --yes, --help and --version out of the line,
 * wherever they stand before "--", and sets c by them.  A first word `help'
 * is --help.
 * Errors: ERR_USAGE with *ret_wrong; ERR_NOMEM.
 */
MUST_USE err cli_option_common(int argc, char **argv, struct cli *c,
    struct cli_words *ret_words, struct cli_wrong *ret_wrong);
void cli_option_words_free(struct cli_words *w);	/* NULL is allowed */

/*
 * cli_option_parse(w, skip, verb, ret, ret_wrong): the words behind the verb's
 * own (skip of them) by its table; ret borrows words and verb.  Owner: the
 * caller, cli_option_free.
 * Errors: ERR_USAGE with *ret_wrong, also where an option of CLI_MUST was not
 * given; ERR_NOMEM.
 */
MUST_USE err cli_option_parse(const struct cli_words *w, size_t skip,
    const struct cli_verb *verb, struct cli_args *ret,
    struct cli_wrong *ret_wrong);
void cli_option_free(struct cli_args *a);	/* NULL is allowed */

/* A number in decimal digits, at most max.  ERR_VALUE. */
MUST_USE err cli_option_number(const char *text, uint64_t max,
    uint64_t *ret);

#endif
