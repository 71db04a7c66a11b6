/* SPDX-License-Identifier: Apache-2.0 */
#include "client/records/report_compare_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/store/clock.h"

static const char magic[] = "nguon-compare";

enum { FILE_KEYS = 12, LOG_ITEMS = 8, OP_ITEMS = 4, ROW_ITEMS = 3 };

void
report_compare_free(struct compare_side *side)
{
	if (side == NULL)
		return;
	for (size_t i = 0; side->logs != NULL && i < side->log_count; i++)
		free(side->logs[i].ops);
	free(side->logs);
	free(side->rows);
	free(side->scopes);
	free(side);
}

/* ---- what this device has: heads */

struct heads {
	struct compare_side *side;
	size_t cap;
};

static struct compare_log *
log_of(struct heads *h, const struct store_entry *e)
{
	struct compare_side *side = h->side;
	struct compare_log *last = side->log_count == 0 ? NULL :
	    &side->logs[side->log_count - 1];

	if (last != NULL && memcmp(last->log, e->place.log, ID_LEN) == 0)
		return last;
	if (side->log_count == h->cap) {
		size_t cap = h->cap == 0 ? 32 : 2 * h->cap;
		struct compare_log *more = realloc(side->logs,
		    cap * sizeof *more);
		if (more == NULL)
			return NULL;
		side->logs = more;
		h->cap = cap;
	}
	if (side->logs == NULL)
		return NULL;
	last = &side->logs[side->log_count++];
	memset(last, 0, sizeof *last);
	memcpy(last->log, e->place.log, ID_LEN);
	memcpy(last->scope, e->place.scope, SCOPE_LEN);
	chain_key_id(e->place.author, last->device);
	return last;
}

/* An entry begins with seen and its time. */
static uint64_t
time_of(struct span entry)
{
	struct codec_reader r = codec_reader(entry);
	uint64_t seen, time_ms;
	uint32_t items;

	return codec_read_array(&r, &items) == ERR_OK &&
	    codec_read_uint(&r, &seen) == ERR_OK &&
	    codec_read_uint(&r, &time_ms) == ERR_OK ? time_ms : 0;
}

static err
add_head(void *ctx, const struct store_entry *e)
{
	struct compare_log *log = log_of(ctx, e);

	if (log == NULL)
		return ERR_NOMEM;
	log->seq = e->place.seq;
	log->time_ms = time_of(e->bytes);
	memcpy(log->hash, e->hash, HASH_LEN);
	if (e->place.leaf != ROSTER_NO_LEAF)
		log->received = e->place.seq;
	return ERR_OK;
}

static int
compare_logs(const void *pa, const void *pb)
{
	const struct compare_log *a = pa, *b = pb;

	return memcmp(a->log, b->log, ID_LEN);
}

const struct compare_log *
report_compare_log(const struct compare_side *side,
    const uint8_t log[static ID_LEN])
{
	struct compare_log key;

	memcpy(key.log, log, ID_LEN);
	return side->log_count == 0 ? NULL : bsearch(&key, side->logs,
	    side->log_count, sizeof key, compare_logs);
}

/* ---- its ops */

struct taking {
	struct compare_side *side;
	const uint64_t *after;
	struct entry entry;
};

static err
put_ops(struct compare_log *log, const struct store_entry *e,
    const struct entry *entry)
{
	size_t count = log->op_count + entry->op_count;
	struct compare_op *more;

	if (count > COMPARE_OPS_MAX)
		return ERR_OK;
	more = realloc(log->ops, count * sizeof *more);
	if (more == NULL)
		return ERR_NOMEM;
	log->ops = more;
	for (uint32_t i = 0; i < entry->op_count; i++) {
		struct compare_op *op = &log->ops[log->op_count++];

		op->seq = e->place.seq;
		op->time_ms = entry->time_ms;
		op->kind = entry->ops[i].kind;
		memcpy(op->subject, entry->ops[i].subject, ID_LEN);
	}
	return ERR_OK;
}

