/* SPDX-License-Identifier: Apache-2.0 */
/*
 * vectors_example.c -- example.txt: the pieces of SPEC.md's worked example,
 * all of one small history: root, the commune with a cell and an invite, the
 * claim of its secretary, whose log in the cell records one person.
 */
#include "tests/support/vectors.h"

#include <string.h>

#include "protocol/checkpoint.h"
#include "protocol/frame.h"
#include "protocol/message.h"
#include "protocol/packet.h"
#include "tests/support/history.h"
#include "tests/support/vectors_entry.h"

struct example {
	struct buf *out;
	struct history *h;
	struct history_log *office, *claim, *cell;
	struct history_device secretary;
	uint8_t scope[SCOPE_LEN], person[ID_LEN], prev[HASH_LEN];
	struct buf entry;
};

static void
row(struct example *x, const char *name, struct span bytes)
{
	vectors_row(x->out, name, "-");
	vectors_hex(x->out, bytes);
	vectors_end(x->out);
}

static void
write_history(struct example *x)
{
	struct history_op *op;
	struct invite_keys invite;
	uint8_t subject[ID_LEN];

	x->h = history_new("worked example");
	x->office = history_log_open(x->h, &x->h->commune, scope_root);
	history_commit(x->h, x->office);
	history_random(x->h, x->scope, SCOPE_LEN);
	x->scope[0] = SCOPE_CELL;
	chain_scope_subject(x->scope, subject);
	op = history_op(x->office, KIND_CELL, subject);
	history_bytes(op->fields, FIELD_SCOPE, x->scope, SCOPE_LEN);
	history_text(op->fields, FIELD_CODE, "ba-mo");
	history_text(op->fields, FIELD_NAME, "Th\xc3\xb4n Ba M\xc3\xb4");
	history_commit(x->h, x->office);
	history_invite(x->h, x->office, ROLE_SECRETARY,
	    (const uint8_t(*)[SCOPE_LEN])x->scope, 1, &invite);
	history_commit(x->h, x->office);
	history_cut(x->h, x->office);
	history_device(x->h, &x->secretary);
	x->claim = history_log_open(x->h, &x->secretary, scope_root);
	history_claim(x->h, x->claim, &invite);
	history_commit(x->h, x->claim);
	history_cut(x->h, x->claim);
	x->cell = history_log_open(x->h, &x->secretary, x->scope);
	history_commit(x->h, x->cell);
	history_cut(x->h, x->cell);

	x->cell->whole = true;
	memcpy(x->prev, x->cell->hash, HASH_LEN);
	history_see(x->h, x->cell);
	history_random(x->h, x->person, ID_LEN);
	op = history_op(x->cell, KIND_PERSON, x->person);
	op->creates = true;
	field_draft_put_uint(op->facts, FIELD_BIRTH_YEAR, 1990);
	history_text(op->facts, FIELD_RESIDENCE, "di-lam-xa");
	history_text(op->sealed, FIELD_FULL_NAME,
	    "\xc4\x90\xc3\xa0o Ng\xe1\xbb\x8d" "c Tu\xe1\xba\xa5n");
	history_commit(x->h, x->cell);
	buf_put(&x->entry, x->cell->pending.p, x->cell->pending.n);
	history_cut(x->h, x->cell);
}

static void
put_entry(struct example *x)
{
	struct entry e = { .ops = NULL };
	struct buf form = { 0 };
	uint8_t hash[HASH_LEN];

	row(x, "previous-hash", (struct span){ x->prev, HASH_LEN });
	row(x, "entry", buf_span(&x->entry));
	vectors_must(entry_parse(buf_span(&x->entry), &e), "entry");
	vectors_entry_hashed_form(&e, &form);
	row(x, "hashed-form", buf_span(&form));
	vectors_entry_hash(buf_span(&form), x->prev, hash);
	row(x, "hash", (struct span){ hash, HASH_LEN });
	entry_free(&e);
	buf_free(&form);
}

static void
frame_row(struct example *x, const char *name, const struct frame *f,
    struct buf *keep)
{
	struct buf bytes = { 0 };

	frame_put(&bytes, f);
	vectors_must(buf_err(&bytes), name);
	if (name != NULL)
		row(x, name, buf_span(&bytes));
	if (keep != NULL)
		buf_put(keep, bytes.p, bytes.n);
	buf_free(&bytes);
}

