/* SPDX-License-Identifier: Apache-2.0 */
/*
 * history.c -- devices, logs and entries; leaves and files are in
 * history_file.c.
 */
#include "tests/support/history.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/history_internal.h"

#define FIRST_MS UINT64_C(1648771200000)	/* 2022-04-01 00:00 UTC */

void
history_must(err rc, const char *what)
{
	if (rc == ERR_OK)
		return;
	(void)fprintf(stderr, "history: %s: %s\n", what, err_name(rc));
	abort();
}

void *
history_grow(void *p, size_t bytes)
{
	p = realloc(p, bytes);
	if (p == NULL)
		history_must(ERR_NOMEM, "memory");
	return p;
}

void
history_random(struct history *h, void *out, size_t n)
{
	uint8_t *p = out, count[8], block[HASH_LEN];

	while (n > 0) {
		const struct span parts[] = { { count, sizeof count } };
		size_t take = n < sizeof block ? n : sizeof block;

		be64_put(count, h->draws++);
		crypto_keyed("nguon-test", (struct span){ h->secret,
		    sizeof h->secret }, parts, 1, block, sizeof block);
		memcpy(p, block, take);
		p += take;
		n -= take;
	}
}

void
history_device(struct history *h, struct history_device *ret)
{
	uint8_t secret[KEY_LEN];

	history_random(h, ret->seed, KEY_LEN);
	crypto_sign_public(ret->seed, ret->pub);
	chain_key_id(ret->pub, ret->id);
	history_random(h, secret, KEY_LEN);
	crypto_box_public(secret, ret->box_pub);
	history_random(h, ret->transport_secret, KEY_LEN);
	crypto_box_public(ret->transport_secret, ret->transport_pub);
}

void
history_text(struct field_draft *d, uint64_t field, const char *text)
{
	field_draft_put_text(d, field,
	    (struct span){ (const uint8_t *)text, strlen(text) });
}

void
history_bytes(struct field_draft *d, uint64_t field, const void *p, size_t n)
{
	field_draft_put_bin(d, field, (struct span){ p, n });
}

struct history_op *
history_op(struct history_log *g, uint64_t kind,
    const uint8_t subject[static ID_LEN])
{
	struct history_op *op;

	if (g->op_count == HISTORY_OPS)
		history_must(ERR_LIMIT, "ops");
	op = &g->ops[g->op_count++];
	memset(op, 0, sizeof *op);
	op->kind = kind;
	memcpy(op->subject, subject, ID_LEN);
	op->fields = field_draft_new();
	op->facts = field_draft_new();
	op->sealed = field_draft_new();
	if (op->fields == NULL || op->facts == NULL || op->sealed == NULL)
		history_must(ERR_NOMEM, "op");
	return op;
}

static void
drop_ops(struct history_log *g)
{
	for (uint32_t i = 0; i < g->op_count; i++) {
		field_draft_free(g->ops[i].fields);
		field_draft_free(g->ops[i].facts);
		field_draft_free(g->ops[i].sealed);
	}
	g->op_count = 0;
}

struct history_log *
history_log_open(struct history *h, const struct history_device *device,
    const uint8_t scope[static SCOPE_LEN])
{
	struct history_log *g = history_grow(NULL, sizeof *g);
	struct history_op *op;

	memset(g, 0, sizeof *g);
	g->device = *device;
	memcpy(g->scope, scope, SCOPE_LEN);
	history_random(h, g->salt, SALT_LEN);
	chain_log_id(device->pub, g->salt, scope, g->id);
	chain_start(h->root.fingerprint, g->id, g->hash);
	memcpy(g->cell.scope, scope, SCOPE_LEN);
	history_random(h, g->cell.key, KEY_LEN);
	seal_cell_key_commit(&g->cell);
	op = history_op(g, KIND_LOG, g->id);
	history_bytes(op->fields, FIELD_SIGN_KEY, device->pub, KEY_LEN);
	history_bytes(op->fields, FIELD_LOG_SALT, g->salt, SALT_LEN);
	history_bytes(op->fields, FIELD_SCOPE, scope, SCOPE_LEN);
	g->seen = UINT64_MAX;	/* differs from whatever comes */
	history_see(h, g);
	return g;
}

