/* SPDX-License-Identifier: Apache-2.0 */
/*
 * new_commune.h -- a commune that `nguon init` has just made, in a temporary
 * folder; nguond is played by a script.  cmocka ends the test where something
 * is not as it must be.
 */
#ifndef NGUON_TESTS_NEW_COMMUNE_H
#define NGUON_TESTS_NEW_COMMUNE_H

#include "client/records/commune.h"
#include "client/store/paths.h"

struct new_commune {
	char *dir;
	char store[PATH_BYTES], hub[PATH_BYTES];	/* their folders */
	uint8_t secret[KEY_LEN];
	struct root_keys root;
	struct store *s;		/* NULL before init */
};
/* setup and teardown of cmocka; *state is the struct. */
int new_commune_bare(void **state);	/* without init */
int new_commune_begun(void **state);
int new_commune_end(void **state);

struct span new_commune_text(const char *s);
void new_commune_path(const char *dir, const char *name,
    char ret[static PATH_BYTES]);
/* The arguments of init: "Hương Sơn", https://hub.example:8443. */
struct commune_new new_commune_arguments(const struct new_commune *f);
/* Puts a shell script in nguond's place; NULL: one that works, with the pin
 * 00 ... 07. */
void new_commune_nguond(const struct new_commune *f, const char *script);
/* A cell of 12 members. */
void new_commune_cell(struct new_commune *f, const char *code,
    const char *name, struct commune_cell *ret);

#endif
