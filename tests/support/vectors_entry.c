/* SPDX-License-Identifier: Apache-2.0 */
/* vectors_entry.c -- entry.txt: entries, their hashed form and hash. */
#include "tests/support/vectors_entry.h"

#include <string.h>

#include "protocol/limits.h"
#include "tests/support/vectors.h"

#define H16(b) b b b b b b b b b b b b b b b b
#define SUBJECT "c410" H16("11")
#define ROOT "c420" H16("44") H16("44")
/* One op without fields, and its parts; an entry of it. */
#define OP(parts) "941e" SUBJECT "80" parts
#define ENTRY(parts) "93000091" OP(parts)

/* seen 5, time 1000, kind 30, { 1: [100] }. */
#define HEAD "9305cd03e891941e" SUBJECT "81019164"
#define D_SEALED \
	"3a20aa5322c75aee9d97de273f32b625781b72253a61a494ca18d6803a6d3e48"
#define D_FACTS \
	"08f4e3598d8c9f2fa8ad3dc74d9fd662040fa52bbe12794cdce59cd0ae467eb0"
#define S_FULL "9201c403aabbcc"
#define S_DIGEST "91c42101" D_SEALED
#define S_LATER "92c42101" D_SEALED "c3"
#define F_FULL "9202c411" H16("22") "80"
#define F_MASKED "9302c41144f85025290d25164b95e3054148baee80c3"
#define F_DIGEST "91c42102" D_FACTS
#define F_LATER "92c42102" D_FACTS "c3"
#define K_FULL "9203c40101"

