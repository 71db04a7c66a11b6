/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_codec.c -- any bytes: the scan and the reader stay in bounds; what
 * the scan passes, read and written again, gives the same bytes.
 */
#include <stdlib.h>

#include "protocol/codec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct codec_bounds bounds = {
	.depth = CODEC_DEPTH_MAX, .items = 4096, .values = 65536,
	.text_bytes = 65536, .bin_bytes = 65536,
};

static void
must(bool holds)
{
	if (!holds)
		abort();
}

/* Reads one scalar and writes it again.  False when it is none. */
static bool
copy_scalar(struct codec_reader *r, enum codec_type type, struct buf *out)
{
	struct span s;
	uint64_t u;
	int64_t v;
	bool b;

	if (type == CODEC_NIL) {
		must(codec_read_nil(r) == ERR_OK);
		codec_put_nil(out);
	} else if (type == CODEC_BOOL) {
		must(codec_read_bool(r, &b) == ERR_OK);
		codec_put_bool(out, b);
	} else if (type == CODEC_UINT) {
		must(codec_read_uint(r, &u) == ERR_OK);
		codec_put_uint(out, u);
	} else if (type == CODEC_INT) {
		must(codec_read_int(r, &v) == ERR_OK && v < 0);
		codec_put_int(out, v);
	} else if (type == CODEC_TEXT) {
		must(codec_read_text(r, &s) == ERR_OK);
		codec_put_text(out, s);
	} else if (type == CODEC_BIN) {
		must(codec_read_bin(r, &s) == ERR_OK);
		codec_put_bin(out, s);
	} else {
		return false;
	}
	return true;
}

/* The values of a lawful value follow each other, so no stack is needed. */
static void
copy_all(struct span in, struct buf *out)
{
	struct codec_reader r = codec_reader(in);
	enum codec_type type;
	uint32_t count;

	while (!codec_at_end(&r)) {
		must(codec_peek(&r, &type) == ERR_OK);
		if (copy_scalar(&r, type, out))
			continue;
		if (type == CODEC_ARRAY) {
			must(codec_read_array(&r, &count) == ERR_OK);
			codec_put_array(out, count);
		} else {
			must(codec_read_map(&r, &count) == ERR_OK);
			codec_put_map(out, count);
		}
	}
}

/* The reader on bytes that no scan has passed. */
static void
read_unchecked(struct span in)
{
	struct codec_reader r = codec_reader(in);
	struct span raw;
	volatile uint8_t last = 0;
	uint32_t count;

	while (codec_read_array(&r, &count) == ERR_OK ||
	    codec_read_map(&r, &count) == ERR_OK)
		must(count <= in.n);
	while (codec_read_value(&r, &raw) == ERR_OK)
		last = raw.p[raw.n - 1];
	(void)last;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span in = { data, size }, raw;
	struct codec_reader r = codec_reader(in);
	struct buf out = { .p = NULL };
	size_t used = 0;
	err whole = codec_scan(in, &bounds, NULL);

	read_unchecked(in);
	if (codec_scan(in, &bounds, &used) != ERR_OK) {
		must(whole != ERR_OK);
		return 0;
	}
	must((whole == ERR_OK) == (used == size));
	must(codec_read_value(&r, &raw) == ERR_OK && raw.n == used);
	copy_all(raw, &out);
	must(buf_err(&out) == ERR_OK);
	must(span_equal(buf_span(&out), raw));
	buf_free(&out);
	return 0;
}
