/* SPDX-License-Identifier: Apache-2.0 */
/* vectors_checkpoint.c -- checkpoint.txt: signed notes, good and bad. */
#include "tests/support/vectors.h"

#include <string.h>

#include "protocol/checkpoint.h"
#include "protocol/limits.h"

#define DASH "\xe2\x80\x94"
#define ORIGIN "nguon/0123456789abcdef"
#define ROOT64 "XcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg="
#define LINE64 "CYSe0h+myhugKzmKWroDxPpgEAtTm/nimlwWpw8SjmdST4/5kHH7qP6Bwl" \
    "2FXs3+HgRJooid2f4FBUyO1M7MssDzigM="
#define TEXT ORIGIN "\n8\n" ROOT64 "\n"
#define LINE DASH " " ORIGIN " " LINE64 "\n"
#define NOTE TEXT "\n" LINE
#define WITNESS DASH " witness.example/w1 AAAAAQAAAAAAAAA=\n"
#define PETER_LINE DASH " PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8" \
    "pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
#define ENOCH_LINE DASH " EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCO" \
    "Xm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n"

static const char root_hex[] =
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328";

static const struct {
	const char *name, *note, *expected;
} notes[] = {
	{ "plain", NOTE, "ok" },
	{ "witness-line-after", NOTE WITNESS, "ok" },
	{ "witness-line-before", TEXT "\n" WITNESS LINE, "ok" },
	{ "another-Ed25519-line", NOTE PETER_LINE ENOCH_LINE, "ok" },
	{ "same-line-of-another-twice", NOTE WITNESS WITNESS, "ok" },
	{ "own-name-another-length", NOTE DASH " " ORIGIN " AAAAAQAA\n",
	  "ok" },
	{ "name-in-UTF-8", NOTE DASH " x\xc3\xa3 AAAAAQAA\n", "ok" },
	{ "empty", "", "format" },
	{ "newlines-only", "\n\n\n\n", "format" },
	{ "text-only", TEXT, "format" },
	{ "no-signature-line", TEXT "\n", "format" },
	{ "no-blank-line", TEXT LINE, "format" },
	{ "two-blank-lines", TEXT "\n\n" LINE, "format" },
	{ "only-a-witness", TEXT "\n" WITNESS, "format" },
	{ "own-line-twice", NOTE LINE, "format" },
	{ "line-without-name", NOTE DASH "  AAAAAQAA\n", "format" },
	{ "name-with-plus", NOTE DASH " a+b AAAAAQAA\n", "format" },
	{ "name-with-space", NOTE DASH " a b AAAAAQAA\n", "format" },
	{ "name-with-U+2003", NOTE DASH " a\xe2\x80\x83 AAAAAQAA\n",
	  "format" },
	{ "name-with-U+00A0", NOTE DASH " a\xc2\xa0 AAAAAQAA\n",
	  "format" },
	{ "not-UTF-8", NOTE DASH " a\xff AAAAAQAA\n", "format" },
	{ "hyphen-for-dash", TEXT "\n- " ORIGIN " " LINE64 "\n", "format" },
	{ "no-signature", NOTE DASH " a\n", "format" },
	{ "key-id-alone", NOTE DASH " a AAAAAQ==\n", "format" },
	{ "bad-base64-elsewhere", NOTE DASH " a AAAAAQA\n", "format" },
	{ "padding-bits-set", NOTE DASH " a AAAAAQB=\n", "format" },
	{ "blank-after-signature", NOTE "\n", "format" },
	{ "line-of-other-kind", NOTE "more\n", "format" },
	{ "carriage-return", ORIGIN "\r\n8\n" ROOT64 "\n\n" LINE,
	  "format" },
	{ "extension-line", TEXT "more\n\n" LINE, "format" },
	{ "text-with-a-blank-line", TEXT "\nmore\n\n" LINE, "format" },
	{ "size-08", ORIGIN "\n08\n" ROOT64 "\n\n" LINE, "format" },
	{ "size-00", ORIGIN "\n00\n" ROOT64 "\n\n" LINE, "format" },
	{ "size-plus-8", ORIGIN "\n+8\n" ROOT64 "\n\n" LINE, "format" },
	{ "size--8", ORIGIN "\n-8\n" ROOT64 "\n\n" LINE, "format" },
	{ "size-8.", ORIGIN "\n8.\n" ROOT64 "\n\n" LINE, "format" },
	{ "size-with-space", ORIGIN "\n8 \n" ROOT64 "\n\n" LINE, "format" },
	{ "no-size", ORIGIN "\n" ROOT64 "\n\n" LINE, "format" },
	{ "size-2^64", ORIGIN "\n18446744073709551616\n" ROOT64 "\n\n" LINE,
	  "format" },
	{ "size-too-long", ORIGIN "\n100000000000000000000\n" ROOT64 "\n\n"
	  LINE, "format" },
	{ "root-of-31-bytes", ORIGIN "\n8\nXcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz"
	  "+Nw7/RgQw==\n\n" LINE, "format" },
	{ "root-of-33-bytes", ORIGIN "\n8\nXcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz"
	  "+Nw7/RgQygA\n\n" LINE, "format" },
	{ "root-not-canonical", ORIGIN "\n8\nXcnaeacGWamtVZy3Ad7ZoqudgjqtL0l"
	  "gz+Nw7/RgQyh=\n\n" LINE, "format" },
	{ "root-without-padding", ORIGIN "\n8\nXcnaeacGWamtVZy3Ad7ZoqudgjqtL"
	  "0lgz+Nw7/RgQyg\n\n" LINE, "format" },
	{ "other-prefix", "nguoN/0123456789abcdef\n8\n" ROOT64 "\n\n" DASH
	  " nguoN/0123456789abcdef " LINE64 "\n", "format" },
	{ "upper-case-origin", "nguon/0123456789ABCDEF\n8\n" ROOT64 "\n\n"
	  DASH " nguon/0123456789ABCDEF " LINE64 "\n", "format" },
	{ "long-origin", ORIGIN "0\n8\n" ROOT64 "\n\n" DASH " " ORIGIN "0 "
	  LINE64 "\n", "format" },
	{ "origin-not-hex", "nguon/0123456789abcdeg\n8\n" ROOT64 "\n\n" DASH
	  " nguon/0123456789abcdeg " LINE64 "\n", "format" },
	{ "line-under-another-origin", "nguon/0123456789abcdee\n8\n" ROOT64
	  "\n\n" LINE, "format" },
	{ "space-before", " " NOTE, "format" },};

