/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_frame.c -- what a reader of frame.h may rely on.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "protocol/frame.h"
#include "protocol/limits.h"

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

/* Placeholders in the hex of a frame. */
#define B8 "c4080102030405060708"
#define B16 "c410000102030405060708090a0b0c0d0e0f"
#define B32 "c420000102030405060708090a0b0c0d0e0f" \
	"101112131415161718191a1b1c1d1e1f"
#define B40 "c428000102030405060708090a0b0c0d0e0f" \
	"101112131415161718191a1b1c1d1e1f2021222324252627"
#define Z16 "00000000000000000000000000000000"
#define B64 "c440" Z16 Z16 Z16 Z16
/* log, first 1, last 2, head, signature, time */
#define INNER_OF(first) "c488" Z16 first "0000000000000002" \
	Z16 Z16 Z16 Z16 Z16 Z16 "0000000000000009"
/* two entries [0, 5, []]: a frame does not look into them */
#define ENTRIES "92" "93000590" "93000590"

/* One of each, as SPEC.md section 11 has them. */
static const struct {
	enum frame_type type;
	const char *hex;
} every[] = {
	{ FRAME_HAVE, "93" "01" "cd1234" "ce00100000" },
	{ FRAME_SEGMENT, "95" "02" B16 "01" ENTRIES B64 },
	{ FRAME_HEAD, "95" "03" B16 "07" B32 B64 },
	{ FRAME_WANT, "94" "04" B8 "05" "09" },
	{ FRAME_INVITATION, "93" "05" "c4028110" "c403aabbcc" },
	{ FRAME_VERDICT, "95" "10" B16 "00" B32 "04" },
	{ FRAME_LEAVES, "93" "11" "03" B40 },
	{ FRAME_LEAF, "98" "12" "03" "cf0000018f00000000" B8 B16 "01"
	    ENTRIES B64 },
	{ FRAME_RECEIPT, "96" "13" "03" "05" B16 "01" "02" },
	{ FRAME_CHECKPOINT, "94" "14" "03" B32 B64 },
	{ FRAME_NEXT, "93" "15" "c3" "1e" },
	{ FRAME_BARE, "94" "16" "03" B8 INNER_OF("0000000000000001") },
	{ FRAME_REFUSED, "92" "17" "10" },
	{ FRAME_EXPORT, "93" "18" "cf0000018f00000000" B16 },
};

static struct span
unhex(const char *hex, struct buf *b)
{
	size_t n = strlen(hex) / 2, start = b->n;
	uint8_t byte;

	for (size_t i = 0; i < n; i++) {
		char two[3] = { hex[2 * i], hex[2 * i + 1], 0 };

		assert_int_equal(hex_decode(two, &byte, 1), ERR_OK);
		buf_put_u8(b, byte);
	}
	return (struct span){ b->p + start, n };
}

static void
each_type_is_read_and_put_as_the_same_bytes(void **state)
{
	struct buf in = { 0 }, out = { 0 };
	struct frame f;
	size_t used;

	(void)state;
	for (size_t i = 0; i < COUNT(every); i++) {
		buf_reset(&in);
		buf_reset(&out);
		struct span s = unhex(every[i].hex, &in);

		assert_int_equal(frame_read(s, &f, &used), ERR_OK);
		assert_int_equal(f.type, every[i].type);
		assert_int_equal(used, s.n);
		frame_put(&out, &f);
		assert_int_equal(buf_err(&out), ERR_OK);
		assert_true(span_equal(buf_span(&out), s));
	}
	buf_free(&in);
	buf_free(&out);
}

