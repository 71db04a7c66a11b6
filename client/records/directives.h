/* SPDX-License-Identifier: Apache-2.0 */
/*
 * directives.h -- what the commune asks of all its cells, or of some: a text
 * that everybody reads, public for ever, with a day by which it is due.
 *
 * A cell has read a directive when a device of its secretary or deputy has
 * shown the text that stands now (read_marks.h): a mark that was written
 * before the text was corrected does not count.
 */
#ifndef NGUON_RECORDS_DIRECTIVES_H
#define NGUON_RECORDS_DIRECTIVES_H

#include "client/records/people_index.h"
#include "client/records/read_marks.h"

/* A cell that it is for. */
struct directive_cell {
	uint8_t scope[SCOPE_LEN];
	char code[64];
	char name[256];
	bool read;
	struct read_mark mark;		/* the first that counts, if read */
};
struct directive {
	uint8_t subject[ID_LEN];
	uint8_t version[HASH_LEN];	/* state_version */
	char *text;			/* owned */
	char *why;			/* owned; of the last change; "" */
	bool has_due;
	int64_t due;			/* days */
	bool withdrawn;
	bool corrected;
	bool conflict;			/* several texts stand */
	bool whole;			/* for every cell */
	struct author from;		/* of the text that stands */
	uint64_t time_ms;
	bool received;			/* the commune has it */
	size_t cell_count;		/* those it is for; on a device of a
					 * cell its own alone */
	struct directive_cell *cells;
	size_t read_count;		/* of cells */
	struct read_marks marks;	/* on this text, of any device */
	bool shown;			/* by this device */
};
struct directive_list {
	size_t count;
	struct directive *items;
};
enum directives_which { DIRECTIVES_STANDING, DIRECTIVES_ALL };
/*
 * directives_list(s, which, ret): those for this device, the newest first;
 * STANDING: without those withdrawn.  None is not an error.  Owner:
 * directives_free.
 * Errors: ERR_PASS the store is locked; ERR_NOMEM; those of the store.
 */
MUST_USE err directives_list(struct store *s, enum directives_which which,
    struct directive_list **ret);
void directives_free(struct directive_list *list);
/* By six or more digits that its id begins with; NULL: none, or several. */
const struct directive *directives_find(const struct directive_list *list,
    const char *id);

/* ---- writing */

enum directives_verdict {
	DIRECTIVES_FINE,
	DIRECTIVES_NAMES,		/* to be confirmed: names somebody */
	/* refused */
	DIRECTIVES_NO_TEXT, DIRECTIVES_TOO_LONG,
};
bool directives_refuses(enum directives_verdict v);
enum phrase directives_phrase(enum directives_verdict v);
/* people may be NULL: names are not looked for. */
enum directives_verdict directives_judge(struct span text,
    const struct people_index *people);

struct directive_draft {
	struct span text;		/* fold_text_nfc */
	bool has_due;
	int64_t due;
	const uint8_t (*cells)[SCOPE_LEN];
	size_t cell_count;		/* 0: for every cell */
};
/* Errors of these three: ERR_ROLE not a commune device; ERR_VALUE text or
 * reason is refused; those of store_write. */
MUST_USE err directives_add(struct store *s, const struct directive_draft *d,
    uint8_t ret_subject[static ID_LEN]);
/* directives_correct: another text, for the same cells; without has_due the
 * day stays.  ERR_RULE: it is withdrawn; ERR_EXISTS: it reads so already;
 * ERR_CHANGED. */
MUST_USE err directives_correct(struct store *s, const struct directive *d,
    const struct directive_draft *new_text, struct span why);
/* directives_withdraw: ERR_EXISTS: it is withdrawn; ERR_CHANGED. */
MUST_USE err directives_withdraw(struct store *s, const struct directive *d,
    struct span why);
/*
 * directives_mark_seen(s, ret_written): call it when directives were shown.
 * Marks those that stand, are for this device and are not marked by it yet; on
 * a commune device it does nothing.  ret_written may be NULL.
 */
MUST_USE err directives_mark_seen(struct store *s, size_t *ret_written);

#endif
