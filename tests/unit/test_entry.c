/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_entry.c -- what a reader of entry.h may rely on; building and limits
 * are in test_entry_build.c.  The golden hashes come from another
 * implementation of RFC 7693.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "protocol/entry.h"
#include "protocol/limits.h"

#define COUNT(a) (sizeof(a) / sizeof(a)[0])
#define H16(b) b b b b b b b b b b b b b b b b
#define SUBJECT "c410" H16("11")
#define ROOT "c420" H16("44") H16("44")
/* One op without fields, and its parts; an entry of it. */
#define OP(parts) "941e" SUBJECT "80" parts
#define ENTRY(parts) "93000091" OP(parts)

/* The golden entry: seen 5, time 1000, kind 30, { 1: [100] }, a sealed part
 * of 3 bytes, a facts part of 17. */
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

static const char golden[] = HEAD "92" S_FULL F_FULL;
static const char golden_hash[] =
    "44fc7101518d096c6760d951242cfef3e2fdf03c811eaa3c84def4bf61173a8e";

/* Bytes of hex, in a block of just that size.  Owner: the caller. */
static struct span
bytes_of(const char *hex)
{
	size_t n = strlen(hex) / 2;
	uint8_t *p = malloc(n);

	assert_non_null(p);
	assert_int_equal(hex_decode(hex, p, n), ERR_OK);
	return (struct span){ p, n };
}

static void
free_span(struct span s)
{
	free((void *)(uintptr_t)s.p);
}

static err
parse_hex(const char *hex)
{
	struct entry e = { .ops = NULL };
	struct span raw = bytes_of(hex);
	err rc = entry_parse(raw, &e);

	if (rc != ERR_OK)
		assert_int_equal(e.op_count, 0);
	entry_free(&e);
	free_span(raw);
	return rc;
}

static void
assert_chain_hash(const struct entry *e, const char *want)
{
	uint8_t prev[HASH_LEN], hash[HASH_LEN];
	char hex[2 * HASH_LEN + 1];

	memset(prev, 0x33, sizeof prev);
	entry_hash(e, prev, hash);
	hex_encode(hash, sizeof hash, hex);
	assert_string_equal(hex, want);
}

static void
golden_bytes(void **state)
{
	struct entry e = { .ops = NULL };
	struct span raw = bytes_of(golden), map;
	const struct part *p;
	char hex[2 * HASH_LEN + 1];

	(void)state;
	assert_int_equal(entry_parse(raw, &e), ERR_OK);
	assert_int_equal(e.seen, 5);
	assert_int_equal(e.time_ms, 1000);
	assert_false(e.has_root);
	assert_int_equal(e.op_count, 1);
	assert_int_equal(e.ops[0].kind, 30);
	assert_ptr_equal(e.ops[0].subject, raw.p + 10);
	assert_int_equal(e.ops[0].fields.n, 4);
	assert_int_equal(e.ops[0].part_count, 2);
	p = entry_part(&e.ops[0], PART_SEALED);
	assert_non_null(p);
	assert_int_equal(p->form, PART_FULL);
	assert_int_equal(p->bytes.n, 3);
	assert_int_equal(p->travelled.n, 7);
	hex_encode(p->digest, HASH_LEN, hex);
	assert_string_equal(hex, D_SEALED);
	assert_int_equal(entry_facts_map(p).n, 0);
	p = entry_part(&e.ops[0], PART_FACTS);
	assert_non_null(p);
	hex_encode(p->digest, HASH_LEN, hex);
	assert_string_equal(hex, D_FACTS);
	map = entry_facts_map(p);
	assert_int_equal(map.n, 1);
	assert_int_equal(map.p[0], 0x80);
	assert_null(entry_part(&e.ops[0], PART_KEY));
	assert_chain_hash(&e, golden_hash);
	entry_free(&e);
	free_span(raw);
	entry_free(NULL);
}

