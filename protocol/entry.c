/* SPDX-License-Identifier: Apache-2.0 */
/*
 * entry.c -- entries: parse, hash, copy, build.
 *
 * An entry is judged the same in whatever forms its parts travel, so nothing
 * here depends on what a part holds, and the bounds count each part at the
 * longest that a copy of this entry can have it (part_room).
 */
#include "protocol/entry.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/limits.h"

static const char TAG_CHAIN[] = "nguon1/chain";
static const char TAG_PART[] = "nguon1/part";
static const char TAG_SALT[] = "nguon1/salt";

enum {
	NAMED_LEN = 1 + HASH_LEN,	/* part type and digest */
	LATER_LEN = 1 + 2 + NAMED_LEN + 1,	/* a part in form later */
	OPS_FIRST = 4,
	HEADER_LEN = 4,
	PIECES_MAX = 2 + 3 * ENTRY_PARTS * LIMIT_ENTRY_OPS,
};

/* What stands before a digest in the hashed form: 92 type c4 20. */
static const uint8_t hashed_header[PART_KEY + 1][HEADER_LEN] = {
	[PART_SEALED] = { 0x92, PART_SEALED, 0xc4, HASH_LEN },
	[PART_FACTS] = { 0x92, PART_FACTS, 0xc4, HASH_LEN },
	[PART_KEY] = { 0x92, PART_KEY, 0xc4, HASH_LEN },
};

/* The map of an op or a facts part.  Lists above LIMIT_LIST_ITEMS, but for
 * scopes, are the rules of fields to judge. */
enum { MAP_DEPTH = LIMIT_ENTRY_DEPTH - 3 };	/* entry, ops, op */
static const struct codec_bounds map_bounds = {
	.depth = MAP_DEPTH,
	.items = LIMIT_SCOPES,
	.values = LIMIT_ENTRY_VALUES,
	.text_bytes = LIMIT_TEXT_BYTES,
	.bin_bytes = LIMIT_BIN_BYTES,
};

/* Of the map inside a part. */
static const struct codec_bounds inside_bounds = {
	.depth = MAP_DEPTH,
	.items = LIMIT_LIST_ITEMS,
	.values = LIMIT_ENTRY_VALUES,
	.text_bytes = LIMIT_TEXT_BYTES,
	.bin_bytes = LIMIT_BIN_BYTES,
};

const struct part_policy part_policy_audit = {
	.sealed = KEEP_DIGEST,
	.facts = KEEP_MASKED,
	.key = KEEP_DIGEST,
};

static void
mask_salt(const uint8_t salt[static SALT_LEN], uint8_t ret[static SALT_LEN])
{
	struct span part = { salt, SALT_LEN };

	crypto_hash16(TAG_SALT, &part, 1, ret);
}

/* The digest over bytes whose salt, of facts, is masked already. */
static void
masked_digest(enum part_type type, struct span bytes,
    uint8_t ret[static HASH_LEN])
{
	uint8_t t = (uint8_t)type;
	struct span parts[] = { { &t, 1 }, bytes };

	crypto_hash32(TAG_PART, parts, 2, ret);
}

void
entry_part_digest(enum part_type type, struct span bytes,
    uint8_t ret_digest[static HASH_LEN])
{
	uint8_t t = (uint8_t)type, salt[SALT_LEN];
	struct span parts[] = {
		{ &t, 1 },
		{ salt, SALT_LEN },
		{ NULL, 0 },
	};

	if (type != PART_FACTS) {
		masked_digest(type, bytes, ret_digest);
		return;
	}
	assert(bytes.n > SALT_LEN);
	mask_salt(bytes.p, salt);
	parts[2] = (struct span){ bytes.p + SALT_LEN, bytes.n - SALT_LEN };
	crypto_hash32(TAG_PART, parts, 3, ret_digest);
}

/* By how much a part that travelled in n bytes may grow in a copy: to a
 * digest that follows later, or by the mark of masked facts. */
static size_t
part_room(enum part_type type, enum part_form form, size_t n)
{
	size_t room = n < LATER_LEN ? LATER_LEN - n : 0;

	if (type == PART_FACTS && form == PART_FULL && room == 0)
		room = 1;
	return room;
}

static bool
part_type_known(uint64_t type)
{
	return type >= PART_SEALED && type <= PART_KEY;
}

/* [type || digest] or [type || digest, true], after the array header. */
static err
read_named(struct codec_reader *r, uint32_t count, struct part *p)
{
	const uint8_t *named;

	if (count > 2 ||
	    codec_read_fixed(r, NAMED_LEN, &named) != ERR_OK ||
	    !part_type_known(named[0]))
		return ERR_FORMAT;
	p->type = (enum part_type)named[0];
	p->form = count == 1 ? PART_DIGEST : PART_LATER;
	p->bytes = (struct span){ NULL, 0 };
	memcpy(p->digest, named + 1, HASH_LEN);
	return ERR_OK;
}

