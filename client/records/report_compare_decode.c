/* SPDX-License-Identifier: Apache-2.0 */
/*
 * report_compare_decode.c -- a comparison file read: bytes that may be
 * anything.
 */
#include "client/records/report_compare_internal.h"

#include <stdlib.h>
#include <string.h>

static const char magic[] = "nguon-compare";

enum { FILE_KEYS = 12, LOG_ITEMS = 8, OP_ITEMS = 4, ROW_ITEMS = 3 };

static const struct codec_bounds bounds = {
	.depth = 5, .items = COMPARE_FIGURES_MAX, .values = 4000000,
	.text_bytes = 128, .bin_bytes = HASH_LEN,
};

static err
read_key(struct codec_reader *r, uint64_t want)
{
	uint64_t key;
	err rc = codec_read_uint(r, &key);

	return rc == ERR_OK && key != want ? ERR_FORMAT : rc;
}

static err
read_bytes(struct codec_reader *r, uint8_t *out, size_t n)
{
	const uint8_t *p;
	err rc = codec_read_fixed(r, n, &p);

	if (rc == ERR_OK)
		memcpy(out, p, n);
	return rc;
}

/* A text with its end; one that does not fit is ERR_LIMIT. */
static err
read_text(struct codec_reader *r, char *out, size_t size)
{
	struct span text;
	err rc = codec_read_text(r, &text);

	if (rc != ERR_OK)
		return rc;
	if (text.n >= size)
		return ERR_LIMIT;
	if (text.n > 0)
		memcpy(out, text.p, text.n);
	out[text.n] = '\0';
	return ERR_OK;
}

static err
read_items(struct codec_reader *r, uint32_t want)
{
	uint32_t items;
	err rc = codec_read_array(r, &items);

	return rc == ERR_OK && items != want ? ERR_FORMAT : rc;
}

/* How many there are, and room for them. */
static err
read_list(struct codec_reader *r, size_t most, size_t size, size_t *ret_count,
    void **ret)
{
	uint32_t items;
	err rc = codec_read_array(r, &items);

	if (rc != ERR_OK)
		return rc;
	if (items > most)
		return ERR_LIMIT;
	*ret = calloc((size_t)items + 1, size);
	if (*ret == NULL)
		return ERR_NOMEM;
	*ret_count = items;
	return ERR_OK;
}

static err
read_op(struct codec_reader *r, struct compare_op *op)
{
	err rc = read_items(r, OP_ITEMS);

	if (rc == ERR_OK)
		rc = codec_read_uint(r, &op->seq);
	if (rc == ERR_OK)
		rc = codec_read_uint(r, &op->time_ms);
	if (rc == ERR_OK)
		rc = codec_read_uint(r, &op->kind);
	return rc == ERR_OK ? read_bytes(r, op->subject, ID_LEN) : rc;
}

static err
read_ops(struct codec_reader *r, struct compare_log *log)
{
	void *ops = NULL;
	uint64_t before = 0;
	err rc = read_list(r, COMPARE_OPS_MAX, sizeof *log->ops,
	    &log->op_count, &ops);

	if (rc != ERR_OK)
		return rc;
	log->ops = ops;
	for (size_t i = 0; rc == ERR_OK && i < log->op_count; i++) {
		rc = read_op(r, &log->ops[i]);
		if (rc == ERR_OK && (log->ops[i].seq < before ||
		    log->ops[i].seq > log->seq))
			rc = ERR_FORMAT;
		before = log->ops[i].seq;
	}
	return rc;
}

static err
read_log(struct codec_reader *r, struct compare_log *log)
{
	err rc = read_items(r, LOG_ITEMS);

	if (rc == ERR_OK)
		rc = read_bytes(r, log->log, ID_LEN);
	if (rc == ERR_OK)
		rc = read_bytes(r, log->scope, SCOPE_LEN);
	if (rc == ERR_OK)
		rc = read_bytes(r, log->device, ID_LEN);
	if (rc == ERR_OK)
		rc = codec_read_uint(r, &log->seq);
	if (rc == ERR_OK)
		rc = read_bytes(r, log->hash, HASH_LEN);
	if (rc == ERR_OK)
		rc = codec_read_uint(r, &log->received);
	if (rc == ERR_OK)
		rc = codec_read_uint(r, &log->time_ms);
	if (rc == ERR_OK && (log->seq == 0 || log->received > log->seq))
		rc = ERR_FORMAT;
	return rc == ERR_OK ? read_ops(r, log) : rc;
}

static err
read_row(struct codec_reader *r, struct compare_row *row)
{
	err rc = read_items(r, ROW_ITEMS);

	if (rc == ERR_OK)
		rc = read_text(r, row->scope, sizeof row->scope);
	if (rc == ERR_OK)
		rc = read_text(r, row->name, sizeof row->name);
	return rc == ERR_OK ? read_text(r, row->value, sizeof row->value) :
	    rc;
}

