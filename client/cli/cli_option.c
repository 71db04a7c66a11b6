/* SPDX-License-Identifier: Apache-2.0 */
#include "client/cli/cli_option.h"

#include <stdlib.h>
#include <string.h>

err
cli_option_number(const char *text, uint64_t max, uint64_t *ret)
{
	uint64_t n = 0;

	if (text == NULL || *text == '\0')
		return ERR_VALUE;
	for (; *text != '\0'; text++) {
		if (*text < '0' || *text > '9')
			return ERR_VALUE;
		uint64_t digit = (uint64_t)(*text - '0');
		if (n > (UINT64_MAX - digit) / 10)
			return ERR_VALUE;
		n = n * 10 + digit;
		if (n > max)
			return ERR_VALUE;
	}
	*ret = n;
	return ERR_OK;
}

/* ---- options that every verb has */

enum common {
	COMMON_STORE, COMMON_JSON, COMMON_LANG, COMMON_FD, COMMON_YES,
	COMMON_HELP, COMMON_VERSION, COMMON_NONE,
};
static const struct common_option {
	const char *name;
	enum common common;
	bool value;
} commons[] = {
	{ "store", COMMON_STORE, true },
	{ "json", COMMON_JSON, false },
	{ "lang", COMMON_LANG, true },
	{ "passphrase-fd", COMMON_FD, true },
	{ "yes", COMMON_YES, false },
	{ "help", COMMON_HELP, false },
	{ "version", COMMON_VERSION, false },
};

static err
wrong(struct cli_wrong *w, enum cli_mistake mistake, const char *word)
{
	*w = (struct cli_wrong){ .mistake = mistake, .word = word };
	return ERR_USAGE;
}

/* Whether word is --name or --name=value; then *ret_value is the value, NULL
 * without one. */
static bool
names(const char *word, const char *name, const char **ret_value)
{
	size_t n = strlen(name);

	if (strncmp(word, "--", 2) != 0 ||
	    strncmp(word + 2, name, n) != 0)
		return false;
	if (word[n + 2] != '\0' && word[n + 2] != '=')
		return false;
	*ret_value = word[n + 2] == '=' ? word + n + 3 : NULL;
	return true;
}

static bool
is_option(const char *word)
{
	return word[0] == '-' && word[1] != '\0' &&
	    (word[1] < '0' || word[1] > '9');
}

static err
set_common(struct cli *c, struct cli_words *w, enum common common,
    const char *value)
{
	uint64_t fd;

	switch (common) {
	case COMMON_STORE:
		c->store_option = value;
		return *value != '\0' ? ERR_OK : ERR_USAGE;
	case COMMON_LANG:
		if (strcmp(value, "vi") != 0 && strcmp(value, "en") != 0)
			return ERR_USAGE;
		c->language = catalogue_language(value, NULL);
		return ERR_OK;
	case COMMON_FD:
		if (cli_option_number(value, 1023, &fd) != ERR_OK)
			return ERR_USAGE;
		c->passphrase_fd = (int)fd;
		return ERR_OK;
	case COMMON_JSON:
		c->json = true;
		return ERR_OK;
	case COMMON_YES:
		c->yes = true;
		return ERR_OK;
	case COMMON_HELP:
		w->ask = CLI_ASK_HELP;
		return ERR_OK;
	case COMMON_VERSION:
		w->ask = CLI_ASK_VERSION;
		return ERR_OK;
	case COMMON_NONE:
		break;
	}
	return ERR_USAGE;
}

static const struct common_option *
find_common(const char *word, const char **ret_value)
{
	for (size_t i = 0; i < sizeof commons / sizeof commons[0]; i++)
		if (names(word, commons[i].name, ret_value))
			return &commons[i];
	return NULL;
}

/* Takes argv[i] if it is a common option; *i moves on with its value.
 * ERR_ABSENT: it is none. */
static err
take_common(int argc, char **argv, int *i, struct cli *c, struct cli_words *w,
    struct cli_wrong *ret)
{
	const char *word = argv[*i], *value = NULL;
	const struct common_option *o = find_common(word, &value);

	if (strcmp(word, "-h") == 0)
		return set_common(c, w, COMMON_HELP, "");
	if (o == NULL)
		return ERR_ABSENT;
	if (!o->value && value != NULL)
		return wrong(ret, CLI_MISTAKE_FLAG_VALUE, word);
	if (o->value && value == NULL) {
		if (*i + 1 >= argc || is_option(argv[*i + 1]))
			return wrong(ret, CLI_MISTAKE_NO_VALUE, word);
		value = argv[++*i];
	}
	if (set_common(c, w, o->common, value != NULL ? value : "") != ERR_OK)
		return wrong(ret, CLI_MISTAKE_VALUE, word);
	return ERR_OK;
}

/* `help VERB' is `VERB --help'. */
static void
take_help(struct cli_words *w)
{
	if (w->plain == 0 || strcmp(w->word[0], "help") != 0)
		return;
	w->count--;
	w->plain--;
	memmove(w->word, w->word + 1, w->count * sizeof *w->word);
	if (w->ask == CLI_ASK_VERB)
		w->ask = CLI_ASK_HELP;
}

