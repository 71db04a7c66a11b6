/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hub_store.h -- what a hub keeps of one commune: logs, entries, leaves,
 * announced heads, forks.  An interface: SQLite (hub.db) stands behind it
 * here, and another store of the same promises may.
 *
 * Promises: 1. what hub_store_commit has answered ERR_OK for survives a power
 * cut.  2. what was put since hub_store_begin is read back at once, and is
 * gone after hub_store_rollback.  3. a reader never waits for the writer.
 *
 * One object serves one thread at a time.  Any function may return ERR_IO,
 * ERR_FULL, ERR_BUSY, ERR_NOMEM, or ERR_DAMAGED for rows that nguond did not
 * write so; after an error while writing, roll back.
 */
#ifndef NGUON_HUB_STORE_H
#define NGUON_HUB_STORE_H

#include "protocol/ledger.h"

struct hub_store;

enum hub_store_mode {
	HUB_STORE_WRITE,	/* made if it is not there; one at a time */
	HUB_STORE_ANEW,		/* the same; hub_commune_open differs */
	HUB_STORE_READ,		/* must be there; beside a writer */
};

/*
 * hub_store_open(dir, mode, root_fpr, ret): dir/hub.db.
 * Errors: ERR_ABSENT (READ), ERR_FOREIGN it is of another commune,
 *         ERR_VERSION written by a newer nguond.
 */
MUST_USE err hub_store_open(const char *dir, enum hub_store_mode mode,
    const uint8_t root_fpr[static HASH_LEN], struct hub_store **ret);
void hub_store_close(struct hub_store *s);	/* NULL is allowed */
/* Why the last call failed, for the log; borrowed until the next call. */
const char *hub_store_why(struct hub_store *s);

/* A transaction; begin_read: what is read until hub_store_rollback is of one
 * moment. */
MUST_USE err hub_store_begin(struct hub_store *s);
MUST_USE err hub_store_begin_read(struct hub_store *s);
MUST_USE err hub_store_commit(struct hub_store *s);
void hub_store_rollback(struct hub_store *s);
/* hub_store_forget: what replaced rows held leaves the disk too, as far as
 * the file reaches; outside of a transaction.  Errors: ERR_BUSY a reader is in
 * the way: it stays until a later commit. */
MUST_USE err hub_store_forget(struct hub_store *s);

/* ---- writing, inside of a transaction */

/* hub_store_put_entry: a new entry; its log is made when it is the first. */
MUST_USE err hub_store_put_entry(struct hub_store *s,
    const struct admitted_entry *a);
/* hub_store_put_leaf: the leaf behind its entries, and the log's new head. */
MUST_USE err hub_store_put_leaf(struct hub_store *s, uint64_t index,
    const uint8_t scope[static SCOPE_LEN], const struct leaf_inner *inner,
    const struct log_head *head);
/* hub_store_replace_entry: the same entry with parts in another form.
 * Errors: ERR_ABSENT. */
MUST_USE err hub_store_replace_entry(struct hub_store *s,
    const uint8_t log[static ID_LEN], uint64_t seq, struct span raw);

/* ---- reading */

/* hub_store_entry_at: as ledger_host wants it. */
MUST_USE err hub_store_entry_at(struct hub_store *s,
    const uint8_t log[static ID_LEN], uint64_t seq,
    uint8_t ret_hash[static HASH_LEN], uint64_t *ret_line_seen);

struct hub_leaf {
	uint64_t index;
	uint8_t scope[SCOPE_LEN];
	uint8_t author[KEY_LEN];
	struct leaf_inner inner;
};
/* Rows are handed to a sink, in order; its error ends the walk and is
 * returned; *ret_stop true ends it with ERR_OK.  What a sink is handed
 * borrows until it returns.  A sink may read the store by other functions
 * than the one that calls it. */
typedef err (*hub_leaf_sink)(void *ctx, const struct hub_leaf *leaf,
    bool *ret_stop);
/* hub_store_leaves: those with from <= index < to. */
MUST_USE err hub_store_leaves(struct hub_store *s, uint64_t from, uint64_t to,
    hub_leaf_sink sink, void *ctx);
/* hub_store_leaf: one of them.  Errors: ERR_ABSENT. */
MUST_USE err hub_store_leaf(struct hub_store *s, uint64_t index,
    struct hub_leaf *ret);
MUST_USE err hub_store_size(struct hub_store *s, uint64_t *ret_leaves);

struct hub_entry {
	uint64_t seq;
	uint64_t line_seen;
	struct span raw;
};
typedef err (*hub_entry_sink)(void *ctx, const struct hub_entry *entry);
/* hub_store_entries: of one log, first to last.  Errors: ERR_DAMAGED when
 * one of them is not there. */
MUST_USE err hub_store_entries(struct hub_store *s,
    const uint8_t log[static ID_LEN], uint64_t first, uint64_t last,
    hub_entry_sink sink, void *ctx);

typedef err (*hub_log_sink)(void *ctx, const struct log_head *head);
MUST_USE err hub_store_logs(struct hub_store *s, hub_log_sink sink,
    void *ctx);

/* ---- heads that devices signed (hub_store_head.c) */

struct signed_head {
	uint8_t log[ID_LEN];
	uint64_t seq;
	uint8_t hash[HASH_LEN];
	uint8_t sig[SIG_LEN];
};
/* hub_store_head_announce: kept if it is the highest of its log.
 * Errors: ERR_ABSENT no such log. */
MUST_USE err hub_store_head_announce(struct hub_store *s,
    const struct signed_head *head);
/* hub_store_head_announced: ERR_ABSENT none is kept. */
MUST_USE err hub_store_head_announced(struct hub_store *s,
    const uint8_t log[static ID_LEN], struct signed_head *ret);

enum { HUB_STORE_FORKS = 16 };	/* kept for one log, the first ones */
/* hub_store_head_fork: evidence; *ret_new false when it is kept already, or
 * HUB_STORE_FORKS others are.  Errors: ERR_ABSENT no such log. */
MUST_USE err hub_store_head_fork(struct hub_store *s,
    const struct signed_head *head, uint64_t time_ms, bool *ret_new);

typedef err (*hub_fork_sink)(void *ctx, const struct signed_head *head);
MUST_USE err hub_store_head_forks(struct hub_store *s, hub_fork_sink sink,
    void *ctx);

#endif
