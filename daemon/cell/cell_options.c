/* SPDX-License-Identifier: Apache-2.0 */
/* cell_options.c -- the command line of `nguond cell`. */
#include "daemon/cell/cell_options.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/log.h"

enum { SECONDS_DIGITS = 6 };

enum option_id {
	OPTION_STORE = 256, OPTION_ONCE, OPTION_HUB, OPTION_INTERVAL,
	OPTION_RETRY_MIN, OPTION_RETRY_CEILING, OPTION_LANG, OPTION_HELP,
};

static const struct option options[] = {
	{ "store", required_argument, NULL, OPTION_STORE },
	{ "once", no_argument, NULL, OPTION_ONCE },
	{ "hub", required_argument, NULL, OPTION_HUB },
	{ "interval", required_argument, NULL, OPTION_INTERVAL },
	{ "retry-min", required_argument, NULL, OPTION_RETRY_MIN },
	{ "retry-ceiling", required_argument, NULL, OPTION_RETRY_CEILING },
	{ "lang", required_argument, NULL, OPTION_LANG },
	{ "help", no_argument, NULL, OPTION_HELP },
	{ NULL, 0, NULL, 0 },
};

static err
wrong(enum language language, const char *word)
{
	char quoted[LOG_QUOTED_BYTES];

	fprintf(stderr, CATALOGUE_FORMAT(language, CELL_OPTION),
	    log_quote_word(word, quoted));
	return ERR_USAGE;
}

/* seconds: a number from 1 to 999999, in ms. */
static err
seconds(enum language language, const char *text, uint64_t *ret_ms)
{
	size_t n = strlen(text);
	unsigned long v = 0;
	char quoted[LOG_QUOTED_BYTES];

	if (n <= SECONDS_DIGITS && strspn(text, "0123456789") == n)
		v = strtoul(text, NULL, 10);
	if (v == 0) {
		fprintf(stderr, CATALOGUE_FORMAT(language, CELL_NUMBER),
		    log_quote_word(text, quoted));
		return ERR_USAGE;
	}
	*ret_ms = (uint64_t)v * 1000;
	return ERR_OK;
}

static err
take(int id, const char *value, struct cell_options *o,
    const char **ret_store)
{
	switch (id) {
	case OPTION_STORE: *ret_store = value; return ERR_OK;
	case OPTION_ONCE: o->action = CELL_ONCE; return ERR_OK;
	case OPTION_HELP: o->action = CELL_HELP; return ERR_OK;
	case OPTION_LANG: return ERR_OK;	/* looked for before */
	case OPTION_HUB:
		o->hub = value;
		return strncmp(value, "https://", 8) == 0 ? ERR_OK :
		    wrong(o->language, value);
	case OPTION_INTERVAL:
		return seconds(o->language, value, &o->schedule.interval_ms);
	case OPTION_RETRY_MIN:
		return seconds(o->language, value, &o->schedule.retry_min_ms);
	case OPTION_RETRY_CEILING:
		return seconds(o->language, value,
		    &o->schedule.retry_ceiling_ms);
	default: return ERR_USAGE;
	}
}

/* find_language: --lang counts for what is said of options before it. */
static enum language
find_language(int argc, char **argv)
{
	const char *option = NULL;

	for (int i = 1; i < argc; i++) {
		if (strncmp(argv[i], "--lang=", 7) == 0)
			option = argv[i] + 7;
		else if (strcmp(argv[i], "--lang") == 0 && i + 1 < argc)
			option = argv[i + 1];
	}
	return catalogue_language(option, getenv("LANG"));
}

err
cell_options_parse(int argc, char **argv, struct cell_options *ret)
{
	struct cell_options o = {
		.action = CELL_RUN,
		.language = find_language(argc, argv),
		.schedule = {
			.retry_min_ms = 2000,
			.retry_ceiling_ms = 300000,
			.interval_ms = 300000,
		},
	};
	const char *store = NULL;
	int id;

	ret->language = o.language;
	opterr = 0;
	optind = 1;
	for (;;) {
		int at = optind;

		id = getopt_long(argc, argv, "", options, NULL);
		if (id == -1)
			break;
		if (id == '?' || id == ':')
			return wrong(o.language, argv[at]);
		if (take(id, optarg, &o, &store) != ERR_OK)
			return ERR_USAGE;
	}
	if (optind < argc)
		return wrong(o.language, argv[optind]);
	if (o.action != CELL_HELP && paths_store(store, o.store) != ERR_OK)
		return wrong(o.language, "--store");
	*ret = o;
	return ERR_OK;
}