/* [type, bytes] or [2, bytes, true], after the array header. */
static err
read_whole(struct codec_reader *r, uint32_t count, struct part *p)
{
	uint64_t type;

	if (count < 2 || codec_read_uint(r, &type) != ERR_OK ||
	    !part_type_known(type) || codec_read_bin(r, &p->bytes) != ERR_OK)
		return ERR_FORMAT;
	p->type = (enum part_type)type;
	p->form = count == 2 ? PART_FULL : PART_MASKED;
	if (p->form == PART_MASKED && p->type != PART_FACTS)
		return ERR_FORMAT;
	if (p->type == PART_FACTS && p->bytes.n <= SALT_LEN)
		return ERR_FORMAT;
	if (p->bytes.n > LIMIT_PART_BYTES)
		return ERR_LIMIT;
	if (p->form == PART_MASKED)
		masked_digest(p->type, p->bytes, p->digest);
	else
		entry_part_digest(p->type, p->bytes, p->digest);
	return ERR_OK;
}

static err
read_part(struct codec_reader *r, struct part *p)
{
	const uint8_t *start = r->p;
	enum codec_type first;
	uint32_t count;
	bool mark;
	err rc;

	if (codec_read_array(r, &count) != ERR_OK || count < 1 || count > 3 ||
	    codec_peek(r, &first) != ERR_OK)
		return ERR_FORMAT;
	rc = first == CODEC_BIN ? read_named(r, count, p) :
	    read_whole(r, count, p);
	if (rc != ERR_OK)
		return rc;
	if (p->form == PART_LATER || p->form == PART_MASKED) {
		if (codec_read_bool(r, &mark) != ERR_OK || !mark)
			return ERR_FORMAT;
	}
	p->travelled = (struct span){ start, (size_t)(r->p - start) };
	return ERR_OK;
}

/* Takes a map within map_bounds. */
static err
read_fields(struct codec_reader *r, struct span *ret)
{
	struct codec_reader ahead = *r;
	struct span rest = { r->p, (size_t)(r->end - r->p) };
	uint32_t pairs;
	size_t used;
	err rc;

	if ((rc = codec_read_map(&ahead, &pairs)) != ERR_OK)
		return rc;
	if (pairs > LIMIT_OP_FIELDS)
		return ERR_LIMIT;
	if ((rc = codec_scan(rest, &map_bounds, &used)) != ERR_OK)
		return rc;
	*ret = (struct span){ r->p, used };
	r->p += used;
	return ERR_OK;
}

/* room: what copies may add, see part_room; added to. */
static err
read_op(struct codec_reader *r, struct op *op, size_t *room)
{
	uint32_t count;
	err rc;

	if (codec_read_array(r, &count) != ERR_OK || count != 4 ||
	    codec_read_uint(r, &op->kind) != ERR_OK ||
	    codec_read_fixed(r, ID_LEN, &op->subject) != ERR_OK)
		return ERR_FORMAT;
	if ((rc = read_fields(r, &op->fields)) != ERR_OK)
		return rc;
	if (codec_read_array(r, &count) != ERR_OK || count > ENTRY_PARTS)
		return ERR_FORMAT;
	op->part_count = (uint8_t)count;
	for (uint32_t i = 0; i < count; i++) {
		struct part *p = &op->parts[i];

		if ((rc = read_part(r, p)) != ERR_OK)
			return rc;
		if (i > 0 && p->type <= p[-1].type)
			return ERR_FORMAT;
		*room += part_room(p->type, p->form, p->travelled.n);
	}
	return ERR_OK;
}

/* Room for count ops; what they held is lost. */
static err
reserve_ops(struct entry *e, uint32_t count)
{
	uint32_t capacity = OPS_FIRST;
	struct op *ops;

	if (count <= e->op_capacity)
		return ERR_OK;
	while (capacity < count)
		capacity *= 2;
	ops = malloc(capacity * sizeof *ops);
	if (ops == NULL)
		return ERR_NOMEM;
	free(e->ops);
	e->ops = ops;
	e->op_capacity = capacity;
	return ERR_OK;
}

