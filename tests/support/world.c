/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/invite.h"

static void
need(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "world: %s\n", what);
	abort();
}

static void
derive(const char *tag, const char *name, uint8_t number, uint8_t *out,
    size_t n)
{
	const struct span parts[] = {
		{ (const uint8_t *)name, strlen(name) }, { &number, 1 },
	};
	uint8_t hash[HASH_LEN];

	crypto_hash32(tag, parts, 2, hash);
	memcpy(out, hash, n);
}

void
world_actor(const char *name, struct actor *ret)
{
	derive("test/sign", name, 0, ret->seed, KEY_LEN);
	crypto_sign_public(ret->seed, ret->pub);
	chain_key_id(ret->pub, ret->id);
	derive("test/box", name, 0, ret->box_secret, KEY_LEN);
	crypto_box_public(ret->box_secret, ret->box_pub);
	derive("test/transport", name, 0, ret->transport_secret, KEY_LEN);
	crypto_box_public(ret->transport_secret, ret->transport_pub);
}

void
world_scope(enum scope_kind kind, uint8_t number,
    uint8_t ret[static SCOPE_LEN])
{
	derive("test/scope", "scope", number, ret, SCOPE_LEN);
	ret[0] = (uint8_t)kind;
}

/* ---- ops */

static struct field_draft *
draft(void)
{
	struct field_draft *d = field_draft_new();

	need(d != NULL, "no memory");
	return d;
}

static void
put(struct field_draft *d, uint64_t field, const uint8_t *p, size_t n)
{
	field_draft_put_bin(d, field, (struct span){ p, n });
}

static void
put_scopes(struct field_draft *d, const uint8_t (*scopes)[SCOPE_LEN],
    uint32_t n)
{
	struct buf b = { 0 };

	codec_put_array(&b, n);
	for (uint32_t i = 0; i < n; i++)
		codec_put_bin(&b, (struct span){ scopes[i], SCOPE_LEN });
	need(buf_err(&b) == ERR_OK, "no memory");
	field_draft_put_raw(d, FIELD_SCOPES, buf_span(&b));
	buf_free(&b);
}

struct op_draft *
world_op(struct world_ops *o, uint64_t kind,
    const uint8_t subject[static ID_LEN], struct field_draft *fields)
{
	struct field_draft *d = fields != NULL ? fields : draft();

	need(o->count < WORLD_OPS, "too many ops");
	struct op_draft *op = &o->op[o->count];
	struct buf *b = &o->fields[o->count++];
	memset(op, 0, sizeof *op);
	buf_reset(b);
	need(field_draft_encode(d, b) == ERR_OK, "fields do not encode");
	field_draft_free(d);
	op->kind = kind;
	memcpy(op->subject, subject, ID_LEN);
	op->fields = buf_span(b);
	return op;
}

void
world_op_hub_key(struct world_ops *o, const struct actor *hub,
    uint64_t from_size)
{
	struct field_draft *d = draft();
	uint8_t root[HASH_LEN];
	const char *address = "https://hub.example:8443";

	crypto_sha256(NULL, 0, root);
	put(d, FIELD_SIGN_KEY, hub->pub, KEY_LEN);
	put(d, FIELD_BOX_KEY, hub->box_pub, KEY_LEN);
	put(d, FIELD_TLS_PIN, hub->transport_pub, HASH_LEN);
	field_draft_put_text(d, FIELD_ADDRESS,
	    (struct span){ (const uint8_t *)address, strlen(address) });
	field_draft_put_uint(d, FIELD_FROM_SIZE, from_size);
	put(d, FIELD_ROOT, root, HASH_LEN);
	world_op(o, KIND_HUB_KEY, hub->id, d);
}

void
world_op_recovery_key(struct world_ops *o, const struct actor *root)
{
	static const uint8_t zeros[ID_LEN];
	struct field_draft *d = draft();

	put(d, FIELD_BOX_KEY, root->box_pub, KEY_LEN);
	world_op(o, KIND_RECOVERY_KEY, zeros, d);
}

void
world_op_certify(struct world_ops *o, const struct actor *device,
    enum role role, const uint8_t (*scopes)[SCOPE_LEN], uint32_t n)
{
	struct field_draft *d = draft();

	put(d, FIELD_SIGN_KEY, device->pub, KEY_LEN);
	put(d, FIELD_BOX_KEY, device->box_pub, KEY_LEN);
	put(d, FIELD_TRANSPORT_KEY, device->transport_pub, KEY_LEN);
	field_draft_put_uint(d, FIELD_ROLE, role);
	put_scopes(d, scopes, n);
	world_op(o, KIND_CERTIFY, device->id, d);
}

void
world_op_invite(struct world_ops *o, const struct actor *invite,
    enum role role, const uint8_t (*scopes)[SCOPE_LEN], uint32_t n)
{
	struct field_draft *d = draft();

	put(d, FIELD_INVITE_KEY, invite->pub, KEY_LEN);
	field_draft_put_uint(d, FIELD_ROLE, role);
	put_scopes(d, scopes, n);
	world_op(o, KIND_INVITE, invite->id, d);
}

void
world_op_entitle(struct world_ops *o, const uint8_t id[static ID_LEN],
    const uint8_t (*scopes)[SCOPE_LEN], uint32_t n)
{
	struct field_draft *d = draft();

	put_scopes(d, scopes, n);
	world_op(o, KIND_ENTITLE, id, d);
}

void
world_op_bare(struct world_ops *o, uint64_t kind,
    const uint8_t subject[static ID_LEN])
{
	world_op(o, kind, subject, NULL);
}

