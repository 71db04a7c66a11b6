/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One segment against the ledger.  Each function check_X is one check of
 * SPEC.md section 11, in its order; the first that fails sets the reason.
 */
#include "protocol/ledger_internal.h"

#include <stdlib.h>
#include <string.h>

#include "protocol/field.h"
#include "protocol/limits.h"

uint64_t
ledger_check_seq(const struct judging *j, uint32_t i)
{
	return j->s->first + i;
}

struct place
ledger_check_place(const struct judging *j, uint32_t i)
{
	struct place p = {
		.seq = ledger_check_seq(j, i),
		.leaf = j->leaf,
		.leaf_time = j->leaf_time,
		.line_seen = j->l->judged[i].line_seen,
	};

	memcpy(p.scope, j->head.scope, SCOPE_LEN);
	memcpy(p.log, j->head.log, ID_LEN);
	memcpy(p.author, j->head.author, KEY_LEN);
	return p;
}

static err
refuse(struct judging *j, enum reason reason)
{
	j->reason = reason;
	return ERR_OK;
}

static err
check_sizes(struct judging *j)
{
	const struct segment *s = j->s;
	struct ledger *l = j->l;

	if (s->count == 0 || s->first == 0)
		return refuse(j, REASON_FORMAT);
	if (s->count > LIMIT_SEGMENT_ENTRIES ||
	    s->entries.n > LIMIT_SEGMENT_BYTES ||
	    s->first > UINT64_MAX - s->count)
		return refuse(j, REASON_LIMIT);
	if (s->count <= l->judged_cap)
		return ERR_OK;
	struct judged *more = realloc(l->judged, s->count * sizeof *more);
	if (more == NULL)
		return ERR_NOMEM;
	memset(more + l->judged_cap, 0,
	    (s->count - l->judged_cap) * sizeof *more);
	l->judged = more;
	l->judged_cap = s->count;
	return ERR_OK;
}

/* The entry at *cursor.  One that cannot be read goes the long way, for
 * entry_parse's own word on it. */
static err
parse_next(const struct segment *s, size_t *cursor, struct entry *e)
{
	struct span raw = { s->entries.p + *cursor, s->entries.n - *cursor };
	size_t used;
	err rc;

	if (raw.n > 0 && entry_parse_first(raw, e, &used) == ERR_OK) {
		*cursor += used;
		return ERR_OK;
	}
	if ((rc = segment_next(s, cursor, &raw)) != ERR_OK)
		return rc;
	return entry_parse(raw, e);
}

static err
check_form(struct judging *j)
{
	size_t cursor = 0, most = 0;

	for (uint32_t i = 0; i < j->s->count; i++) {
		err rc = parse_next(j->s, &cursor, &j->l->judged[i].entry);
		if (rc == ERR_NOMEM)
			return rc;
		if (rc != ERR_OK)
			return refuse(j, rc == ERR_LIMIT ? REASON_LIMIT :
			    REASON_FORMAT);
		most += j->l->judged[i].entry.most_bytes;
	}
	if (most > LIMIT_SEGMENT_BYTES)
		return refuse(j, REASON_LIMIT);
	if (cursor != j->s->entries.n)
		return refuse(j, REASON_FORMAT);
	return ERR_OK;
}

/* Reads the `log` op that names the log, into j->head when it is new. */
static bool
read_log_op(struct judging *j, const struct op *op)
{
	const uint8_t *sign = NULL, *salt = NULL, *scope = NULL;
	uint8_t id[ID_LEN];
	struct log_head h = { 0 };

	if (op->kind != KIND_LOG ||
	    field_map_fixed(op->fields, FIELD_SIGN_KEY, KEY_LEN, &sign) ||
	    field_map_fixed(op->fields, FIELD_LOG_SALT, SALT_LEN, &salt) ||
	    field_map_fixed(op->fields, FIELD_SCOPE, SCOPE_LEN, &scope))
		return false;
	chain_log_id(sign, salt, scope, id);
	if (memcmp(id, j->s->log, ID_LEN) != 0 ||
	    memcmp(op->subject, id, ID_LEN) != 0)
		return false;
	err rc = field_map_entry_ref(op->fields, FIELD_PREDECESSOR,
	    &h.predecessor);
	if (rc != ERR_OK && rc != ERR_ABSENT)
		return false;
	h.has_predecessor = rc == ERR_OK;
	if (j->known == NULL) {
		memcpy(h.log, id, ID_LEN);
		memcpy(h.scope, scope, SCOPE_LEN);
		memcpy(h.author, sign, KEY_LEN);
		j->head = h;
	}
	return true;
}

