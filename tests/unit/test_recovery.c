/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_recovery.c -- what a reader of recovery.h may rely on.  The sheets and
 * keys are computed by a Python program of a few lines.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "protocol/recovery.h"

#define TEXT(s) ((struct span){ (const uint8_t *)(s), strlen(s) })
#define COUNT(a) (sizeof(a) / sizeof(a)[0])

static const char SHEET[] =
    "ba bai bam bao be bem beo bi bia bim bo boi bong bu bua bum cha chai "
    "cham chao che chem cheo chi chia chim cho choi chong chu chua chum rim "
    "ti";

static void
count_up(uint8_t *out, size_t n)
{
	for (size_t i = 0; i < n; i++)
		out[i] = (uint8_t)i;
}

static void
assert_hex(const uint8_t *p, size_t n, const char *want)
{
	char hex[129];

	assert_true(n <= 64);
	hex_encode(p, n, hex);
	assert_string_equal(hex, want);
}

static void
all_256_syllables_differ(void **state)
{
	static char all[256][RECOVERY_SYLLABLE_TEXT];

	(void)state;
	for (unsigned i = 0; i < 256; i++) {
		recovery_syllable((uint8_t)i, all[i]);
		assert_true(strlen(all[i]) >= 2 && strlen(all[i]) <= 5);
		assert_int_equal(strspn(all[i],
		    "abcdefghijklmnopqrstuvwxyz"), strlen(all[i]));
		for (unsigned k = 0; k < i; k++)
			assert_string_not_equal(all[i], all[k]);
	}
}

/* Sounds that a dialect merges, or that are written in two ways: of each
 * pair the sheet uses one at most. */
static void
no_two_syllables_sound_alike(void **state)
{
	static const char *const pairs[][2] = {
		{ "sa", "xa" }, { "cha", "tra" }, { "ra", "da" },
		{ "ra", "gia" }, { "va", "da" }, { "ka", "ca" },
		{ "bi", "by" }, { "ban", "bang" }, { "bon", "bong" },
		{ "bat", "bac" }, { "nga", "ngha" }, { "ba", "pa" },
	};
	char one[RECOVERY_SYLLABLE_TEXT];
	unsigned found[2];

	(void)state;
	for (size_t i = 0; i < COUNT(pairs); i++) {
		found[0] = found[1] = 0;
		for (unsigned b = 0; b < 256; b++) {
			recovery_syllable((uint8_t)b, one);
			found[0] += strcmp(one, pairs[i][0]) == 0;
			found[1] += strcmp(one, pairs[i][1]) == 0;
		}
		assert_true(found[0] + found[1] <= 1);
	}
}

static void
sheets_are_as_computed_elsewhere(void **state)
{
	uint8_t secret[KEY_LEN];
	char text[RECOVERY_TEXT];

	(void)state;
	count_up(secret, sizeof secret);
	recovery_encode(secret, text);
	assert_string_equal(text, SHEET);
	memset(secret, 0xff, sizeof secret);
	recovery_encode(secret, text);
	assert_string_equal(text + strlen(text) - 15, "vum vum nia lia");
}

static void
what_was_printed_is_read(void **state)
{
	uint8_t secret[KEY_LEN], got[KEY_LEN];
	char text[RECOVERY_TEXT];
	unsigned word;

	(void)state;
	for (unsigned i = 0; i < 200; i++) {
		if (i < 2)
			memset(secret, i == 0 ? 0 : 0xff, sizeof secret);
		else
			crypto_random(secret, sizeof secret);
		recovery_encode(secret, text);
		assert_int_equal(recovery_decode(TEXT(text), got, &word),
		    ERR_OK);
		assert_memory_equal(got, secret, KEY_LEN);
	}
}

static void
sheets_are_read_as_people_type_them(void **state)
{
	static const char typed[] =
	    " 1. BA bai Bam bao be bem beo bi\r\n"
	    " 2. bia - bim - bo-boi-bong-bu-bua-bum\n"
	    "3.cha.chai.cham.chao...che\tchem cheo chi\n"
	    "\n4. chia chim cho choi chong chu chua chum\n5. RIM ti\n\n";
	uint8_t secret[KEY_LEN], want[KEY_LEN];
	unsigned word;

	(void)state;
	count_up(want, sizeof want);
	assert_int_equal(recovery_decode(TEXT(typed), secret, &word), ERR_OK);
	assert_memory_equal(secret, want, KEY_LEN);
}