/* All that stands before the ops, and how many those are. */
static err
read_head(struct codec_reader *r, struct entry *e, uint32_t *ret_ops)
{
	uint32_t count, pair;

	if (codec_read_array(r, &count) != ERR_OK ||
	    (count != 3 && count != 4) ||
	    codec_read_uint(r, &e->seen) != ERR_OK ||
	    codec_read_uint(r, &e->time_ms) != ERR_OK)
		return ERR_FORMAT;
	e->has_root = count == 4;
	e->epoch = 0;
	e->root = NULL;
	if (e->has_root &&
	    (codec_read_array(r, &pair) != ERR_OK || pair != 2 ||
	    codec_read_uint(r, &e->epoch) != ERR_OK ||
	    codec_read_fixed(r, HASH_LEN, &e->root) != ERR_OK))
		return ERR_FORMAT;
	if (codec_read_array(r, ret_ops) != ERR_OK || *ret_ops == 0)
		return ERR_FORMAT;
	return *ret_ops > LIMIT_ENTRY_OPS ? ERR_LIMIT : ERR_OK;
}

/* After an error e holds no op and may be used again. */
err
entry_parse_first(struct span in, struct entry *e, size_t *ret_used)
{
	struct codec_reader r = codec_reader(in);
	size_t used, room = 0;
	uint32_t count;
	err rc;

	e->op_count = 0;
	e->raw = (struct span){ NULL, 0 };
	if ((rc = read_head(&r, e, &count)) != ERR_OK)
		return rc;
	if ((rc = reserve_ops(e, count)) != ERR_OK)
		return rc;
	for (uint32_t i = 0; i < count; i++)
		if ((rc = read_op(&r, &e->ops[i], &room)) != ERR_OK)
			return rc;
	used = (size_t)(r.p - in.p);
	if (used > LIMIT_ENTRY_BYTES || room > LIMIT_ENTRY_BYTES - used)
		return ERR_LIMIT;
	e->op_count = count;
	e->raw = (struct span){ in.p, used };
	e->most_bytes = used + room;
	*ret_used = used;
	return ERR_OK;
}

err
entry_parse(struct span raw, struct entry *e)
{
	size_t used;
	err rc = ERR_LIMIT;

	if (raw.n <= LIMIT_ENTRY_BYTES)
		rc = entry_parse_first(raw, e, &used);
	if (rc == ERR_OK && used != raw.n)
		rc = ERR_FORMAT;
	if (rc != ERR_OK) {
		e->op_count = 0;
		e->raw = (struct span){ NULL, 0 };
	}
	return rc;
}

void
entry_free(struct entry *e)
{
	if (e == NULL)
		return;
	free(e->ops);
	*e = (struct entry){ .ops = NULL };
}

const struct part *
entry_part(const struct op *op, enum part_type type)
{
	for (uint8_t i = 0; i < op->part_count; i++)
		if (op->parts[i].type == type)
			return &op->parts[i];
	return NULL;
}

err
entry_part_map(struct span map)
{
	struct codec_reader r = codec_reader(map);
	uint32_t pairs;
	err rc;

	if ((rc = codec_scan(map, &inside_bounds, NULL)) != ERR_OK ||
	    (rc = codec_read_map(&r, &pairs)) != ERR_OK)
		return rc;
	return pairs > LIMIT_OP_FIELDS ? ERR_LIMIT : ERR_OK;
}

struct span
entry_facts_map(const struct part *part)
{
	struct span map;

	if (part->type != PART_FACTS || part->bytes.n <= SALT_LEN)
		return (struct span){ NULL, 0 };
	map = (struct span){ part->bytes.p + SALT_LEN,
		part->bytes.n - SALT_LEN };
	if (entry_part_map(map) != ERR_OK)
		return (struct span){ NULL, 0 };
	return map;
}

void
entry_hash(const struct entry *e, const uint8_t prev[static HASH_LEN],
    uint8_t ret_hash[static HASH_LEN])
{
	struct span pieces[PIECES_MAX];
	const uint8_t *at = e->raw.p;
	size_t n = 0;

	pieces[n++] = (struct span){ prev, HASH_LEN };
	for (uint32_t i = 0; i < e->op_count; i++) {
		const struct op *op = &e->ops[i];

		for (uint8_t j = 0; j < op->part_count; j++) {
			const struct part *p = &op->parts[j];

			pieces[n++] = (struct span){ at,
			    (size_t)(p->travelled.p - at) };
			pieces[n++] = (struct span){ hashed_header[p->type],
			    HEADER_LEN };
			pieces[n++] = (struct span){ p->digest, HASH_LEN };
			at = p->travelled.p + p->travelled.n;
		}
	}
	pieces[n++] = (struct span){ at,
	    e->raw.n - (size_t)(at - e->raw.p) };
	crypto_hash32(TAG_CHAIN, pieces, n, ret_hash);
}