void
history_log_free(struct history_log *g)
{
	if (g == NULL)
		return;
	drop_ops(g);
	buf_free(&g->pending);
	free(g);
}

void
history_see_as(struct history_log *g, uint64_t seen,
    const uint8_t root[static HASH_LEN])
{
	g->restate = g->restate || seen != g->seen;
	g->seen = seen;
	memcpy(g->root, root, HASH_LEN);
}

void
history_see(struct history *h, struct history_log *g)
{
	uint8_t root[HASH_LEN];
	uint64_t size = tree_size(h->tree);

	history_must(tree_root_at(h->tree, size, root), "root");
	history_see_as(g, size, root);
}

/* The sealed part of SPEC.md section 5 with a nonce of our own.  That it is
 * one is checked by opening it. */
static void
seal(struct history *h, const struct history_log *g,
    const struct history_op *op, uint8_t number, const uint8_t *salt,
    struct buf *out)
{
	struct seal_place place = { .seq = g->seq + 1, .op = number };
	uint8_t key[KEY_LEN], nonce[NONCE_LEN], box[4096], last[8];
	struct buf plain = { 0 }, ad = { 0 }, opened = { 0 };

	memcpy(place.log, g->id, ID_LEN);
	memcpy(place.subject, op->subject, ID_LEN);
	seal_subject_key(&g->cell, op->subject, 0, salt, key);
	history_random(h, nonce, sizeof nonce);
	buf_put_u8(&plain, 0);
	history_must(field_draft_encode(op->sealed, &plain), "sealed map");
	buf_put_u8(&plain, 0x80);
	while (plain.n % 16 != 0)
		buf_put_u8(&plain, 0);
	buf_put(&ad, "nguon1/sealed\0\0\0", TAG_LEN);
	buf_put(&ad, g->id, ID_LEN);
	be64_put(last, place.seq);
	buf_put(&ad, last, sizeof last);
	buf_put_u8(&ad, number);
	buf_put(&ad, op->subject, ID_LEN);
	buf_put(&ad, g->cell.commitment, EPOCH_LEN);
	buf_put_u16(&ad, 0);
	history_must(buf_err(&plain), "plain");
	history_must(buf_err(&ad), "associated data");
	if (plain.n + AEAD_TAG_LEN > sizeof box)
		history_must(ERR_LIMIT, "sealed");
	crypto_aead_seal(key, nonce, buf_span(&ad), buf_span(&plain), box);
	buf_put(out, g->cell.commitment, EPOCH_LEN);
	buf_put_u16(out, 0);
	buf_put(out, nonce, sizeof nonce);
	buf_put(out, box, plain.n + AEAD_TAG_LEN);
	history_must(seal_open_part(key, &place, buf_span(out), &opened),
	    "sealed part does not open");
	buf_free(&plain);
	buf_free(&ad);
	buf_free(&opened);
}

struct op_bytes {
	struct buf fields, facts, sealed, key;
};

static void
encode_op(struct history *h, const struct history_log *g, uint8_t number,
    struct op_bytes *b, struct op_draft *ret)
{
	const struct history_op *op = &g->ops[number];
	struct buf map = { 0 };
	uint8_t salt[SALT_LEN] = { 0 }, key[1024];

