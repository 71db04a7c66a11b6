/* SPDX-License-Identifier: Apache-2.0 */
/* catalogue.c -- sentences by number and by error. */
#include "protocol/catalogue.h"

#include <string.h>

static const char *const texts[][2] = {
#define PHRASE(id, vi, en) { catalogue_vi_##id, catalogue_en_##id },
#include "protocol/catalogue.def"
#undef PHRASE
};

const char *
catalogue_text(enum language language, enum phrase phrase)
{
	if ((size_t)phrase >= sizeof texts / sizeof texts[0])
		return "";
	return texts[phrase][language == LANGUAGE_EN];
}

static enum phrase
phrase_of(err e)
{
	switch (e) {
	case ERR_OK: return PHRASE_ERR_OK;
	case ERR_NOMEM: return PHRASE_ERR_NOMEM;
	case ERR_IO: return PHRASE_ERR_IO;
	case ERR_FULL: return PHRASE_ERR_FULL;
	case ERR_BUSY: return PHRASE_ERR_BUSY;
	case ERR_NET: return PHRASE_ERR_NET;
	case ERR_HUB_BUSY: return PHRASE_ERR_HUB_BUSY;
	case ERR_FORMAT: return PHRASE_ERR_FORMAT;
	case ERR_LIMIT: return PHRASE_ERR_LIMIT;
	case ERR_VERSION: return PHRASE_ERR_VERSION;
	case ERR_CHAIN: return PHRASE_ERR_CHAIN;
	case ERR_FORK: return PHRASE_ERR_FORK;
	case ERR_SIG: return PHRASE_ERR_SIG;
	case ERR_TREE: return PHRASE_ERR_TREE;
	case ERR_SEEN: return PHRASE_ERR_SEEN;
	case ERR_DAMAGED: return PHRASE_ERR_DAMAGED;
	case ERR_CERT: return PHRASE_ERR_CERT;
	case ERR_SCOPE: return PHRASE_ERR_SCOPE;
	case ERR_ROLE: return PHRASE_ERR_ROLE;
	case ERR_KEY: return PHRASE_ERR_KEY;
	case ERR_PASS: return PHRASE_ERR_PASS;
	case ERR_FOREIGN: return PHRASE_ERR_FOREIGN;
	case ERR_USAGE: return PHRASE_ERR_USAGE;
	case ERR_VALUE: return PHRASE_ERR_VALUE;
	case ERR_RULE: return PHRASE_ERR_RULE;
	case ERR_EXISTS: return PHRASE_ERR_EXISTS;
	case ERR_ABSENT: return PHRASE_ERR_ABSENT;
	case ERR_CHANGED: return PHRASE_ERR_CHANGED;
	case ERR_UNABLE: return PHRASE_ERR_UNABLE;
	}
	return PHRASE_ERR_DAMAGED;
}

const char *
catalogue_error(enum language language, err e)
{
	return catalogue_text(language, phrase_of(e));
}

enum language
catalogue_language(const char *option, const char *env)
{
	const char *said = option != NULL && option[0] != '\0' ? option : env;

	if (said != NULL && strncmp(said, "en", 2) == 0)
		return LANGUAGE_EN;
	return LANGUAGE_VI;
}
