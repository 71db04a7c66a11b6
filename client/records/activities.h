/* SPDX-License-Identifier: Apache-2.0 */
/*
 * activities.h -- what the cell or an organisation did: date, organisation,
 * title, how many took part.  All of it is public for ever, so a title names
 * nobody.
 */
#ifndef NGUON_RECORDS_ACTIVITIES_H
#define NGUON_RECORDS_ACTIVITIES_H

#include "client/records/people_index.h"

struct activity_draft {
	struct span date;		/* as typed */
	struct span organisation;	/* code, or what it stands for */
	struct span title;
	struct span participants;	/* digits; empty: none said */
};
enum activities_verdict {
	ACTIVITIES_FINE,
	/* to be confirmed */
	ACTIVITIES_FUTURE, ACTIVITIES_NAMES,	/* the title names somebody */
	/* refused */
	ACTIVITIES_NO_TEXT, ACTIVITIES_NO_TITLE, ACTIVITIES_TOO_LONG,
	ACTIVITIES_BAD_DATE, ACTIVITIES_BAD_ORGANISATION,
	ACTIVITIES_BAD_PARTICIPANTS,
};
bool activities_refuses(enum activities_verdict v);
enum phrase activities_phrase(enum activities_verdict v);

/* A draft in the form in which it is kept.  Owner: title is of the struct,
 * activities_clear. */
struct activity {
	uint8_t scope[SCOPE_LEN];
	uint8_t subject[ID_LEN];
	int64_t date;			/* days; INT64_MIN: none */
	char organisation[STEPS_TEXT];
	bool has_participants;
	uint64_t participants;
	char *title;
	bool waits;			/* has no leaf yet */
	bool late;			/* written long after its date */
	/* of one that was read: for a correction */
	uint8_t version[HASH_LEN];
	uint8_t element[ID_LEN + 8 + 1];
};
/* activities_judge: *ret is filled in unless it is refused.  people may be
 * NULL: names are not looked for.  Lack of memory is ACTIVITIES_NO_TEXT. */
enum activities_verdict activities_judge(const struct activity_draft *d,
    int64_t today, const struct people_index *people, struct activity *ret);
void activities_clear(struct activity *a);
/* What tells one from another: scope and all that was written. */
void activities_key(const struct activity *a, uint8_t ret[static ID_LEN]);

/* activities_add: into a cell, or an organisation's lane.  Errors: those of
 * store_write. */
MUST_USE err activities_add(struct store *s,
    const uint8_t scope[static SCOPE_LEN], const struct activity *a);
/* activities_list(s, scope, ret, ret_count): by date; scope NULL: all that
 * can be read, lanes too.  Owner: the caller, activities_free. */
MUST_USE err activities_list(struct store *s, const uint8_t *scope,
    struct activity **ret, size_t *ret_count);
void activities_free(struct activity *a, size_t count);

#endif
