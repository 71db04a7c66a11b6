/* SPDX-License-Identifier: Apache-2.0 */
/* little_hub.c -- see the header. */
#include "tests/support/little_hub.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/store/outbox.h"
#include "protocol/checkpoint.h"
#include "protocol/frame.h"
#include "tests/support/temp_folder.h"

static const char *const steps[] = {
#include "daemon/cell/schema.sql.h"
};
static const struct sqlite_schema exchange_schema = { 0x4e677865, steps, 1 };

static void
need(err rc, const char *what)
{
	if (rc == ERR_OK)
		return;
	fprintf(stderr, "little_hub: %s: %s\n", what, err_name(rc));
	abort();
}

static struct span
text(const char *s)
{
	return (struct span){ (const uint8_t *)s, strlen(s) };
}

void
little_hub_open(struct little_hub *h)
{
	memset(h, 0, sizeof *h);
	need(crypto_start(), "crypto");
	world_actor("root", &h->root);
	world_actor("hub", &h->hub);
	chain_root_fingerprint(h->root.pub, h->fpr);
	crypto_sha256(NULL, 0, h->empty_root);
	h->ledger = ledger_new(h->fpr, NULL);
	h->time_ms = UINT64_C(1700000000000);
	if (h->ledger == NULL)
		need(ERR_NOMEM, "ledger");
}

void
little_hub_close(struct little_hub *h)
{
	for (size_t i = 0; i < h->count; i++)
		buf_free(&h->leaves[i].frame);
	free(h->leaves);
	ledger_free(h->ledger);
	world_log_free(&h->root_log);
}

/* ---- admitting */

static void
admit(struct little_hub *h, const struct segment *s)
{
	enum reason reason = REASON_ADMITTED;
	struct little_leaf *leaf;
	struct frame f = { .type = FRAME_LEAF };

	h->leaves = realloc(h->leaves, (h->count + 1) * sizeof *leaf);
	if (h->leaves == NULL)
		need(ERR_NOMEM, "leaf");
	leaf = &h->leaves[h->count];
	memset(leaf, 0, sizeof *leaf);
	h->time_ms += 1000;
	need(ledger_admit(h->ledger, s, h->time_ms, NULL, NULL, &reason,
	    &leaf->inner, leaf->scope), "admit");
	if (reason != REASON_ADMITTED)
		fprintf(stderr, "little_hub: refused: %s\n",
		    reason_name(reason));
	need(reason_err(reason), "admit");
	memcpy(leaf->author, ledger_log(h->ledger, s->log)->author, KEY_LEN);
	f.u.leaf.index = h->count++;
	f.u.leaf.time_ms = h->time_ms;
	memcpy(f.u.leaf.scope, leaf->scope, SCOPE_LEN);
	f.u.leaf.segment = *s;
	frame_put(&leaf->frame, &f);
	need(buf_err(&leaf->frame), "frame");
}

struct admitting {
	struct little_hub *h;
	struct outbox *o;
};

static err
admit_log(void *ctx, const struct outbox_log *log)
{
	struct admitting *a = ctx;
	struct buf bytes = { 0 };
	struct segment s;
	uint64_t after = log->admitted_seq;
	const struct log_head *head = ledger_log(a->h->ledger, log->log);
	err rc;

	if (head != NULL && head->seq > after)
		after = head->seq;
	while ((rc = outbox_segment(a->o, log->log, after, 65536, &bytes,
	    &s)) == ERR_OK) {
		admit(a->h, &s);
		after = segment_last(&s);
	}
	buf_free(&bytes);
	return rc == ERR_ABSENT ? ERR_OK : rc;
}

void
little_hub_admit(struct little_hub *h, const char *dir)
{
	struct admitting a = { .h = h };

	need(outbox_open(dir, &a.o), "outbox");
	need(outbox_logs(a.o, admit_log, &a), "outbox logs");
	outbox_close(a.o);
}

/* ---- serving */

struct sqlite *
little_hub_exchange(const char *dir)
{
	static const char *const names[] = {
		"exchange.db", "exchange.db-wal", "exchange.db-shm",
	};
	struct sqlite *ex = NULL;

	for (size_t i = 0; i < 3; i++)
		(void)unlink(temp_folder_path(dir, names[i]));
	need(sqlite_open(temp_folder_path(dir, names[0]), SQLITE_MODE_CREATE,
	    &exchange_schema, &ex), "exchange");
	return ex;
}