static const struct {
	const char *name, *hex, *expected;
} rows[] = {
	{ "all-full", HEAD "92" S_FULL F_FULL, "ok" },
	{ "sealed-digest", HEAD "92" S_DIGEST F_FULL, "ok" },
	{ "sealed-later", HEAD "92" S_LATER F_FULL, "ok" },
	{ "facts-masked", HEAD "92" S_FULL F_MASKED, "ok" },
	{ "facts-digest", HEAD "92" S_FULL F_DIGEST, "ok" },
	{ "facts-later", HEAD "92" S_FULL F_LATER, "ok" },
	{ "audit-form", HEAD "92" S_DIGEST F_MASKED, "ok" },
	{ "key-full", ENTRY("91" K_FULL), "ok" },
	{ "facts-hold-no-map", ENTRY("919202c411" H16("22") "05"), "ok" },
	{ "facts-not-canonical", ENTRY("919202c412" H16("22") "cc05"), "ok" },
	{ "least", ENTRY("90"), "ok" },
	{ "with-root", "940000" "9200" ROOT "91" OP("90"), "ok" },
	{ "epoch-7", "940000" "9207" ROOT "91" OP("90"), "ok" },
	{ "three-parts", ENTRY("93" S_FULL F_FULL K_FULL), "ok" },
	{ "two-ops", "93000092" OP("90") OP("91" K_FULL), "ok" },
	{ "kind-of-64-bits", "930000" "9194cfffffffffffffffff" SUBJECT "8090",
	    "ok" },
	{ "an-empty-sealed-part", ENTRY("919201c400"), "ok" },

	{ "empty", "", "format" },
	{ "no-array", "00", "format" },
	{ "two-elements", "920000", "format" },
	{ "five-elements", "950000" "9200" ROOT "91" OP("90") "00",
	    "format" },
	{ "something-after", ENTRY("90") "00", "format" },
	{ "seen-negative", "93ff0091" OP("90"), "format" },
	{ "seen-not-shortest", "93cc050091" OP("90"), "format" },
	{ "time-is-text", "9300a091" OP("90"), "format" },
	{ "no-op", "93000090", "format" },
	{ "ops-no-array", "930000" "80", "format" },
	{ "array16-for-one-op", "930000dc0001" OP("90"), "format" },
	{ "root-alone", "940000" "91" ROOT "91" OP("90"), "format" },
	{ "root-of-31", "940000" "9200" "c41f" H16("44") "444444444444444444"
	    "444444444444" "91" OP("90"), "format" },
	{ "pair-of-3", "940000" "9300" ROOT "00" "91" OP("90"), "format" },
	{ "epoch-is-nil", "940000" "92c0" ROOT "91" OP("90"), "format" },
	{ "nil-for-the-pair", "940000c091" OP("90"), "format" },

	{ "op-of-3", "93000091" "931e" SUBJECT "80", "format" },
	{ "op-of-5", "93000091" "951e" SUBJECT "809000", "format" },
	{ "kind-negative", "93000091" "94ff" SUBJECT "8090", "format" },
	{ "subject-of-15", "93000091" "941ec40f111111111111111111111111111111"
	    "8090", "format" },
	{ "subject-is-text", "93000091" "941eb0" H16("41") "8090",
	    "format" },
	{ "fields-no-map", "93000091" "941e" SUBJECT "9090", "format" },
	{ "key-twice", "93000091" "941e" SUBJECT "820101010190", "format" },
	{ "keys-descend", "93000091" "941e" SUBJECT "820201010190",
	    "format" },
	{ "key-is-text", "93000091" "941e" SUBJECT "81a1610190", "format" },
	{ "float", "93000091" "941e" SUBJECT "8101ca0000000090", "format" },
	{ "ext", "93000091" "941e" SUBJECT "8101d4000090", "format" },
	{ "bad-UTF-8", "93000091" "941e" SUBJECT "8101a2c08090", "format" },
	{ "NUL-in-text", "93000091" "941e" SUBJECT "8101a10090", "format" },
	{ "depth-8", "93000091" "941e" SUBJECT "81019191919090", "ok" },
	{ "depth-9", "93000091" "941e" SUBJECT "8101919191919090",
	    "limit" },

	{ "parts-no-array", ENTRY("80"), "format" },
	{ "four-parts", ENTRY("94" S_FULL F_FULL K_FULL K_FULL), "format" },
	{ "parts-descend", ENTRY("92" F_FULL S_FULL), "format" },
	{ "type-twice", ENTRY("92" S_FULL S_FULL), "format" },
	{ "type-twice-by-form", ENTRY("92" S_DIGEST S_FULL), "format" },
	{ "digests-descend", ENTRY("92" F_DIGEST S_DIGEST), "format" },
	{ "empty-part", ENTRY("9190"), "format" },
	{ "part-no-array", ENTRY("9101"), "format" },
	{ "part-of-4", ENTRY("919402c411" H16("22") "80c3c3"), "format" },
	{ "type-0", ENTRY("919200c40101"), "format" },
	{ "type-4", ENTRY("919204c40101"), "format" },
	{ "type-257", ENTRY("9192cd0101c40101"), "format" },
	{ "type-alone", ENTRY("919101"), "format" },
	{ "bytes-are-text", ENTRY("919201a161"), "format" },
	{ "bytes-are-a-mark", ENTRY("919201c3"), "format" },
	{ "facts-of-16", ENTRY("919202c410" H16("22")), "format" },
	{ "facts-of-none", ENTRY("919202c400"), "format" },
	{ "masked-facts-of-16", ENTRY("919302c410" H16("22") "c3"),
	    "format" },
	{ "masked-false", ENTRY("919302c411" H16("22") "80c2"), "format" },
	{ "masked-1", ENTRY("919302c411" H16("22") "8001"), "format" },
	{ "masked-sealed", ENTRY("919301c403aabbccc3"), "format" },
	{ "masked-key", ENTRY("919303c403aabbccc3"), "format" },
	{ "digest-of-32", ENTRY("9191c420" D_SEALED), "format" },
	{ "digest-of-34", ENTRY("9191c42201" D_SEALED "00"), "format" },
	{ "digest-of-type-0", ENTRY("9191c42100" D_SEALED), "format" },
	{ "digest-of-type-4", ENTRY("9191c42104" D_SEALED), "format" },
	{ "later-false", ENTRY("9192c42101" D_SEALED "c2"), "format" },
	{ "later-nil", ENTRY("9192c42101" D_SEALED "c0"), "format" },
	{ "later-and-more", ENTRY("9193c42101" D_SEALED "c3c3"), "format" },
	{ "hashed-form", ENTRY("919201c420" D_SEALED), "ok" },};

void
vectors_entry_hashed_form(const struct entry *e, struct buf *out)
{
	const uint8_t *from = e->raw.p;

	for (uint32_t i = 0; i < e->op_count; i++)
		for (uint8_t k = 0; k < e->ops[i].part_count; k++) {
			const struct part *p = &e->ops[i].parts[k];
			const uint8_t head[] = { 0x92, (uint8_t)p->type, 0xc4,
				HASH_LEN };

			buf_put(out, from, (size_t)(p->travelled.p - from));
			buf_put(out, head, sizeof head);
			buf_put(out, p->digest, HASH_LEN);
			from = p->travelled.p + p->travelled.n;
		}
	buf_put(out, from, (size_t)(e->raw.p + e->raw.n - from));
	vectors_must(buf_err(out), "hashed form");
}

void
vectors_entry_hash(struct span hashed_form, const uint8_t *prev,
    uint8_t ret[static HASH_LEN])
{
	const struct span parts[] = { { prev, HASH_LEN }, hashed_form };

	crypto_hash32("nguon1/chain", parts, 2, ret);
}

