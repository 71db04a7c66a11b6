/* SPDX-License-Identifier: Apache-2.0 */
/*
 * entry.h -- one entry: what one user action wrote, atomically (SPEC.md
 * section 5).  Parsing borrows; nothing is re-encoded to be hashed.  Pure.
 */
#ifndef NGUON_ENTRY_H
#define NGUON_ENTRY_H

#include "protocol/field_map.h"

enum part_type { PART_SEALED = 1, PART_FACTS = 2, PART_KEY = 3 };
enum part_form { PART_FULL, PART_MASKED, PART_DIGEST, PART_LATER };
enum { ENTRY_PARTS = 3 };	/* most parts of an op */

struct part {
	enum part_type type;
	enum part_form form;
	struct span bytes;		/* FULL, MASKED; else empty */
	uint8_t digest[HASH_LEN];	/* always filled in */
	struct span travelled;		/* the part's array as received */
};

struct op {
	uint64_t kind;
	const uint8_t *subject;		/* ID_LEN bytes */
	struct span fields;		/* raw canonical map */
	uint8_t part_count;
	struct part parts[ENTRY_PARTS];
};

/* Owner: ops is owned by the struct and reused by the next parse; all other
 * pointers borrow from the bytes that were parsed. */
struct entry {
	uint64_t seen;
	uint64_t time_ms;
	bool has_root;
	uint64_t epoch;			/* when has_root */
	const uint8_t *root;		/* HASH_LEN bytes, when has_root */
	uint32_t op_count;
	struct op *ops;
	uint32_t op_capacity;
	struct span raw;
	size_t most_bytes;		/* of any form, as SPEC 4 counts */
};

/*
 * entry_parse(raw, e): scan and parse one whole entry.  e is zeroed before
 * its first use and may be reused.  Digests of full and masked parts are
 * computed here.  What parts hold is not looked at, and every copy that
 * entry_copy can make of an entry that passed passes too.
 * Errors: ERR_FORMAT, ERR_LIMIT, ERR_NOMEM; e then holds no op and may be
 * used again.
 */
MUST_USE err entry_parse(struct span raw, struct entry *e);
/* entry_parse_first: entry_parse of the entry that in begins with; ret_used
 * gets its length.  An error may be another than that of entry_parse. */
MUST_USE err entry_parse_first(struct span in, struct entry *e,
    size_t *ret_used);
void entry_free(struct entry *e);	/* the ops; NULL is allowed */

/* entry_part(op, type): the part of that type, or NULL. */
const struct part *entry_part(const struct op *op, enum part_type type);
/* entry_facts_map(part): the map inside a FULL or MASKED facts part (after
 * its first 16 bytes); empty when it is a digest or malformed. */
struct span entry_facts_map(const struct part *part);
/* entry_part_map(map): whether it is one map as a facts or sealed part may
 * hold it (SPEC.md section 5).  Errors: ERR_FORMAT, ERR_LIMIT. */
MUST_USE err entry_part_map(struct span map);

/* entry_hash: hash_n from hash_{n-1} (SPEC.md section 1). */
void entry_hash(const struct entry *e, const uint8_t prev[static HASH_LEN],
    uint8_t ret_hash[static HASH_LEN]);
void entry_part_digest(enum part_type type, struct span bytes,
    uint8_t ret_digest[static HASH_LEN]);

/* What a copy of an entry keeps of each part. */
enum part_keep {
	KEEP_AS_IS,	/* form as received */
	KEEP_MASKED,	/* facts: full or masked becomes masked */
	KEEP_DIGEST,	/* any form becomes digest */
	KEEP_LATER,	/* any form becomes later */
};
struct part_policy { enum part_keep sealed, facts, key; };
extern const struct part_policy part_policy_audit; /* digest, masked, digest */

/* entry_copy: appends the entry to out with each part's form by policy; the
 * hash stays the same. */
MUST_USE err entry_copy(const struct entry *e,
    const struct part_policy *policy, struct buf *out);

/* Building. */
struct op_draft {
	uint64_t kind;
	uint8_t subject[ID_LEN];
	struct span fields;		/* canonical map, borrowed */
	struct span sealed, facts, key;	/* part bytes; empty: no such part */
};
struct entry_draft {
	uint64_t seen;
	uint64_t time_ms;
	bool has_root;
	uint64_t epoch;
	const uint8_t *root;
	const struct op_draft *ops;
	uint32_t op_count;
};
/* entry_encode: appends the entry with every part full; nothing on error.
 * Errors: ERR_LIMIT, also for no op; ERR_FORMAT: fields that are no canonical
 * map, facts of less than 17 bytes; ERR_NOMEM. */
MUST_USE err entry_encode(const struct entry_draft *d, struct buf *out);

#endif
