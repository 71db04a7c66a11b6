/* SPDX-License-Identifier: Apache-2.0 */
/*
 * people.h -- the people of a cell: add, edit, list, find.
 *
 * A person is entered and shown as texts, one a field, whatever the type in
 * the record is: dates as YYYY-MM-DD or D/M/YYYY, codes as codes.
 */
#ifndef NGUON_RECORDS_PEOPLE_H
#define NGUON_RECORDS_PEOPLE_H

#include "client/records/steps.h"
#include "protocol/places.h"

enum people_field {
	PEOPLE_FULL_NAME, PEOPLE_BIRTH_DATE, PEOPLE_BIRTH_YEAR, PEOPLE_GENDER,
	PEOPLE_ORGANISATION, PEOPLE_RESIDENCE, PEOPLE_WORKPLACE,
	PEOPLE_EDUCATION, PEOPLE_PHONE, PEOPLE_NOTES, PEOPLE_REF,
	PEOPLE_FIELDS
};
/* "full_name" ...: the column of a table, the key in JSON. */
const char *people_field_name(enum people_field field);
uint64_t people_field_number(enum people_field field);	/* enum field */

/* ---- what was entered */

/* p NULL: not given.  An empty text empties the field, where it may be. */
struct people_draft {
	struct span text[PEOPLE_FIELDS];
	struct span why;	/* of a change: public; empty: none */
};
enum people_verdict {
	PEOPLE_FINE,
	/* to be confirmed */
	PEOPLE_ODD_BIRTH_YEAR,
	PEOPLE_ODD_PHONE,	/* of a list; one that is typed is refused */
	/* refused */
	PEOPLE_NO_NAME,
	PEOPLE_NO_TEXT,			/* not UTF-8 */
	PEOPLE_TOO_LONG,		/* above LIMIT_TEXT_BYTES */
	PEOPLE_BAD_BIRTH_DATE, PEOPLE_BAD_BIRTH_YEAR,
	PEOPLE_BIRTH_DIFFERS,		/* year and date */
	PEOPLE_BAD_GENDER, PEOPLE_BAD_ORGANISATION, PEOPLE_BAD_RESIDENCE,
	PEOPLE_MUST_STAY,		/* cannot be emptied */
};
bool people_refuses(enum people_verdict v);
enum phrase people_phrase(enum people_verdict v);
enum people_use { PEOPLE_NEW, PEOPLE_CHANGED };
/* ret_field: the field it is about.  ERR_NOMEM is taken for PEOPLE_NO_TEXT. */
enum people_verdict people_judge(const struct people_draft *d,
    enum people_use use, int64_t today, enum people_field *ret_field);

/*
 * people_add(s, scope, d, listed, ret_subject): a new person, who is on the
 * list since that day: one entry.  The draft was judged.
 * Errors: ERR_VALUE the draft is refused; those of store_write.
 */
MUST_USE err people_add(struct store *s, const uint8_t scope[static SCOPE_LEN],
    const struct people_draft *d, int64_t listed,
    uint8_t ret_subject[static ID_LEN]);

/* ---- what stands in the records */

struct person {
	uint8_t scope[SCOPE_LEN];
	uint8_t subject[ID_LEN];
	uint8_t version[HASH_LEN];	/* for people_edit */
	const char *text[PEOPLE_FIELDS];	/* ""; never NULL */
	bool conflict[PEOPLE_FIELDS];
	bool unreadable[PEOPLE_FIELDS];	/* written, but cannot be read */
	struct steps_standing standing;
	bool gone;			/* moved or merged: counts elsewhere */
	struct places_went went;	/* of gone */
	char *block;			/* owned: what text points into */
	size_t block_bytes;
};
/*
 * people_edit(s, p, d, ret_changed): writes the fields that differ, one
 * entry; none: nothing, *ret_changed 0.  Errors: ERR_CHANGED: the record is
 * not p's version any more; ERR_VALUE; those of store_write.
 */
MUST_USE err people_edit(struct store *s, const struct person *p,
    const struct people_draft *d, size_t *ret_changed);

struct people_list {
	struct person *person;
	size_t count;
	size_t cap;
};
void people_list_free(struct people_list *l);	/* wipes the texts */
/* What to list; zeroed: everybody. */
struct people_filter {
	const uint8_t *scope;		/* NULL: all cells */
	enum step step;			/* who stands there now */
	struct span residence;		/* empty: any */
	struct span words;		/* all of them, in any order, of name,
					 * ref and phone; marks do not matter */
	bool all;			/* also who was moved or merged */
};
/* people_list(s, f, ret): by given name, middle, family, then cell.  Owner:
 * the caller, people_list_free. */
MUST_USE err people_list(struct store *s, const struct people_filter *f,
    struct people_list *ret);
/*
 * people_list_find(s, scope, who, ret): who is a ref, six or more hex digits
 * that an id begins with, a full name, whole words, or words as in people_list
 * (marks and case do not matter); the first of these that finds somebody.  ret
 * may hold several.  Errors: ERR_ABSENT: nobody; ERR_FORMAT, ERR_LIMIT of the
 * text.
 */
MUST_USE err people_list_find(struct store *s, const uint8_t *scope,
    struct span who, struct people_list *ret);
/* people_list_read: one person as the state has it; lines: store_lines.
 * Owner: the caller, people_list_release. */
MUST_USE err people_list_read(const struct merge_lines *lines,
    const uint8_t scope[static SCOPE_LEN],
    const uint8_t subject[static ID_LEN], const struct state *state,
    struct person *ret);
void people_list_release(struct person *p);

#endif