static void
every_form_hashes_the_same(void **state)
{
	static const char *const sealed[] = { S_FULL, S_DIGEST, S_LATER };
	static const char *const facts[] = {
		F_FULL, F_MASKED, F_DIGEST, F_LATER,
	};
	static const enum part_form forms[] = {
		PART_FULL, PART_MASKED, PART_DIGEST, PART_LATER,
	};
	struct entry e = { .ops = NULL };
	char hex[1024];

	(void)state;
	for (size_t i = 0; i < COUNT(sealed); i++)
		for (size_t j = 0; j < COUNT(facts); j++) {
			struct span raw;

			strcpy(hex, HEAD "92");
			strcat(hex, sealed[i]);
			strcat(hex, facts[j]);
			raw = bytes_of(hex);
			assert_int_equal(entry_parse(raw, &e), ERR_OK);
			assert_int_equal(e.ops[0].parts[1].form, forms[j]);
			assert_int_equal(
			    entry_facts_map(&e.ops[0].parts[1]).n, j < 2);
			assert_chain_hash(&e, golden_hash);
			free_span(raw);
		}
	entry_free(&e);
}

static void
the_hash_covers_every_byte(void **state)
{
	struct entry e = { .ops = NULL };
	struct span raw = bytes_of(golden);
	uint8_t *p = (uint8_t *)(uintptr_t)raw.p;
	uint8_t prev[HASH_LEN] = { 0 }, was[HASH_LEN], now[HASH_LEN];

	(void)state;
	assert_int_equal(entry_parse(raw, &e), ERR_OK);
	entry_hash(&e, prev, was);
	prev[31] = 1;
	entry_hash(&e, prev, now);
	assert_memory_not_equal(was, now, HASH_LEN);
	prev[31] = 0;
	for (size_t i = 0; i < raw.n; i++) {
		p[i] ^= 1;
		if (entry_parse(raw, &e) == ERR_OK) {
			entry_hash(&e, prev, now);
			assert_memory_not_equal(was, now, HASH_LEN);
		}
		p[i] ^= 1;
	}
	entry_free(&e);
	free_span(raw);
}

