/* SPDX-License-Identifier: Apache-2.0 */
#include "client/records/fold_text.h"

#include <stdlib.h>
#include <string.h>
#include <unicase.h>
#include <unictype.h>
#include <uninorm.h>
#include <unistr.h>

#include "protocol/limits.h"

enum {
	MARK_GRAVE = 0x300, MARK_ACUTE = 0x301, MARK_CIRCUMFLEX = 0x302,
	MARK_TILDE = 0x303, MARK_BREVE = 0x306, MARK_HOOK = 0x309,
	MARK_HORN = 0x31b, MARK_DOT_BELOW = 0x323,
	LETTER_D_STROKE = 0x111,	/* đ, which has no decomposition */
	LATIN_MORE = 0x1e00, LATIN_MORE_END = 0x1eff,
};

static err
check(struct span s)
{
	if (s.n > LIMIT_CSV_FIELD_BYTES)
		return ERR_LIMIT;
	return s.n > 0 && u8_check(s.p, s.n) != NULL ? ERR_FORMAT : ERR_OK;
}

/* ---- normal form */

static bool
is_blank(ucs4_t c)
{
	return uc_is_property_white_space(c) ||
	    uc_is_general_category(c, UC_CONTROL);
}

/* s is well formed, in normal form C. */
static void
put_without_blanks(struct span s, struct buf *out)
{
	bool owed = false, begun = false;
	ucs4_t c;

	for (size_t i = 0; i < s.n;) {
		int n = u8_mbtouc_unsafe(&c, s.p + i, s.n - i);

		if (is_blank(c)) {
			owed = begun;
		} else {
			if (owed)
				buf_put_u8(out, ' ');
			buf_put(out, s.p + i, (size_t)n);
			owed = false;
			begun = true;
		}
		i += (size_t)n;
	}
}

/* Letters of these ranges are in normal form C, whatever stands beside. */
static bool
is_composed(struct span s)
{
	ucs4_t c;

	for (size_t i = 0; i < s.n;) {
		i += (size_t)u8_mbtouc_unsafe(&c, s.p + i, s.n - i);
		if (c >= MARK_GRAVE && (c < LATIN_MORE || c > LATIN_MORE_END))
			return false;
	}
	return true;
}

err
fold_text_nfc(struct span s, struct buf *out)
{
	err rc = check(s);
	uint8_t *made;
	size_t n = 0;

	if (rc != ERR_OK || s.n == 0)
		return rc;
	if (is_composed(s)) {
		put_without_blanks(s, out);
		return buf_err(out);
	}
	made = u8_normalize(UNINORM_NFC, s.p, s.n, NULL, &n);
	if (made == NULL)
		return ERR_NOMEM;
	put_without_blanks((struct span){ made, n }, out);
	free(made);
	return buf_err(out);
}

/* ---- searching */

/* Case folded and decomposed.  Owner: the caller, free(). */
static err
decompose(struct span s, struct span *ret)
{
	err rc = check(s);
	uint8_t *made;
	size_t n = 0;

	if (rc != ERR_OK)
		return rc;
	*ret = (struct span){ NULL, 0 };
	if (s.n == 0)
		return ERR_OK;
	made = u8_casefold(s.p, s.n, NULL, UNINORM_NFD, NULL, &n);
	if (made == NULL)
		return ERR_NOMEM;
	*ret = (struct span){ made, n };
	return ERR_OK;
}

static bool
is_mark(ucs4_t c)
{
	return uc_is_general_category_withtable(c, UC_CATEGORY_MASK_M);
}

err
fold_text_search(struct span s, struct buf *out)
{
	struct span d;
	bool owed = false, begun = false;
	ucs4_t c;
	err rc = decompose(s, &d);

	if (rc != ERR_OK)
		return rc;
	for (size_t i = 0; i < d.n;) {
		int n = u8_mbtouc_unsafe(&c, d.p + i, d.n - i);

		if (uc_is_alnum(c)) {
			if (owed)
				buf_put_u8(out, ' ');
			if (c == LETTER_D_STROKE)
				buf_put_u8(out, 'd');
			else
				buf_put(out, d.p + i, (size_t)n);
			owed = false;
			begun = true;
		} else if (!is_mark(c)) {
			owed = begun;
		}
		i += (size_t)n;
	}
	free((void *)(uintptr_t)d.p);
	return buf_err(out);
}

err
fold_text_code(struct span s, struct buf *out)
{
	size_t from = out->n;
	err rc = fold_text_search(s, out);

	for (size_t i = from; rc == ERR_OK && i < out->n; i++)
		if (out->p[i] == ' ')
			out->p[i] = '-';
	return rc;
}

