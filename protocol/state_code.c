/* SPDX-License-Identifier: Apache-2.0 */
/* state_code.c -- a state as bytes of our own, and its version. */
#include "protocol/state.h"

#include <stdlib.h>
#include <string.h>

#include "protocol/codec.h"
#include "protocol/limits.h"

enum {
	CODE_VERSION = 1,
	CODE_DEPTH = 8,
	KIND_BITS = 64,
};

void
state_version(const struct state *s, uint8_t ret[static HASH_LEN])
{
	uint8_t chain[HASH_LEN] = { 0 }, head[64];

	for (size_t i = 0; i < state_count(s); i++) {
		const struct reg *r = state_at(s, i);

		for (uint32_t k = 0; k < r->count; k++) {
			const struct write *w = &r->writes[k];

			memset(head, 0, sizeof head);
			be64_put(head, r->field);
			be64_put(head + 8, w->stamp.seq);
			memcpy(head + 16, w->stamp.log, ID_LEN);
			head[32] = w->stamp.op;
			head[33] = w->unreadable;
			head[34] = r->element_len;
			be32_put(head + 35, k);
			crypto_hash32("nguon-state",
			    (const struct span[]){ { chain, sizeof chain },
				{ head, sizeof head },
				{ r->element, r->element_len }, w->value },
			    4, chain);
		}
	}
	memcpy(ret, chain, HASH_LEN);
}

/* ---- own bytes: [version, kinds, [salt], [stamp], [register]], a stamp
 * [log, seq, op, leaf or nil, line_seen, time_ms, leaf_time], a register
 * [field, section, element, [stamp number, value or nil, ...]] */

static int
stamp_compare(const void *a, const void *b)
{
	const struct stamp *x = a, *y = b;
	const uint64_t xs[] = { x->seq, x->op, x->leaf, x->line_seen,
		x->time_ms, x->leaf_time };
	const uint64_t ys[] = { y->seq, y->op, y->leaf, y->line_seen,
		y->time_ms, y->leaf_time };
	int c = memcmp(x->log, y->log, ID_LEN);

	for (size_t i = 0; c == 0 && i < sizeof xs / sizeof xs[0]; i++)
		c = (xs[i] > ys[i]) - (xs[i] < ys[i]);
	return c;
}

static uint64_t
kinds_of(const struct state *s)
{
	uint64_t kinds = 0;

	for (uint64_t k = 0; k < KIND_BITS; k++)
		if (state_has_kind(s, k))
			kinds |= UINT64_C(1) << k;
	return kinds;
}

/* Every stamp once, sorted. */
static err
stamps_collect(const struct state *s, struct stamp **ret, size_t *ret_count)
{
	struct stamp *all;
	size_t n = 0, kept = 0;

	for (size_t i = 0; i < state_count(s); i++)
		n += state_at(s, i)->count;
	all = malloc((n + 1) * sizeof *all);
	if (all == NULL)
		return ERR_NOMEM;
	n = 0;
	for (size_t i = 0; i < state_count(s); i++)
		for (uint32_t k = 0; k < state_at(s, i)->count; k++)
			all[n++] = state_at(s, i)->writes[k].stamp;
	if (n > 1)
		qsort(all, n, sizeof *all, stamp_compare);
	for (size_t i = 0; i < n; i++)
		if (kept == 0 || stamp_compare(&all[kept - 1], &all[i]) != 0)
			all[kept++] = all[i];
	*ret = all;
	*ret_count = kept;
	return ERR_OK;
}

static void
stamp_put(struct buf *out, const struct stamp *t)
{
	codec_put_array(out, 7);
	codec_put_bin(out, (struct span){ t->log, ID_LEN });
	codec_put_uint(out, t->seq);
	codec_put_uint(out, t->op);
	if (t->leaf == MERGE_NO_LEAF)
		codec_put_nil(out);
	else
		codec_put_uint(out, t->leaf);
	codec_put_uint(out, t->line_seen);
	codec_put_uint(out, t->time_ms);
	codec_put_uint(out, t->leaf_time);
}

static void
reg_put(struct buf *out, const struct reg *r, const struct stamp *stamps,
    size_t count)
{
	codec_put_array(out, 4);
	codec_put_uint(out, r->field);
	codec_put_uint(out, (uint64_t)r->section);
	codec_put_bin(out, (struct span){ r->element, r->element_len });
	codec_put_array(out, 2 * r->count);
	for (uint32_t i = 0; i < r->count; i++) {
		const struct write *w = &r->writes[i];
		const struct stamp *t = bsearch(&w->stamp, stamps, count,
		    sizeof *stamps, stamp_compare);

		codec_put_uint(out, (uint64_t)(t - stamps));
		if (w->unreadable)
			codec_put_nil(out);
		else
			codec_put_bin(out, w->value);
	}
}

err
state_encode(const struct state *s, struct buf *out)
{
	struct stamp *stamps;
	size_t count;
	err rc = stamps_collect(s, &stamps, &count);

	if (rc != ERR_OK)
		return rc;
	codec_put_array(out, 5);
	codec_put_uint(out, CODE_VERSION);
	codec_put_uint(out, kinds_of(s));
	codec_put_array(out, (uint32_t)state_salt_count(s));
	for (size_t i = 0; i < state_salt_count(s); i++)
		codec_put_bin(out, (struct span){ state_salt(s, i), SALT_LEN });
	codec_put_array(out, (uint32_t)count);
	for (size_t i = 0; i < count; i++)
		stamp_put(out, &stamps[i]);
	codec_put_array(out, (uint32_t)state_count(s));
	for (size_t i = 0; i < state_count(s); i++)
		reg_put(out, state_at(s, i), stamps, count);
	free(stamps);
	return buf_err(out);
}