err
cli_option_common(int argc, char **argv, struct cli *c,
    struct cli_words *ret_words, struct cli_wrong *ret_wrong)
{
	struct cli_words w = { .ask = CLI_ASK_VERB };
	int i;
	err rc = ERR_OK;

	w.word = calloc((size_t)argc + 1, sizeof *w.word);
	if (w.word == NULL)
		return ERR_NOMEM;
	for (i = 1; rc == ERR_OK && i < argc; i++) {
		if (strcmp(argv[i], "--") == 0)
			break;
		rc = take_common(argc, argv, &i, c, &w, ret_wrong);
		if (rc == ERR_ABSENT) {
			w.word[w.count++] = argv[i];
			rc = ERR_OK;
		}
	}
	w.plain = w.count;
	for (i++; rc == ERR_OK && i < argc; i++)
		w.word[w.count++] = argv[i];
	if (rc == ERR_OK)
		take_help(&w);
	if (rc != ERR_OK)
		free(w.word);
	else
		*ret_words = w;
	return rc;
}

void
cli_option_words_free(struct cli_words *w)
{
	if (w == NULL)
		return;
	free(w->word);
	w->word = NULL;
	w->count = 0;
}

/* ---- a verb's own */

static const struct cli_option *
find(const struct cli_verb *verb, const char *word, const char **ret_value)
{
	for (size_t i = 0; i < verb->option_count; i++)
		if (names(word, verb->options[i].name, ret_value))
			return &verb->options[i];
	return NULL;
}

static err
take_option(const struct cli_words *w, size_t *i, struct cli_args *a,
    struct cli_wrong *ret)
{
	const char *word = w->word[*i], *value = NULL;
	const struct cli_option *o = find(a->verb, word, &value);

	if (o == NULL)
		return wrong(ret, CLI_MISTAKE_UNKNOWN, word);
	if (o->value == NULL && value != NULL)
		return wrong(ret, CLI_MISTAKE_FLAG_VALUE, word);
	if (o->need != CLI_MANY && cli_option(a, o->name) != NULL)
		return wrong(ret, CLI_MISTAKE_TWICE, word);
	if (o->value != NULL && value == NULL) {
		if (*i + 1 >= w->plain || is_option(w->word[*i + 1]))
			return wrong(ret, CLI_MISTAKE_NO_VALUE, word);
		value = w->word[++*i];
	}
	a->given[a->given_count++] = (struct cli_given){
	    o->name, value != NULL ? value : "" };
	while (o->need == CLI_MANY && a->verb->operands[0] == '\0' &&
	    *i + 1 < w->plain && !is_option(w->word[*i + 1]))
		a->given[a->given_count++] = (struct cli_given){
		    o->name, w->word[++*i] };
	return ERR_OK;
}

static err
check_given(const struct cli_args *a, struct cli_wrong *ret)
{
	for (size_t i = 0; i < a->verb->option_count; i++) {
		const struct cli_option *o = &a->verb->options[i];
		if (o->need != CLI_MUST || cli_option(a, o->name) != NULL)
			continue;
		(void)wrong(ret, CLI_MISTAKE_MISSING, o->name);
		ret->option = o;
		return ERR_USAGE;
	}
	return ERR_OK;
}

err
cli_option_parse(const struct cli_words *w, size_t skip,
    const struct cli_verb *verb, struct cli_args *ret,
    struct cli_wrong *ret_wrong)
{
	struct cli_args a = { .verb = verb };
	err rc = ERR_OK;

	a.operands = calloc(w->count + 1, sizeof *a.operands);
	a.given = calloc(w->count + 1, sizeof *a.given);
	if (a.operands == NULL || a.given == NULL)
		rc = ERR_NOMEM;
	for (size_t i = skip; rc == ERR_OK && i < w->count; i++) {
		if (i < w->plain && is_option(w->word[i]))
			rc = take_option(w, &i, &a, ret_wrong);
		else
			a.operands[a.operand_count++] = w->word[i];
	}
	if (rc == ERR_OK)
		rc = check_given(&a, ret_wrong);
	if (rc != ERR_OK)
		cli_option_free(&a);
	else
		*ret = a;
	return rc;
}

void
cli_option_free(struct cli_args *a)
{
	if (a == NULL)
		return;
	free(a->operands);
	free(a->given);
	memset(a, 0, sizeof *a);
}

const char *
cli_option_next(const struct cli_args *a, const char *name, size_t *cursor)
{
	while (*cursor < a->given_count) {
		const struct cli_given *g = &a->given[(*cursor)++];
		if (strcmp(g->name, name) == 0)
			return g->value;
	}
	return NULL;
}

const char *
cli_option(const struct cli_args *a, const char *name)
{
	const char *value = NULL, *one;
	size_t cursor = 0;

	while ((one = cli_option_next(a, name, &cursor)) != NULL)
		value = one;
	return value;
}