void
little_hub_put(struct sqlite *ex, uint64_t idx, uint64_t count,
    struct span frame)
{
	struct sqlite_stmt *st = NULL;

	need(sqlite_get(ex, "INSERT OR REPLACE INTO incoming"
	    " (idx, count, frame) VALUES (?, ?, ?)", &st), "incoming");
	sqlite_bind_u64(st, 1, idx);
	sqlite_bind_u64(st, 2, count);
	sqlite_bind_blob(st, 3, frame);
	need(sqlite_run(st), "incoming");
}

static void
receipt(const struct little_leaf *leaf, uint64_t idx, struct frame *f)
{
	f->type = FRAME_RECEIPT;
	f->u.receipt.index = idx;
	f->u.receipt.time_ms = leaf->inner.time_ms;
	memcpy(f->u.receipt.log, leaf->inner.log, ID_LEN);
	f->u.receipt.first = leaf->inner.first;
	f->u.receipt.last = leaf->inner.last;
}

void
little_hub_put_leaf(struct little_hub *h, struct sqlite *ex,
    const struct store *s, uint64_t idx)
{
	const struct little_leaf *leaf = &h->leaves[idx];
	uint8_t id[ID_LEN], data[TREE_LEAF_LEN];
	struct frame f = { 0 };
	struct buf out = { 0 };

	chain_key_id(leaf->author, id);
	if (memcmp(id, store_device(s), ID_LEN) == 0) {
		receipt(leaf, idx, &f);
	} else if (chain_scope_kind(leaf->scope) == SCOPE_ROOT ||
	    store_covers(s, leaf->scope)) {
		little_hub_put(ex, idx, 1, buf_span(&leaf->frame));
		return;
	} else {
		f.type = FRAME_LEAVES;
		f.u.leaves.index = idx;
		memcpy(data, leaf->scope, SCOPE_LEN);
		tree_inner_hash(&leaf->inner, data + SCOPE_LEN);
		f.u.leaves.data = (struct span){ data, sizeof data };
	}
	frame_put(&out, &f);
	need(buf_err(&out), "frame");
	little_hub_put(ex, idx, 1, buf_span(&out));
	buf_free(&out);
}

void
little_hub_put_checkpoint(struct little_hub *h, struct sqlite *ex,
    uint64_t size, const uint8_t *root, const uint8_t *seed)
{
	struct sqlite_stmt *st = NULL;
	uint8_t mine[HASH_LEN], sig[SIG_LEN];

	if (root == NULL) {
		need(ledger_root_at(h->ledger, size, mine), "root");
		root = mine;
	}
	need(checkpoint_sign(seed != NULL ? seed : h->hub.seed, h->fpr, size,
	    root, sig), "checkpoint");
	need(sqlite_get(ex, "INSERT OR REPLACE INTO checkpoint"
	    " (size, root, sig) VALUES (?, ?, ?)", &st), "checkpoint");
	sqlite_bind_u64(st, 1, size);
	sqlite_bind_blob(st, 2, (struct span){ root, HASH_LEN });
	sqlite_bind_blob(st, 3, (struct span){ sig, SIG_LEN });
	need(sqlite_run(st), "checkpoint");
}

void
little_hub_serve(struct little_hub *h, struct store *s, uint64_t size)
{
	struct sqlite *ex = little_hub_exchange(store_dir(s));

	for (uint64_t i = 0; i < size; i++)
		little_hub_put_leaf(h, ex, s, i);
	if (size > 0)
		little_hub_put_checkpoint(h, ex, size, NULL, NULL);
	sqlite_close(ex);
}

struct take_in
little_hub_take(struct little_hub *h, struct store *s)
{
	struct take_in sum;

	little_hub_serve(h, s, h->count);
	need(store_take_in(s, &sum), "take in");
	if (sum.alarmed) {
		fprintf(stderr, "little_hub: alarm %s\n", sum.alarm_code);
		abort();
	}
	return sum;
}