static err
check_log_op(struct judging *j)
{
	j->known = ledger_log(j->l, j->s->log);
	if (j->known != NULL)
		j->head = *j->known;
	else if (j->s->first != 1)
		return refuse(j, REASON_CHAIN);
	for (uint32_t i = 0; i < j->s->count; i++) {
		const struct entry *e = &j->l->judged[i].entry;
		uint32_t op = 0;
		if (ledger_check_seq(j, i) == 1 &&
		    !read_log_op(j, &e->ops[op++]))
			return refuse(j, REASON_LOG);
		for (; op < e->op_count; op++)
			if (e->ops[op].kind == KIND_LOG)
				return refuse(j, REASON_LOG);
	}
	return ERR_OK;
}

/* Hash (and line_seen) of an admitted entry.  ERR_ABSENT: nobody knows. */
static err
admitted_at(const struct ledger *l, const struct log_head *h, uint64_t seq,
    uint8_t *ret_hash, uint64_t *ret_line_seen)
{
	if (h == NULL || seq == 0 || seq > h->seq)
		return ERR_ABSENT;
	if (seq == h->seq) {
		memcpy(ret_hash, h->hash, HASH_LEN);
		*ret_line_seen = h->line_seen;
		return ERR_OK;
	}
	if (l->host.entry_at == NULL)
		return ERR_ABSENT;
	return l->host.entry_at(l->host.ctx, h->log, seq, ret_hash,
	    ret_line_seen);
}

/* A new log's line begins with its predecessor's. */
static err
check_predecessor(struct judging *j)
{
	const struct entry_ref *p = &j->head.predecessor;
	const struct log_head *before = ledger_log(j->l, p->log);
	uint8_t hash[HASH_LEN];
	uint64_t line_seen = 0;

	if (before == NULL ||
	    memcmp(before->scope, j->head.scope, SCOPE_LEN) != 0)
		return refuse(j, REASON_CHAIN);
	err rc = admitted_at(j->l, before, p->seq, hash, &line_seen);
	if (rc == ERR_ABSENT)
		return refuse(j, REASON_CHAIN);
	if (rc != ERR_OK)
		return rc;
	if (memcmp(hash, p->hash, HASH_LEN) != 0)
		return refuse(j, REASON_CHAIN);
	j->head.line_seen = line_seen;
	return ERR_OK;
}

/* What the segment repeats must be what was admitted.  The last of it says so
 * for all: each hash covers those before it. */
static err
check_repeated(struct judging *j)
{
	uint8_t hash[HASH_LEN];
	uint64_t line_seen;
	uint64_t over = j->head.seq - j->s->first + 1;

	j->fresh = over < j->s->count ? (uint32_t)over : j->s->count;
	err rc = admitted_at(j->l, j->known,
	    ledger_check_seq(j, j->fresh - 1), hash, &line_seen);
	if (rc == ERR_ABSENT)
		return refuse(j, REASON_CHAIN);
	if (rc != ERR_OK)
		return rc;
	if (memcmp(hash, j->l->judged[j->fresh - 1].hash, HASH_LEN) != 0)
		return refuse(j, REASON_FORK);
	return ERR_OK;
}

static err
check_chain(struct judging *j)
{
	uint8_t start[HASH_LEN];
	const uint8_t *prev = start;
	uint64_t line_seen;
	err rc = ERR_OK;

	if (j->known == NULL && j->head.has_predecessor)
		rc = check_predecessor(j);
	else if (j->s->first > j->head.seq + 1)
		return refuse(j, REASON_CHAIN);
	if (rc != ERR_OK || j->reason != REASON_ADMITTED)
		return rc;
	if (j->s->first <= j->head.seq && j->l->host.entry_at == NULL)
		return refuse(j, REASON_CHAIN);
	if (j->s->first == 1)
		chain_start(j->l->fingerprint, j->head.log, start);
	else
		rc = admitted_at(j->l, j->known, j->s->first - 1, start,
		    &line_seen);
	if (rc == ERR_ABSENT)
		return refuse(j, REASON_CHAIN);
	if (rc != ERR_OK)
		return rc;
	for (uint32_t i = 0; i < j->s->count; i++) {
		entry_hash(&j->l->judged[i].entry, prev, j->l->judged[i].hash);
		prev = j->l->judged[i].hash;
	}
	if (j->s->first <= j->head.seq)
		return check_repeated(j);
	return ERR_OK;
}

