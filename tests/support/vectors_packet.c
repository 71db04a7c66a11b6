/* SPDX-License-Identifier: Apache-2.0 */
/*
 * vectors_packet.c -- packet.txt: the framing of files.  Put together here
 * and not by packet.h.
 */
#include "tests/support/vectors.h"

#include "protocol/crypto.h"
#include "protocol/limits.h"

/* Everything before the trailer hash. */
static void
put_file(struct buf *b, const char *const *frames, size_t count)
{
	static const char magic[] = "NGUON\r\n\x1a";
	uint8_t bytes[HASH_LEN];

	buf_put(b, magic, 8);
	buf_put_u8(b, 1);
	buf_put_u8(b, 1);
	buf_put_u16(b, 0);
	vectors_count_up(bytes, HASH_LEN, 0x40);
	buf_put(b, bytes, HASH_LEN);
	vectors_count_up(bytes, ID_LEN, 0x70);
	buf_put(b, bytes, ID_LEN);
	buf_put_u64(b, UINT64_C(1700000000000));
	for (size_t i = 0; i < count; i++) {
		struct buf frame = { 0 };

		vectors_unhex(frames[i], &frame);
		buf_put_u32(b, (uint32_t)frame.n);
		buf_put(b, frame.p, frame.n);
		buf_free(&frame);
	}
	buf_put_u32(b, 0);
	vectors_must(buf_err(b), "file");
}

static void
put_trailer(struct buf *b)
{
	uint8_t hash[HASH_LEN];

	crypto_hash32("nguon1/file", (const struct span[]){ buf_span(b) }, 1,
	    hash);
	buf_put(b, hash, HASH_LEN);
}

static void
row(struct buf *out, const char *name, const char *expected, struct span file,
    unsigned frames)
{
	vectors_row(out, name, expected);
	vectors_hex(out, file);
	vectors_number(out, frames);
	vectors_end(out);
}

static const struct {
	const char *name, *expected;
	size_t at;
	uint8_t byte;
	unsigned frames;
} changed[] = {
	{ "another-magic", "format", 5, 0x0a, 0 },
	{ "version-0", "format", 8, 0, 0 },
	{ "version-2", "version", 8, 2, 0 },
	{ "type-0", "format", 9, 0, 0 },
	{ "type-3", "format", 9, 3, 0 },
	{ "flags-1", "format", 11, 1, 0 },
	{ "fingerprint-changed", "damaged", 12, 0, 2 },
	{ "length-above-the-limit", "limit", 69, 0x11, 0 },
	{ "frame-changed", "damaged", 73, 0, 2 },
};

void
vectors_packet(struct buf *out, unsigned which)
{
	static const char *const frames[] = { "930103ce00100000", "9315c21e" };
	struct buf b = { 0 };
	struct span whole;

	(void)which;
	vectors_note(out, "Files, SPEC.md section 12: the framing alone."
	    " cut-off: the file ends too early.");
	vectors_table(out, "files | name | expected | file | frames before");
	put_file(&b, frames, 2);
	put_trailer(&b);
	whole = buf_span(&b);
	row(out, "two-frames", "ok", whole, 2);
	for (size_t i = 0; i < sizeof changed / sizeof changed[0]; i++) {
		uint8_t was = b.p[changed[i].at];

		b.p[changed[i].at] = changed[i].byte;
		row(out, changed[i].name, changed[i].expected, whole,
		    changed[i].frames);
		b.p[changed[i].at] = was;
	}
	row(out, "cut-in-the-header", "cut-off",
	    (struct span){ b.p, 40 }, 0);
	row(out, "cut-in-a-length", "cut-off", (struct span){ b.p, 70 }, 0);
	row(out, "cut-in-a-frame", "cut-off", (struct span){ b.p, 86 }, 1);
	row(out, "cut-before-the-trailer", "cut-off",
	    (struct span){ b.p, whole.n - HASH_LEN }, 2);
	b.p[whole.n - 1] ^= 1;
	row(out, "trailer-changed", "damaged", whole, 2);
	b.p[whole.n - 1] ^= 1;
	buf_put_u8(&b, 0);
	row(out, "byte-behind", "format", buf_span(&b), 2);
	buf_reset(&b);
	put_file(&b, frames, 0);
	put_trailer(&b);
	row(out, "no-frame", "ok", buf_span(&b), 0);
	b.p[9] = 2;
	b.n -= HASH_LEN;
	put_trailer(&b);
	row(out, "type-2", "ok", buf_span(&b), 0);
	buf_free(&b);
}