static void
frames_follow_one_another(void **state)
{
	struct buf in = { 0 };
	struct span rest;
	struct frame f;
	size_t used;

	(void)state;
	for (size_t i = 0; i < COUNT(every); i++)
		(void)unhex(every[i].hex, &in);
	rest = buf_span(&in);
	for (size_t i = 0; i < COUNT(every); i++) {
		assert_int_equal(frame_read(rest, &f, &used), ERR_OK);
		assert_int_equal(f.type, every[i].type);
		rest.p += used;
		rest.n -= used;
	}
	assert_int_equal(rest.n, 0);
	assert_int_equal(frame_read(rest, &f, &used), ERR_FORMAT);
	buf_free(&in);
}

static struct frame
read_one(const char *hex, struct buf *in)
{
	struct frame f;
	size_t used;

	assert_int_equal(frame_read(unhex(hex, in), &f, &used), ERR_OK);
	return f;
}

static void
members_are_what_the_bytes_say(void **state)
{
	struct buf in = { 0 };
	struct frame f;

	(void)state;
	f = read_one(every[0].hex, &in);
	assert_int_equal(f.u.have.size, 0x1234);
	assert_int_equal(f.u.have.max_bytes, 0x100000);
	f = read_one(every[1].hex, &in);
	assert_int_equal(f.u.segment.first, 1);
	assert_int_equal(f.u.segment.count, 2);
	assert_int_equal(f.u.segment.entries.n, 8);
	assert_int_equal(f.u.segment.log[15], 15);
	f = read_one(every[2].hex, &in);
	assert_int_equal(f.u.head.seq, 7);
	assert_int_equal(f.u.head.hash[31], 31);
	f = read_one(every[3].hex, &in);
	assert_int_equal(f.u.want.from, 5);
	assert_int_equal(f.u.want.to, 9);
	f = read_one(every[4].hex, &in);
	assert_int_equal(f.u.invitation.fields.n, 2);
	assert_int_equal(f.u.invitation.key_part.p[2], 0xcc);
	f = read_one(every[5].hex, &in);
	assert_int_equal(f.u.verdict.reason, 4);
	f = read_one(every[6].hex, &in);
	assert_int_equal(f.u.leaves.index, 3);
	assert_int_equal(f.u.leaves.data.n, TREE_LEAF_LEN);
	f = read_one(every[7].hex, &in);
	assert_int_equal(f.u.leaf.time_ms, 0x18f00000000);
	assert_int_equal(f.u.leaf.scope[0], 1);
	assert_int_equal(f.u.leaf.segment.count, 2);
	f = read_one(every[8].hex, &in);
	assert_int_equal(f.u.receipt.first, 1);
	assert_int_equal(f.u.receipt.last, 2);
	f = read_one(every[9].hex, &in);
	assert_int_equal(f.u.checkpoint.size, 3);
	f = read_one(every[10].hex, &in);
	assert_true(f.u.next.more);
	assert_int_equal(f.u.next.wait_s, 30);
	f = read_one(every[11].hex, &in);
	assert_int_equal(f.u.bare.inner.last, 2);
	assert_int_equal(f.u.bare.inner.time_ms, 9);
	f = read_one(every[12].hex, &in);
	assert_int_equal(f.u.refused.reason, 16);
	f = read_one(every[13].hex, &in);
	assert_int_equal(f.u.export.device[1], 1);
	buf_free(&in);
}

/* Every frame cut at every byte, and with one element more or less. */
static void
the_shape_is_strict(void **state)
{
	struct buf in = { 0 };
	struct frame f, before;
	size_t used = 77;

	(void)state;
	memset(&f, 0x5a, sizeof f);
	before = f;
	for (size_t i = 0; i < COUNT(every); i++) {
		buf_reset(&in);
		struct span s = unhex(every[i].hex, &in);

		for (size_t cut = 0; cut < s.n; cut++)
			assert_int_equal(frame_read((struct span){ s.p, cut },
			    &f, &used), ERR_FORMAT);
		in.p[0]++;
		buf_put_u8(&in, 0);
		assert_int_equal(frame_read(buf_span(&in), &f, &used),
		    ERR_FORMAT);
		in.p[0] = (uint8_t)(in.p[0] - 2);
		assert_int_equal(frame_read(buf_span(&in), &f, &used),
		    ERR_FORMAT);
	}
	assert_memory_equal(&f, &before, sizeof f);
	assert_int_equal(used, 77);
	buf_free(&in);
}

