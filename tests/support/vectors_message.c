/* SPDX-License-Identifier: Apache-2.0 */
/*
 * vectors_message.c -- message.txt: frames, and bodies of the exchange.  The
 * bodies are put together here and not by message.h.
 */
#include "tests/support/vectors.h"

#include <string.h>

#include "protocol/codec.h"
#include "protocol/invite.h"
#include "protocol/limits.h"

#define H8(b) b b b b b b b b
#define B8 "c408" H8("08")
#define B16 "c410" H8("16") H8("16")
#define B32 "c420" H8("32") H8("32") H8("32") H8("32")
#define B64 "c440" H8("64") H8("64") H8("64") H8("64") H8("64") H8("64") \
	H8("64") H8("64")
#define B40 "c428" H8("40") H8("40") H8("40") H8("40") H8("40")
#define INNER(first, last) "c488" H8("16") H8("16") first last               \
	H8("32") H8("32") H8("32") H8("32")                                 \
	H8("64") H8("64") H8("64") H8("64") H8("64") H8("64") H8("64")       \
	H8("64") "0000018bcfe56800"
#define U1 "0000000000000001"
#define U2 "0000000000000002"
#define U0 "0000000000000000"
#define ENTRIES "92c0c0"

static const struct {
	const char *name, *expected, *hex;
} frames[] = {
	{ "have", "1", "9301cd1234ce00100000" },
	{ "segment", "2", "9502" B16 "01" ENTRIES B64 },
	{ "head", "3", "9503" B16 "07" B32 B64 },
	{ "want", "4", "9404" B8 "0509" },
	{ "invitation", "5", "9305c403811002c403aabbcc" },
	{ "verdict", "16", "9510" B16 "07" B32 "04" },
	{ "verdict-of-no-log", "16", "9510" B16 "00" B32 "0a" },
	{ "verdict-of-a-later-reason", "16", "9510" B16 "00" B32 "63" },
	{ "leaves", "17", "931103" B40 },
	{ "leaf", "18", "981203cf0000018bcfe56800" B8 B16 "01" ENTRIES B64 },
	{ "receipt", "19", "961303cf0000018bcfe56800" B16 "0102" },
	{ "checkpoint", "20", "941403" B32 B64 },
	{ "next", "21", "9315c31e" },
	{ "bare", "22", "941603" B8 INNER(U1, U2) },
	{ "refused", "23", "921710" },
	{ "export", "24", "9318cf0000018bcfe56800" B16 },
	{ "segment-last-seq-of-2^64-2", "2",
	  "9502" B16 "cffffffffffffffffd" ENTRIES B64 },
	{ "want-of-none", "4", "9404" B8 "0505" },
	{ "leaves-up-to-2^64-1", "17", "9311cffffffffffffffffe" B40 },
	{ "refused-busy", "23", "92170f" },
	{ "refused-device", "23", "921711" },
	{ "type-25", "25", "9419a3616263c2c0" },
	{ "type-0", "0", "9100" },
	{ "a-map-inside", "25", "921982010a0293c2c3c0" },

	{ "no-type", "format", "90" },
	{ "no-array", "format", "01" },
	{ "type-is-text", "format", "91a101" },
	{ "type-is-negative", "format", "91ff" },
	{ "type-not-shortest", "format", "93cc010100" },
	{ "type-25-keys-descend", "format", "9219820202010a" },
	{ "type-25-with-a-float", "format", "9219ca00000000" },
	{ "have-of-2", "format", "920101" },
	{ "have-of-4", "format", "9401010101" },
	{ "have-with-text", "format", "930101a0" },
	{ "segment-first-seq-0", "format", "9502" B16 "00" ENTRIES B64 },
	{ "segment-without-entry", "format", "9502" B16 "0190" B64 },
	{ "segment-seq-runs-over", "format",
	  "9502" B16 "cfffffffffffffffff" ENTRIES B64 },
	{ "segment-last-seq-of-2^64-1", "format",
	  "9502" B16 "cffffffffffffffffe" ENTRIES B64 },
	{ "segment-short-log", "format", "9502" B8 "01" ENTRIES B64 },
	{ "segment-short-signature", "format", "9502" B16 "01" ENTRIES B40 },
	{ "head-seq-0", "format", "9503" B16 "00" B32 B64 },
	{ "want-from-above-to", "format", "9404" B8 "0905" },
	{ "leaves-none", "format", "931103c400" },
	{ "leaves-not-of-40", "format", "931103" B32 },
	{ "leaves-run-over", "format", "9311cfffffffffffffffff" B40 },
	{ "receipt-first-0", "format",
	  "961303cf0000018bcfe56800" B16 "0002" },
	{ "receipt-first-above-last", "format",
	  "961303cf0000018bcfe56800" B16 "0302" },
	{ "next-more-is-no-bool", "format", "9315011e" },
	{ "bare-first-0", "format", "941603" B8 INNER(U0, U2) },
	{ "bare-first-above-last", "format", "941603" B8 INNER(U2, U1) },
	{ "bare-inner-of-40", "format", "941603" B8 B40 },
};

