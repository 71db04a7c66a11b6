/* SPDX-License-Identifier: Apache-2.0 */
/*
 * state.h -- registers and their values: the merged state of one subject in
 * one scope (SPEC.md section 9, rule 4).  Pure.
 *
 * Invariants: 1. the values of a register do not depend on the order in which
 * its writes are applied, nor on how often.  2. no write is lost but one that
 * another write happened after.
 */
#ifndef NGUON_STATE_H
#define NGUON_STATE_H

#include "protocol/merge.h"

/* One write to a register. */
struct write {
	struct stamp stamp;
	bool unreadable;	/* listed, but not held or not readable */
	struct span value;	/* raw canonical value; empty if unreadable */
};

/* A register and its values: the writes that no other happened after. */
struct reg {
	uint64_t field;
	enum section section;
	uint8_t element_len;
	uint8_t element[ELEMENT_MAX];
	uint32_t count;		/* writes, at least 1 */
	const struct write *writes;
};

/*
 * The merged state of one subject in one scope.
 */
struct state;
struct state *state_new(void);
void state_free(struct state *s);
/* state_clear: as state_new made it; keeps its memory. */
void state_clear(struct state *s);
/* state_write: apply one write; value is copied.  Applying it again is not an
 * error: its leaf, or its value if it was unreadable, may be learnt so.  One
 * whose leaf was known is not applied without it.
 * Errors: ERR_NOMEM; ERR_LIMIT: the element is too long. */
MUST_USE err state_write(struct state *s, const struct merge_lines *m,
    uint64_t field, enum section section, struct span element,
    const struct write *w);
/* state_leaf: own entries of (log, first..last) got their leaf.  The same as
 * having had it at once, if leaves are taken in in index order. */
void state_leaf(struct state *s, const uint8_t log[static ID_LEN],
    uint64_t first, uint64_t last, uint64_t leaf, uint64_t leaf_time);
/* Kinds (numbers below 64) of the effective ops on this subject. */
void state_note_kind(struct state *s, uint64_t kind);
bool state_has_kind(const struct state *s, uint64_t kind);
/* Salts of the ops that create, each once; SALT_LEN bytes. */
MUST_USE err state_note_salt(struct state *s,
    const uint8_t salt[static SALT_LEN]);
size_t state_salt_count(const struct state *s);
const uint8_t *state_salt(const struct state *s, size_t i);

size_t state_count(const struct state *s);		/* registers */
/* In ascending (field, element) order; borrowed until the next write. */
const struct reg *state_at(const struct state *s, size_t i);
/* NULL: never written.  element.n may be 0. */
const struct reg *state_find(const struct state *s, uint64_t field,
    struct span element);
/* The provisional winner; NULL if r is NULL. */
const struct write *state_winner(const struct reg *r, uint64_t now_ms);
/* Several different values (unreadable ones of different ops differ). */
bool state_conflict(const struct reg *r);

/* Convenience: the winner's value by type; ERR_ABSENT when never written,
 * unreadable or nil. */
MUST_USE err state_uint(const struct state *s, uint64_t field,
    struct span element, uint64_t now_ms, uint64_t *ret);
MUST_USE err state_int(const struct state *s, uint64_t field,
    struct span element, uint64_t now_ms, int64_t *ret);
MUST_USE err state_text(const struct state *s, uint64_t field,
    struct span element, uint64_t now_ms, struct span *ret);
MUST_USE err state_bool(const struct state *s, uint64_t field,
    struct span element, uint64_t now_ms, bool *ret);

/* A version of the state for compare-and-set: changes when any
 * value of any register changes. */
void state_version(const struct state *s, uint8_t ret[static HASH_LEN]);

/* To and from canonical bytes of our own (the store seals them; not part of
 * the exchange).  Errors of decode: ERR_FORMAT, ERR_VERSION, ERR_NOMEM. */
MUST_USE err state_encode(const struct state *s, struct buf *out);
MUST_USE err state_decode(struct span in, struct state **ret);

#endif