static err
add_ops(void *ctx, const struct store_entry *e)
{
	struct taking *t = ctx;
	const struct compare_log *found = report_compare_log(t->side,
	    e->place.log);
	struct compare_log *log;
	err rc;

	if (found == NULL)
		return ERR_OK;
	log = &t->side->logs[found - t->side->logs];
	if (e->place.seq <= t->after[found - t->side->logs])
		return ERR_OK;
	rc = entry_parse(e->bytes, &t->entry);
	return rc == ERR_OK ? put_ops(log, e, &t->entry) : rc;
}

err
report_compare_take_ops(struct store *s, struct compare_side *side,
    const uint64_t *after)
{
	struct taking t = { .side = side, .after = after };
	err rc = store_each_entry(s, NULL, add_ops, &t);

	entry_free(&t.entry);
	return rc;
}

/* The newest of each log, for the file. */
static err
take_newest(struct store *s, struct compare_side *side)
{
	uint64_t *after = calloc(side->log_count + 1, sizeof *after);
	err rc;

	if (after == NULL)
		return ERR_NOMEM;
	for (size_t i = 0; i < side->log_count; i++)
		if (side->logs[i].seq > COMPARE_OPS)
			after[i] = side->logs[i].seq - COMPARE_OPS;
	rc = report_compare_take_ops(s, side, after);
	free(after);
	for (size_t i = 0; rc == ERR_OK && i < side->log_count; i++) {
		struct compare_log *log = &side->logs[i];
		size_t drop = log->op_count > COMPARE_OPS ?
		    log->op_count - COMPARE_OPS : 0;

		if (drop == 0)
			continue;
		memmove(log->ops, log->ops + drop,
		    COMPARE_OPS * sizeof *log->ops);
		log->op_count = COMPARE_OPS;
	}
	return rc;
}

/* ---- its figures and itself */

static err
add_rows(struct store *s, const struct period *p, struct compare_side *side)
{
	struct report *r = NULL;
	size_t total = 0;
	err rc = report_make(s, p, NULL, &r);

	for (size_t i = 0; rc == ERR_OK && i < r->count; i++)
		total += r->blocks[i].count;
	if (rc == ERR_OK && total > COMPARE_FIGURES_MAX)
		rc = ERR_LIMIT;
	if (rc == ERR_OK) {
		side->rows = calloc(total + 1, sizeof *side->rows);
		if (side->rows == NULL)
			rc = ERR_NOMEM;
	}
	for (size_t i = 0; rc == ERR_OK && i < r->count; i++)
		for (size_t k = 0; k < r->blocks[i].count; k++) {
			struct compare_row *row =
			    &side->rows[side->row_count++];
			const struct figure_row *f = &r->blocks[i].rows[k];

			(void)snprintf(row->scope, sizeof row->scope, "%s",
			    report_scope(&r->blocks[i]));
			memcpy(row->name, f->name, sizeof row->name);
			memcpy(row->value, f->value, sizeof row->value);
		}
	report_free(r);
	return rc;
}

static err
add_self(struct store *s, const struct period *p, struct compare_side *side)
{
	struct certificate c = { .scope_count = 0 };

	memcpy(side->fingerprint, store_fingerprint(s), HASH_LEN);
	memcpy(side->device, store_device(s), ID_LEN);
	side->role = store_role(s);
	side->size = ledger_size(store_ledger(s));
	side->time_ms = clock_now_ms();
	side->rules = FIGURES_RULE_VERSION;
	(void)snprintf(side->period, sizeof side->period, "%s", p->text);
	/* one that only its invitation names has no scopes to tell yet */
	if (roster_by_device(store_roster(s), side->device, &c) != ERR_OK)
		c.scope_count = 0;
	side->scopes = calloc(c.scope_count + 1, SCOPE_LEN);
	if (side->scopes == NULL)
		return ERR_NOMEM;
	for (size_t i = 0; i < c.scope_count; i++)
		memcpy(side->scopes[i], c.scopes[i], SCOPE_LEN);
	side->scope_count = c.scope_count;
	return ERR_OK;
}

