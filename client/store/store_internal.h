/* SPDX-License-Identifier: Apache-2.0 */
/*
 * store_internal.h -- what the files of the store share.
 *
 * Invariants: 1. ledger, roster, lines, ring and cache belong to the
 * database as `version` says, plus the open transaction.  2. the cache holds
 * a state that differs from its row only inside a transaction.
 */
#ifndef NGUON_STORE_INTERNAL_H
#define NGUON_STORE_INTERNAL_H

#include "protocol/lookup.h"
#include "client/store/paths.h"
#include "client/store/sqlite.h"
#include "client/store/store.h"

#define EXCHANGE_FILE "exchange.db"

enum { SUBJECT_KEY_LEN = ID_LEN + SCOPE_LEN };	/* subject, scope */

/* A state in memory. */
struct cached {
	uint8_t key[SUBJECT_KEY_LEN];
	struct state *state;
	bool dirty;
};

/* A cell or lane key that opened; leaf: of its first grant known here. */
struct ring_key {
	struct cell_key key;
	uint64_t leaf;			/* 0 while there is none */
};

/* An own log that this transaction writes to. */
struct own_log {
	int64_t no;			/* 0: has no row yet */
	uint8_t id[ID_LEN];
	uint8_t scope[SCOPE_LEN];
	uint8_t salt[SALT_LEN];		/* of a new log */
	uint64_t seq;			/* of the last entry; 0: none */
	uint8_t hash[HASH_LEN];
	uint64_t seen, line_seen;
	uint32_t run_entries;		/* since the last signed head */
	size_t run_bytes;
};

struct store {
	char dir[PATH_BYTES];
	struct sqlite *db;
	uint64_t version;		/* data_version when loaded */
	struct device_keys *keys;	/* NULL: locked */
	uint8_t sign_pub[KEY_LEN];
	uint8_t device[ID_LEN];
	uint8_t fingerprint[HASH_LEN];

	struct ledger *ledger;		/* admitted */
	struct roster *roster;		/* with own entries without a leaf */
	struct merge_lines *lines;

	struct cached *cached;
	uint32_t cached_count, cached_cap;
	struct lookup by_subject;

	struct ring_key *ring;		/* crypto_alloc; in order of use */
	size_t ring_count, ring_cap;

	uint8_t (*refold)[SCOPE_LEN];	/* scopes to fold again */
	size_t refold_count;

	bool in_batch;
	err batch_failed;
	struct own_log *own;
	size_t own_count;
	bool skip_judgement;
	store_progress progress;	/* NULL: nobody looks */
	void *progress_ctx;
};

/* ---- store.c */

/* An empty store over an open database; owns db on success only. */
MUST_USE err store_make(const char *dir, struct sqlite *db,
    struct store **ret);
/* Opens nguon.db.  ERR_BUSY and the other errors of sqlite_open. */
MUST_USE err store_open_database(const char *dir, enum sqlite_mode mode,
    struct sqlite **ret);
/* Takes the keys over: copies them, says who this device is. */
MUST_USE err store_take_keys(struct store *s, const struct device_keys *keys);
/* The person's own name, appended; kept sealed under the device's keys. */
MUST_USE err store_holder(struct store *s, struct buf *out);
MUST_USE err store_holder_put(struct store *s, struct span name);

static inline void
store_tell(const struct store *s, uint64_t done, uint64_t total)
{
	if (s->progress != NULL)
		s->progress(s->progress_ctx, done, total);
}

/* ---- store_create.c */

/* The rows that say who this device is, and its keys. */
MUST_USE err store_create_identity(struct store *s,
    const struct store_new *n, enum role role, const uint8_t *certificate);

/* ---- store_load.c: from the tables into memory */

/* Everything that follows from the tables.  On error the store cannot be
 * used for more than closing. */
MUST_USE err store_load(struct store *s);
void store_unload(struct store *s);
/* Loads again if another process has written since. */
MUST_USE err store_load_if_changed(struct store *s);
MUST_USE err store_load_roster(struct store *s);
MUST_USE err store_load_lines(struct store *s);
/* A value of n bytes.  ERR_ABSENT, ERR_DAMAGED. */
MUST_USE err store_meta_fixed(struct store *s, const char *name, uint8_t *out,
    size_t n);
/* What the daemon needs to know of the hub, as the roster has it. */
MUST_USE err store_meta_hub(struct store *s);

/* ---- store_cache.c: merged states */

/* The state of a subject.  make: an empty one if there is none, and it will
 * be written to; else ERR_ABSENT.  ERR_KEY: sealed, and no key here. */
enum cache_use { CACHE_READ, CACHE_WRITE };
MUST_USE err store_cache_get(struct store *s, const uint8_t *scope,
    const uint8_t *subject, enum cache_use use, struct state **ret);
/* Reads a row without keeping it; the caller frees. */
MUST_USE err store_cache_peek(struct store *s, const uint8_t *scope,
    const uint8_t *subject, struct state **ret);
MUST_USE err store_cache_save(struct store *s);
void store_cache_clear(struct store *s);

/* ---- store_keys.c: the ring */

MUST_USE err store_keys_load(struct store *s);
void store_keys_wipe(struct store *s);
/* By scope and epoch; NULL. */
const struct cell_key *store_keys_find(const struct store *s,
    const uint8_t *scope, const uint8_t *epoch);
/* The current one of a scope; NULL. */
const struct cell_key *store_keys_current(const struct store *s,
    const uint8_t *scope);
/* A sealed box for this device.  Kept even if it does not open. */
MUST_USE err store_keys_grant(struct store *s, const uint8_t *scope,
    const uint8_t *commitment, struct span box, uint64_t leaf);