static void
put_named(struct buf *out, const struct part *p, enum part_form form)
{
	uint8_t named[NAMED_LEN];

	named[0] = (uint8_t)p->type;
	memcpy(named + 1, p->digest, HASH_LEN);
	codec_put_array(out, form == PART_LATER ? 2 : 1);
	codec_put_bin(out, (struct span){ named, sizeof named });
	if (form == PART_LATER)
		codec_put_bool(out, true);
}

static void
put_masked(struct buf *out, const struct part *p)
{
	codec_put_array(out, 3);
	codec_put_uint(out, PART_FACTS);
	codec_put_bin(out, p->bytes);
	if (buf_err(out) != ERR_OK)
		return;
	mask_salt(p->bytes.p, out->p + out->n - p->bytes.n);
	codec_put_bool(out, true);
}

static void
put_part(struct buf *out, const struct part *p,
    const struct part_policy *policy)
{
	enum part_keep keep = policy->sealed;

	if (p->type == PART_FACTS)
		keep = policy->facts;
	else if (p->type == PART_KEY)
		keep = policy->key;
	if (keep == KEEP_DIGEST)
		put_named(out, p, PART_DIGEST);
	else if (keep == KEEP_LATER)
		put_named(out, p, PART_LATER);
	else if (keep == KEEP_MASKED && p->type == PART_FACTS &&
	    p->form == PART_FULL)
		put_masked(out, p);
	else
		buf_put(out, p->travelled.p, p->travelled.n);
}

err
entry_copy(const struct entry *e, const struct part_policy *policy,
    struct buf *out)
{
	const uint8_t *at = e->raw.p;
	size_t start = out->n;

	for (uint32_t i = 0; i < e->op_count; i++) {
		const struct op *op = &e->ops[i];

		for (uint8_t j = 0; j < op->part_count; j++) {
			const struct part *p = &op->parts[j];

			buf_put(out, at, (size_t)(p->travelled.p - at));
			put_part(out, p, policy);
			at = p->travelled.p + p->travelled.n;
		}
	}
	buf_put(out, at, e->raw.n - (size_t)(at - e->raw.p));
	if (buf_err(out) != ERR_OK)
		out->n = start;
	return buf_err(out);
}

/* room: as in read_op. */
static err
encode_part(enum part_type type, struct span bytes, struct buf *out,
    size_t *room)
{
	size_t start = out->n;

	if (bytes.n == 0)
		return ERR_OK;
	if (bytes.n > LIMIT_PART_BYTES)
		return ERR_LIMIT;
	if (type == PART_FACTS && bytes.n <= SALT_LEN)
		return ERR_FORMAT;
	codec_put_array(out, 2);
	codec_put_uint(out, type);
	codec_put_bin(out, bytes);
	*room += part_room(type, PART_FULL, out->n - start);
	return ERR_OK;
}

static err
encode_op(const struct op_draft *op, struct buf *out, size_t *room)
{
	struct codec_reader r = codec_reader(op->fields);
	struct span map;
	err rc;

	if ((rc = read_fields(&r, &map)) != ERR_OK)
		return rc;
	if (!codec_at_end(&r))
		return ERR_FORMAT;
	codec_put_array(out, 4);
	codec_put_uint(out, op->kind);
	codec_put_bin(out, (struct span){ op->subject, ID_LEN });
	buf_put(out, map.p, map.n);
	codec_put_array(out, (uint32_t)(op->sealed.n > 0) +
	    (op->facts.n > 0) + (op->key.n > 0));
	if ((rc = encode_part(PART_SEALED, op->sealed, out, room)) != ERR_OK)
		return rc;
	if ((rc = encode_part(PART_FACTS, op->facts, out, room)) != ERR_OK)
		return rc;
	return encode_part(PART_KEY, op->key, out, room);
}

err
entry_encode(const struct entry_draft *d, struct buf *out)
{
	size_t start = out->n, room = 0;
	err rc = ERR_OK;

	if (d->op_count == 0 || d->op_count > LIMIT_ENTRY_OPS)
		return ERR_LIMIT;
	codec_put_array(out, d->has_root ? 4 : 3);
	codec_put_uint(out, d->seen);
	codec_put_uint(out, d->time_ms);
	if (d->has_root) {
		codec_put_array(out, 2);
		codec_put_uint(out, d->epoch);
		codec_put_bin(out, (struct span){ d->root, HASH_LEN });
	}
	codec_put_array(out, d->op_count);
	for (uint32_t i = 0; i < d->op_count && rc == ERR_OK; i++)
		rc = encode_op(&d->ops[i], out, &room);
	if (rc == ERR_OK)
		rc = buf_err(out);
	if (rc == ERR_OK && out->n - start + room > LIMIT_ENTRY_BYTES)
		rc = ERR_LIMIT;
	if (rc != ERR_OK)
		out->n = start;
	return rc;
}