struct hub {
	uint8_t seed[KEY_LEN], pub[KEY_LEN], fpr[HASH_LEN], root[HASH_LEN];
};

static void
row(struct buf *out, const struct hub *h, const char *name,
    const char *expected, struct span note)
{
	struct checkpoint c;
	bool ok = strcmp(expected, "ok") == 0;

	vectors_row(out, name, expected);
	vectors_bytes(out, h->fpr, HASH_LEN);
	vectors_bytes(out, h->pub, KEY_LEN);
	vectors_hex(out, note);
	if (ok) {
		vectors_must(checkpoint_parse(note, &c), name);
		vectors_number(out, c.size);
		vectors_bytes(out, c.root, HASH_LEN);
		vectors_bytes(out, c.sig, SIG_LEN);
	} else {
		for (int i = 0; i < 3; i++)
			vectors_none(out);
	}
	vectors_end(out);
}

/* Well-formed notes that do not verify, and sizes at their ends. */
static void
put_signed(struct buf *out, const struct hub *h)
{
	static const struct {
		const char *name, *expected;
		uint64_t size;
		int flip_sig, flip_fpr, flip_pub;
	} cases[] = {
		{ "size-0", "ok", 0, 0, 0, 0 },
		{ "size-largest", "ok", UINT64_MAX, 0, 0, 0 },
		{ "signature-changed", "signature", 8, 1, 0, 0 },
		{ "another-commune", "foreign", 8, 0, 1, 0 },
		{ "another-hub-key", "signature", 8, 0, 0, 1 },
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct hub other = *h;
		uint8_t sig[SIG_LEN];
		struct buf note = { 0 };

		vectors_must(checkpoint_sign(h->seed, h->fpr, cases[i].size,
		    h->root, sig), "sign");
		sig[9] ^= (uint8_t)cases[i].flip_sig;
		vectors_must(checkpoint_note(h->pub, h->fpr, cases[i].size,
		    h->root, sig, &note), "note");
		other.fpr[0] ^= (uint8_t)cases[i].flip_fpr;
		if (cases[i].flip_pub) {
			vectors_count_up(other.seed, KEY_LEN, 0x20);
			crypto_sign_public(other.seed, other.pub);
		}
		row(out, &other, cases[i].name, cases[i].expected,
		    buf_span(&note));
		buf_free(&note);
	}
}

/* Longer than any note may be. */
static void
put_long(struct buf *out, const struct hub *h)
{
	struct buf note = { 0 };

	buf_put_text(&note, NOTE);
	while (note.n <= LIMIT_CHECKPOINT_BYTES)
		buf_put_text(&note, WITNESS);
	row(out, h, "above-2048-bytes", "limit", buf_span(&note));
	buf_free(&note);
}

void
vectors_checkpoint(struct buf *out, unsigned which)
{
	struct hub h = { .seed = { 0 } };

	(void)which;
	vectors_count_up(h.seed, KEY_LEN, 0);
	crypto_sign_public(h.seed, h.pub);
	vectors_must(hex_decode("0123456789abcdef", h.fpr, 8), "fpr");
	vectors_must(hex_decode(root_hex, h.root, HASH_LEN), "root");
	vectors_note(out, "Checkpoints, SPEC.md section 7. Notes are text, in"
	    " hex here.");
	vectors_note(out, "Lines under other names, as of witnesses, are"
	    " passed over if they are well-formed.");
	vectors_table(out, "notes | name | expected | root fingerprint"
	    " | hub public key | note | size | root | signature");
	for (size_t i = 0; i < sizeof notes / sizeof notes[0]; i++)
		row(out, &h, notes[i].name, notes[i].expected,
		    (struct span){ (const uint8_t *)notes[i].note,
		    strlen(notes[i].note) });
	put_signed(out, &h);
	put_long(out, &h);
}