/* Up to the period. */
static err
read_head(struct codec_reader *r, struct compare_side *side)
{
	uint64_t role = 0;
	err rc = read_key(r, 3);

	if (rc == ERR_OK)
		rc = read_bytes(r, side->fingerprint, HASH_LEN);
	if (rc == ERR_OK)
		rc = read_key(r, 4);
	if (rc == ERR_OK)
		rc = read_bytes(r, side->device, ID_LEN);
	if (rc == ERR_OK)
		rc = read_key(r, 5);
	if (rc == ERR_OK)
		rc = codec_read_uint(r, &role);
	if (rc == ERR_OK && role > ROLE_NONE)
		rc = ERR_FORMAT;
	side->role = rc == ERR_OK ? (enum role)role : ROLE_NONE;
	if (rc == ERR_OK)
		rc = read_key(r, 6);
	if (rc == ERR_OK)
		rc = codec_read_uint(r, &side->size);
	if (rc == ERR_OK)
		rc = read_key(r, 7);
	if (rc == ERR_OK)
		rc = codec_read_uint(r, &side->time_ms);
	if (rc == ERR_OK)
		rc = read_key(r, 8);
	if (rc == ERR_OK)
		rc = codec_read_uint(r, &side->rules);
	if (rc == ERR_OK)
		rc = read_key(r, 9);
	return rc == ERR_OK ? read_text(r, side->period,
	    sizeof side->period) : rc;
}

static err
read_scopes(struct codec_reader *r, struct compare_side *side)
{
	void *p = NULL;
	err rc = read_key(r, 10);

	if (rc == ERR_OK)
		rc = read_list(r, COMPARE_LOGS_MAX, SCOPE_LEN,
		    &side->scope_count, &p);
	side->scopes = p;
	for (size_t i = 0; rc == ERR_OK && i < side->scope_count; i++)
		rc = read_bytes(r, side->scopes[i], SCOPE_LEN);
	return rc;
}

static err
read_logs(struct codec_reader *r, struct compare_side *side)
{
	void *p = NULL;
	err rc = read_key(r, 11);

	if (rc == ERR_OK)
		rc = read_list(r, COMPARE_LOGS_MAX, sizeof *side->logs,
		    &side->log_count, &p);
	side->logs = p;
	for (size_t i = 0; rc == ERR_OK && i < side->log_count; i++) {
		rc = read_log(r, &side->logs[i]);
		if (rc == ERR_OK && i > 0 && memcmp(side->logs[i - 1].log,
		    side->logs[i].log, ID_LEN) >= 0)
			rc = ERR_FORMAT;
	}
	return rc;
}

static err
read_rows(struct codec_reader *r, struct compare_side *side)
{
	void *p = NULL;
	err rc = read_key(r, 12);

	if (rc == ERR_OK)
		rc = read_list(r, COMPARE_FIGURES_MAX, sizeof *side->rows,
		    &side->row_count, &p);
	side->rows = p;
	for (size_t i = 0; rc == ERR_OK && i < side->row_count; i++)
		rc = read_row(r, &side->rows[i]);
	return rc;
}

/* Format and version, before anything else is asked of the map. */
static err
read_version(struct codec_reader *r)
{
	char text[sizeof magic];
	uint32_t pairs;
	uint64_t version;
	err rc = codec_read_map(r, &pairs);

	if (rc == ERR_OK)
		rc = read_key(r, 1);
	if (rc == ERR_OK)
		rc = read_text(r, text, sizeof text);
	if (rc == ERR_OK && strcmp(text, magic) != 0)
		rc = ERR_FORMAT;
	if (rc == ERR_OK)
		rc = read_key(r, 2);
	if (rc == ERR_OK)
		rc = codec_read_uint(r, &version);
	if (rc != ERR_OK)
		return rc;
	if (version > COMPARE_VERSION)
		return ERR_VERSION;
	return version == COMPARE_VERSION && pairs == FILE_KEYS ? ERR_OK :
	    ERR_FORMAT;
}

err
report_compare_decode(struct span in, struct compare_side **ret)
{
	struct codec_reader r = codec_reader(in);
	struct compare_side *side;
	err rc = in.n > COMPARE_BYTES_MAX ? ERR_LIMIT :
	    codec_scan(in, &bounds, NULL);

	if (rc == ERR_OK)
		rc = read_version(&r);
	if (rc != ERR_OK)
		return rc;
	side = calloc(1, sizeof *side);
	if (side == NULL)
		return ERR_NOMEM;
	rc = read_head(&r, side);
	if (rc == ERR_OK)
		rc = read_scopes(&r, side);
	if (rc == ERR_OK)
		rc = read_logs(&r, side);
	if (rc == ERR_OK)
		rc = read_rows(&r, side);
	if (rc != ERR_OK) {
		report_compare_free(side);
		return rc;
	}
	*ret = side;
	return ERR_OK;
}
