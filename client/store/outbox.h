/* SPDX-License-Identifier: Apache-2.0 */
/*
 * outbox.h -- what the daemon reads of nguon.db, read-only: who the device
 * is, where the hub is, and the signed entries that wait.  The daemon holds no
 * signing key and no data key; all bytes here are signed or sealed already.
 */
#ifndef NGUON_OUTBOX_H
#define NGUON_OUTBOX_H

#include "protocol/chain.h"
#include "protocol/limits.h"
#include "protocol/segment.h"

struct outbox;
/* Opens dir/nguon.db for reading.  Errors: ERR_ABSENT no store yet, ERR_BUSY,
 * ERR_DAMAGED, ERR_VERSION, ERR_IO, ERR_NOMEM.  No call below leaves a
 * transaction open. */
MUST_USE err outbox_open(const char *dir, struct outbox **ret);
void outbox_close(struct outbox *o);		/* NULL is allowed */
/* Text of the last failure, for the log.  Borrowed until the next call. */
const char *outbox_why(struct outbox *o);

/* All texts and keys as the store has them now (copied). */
struct outbox_identity {
	bool joined;			/* false: waits for an invitation */
	/* joining: */
	uint8_t invite[ID_LEN];
	uint8_t invite_sig[SIG_LEN];	/* of the invite fetch */
	/* both: address, has_pin, tls_pin */
	/* joined: */
	uint8_t root_fpr[HASH_LEN];
	uint8_t device[ID_LEN];
	uint8_t hub_key_id[ID_LEN];
	uint8_t hub_box_pub[KEY_LEN];
	bool has_pin;			/* false while joining */
	uint8_t tls_pin[HASH_LEN];
	char address[512];		/* https://host:port; may be empty */
	uint64_t size;			/* leaves that the client took in */
};
/* As of one moment; what does not apply is zero.  Errors: ERR_ABSENT: the
 * store is being made and holds no identity yet; ERR_DAMAGED; ERR_BUSY. */
MUST_USE err outbox_identity(struct outbox *o, struct outbox_identity *ret);

/* An own log with entries that wait. */
struct outbox_log {
	uint8_t log[ID_LEN];
	uint8_t scope[SCOPE_LEN];
	uint64_t admitted_seq, written_seq;
	uint8_t head_hash[HASH_LEN];
	uint8_t head_sig[SIG_LEN];	/* of written_seq */
};
typedef err (*outbox_log_sink)(void *ctx, const struct outbox_log *log);
/* Scope root first, then the others, in the order they began.  An error of
 * the sink ends it and is returned.  ERR_DAMAGED: a last entry has no signed
 * head. */
MUST_USE err outbox_logs(struct outbox *o, outbox_log_sink sink, void *ctx);

/*
 * outbox_segment(o, log, after_seq, max_bytes, buf, ret): the next run of
 * entries behind after_seq, at most max_bytes of entries (but at least one)
 * and LIMIT_SEGMENT_ENTRIES, cut at a signed head.  buf (emptied first) holds
 * the bytes that ret borrows.
 *
 * Only a signed head can end a segment.  A run without one is never cut: it
 * goes whole, beyond max_bytes, as long as LIMIT_SEGMENT_BYTES and _ENTRIES
 * hold it.  So the store signs a head at each commit and, inside a batch, at
 * least every OUTBOX_RUN_ENTRIES entries or OUTBOX_RUN_BYTES.
 *
 * Errors: ERR_ABSENT: nothing waits, or no such own log; ERR_LIMIT: no signed
 * head within the limits; ERR_DAMAGED: an entry is missing; ERR_BUSY.
 */
enum {
	OUTBOX_RUN_ENTRIES = LIMIT_SEGMENT_ENTRIES / 4,
	OUTBOX_RUN_BYTES = LIMIT_SEGMENT_BYTES / 4,
};
MUST_USE err outbox_segment(struct outbox *o, const uint8_t log[static ID_LEN],
    uint64_t after_seq, size_t max_bytes, struct buf *buf,
    struct segment *ret);

/* Leaves from to to, whose segments are asked for; lowest first. */
typedef err (*outbox_want_sink)(void *ctx, const uint8_t scope[SCOPE_LEN],
    uint64_t from, uint64_t to);
MUST_USE err outbox_wants(struct outbox *o, outbox_want_sink sink, void *ctx);

#endif