static struct frame
segment_frame(const struct example *x)
{
	const struct history_leaf *l = &x->h->leaves[4];
	struct frame f = { .type = FRAME_SEGMENT };

	memcpy(f.u.segment.log, l->log, ID_LEN);
	f.u.segment.first = l->first;
	f.u.segment.count = l->count;
	f.u.segment.entries = buf_span(&l->entries);
	memcpy(f.u.segment.sig, l->sig, SIG_LEN);
	return f;
}

static void
put_leaf(struct example *x)
{
	const struct history_leaf *l = &x->h->leaves[4];
	struct leaf_inner inner = { .first = l->first, .last = l->first,
		.time_ms = l->time_ms };
	uint8_t bytes[TREE_INNER_LEN], data[TREE_LEAF_LEN], hash[HASH_LEN];
	struct frame f = segment_frame(x);
	struct buf head = { 0 };

	frame_row(x, "segment", &f, NULL);
	buf_put(&head, "nguon1/head\0\0\0\0\0", TAG_LEN);
	buf_put(&head, l->log, ID_LEN);
	buf_put_u64(&head, l->first);
	buf_put(&head, l->head, HASH_LEN);
	row(x, "signed-head", buf_span(&head));
	buf_free(&head);
	memcpy(inner.log, l->log, ID_LEN);
	memcpy(inner.head, l->head, HASH_LEN);
	memcpy(inner.sig, l->sig, SIG_LEN);
	tree_inner_encode(&inner, bytes);
	row(x, "inner", (struct span){ bytes, sizeof bytes });
	memcpy(data, l->scope, SCOPE_LEN);
	tree_inner_hash(&inner, data + SCOPE_LEN);
	row(x, "leaf-data", (struct span){ data, sizeof data });
	tree_data_hash((struct span){ data, sizeof data }, hash);
	row(x, "leaf-hash", (struct span){ hash, HASH_LEN });
}

static struct frame
checkpoint_frame(const struct example *x)
{
	struct frame f = { .type = FRAME_CHECKPOINT };

	f.u.checkpoint.size = tree_size(x->h->tree);
	vectors_must(tree_root_at(x->h->tree, f.u.checkpoint.size,
	    f.u.checkpoint.root), "root");
	vectors_must(checkpoint_sign(x->h->hub_seed, x->h->root.fingerprint,
	    f.u.checkpoint.size, f.u.checkpoint.root, f.u.checkpoint.sig),
	    "checkpoint");
	return f;
}

static void
put_checkpoint(struct example *x)
{
	struct frame f = checkpoint_frame(x);
	struct buf note = { 0 };

	row(x, "root-fingerprint",
	    (struct span){ x->h->root.fingerprint, HASH_LEN });
	row(x, "hub-public-key", (struct span){ x->h->hub_pub, KEY_LEN });
	vectors_must(checkpoint_note(x->h->hub_pub, x->h->root.fingerprint,
	    f.u.checkpoint.size, f.u.checkpoint.root, f.u.checkpoint.sig,
	    &note), "note");
	row(x, "checkpoint-note", buf_span(&note));
	frame_row(x, "checkpoint", &f, NULL);
	buf_free(&note);
}

/* The first entry of the secretary's first log, as it stands in leaf 2. */
static void
put_claim(struct example *x)
{
	const struct history_leaf *l = &x->h->leaves[2];
	struct entry e = { .ops = NULL };
	struct buf bytes = { 0 };

	row(x, "claim-entry", buf_span(&l->entries));
	vectors_must(entry_parse(buf_span(&l->entries), &e), "claim");
	buf_put(&bytes, "nguon1/claim\0\0\0\0", TAG_LEN);
	buf_put(&bytes, x->h->root.fingerprint, HASH_LEN);
	buf_put(&bytes, e.ops[1].subject, ID_LEN);
	buf_put(&bytes, x->secretary.pub, KEY_LEN);
	buf_put(&bytes, x->secretary.box_pub, KEY_LEN);
	buf_put(&bytes, x->secretary.transport_pub, KEY_LEN);
	buf_put(&bytes, x->claim->salt, SALT_LEN);
	row(x, "claim-signed-bytes", buf_span(&bytes));
	entry_free(&e);
	buf_free(&bytes);
}

