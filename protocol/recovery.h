/* SPDX-License-Identifier: Apache-2.0 */
/*
 * recovery.h -- the recovery secret, the keys that follow from it, and the
 * words of its sheet (SPEC.md section 10).  Pure.
 *
 * The sheet: 32 bytes and two of checksum as 34 syllables, each one of 256
 * without accents that are easy to read aloud and to type.  Of the sounds that
 * a dialect of Vietnamese takes for one they hold one each (s or x; ch or tr;
 * d, gi or r; v; final n or ng), but for l and n.
 */
#ifndef NGUON_RECOVERY_H
#define NGUON_RECOVERY_H

#include "protocol/chain.h"

enum {
	RECOVERY_SYLLABLES = 34,
	RECOVERY_TEXT = 256,		/* room for all of them, with NUL */
	RECOVERY_SYLLABLE_TEXT = 8,	/* room for one, with NUL */
};

struct root_keys {
	uint8_t sign_seed[KEY_LEN];
	uint8_t sign_pub[KEY_LEN];
	uint8_t box_secret[KEY_LEN];
	uint8_t box_pub[KEY_LEN];
	uint8_t fingerprint[HASH_LEN];
};
/* Everything that follows from the secret.  To be wiped. */
void recovery_derive(const uint8_t secret[static KEY_LEN],
    struct root_keys *ret);

/* recovery_syllable: the syllable of one byte, with NUL. */
void recovery_syllable(uint8_t byte, char ret[static RECOVERY_SYLLABLE_TEXT]);
/* recovery_encode: all 34, one space between them, and a NUL. */
void recovery_encode(const uint8_t secret[static KEY_LEN],
    char ret[static RECOVERY_TEXT]);
/*
 * recovery_decode(text, ret_secret, ret_word): the secret of a sheet as a
 * person typed it.  Case is ignored; between syllables stand white space,
 * dashes, dots and digits (line numbers), of any number.
 * Errors: ERR_FORMAT, *ret_word: number from 1 of the first syllable that is
 *         none of ours, 0 if there are fewer or more than 34;
 *         ERR_VALUE checksum (*ret_word is 0): one was taken for another.
 */
MUST_USE err recovery_decode(struct span text,
    uint8_t ret_secret[static KEY_LEN], unsigned *ret_word);

#endif
