/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_checkpoint.c -- what a reader of checkpoint.h may rely on.  The
 * PeterNeumann and EnochRoot notes are those that golang.org/x/mod publishes
 * with sumdb/note; our own note was made by another implementation
 * (Python's cryptography) from hub seed 00 01 .. 1f.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "protocol/checkpoint.h"
#include "protocol/limits.h"

#define COUNT(a) (sizeof(a) / sizeof(a)[0])
#define DASH "\xe2\x80\x94"

static const char PETER_TEXT[] =
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n";
#define PETER_LINE DASH " PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8" \
    "pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
#define ENOCH_LINE DASH " EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCO" \
    "Xm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n"

static const struct {
	const char *name, *pub, *key_id, *line;
	const char *seed;		/* NULL: not published */
} published[] = {
	{ "PeterNeumann",
	  "1a5cd907143c384c41e830c5bce12aa8817ec5649aaabf2c31388b35b2d744d6",
	  "c74f20a3", PETER_LINE,
	  "810a1402d5146c8d84f2443330f54080ebf98ee17d9c74f6252fc5d5c7283173" },
	{ "EnochRoot",
	  "3b6a27bcceb6a42d62a3a8d02a6f0d73653215771de243a63ac048a18b59da29",
	  "af0cfe78", ENOCH_LINE, NULL },
};

#define ORIGIN "nguon/0123456789abcdef"
#define ROOT64 "XcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg="
#define LINE64 "CYSe0h+myhugKzmKWroDxPpgEAtTm/nimlwWpw8SjmdST4/5kHH7qP6Bwl" \
    "2FXs3+HgRJooid2f4FBUyO1M7MssDzigM="
#define TEXT ORIGIN "\n8\n" ROOT64 "\n"
#define LINE DASH " " ORIGIN " " LINE64 "\n"
#define NOTE TEXT "\n" LINE

static const char ROOT_HEX[] =
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328";

static struct {
	uint8_t seed[KEY_LEN], pub[KEY_LEN], fpr[HASH_LEN], root[HASH_LEN];
	uint8_t sig[SIG_LEN];
} hub;				/* set once, by setup */

static struct span
text_span(const char *s)
{
	return (struct span){ (const uint8_t *)s, strlen(s) };
}

static int
setup(void **state)
{
	(void)state;
	if (crypto_start() != ERR_OK ||
	    hex_decode("0123456789abcdef", hub.fpr, 8) != ERR_OK ||
	    hex_decode(ROOT_HEX, hub.root, HASH_LEN) != ERR_OK)
		return -1;
	for (size_t i = 0; i < KEY_LEN; i++)
		hub.seed[i] = (uint8_t)i;
	crypto_sign_public(hub.seed, hub.pub);
	return checkpoint_sign(hub.seed, hub.fpr, 8, hub.root, hub.sig) ==
	    ERR_OK ? 0 : -1;
}

static void
published_notes_open_and_verify(void **state)
{
	static const char note[] =
	    "If you think cryptography is the answer to your problem,\n"
	    "then you don't know what your problem is.\n"
	    "\n" PETER_LINE ENOCH_LINE;
	uint8_t pub[KEY_LEN], want_id[4], id[4], key_id[4], sig[SIG_LEN];
	struct span text, name;

	(void)state;
	for (size_t i = 0; i < COUNT(published); i++) {
		name = text_span(published[i].name);
		assert_int_equal(hex_decode(published[i].pub, pub, KEY_LEN),
		    ERR_OK);
		assert_int_equal(hex_decode(published[i].key_id, want_id, 4),
		    ERR_OK);
		checkpoint_key_id(name, pub, key_id);
		assert_memory_equal(key_id, want_id, 4);
		assert_int_equal(checkpoint_open(text_span(note), name, &text,
		    id, sig), ERR_OK);
		assert_memory_equal(id, want_id, 4);
		assert_true(span_equal(text, text_span(PETER_TEXT)));
		assert_int_equal(crypto_verify(pub, text, sig), ERR_OK);
		text.n--;	/* the last newline is signed */
		assert_int_equal(crypto_verify(pub, text, sig), ERR_SIG);
	}
}

static void
published_signature_line_is_made_again(void **state)
{
	uint8_t seed[KEY_LEN], pub[KEY_LEN], sig[SIG_LEN];
	struct buf out = { .p = NULL };

	(void)state;
	assert_int_equal(hex_decode(published[0].seed, seed, KEY_LEN),
	    ERR_OK);
	crypto_sign_public(seed, pub);
	crypto_sign_message(seed, text_span(PETER_TEXT), sig);
	checkpoint_put_line(text_span(published[0].name), pub, sig, &out);
	assert_int_equal(buf_err(&out), ERR_OK);
	assert_string_equal(buf_cstr(&out), published[0].line);
	buf_free(&out);
}

static void
text_is_three_lines(void **state)
{
	static const struct { uint64_t size; const char *want; } rows[] = {
		{ 8, TEXT },
		{ 0, ORIGIN "\n0\n" ROOT64 "\n" },
		{ 10, ORIGIN "\n10\n" ROOT64 "\n" },
		{ UINT64_MAX, ORIGIN "\n18446744073709551615\n" ROOT64 "\n" },
	};
	struct buf out = { .p = NULL };

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		buf_reset(&out);
		assert_int_equal(checkpoint_text(hub.fpr, rows[i].size,
		    hub.root, &out), ERR_OK);
		assert_string_equal(buf_cstr(&out), rows[i].want);
	}
	buf_free(&out);
}

