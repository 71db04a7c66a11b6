/* SPDX-License-Identifier: Apache-2.0 */
/*
 * field_map.c -- the map field number -> value of an op or part.
 */
#include "protocol/field_map.h"

#include <stdlib.h>
#include <string.h>

#include "protocol/limits.h"
#include "protocol/utf8.h"

enum { REF_ITEMS = 3 };

err
field_map_get(struct span map, uint64_t number, struct span *ret_raw)
{
	struct codec_reader r = codec_reader(map);
	struct span raw;
	uint64_t key;
	uint32_t pairs;
	err rc;

	if (map.n == 0)
		return ERR_ABSENT;
	if ((rc = codec_read_map(&r, &pairs)) != ERR_OK)
		return rc;
	for (uint32_t i = 0; i < pairs; i++) {
		if ((rc = codec_read_uint(&r, &key)) != ERR_OK)
			return rc;
		if (key > number)
			break;	/* keys ascend */
		if ((rc = codec_read_value(&r, &raw)) != ERR_OK)
			return rc;
		if (key == number) {
			*ret_raw = raw;
			return ERR_OK;
		}
	}
	return ERR_ABSENT;
}

/* A reader that stands at the value of a field. */
static err
value_reader(struct span map, uint64_t number, struct codec_reader *ret)
{
	struct span raw;
	err rc = field_map_get(map, number, &raw);

	if (rc == ERR_OK)
		*ret = codec_reader(raw);
	return rc;
}

err
field_map_uint(struct span map, uint64_t number, uint64_t *ret)
{
	struct codec_reader r;
	err rc = value_reader(map, number, &r);

	return rc != ERR_OK ? rc : codec_read_uint(&r, ret);
}

err
field_map_int(struct span map, uint64_t number, int64_t *ret)
{
	struct codec_reader r;
	err rc = value_reader(map, number, &r);

	return rc != ERR_OK ? rc : codec_read_int(&r, ret);
}

err
field_map_bool(struct span map, uint64_t number, bool *ret)
{
	struct codec_reader r;
	err rc = value_reader(map, number, &r);

	return rc != ERR_OK ? rc : codec_read_bool(&r, ret);
}

err
field_map_text(struct span map, uint64_t number, struct span *ret)
{
	struct codec_reader r;
	err rc = value_reader(map, number, &r);

	return rc != ERR_OK ? rc : codec_read_text(&r, ret);
}

err
field_map_fixed(struct span map, uint64_t number, size_t n,
    const uint8_t **ret_p)
{
	struct codec_reader r;
	err rc = value_reader(map, number, &r);

	return rc != ERR_OK ? rc : codec_read_fixed(&r, n, ret_p);
}

err
field_map_ref(struct span map, uint64_t number, struct op_ref *ret)
{
	struct span raw;
	err rc = field_map_get(map, number, &raw);

	return rc != ERR_OK ? rc : field_value_ref(raw, ret);
}

err
field_map_entry_ref(struct span map, uint64_t number, struct entry_ref *ret)
{
	struct span raw;
	err rc = field_map_get(map, number, &raw);

	return rc != ERR_OK ? rc : field_value_entry_ref(raw, ret);
}

bool
field_map_lists(struct span map, uint64_t number, uint64_t wanted)
{
	struct codec_reader r;
	uint64_t v;
	uint32_t count;

	if (value_reader(map, number, &r) != ERR_OK ||
	    codec_read_array(&r, &count) != ERR_OK)
		return false;
	for (uint32_t i = 0; i < count; i++) {
		if (codec_read_uint(&r, &v) != ERR_OK)
			return false;
		if (v == wanted)
			return true;
	}
	return false;
}

/* The array header, log id and seq that both kinds of reference share. */
static err
read_ref_head(struct codec_reader *r, const uint8_t **ret_log,
    uint64_t *ret_seq)
{
	uint32_t count;
	err rc;

	if ((rc = codec_read_array(r, &count)) != ERR_OK)
		return rc;
	if (count != REF_ITEMS)
		return ERR_FORMAT;
	if ((rc = codec_read_fixed(r, ID_LEN, ret_log)) != ERR_OK)
		return rc;
	return codec_read_uint(r, ret_seq);
}

err
field_value_ref(struct span raw, struct op_ref *ret)
{
	struct codec_reader r = codec_reader(raw);
	const uint8_t *log;
	uint64_t seq, op;
	err rc;

	if ((rc = read_ref_head(&r, &log, &seq)) != ERR_OK)
		return rc;
	if ((rc = codec_read_uint(&r, &op)) != ERR_OK)
		return rc;
	if (op >= LIMIT_ENTRY_OPS || !codec_at_end(&r))
		return ERR_FORMAT;
	memcpy(ret->log, log, ID_LEN);
	ret->seq = seq;
	ret->op = (uint8_t)op;
	return ERR_OK;
}

err
field_value_entry_ref(struct span raw, struct entry_ref *ret)
{
	struct codec_reader r = codec_reader(raw);
	const uint8_t *log, *hash;
	uint64_t seq;
	err rc;

	if ((rc = read_ref_head(&r, &log, &seq)) != ERR_OK)
		return rc;
	if ((rc = codec_read_fixed(&r, HASH_LEN, &hash)) != ERR_OK)
		return rc;
	if (!codec_at_end(&r))
		return ERR_FORMAT;
	memcpy(ret->log, log, ID_LEN);
	ret->seq = seq;
	memcpy(ret->hash, hash, HASH_LEN);
	return ERR_OK;
}