static const struct {
	const char *name;
	const char *hex;
	err want;
} shapes[] = {
	{ "least", ENTRY("90"), ERR_OK },
	{ "with root", "940000" "9200" ROOT "91" OP("90"), ERR_OK },
	{ "epoch 7", "940000" "9207" ROOT "91" OP("90"), ERR_OK },
	{ "three parts", ENTRY("93" S_FULL F_FULL K_FULL), ERR_OK },
	{ "two ops", "93000092" OP("90") OP("91" K_FULL), ERR_OK },
	{ "kind of 64 bits", "930000" "9194cfffffffffffffffff" SUBJECT "8090",
	    ERR_OK },
	{ "an empty sealed part", ENTRY("919201c400"), ERR_OK },

	{ "empty", "", ERR_FORMAT },
	{ "no array", "00", ERR_FORMAT },
	{ "two elements", "920000", ERR_FORMAT },
	{ "five elements", "950000" "9200" ROOT "91" OP("90") "00",
	    ERR_FORMAT },
	{ "something after", ENTRY("90") "00", ERR_FORMAT },
	{ "seen negative", "93ff0091" OP("90"), ERR_FORMAT },
	{ "seen not shortest", "93cc050091" OP("90"), ERR_FORMAT },
	{ "time is text", "9300a091" OP("90"), ERR_FORMAT },
	{ "no op", "93000090", ERR_FORMAT },
	{ "ops no array", "930000" "80", ERR_FORMAT },
	{ "array16 for one op", "930000dc0001" OP("90"), ERR_FORMAT },
	{ "root alone", "940000" "91" ROOT "91" OP("90"), ERR_FORMAT },
	{ "root of 31", "940000" "9200" "c41f" H16("44") "444444444444444444"
	    "444444444444" "91" OP("90"), ERR_FORMAT },
	{ "pair of 3", "940000" "9300" ROOT "00" "91" OP("90"), ERR_FORMAT },
	{ "epoch is nil", "940000" "92c0" ROOT "91" OP("90"), ERR_FORMAT },
	{ "nil for the pair", "940000c091" OP("90"), ERR_FORMAT },

	{ "op of 3", "93000091" "931e" SUBJECT "80", ERR_FORMAT },
	{ "op of 5", "93000091" "951e" SUBJECT "809000", ERR_FORMAT },
	{ "kind negative", "93000091" "94ff" SUBJECT "8090", ERR_FORMAT },
	{ "subject of 15", "93000091" "941ec40f111111111111111111111111111111"
	    "8090", ERR_FORMAT },
	{ "subject is text", "93000091" "941eb0" H16("41") "8090",
	    ERR_FORMAT },
	{ "fields no map", "93000091" "941e" SUBJECT "9090", ERR_FORMAT },
	{ "key twice", "93000091" "941e" SUBJECT "820101010190", ERR_FORMAT },
	{ "keys descend", "93000091" "941e" SUBJECT "820201010190",
	    ERR_FORMAT },
	{ "key is text", "93000091" "941e" SUBJECT "81a1610190", ERR_FORMAT },
	{ "float", "93000091" "941e" SUBJECT "8101ca0000000090", ERR_FORMAT },
	{ "ext", "93000091" "941e" SUBJECT "8101d4000090", ERR_FORMAT },
	{ "bad UTF-8", "93000091" "941e" SUBJECT "8101a2c08090", ERR_FORMAT },
	{ "NUL in text", "93000091" "941e" SUBJECT "8101a10090", ERR_FORMAT },
	{ "depth 8", "93000091" "941e" SUBJECT "81019191919090", ERR_OK },
	{ "depth 9", "93000091" "941e" SUBJECT "8101919191919090",
	    ERR_LIMIT },

	{ "parts no array", ENTRY("80"), ERR_FORMAT },
	{ "four parts", ENTRY("94" S_FULL F_FULL K_FULL K_FULL), ERR_FORMAT },
	{ "parts descend", ENTRY("92" F_FULL S_FULL), ERR_FORMAT },
	{ "type twice", ENTRY("92" S_FULL S_FULL), ERR_FORMAT },
	{ "type twice by form", ENTRY("92" S_DIGEST S_FULL), ERR_FORMAT },
	{ "digests descend", ENTRY("92" F_DIGEST S_DIGEST), ERR_FORMAT },
	{ "empty part", ENTRY("9190"), ERR_FORMAT },
	{ "part no array", ENTRY("9101"), ERR_FORMAT },
	{ "part of 4", ENTRY("919402c411" H16("22") "80c3c3"), ERR_FORMAT },
	{ "type 0", ENTRY("919200c40101"), ERR_FORMAT },
	{ "type 4", ENTRY("919204c40101"), ERR_FORMAT },
	{ "type 257", ENTRY("9192cd0101c40101"), ERR_FORMAT },
	{ "type alone", ENTRY("919101"), ERR_FORMAT },
	{ "bytes are text", ENTRY("919201a161"), ERR_FORMAT },
	{ "bytes are a mark", ENTRY("919201c3"), ERR_FORMAT },
	{ "facts of 16", ENTRY("919202c410" H16("22")), ERR_FORMAT },
	{ "facts of none", ENTRY("919202c400"), ERR_FORMAT },
	{ "masked facts of 16", ENTRY("919302c410" H16("22") "c3"),
	    ERR_FORMAT },
	{ "masked, false", ENTRY("919302c411" H16("22") "80c2"), ERR_FORMAT },
	{ "masked, 1", ENTRY("919302c411" H16("22") "8001"), ERR_FORMAT },
	{ "masked sealed", ENTRY("919301c403aabbccc3"), ERR_FORMAT },
	{ "masked key", ENTRY("919303c403aabbccc3"), ERR_FORMAT },
	{ "digest of 32", ENTRY("9191c420" D_SEALED), ERR_FORMAT },
	{ "digest of 34", ENTRY("9191c42201" D_SEALED "00"), ERR_FORMAT },
	{ "digest of type 0", ENTRY("9191c42100" D_SEALED), ERR_FORMAT },
	{ "digest of type 4", ENTRY("9191c42104" D_SEALED), ERR_FORMAT },
	{ "later, false", ENTRY("9192c42101" D_SEALED "c2"), ERR_FORMAT },
	{ "later, nil", ENTRY("9192c42101" D_SEALED "c0"), ERR_FORMAT },
	{ "later and more", ENTRY("9193c42101" D_SEALED "c3c3"), ERR_FORMAT },
	{ "hashed form", ENTRY("919201c420" D_SEALED), ERR_OK },
};

