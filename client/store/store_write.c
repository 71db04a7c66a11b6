/* SPDX-License-Identifier: Apache-2.0 */
/*
 * store_write.c -- ops in plain words into one entry of an own log: fields 1,
 * 2 and 5, salts, sealed parts; and what a log's first entry holds beside.
 */
#include "client/store/store_internal.h"

#include <stdlib.h>
#include <string.h>

#include "client/store/clock.h"
#include "protocol/limits.h"

/* What the entry is made of; op i's bytes stand in made[i]. */
struct made {
	struct buf fields, facts, sealed;
};
struct making {
	struct store *s;
	struct own_log *log;
	uint64_t seen;
	size_t count;
	struct op_draft *drafts;
	struct made *made;
};

static void
making_free(struct making *m)
{
	for (size_t i = 0; m->made != NULL && i < m->count; i++) {
		buf_free(&m->made[i].fields);
		buf_free(&m->made[i].facts);
		buf_free(&m->made[i].sealed);
	}
	free(m->made);
	free(m->drafts);
	m->made = NULL;
	m->drafts = NULL;
	m->count = 0;
}

/* ---- one op */

/* The salt of the subject's key: of this op, of an op before it in this
 * entry, or of the state.  NULL: none. */
static const uint8_t *
find_salt(const struct making *m, size_t i, const struct store_op *ops,
    const struct state *state)
{
	for (size_t k = i + 1; k-- > 0;)
		if (ops[k].creates && memcmp(ops[k].subject, ops[i].subject,
		    ID_LEN) == 0)
			return m->made[k].facts.p;
	return state != NULL && state_salt_count(state) > 0 ?
	    state_salt(state, 0) : NULL;
}

static err
seal_fields(struct making *m, size_t i, const struct store_op *ops)
{
	const struct store_op *op = &ops[i];
	const struct cell_key *cell = store_keys_current(m->s, m->log->scope);
	struct seal_place at = {
		.seq = m->log->seq + 1, .op = (uint8_t)i, .generation = 0,
	};
	struct state *state = NULL;
	struct buf map = { 0 };
	uint8_t key[KEY_LEN];
	err rc;

	if (cell == NULL)
		return ERR_KEY;
	rc = store_cache_get(m->s, m->log->scope, op->subject, CACHE_READ,
	    &state);
	if (rc != ERR_OK && rc != ERR_ABSENT)
		return rc;
	const uint8_t *salt = find_salt(m, i, ops, state);
	if (salt == NULL)
		return ERR_KEY;
	memcpy(at.log, m->log->id, ID_LEN);
	memcpy(at.subject, op->subject, ID_LEN);
	rc = field_draft_encode(op->sealed, &map);
	if (rc == ERR_OK) {
		seal_subject_key(cell, op->subject, 0, salt, key);
		rc = seal_part(key, cell->commitment, &at, buf_span(&map),
		    &m->made[i].sealed);
		crypto_wipe(key, sizeof key);
	}
	if (map.p != NULL)
		crypto_wipe(map.p, map.cap);
	buf_free(&map);
	return rc;
}

static err
make_facts(struct making *m, size_t i, const struct store_op *op)
{
	struct field_draft *none = NULL;
	struct buf map = { 0 };
	err rc = ERR_OK;

	if (op->facts == NULL) {
		none = field_draft_new();
		if (none == NULL)
			return ERR_NOMEM;
	}
	rc = field_draft_encode(none != NULL ? none : op->facts, &map);
	if (rc == ERR_OK)
		rc = seal_facts(NULL, buf_span(&map), &m->made[i].facts);
	buf_free(&map);
	field_draft_free(none);
	return rc;
}

static bool
holds(const struct field_draft *d)
{
	return d != NULL && field_draft_count(d) > 0;
}