/* The envelope, without compression. */
static void
put_request(struct example *x)
{
	struct frame have = { .type = FRAME_HAVE }, f = segment_frame(x);
	struct mac_context c;
	const uint8_t head[] = { 1, 1, 0 }, number[] = { 0, 0, 0, 7 };
	uint8_t mac[MAC_LEN];
	struct buf payload = { 0 }, body = { 0 };

	have.u.have.size = 4;
	have.u.have.max_bytes = 1048576;
	frame_row(x, NULL, &have, &payload);
	frame_row(x, NULL, &f, &payload);
	memcpy(c.root_fpr, x->h->root.fingerprint, HASH_LEN);
	chain_key_id(x->h->hub_pub, c.hub_key_id);
	memcpy(c.device, x->secretary.id, ID_LEN);
	vectors_must(message_mac_key(x->secretary.transport_secret,
	    x->h->hub_box_pub, x->secretary.transport_pub, x->h->hub_box_pub,
	    c.mac_key), "mac key");
	row(x, "transport-secret",
	    (struct span){ x->secretary.transport_secret, KEY_LEN });
	row(x, "hub-box-key", (struct span){ x->h->hub_box_pub, KEY_LEN });
	row(x, "mac-key", (struct span){ c.mac_key, KEY_LEN });
	row(x, "hub-key-id", (struct span){ c.hub_key_id, ID_LEN });
	row(x, "device-id", (struct span){ c.device, ID_LEN });
	crypto_keyed("nguon1/mac", (struct span){ c.mac_key, KEY_LEN },
	    (const struct span[]){ { c.root_fpr, HASH_LEN },
	    { c.hub_key_id, ID_LEN }, { c.device, ID_LEN }, { number, 4 },
	    { head, 3 }, buf_span(&payload) }, 6, mac, MAC_LEN);
	buf_put(&body, head, sizeof head);
	buf_put(&body, c.root_fpr, 8);
	buf_put(&body, c.device, 8);
	buf_put(&body, number, sizeof number);
	buf_put(&body, mac, MAC_LEN);
	buf_put(&body, payload.p, payload.n);
	vectors_must(buf_err(&body), "request");
	row(x, "sync-request", buf_span(&body));
	buf_free(&payload);
	buf_free(&body);
}

/* Verdict, receipt, checkpoint, next. */
static void
put_response(struct example *x)
{
	const struct history_leaf *l = &x->h->leaves[4];
	struct frame verdict = { .type = FRAME_VERDICT },
	    receipt = { .type = FRAME_RECEIPT }, next = { .type = FRAME_NEXT };
	struct frame checkpoint = checkpoint_frame(x);
	struct buf body = { 0 };

	buf_put_u8(&body, 1);
	buf_put_u8(&body, 0);
	memcpy(verdict.u.verdict.log, l->log, ID_LEN);
	verdict.u.verdict.seq = l->first;
	memcpy(verdict.u.verdict.hash, l->head, HASH_LEN);
	frame_row(x, NULL, &verdict, &body);
	receipt.u.receipt.index = 4;
	receipt.u.receipt.time_ms = l->time_ms;
	memcpy(receipt.u.receipt.log, l->log, ID_LEN);
	receipt.u.receipt.first = receipt.u.receipt.last = l->first;
	frame_row(x, NULL, &receipt, &body);
	frame_row(x, NULL, &checkpoint, &body);
	next.u.next.wait_s = 30;
	frame_row(x, NULL, &next, &body);
	row(x, "sync-response", buf_span(&body));
	buf_free(&body);
}

static void
put_packet(struct example *x)
{
	struct packet_header header = { .type = PACKET_EXCHANGE,
		.created_ms = x->h->now_ms };
	struct frame f = segment_frame(x);
	struct buf frame = { 0 }, file = { 0 };
	struct packet_writer *w;

	memcpy(header.root_fpr, x->h->root.fingerprint, HASH_LEN);
	memcpy(header.sender, x->secretary.id, ID_LEN);
	w = packet_writer_new(&header, &file);
	frame_row(x, NULL, &f, &frame);
	vectors_must(packet_put(w, buf_span(&frame), &file), "packet");
	vectors_must(packet_end(w, &file), "packet");
	row(x, "packet", buf_span(&file));
	packet_writer_free(w);
	buf_free(&frame);
	buf_free(&file);
}

void
vectors_example(struct buf *out, unsigned which)
{
	struct example x = { .out = out };

	(void)which;
	write_history(&x);
	vectors_note(out, "The pieces of SPEC.md section 14, the worked"
	    " example.");
	vectors_table(out, "pieces | name | expected | bytes");
	put_entry(&x);
	put_leaf(&x);
	put_checkpoint(&x);
	put_claim(&x);
	put_request(&x);
	put_response(&x);
	put_packet(&x);
	history_log_free(x.office);
	history_log_free(x.claim);
	history_log_free(x.cell);
	history_free(x.h);
	buf_free(&x.entry);
}
