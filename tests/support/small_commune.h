/* SPDX-License-Identifier: Apache-2.0 */
/*
 * small_commune.h -- a commune of one cell for tests of verify, and what they
 * ask of a verification.  Failures are assertions of cmocka.
 */
#ifndef NGUON_TESTS_SUPPORT_SMALL_COMMUNE_H
#define NGUON_TESTS_SUPPORT_SMALL_COMMUNE_H

#include "protocol/verify.h"
#include "tests/support/history.h"

/* Leaf 0 is root's, 1 the office's, 2 the secretary's claim, 3 two people, 4
 * a step of the first and 5 of the second. */
struct small_commune {
	struct history *h;
	struct history_log *office, *claim, *cell;
	uint8_t scope[SCOPE_LEN];
	uint8_t person[2][ID_LEN];
};

/* Up to leaf 3; up to leaf 5. */
struct small_commune small_commune_begin(void);
struct small_commune small_commune_whole(void);
void small_commune_end(struct small_commune *w);
/* One entry each: the cell (in the office's log), a person, a step. */
void small_commune_cell(struct small_commune *w);
void small_commune_person(struct small_commune *w, size_t i);
void small_commune_step(struct small_commune *w, size_t person,
    enum step step);
/* The same as a leaf of its own, which has seen all before. */
void small_commune_step_leaf(struct small_commune *w, size_t person,
    enum step step);

/* A file fed piece by piece and ended; nothing of it may be an error. */
struct verify *small_commune_feed(const uint8_t *fpr, struct span file,
    size_t piece);
struct verify *small_commune_verify(const struct small_commune *w);
/* The first finding of that code, or NULL. */
const struct finding *small_commune_find(const struct verify *v,
    enum finding_level level, const char *code);
/* It fails with that code; with log: there. */
void small_commune_assert(const struct verify *v, const char *code,
    const uint8_t *log, uint64_t seq, uint64_t last);
/* "nominated" of the commune, always. */
unsigned long small_commune_nominated(const struct figures *f);

#endif