/* A frame: what stands before a run, how its length is coded, the run, what
 * stands behind it. */
static const struct {
	const char *name, *expected, *before, *behind;
	size_t run;
} runs[] = {
	{ "leaves-16384", "17", "931100c6000a0000", "", 40 * 16384 },
	{ "leaves-16385", "limit", "931100c6000a0028", "", 40 * 16385 },
	{ "entry-of-262144", "2", "9502" B16 "0191c60003fffb", B64, 262139 },
	{ "entry-of-262145", "limit", "9502" B16 "0191c60003fffc", B64,
	  262140 },
	{ "key-part-of-32768", "5", "9305c40180c58000", "", 32768 },
	{ "key-part-of-32769", "limit", "9305c40180c58001", "", 32769 },
};

static void
put_runs(struct buf *out)
{
	struct buf b = { 0 };

	for (size_t i = 0; i < sizeof runs / sizeof runs[0]; i++) {
		buf_reset(&b);
		vectors_unhex(runs[i].before, &b);
		for (size_t k = 0; k < runs[i].run; k++)
			buf_put_u8(&b, 0);
		vectors_unhex(runs[i].behind, &b);
		vectors_row(out, runs[i].name, runs[i].expected);
		vectors_hex(out, buf_span(&b));
		vectors_end(out);
	}
	buf_free(&b);
}

static void
put_reasons(struct buf *out)
{
	static const char *const words[] = { "admitted", "format", "limit",
		"chain", "fork", "signature", "certificate", "scope", "seen",
		"root", "invite-unknown", "claim-late", "claim-taken",
		"epoch", "log", "busy", "commune", "device", "revoked" };

	vectors_table(out, "reasons | name | expected");
	vectors_note(out, "expected: the number in a frame verdict or refused");
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
		buf_put_text(out, words[i]);
		vectors_number(out, i);
		vectors_end(out);
	}
}

static void
put_frames(struct buf *out)
{
	struct buf b = { 0 };

	vectors_table(out, "frames | name | expected | frame");
	vectors_note(out, "expected: the type of a frame that is read");
	for (size_t i = 0; i < sizeof frames / sizeof frames[0]; i++) {
		buf_reset(&b);
		vectors_unhex(frames[i].hex, &b);
		vectors_row(out, frames[i].name, frames[i].expected);
		vectors_hex(out, buf_span(&b));
		vectors_end(out);
	}
	buf_free(&b);
	put_runs(out);
	put_reasons(out);
}

/* ---- bodies */

struct parties {
	uint8_t mac_key[KEY_LEN], fpr[HASH_LEN], hub_id[ID_LEN];
	uint8_t device[ID_LEN];
};

static struct parties
make(void)
{
	struct parties p;

	vectors_count_up(p.mac_key, KEY_LEN, 0x00);
	vectors_count_up(p.fpr, HASH_LEN, 0x40);
	vectors_count_up(p.hub_id, ID_LEN, 0x60);
	vectors_count_up(p.device, ID_LEN, 0x70);
	return p;
}

/* A zstd frame of a `leaves` frame of ten leaves of bytes 02. */
static const char packed[] =
    "28b52ffd60960075000038931100c501900201008c2a3002";

static void
unpacked(struct buf *out)
{
	vectors_unhex("931100c50190", out);
	for (int i = 0; i < 400; i++)
		buf_put_u8(out, 0x02);
}

/* A zstd frame of that many zero bytes, in blocks of one byte repeated: window
 * as large as the content, whose size stands in four bytes. */
static void
packed_zeros(size_t n, struct buf *out)
{
	const size_t block = 131072;

	vectors_unhex("28b52ffda0", out);
	for (int i = 0; i < 4; i++)
		buf_put_u8(out, (uint8_t)(n >> 8 * i));
	while (n > 0) {
		size_t some = n < block ? n : block;
		size_t head = some << 3 | 2 | (some == n);

		for (int i = 0; i < 3; i++)
			buf_put_u8(out, (uint8_t)(head >> 8 * i));
		buf_put_u8(out, 0);
		n -= some;
	}
}

static void
zeros(size_t n, struct buf *out)
{
	for (size_t i = 0; i < n; i++)
		buf_put_u8(out, 0);
	vectors_must(buf_err(out), "zeros");
}