static err
check_signature(struct judging *j)
{
	if (chain_verify_head(j->head.author, j->s->log, segment_last(j->s),
	    j->l->judged[j->s->count - 1].hash, j->s->sig) != ERR_OK)
		return refuse(j, REASON_SIGNATURE);
	return ERR_OK;
}

/* A first segment of a device that has no certificate yet. */
static err
check_claim(struct judging *j)
{
	struct place place = ledger_check_place(j, 0);
	err rc;

	if (j->known != NULL || chain_scope_kind(j->head.scope) != SCOPE_ROOT)
		return refuse(j, REASON_CERTIFICATE);
	rc = roster_claim_check(j->l->roster, &place,
	    &j->l->judged[0].entry);
	if (rc == ERR_OK)
		return ERR_OK;
	if (rc == ERR_ABSENT)
		return refuse(j, REASON_INVITE_UNKNOWN);
	if (rc == ERR_RULE)
		return refuse(j, REASON_CLAIM_LATE);
	if (rc == ERR_EXISTS)
		return refuse(j, REASON_CLAIM_TAKEN);
	if (rc == ERR_SIG)
		return refuse(j, REASON_SIGNATURE);
	return refuse(j, REASON_CERTIFICATE);
}

static err
check_certificate(struct judging *j)
{
	const struct roster *r = j->l->roster;
	struct certificate c;
	uint8_t device[ID_LEN];

	if (roster_role(r, j->head.author, j->leaf) != ROLE_NONE) {
		if (!roster_covers(r, j->head.author, j->head.scope, j->leaf))
			return refuse(j, REASON_SCOPE);
		return ERR_OK;
	}
	chain_key_id(j->head.author, device);
	if (roster_by_device(r, device, &c) == ERR_OK && c.revoked)
		return refuse(j, REASON_REVOKED);
	return check_claim(j);
}

/* seen and epoch of the new entries; j->head goes along. */
static err
check_seen(struct judging *j)
{
	struct log_head *h = &j->head;
	uint64_t size = j->leaf != ROSTER_NO_LEAF ? j->leaf :
	    ledger_size(j->l);

	for (uint32_t i = j->fresh; i < j->s->count; i++) {
		struct judged *g = &j->l->judged[i];
		const struct entry *e = &g->entry;
		uint64_t epoch = e->has_root ? e->epoch : h->epoch;
		bool differs = ledger_check_seq(j, i) == 1 ||
		    e->seen != h->seen || epoch != h->epoch;
		if (e->has_root != differs || e->seen < h->seen ||
		    e->seen > size)
			return refuse(j, REASON_SEEN);
		if (epoch != 0)
			return refuse(j, REASON_EPOCH);
		h->seen = e->seen;
		h->epoch = epoch;
		if (e->seen > h->line_seen)
			h->line_seen = e->seen;
		g->line_seen = h->line_seen;
	}
	return ERR_OK;
}

static err
check_root(struct judging *j)
{
	for (uint32_t i = j->fresh; i < j->s->count; i++) {
		const struct entry *e = &j->l->judged[i].entry;
		uint8_t root[HASH_LEN];
		if (!e->has_root)
			continue;
		err rc = ledger_root_at(j->l, e->seen, root);
		if (rc != ERR_OK)
			return rc;
		if (memcmp(root, e->root, HASH_LEN) != 0)
			return refuse(j, REASON_ROOT);
		memcpy(j->head.root, root, HASH_LEN);
	}
	return ERR_OK;
}

err
ledger_check(struct judging *j)
{
	static err (*const before[])(struct judging *) = {
		check_sizes, check_form, check_log_op, check_chain,
		check_signature,
	}, (*const fresh[])(struct judging *) = {
		check_certificate, check_seen, check_root,
	};
	err rc = ERR_OK;

	for (size_t i = 0; i < sizeof before / sizeof before[0]; i++) {
		rc = before[i](j);
		if (rc != ERR_OK || j->reason != REASON_ADMITTED)
			return rc;
	}
	if (j->fresh == j->s->count)
		return ERR_OK;
	for (size_t i = 0; i < sizeof fresh / sizeof fresh[0]; i++) {
		rc = fresh[i](j);
		if (rc != ERR_OK || j->reason != REASON_ADMITTED)
			return rc;
	}
	j->head.seq = segment_last(j->s);
	memcpy(j->head.hash, j->l->judged[j->s->count - 1].hash, HASH_LEN);
	return ERR_OK;
}