static void
row(struct buf *out, const char *name, const char *expected,
    struct span bytes)
{
	uint8_t prev[HASH_LEN], hash[HASH_LEN];
	struct entry e = { .ops = NULL };
	struct buf form = { 0 };

	memset(prev, 0x33, sizeof prev);
	vectors_row(out, name, expected);
	vectors_bytes(out, prev, sizeof prev);
	vectors_hex(out, bytes);
	if (strcmp(expected, "ok") == 0) {
		vectors_must(entry_parse(bytes, &e), name);
		vectors_entry_hashed_form(&e, &form);
		vectors_entry_hash(buf_span(&form), prev, hash);
		vectors_hex(out, buf_span(&form));
		vectors_bytes(out, hash, sizeof hash);
	} else {
		vectors_none(out);
		vectors_none(out);
	}
	vectors_end(out);
	entry_free(&e);
	buf_free(&form);
}

/* An entry of that many ops, each with a part of that type and length. */
static void
sized(struct buf *out, const char *name, const char *expected, uint32_t ops,
    unsigned type, size_t bytes)
{
	static const uint8_t zeros[LIMIT_PART_BYTES + 1];
	struct buf b = { 0 };

	vectors_unhex("930000", &b);
	codec_put_array(&b, ops);
	for (uint32_t i = 0; i < ops; i++) {
		vectors_unhex("941e" SUBJECT "80", &b);
		codec_put_array(&b, type != 0);
		if (type == 0)
			continue;
		vectors_unhex("92", &b);
		codec_put_uint(&b, type);
		codec_put_bin(&b, (struct span){ zeros, bytes });
	}
	row(out, name, expected, buf_span(&b));
	buf_free(&b);
}

/* One op whose fields are: pairs n; or field 100 with a value. */
static void
pairs(struct buf *out, const char *name, const char *expected, uint32_t n)
{
	struct buf b = { 0 };

	vectors_unhex("93000091941e" SUBJECT, &b);
	codec_put_map(&b, n);
	for (uint32_t i = 0; i < n; i++) {
		codec_put_uint(&b, 1000 + i);
		codec_put_nil(&b);
	}
	vectors_unhex("90", &b);
	row(out, name, expected, buf_span(&b));
	buf_free(&b);
}

enum what { TEXT_OF, BIN_OF, LIST_OF, VALUES_OF, ONE_VALUE_MORE };

static void
value(struct buf *out, const char *name, const char *expected,
    enum what what, size_t n)
{
	static const uint8_t zeros[LIMIT_BIN_BYTES + 1];
	uint8_t letters[LIMIT_TEXT_BYTES + 1];
	struct buf b = { 0 };

	memset(letters, 'a', sizeof letters);
	vectors_unhex("93000091941e" SUBJECT "81cd03e8", &b);
	if (what == TEXT_OF)
		codec_put_text(&b, (struct span){ letters, n });
	else if (what == BIN_OF)
		codec_put_bin(&b, (struct span){ zeros, n });
	else
		codec_put_array(&b, (uint32_t)n);
	/* values: the map, its key, the list, n lists and their items */
	for (size_t i = 0; what >= LIST_OF && i < n; i++) {
		uint32_t items = what == LIST_OF ? 0 : 255;

		if (i == 0)
			items -= what == VALUES_OF ? 3 : 2;
		if (what == LIST_OF) {
			codec_put_nil(&b);
			continue;
		}
		codec_put_array(&b, items);
		for (uint32_t k = 0; k < items; k++)
			codec_put_uint(&b, 0);
	}
	vectors_unhex("90", &b);
	row(out, name, expected, buf_span(&b));
	buf_free(&b);
}

static void
put_limits(struct buf *out)
{
	sized(out, "256-ops", "ok", LIMIT_ENTRY_OPS, 0, 0);
	sized(out, "257-ops", "limit", LIMIT_ENTRY_OPS + 1, 0, 0);
	sized(out, "part-of-65536", "ok", 1, PART_SEALED, LIMIT_PART_BYTES);
	sized(out, "part-of-65537", "limit", 1, PART_SEALED,
	    LIMIT_PART_BYTES + 1);
	/* 27 bytes an op, besides those in its part; 4 in front */
	sized(out, "entry-of-262144", "ok", 4, PART_SEALED,
	    LIMIT_ENTRY_BYTES / 4 - 28);
	sized(out, "entry-of-262148", "limit", 4, PART_SEALED,
	    LIMIT_ENTRY_BYTES / 4 - 27);
	/* each may travel as masked facts, one byte longer */
	sized(out, "entry-of-262144-facts", "limit", 4, PART_FACTS,
	    LIMIT_ENTRY_BYTES / 4 - 28);
	pairs(out, "64-fields", "ok", LIMIT_OP_FIELDS);
	pairs(out, "65-fields", "limit", LIMIT_OP_FIELDS + 1);
	value(out, "text-of-1024", "ok", TEXT_OF, LIMIT_TEXT_BYTES);
	value(out, "text-of-1025", "limit", TEXT_OF, LIMIT_TEXT_BYTES + 1);
	value(out, "bin-of-65536", "ok", BIN_OF, LIMIT_BIN_BYTES);
	value(out, "bin-of-65537", "limit", BIN_OF, LIMIT_BIN_BYTES + 1);
	value(out, "list-of-512", "ok", LIST_OF, LIMIT_SCOPES);
	value(out, "list-of-513", "limit", LIST_OF, LIMIT_SCOPES + 1);
	value(out, "65536-values", "ok", VALUES_OF, 256);
	value(out, "65537-values", "limit", ONE_VALUE_MORE, 256);
}

