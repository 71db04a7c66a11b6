/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bench_commune.h -- a commune as `nguon init` makes it, with cells and
 * people, for bench programs: real keys, real files.  What fails ends the
 * program.
 */
#ifndef NGUON_TESTS_SUPPORT_BENCH_COMMUNE_H
#define NGUON_TESTS_SUPPORT_BENCH_COMMUNE_H

#include "client/store/store.h"

enum { BENCH_CELLS = 12 };

struct bench_commune {
	char *work;			/* the folder of all of it */
	char dir[4096];			/* the store */
	char hub[4096];			/* the hub's folder, with its TLS key */
	struct store *store;
	uint8_t cell[BENCH_CELLS][SCOPE_LEN];
};

/* Zeroed before.  $BUILD/nguond makes the TLS key. */
void bench_commune_open(struct bench_commune *b);
void bench_commune_close(struct bench_commune *b);
void bench_commune_must(err rc, const char *what);

/* bench_commune_table: people.csv of n people, all different, shared out
 * over the cells, as a village would write it.  Owner: the caller. */
void bench_commune_table(size_t n, struct buf *out);
/* bench_commune_import: as `nguon import people --yes`; seconds. */
double bench_commune_import(struct bench_commune *b, struct span table);

/* One entry each.  number chooses cell and content.  person: new; sealed: a
 * new telephone number of a person; step: one step, with its date. */
void bench_commune_person(struct bench_commune *b, size_t number,
    uint8_t ret_person[static ID_LEN]);
void bench_commune_sealed(struct bench_commune *b, size_t number,
    const uint8_t person[static ID_LEN]);
void bench_commune_step(struct bench_commune *b, size_t number,
    const uint8_t person[static ID_LEN]);

#endif