static err
stamp_get(struct codec_reader *r, struct stamp *ret)
{
	enum codec_type type;
	const uint8_t *log;
	uint64_t op;
	uint32_t n;

	if (codec_read_array(r, &n) != ERR_OK || n != 7 ||
	    codec_read_fixed(r, ID_LEN, &log) != ERR_OK ||
	    codec_read_uint(r, &ret->seq) != ERR_OK ||
	    codec_read_uint(r, &op) != ERR_OK || op > UINT8_MAX ||
	    codec_peek(r, &type) != ERR_OK)
		return ERR_FORMAT;
	memcpy(ret->log, log, ID_LEN);
	ret->op = (uint8_t)op;
	ret->leaf = MERGE_NO_LEAF;
	if (type == CODEC_NIL && codec_read_nil(r) != ERR_OK)
		return ERR_FORMAT;
	if (type != CODEC_NIL && codec_read_uint(r, &ret->leaf) != ERR_OK)
		return ERR_FORMAT;
	if (codec_read_uint(r, &ret->line_seen) != ERR_OK ||
	    codec_read_uint(r, &ret->time_ms) != ERR_OK ||
	    codec_read_uint(r, &ret->leaf_time) != ERR_OK)
		return ERR_FORMAT;
	return ERR_OK;
}

static err
write_get(struct codec_reader *r, const struct stamp *stamps, uint32_t count,
    struct write *ret)
{
	enum codec_type type;
	uint64_t i;

	if (codec_read_uint(r, &i) != ERR_OK || i >= count ||
	    codec_peek(r, &type) != ERR_OK)
		return ERR_FORMAT;
	ret->stamp = stamps[i];
	ret->unreadable = type == CODEC_NIL;
	ret->value = (struct span){ NULL, 0 };
	if (ret->unreadable)
		return codec_read_nil(r);
	return codec_read_bin(r, &ret->value);
}

static bool
is_above(const struct state *s, uint64_t field, struct span element)
{
	const struct reg *last;

	if (state_count(s) == 0)
		return true;
	last = state_at(s, state_count(s) - 1);
	if (field != last->field)
		return field > last->field;
	return span_compare(element,
	    (struct span){ last->element, last->element_len }) > 0;
}

/* One register, which must be above all that are there. */
static err
reg_get(struct codec_reader *r, const struct stamp *stamps, uint32_t count,
    struct state *s)
{
	struct span element;
	struct write w;
	uint64_t field, section;
	uint32_t n;
	err rc;

	if (codec_read_array(r, &n) != ERR_OK || n != 4 ||
	    codec_read_uint(r, &field) != ERR_OK ||
	    codec_read_uint(r, &section) != ERR_OK ||
	    section > SECTION_SEALED || codec_read_bin(r, &element) != ERR_OK ||
	    element.n > ELEMENT_MAX || codec_read_array(r, &n) != ERR_OK ||
	    n == 0 || n % 2 != 0 ||
	    !is_above(s, field, element))
		return ERR_FORMAT;
	for (n /= 2; n > 0; n--) {
		if (write_get(r, stamps, count, &w) != ERR_OK)
			return ERR_FORMAT;
		rc = state_write(s, NULL, field, (enum section)section,
		    element, &w);
		if (rc != ERR_OK)
			return rc;
	}
	return ERR_OK;
}

static err
body_get(struct codec_reader *r, struct state *s, struct stamp **stamps)
{
	const uint8_t *salt;
	uint64_t kinds;
	uint32_t n, count;
	err rc;

	if (codec_read_uint(r, &kinds) != ERR_OK ||
	    codec_read_array(r, &n) != ERR_OK)
		return ERR_FORMAT;
	for (uint64_t k = 0; k < KIND_BITS; k++)
		if (kinds >> k & 1)
			state_note_kind(s, k);
	for (; n > 0; n--) {
		if (codec_read_fixed(r, SALT_LEN, &salt) != ERR_OK)
			return ERR_FORMAT;
		if ((rc = state_note_salt(s, salt)) != ERR_OK)
			return rc;
	}
	if (codec_read_array(r, &count) != ERR_OK)
		return ERR_FORMAT;
	*stamps = malloc(((size_t)count + 1) * sizeof **stamps);
	if (*stamps == NULL)
		return ERR_NOMEM;
	for (uint32_t i = 0; i < count; i++)
		if ((rc = stamp_get(r, &(*stamps)[i])) != ERR_OK)
			return rc;
	if (codec_read_array(r, &n) != ERR_OK)
		return ERR_FORMAT;
	for (; n > 0; n--)
		if ((rc = reg_get(r, *stamps, count, s)) != ERR_OK)
			return rc;
	return ERR_OK;
}

err
state_decode(struct span in, struct state **ret)
{
	static const struct codec_bounds bounds = { CODE_DEPTH, UINT32_MAX / 2,
		UINT32_MAX / 2, 0, LIMIT_ENTRY_BYTES };
	struct codec_reader r = codec_reader(in);
	struct stamp *stamps = NULL;
	struct state *s = NULL;
	uint64_t version;
	uint32_t n;
	err rc = ERR_FORMAT;

	if (codec_scan(in, &bounds, NULL) != ERR_OK ||
	    codec_read_array(&r, &n) != ERR_OK || n < 1 ||
	    codec_read_uint(&r, &version) != ERR_OK)
		return ERR_FORMAT;
	if (version != CODE_VERSION)
		return ERR_VERSION;
	if (n != 5)
		return ERR_FORMAT;
	s = state_new();
	if (s == NULL)
		return ERR_NOMEM;
	rc = body_get(&r, s, &stamps);
	if (rc != ERR_OK)
		goto out;
	*ret = s;
	s = NULL;
out:
	free(stamps);
	state_free(s);
	return rc;
}
