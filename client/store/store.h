/* SPDX-License-Identifier: Apache-2.0 */
/*
 * store.h -- a device's own store: append, take in, fold.  Only `nguon`
 * writes it.
 *
 * Invariants: 1. an entry is signed only inside a transaction that commits
 * with synchronous=FULL, before anything leaves the machine.  2. what the
 * daemon brought (exchange.db) changes nothing before it has been verified.
 * 3. the state of a subject is the fold of its entries held.
 */
#ifndef NGUON_STORE_H
#define NGUON_STORE_H

#include "protocol/fold.h"
#include "protocol/invite.h"
#include "protocol/ledger.h"
#include "client/store/key_file.h"

struct store;

/* The commune's first device: `nguon init`.  Makes the folder and the key
 * file, and takes in root's first segment (given, signed by the recovery
 * secret).  transport.key is in the folder already, for that segment names
 * it.  Errors: ERR_EXISTS a store or a key file is there; ERR_CERT the
 * segment does not make this device a commune device; those of
 * reason_err for a segment that does not pass. */
struct store_new {
	const char *dir;
	struct device_keys *keys;	/* borrowed */
	struct span passphrase;
	uint8_t root_fpr[HASH_LEN];
	uint8_t root_pub[KEY_LEN];
	struct span holder_name;	/* the person's own name */
};
MUST_USE err store_create_commune(const struct store_new *n,
    const struct segment *root_segment, struct store **ret);

/* A joining device, step 1: a store that waits for its invitation; step 2:
 * with the invitation (fields map, opened body) it claims, in the first
 * entry of its first log.  See join.h in records for the order. */
MUST_USE err store_create_joining(const char *dir,
    const struct invite_keys *invite, struct span address);
/* store_claim: without a waiting store it makes one; transport.key too when
 * there is none.  n->keys is replaced by the keys of a claim that was cut off,
 * if the passphrase opens them.  Errors: ERR_EXISTS a store of another invite
 * or a joined one; ERR_FOREIGN body is of another root; ERR_FORMAT fields. */
MUST_USE err store_claim(const struct store_new *n,
    const struct invite_keys *invite, struct span fields,
    const struct invite_body *body, struct store **ret);
/* The invitation that the daemon or a packet brought; ERR_ABSENT. */
MUST_USE err store_invitation(const char *dir, struct buf *ret_fields,
    struct buf *ret_key_part);

/* store_invitation_refused(dir, ret): why the hub does not hand it out, as the
 * daemon was told last.  ERR_ABSENT: it was not refused, or nobody asked. */
MUST_USE err store_invitation_refused(const char *dir, enum reason *ret);

/* Opens an existing store.  passphrase.p NULL: locked (public data only:
 * status, verify).  Errors: ERR_ABSENT none, or it waits for its invitation;
 * ERR_PASS, ERR_DAMAGED, ERR_VERSION, ERR_BUSY. */
MUST_USE err store_open(const char *dir, struct span passphrase,
    struct store **ret);
/* The same with keys in hand, which are copied.  ERR_KEY: they are another
 * device's. */
MUST_USE err store_open_with_keys(const char *dir,
    const struct device_keys *keys, struct store **ret);
void store_close(struct store *s);
bool store_unlocked(const struct store *s);
/* Looks whether another process has written since, for one that stays open.
 * All that was borrowed from the store ends. */
MUST_USE err store_refresh(struct store *s);

/* Who this device is. */
enum role store_role(const struct store *s);
const uint8_t *store_device(const struct store *s);	/* ID_LEN */
const uint8_t *store_fingerprint(const struct store *s);	/* HASH_LEN */
const char *store_dir(const struct store *s);
/* Admitted leaves only; and the roster with own entries without a leaf. */
const struct ledger *store_ledger(const struct store *s);
const struct roster *store_roster(const struct store *s);
/* Which log continues which, of the logs held. */
const struct merge_lines *store_lines(const struct store *s);
/* Whether this device may write in the scope (certificate). */
bool store_covers(const struct store *s, const uint8_t scope[SCOPE_LEN]);

/* Small values of our own ("setting"-like, not signed): table meta.  get
 * appends; ERR_ABSENT. */
MUST_USE err store_meta_get(struct store *s, const char *name,
    struct buf *out);
MUST_USE err store_meta_put(struct store *s, const char *name,
    struct span value);

