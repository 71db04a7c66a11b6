/* SPDX-License-Identifier: Apache-2.0 */
/*
 * people_index.h -- everybody whom this device knows, by what tells them
 * apart: read once, so that a table of thousands of rows scans nothing.
 * Only hashes of names are kept.
 */
#ifndef NGUON_RECORDS_PEOPLE_INDEX_H
#define NGUON_RECORDS_PEOPLE_INDEX_H

#include "client/records/key_set.h"
#include "client/records/steps.h"

struct indexed_person {
	uint8_t scope[SCOPE_LEN];
	uint8_t subject[ID_LEN];	/* zeros: of the table, not written */
	uint8_t version[HASH_LEN];
	struct steps_standing standing;
	uint8_t by_ref[ID_LEN];		/* of scope and ref */
	uint8_t by_name[ID_LEN];	/* of folded name and birth year */
	bool has_ref;
};

struct people_index;
/* people_index_new: Owner: the caller, people_index_free.  Errors: ERR_NOMEM;
 * those of store_each. */
MUST_USE err people_index_new(struct store *s, struct people_index **ret);
void people_index_free(struct people_index *x);

/* What a person is found by; name and year as they were written (folded
 * here), year "" if it is not known.  Errors: those of fold_text. */
MUST_USE err people_index_name_key(struct span name, struct span year,
    uint8_t ret[static ID_LEN]);
void people_index_ref_key(const uint8_t scope[static SCOPE_LEN],
    struct span ref, uint8_t ret[static ID_LEN]);

/* NULL: nobody.  Borrowed until the next people_index_add.  By name: somebody
 * of that scope if there is one; scope NULL: of any. */
struct indexed_person *people_index_by_ref(struct people_index *x,
    const uint8_t key[static ID_LEN]);
struct indexed_person *people_index_by_name(struct people_index *x,
    const uint8_t key[static ID_LEN], const uint8_t *scope);
/* Copies p.  ERR_NOMEM. */
MUST_USE err people_index_add(struct people_index *x,
    const struct indexed_person *p);

/* Steps, each known by person, step and date. */
bool people_index_has_step(const struct people_index *x,
    const uint8_t subject[static ID_LEN], enum step step, int64_t date);
MUST_USE err people_index_add_step(struct people_index *x,
    const uint8_t subject[static ID_LEN], enum step step, int64_t date);

/* Whether text holds the full name (two words or more) of somebody in the
 * store; marks and case do not matter.  Errors: those of fold_text. */
MUST_USE err people_index_names(const struct people_index *x,
    struct span text, bool *ret);

#endif