	if (op->creates)
		field_draft_put_bool(op->fields, FIELD_CREATES, true);
	field_draft_put_numbers(op->fields, FIELD_FACTS, op->facts);
	field_draft_put_numbers(op->fields, FIELD_SEALED, op->sealed);
	history_must(field_draft_encode(op->fields, &b->fields), "fields");
	if (op->creates || field_draft_count(op->facts) > 0) {
		history_random(h, salt, sizeof salt);
		history_must(field_draft_encode(op->facts, &map), "facts");
		history_must(seal_facts(salt, buf_span(&map), &b->facts),
		    "facts part");
	}
	if (field_draft_count(op->sealed) > 0)
		seal(h, g, op, number, salt, &b->sealed);
	if (op->has_key) {
		if (op->key_bytes > sizeof key)
			history_must(ERR_LIMIT, "key part");
		history_random(h, key, op->key_bytes);
		buf_put(&b->key, key, op->key_bytes);
		history_must(buf_err(&b->key), "key part");
	}
	ret->kind = op->kind;
	memcpy(ret->subject, op->subject, ID_LEN);
	ret->fields = buf_span(&b->fields);
	ret->facts = buf_span(&b->facts);
	ret->sealed = buf_span(&b->sealed);
	ret->key = buf_span(&b->key);
	buf_free(&map);
}

void
history_commit(struct history *h, struct history_log *g)
{
	const struct part_policy as_is = { KEEP_AS_IS, KEEP_AS_IS, KEEP_AS_IS };
	struct op_bytes bytes[HISTORY_OPS] = { 0 };
	struct op_draft ops[HISTORY_OPS];
	struct entry_draft draft = {
		.seen = g->seen, .time_ms = h->now_ms,
		.has_root = g->restate, .root = g->root,
		.ops = ops, .op_count = g->op_count,
	};
	struct buf raw = { 0 };
	struct entry e = { 0 };

	for (uint32_t i = 0; i < g->op_count; i++)
		encode_op(h, g, (uint8_t)i, &bytes[i], &ops[i]);
	history_must(entry_encode(&draft, &raw), "entry");
	history_must(entry_parse(buf_span(&raw), &e), "entry back");
	entry_hash(&e, g->hash, g->hash);
	history_must(entry_copy(&e, g->whole ? &as_is : &part_policy_audit,
	    &g->pending), "copy");
	g->seq++;
	g->pending_count++;
	g->restate = false;
	h->now_ms += 1000;
	for (uint32_t i = 0; i < g->op_count; i++) {
		buf_free(&bytes[i].fields);
		buf_free(&bytes[i].facts);
		buf_free(&bytes[i].sealed);
		buf_free(&bytes[i].key);
	}
	drop_ops(g);
	entry_free(&e);
	buf_free(&raw);
}

/* ---- root, invites, claims */

static void
put_scopes(struct field_draft *d, const uint8_t (*scopes)[SCOPE_LEN],
    size_t count)
{
	struct buf raw = { 0 };

	codec_put_array(&raw, (uint32_t)count);
	for (size_t i = 0; i < count; i++)
		codec_put_bin(&raw, (struct span){ scopes[i], SCOPE_LEN });
	history_must(buf_err(&raw), "scopes");
	field_draft_put_raw(d, FIELD_SCOPES, buf_span(&raw));
	buf_free(&raw);
}

static void
put_keys(struct field_draft *d, const struct history_device *device)
{
	history_bytes(d, FIELD_SIGN_KEY, device->pub, KEY_LEN);
	history_bytes(d, FIELD_BOX_KEY, device->box_pub, KEY_LEN);
	history_bytes(d, FIELD_TRANSPORT_KEY, device->transport_pub, KEY_LEN);
}