static err
make_op(struct making *m, size_t i, const struct store_op *ops)
{
	const struct store_op *op = &ops[i];
	struct field_draft *mine = NULL, *fields = op->fields;
	err rc = ERR_OK;

	if (fields == NULL) {
		fields = mine = field_draft_new();
		if (mine == NULL)
			return ERR_NOMEM;
	}
	field_draft_put_numbers(fields, FIELD_FACTS, op->facts);
	field_draft_put_numbers(fields, FIELD_SEALED, op->sealed);
	if (op->creates)
		field_draft_put_bool(fields, FIELD_CREATES, true);
	rc = field_draft_encode(fields, &m->made[i].fields);
	field_draft_free(mine);
	if (rc == ERR_OK && (op->creates || holds(op->facts)))
		rc = make_facts(m, i, op);
	if (rc == ERR_OK && holds(op->sealed))
		rc = seal_fields(m, i, ops);
	if (rc == ERR_OK && op->creates &&
	    store_keys_current(m->s, m->log->scope) == NULL)
		rc = ERR_KEY;
	if (rc != ERR_OK)
		return rc;
	m->drafts[i] = (struct op_draft){
		.kind = op->kind,
		.fields = buf_span(&m->made[i].fields),
		.facts = buf_span(&m->made[i].facts),
		.sealed = buf_span(&m->made[i].sealed),
		.key = op->key_part,
	};
	memcpy(m->drafts[i].subject, op->subject, ID_LEN);
	return ERR_OK;
}

/* ---- one entry */

static err
encode(struct making *m, struct buf *out)
{
	uint8_t root[HASH_LEN];
	struct entry_draft d = {
		.seen = m->seen,
		.time_ms = clock_now_ms(),
		.has_root = m->log->seq == 0 || m->seen != m->log->seen,
		.root = root,
		.ops = m->drafts,
		.op_count = (uint32_t)m->count,
	};
	err rc = ledger_root_at(m->s->ledger, m->seen, root);

	return rc != ERR_OK ? rc : entry_encode(&d, out);
}

static err
write_entry(struct store *s, struct own_log *log, const struct store_op *ops,
    size_t count)
{
	struct making m = { .s = s, .log = log };
	struct buf raw = { 0 };
	err rc = store_batch_seen(s, log, &m.seen);

	if (rc != ERR_OK)
		return rc;
	if (count == 0 || count > LIMIT_ENTRY_OPS)
		return ERR_LIMIT;
	m.drafts = calloc(count, sizeof *m.drafts);
	m.made = calloc(count, sizeof *m.made);
	m.count = count;
	if (m.drafts == NULL || m.made == NULL)
		rc = ERR_NOMEM;
	for (size_t i = 0; rc == ERR_OK && i < count; i++)
		rc = make_op(&m, i, ops);
	if (rc == ERR_OK)
		rc = encode(&m, &raw);
	if (rc == ERR_OK)
		rc = store_batch_append(s, log, buf_span(&raw), m.seen);
	making_free(&m);
	buf_free(&raw);
	return rc;
}

/* ---- the first entry of a log */

enum { OPENING_MAX = 3 };
struct opening {
	struct store_op ops[OPENING_MAX];
	size_t count;
	struct buf holder;
	uint8_t box[GRANT_LEN];
};

static void
opening_free(struct opening *o)
{
	for (size_t i = 0; i < o->count; i++) {
		field_draft_free(o->ops[i].fields);
		field_draft_free(o->ops[i].sealed);
	}
	if (o->holder.p != NULL)
		crypto_wipe(o->holder.p, o->holder.cap);
	buf_free(&o->holder);
}

static struct store_op *
opening_add(struct opening *o, uint64_t kind, const uint8_t *subject)
{
	struct store_op *op = &o->ops[o->count++];

	op->kind = kind;
	memcpy(op->subject, subject, ID_LEN);
	op->fields = field_draft_new();
	return op->fields != NULL ? op : NULL;
}

static err
open_device(struct store *s, struct opening *o)
{
	struct store_op *op = opening_add(o, KIND_DEVICE, s->device);

	if (op == NULL)
		return ERR_NOMEM;
	op->creates = true;
	err rc = store_holder(s, &o->holder);
	if (rc == ERR_ABSENT || (rc == ERR_OK && o->holder.n == 0))
		return ERR_OK;
	if (rc != ERR_OK)
		return rc;
	op->sealed = field_draft_new();
	if (op->sealed == NULL)
		return ERR_NOMEM;
	field_draft_put_text(op->sealed, FIELD_HOLDER_NAME,
	    buf_span(&o->holder));
	return ERR_OK;
}

static err
open_grant(struct store *s, struct opening *o, const struct cell_key *cell)
{
	struct store_op *op = opening_add(o, KIND_GRANT, s->device);

	if (op == NULL)
		return ERR_NOMEM;
	field_draft_put_bin(op->fields, FIELD_COMMITMENT,
	    (struct span){ cell->commitment, HASH_LEN });
	op->key_part = (struct span){ o->box, sizeof o->box };
	return seal_grant(s->keys->box_pub, cell->key, o->box);
}