err
report_compare_heads(struct store *s, const struct period *p,
    struct compare_side **ret)
{
	struct heads h = { .side = calloc(1, sizeof *h.side) };
	err rc = h.side == NULL ? ERR_NOMEM : add_self(s, p, h.side);

	if (rc == ERR_OK)
		rc = add_rows(s, p, h.side);
	if (rc == ERR_OK)
		rc = store_each_entry(s, NULL, add_head, &h);
	if (rc == ERR_OK && h.side->log_count > 1)
		qsort(h.side->logs, h.side->log_count, sizeof *h.side->logs,
		    compare_logs);
	if (rc != ERR_OK) {
		report_compare_free(h.side);
		return rc;
	}
	*ret = h.side;
	return ERR_OK;
}

err
report_compare_side(struct store *s, const struct period *p,
    struct compare_side **ret)
{
	struct compare_side *side = NULL;
	err rc = report_compare_heads(s, p, &side);

	if (rc == ERR_OK)
		rc = take_newest(s, side);
	if (rc != ERR_OK) {
		report_compare_free(side);
		return rc;
	}
	*ret = side;
	return ERR_OK;
}

/* ---- the file */

static void
put_bytes(struct buf *out, const uint8_t *p, size_t n)
{
	codec_put_bin(out, (struct span){ p, n });
}

static void
put_log(struct buf *out, const struct compare_log *log)
{
	codec_put_array(out, LOG_ITEMS);
	put_bytes(out, log->log, ID_LEN);
	put_bytes(out, log->scope, SCOPE_LEN);
	put_bytes(out, log->device, ID_LEN);
	codec_put_uint(out, log->seq);
	put_bytes(out, log->hash, HASH_LEN);
	codec_put_uint(out, log->received);
	codec_put_uint(out, log->time_ms);
	codec_put_array(out, (uint32_t)log->op_count);
	for (size_t i = 0; i < log->op_count; i++) {
		codec_put_array(out, OP_ITEMS);
		codec_put_uint(out, log->ops[i].seq);
		codec_put_uint(out, log->ops[i].time_ms);
		codec_put_uint(out, log->ops[i].kind);
		put_bytes(out, log->ops[i].subject, ID_LEN);
	}
}

static void
put_head(struct buf *out, const struct compare_side *side)
{
	codec_put_map(out, FILE_KEYS);
	codec_put_uint(out, 1);
	codec_put_cstr(out, magic);
	codec_put_uint(out, 2);
	codec_put_uint(out, COMPARE_VERSION);
	codec_put_uint(out, 3);
	put_bytes(out, side->fingerprint, HASH_LEN);
	codec_put_uint(out, 4);
	put_bytes(out, side->device, ID_LEN);
	codec_put_uint(out, 5);
	codec_put_uint(out, (uint64_t)side->role);
	codec_put_uint(out, 6);
	codec_put_uint(out, side->size);
	codec_put_uint(out, 7);
	codec_put_uint(out, side->time_ms);
	codec_put_uint(out, 8);
	codec_put_uint(out, side->rules);
	codec_put_uint(out, 9);
	codec_put_cstr(out, side->period);
}

err
report_compare_encode(const struct compare_side *side, struct buf *out)
{
	if (side->log_count > COMPARE_LOGS_MAX)
		return ERR_LIMIT;
	put_head(out, side);
	codec_put_uint(out, 10);
	codec_put_array(out, (uint32_t)side->scope_count);
	for (size_t i = 0; i < side->scope_count; i++)
		put_bytes(out, side->scopes[i], SCOPE_LEN);
	codec_put_uint(out, 11);
	codec_put_array(out, (uint32_t)side->log_count);
	for (size_t i = 0; i < side->log_count; i++)
		put_log(out, &side->logs[i]);
	codec_put_uint(out, 12);
	codec_put_array(out, (uint32_t)side->row_count);
	for (size_t i = 0; i < side->row_count; i++) {
		codec_put_array(out, ROW_ITEMS);
		codec_put_cstr(out, side->rows[i].scope);
		codec_put_cstr(out, side->rows[i].name);
		codec_put_cstr(out, side->rows[i].value);
	}
	return buf_err(out);
}