/*
 * Invariants:
 * 1. slots[0..count) are ascending by number, each number once.
 * 2. the value of a slot is values.p[at .. at + n); what was replaced stays
 *    in values and is of no slot.
 */
struct field_draft {
	struct buf values;
	struct slot {
		uint64_t number;
		size_t at;
		size_t n;
	} slots[LIMIT_OP_FIELDS];
	uint32_t count;
	err failed;		/* the first error; ERR_OK */
};

static const struct codec_bounds value_bounds = {
	.depth = LIMIT_ENTRY_DEPTH - 4,	/* entry, ops, op, map */
	.items = LIMIT_SCOPES,
	.values = LIMIT_ENTRY_VALUES,
	.text_bytes = LIMIT_TEXT_BYTES,
	.bin_bytes = LIMIT_BIN_BYTES,
};

struct field_draft *
field_draft_new(void)
{
	return calloc(1, sizeof(struct field_draft));
}

void
field_draft_free(struct field_draft *d)
{
	if (d == NULL)
		return;
	buf_free(&d->values);
	free(d);
}

static void
fail(struct field_draft *d, err why)
{
	if (d->failed == ERR_OK)
		d->failed = why;
}

/* The bytes of values from `at` on become the value of a field. */
static void
set(struct field_draft *d, uint64_t number, size_t at)
{
	struct slot fresh = { number, at, d->values.n - at };
	uint32_t i = d->count;

	if (buf_err(&d->values) != ERR_OK) {
		fail(d, buf_err(&d->values));
		return;
	}
	while (i > 0 && d->slots[i - 1].number >= number)
		i--;
	if (i < d->count && d->slots[i].number == number) {
		d->slots[i] = fresh;
		return;
	}
	if (d->count == LIMIT_OP_FIELDS) {
		fail(d, ERR_LIMIT);
		return;
	}
	memmove(&d->slots[i + 1], &d->slots[i],
	    (d->count - i) * sizeof d->slots[0]);
	d->slots[i] = fresh;
	d->count++;
}

void
field_draft_put_uint(struct field_draft *d, uint64_t number, uint64_t v)
{
	size_t at = d->values.n;

	codec_put_uint(&d->values, v);
	set(d, number, at);
}

void
field_draft_put_int(struct field_draft *d, uint64_t number, int64_t v)
{
	size_t at = d->values.n;

	codec_put_int(&d->values, v);
	set(d, number, at);
}

void
field_draft_put_bool(struct field_draft *d, uint64_t number, bool v)
{
	size_t at = d->values.n;

	codec_put_bool(&d->values, v);
	set(d, number, at);
}

void
field_draft_put_text(struct field_draft *d, uint64_t number, struct span v)
{
	size_t at = d->values.n;

	if (v.n > LIMIT_TEXT_BYTES) {
		fail(d, ERR_LIMIT);
		return;
	}
	if (!utf8_lawful(v)) {
		fail(d, ERR_FORMAT);
		return;
	}
	codec_put_text(&d->values, v);
	set(d, number, at);
}

void
field_draft_put_bin(struct field_draft *d, uint64_t number, struct span v)
{
	size_t at = d->values.n;

	if (v.n > LIMIT_BIN_BYTES) {
		fail(d, ERR_LIMIT);
		return;
	}
	codec_put_bin(&d->values, v);
	set(d, number, at);
}

void
field_draft_put_ref(struct field_draft *d, uint64_t number,
    const struct op_ref *v)
{
	size_t at = d->values.n;

	codec_put_array(&d->values, REF_ITEMS);
	codec_put_bin(&d->values, (struct span){ v->log, ID_LEN });
	codec_put_uint(&d->values, v->seq);
	codec_put_uint(&d->values, v->op);
	set(d, number, at);
}

void
field_draft_put_entry_ref(struct field_draft *d, uint64_t number,
    const struct entry_ref *v)
{
	size_t at = d->values.n;

	codec_put_array(&d->values, REF_ITEMS);
	codec_put_bin(&d->values, (struct span){ v->log, ID_LEN });
	codec_put_uint(&d->values, v->seq);
	codec_put_bin(&d->values, (struct span){ v->hash, HASH_LEN });
	set(d, number, at);
}

void
field_draft_put_raw(struct field_draft *d, uint64_t number, struct span raw)
{
	size_t at = d->values.n;
	err rc = codec_scan(raw, &value_bounds, NULL);

	if (rc != ERR_OK) {
		fail(d, rc);
		return;
	}
	buf_put(&d->values, raw.p, raw.n);
	set(d, number, at);
}

uint32_t
field_draft_count(const struct field_draft *d)
{
	return d->count;
}

void
field_draft_put_numbers(struct field_draft *d, uint64_t number,
    const struct field_draft *of)
{
	size_t at = d->values.n;

	if (of == NULL || of->count == 0)
		return;
	/* of may be d itself: its slots change only in set */
	codec_put_array(&d->values, of->count);
	for (uint32_t i = 0; i < of->count; i++)
		codec_put_uint(&d->values, of->slots[i].number);
	set(d, number, at);
}

err
field_draft_encode(const struct field_draft *d, struct buf *out)
{
	size_t start = out->n;

	if (d->failed != ERR_OK)
		return d->failed;
	codec_put_map(out, d->count);
	for (uint32_t i = 0; i < d->count; i++) {
		codec_put_uint(out, d->slots[i].number);
		buf_put(out, d->values.p + d->slots[i].at, d->slots[i].n);
	}
	if (buf_err(out) != ERR_OK)
		out->n = start;
	return buf_err(out);
}
