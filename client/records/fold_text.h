/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fold_text.h -- Vietnamese text: one normal form to keep, a folded form to
 * search, and the order of names.  The only user of libunistring.
 *
 * All calls append to out; after an error out is as it was, but for a failed
 * allocation, which buf_err keeps.  Errors: ERR_FORMAT: s is not UTF-8;
 * ERR_LIMIT: longer than LIMIT_CSV_FIELD_BYTES; ERR_NOMEM.
 */
#ifndef NGUON_RECORDS_FOLD_TEXT_H
#define NGUON_RECORDS_FOLD_TEXT_H

#include "protocol/bytes.h"

/*
 * fold_text_nfc(s, out): what is written into a record: normal form C, white
 * space and control characters at the ends removed, runs of them inside as one
 * blank.
 */
MUST_USE err fold_text_nfc(struct span s, struct buf *out);
/*
 * fold_text_search(s, out): case folded, đ as d, all marks removed, words
 * (letters and digits) parted by one blank: `Đỗ  Thị HOÀ` is `do thi hoa`.
 */
MUST_USE err fold_text_search(struct span s, struct buf *out);
/* fold_text_code(s, out): the same with dashes for blanks: a code as it is, or
 * as people write what it stands for (`Đoàn thanh niên`). */
MUST_USE err fold_text_code(struct span s, struct buf *out);
/*
 * fold_text_match(text, words): both folded for search; whether each word of
 * words begins a word of text, in any order; the same word twice needs two.
 * No words: true.
 */
bool fold_text_match(struct span text, struct span words);
/* The same where each word is a whole word of text. */
bool fold_text_match_whole(struct span text, struct span words);
/*
 * fold_text_sort_key(name, out): bytes whose order (span_compare) is that of
 * names: by given name (the last word), then the middle ones, then the family
 * name (the first); each by the Vietnamese alphabet, a ă â b c d đ ..., and
 * then by tone: ngang, huyền, hỏi, ngã, sắc, nặng.
 */
MUST_USE err fold_text_sort_key(struct span name, struct buf *out);

#endif