static void
request(const struct parties *p, uint8_t flags, uint32_t counter,
    struct span payload, struct buf *out)
{
	const uint8_t head[] = { 1, 1, flags };
	uint8_t number[4], mac[MAC_LEN];
	const struct span parts[] = { { p->fpr, HASH_LEN },
		{ p->hub_id, ID_LEN }, { p->device, ID_LEN }, { number, 4 },
		{ head, sizeof head }, payload };

	be32_put(number, counter);
	crypto_keyed("nguon1/mac", (struct span){ p->mac_key, KEY_LEN },
	    parts, 6, mac, MAC_LEN);
	buf_put(out, head, sizeof head);
	buf_put(out, p->fpr, 8);
	buf_put(out, p->device, 8);
	buf_put(out, number, sizeof number);
	buf_put(out, mac, sizeof mac);
	buf_put(out, payload.p, payload.n);
	vectors_must(buf_err(out), "request");
}

static void
request_row(struct buf *out, const struct parties *p, const char *name,
    const char *expected, struct span body, struct span payload)
{
	vectors_row(out, name, expected);
	vectors_bytes(out, p->mac_key, KEY_LEN);
	vectors_bytes(out, p->fpr, HASH_LEN);
	vectors_bytes(out, p->hub_id, ID_LEN);
	vectors_bytes(out, p->device, ID_LEN);
	vectors_hex(out, body);
	vectors_hex(out, payload);
	vectors_end(out);
}

/* Bytes changed in a right request. */
static const struct {
	const char *name, *expected;
	size_t at;
	uint8_t bits;
} changed[] = {
	{ "version-0", "format", 0, 0x01 },
	{ "version-3", "version", 0, 0x02 },
	{ "type-3", "format", 1, 0x02 },
	{ "flag-bit-1", "format", 2, 0x02 },
	{ "flag-bit-7", "format", 2, 0x80 },
	{ "not-compressed-as-it-says", "signature", 2, 0x01 },
	{ "another-commune", "signature", 3, 0x01 },
	{ "another-device", "signature", 11, 0x01 },
	{ "counter-changed", "signature", 22, 0x01 },
	{ "mac-changed", "signature", 30, 0x10 },
	{ "payload-changed", "signature", 40, 0x01 },
};

/* At the bounds of LIMIT_BODY_BYTES and LIMIT_BODY_PLAIN_BYTES. */
static void
put_large_requests(struct buf *out, const struct parties *p)
{
	static const char *const names[] = { "body-of-4194304",
		"body-of-4194305", "opens-to-16777216", "opens-to-16777217" };
	const struct span none = { NULL, 0 };

	for (size_t i = 0; i < 4; i++) {
		struct buf payload = { 0 }, body = { 0 }, plain = { 0 };

		if (i < 2)
			zeros(LIMIT_BODY_BYTES - 39 + i, &payload);
		else
			packed_zeros(LIMIT_BODY_PLAIN_BYTES + i - 2,
			    &payload);
		if (i == 2)
			zeros(LIMIT_BODY_PLAIN_BYTES, &plain);
		request(p, i >= 2, 10, buf_span(&payload), &body);
		request_row(out, p, names[i], i % 2 == 0 ? "ok" : "limit",
		    buf_span(&body), i == 0 ? buf_span(&payload) :
		    i == 2 ? buf_span(&plain) : none);
		buf_free(&payload);
		buf_free(&body);
		buf_free(&plain);
	}
}

static void
put_requests(struct buf *out)
{
	const struct span none = { NULL, 0 };
	struct parties p = make(), other;
	struct buf payload = { 0 }, body = { 0 }, plain = { 0 };

	vectors_table(out, "requests | name | expected | MAC key"
	    " | root fingerprint | hub key id | device id | body | payload");
	vectors_unhex("930103ce00100000", &payload);
	request(&p, 0, 7, buf_span(&payload), &body);
	request_row(out, &p, "plain", "ok", buf_span(&body),
	    buf_span(&payload));
	for (size_t i = 0; i < sizeof changed / sizeof changed[0]; i++) {
		body.p[changed[i].at] ^= changed[i].bits;
		request_row(out, &p, changed[i].name, changed[i].expected,
		    buf_span(&body), none);
		body.p[changed[i].at] ^= changed[i].bits;
	}
	request_row(out, &p, "cut-in-the-head", "format",
	    (struct span){ body.p, 38 }, none);
	other = p;
	other.hub_id[3] ^= 1;
	request_row(out, &other, "to-another-hub", "signature",
	    buf_span(&body), none);
	buf_reset(&body);
	request(&p, 0, 8, none, &body);
	request_row(out, &p, "no-frame", "ok", buf_span(&body), none);
	buf_reset(&body);
	buf_reset(&payload);
	vectors_unhex(packed, &payload);
	unpacked(&plain);
	request(&p, 1, 9, buf_span(&payload), &body);
	request_row(out, &p, "compressed", "ok", buf_span(&body),
	    buf_span(&plain));
	buf_reset(&body);
	payload.n--;
	request(&p, 1, 9, buf_span(&payload), &body);
	request_row(out, &p, "compressed-cut-off", "format", buf_span(&body),
	    none);
	put_large_requests(out, &p);
	buf_free(&payload);
	buf_free(&body);
	buf_free(&plain);
}