/* Cell and lane keys held; the caller wipes *ret.  ERR_KEY none; ERR_PASS
 * locked. */
MUST_USE err store_key_current(struct store *s,
    const uint8_t scope[static SCOPE_LEN], struct cell_key *ret);
/* Makes a new key for the scope and keeps it granted to this device; the
 * grants to the others are duties. */
MUST_USE err store_key_new(struct store *s,
    const uint8_t scope[static SCOPE_LEN], struct cell_key *ret);
/* Writes what this device owes: grants of keys it holds to devices entitled
 * to them, and of the commune's to the recovery box.  ret_written (may be
 * NULL): grants.  Nothing owed is not an error.  store_take_in ends with it;
 * call it after a new cell, lane or certificate too. */
MUST_USE err store_do_duties(struct store *s, uint64_t *ret_written);

/*
 * Writing.  One op, in plain words; drafts may be NULL.  The store adds
 * fields 1, 2 and 5, salts, sealed parts and the element of the op itself.
 */
struct store_op {
	uint64_t kind;
	uint8_t subject[ID_LEN];
	struct field_draft *fields;	/* public; 1, 2 and 5 are put in */
	struct field_draft *facts;
	struct field_draft *sealed;
	struct span key_part;		/* ready bytes; empty: none */
	bool creates;			/* makes the subject's key */
};
/* What the caller looked at when it decided (compare-and-set). */
struct store_expect {
	uint8_t scope[SCOPE_LEN];
	uint8_t subject[ID_LEN];
	uint8_t version[HASH_LEN];	/* state_version; zeros: absent */
};
/*
 * store_batch_begin ... store_write (one entry each) ... store_batch_commit:
 * one transaction, one signature a log.  A single write may go without the
 * batch calls.  ret_ref (may be NULL): log and seq of the entry and the
 * number in it of ops[0], which is above 0 where the log's opening stands
 * before it.
 * Errors: ERR_CHANGED an expectation fails (nothing is written); ERR_SCOPE,
 * ERR_ROLE, ERR_VALUE this device may not, or not so (judged as everyone
 * will); ERR_KEY no key for the scope, or a sealed field of a subject that
 * was never created; ERR_LIMIT; ERR_FULL; ERR_BUSY; ERR_PASS locked;
 * ERR_USAGE begun twice.  After an error the batch must be abandoned.
 */
MUST_USE err store_batch_begin(struct store *s);
MUST_USE err store_write(struct store *s,
    const uint8_t scope[static SCOPE_LEN], const struct store_op *ops,
    size_t count, const struct store_expect *expect, size_t expect_count,
    struct op_ref *ret_ref);
MUST_USE err store_batch_commit(struct store *s);
void store_batch_abandon(struct store *s);

/*
 * store_root_write(s, root, ops, count): the ops as the one entry of a new
 * log of the root key in scope root, which this device sends with its own:
 * each use of the recovery sheet is such a log.  Not inside a batch.
 * Errors: ERR_FOREIGN root is of another commune; those of store_write.
 */
struct root_keys;
MUST_USE err store_root_write(struct store *s, const struct root_keys *root,
    const struct store_op *ops, size_t count);

/* What follows is written even if everyone will judge it void: for tests of
 * that judgement only (test builds). */
void store_skip_judgement(struct store *s);

/* Told now and then how far store_take_in and store_export_audit are: leaves
 * done, and in all.  f NULL: nobody.  f may not call the store. */
typedef void (*store_progress)(void *ctx, uint64_t done, uint64_t total);
void store_watch(struct store *s, store_progress f, void *ctx);

/*
 * store_take_in(s, ret): verify and take in what the daemon brought, in leaf
 * order, up to the newest checkpoint that holds; then duties.  What is wrong
 * becomes an alarm (kept once for each code and leaf) and stops there; what
 * was taken in before it stays.  Not an error: the daemon has never run.
 * Codes: the words of reason_name for a segment; "tree" (another root is
 * signed than ours; evidence: size, our root, theirs, signature), "checkpoint"
 * (not signed by the hub of that size), "missing" (a leaf of ours without its
 * segment), "bare" (nobody has it; does not stop), "label", "scope" (a
 * segment that is not for us), "receipt" (not what we signed), "time",
 * "order", "nothing", "frame", "filled" (does not stop), "exchange" (not a
 * database of the daemon's).
 * Errors: ERR_PASS locked; ERR_USAGE inside a batch; ERR_BUSY.
 */