/* ---- what facts hold */

static void
facts_row(struct buf *out, const char *name, struct span map, bool holds)
{
	uint8_t salt[SALT_LEN];
	struct buf part = { 0 };

	vectors_count_up(salt, sizeof salt, 0x60);
	buf_put(&part, salt, sizeof salt);
	buf_put(&part, map.p, map.n);
	vectors_must(buf_err(&part), name);
	vectors_row(out, name, holds ? "ok" : "nothing");
	vectors_hex(out, buf_span(&part));
	vectors_hex(out, holds ? map : (struct span){ NULL, 0 });
	vectors_end(out);
	buf_free(&part);
}

/* { 100: n items or letters }, or n pairs. */
static void
facts_sized(struct buf *out, const char *name, enum what what, uint32_t n,
    bool holds)
{
	uint8_t letters[LIMIT_TEXT_BYTES + 1];
	struct buf map = { 0 };

	memset(letters, 'a', sizeof letters);
	codec_put_map(&map, what == VALUES_OF ? n : 1);
	for (uint32_t i = 0; what == VALUES_OF && i < n; i++) {
		codec_put_uint(&map, 100 + i);
		codec_put_nil(&map);
	}
	if (what != VALUES_OF)
		codec_put_uint(&map, 100);
	if (what == TEXT_OF)
		codec_put_text(&map, (struct span){ letters, n });
	if (what == LIST_OF)
		codec_put_array(&map, n);
	for (uint32_t i = 0; what == LIST_OF && i < n; i++)
		codec_put_nil(&map);
	facts_row(out, name, buf_span(&map), holds);
	buf_free(&map);
}

static void
put_facts(struct buf *out)
{
	static const struct {
		const char *name, *map;
		bool holds;
	} cases[] = {
		{ "empty-map", "80", true },
		{ "one-field", "8164cd07c6", true },
		{ "depth-5-of-a-list", "81649191919100", true },
		{ "depth-6-of-a-list", "8164919191919100", false },
		{ "an-array", "9164", false },
		{ "keys-descend", "8265016401", false },
		{ "not-shortest", "8164cc05", false },
		{ "something-behind", "816405c0", false },
		{ "cut-off", "8164", false },
	};
	struct buf map = { 0 };

	vectors_table(out, "facts | name | expected | part | map");
	vectors_note(out, "expected: nothing where the part holds nothing");
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		buf_reset(&map);
		vectors_unhex(cases[i].map, &map);
		facts_row(out, cases[i].name, buf_span(&map),
		    cases[i].holds);
	}
	buf_free(&map);
	facts_sized(out, "64-pairs", VALUES_OF, LIMIT_OP_FIELDS, true);
	facts_sized(out, "65-pairs", VALUES_OF, LIMIT_OP_FIELDS + 1, false);
	facts_sized(out, "list-of-256", LIST_OF, LIMIT_LIST_ITEMS, true);
	facts_sized(out, "list-of-257", LIST_OF, LIMIT_LIST_ITEMS + 1, false);
	facts_sized(out, "text-of-1024", TEXT_OF, LIMIT_TEXT_BYTES, true);
	facts_sized(out, "text-of-1025", TEXT_OF, LIMIT_TEXT_BYTES + 1,
	    false);
}

void
vectors_entry(struct buf *out, unsigned which)
{
	struct buf bytes = { 0 };

	(void)which;
	vectors_note(out, "Entries, SPEC.md section 5: their hashed form, and"
	    " hash_n from hash_{n-1}.");
	vectors_table(out, "entries | name | expected | previous hash | entry"
	    " | hashed form | hash");
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		buf_reset(&bytes);
		vectors_unhex(rows[i].hex, &bytes);
		row(out, rows[i].name, rows[i].expected, buf_span(&bytes));
	}
	put_limits(out);
	put_facts(out);
	buf_free(&bytes);
}
