/* SPDX-License-Identifier: Apache-2.0 */
/*
 * catalogue.h -- every sentence for people, in Vietnamese and English.  Pure.
 *
 * The sentences stand in catalogue.def, one PHRASE(ID, vi, en) each.  Both
 * texts of a phrase have the same printf placeholders in the same order
 * (tests/unit/test_catalogue.c), and CATALOGUE_FORMAT lets the compiler check
 * the arguments against both:
 *
 *	printf(CATALOGUE_FORMAT(language, CELL_ADDED), code, name);
 *	fputs(catalogue_text(language, PHRASE_BYE), stdout);
 */
#ifndef NGUON_CATALOGUE_H
#define NGUON_CATALOGUE_H

#include <stddef.h>

#include "protocol/err.h"

enum language {
	LANGUAGE_VI = 0,
	LANGUAGE_EN = 1,
};

enum phrase {
#define PHRASE(id, vi, en) PHRASE_##id,
#include "protocol/catalogue.def"
#undef PHRASE
	PHRASE_COUNT
};

#define PHRASE(id, vi, en) \
	static const char catalogue_vi_##id[] = vi; \
	static const char catalogue_en_##id[] = en;
#include "protocol/catalogue.def"
#undef PHRASE

/* CATALOGUE_FORMAT(language, ID): the text of PHRASE_ID as a format that the
 * compiler can see through; ID without PHRASE_. */
#define CATALOGUE_FORMAT(language, id) \
	((language) == LANGUAGE_EN ? catalogue_en_##id : catalogue_vi_##id)

/* catalogue_text: the text of phrase; static storage, never NULL, "" for a
 * number that is no phrase.  No line feed at its end unless written there. */
const char *catalogue_text(enum language language, enum phrase phrase);

/* catalogue_error: a sentence for e: what happened, whether the data is safe,
 * what to do.  Static storage, no placeholders, never NULL. */
const char *catalogue_error(enum language language, err e);

/*
 * catalogue_language(option, env): English when option (--lang) begins with
 * "en", or, when option is NULL or empty, env (LANG) does; else Vietnamese.
 * Both may be NULL.
 */
enum language catalogue_language(const char *option, const char *env);

#endif