static void
what_is_no_frame_is_refused(void **state)
{
	static const char *const bad[] = {
		"90",				/* no type */
		"01", "80", "c0",		/* no array */
		"91a101", "91ff", "91c400",	/* a type that is no uint */
		"93cc010100",			/* not canonical */
		"930101",			/* too short */
		"930101a0",			/* text for a number */
		"9301ff00",			/* negative */
		"95" "03" B16 "00" B32 B64,	/* head of nothing */
		"95" "03" B8 "07" B32 B64,	/* log of 8 bytes */
		"95" "03" B16 "07" B32 B40,	/* short signature */
		"94" "04" B8 "09" "05",		/* from above to */
		"93" "11" "03" "c400",		/* no leaf */
		"93" "11" "03" B32,		/* not 40 */
		"93" "11" "cfffffffffffffffff" B40, /* index overflows */
		"96" "13" "03" "05" B16 "00" "02",
		"96" "13" "03" "05" B16 "03" "02",
		"93" "15" "01" "1e",		/* more is no bool */
		"94" "16" "03" B8 INNER_OF("0000000000000000"),
		"94" "16" "03" B8 INNER_OF("0000000000000003"),
		"95" "02" B16 "00" ENTRIES B64,	/* first seq 0 */
		"95" "02" B16 "01" "90" B64,	/* no entry */
		"95" "02" B16 "cfffffffffffffffff" ENTRIES B64,
		"95" "02" B16 "01" "01" B64,	/* entries are no array */
	};
	struct buf in = { 0 };
	struct frame f;
	size_t used;

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		buf_reset(&in);
		assert_int_equal(frame_read(unhex(bad[i], &in), &f, &used),
		    ERR_FORMAT);
	}
	buf_free(&in);
}

static void
unknown_types_are_passed_over(void **state)
{
	static const char *const later[] = {
		"9106", "9100", "9163", "91cf0000000100000001",
		"9419a3616263c2c0", "921982010a0293c2c3c0",
	};
	static const char *const bad[] = {
		"9219820202010a", "9219ca00000000", "9219a1ff",
	};
	struct buf in = { 0 };
	struct frame f;
	size_t used;

	(void)state;
	for (size_t i = 0; i < COUNT(later); i++) {
		buf_reset(&in);
		struct span s = unhex(later[i], &in);

		buf_put_u8(&in, 0xc1);	/* what follows is not looked at */
		assert_int_equal(frame_read(buf_span(&in), &f, &used),
		    ERR_OK);
		assert_int_equal(used, s.n);
	}
	assert_int_equal(f.type, 25);
	for (size_t i = 0; i < COUNT(bad); i++) {
		buf_reset(&in);
		assert_int_equal(frame_read(unhex(bad[i], &in), &f, &used),
		    ERR_FORMAT);
	}
	buf_free(&in);
}

static err
read_leaves_of(size_t leaves)
{
	struct frame f = { .type = FRAME_LEAVES }, got;
	struct buf out = { 0 };
	uint8_t *data = calloc(leaves, TREE_LEAF_LEN);
	size_t used;
	err rc;

	assert_non_null(data);
	f.u.leaves.data = (struct span){ data, leaves * TREE_LEAF_LEN };
	frame_put(&out, &f);
	assert_int_equal(buf_err(&out), ERR_OK);
	rc = frame_read(buf_span(&out), &got, &used);
	if (rc == ERR_OK)
		assert_int_equal(got.u.leaves.data.n, leaves * TREE_LEAF_LEN);
	buf_free(&out);
	free(data);
	return rc;
}