struct take_in
little_hub_sync(struct little_hub *h, struct store *s)
{
	little_hub_admit(h, store_dir(s));
	return little_hub_take(h, s);
}

/* ---- devices */

static void
fill_new(struct little_hub *h, const char *dir, struct device_keys *keys,
    struct store_new *n)
{
	*n = (struct store_new){
		.dir = dir, .keys = keys, .passphrase = text(LITTLE_HUB_PASS),
		.holder_name = text(LITTLE_HUB_HOLDER),
	};
	memcpy(n->root_fpr, h->fpr, HASH_LEN);
	memcpy(n->root_pub, h->root.pub, KEY_LEN);
}

struct store *
little_hub_commune(struct little_hub *h, const char *dir)
{
	struct device_keys *keys = key_file_generate();
	struct actor device = { 0 };
	struct store_new n;
	struct segment root;
	struct store *s = NULL;

	if (keys == NULL)
		abort();
	memcpy(device.seed, keys->sign_seed, KEY_LEN);
	memcpy(device.pub, keys->sign_pub, KEY_LEN);
	memcpy(device.id, keys->device, ID_LEN);
	memcpy(device.box_pub, keys->box_pub, KEY_LEN);
	need(key_file_transport_new(dir, device.transport_pub), "transport");
	world_init(&h->root_log, &h->root, &h->hub, &device, h->time_ms);
	world_segment(&h->root_log, 1, 1, &root);
	admit(h, &root);
	fill_new(h, dir, keys, &n);
	need(store_create_commune(&n, &root, &s), "create");
	key_file_free(keys);
	return s;
}

static void
write_invite(struct store *office, const struct invite_keys *invite,
    const struct invite_body *body, enum role role,
    const uint8_t (*scopes)[SCOPE_LEN], uint32_t count, struct buf *fields)
{
	struct store_op op = { .kind = KIND_INVITE };
	struct buf list = { 0 }, part = { 0 };

	op.fields = field_draft_new();
	memcpy(op.subject, invite->id, ID_LEN);
	codec_put_array(&list, count);
	for (uint32_t i = 0; i < count; i++)
		codec_put_bin(&list, (struct span){ scopes[i], SCOPE_LEN });
	field_draft_put_bin(op.fields, FIELD_INVITE_KEY,
	    (struct span){ invite->pub, KEY_LEN });
	field_draft_put_uint(op.fields, FIELD_ROLE, role);
	field_draft_put_raw(op.fields, FIELD_SCOPES, buf_span(&list));
	need(field_draft_encode(op.fields, fields), "invite");
	need(invite_seal(invite, buf_span(fields), body, &part), "seal");
	op.key_part = buf_span(&part);
	need(store_write(office, scope_root, &op, 1, NULL, 0, NULL), "invite");
	field_draft_free(op.fields);
	buf_free(&list);
	buf_free(&part);
}

struct store *
little_hub_join(struct little_hub *h, struct store *office, const char *dir,
    enum role role, const uint8_t (*scopes)[SCOPE_LEN], uint32_t count)
{
	struct device_keys *keys = key_file_generate();
	uint8_t secret[INVITE_SECRET_LEN];
	struct cell_key cells[8];
	struct invite_body body = { .keys = cells };
	struct invite_keys invite;
	struct buf fields = { 0 };
	struct store_new n;
	struct store *s = NULL;

	memcpy(body.root_pub, h->root.pub, KEY_LEN);
	memcpy(body.recovery_pub, h->root.box_pub, KEY_LEN);
	memcpy(body.hub_sign_pub, h->hub.pub, KEY_LEN);
	memcpy(body.hub_box_pub, h->hub.box_pub, KEY_LEN);
	body.address = text("https://xa.example:8443");
	for (uint32_t i = 0; i < count; i++)
		if (store_key_current(office, scopes[i],
		    &cells[body.key_count]) == ERR_OK)
			body.key_count++;
	crypto_random(secret, sizeof secret);
	invite_derive(secret, &invite);
	write_invite(office, &invite, &body, role, scopes, count, &fields);
	fill_new(h, dir, keys, &n);
	need(store_claim(&n, &invite, buf_span(&fields), &body, &s), "claim");
	key_file_free(keys);
	buf_free(&fields);
	return s;
}
