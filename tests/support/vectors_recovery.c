/* SPDX-License-Identifier: Apache-2.0 */
/* vectors_recovery.c -- recovery.txt: root's keys, and sheets. */
#include "tests/support/vectors.h"

#include <string.h>

#include "protocol/recovery.h"

#define SHEET \
	"ba bai bam bao be bem beo bi bia bim bo boi bong bu bua bum cha " \
	"chai cham chao che chem cheo chi chia chim cho choi chong chu chua " \
	"chum "
#define SUM "rim ti"

static const struct {
	const char *name, *expected, *sheet;
} sheets[] = {
	{ "as-printed", "ok", SHEET SUM },
	{ "upper-case", "ok", "BA BAI BAM BAO BE BEM BEO BI BIA BIM BO BOI "
	    "BONG BU BUA BUM CHA CHAI CHAM CHAO CHE CHEM CHEO CHI CHIA CHIM "
	    "CHO CHOI CHONG CHU CHUA CHUM RIM TI" },
	{ "with-line-numbers", "ok", "1. ba bai bam bao be bem beo bi 2. bia "
	    "bim bo boi bong bu bua bum 3. cha-chai-cham-chao che chem cheo "
	    "chi 4.chia chim cho choi  chong chu chua chum 5.rim ti" },
	{ "two-taken-for-each-other", "sum", "bai ba bam bao be bem beo bi "
	    "bia bim bo boi bong bu bua bum cha chai cham chao che chem cheo "
	    "chi chia chim cho choi chong chu chua chum " SUM },
	{ "wrong-sum", "sum", SHEET "rim to" },
	{ "not-a-syllable", "format", SHEET "rim ty" },
	{ "with-an-accent", "format", SHEET "rim t\xc3\xad" },
	{ "one-less", "format", SHEET "rim" },
	{ "one-more", "format", SHEET SUM " ba" },
	{ "run-together", "format", SHEET "rimti" },
	{ "onset-alone", "format", SHEET "rim t" },
};

void
vectors_recovery(struct buf *out, unsigned which)
{
	uint8_t secret[KEY_LEN];
	struct root_keys k;
	char hex[2 * HASH_LEN + 1], text[RECOVERY_TEXT];

	(void)which;
	vectors_note(out, "Root's keys and the recovery sheet, SPEC.md"
	    " section 10.");
	vectors_table(out, "keys | name | expected | secret | seed"
	    " | public key | box secret | box public key");
	vectors_note(out, "expected: the root fingerprint");
	vectors_count_up(secret, KEY_LEN, 0);
	recovery_derive(secret, &k);
	hex_encode(k.fingerprint, HASH_LEN, hex);
	vectors_row(out, "counting", hex);
	vectors_bytes(out, secret, KEY_LEN);
	vectors_bytes(out, k.sign_seed, KEY_LEN);
	vectors_bytes(out, k.sign_pub, KEY_LEN);
	vectors_bytes(out, k.box_secret, KEY_LEN);
	vectors_bytes(out, k.box_pub, KEY_LEN);
	vectors_end(out);
	vectors_table(out, "sheets | name | expected | sheet (text) | secret");
	for (size_t i = 0; i < sizeof sheets / sizeof sheets[0]; i++) {
		bool ok = strcmp(sheets[i].expected, "ok") == 0;

		vectors_row(out, sheets[i].name, sheets[i].expected);
		vectors_word(out, sheets[i].sheet);
		if (ok)
			vectors_bytes(out, secret, KEY_LEN);
		else
			vectors_none(out);
		vectors_end(out);
	}
	for (size_t i = 0; i < KEY_LEN; i++)
		secret[i] = (uint8_t)(7 * i * i + 251);
	recovery_encode(secret, text);
	vectors_row(out, "all-kinds-of-syllables", "ok");
	vectors_word(out, text);
	vectors_bytes(out, secret, KEY_LEN);
	vectors_end(out);
}