static void
put_fetches(struct buf *out)
{
	uint8_t secret[INVITE_SECRET_LEN], sig[SIG_LEN], other[KEY_LEN];
	struct buf signed_bytes = { 0 }, body = { 0 };
	struct invite_keys k;

	vectors_count_up(secret, sizeof secret, 0);
	invite_derive(secret, &k);
	buf_put(&signed_bytes, "nguon1/inv-get\0\0", TAG_LEN);
	buf_put(&signed_bytes, k.id, ID_LEN);
	vectors_table(out, "fetches | name | expected | invite public key"
	    " | body");
	for (int i = 0; i < 5; i++) {
		static const char *const names[] = { "plain",
			"signature-of-another", "flag-bit-0", "one-byte-less",
			"one-byte-more" };
		static const char *const expected[] = { "ok", "signature",
			"format", "format", "format" };

		vectors_count_up(other, KEY_LEN, 0x20);
		crypto_sign_message(i == 1 ? other : k.seed,
		    buf_span(&signed_bytes), sig);
		buf_reset(&body);
		buf_put_u8(&body, 1);
		buf_put_u8(&body, 2);
		buf_put_u8(&body, i == 2);
		buf_put(&body, k.id, ID_LEN);
		buf_put(&body, sig, SIG_LEN);
		if (i == 4)
			buf_put_u8(&body, 0);
		body.n -= i == 3;
		vectors_row(out, names[i], expected[i]);
		vectors_bytes(out, k.pub, KEY_LEN);
		vectors_hex(out, buf_span(&body));
		vectors_end(out);
	}
	buf_free(&signed_bytes);
	buf_free(&body);
}

static void
put_large_responses(struct buf *out)
{
	for (size_t i = 0; i < 2; i++) {
		struct buf body = { 0 };

		vectors_unhex("0100", &body);
		zeros(LIMIT_BODY_BYTES - 2 + i, &body);
		vectors_row(out, i == 0 ? "body-of-4194304" :
		    "body-of-4194305", i == 0 ? "ok" : "limit");
		vectors_hex(out, buf_span(&body));
		vectors_hex(out, i == 0 ? (struct span){ body.p + 2,
		    body.n - 2 } : (struct span){ NULL, 0 });
		vectors_end(out);
		buf_free(&body);
	}
}

static void
put_responses(struct buf *out)
{
	static const struct {
		const char *name, *expected, *body, *payload;
	} rows[] = {
		{ "plain", "ok", "01009315c21e", "9315c21e" },
		{ "no-frame", "ok", "0100", "" },
		{ "refused", "ok", "0100921711", "921711" },
		{ "empty", "format", "", "" },
		{ "version-alone", "format", "01", "" },
		{ "version-0", "format", "00009315c21e", "" },
		{ "version-2", "version", "02009315c21e", "" },
		{ "flag-bit-1", "format", "01029315c21e", "" },
		{ "not-compressed-as-it-says", "format", "01019315c21e", "" },
	};
	struct buf body = { 0 }, payload = { 0 };

	vectors_table(out, "responses | name | expected | body | payload");
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		buf_reset(&body);
		buf_reset(&payload);
		vectors_unhex(rows[i].body, &body);
		vectors_unhex(rows[i].payload, &payload);
		vectors_row(out, rows[i].name, rows[i].expected);
		vectors_hex(out, buf_span(&body));
		vectors_hex(out, buf_span(&payload));
		vectors_end(out);
	}
	buf_reset(&body);
	buf_reset(&payload);
	vectors_unhex("0101", &body);
	vectors_unhex(packed, &body);
	unpacked(&payload);
	vectors_row(out, "compressed", "ok");
	vectors_hex(out, buf_span(&body));
	vectors_hex(out, buf_span(&payload));
	vectors_end(out);
	vectors_row(out, "two-zstd-frames", "format");
	vectors_unhex(packed, &body);
	vectors_hex(out, buf_span(&body));
	vectors_none(out);
	vectors_end(out);
	buf_free(&body);
	buf_free(&payload);
	put_large_responses(out);
}

void
vectors_message(struct buf *out, unsigned which)
{
	(void)which;
	vectors_note(out, "Frames and bodies, SPEC.md section 11.");
	vectors_note(out, "A body is ok if its envelope is right and its MAC"
	    " or signature holds.");
	put_frames(out);
	put_requests(out);
	put_fetches(out);
	put_responses(out);
}
