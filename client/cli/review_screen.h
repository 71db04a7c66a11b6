/* SPDX-License-Identifier: Apache-2.0 */
/*
 * review_screen.h -- the screen of the yearly review: what it shows and what a
 * key means.  It touches no terminal and writes no record: review_terminal.c
 * and verbs_review.c do.
 */
#ifndef NGUON_CLI_REVIEW_SCREEN_H
#define NGUON_CLI_REVIEW_SCREEN_H

#include "client/cli/cli.h"
#include "client/records/review.h"

enum { REVIEW_SCREEN_TYPED = 512, REVIEW_SCREEN_NOTE = 512 };

/* One key; characters come as UTF-8. */
enum review_key {
	REVIEW_KEY_TEXT, REVIEW_KEY_ENTER, REVIEW_KEY_RUB_OUT,
	REVIEW_KEY_ESCAPE, REVIEW_KEY_BACK, REVIEW_KEY_FORTH, REVIEW_KEY_QUIT,
	REVIEW_KEY_NONE,
};
struct review_press {
	enum review_key key;
	uint8_t n;			/* bytes of TEXT */
	char text[4];
};

enum review_mode { REVIEW_ASK, REVIEW_WHERE, REVIEW_REASON };
struct review_screen {
	const struct cli *c;		/* for the language */
	const struct review *r;
	const char *place;		/* "Thôn Ba Mô" */
	size_t at;			/* row */
	enum review_mode mode;
	struct review_answer answer;	/* of DO_WRITE; spans into the
					 * struct, or static */
	char typed[REVIEW_SCREEN_TYPED];
	size_t typed_n;
	char note[REVIEW_SCREEN_NOTE];	/* what happened last; "" */
	bool colour;
};

/* Stands at the first open row.  False: there is none. */
bool review_screen_begin(struct review_screen *t);

/* What is to be done after a key. */
enum review_do { REVIEW_DO_DRAW, REVIEW_DO_WRITE, REVIEW_DO_STOP };
enum review_do review_screen_press(struct review_screen *t,
    const struct review_press *p);
/* The answer was written: says so, goes to the next open row, first behind
 * this one.  False: nothing is open any more. */
bool review_screen_written(struct review_screen *t);
/* It was not, as somebody changed the row. */
void review_screen_changed(struct review_screen *t);
/* It was not, as it is refused. */
void review_screen_refused(struct review_screen *t, enum phrase why);

/* review_screen_draw: at most `lines` lines of at most `columns` columns, each
 * with a line feed, appended.  ERR_NOMEM. */
MUST_USE err review_screen_draw(const struct review_screen *t,
    unsigned columns, unsigned lines, struct buf *out);
/* "đi làm xa · Công ty may"; "-" for nothing. */
void review_screen_found(const struct cli *c, const struct review_found *f,
    char *out, size_t size);
const char *review_screen_outcome(const struct cli *c,
    enum review_outcome o);

#endif
