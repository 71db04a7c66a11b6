/* SPDX-License-Identifier: Apache-2.0 */
/* hub_options.c -- the command line of `nguond hub`. */
#include "daemon/hub/hub_options.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/hub/http.h"
#include "daemon/log.h"

enum { COUNT_DIGITS = 6 };

enum option_id {
	OPTION_DIR = 256, OPTION_LISTEN, OPTION_TLS, OPTION_AUDIT,
	OPTION_CONNECTIONS, OPTION_PER_ADDRESS, OPTION_ANEW, OPTION_LANG,
	OPTION_HELP,
};

static const struct option options[] = {
	{ "dir", required_argument, NULL, OPTION_DIR },
	{ "listen", required_argument, NULL, OPTION_LISTEN },
	{ "make-tls", required_argument, NULL, OPTION_TLS },
	{ "audit-export", required_argument, NULL, OPTION_AUDIT },
	{ "connections", required_argument, NULL, OPTION_CONNECTIONS },
	{ "per-address", required_argument, NULL, OPTION_PER_ADDRESS },
	{ "begin-anew", no_argument, NULL, OPTION_ANEW },
	{ "lang", required_argument, NULL, OPTION_LANG },
	{ "help", no_argument, NULL, OPTION_HELP },
	{ NULL, 0, NULL, 0 },
};

/* count: a number from 1 to 999999. */
static err
count(const char *text, unsigned *ret)
{
	size_t n = strlen(text);
	unsigned long v;

	if (n == 0 || n > COUNT_DIGITS || strspn(text, "0123456789") != n)
		return ERR_USAGE;
	v = strtoul(text, NULL, 10);
	if (v == 0)
		return ERR_USAGE;
	*ret = (unsigned)v;
	return ERR_OK;
}

static err
take(int id, const char *value, struct hub_options *o)
{
	char quoted[LOG_QUOTED_BYTES];

	switch (id) {
	case OPTION_DIR: o->dir = value; break;
	case OPTION_LISTEN: o->listen = value; break;
	case OPTION_TLS: o->tls_name = value; break;
	case OPTION_AUDIT: o->audit_file = value; break;
	case OPTION_ANEW: o->anew = true; break;
	case OPTION_LANG: break; /* looked for before all others */
	case OPTION_HELP: o->action = HUB_HELP; break;
	case OPTION_CONNECTIONS:
	case OPTION_PER_ADDRESS:
		if (count(value, id == OPTION_CONNECTIONS ?
			&o->connections :
			&o->per_address) == ERR_OK)
			break;
		fprintf(stderr, CATALOGUE_FORMAT(o->language, HUB_NUMBER),
		    log_quote_word(value, quoted));
		return ERR_USAGE;
	default: return ERR_USAGE;
	}
	return ERR_OK;
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

static err
wrong(enum language language, const char *word)
{
	char quoted[LOG_QUOTED_BYTES];

	fprintf(stderr, CATALOGUE_FORMAT(language, HUB_OPTION),
	    log_quote_word(word, quoted));
	return ERR_USAGE;
}

err
hub_options_parse(int argc, char **argv, struct hub_options *ret)
{
	struct hub_options o = {
		.action = HUB_RUN,
		.language = find_language(argc, argv),
		.listen = "127.0.0.1:8443",
		.connections = HTTP_CONNECTIONS,
		.per_address = HTTP_PER_ADDRESS,
	};
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
		if (take(id, optarg, &o) != ERR_OK)
			return ERR_USAGE;
	}
	if (optind < argc)
		return wrong(o.language, argv[optind]);
	if (o.action != HUB_HELP) {
		if (o.tls_name != NULL && o.audit_file != NULL)
			return wrong(o.language, "--audit-export");
		if (o.anew && (o.tls_name != NULL || o.audit_file != NULL))
			return wrong(o.language, "--begin-anew");
		if (o.dir == NULL || o.dir[0] == '\0') {
			fputs(catalogue_text(o.language, PHRASE_HUB_NO_DIR),
			    stderr);
			return ERR_USAGE;
		}
		if (o.tls_name != NULL)
			o.action = HUB_MAKE_TLS;
		if (o.audit_file != NULL)
			o.action = HUB_AUDIT;
	}
	*ret = o;
	return ERR_OK;
}