static err
read_invitation_of(size_t fields, size_t key_part)
{
	static const uint8_t zeros[LIMIT_BIN_BYTES + 1];
	struct frame f = { .type = FRAME_INVITATION }, got;
	struct buf out = { 0 };
	size_t used;
	err rc;

	f.u.invitation.fields = (struct span){ zeros, fields };
	f.u.invitation.key_part = (struct span){ zeros, key_part };
	frame_put(&out, &f);
	rc = frame_read(buf_span(&out), &got, &used);
	buf_free(&out);
	return rc;
}

static err
read_unknown_of(size_t bin)
{
	struct buf out = { 0 };
	uint8_t *data = calloc(1, bin);
	struct frame f;
	size_t used;
	err rc;

	assert_non_null(data);
	codec_put_array(&out, 2);
	codec_put_uint(&out, 99);
	codec_put_bin(&out, (struct span){ data, bin });
	rc = frame_read(buf_span(&out), &f, &used);
	buf_free(&out);
	free(data);
	return rc;
}

static err
read_segment_of(uint32_t entries, size_t bin)
{
	struct buf out = { 0 };
	uint8_t *data = calloc(1, bin + SIG_LEN);
	struct frame f;
	size_t used;
	err rc;

	assert_non_null(data);
	codec_put_array(&out, 5);
	codec_put_uint(&out, FRAME_SEGMENT);
	codec_put_bin(&out, (struct span){ data, ID_LEN });
	codec_put_uint(&out, 1);
	codec_put_array(&out, entries);
	for (uint32_t i = 0; i < entries; i++)
		codec_put_bin(&out, (struct span){ data, bin });
	codec_put_bin(&out, (struct span){ data, SIG_LEN });
	rc = frame_read(buf_span(&out), &f, &used);
	buf_free(&out);
	free(data);
	return rc;
}

static void
sizes_have_their_bounds(void **state)
{
	static const uint8_t huge[] = { 0xdd, 0xff, 0xff, 0xff, 0xff, 0x01 };
	struct frame f;
	size_t used;

	(void)state;
	assert_int_equal(read_leaves_of(LIMIT_LEAF_RUN), ERR_OK);
	assert_int_equal(read_leaves_of(LIMIT_LEAF_RUN + 1), ERR_LIMIT);
	assert_int_equal(read_invitation_of(LIMIT_BIN_BYTES,
	    LIMIT_INVITE_BYTES), ERR_OK);
	assert_int_equal(read_invitation_of(LIMIT_BIN_BYTES + 1, 0),
	    ERR_LIMIT);
	assert_int_equal(read_invitation_of(0, LIMIT_INVITE_BYTES + 1),
	    ERR_LIMIT);
	assert_int_equal(read_unknown_of(LIMIT_FRAME_BYTES - 7), ERR_OK);
	assert_int_equal(read_unknown_of(LIMIT_FRAME_BYTES - 6), ERR_LIMIT);
	assert_int_equal(read_unknown_of(LIMIT_FRAME_BYTES + 1), ERR_LIMIT);
	assert_int_equal(read_segment_of(LIMIT_SEGMENT_ENTRIES, 1000),
	    ERR_OK);
	assert_int_equal(read_segment_of(LIMIT_SEGMENT_ENTRIES + 1, 1),
	    ERR_LIMIT);
	assert_int_equal(read_segment_of(4, LIMIT_ENTRY_BYTES), ERR_LIMIT);
	assert_int_equal(frame_read((struct span){ huge, sizeof huge }, &f,
	    &used), ERR_LIMIT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_type_is_read_and_put_as_the_same_bytes),
		cmocka_unit_test(frames_follow_one_another),
		cmocka_unit_test(members_are_what_the_bytes_say),
		cmocka_unit_test(the_shape_is_strict),
		cmocka_unit_test(what_is_no_frame_is_refused),
		cmocka_unit_test(unknown_types_are_passed_over),
		cmocka_unit_test(sizes_have_their_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