static void
shapes_are_refused_or_not(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(shapes); i++)
		if (parse_hex(shapes[i].hex) != shapes[i].want)
			fail_msg("%s: %s", shapes[i].name,
			    err_name(parse_hex(shapes[i].hex)));
}

static void
a_cut_at_any_byte_is_refused(void **state)
{
	static const char *const whole[] = {
		HEAD "92" S_FULL F_FULL, HEAD "92" S_LATER F_MASKED,
		"940000" "9200" ROOT "92" OP("91" S_DIGEST) OP("91" F_LATER),
	};
	struct entry e = { .ops = NULL };

	(void)state;
	for (size_t i = 0; i < COUNT(whole); i++) {
		struct span raw = bytes_of(whole[i]);

		assert_int_equal(entry_parse(raw, &e), ERR_OK);
		for (size_t n = 0; n < raw.n; n++) {
			uint8_t *cut = malloc(n == 0 ? 1 : n);

			assert_non_null(cut);
			memcpy(cut, raw.p, n);
			assert_int_equal(entry_parse((struct span){ cut, n },
			    &e), ERR_FORMAT);
			assert_int_equal(e.op_count, 0);
			free(cut);
		}
		free_span(raw);
	}
	entry_free(&e);
}

static const struct part_policy policies[] = {
	{ KEEP_AS_IS, KEEP_AS_IS, KEEP_AS_IS },
	{ KEEP_DIGEST, KEEP_MASKED, KEEP_DIGEST },
	{ KEEP_DIGEST, KEEP_DIGEST, KEEP_DIGEST },
	{ KEEP_LATER, KEEP_AS_IS, KEEP_LATER },
	{ KEEP_LATER, KEEP_LATER, KEEP_AS_IS },
	{ KEEP_MASKED, KEEP_MASKED, KEEP_MASKED },
};

/* What stands behind the first entry is not looked at. */
static void
the_first_of_several_is_parsed(void **state)
{
	struct entry e = { .ops = NULL }, first = { .ops = NULL };
	struct span one = bytes_of(ENTRY("91" F_FULL));
	struct span two = bytes_of(ENTRY("91" F_FULL) ENTRY("90"));
	struct span odd = bytes_of(ENTRY("91" F_FULL) "c1");
	size_t used = 0;

	(void)state;
	assert_int_equal(entry_parse(one, &e), ERR_OK);
	assert_int_equal(entry_parse(two, &first), ERR_FORMAT);
	assert_int_equal(entry_parse_first(two, &first, &used), ERR_OK);
	assert_int_equal(used, one.n);
	assert_true(span_equal(first.raw, e.raw));
	assert_int_equal(first.op_count, 1);
	assert_memory_equal(first.ops[0].parts[0].digest,
	    e.ops[0].parts[0].digest, HASH_LEN);
	assert_int_equal(entry_parse_first(odd, &first, &used), ERR_OK);
	used = 77;
	for (size_t n = 0; n < one.n; n++)
		assert_int_equal(entry_parse_first((struct span){ two.p, n },
		    &first, &used), ERR_FORMAT);
	assert_int_equal(used, 77);
	assert_int_equal(first.op_count, 0);
	entry_free(&first);
	entry_free(&e);
	free_span(one);
	free_span(two);
	free_span(odd);
}