static void
note_is_the_one_another_implementation_made(void **state)
{
	struct buf out = { .p = NULL };

	(void)state;
	assert_int_equal(checkpoint_note(hub.pub, hub.fpr, 8, hub.root,
	    hub.sig, &out), ERR_OK);
	assert_string_equal(buf_cstr(&out), NOTE);
	buf_free(&out);
}

static void
note_parses_to_its_fields_and_verifies(void **state)
{
	struct checkpoint c;

	(void)state;
	assert_int_equal(checkpoint_parse(text_span(NOTE), &c), ERR_OK);
	assert_memory_equal(c.commune, hub.fpr, CHECKPOINT_COMMUNE_LEN);
	assert_true(c.size == 8);
	assert_memory_equal(c.root, hub.root, HASH_LEN);
	assert_memory_equal(c.sig, hub.sig, SIG_LEN);
	assert_int_equal(checkpoint_verify(&c, hub.fpr, hub.pub), ERR_OK);
	assert_int_equal(checkpoint_verify_fields(hub.fpr, hub.pub, 8,
	    hub.root, hub.sig), ERR_OK);
}

static void
every_size_comes_back(void **state)
{
	static const uint64_t sizes[] = {
		0, 1, 9, 10, 99, 100, 4294967296, UINT64_MAX - 1, UINT64_MAX,
	};
	struct buf out = { .p = NULL };
	struct checkpoint c;

	(void)state;
	for (size_t i = 0; i < COUNT(sizes); i++) {
		buf_reset(&out);
		assert_int_equal(checkpoint_note(hub.pub, hub.fpr, sizes[i],
		    hub.root, hub.sig, &out), ERR_OK);
		assert_int_equal(checkpoint_parse(buf_span(&out), &c),
		    ERR_OK);
		assert_true(c.size == sizes[i]);
	}
	buf_free(&out);
}

#define WITNESS DASH " witness.example/w1 AAAAAQAAAAAAAAA=\n"

