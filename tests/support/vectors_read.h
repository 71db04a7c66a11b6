/* SPDX-License-Identifier: Apache-2.0 */
/*
 * vectors_read.h -- reads the files of protocol/vectors, as its README.md
 * says it.  Failures are assertions of cmocka; the folder is found from the
 * root of the source tree, where tests are run.
 */
#ifndef NGUON_TESTS_SUPPORT_VECTORS_READ_H
#define NGUON_TESTS_SUPPORT_VECTORS_READ_H

#include "protocol/bytes.h"

#define VECTORS_FOLDER "protocol/vectors/"
enum { VECTORS_COLUMNS = 14 };

struct vectors_line {
	const char *table;
	size_t count;				/* columns */
	const char *column[VECTORS_COLUMNS];	/* 0: name, 1: expected */
};
struct vectors_text {
	char *text;
	struct vectors_line *line;
	size_t count;
};

/* vectors_read_file: the bytes of any file from the root of the tree, with a
 * NUL behind them that is not counted; to buf_free.  Fails if it is not there
 * or empty. */
struct buf vectors_read_file(const char *path);
/* vectors_read: a file of tables; to vectors_read_free. */
struct vectors_text vectors_read(const char *name);
void vectors_read_free(struct vectors_text *t);
/* vectors_read_next: the next row of that table from *at on (0 first), or
 * NULL; *at goes behind it. */
const struct vectors_line *vectors_read_next(const struct vectors_text *t,
    const char *table, size_t *at);
/* One column; bytes are to be freed with buf_free. */
struct buf vectors_read_bytes(const struct vectors_line *l, size_t column);
void vectors_read_fixed(const struct vectors_line *l, size_t column,
    uint8_t *ret, size_t n);
uint64_t vectors_read_number(const struct vectors_line *l, size_t column);
bool vectors_read_none(const struct vectors_line *l, size_t column);
/* Whether l expects that word. */
bool vectors_read_expects(const struct vectors_line *l, const char *word);
/* vectors_read_check: fails, with the row's name, unless it expects got. */
void vectors_read_check(const struct vectors_line *l, const char *got);
/* The word for an error: "ok", "format" ... */
const char *vectors_read_word(err rc);
/* Fails, with the row's name, unless the column's bytes are those. */
void vectors_read_same(const struct vectors_line *l, size_t column,
    struct span got);
void vectors_read_same_hex(const struct vectors_line *l, const uint8_t *got,
    size_t n);		/* what is expected, as hex */

#endif
