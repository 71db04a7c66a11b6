/* SPDX-License-Identifier: Apache-2.0 */
/*
 * recovery.c -- the recovery secret and the words of its sheet.
 */
#include "protocol/recovery.h"

#include <string.h>

enum {
	SUM_LEN = 2,
	SHEET_LEN = KEY_LEN + SUM_LEN,
	SYLLABLE_MAX = 5,	/* letters: two and three */
};

_Static_assert(KEY_LEN + 2 == (int)RECOVERY_SYLLABLES, "a syllable a byte");
_Static_assert(RECOVERY_SYLLABLES * 6 <= RECOVERY_TEXT,
    "room for all");
_Static_assert(5 < RECOVERY_SYLLABLE_TEXT, "room for one");

/* The high and the low half of a byte.  No rhyme begins with a consonant and
 * every onset is consonants alone, so a syllable is read in one way. */
static const char onsets[16][3] = {
	"b", "ch", "h", "k", "kh", "l", "m", "n",
	"ng", "nh", "ph", "r", "s", "t", "th", "v",
};
static const char rhymes[16][4] = {
	"a", "ai", "am", "ao", "e", "em", "eo", "i",
	"ia", "im", "o", "oi", "ong", "u", "ua", "um",
};

void
recovery_derive(const uint8_t secret[static KEY_LEN], struct root_keys *ret)
{
	const struct span key = { secret, KEY_LEN };

	crypto_keyed("nguon1/root-sign", key, NULL, 0, ret->sign_seed,
	    KEY_LEN);
	crypto_sign_public(ret->sign_seed, ret->sign_pub);
	crypto_keyed("nguon1/root-box", key, NULL, 0, ret->box_secret,
	    KEY_LEN);
	crypto_box_public(ret->box_secret, ret->box_pub);
	chain_root_fingerprint(ret->sign_pub, ret->fingerprint);
}

static void
sheet_sum(const uint8_t *secret, uint8_t ret[static SUM_LEN])
{
	const struct span part = { secret, KEY_LEN };
	uint8_t hash[HASH_LEN];

	crypto_hash32("nguon1/root-sum", &part, 1, hash);
	memcpy(ret, hash, SUM_LEN);
}

void
recovery_syllable(uint8_t byte, char ret[static RECOVERY_SYLLABLE_TEXT])
{
	const char *onset = onsets[byte >> 4], *rhyme = rhymes[byte & 15];
	size_t n = strlen(onset);

	memcpy(ret, onset, n);
	memcpy(ret + n, rhyme, strlen(rhyme) + 1);
}

void
recovery_encode(const uint8_t secret[static KEY_LEN],
    char ret[static RECOVERY_TEXT])
{
	uint8_t sheet[SHEET_LEN];
	char *p = ret;

	memcpy(sheet, secret, KEY_LEN);
	sheet_sum(secret, sheet + KEY_LEN);
	for (size_t i = 0; i < SHEET_LEN; i++) {
		char syllable[RECOVERY_SYLLABLE_TEXT];
		size_t n;

		recovery_syllable(sheet[i], syllable);
		n = strlen(syllable);
		memcpy(p, syllable, n);
		p[n] = i + 1 < SHEET_LEN ? ' ' : '\0';
		p += n + 1;
		crypto_wipe(syllable, sizeof syllable);
	}
	crypto_wipe(sheet, sizeof sheet);
}

static bool
separates(uint8_t c)
{
	return c == ' ' || (c >= '\t' && c <= '\r') || c == '-' ||
	    c == '.' || (c >= '0' && c <= '9');
}

/* The byte of a syllable in either case; false: none of ours. */
static bool
syllable_byte(struct span word, uint8_t *ret)
{
	char typed[SYLLABLE_MAX + 1] = { 0 }, ours[RECOVERY_SYLLABLE_TEXT];
	bool found = false;

	if (word.n > SYLLABLE_MAX)
		return false;
	for (size_t i = 0; i < word.n; i++) {
		uint8_t c = word.p[i];

		if (c >= 'A' && c <= 'Z')
			c = (uint8_t)(c - 'A' + 'a');
		if (c < 'a' || c > 'z')
			goto out;
		typed[i] = (char)c;
	}
	for (unsigned b = 0; b <= UINT8_MAX && !found; b++) {
		recovery_syllable((uint8_t)b, ours);
		if (strcmp(typed, ours) == 0) {
			*ret = (uint8_t)b;
			found = true;
		}
	}
out:
	crypto_wipe(typed, sizeof typed);
	crypto_wipe(ours, sizeof ours);
	return found;
}

err
recovery_decode(struct span text, uint8_t ret_secret[static KEY_LEN],
    unsigned *ret_word)
{
	uint8_t sheet[SHEET_LEN], sum[SUM_LEN];
	unsigned words = 0;
	size_t at = 0;
	err rc = ERR_FORMAT;

	*ret_word = 0;
	for (;;) {
		struct span word;

		while (at < text.n && separates(text.p[at]))
			at++;
		if (at == text.n)
			break;
		word = (struct span){ text.p + at, 0 };
		for (; at < text.n && !separates(text.p[at]); at++)
			word.n++;
		if (words == SHEET_LEN)
			goto out;
		if (!syllable_byte(word, &sheet[words])) {
			*ret_word = words + 1;
			goto out;
		}
		words++;
	}
	if (words != SHEET_LEN)
		goto out;
	sheet_sum(sheet, sum);
	if (!crypto_equal(sum, sheet + KEY_LEN, SUM_LEN)) {
		rc = ERR_VALUE;
		goto out;
	}
	memcpy(ret_secret, sheet, KEY_LEN);
	rc = ERR_OK;
out:
	crypto_wipe(sheet, sizeof sheet);
	return rc;
}