static void
a_copy_keeps_the_hash(void **state)
{
	struct entry e = { .ops = NULL }, again = { .ops = NULL };
	struct span raw = bytes_of("93010293" OP("93" S_FULL F_FULL K_FULL)
	    OP("90") OP("92" S_LATER F_MASKED));
	struct buf one = { .p = NULL }, two = { .p = NULL };
	uint8_t prev[HASH_LEN] = { 0 }, was[HASH_LEN], now[HASH_LEN];

	(void)state;
	assert_int_equal(entry_parse(raw, &e), ERR_OK);
	entry_hash(&e, prev, was);
	for (size_t i = 0; i < COUNT(policies); i++)
		for (size_t j = 0; j < COUNT(policies); j++) {
			buf_reset(&one);
			buf_reset(&two);
			assert_int_equal(entry_copy(&e, &policies[i], &one),
			    ERR_OK);
			assert_int_equal(entry_parse(buf_span(&one), &again),
			    ERR_OK);
			entry_hash(&again, prev, now);
			assert_memory_equal(was, now, HASH_LEN);
			/* and a copy of the copy */
			assert_int_equal(entry_copy(&again, &policies[j],
			    &two), ERR_OK);
			assert_int_equal(entry_parse(buf_span(&two), &again),
			    ERR_OK);
			entry_hash(&again, prev, now);
			assert_memory_equal(was, now, HASH_LEN);
		}
	buf_reset(&one);
	assert_int_equal(entry_copy(&e, &policies[0], &one), ERR_OK);
	assert_true(span_equal(buf_span(&one), raw));
	buf_free(&one);
	buf_free(&two);
	entry_free(&e);
	entry_free(&again);
	free_span(raw);
}

static void
the_audit_copy_byte_for_byte(void **state)
{
	struct entry e = { .ops = NULL };
	struct span raw = bytes_of(golden);
	struct span want = bytes_of(HEAD "92" S_DIGEST F_MASKED);
	struct buf out = { .p = NULL };

	(void)state;
	assert_int_equal(entry_parse(raw, &e), ERR_OK);
	buf_put_u8(&out, 0x55);		/* appends */
	assert_int_equal(entry_copy(&e, &part_policy_audit, &out), ERR_OK);
	assert_int_equal(out.n, want.n + 1);
	assert_memory_equal(out.p + 1, want.p, want.n);
	buf_free(&out);
	entry_free(&e);
	free_span(raw);
	free_span(want);
}

static void
facts_are_not_judged_by_what_they_hold(void **state)
{
	/* not canonical, no map, something after it, more than one value */
	static const char *const odd[] = {
		"cc05", "9000", "8000", "82020101", "8101cc05", "c1",
	};
	struct entry e = { .ops = NULL };
	char hex[512];

	(void)state;
	for (size_t i = 0; i < COUNT(odd); i++) {
		struct span raw;

		strcpy(hex, ENTRY("919202c4"));
		strcat(hex, (const char *[]){ "11", "12", "13", "14", "15" }
		    [strlen(odd[i]) / 2 - 1]);
		strcat(hex, H16("22"));
		strcat(hex, odd[i]);
		raw = bytes_of(hex);
		assert_int_equal(entry_parse(raw, &e), ERR_OK);
		assert_int_equal(entry_facts_map(&e.ops[0].parts[0]).n, 0);
		free_span(raw);
	}
	entry_free(&e);
}

static int
start(void **state)
{
	(void)state;
	return crypto_start() == ERR_OK ? 0 : -1;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(golden_bytes),
		cmocka_unit_test(every_form_hashes_the_same),
		cmocka_unit_test(the_hash_covers_every_byte),
		cmocka_unit_test(shapes_are_refused_or_not),
		cmocka_unit_test(a_cut_at_any_byte_is_refused),
		cmocka_unit_test(the_first_of_several_is_parsed),
		cmocka_unit_test(a_copy_keeps_the_hash),
		cmocka_unit_test(the_audit_copy_byte_for_byte),
		cmocka_unit_test(facts_are_not_judged_by_what_they_hold),
	};

	return cmocka_run_group_tests(tests, start, NULL);
}