static const struct {
	const char *why, *note;
	err want;
} notes[] = {
	{ "witness line after", NOTE WITNESS, ERR_OK },
	{ "witness line before", TEXT "\n" WITNESS LINE, ERR_OK },
	{ "another's Ed25519 line", NOTE PETER_LINE ENOCH_LINE, ERR_OK },
	{ "same line of another twice", NOTE WITNESS WITNESS, ERR_OK },
	{ "own name, another length", NOTE DASH " " ORIGIN " AAAAAQAA\n",
	  ERR_OK },
	{ "name in UTF-8", NOTE DASH " x\xc3\xa3 AAAAAQAA\n", ERR_OK },
	{ "empty", "", ERR_FORMAT },
	{ "newlines only", "\n\n\n\n", ERR_FORMAT },
	{ "text only", TEXT, ERR_FORMAT },
	{ "no signature line", TEXT "\n", ERR_FORMAT },
	{ "no blank line", TEXT LINE, ERR_FORMAT },
	{ "two blank lines", TEXT "\n\n" LINE, ERR_FORMAT },
	{ "only a witness", TEXT "\n" WITNESS, ERR_FORMAT },
	{ "own line twice", NOTE LINE, ERR_FORMAT },
	{ "line without name", NOTE DASH "  AAAAAQAA\n", ERR_FORMAT },
	{ "name with plus", NOTE DASH " a+b AAAAAQAA\n", ERR_FORMAT },
	{ "name with space", NOTE DASH " a b AAAAAQAA\n", ERR_FORMAT },
	{ "name with U+2003", NOTE DASH " a\xe2\x80\x83 AAAAAQAA\n",
	  ERR_FORMAT },
	{ "name with U+00A0", NOTE DASH " a\xc2\xa0 AAAAAQAA\n",
	  ERR_FORMAT },
	{ "not UTF-8", NOTE DASH " a\xff AAAAAQAA\n", ERR_FORMAT },
	{ "hyphen for dash", TEXT "\n- " ORIGIN " " LINE64 "\n", ERR_FORMAT },
	{ "no signature", NOTE DASH " a\n", ERR_FORMAT },
	{ "key id alone", NOTE DASH " a AAAAAQ==\n", ERR_FORMAT },
	{ "bad base64 elsewhere", NOTE DASH " a AAAAAQA\n", ERR_FORMAT },
	{ "padding bits set", NOTE DASH " a AAAAAQB=\n", ERR_FORMAT },
	{ "blank after signature", NOTE "\n", ERR_FORMAT },
	{ "line of other kind", NOTE "more\n", ERR_FORMAT },
	{ "carriage return", ORIGIN "\r\n8\n" ROOT64 "\n\n" LINE,
	  ERR_FORMAT },
	{ "extension line", TEXT "more\n\n" LINE, ERR_FORMAT },
	{ "text with a blank line", TEXT "\nmore\n\n" LINE, ERR_FORMAT },
	{ "size 08", ORIGIN "\n08\n" ROOT64 "\n\n" LINE, ERR_FORMAT },
	{ "size 00", ORIGIN "\n00\n" ROOT64 "\n\n" LINE, ERR_FORMAT },
	{ "size +8", ORIGIN "\n+8\n" ROOT64 "\n\n" LINE, ERR_FORMAT },
	{ "size -8", ORIGIN "\n-8\n" ROOT64 "\n\n" LINE, ERR_FORMAT },
	{ "size 8.", ORIGIN "\n8.\n" ROOT64 "\n\n" LINE, ERR_FORMAT },
	{ "size with space", ORIGIN "\n8 \n" ROOT64 "\n\n" LINE, ERR_FORMAT },
	{ "no size", ORIGIN "\n" ROOT64 "\n\n" LINE, ERR_FORMAT },
	{ "size 2^64", ORIGIN "\n18446744073709551616\n" ROOT64 "\n\n" LINE,
	  ERR_FORMAT },
	{ "size too long", ORIGIN "\n100000000000000000000\n" ROOT64 "\n\n"
	  LINE, ERR_FORMAT },
	{ "root of 31 bytes", ORIGIN "\n8\nXcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz"
	  "+Nw7/RgQw==\n\n" LINE, ERR_FORMAT },
	{ "root of 33 bytes", ORIGIN "\n8\nXcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz"
	  "+Nw7/RgQygA\n\n" LINE, ERR_FORMAT },
	{ "root not canonical", ORIGIN "\n8\nXcnaeacGWamtVZy3Ad7ZoqudgjqtL0l"
	  "gz+Nw7/RgQyh=\n\n" LINE, ERR_FORMAT },
	{ "root without padding", ORIGIN "\n8\nXcnaeacGWamtVZy3Ad7ZoqudgjqtL"
	  "0lgz+Nw7/RgQyg\n\n" LINE, ERR_FORMAT },
	{ "other prefix", "nguoN/0123456789abcdef\n8\n" ROOT64 "\n\n" DASH
	  " nguoN/0123456789abcdef " LINE64 "\n", ERR_FORMAT },
	{ "upper-case origin", "nguon/0123456789ABCDEF\n8\n" ROOT64 "\n\n"
	  DASH " nguon/0123456789ABCDEF " LINE64 "\n", ERR_FORMAT },
	{ "long origin", ORIGIN "0\n8\n" ROOT64 "\n\n" DASH " " ORIGIN "0 "
	  LINE64 "\n", ERR_FORMAT },
	{ "origin not hex", "nguon/0123456789abcdeg\n8\n" ROOT64 "\n\n" DASH
	  " nguon/0123456789abcdeg " LINE64 "\n", ERR_FORMAT },
	{ "line under another origin", "nguon/0123456789abcdee\n8\n" ROOT64
	  "\n\n" LINE, ERR_FORMAT },
	{ "space before", " " NOTE, ERR_FORMAT },
};

static void
each_note_gives_its_verdict(void **state)
{
	struct checkpoint c;

	(void)state;
	for (size_t i = 0; i < COUNT(notes); i++) {
		memset(&c, 0x5a, sizeof c);
		if (checkpoint_parse(text_span(notes[i].note), &c) !=
		    notes[i].want)
			fail_msg("%s", notes[i].why);
		if (notes[i].want == ERR_OK)
			assert_int_equal(checkpoint_verify(&c, hub.fpr,
			    hub.pub), ERR_OK);
		else
			assert_int_equal(c.commune[0], 0x5a);
	}
}

