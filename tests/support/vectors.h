/* SPDX-License-Identifier: Apache-2.0 */
/*
 * vectors.h -- makes the files of protocol/vectors (its README.md says how
 * they are read).  Deterministic: fixed seeds, no random byte, no clock.  What
 * a row expects is written down here and not asked of the code that the row
 * tests.  What cannot be built ends the program.
 */
#ifndef NGUON_TESTS_SUPPORT_VECTORS_H
#define NGUON_TESTS_SUPPORT_VECTORS_H

#include "protocol/bytes.h"

/* One file: fill appends the whole text; which is the variant's number. */
struct vectors_file {
	const char *name;		/* inside of the folder */
	void (*fill)(struct buf *out, unsigned which);
	unsigned which;
};
extern const struct vectors_file vectors_files[];
extern const size_t vectors_file_count;

/* Ends the program unless rc is ERR_OK. */
void vectors_must(err rc, const char *what);

/* Lines of a file: a remark; a table's name and columns; a row with its name
 * and what is expected, then one column after another, then its end. */
void vectors_note(struct buf *out, const char *text);
void vectors_table(struct buf *out, const char *columns);
void vectors_row(struct buf *out, const char *name, const char *expected);
void vectors_hex(struct buf *out, struct span bytes);
void vectors_bytes(struct buf *out, const void *p, size_t n);
void vectors_word(struct buf *out, const char *word);
void vectors_number(struct buf *out, uint64_t number);
void vectors_none(struct buf *out);	/* a column that does not apply */
void vectors_end(struct buf *out);
/* A decimal number, without a column of its own. */
void vectors_digits(struct buf *out, uint64_t number);

/* start, start + 1, ... */
void vectors_count_up(uint8_t *out, size_t n, uint8_t start);
/* Appends the bytes of hex digits; blanks between them are passed over. */
void vectors_unhex(const char *hex, struct buf *out);

/* vectors_crypto.c ... : one function a file. */
void vectors_ed25519(struct buf *out, unsigned which);
void vectors_ids(struct buf *out, unsigned which);
void vectors_codec(struct buf *out, unsigned which);
void vectors_entry(struct buf *out, unsigned which);
void vectors_segment(struct buf *out, unsigned which);
void vectors_tree(struct buf *out, unsigned which);
void vectors_checkpoint(struct buf *out, unsigned which);
void vectors_seal(struct buf *out, unsigned which);
void vectors_invite(struct buf *out, unsigned which);
void vectors_recovery(struct buf *out, unsigned which);
void vectors_message(struct buf *out, unsigned which);
void vectors_packet(struct buf *out, unsigned which);
void vectors_judge(struct buf *out, unsigned which);
void vectors_merge(struct buf *out, unsigned which);
void vectors_admission(struct buf *out, unsigned which);
void vectors_audit(struct buf *out, unsigned which);
void vectors_audit_file(struct buf *out, unsigned which);
void vectors_example(struct buf *out, unsigned which);

#endif