/* A key in hand: sealed to this device's own box key and kept. */
MUST_USE err store_keys_put(struct store *s, const struct cell_key *key,
    uint64_t leaf);
/* The first grant of that key has this leaf. */
MUST_USE err store_keys_rank(struct store *s, const uint8_t *scope,
    const uint8_t *commitment, uint64_t leaf);

/* ---- store_fold.c */

/* Folds one entry whose log has that row; notes void ops and grants. */
MUST_USE err store_fold_one(struct store *s, int64_t log_no,
    const struct roster *roster, const struct place *place,
    const struct entry *e);
/* The entry, folded before without a leaf, has got this one. */
/* Opens the sealed part of an op; state: the subject's, for its salts. */
MUST_USE err store_fold_open(struct store *s, const struct place *place,
    uint8_t position, const struct op *op, const struct state *state,
    struct buf *out);
MUST_USE err store_fold_leaf(struct store *s, int64_t log_no,
    const struct place *place, const struct entry *e);
MUST_USE err store_fold_later(struct store *s, const uint8_t *scope);
/* Folds the noted scopes again from the entries held. */
MUST_USE err store_fold_again(struct store *s);

/* ---- store_batch.c: own logs */

/* The own log of the scope, with a fresh id if there is none yet. */
MUST_USE err store_batch_log(struct store *s, const uint8_t *scope,
    struct own_log **ret);
/* What an entry of that log says it has seen. */
MUST_USE err store_batch_seen(struct store *s, const struct own_log *log,
    uint64_t *ret);
/* Takes in one encoded entry of our own: judged, hashed, stored, folded. */
MUST_USE err store_batch_append(struct store *s, struct own_log *log,
    struct span raw, uint64_t seen);

/* ---- store_place.c: admitted leaves */

/* The entries of one leaf that passed; raw borrows from the frame. */
struct placed {
	struct place place;
	struct span raw;
	uint8_t hash[HASH_LEN];
};
struct placing {
	struct placed *e;
	size_t count, cap;
};
void store_place_free(struct placing *p);
/* A ledger_sink; ctx is a struct placing. */
err store_place_sink(void *ctx, const struct admitted_entry *a);
/* Rows and states of a leaf's entries.  ERR_FORK: another entry of that seq
 * is held. */
MUST_USE err store_place_entries(struct store *s, const struct placing *p,
    struct take_in *count);
/* A leaf without entries here; inner may be NULL. */
MUST_USE err store_place_leaf(struct store *s, uint64_t idx,
    const uint8_t *scope, const uint8_t *inner_hash, uint64_t time_ms,
    struct span inner);
/* The leaf's row gets its segment. */
MUST_USE err store_place_segment(struct store *s, uint64_t idx,
    const struct leaf_inner *inner);
/* Segments wanted: leaves of scopes covered that are held without theirs. */
MUST_USE err store_place_wants(struct store *s);

/* ---- store_leaf.c: one frame of exchange.db against the ledger */

enum { TAKE_ODD = 64 };
/* What is wrong with what was brought: the functions of store_leaf.c and
 * store_take_in.c return ERR_TREE for it, with found or gap set. */
struct taking_in {
	struct store *s;
	struct sqlite *ex;
	struct take_in *sum;
	struct buf bytes;		/* of the frame at hand */
	struct buf entries;		/* of a receipt's segment */
	struct placing placing;
	bool found;
	char code[ALARM_CODE];
	uint64_t leaf;			/* MERGE_NO_LEAF: of none */
	struct buf evidence;
	/* a log's earlier segments are of a scope gained later: to be asked
	 * for */
	bool gap;
	uint8_t gap_scope[SCOPE_LEN];
	bool rooted;			/* entries of scope root came */
	/* segments of scopes that were not covered when they came */
	struct { uint8_t scope[SCOPE_LEN]; uint64_t leaf; } odd[TAKE_ODD];
	size_t odd_count;
};
MUST_USE err store_leaf_found(struct taking_in *t, const char *code,
    uint64_t leaf, struct span evidence);
/* Of exchange.db: what may pass stays an error, the rest is a finding. */
MUST_USE err store_leaf_hostile(struct taking_in *t, err rc);
/* Takes in the frame in t->bytes, up to size leaves. */
MUST_USE err store_leaf_take(struct taking_in *t, uint64_t size);
/* store_fill.c: verifies and takes in segments that came later than their
 * leaves: those asked for, or (scope not NULL) all of that scope. */
MUST_USE err store_fill(struct taking_in *t, const uint8_t *scope);
/* An alarm is kept once for each code and leaf. */
MUST_USE err store_leaf_alarm(struct taking_in *t, const char *code,
    uint64_t leaf, struct span evidence);

/* ---- store_checkpoint.c */

struct signed_root {
	uint64_t size;
	uint8_t root[HASH_LEN];
	uint8_t sig[SIG_LEN];
};
/* Signed by the hub of that size, and our root. */
MUST_USE err store_checkpoint_check(struct taking_in *t,
    const struct signed_root *cp);
MUST_USE err store_checkpoint_keep(struct store *s,
    const struct signed_root *cp);
/* What the hub signs of sizes taken in must be what it signed then. */
MUST_USE err store_checkpoint_old(struct taking_in *t);

/* ---- store_exchange.c: exchange.db, all of it hostile */

MUST_USE err store_exchange_open(const char *dir, struct sqlite **ret);
/* Copies a blob column of at most max bytes.  ERR_FORMAT. */
MUST_USE err store_exchange_blob(struct sqlite_stmt *st, int column,
    size_t max, struct buf *out);
/* A status row; 0 if there is none. */
uint64_t store_exchange_status(struct sqlite *ex, const char *name);

#endif
