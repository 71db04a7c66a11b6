/* SPDX-License-Identifier: Apache-2.0 */
/*
 * figures.h -- the published figures, by rule version 1 (SPEC.md section 9),
 * from merged states.  The same on the device and in verify.  Pure.
 */
#ifndef NGUON_FIGURES_H
#define NGUON_FIGURES_H

#include "protocol/period.h"
#include "protocol/state.h"

enum { FIGURES_RULE_VERSION = 1 };

/* Collects what the figures need, one subject at a time, then answers for
 * any period and scope. */
struct figures;
struct figures *figures_new(uint64_t now_ms);	/* NULL: no memory */
void figures_free(struct figures *f);
/* figures_lines: which log continues which, for the order of steps that were
 * recorded twice; before the first figures_add.  Borrowed until the last one.
 * Without it no log has a predecessor. */
void figures_lines(struct figures *f, const struct merge_lines *lines);
/* figures_add: one subject of one scope, each once, in any order.  Nothing of
 * s is kept.  Subjects that no figure needs are not an error.  Errors:
 * ERR_NOMEM. */
MUST_USE err figures_add(struct figures *f,
    const uint8_t scope[static SCOPE_LEN],
    const uint8_t subject[static ID_LEN], const struct state *s);

/* One row: "admitted" 15, "percent" "25.0", "nominated:hoi-phu-nu" 18 ... */
struct figure_row {
	char name[96];
	char value[32];
};
/*
 * figures_rows: every row of one scope (cell scope id, or NULL for the whole
 * commune) in a fixed order: quota, admitted, percent, listed, nominated,
 * introduced, class_completed, trial_started, official, withdrawn,
 * postponed, moved, nominated:ORG..., withdrawn:REASON..., people,
 * people:RESIDENCE..., events, activities, participants.
 * ORG, REASON and RESIDENCE: those that occur anywhere in the commune, by
 * byte order, cut after 80 bytes; then `unknown` (erased or not readable),
 * where there are any in the scope and period.
 * A step or activity without a date counts in the period `all` alone.
 * Somebody who was moved, or merged into another, counts once: where `place`
 * and `merged_into` say, with the steps that are written there.
 * Owner: the caller frees *ret with free().  Errors: ERR_NOMEM.
 */
MUST_USE err figures_rows(const struct figures *f, const struct period *p,
    const uint8_t *scope, struct figure_row **ret, size_t *ret_count);
/* figures_find: the value of one row; NULL: no such row. */
const char *figures_find(const struct figure_row *rows, size_t count,
    const char *name);

/* Cells in the order of their codes. */
struct figure_cell {
	uint8_t scope[SCOPE_LEN];
	char code[64];
	char name[256];
	uint64_t members;
};
size_t figures_cell_count(const struct figures *f);
const struct figure_cell *figures_cell(const struct figures *f, size_t i);
/* figures_rules: the rule version in force, by the commune's setting `rules`;
 * 1 where nothing is said.  Another than FIGURES_RULE_VERSION: this program
 * must not publish what it counts. */
uint64_t figures_rules(const struct figures *f);
/*
 * figures_rows_people: who stands behind a number: each person whose step of
 * that code counts in the period and scope (NULL: the commune), as often as it
 * counts.  Errors: ERR_NOMEM and those of the sink.
 */
typedef err (*figures_person_sink)(void *ctx, const uint8_t scope[SCOPE_LEN],
    const uint8_t subject[ID_LEN]);
MUST_USE err figures_rows_people(const struct figures *f,
    const struct period *p, const uint8_t *scope, enum step step,
    figures_person_sink sink, void *ctx);
/* What is to be settled: registers of public and facts fields with several
 * values, and steps that were recorded twice, neither knowing of the other.
 * Only fields of the work count (from 32 on, `target` apart), not those of
 * keys and certificates. */
uint64_t figures_unsettled(const struct figures *f);

#endif