/* The next word of s from *at on; false: there is none. */
static bool
next_word(struct span s, size_t *at, struct span *ret)
{
	size_t i = *at, from;

	while (i < s.n && s.p[i] == ' ')
		i++;
	from = i;
	while (i < s.n && s.p[i] != ' ')
		i++;
	*at = i;
	if (i == from)
		return false;
	*ret = (struct span){ s.p + from, i - from };
	return true;
}

static bool
begins(struct span word, struct span prefix)
{
	return prefix.n <= word.n && memcmp(word.p, prefix.p, prefix.n) == 0;
}

enum how { BEGINNING, WHOLE };

/* How many words of s begin with that word, or are it. */
static size_t
count_words(struct span s, struct span wanted, enum how how)
{
	struct span word;
	size_t count = 0;

	for (size_t at = 0; next_word(s, &at, &word);)
		count += begins(word, wanted) &&
		    (how == BEGINNING || word.n == wanted.n);
	return count;
}

/* Words asked for that begin with this one take words of the text away from
 * it; so it is enough that each finds as many as there are of them. */
static bool
match(struct span text, struct span words, enum how how)
{
	struct span word;

	for (size_t at = 0; next_word(words, &at, &word);)
		if (count_words(text, word, how) <
		    count_words(words, word, how))
			return false;
	return true;
}

bool
fold_text_match(struct span text, struct span words)
{
	return match(text, words, BEGINNING);
}

bool
fold_text_match_whole(struct span text, struct span words)
{
	return match(text, words, WHOLE);
}

/* ---- sorting */

static uint8_t
tone_of(ucs4_t mark)
{
	switch (mark) {
	case MARK_GRAVE: return 2;
	case MARK_HOOK: return 3;
	case MARK_TILDE: return 4;
	case MARK_ACUTE: return 5;
	case MARK_DOT_BELOW: return 6;
	default: return 1;
	}
}

static uint8_t
letter_of(ucs4_t mark)
{
	switch (mark) {
	case MARK_BREVE: return 2;
	case MARK_CIRCUMFLEX: return 3;
	case MARK_HORN: return 4;
	default: return 1;
	}
}

/* One word, decomposed: two bytes a letter, its base and what makes it another
 * letter of the alphabet; its tone goes into tones. */
static void
put_word(struct span word, struct buf *out, struct buf *tones)
{
	uint8_t tone = 1;
	ucs4_t c;

	for (size_t i = 0; i < word.n;) {
		int n = u8_mbtouc_unsafe(&c, word.p + i, word.n - i);

		if (is_mark(c)) {
			if (tone_of(c) > tone)
				tone = tone_of(c);
			if (letter_of(c) > 1 && out->n > 0 &&
			    buf_err(out) == ERR_OK)
				out->p[out->n - 1] = letter_of(c);
		} else if (c == LETTER_D_STROKE) {
			buf_put(out, "d\2", 2);
		} else {
			buf_put(out, word.p + i, (size_t)n);
			buf_put_u8(out, 1);
		}
		i += (size_t)n;
	}
	buf_put_u8(tones, tone);
}

/* Words number from to to (not including) of d. */
static void
put_words(struct span d, size_t from, size_t to, struct buf *out)
{
	struct buf tones = { .p = NULL };
	struct span word;
	size_t number = 0;

	for (size_t at = 0; next_word(d, &at, &word); number++)
		if (number >= from && number < to) {
			put_word(word, out, &tones);
			buf_put_u8(out, ' ');
		}
	buf_put_u8(out, 0);
	buf_put(out, tones.p, tones.n);
	buf_put_u8(out, 0);
	if (buf_err(&tones) != ERR_OK)
		out->failed = buf_err(&tones);
	buf_free(&tones);
}

err
fold_text_sort_key(struct span name, struct buf *out)
{
	struct buf clean = { .p = NULL };
	struct span d = { NULL, 0 }, word;
	size_t count = 0;
	err rc = fold_text_nfc(name, &clean);

	if (rc == ERR_OK)
		rc = decompose(buf_span(&clean), &d);
	if (rc != ERR_OK)
		goto out;
	for (size_t at = 0; next_word(d, &at, &word);)
		count++;
	if (count > 0)
		put_words(d, count - 1, count, out);
	if (count > 1) {
		put_words(d, 1, count - 1, out);
		put_words(d, 0, 1, out);
	}
	rc = buf_err(out);
out:
	free((void *)(uintptr_t)d.p);
	buf_free(&clean);
	return rc;
}