static err
open_log(struct store *s, const struct own_log *log, struct opening *o)
{
	const struct cell_key *cell = store_keys_current(s, log->scope);
	struct store_op *op = opening_add(o, KIND_LOG, log->id);
	err rc = ERR_OK;

	if (op == NULL)
		return ERR_NOMEM;
	field_draft_put_bin(op->fields, FIELD_SIGN_KEY,
	    (struct span){ s->sign_pub, KEY_LEN });
	field_draft_put_bin(op->fields, FIELD_LOG_SALT,
	    (struct span){ log->salt, SALT_LEN });
	field_draft_put_bin(op->fields, FIELD_SCOPE,
	    (struct span){ log->scope, SCOPE_LEN });
	if (cell == NULL)
		return ERR_OK;
	rc = open_device(s, o);
	return rc != ERR_OK ? rc : open_grant(s, o, cell);
}

/* The opening and the ops in one entry; where they do not fit, in two. */
static err
write_first(struct store *s, struct own_log *log, const struct store_op *ops,
    size_t count, size_t *ret_op)
{
	struct opening o = { 0 };
	struct store_op *all = NULL;
	err rc = open_log(s, log, &o);
	size_t n = o.count + count;

	*ret_op = o.count;
	if (rc == ERR_OK && (all = calloc(n, sizeof *all)) == NULL)
		rc = ERR_NOMEM;
	if (rc == ERR_OK) {
		memcpy(all, o.ops, o.count * sizeof *all);
		memcpy(all + o.count, ops, count * sizeof *all);
		rc = write_entry(s, log, all, n);
		if (rc == ERR_LIMIT && count > 0) {
			*ret_op = 0;
			rc = write_entry(s, log, all, o.count);
			if (rc == ERR_OK)
				rc = write_entry(s, log, ops, count);
		}
	}
	free(all);
	opening_free(&o);
	return rc;
}

/* ---- store.h */

static err
check_expected(struct store *s, const struct store_expect *expect,
    size_t count)
{
	for (size_t i = 0; i < count; i++) {
		uint8_t version[HASH_LEN] = { 0 };
		struct state *state = NULL;
		err rc = store_cache_get(s, expect[i].scope,
		    expect[i].subject, CACHE_READ, &state);
		if (rc == ERR_OK)
			state_version(state, version);
		else if (rc != ERR_ABSENT)
			return rc;
		if (memcmp(version, expect[i].version, HASH_LEN) != 0)
			return ERR_CHANGED;
	}
	return ERR_OK;
}

static err
write_one(struct store *s, const uint8_t *scope, const struct store_op *ops,
    size_t count, const struct store_expect *expect, size_t expect_count,
    struct op_ref *ret_ref)
{
	struct own_log *log = NULL;
	size_t first_op = 0;
	err rc = check_expected(s, expect, expect_count);

	if (rc == ERR_OK && !store_covers(s, scope) && !s->skip_judgement)
		rc = ERR_SCOPE;
	if (rc == ERR_OK)
		rc = store_batch_log(s, scope, &log);
	if (rc != ERR_OK)
		return rc;
	if (log->seq == 0)
		rc = write_first(s, log, ops, count, &first_op);
	else
		rc = write_entry(s, log, ops, count);
	if (rc == ERR_OK && ret_ref != NULL) {
		memcpy(ret_ref->log, log->id, ID_LEN);
		ret_ref->seq = log->seq;
		ret_ref->op = (uint8_t)first_op;
	}
	return rc;
}

err
store_write(struct store *s, const uint8_t scope[static SCOPE_LEN],
    const struct store_op *ops, size_t count,
    const struct store_expect *expect, size_t expect_count,
    struct op_ref *ret_ref)
{
	struct op_ref ref = { 0 };
	bool single = !s->in_batch;
	err rc = single ? store_batch_begin(s) : s->batch_failed;

	if (rc != ERR_OK)
		return rc;
	rc = write_one(s, scope, ops, count, expect, expect_count, &ref);
	if (!single)
		s->batch_failed = rc;
	else if (rc == ERR_OK)
		rc = store_batch_commit(s);
	if (rc != ERR_OK && single)
		store_batch_abandon(s);
	if (rc == ERR_OK && ret_ref != NULL)
		*ret_ref = ref;
	return rc;
}

#ifdef NGUON_TEST_BUILD
void
store_skip_judgement(struct store *s)
{
	s->skip_judgement = true;
}
#endif
