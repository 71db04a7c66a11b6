/* SPDX-License-Identifier: Apache-2.0 */
/*
 * freeze.h -- frozen reports and year-end rankings: figures that the commune
 * publishes, signed and numbered, counted from the first leaves of its tree
 * and never changed (SPEC.md section 9.2).  What comes later makes a new
 * number.
 */
#ifndef NGUON_RECORDS_FREEZE_H
#define NGUON_RECORDS_FREEZE_H

#include "client/store/store.h"
#include "protocol/frozen.h"
#include "protocol/ranking.h"

/*
 * freeze_collect(s, ret): the figures of what the commune has received, own
 * entries without a leaf apart; ret_size: leaves.  Owner: figures_free.
 * Errors: ERR_ROLE not a commune device, which alone reads every cell;
 * ERR_UNABLE a segment is still asked for; ERR_PASS; ERR_NOMEM; those of the
 * store.
 */
MUST_USE err freeze_collect(struct store *s, struct figures **ret,
    uint64_t *ret_size);

/*
 * freeze_report, freeze_ranking: writes one; ret_number: its number, one above
 * all that are known here, of reports and of rankings apart.  title may be
 * empty.  Errors: those of freeze_collect; ERR_VERSION: the rule in force is
 * not known here; ERR_LIMIT: it does not fit into an entry; those of
 * store_write.
 */
MUST_USE err freeze_report(struct store *s, const struct period *period,
    struct span title, uint64_t *ret_number);
MUST_USE err freeze_ranking(struct store *s, int year, uint64_t *ret_number);

/* freeze_waiting: own entries that no leaf counts yet. */
MUST_USE err freeze_waiting(struct store *s, uint64_t *ret);

/* ---- what is published */

struct freeze {
	uint8_t subject[ID_LEN];
	struct frozen z;		/* figures point into block */
	char title[256];		/* "" */
	uint64_t time_ms;
	bool received;			/* the commune has it */
	bool conflict;			/* several ops write it */
	uint8_t log[ID_LEN];		/* of its author */
	struct buf block;		/* owned */
};
struct freeze_list {
	size_t count;
	struct freeze *items;		/* by number, then time */
};
/* freeze_list: those of one kind; any device of the commune has them.  None is
 * not an error.  Owner: freeze_free.  Errors: ERR_NOMEM, those of
 * store_each. */
enum freeze_kind { FREEZE_REPORTS, FREEZE_RANKINGS };
MUST_USE err freeze_list(struct store *s, enum freeze_kind kind,
    struct freeze_list **ret);
void freeze_free(struct freeze_list *l);

/* ---- the rule in force */

/* freeze_rules: the version in force as this device knows it. */
MUST_USE err freeze_rules(struct store *s, uint64_t *ret);
/* freeze_set_rules: from its leaf on.  Errors: ERR_ROLE; ERR_VERSION: this
 * program does not have it; ERR_EXISTS: it is in force; those of
 * store_write. */
MUST_USE err freeze_set_rules(struct store *s, uint64_t version);

#endif