enum { ALARM_CODE = 32 };
struct take_in {
	uint64_t leaves;		/* newly taken in */
	uint64_t entries;
	uint64_t receipts;		/* own entries that got their leaf */
	uint64_t size;			/* leaves now */
	bool alarmed;
	char alarm_code[ALARM_CODE];	/* of the last one */
};
MUST_USE err store_take_in(struct store *s, struct take_in *ret);
/* Folds all entries held again: repair. */
MUST_USE err store_refold(struct store *s);

/* Reading.  The state is borrowed until the next write, take in, refresh or
 * close.  ERR_ABSENT; ERR_KEY sealed, and the store is locked. */
MUST_USE err store_state(struct store *s,
    const uint8_t scope[static SCOPE_LEN],
    const uint8_t subject[static ID_LEN], const struct state **ret);
typedef err (*store_subject_sink)(void *ctx, const uint8_t scope[SCOPE_LEN],
    const uint8_t subject[ID_LEN], const struct state *state);
/* Every subject of a scope (NULL: all) with that kind (0: any); in a locked
 * store those that are not sealed.  The sink may read, and write if it looks
 * at state no more. */
MUST_USE err store_each(struct store *s, const uint8_t *scope, uint64_t kind,
    store_subject_sink sink, void *ctx);

/* Entries held, in (log, seq) order, or those of one log; for history and
 * export.  leaf MERGE_NO_LEAF: waits. */
struct store_entry {
	struct place place;
	bool own;
	struct span bytes;
	uint8_t hash[HASH_LEN];
};
typedef err (*store_entry_sink)(void *ctx, const struct store_entry *e);
MUST_USE err store_each_entry(struct store *s, const uint8_t *log,
    store_entry_sink sink, void *ctx);
/* store_open_part(s, place, position, op, out): appends what the sealed part of
 * an op of an entry held says, a canonical map that comes from outside.
 * Errors: ERR_KEY there is none, or it cannot be read here; ERR_FORMAT. */
MUST_USE err store_open_part(struct store *s, const struct place *place,
    uint8_t position, const struct op *op, struct buf *out);
/* store_log_received(s, log, ret_time): the leaf time, ms, of its newest entry
 * that the commune has received.  ERR_ABSENT: none. */
MUST_USE err store_log_received(struct store *s,
    const uint8_t log[static ID_LEN], uint64_t *ret_time);
struct store_void {
	uint8_t log[ID_LEN];
	uint8_t scope[SCOPE_LEN];
	uint64_t seq;
	uint8_t op;
	uint64_t kind;
	enum verdict verdict;
};
typedef err (*store_void_sink)(void *ctx, const struct store_void *v);
MUST_USE err store_each_void(struct store *s, store_void_sink sink,
    void *ctx);

/* The four words of sync for one own entry. */
enum receipt_state {
	RECEIPT_UNSENT, RECEIPT_SENT, RECEIPT_RECEIVED, RECEIPT_RETURNED,
};
struct sync_status {
	uint64_t unsent, sent, received, returned;	/* own entries */
	uint64_t size;			/* leaves taken in */
	uint64_t waiting_leaves;	/* brought, not yet taken in */
	uint64_t newest_leaf_time;	/* "tin mới nhất từ xã" */
	uint64_t last_attempt_ms, last_success_ms, next_try_ms;
	uint64_t bytes_up, bytes_down, requests;
	enum err last_error;
	uint64_t last_reason;		/* of a returned log, enum reason */
	uint64_t alarms;
	bool has_exchange;		/* the daemon has run */
};
MUST_USE err store_sync_status(struct store *s, struct sync_status *ret);

/* store_complete: whether the segments of all leaves taken in are held, but
 * those that nobody has any more. */
MUST_USE err store_complete(struct store *s, bool *ret);

/*
 * store_export_audit(s, path): the audit file of SPEC.md section 12, up to
 * the newest checkpoint, then own entries without a leaf.  path is replaced
 * when all is written.  Errors: ERR_ROLE not a commune device, which alone
 * holds every scope; ERR_UNABLE segments are still asked for; ERR_IO,
 * ERR_FULL.
 */
MUST_USE err store_export_audit(struct store *s, const char *path);

#endif