/* SHEET with its syllable `at` (from 0) replaced. */
static void
replace(size_t at, const char *with, char *out, size_t room)
{
	const char *p = SHEET;
	size_t n;

	for (size_t i = 0; i < at; i++)
		p = strchr(p, ' ') + 1;
	n = (size_t)(p - SHEET);
	p += strcspn(p, " ");
	assert_true(n + strlen(with) + strlen(p) < room);
	memcpy(out, SHEET, n);
	memcpy(out + n, with, strlen(with));
	memcpy(out + n + strlen(with), p, strlen(p) + 1);
}

static void
every_single_wrong_syllable_is_noticed(void **state)
{
	static const char *const unknown[] = {
		"b", "bx", "tra", "xin", "b\xc3\xa0", "chongg", "khongkhong",
		"ba,", "a",
	};
	uint8_t secret[KEY_LEN], got[KEY_LEN];
	char one[RECOVERY_SYLLABLE_TEXT], text[RECOVERY_TEXT], again[256];
	unsigned word, passed = 0;

	(void)state;
	count_up(secret, sizeof secret);
	memset(got, 0xee, sizeof got);
	for (size_t at = 0; at < RECOVERY_SYLLABLES; at++) {
		for (size_t i = 0; i < COUNT(unknown); i++) {
			replace(at, unknown[i], text, sizeof text);
			word = 99;
			assert_int_equal(recovery_decode(TEXT(text), got,
			    &word), ERR_FORMAT);
			assert_int_equal(word, at + 1);
		}
		for (unsigned b = 0; b < 256; b++) {
			recovery_syllable((uint8_t)b, one);
			replace(at, one, text, sizeof text);
			if (strcmp(text, SHEET) == 0) {
				passed++;
				continue;
			}
			word = 99;
			assert_int_equal(recovery_decode(TEXT(text), got,
			    &word), ERR_VALUE);
			assert_int_equal(word, 0);
		}
	}
	assert_int_equal(passed, RECOVERY_SYLLABLES);
	memset(again, 0xee, sizeof again);
	assert_memory_equal(got, again, KEY_LEN);
}

static void
the_count_must_be_right(void **state)
{
	uint8_t got[KEY_LEN];
	char text[sizeof SHEET + 4];
	unsigned word = 99;

	(void)state;
	assert_int_equal(recovery_decode(TEXT(""), got, &word), ERR_FORMAT);
	assert_int_equal(word, 0);
	word = 99;
	memcpy(text, SHEET, sizeof SHEET);
	text[sizeof SHEET - 4] = '\0';
	assert_int_equal(recovery_decode(TEXT(text), got, &word),
	    ERR_FORMAT);
	assert_int_equal(word, 0);
	word = 99;
	memcpy(text, SHEET, sizeof SHEET);
	memcpy(text + sizeof SHEET - 1, " ba", 4);
	assert_int_equal(recovery_decode(TEXT(text), got, &word),
	    ERR_FORMAT);
	assert_int_equal(word, 0);
}

static void
keys_follow_from_the_secret(void **state)
{
	uint8_t secret[KEY_LEN], pub[KEY_LEN], fpr[HASH_LEN];
	struct root_keys keys;

	(void)state;
	count_up(secret, sizeof secret);
	recovery_derive(secret, &keys);
	assert_hex(keys.sign_seed, KEY_LEN, "250d11c3c091257454d4d98246b651b5"
	    "8a80e504b6e8ca27519ffa05f119cddf");
	assert_hex(keys.box_secret, KEY_LEN, "a05c37bd30f529651a33a3f03a5b0b84"
	    "87f0819d5fc0098356e68bb6b10056fa");
	crypto_sign_public(keys.sign_seed, pub);
	assert_memory_equal(pub, keys.sign_pub, KEY_LEN);
	chain_root_fingerprint(pub, fpr);
	assert_memory_equal(fpr, keys.fingerprint, HASH_LEN);
	crypto_box_public(keys.box_secret, pub);
	assert_memory_equal(pub, keys.box_pub, KEY_LEN);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_256_syllables_differ),
		cmocka_unit_test(no_two_syllables_sound_alike),
		cmocka_unit_test(sheets_are_as_computed_elsewhere),
		cmocka_unit_test(what_was_printed_is_read),
		cmocka_unit_test(sheets_are_read_as_people_type_them),
		cmocka_unit_test(every_single_wrong_syllable_is_noticed),
		cmocka_unit_test(the_count_must_be_right),
		cmocka_unit_test(keys_follow_from_the_secret),
	};

	if (crypto_start() != ERR_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