/* Root's first entry. */
static void
write_root(struct history *h)
{
	static const uint8_t zeros[ID_LEN];
	struct history_device root = { 0 };
	struct history_log *g;
	struct history_op *op;
	uint8_t bytes[KEY_LEN], id[ID_LEN];

	memcpy(root.seed, h->root.sign_seed, KEY_LEN);
	memcpy(root.pub, h->root.sign_pub, KEY_LEN);
	g = history_log_open(h, &root, scope_root);
	chain_key_id(h->hub_pub, id);
	op = history_op(g, KIND_HUB_KEY, id);
	history_bytes(op->fields, FIELD_SIGN_KEY, h->hub_pub, KEY_LEN);
	history_random(h, bytes, sizeof bytes);
	crypto_box_public(bytes, h->hub_box_pub);
	history_bytes(op->fields, FIELD_BOX_KEY, h->hub_box_pub, KEY_LEN);
	history_random(h, bytes, sizeof bytes);
	history_bytes(op->fields, FIELD_TLS_PIN, bytes, HASH_LEN);
	history_text(op->fields, FIELD_ADDRESS, "https://hub.example");
	field_draft_put_uint(op->fields, FIELD_FROM_SIZE, 0);
	history_bytes(op->fields, FIELD_ROOT, g->root, HASH_LEN);
	op = history_op(g, KIND_RECOVERY_KEY, zeros);
	history_bytes(op->fields, FIELD_BOX_KEY, h->root.box_pub, KEY_LEN);
	op = history_op(g, KIND_CERTIFY, h->commune.id);
	put_keys(op->fields, &h->commune);
	field_draft_put_uint(op->fields, FIELD_ROLE, ROLE_COMMUNE);
	put_scopes(op->fields, (const uint8_t(*)[SCOPE_LEN])scope_root, 1);
	history_commit(h, g);
	history_cut(h, g);
	history_log_free(g);
}

struct history *
history_new(const char *seed)
{
	struct history *h = history_grow(NULL, sizeof *h);
	const struct span parts[] = {
		{ (const uint8_t *)seed, strlen(seed) },
	};
	uint8_t secret[KEY_LEN];

	memset(h, 0, sizeof *h);
	crypto_hash32("nguon-test", parts, 1, h->secret);
	h->now_ms = FIRST_MS;
	history_must(tree_new(TREE_KEEP_ROOTS, &h->tree), "tree");
	history_random(h, secret, sizeof secret);
	recovery_derive(secret, &h->root);
	history_random(h, h->hub_seed, KEY_LEN);
	crypto_sign_public(h->hub_seed, h->hub_pub);
	history_device(h, &h->commune);
	write_root(h);
	return h;
}

void
history_invite(struct history *h, struct history_log *commune, enum role role,
    const uint8_t (*scopes)[SCOPE_LEN], size_t scope_count,
    struct invite_keys *ret_invite)
{
	uint8_t secret[INVITE_SECRET_LEN];
	struct history_op *op;

	history_random(h, secret, sizeof secret);
	invite_derive(secret, ret_invite);
	op = history_op(commune, KIND_INVITE, ret_invite->id);
	history_bytes(op->fields, FIELD_INVITE_KEY, ret_invite->pub, KEY_LEN);
	field_draft_put_uint(op->fields, FIELD_ROLE, role);
	put_scopes(op->fields, scopes, scope_count);
	op->has_key = true;	/* its digest is all that a file shows */
	op->key_bytes = 400;
}

void
history_claim(struct history *h, struct history_log *g,
    const struct invite_keys *invite)
{
	struct history_op *op = history_op(g, KIND_CLAIM, invite->id);
	struct claim claim;
	uint8_t sig[SIG_LEN];

	memcpy(claim.invite, invite->id, ID_LEN);
	memcpy(claim.sign_pub, g->device.pub, KEY_LEN);
	memcpy(claim.box_pub, g->device.box_pub, KEY_LEN);
	memcpy(claim.transport_pub, g->device.transport_pub, KEY_LEN);
	memcpy(claim.log_salt, g->salt, SALT_LEN);
	put_keys(op->fields, &g->device);
	invite_claim_sign(invite->seed, h->root.fingerprint, &claim, sig);
	history_bytes(op->fields, FIELD_INVITE_SIGNATURE, sig, SIG_LEN);
	invite_claim_sign(g->device.seed, h->root.fingerprint, &claim, sig);
	history_bytes(op->fields, FIELD_DEVICE_SIGNATURE, sig, SIG_LEN);
}