void
world_op_log(struct world_ops *o, const struct world_log *l,
    const struct entry_ref *predecessor)
{
	struct field_draft *d = draft();

	put(d, FIELD_SIGN_KEY, l->author.pub, KEY_LEN);
	put(d, FIELD_LOG_SALT, l->salt, SALT_LEN);
	put(d, FIELD_SCOPE, l->scope, SCOPE_LEN);
	if (predecessor != NULL)
		field_draft_put_entry_ref(d, FIELD_PREDECESSOR, predecessor);
	world_op(o, KIND_LOG, l->id, d);
}

void
world_op_claim(struct world_ops *o, const struct world_log *l,
    const struct actor *invite)
{
	struct field_draft *d = draft();
	uint8_t sig[SIG_LEN];
	struct claim c;

	memcpy(c.invite, invite->id, ID_LEN);
	memcpy(c.sign_pub, l->author.pub, KEY_LEN);
	memcpy(c.box_pub, l->author.box_pub, KEY_LEN);
	memcpy(c.transport_pub, l->author.transport_pub, KEY_LEN);
	memcpy(c.log_salt, l->salt, SALT_LEN);
	put(d, FIELD_SIGN_KEY, c.sign_pub, KEY_LEN);
	put(d, FIELD_BOX_KEY, c.box_pub, KEY_LEN);
	put(d, FIELD_TRANSPORT_KEY, c.transport_pub, KEY_LEN);
	invite_claim_sign(invite->seed, l->root_fpr, &c, sig);
	put(d, FIELD_INVITE_SIGNATURE, sig, SIG_LEN);
	invite_claim_sign(l->author.seed, l->root_fpr, &c, sig);
	put(d, FIELD_DEVICE_SIGNATURE, sig, SIG_LEN);
	world_op(o, KIND_CLAIM, invite->id, d);
}

/* ---- logs */

void
world_log_open(struct world_log *l, const struct actor *author,
    const uint8_t scope[static SCOPE_LEN],
    const uint8_t root_fpr[static HASH_LEN], uint8_t number)
{
	memset(l, 0, sizeof *l);
	l->author = *author;
	memcpy(l->root_fpr, root_fpr, HASH_LEN);
	memcpy(l->scope, scope, SCOPE_LEN);
	derive("test/salt", "salt", number, l->salt, SALT_LEN);
	chain_log_id(author->pub, l->salt, scope, l->id);
}

void
world_log_free(struct world_log *l)
{
	for (uint64_t i = 0; i < l->seq; i++)
		buf_free(&l->entry[i].raw);
	free(l->entry);
	buf_free(&l->cut);
	memset(l, 0, sizeof *l);
}

void
world_write_draft(struct world_log *l, struct world_ops *o,
    struct entry_draft d)
{
	uint8_t prev[HASH_LEN];
	struct entry e = {0};
	struct world_entry *more = realloc(l->entry,
	    (size_t)(l->seq + 1) * sizeof *more);

	need(more != NULL, "no memory");
	l->entry = more;
	struct world_entry *w = &l->entry[l->seq];
	memset(w, 0, sizeof *w);
	d.ops = o->op;
	d.op_count = o->count;
	need(entry_encode(&d, &w->raw) == ERR_OK, "entry does not encode");
	need(entry_parse(buf_span(&w->raw), &e) == ERR_OK,
	    "entry does not parse");
	if (l->seq == 0)
		chain_start(l->root_fpr, l->id, prev);
	else
		memcpy(prev, l->entry[l->seq - 1].hash, HASH_LEN);
	entry_hash(&e, prev, w->hash);
	entry_free(&e);
	l->seq++;
	l->seen = d.seen;
	for (uint32_t i = 0; i < o->count; i++)
		buf_free(&o->fields[i]);
	o->count = 0;
}

void
world_write(struct world_log *l, struct world_ops *o, uint64_t seen,
    const uint8_t root[static HASH_LEN], uint64_t time_ms)
{
	world_write_draft(l, o, (struct entry_draft){
	    .seen = seen, .time_ms = time_ms,
	    .has_root = l->seq == 0 || seen != l->seen, .root = root });
}

void
world_segment(struct world_log *l, uint64_t first, uint64_t last,
    struct segment *ret)
{
	need(first >= 1 && first <= last && last <= l->seq, "no such cut");
	buf_reset(&l->cut);
	for (uint64_t i = first - 1; i < last; i++)
		buf_put(&l->cut, l->entry[i].raw.p, l->entry[i].raw.n);
	need(buf_err(&l->cut) == ERR_OK, "no memory");
	memcpy(ret->log, l->id, ID_LEN);
	ret->first = first;
	ret->count = (uint32_t)(last - first + 1);
	ret->entries = buf_span(&l->cut);
	chain_sign_head(l->author.seed, l->id, last, l->entry[last - 1].hash,
	    ret->sig);
}

void
world_init(struct world_log *l, const struct actor *root,
    const struct actor *hub, const struct actor *commune, uint64_t time_ms)
{
	struct world_ops o = { 0 };
	uint8_t fpr[HASH_LEN], empty[HASH_LEN];

	chain_root_fingerprint(root->pub, fpr);
	crypto_sha256(NULL, 0, empty);
	world_log_open(l, root, scope_root, fpr, 0);
	world_op_log(&o, l, NULL);
	world_op_hub_key(&o, hub, 0);
	world_op_recovery_key(&o, root);
	world_op_certify(&o, commune, ROLE_COMMUNE, NULL, 0);
	world_write(l, &o, 0, empty, time_ms);
}