/* Whatever one byte is replaced by or cut at, no other checkpoint comes out:
 * the note is refused, does not verify, or says the very same. */
static void
no_changed_note_verifies_as_another(void **state)
{
	uint8_t note[sizeof NOTE - 1];
	struct checkpoint was, c;

	(void)state;
	assert_int_equal(checkpoint_parse(text_span(NOTE), &was), ERR_OK);
	for (size_t i = 0; i < sizeof note; i++) {
		for (unsigned v = 0; v < 256; v++) {
			memcpy(note, NOTE, sizeof note);
			if (v == note[i])
				continue;
			note[i] = (uint8_t)v;
			if (checkpoint_parse((struct span){ note,
			    sizeof note }, &c) == ERR_OK)
				assert_int_not_equal(checkpoint_verify(&c,
				    hub.fpr, hub.pub), ERR_OK);
		}
		assert_int_equal(checkpoint_parse((struct span){
		    (const uint8_t *)NOTE, i }, &c), ERR_FORMAT);
	}
	assert_true(was.size == 8);
}

static void
a_note_above_the_limit_is_refused_unread(void **state)
{
	struct buf out = { .p = NULL };
	struct checkpoint c;

	(void)state;
	buf_put_text(&out, NOTE);
	while (out.n + strlen(WITNESS) <= LIMIT_CHECKPOINT_BYTES)
		buf_put_text(&out, WITNESS);
	assert_int_equal(buf_err(&out), ERR_OK);
	assert_int_equal(checkpoint_parse(buf_span(&out), &c), ERR_OK);
	buf_put_text(&out, WITNESS);
	assert_int_equal(buf_err(&out), ERR_OK);
	assert_int_equal(checkpoint_parse(buf_span(&out), &c), ERR_LIMIT);
	buf_free(&out);
}

static void
wrong_commune_key_size_root_or_signature_do_not_verify(void **state)
{
	uint8_t fpr[HASH_LEN], pub[KEY_LEN], seed[KEY_LEN] = { 1 };
	struct checkpoint good, c;

	(void)state;
	assert_int_equal(checkpoint_parse(text_span(NOTE), &good), ERR_OK);
	memcpy(fpr, hub.fpr, sizeof fpr);
	fpr[7] ^= 1;
	assert_int_equal(checkpoint_verify(&good, fpr, hub.pub), ERR_FOREIGN);
	assert_int_equal(checkpoint_verify_fields(fpr, hub.pub, 8, hub.root,
	    hub.sig), ERR_SIG);
	crypto_sign_public(seed, pub);
	assert_int_equal(checkpoint_verify(&good, hub.fpr, pub), ERR_SIG);
	assert_int_equal(checkpoint_verify_fields(hub.fpr, pub, 8, hub.root,
	    hub.sig), ERR_SIG);
	c = good;
	c.size = 9;
	assert_int_equal(checkpoint_verify(&c, hub.fpr, hub.pub), ERR_SIG);
	c = good;
	c.key_id[3] ^= 1;
	assert_int_equal(checkpoint_verify(&c, hub.fpr, hub.pub), ERR_SIG);
	for (size_t i = 0; i < HASH_LEN; i++) {
		c = good;
		c.root[i] ^= 1;
		assert_int_equal(checkpoint_verify(&c, hub.fpr, hub.pub),
		    ERR_SIG);
	}
	for (size_t i = 0; i < SIG_LEN; i++) {
		c = good;
		c.sig[i] ^= 1;
		assert_int_equal(checkpoint_verify(&c, hub.fpr, hub.pub),
		    ERR_SIG);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(published_notes_open_and_verify),
		cmocka_unit_test(published_signature_line_is_made_again),
		cmocka_unit_test(text_is_three_lines),
		cmocka_unit_test(note_is_the_one_another_implementation_made),
		cmocka_unit_test(note_parses_to_its_fields_and_verifies),
		cmocka_unit_test(every_size_comes_back),
		cmocka_unit_test(each_note_gives_its_verdict),
		cmocka_unit_test(no_changed_note_verifies_as_another),
		cmocka_unit_test(a_note_above_the_limit_is_refused_unread),
		cmocka_unit_test(
		    wrong_commune_key_size_root_or_signature_do_not_verify),
	};

	return cmocka_run_group_tests_name("checkpoint", tests, setup, NULL);
}
