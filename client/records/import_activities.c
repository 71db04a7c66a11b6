/* SPDX-License-Identifier: Apache-2.0 */
#include "client/records/import_internal.h"

#include <string.h>

enum {
	COLUMN_DATE, COLUMN_CELL, COLUMN_ORGANISATION, COLUMN_TITLE,
	COLUMN_PARTICIPANTS, COLUMNS
};
static const char *const columns[COLUMNS] = {
	"date", "cell", "organisation", "title", "participants",
};

/* How often each one stands in the store. */
static err
begin(struct import *i)
{
	struct activity *known = NULL;
	uint8_t key[ID_LEN];
	size_t count = 0;
	err rc = people_index_new(i->s, &i->people);

	if (rc == ERR_OK)
		rc = activities_list(i->s, NULL, &known, &count);
	for (size_t k = 0; rc == ERR_OK && k < count; k++) {
		activities_key(&known[k], key);
		rc = key_set_put_number(&i->seen, key,
		    key_set_number(&i->seen, key) + 1);
	}
	activities_free(known, count);
	return rc;
}

static const char *
column_of(enum activities_verdict v)
{
	switch (v) {
	case ACTIVITIES_FUTURE:
	case ACTIVITIES_BAD_DATE:
		return columns[COLUMN_DATE];
	case ACTIVITIES_BAD_ORGANISATION:
		return columns[COLUMN_ORGANISATION];
	case ACTIVITIES_BAD_PARTICIPANTS:
		return columns[COLUMN_PARTICIPANTS];
	case ACTIVITIES_FINE:
	case ACTIVITIES_NAMES:
	case ACTIVITIES_NO_TEXT:
	case ACTIVITIES_NO_TITLE:
	case ACTIVITIES_TOO_LONG:
		break;
	}
	return columns[COLUMN_TITLE];
}

/* Rows that are wholly equal are as many activities: so many are passed over
 * as the store has, the others are written. */
static err
judge_known(struct import *i, size_t row, enum activities_verdict v)
{
	struct import_line *line = &i->lines[row];
	uint8_t key[ID_LEN];
	uint64_t there, above;

	activities_key(&line->activity, key);
	there = key_set_number(&i->seen, key);
	above = key_set_number(&i->above, key);
	if (there > 0) {
		import_set(i, row, IMPORT_YELLOW, PHRASE_IMPORT_ACTIVITY_THERE,
		    NULL);
	} else if (above > 0) {
		import_doubt(i, row, PHRASE_IMPORT_ACTIVITY_EQUAL, NULL);
		line->verdict.equal_line = (size_t)above;
	} else if (v != ACTIVITIES_FINE) {
		import_doubt(i, row, activities_phrase(v), column_of(v));
	}
	if (above == 0) {
		err rc = key_set_put_number(&i->above, key,
		    line->verdict.line);
		if (rc != ERR_OK)
			return rc;
	}
	return there == 0 ? ERR_OK :
	    key_set_put_number(&i->seen, key, there - 1);
}

static err
judge(struct import *i, size_t row)
{
	const struct activity_draft d = {
		.date = import_field(i, row, COLUMN_DATE),
		.organisation = import_field(i, row, COLUMN_ORGANISATION),
		.title = import_field(i, row, COLUMN_TITLE),
		.participants = import_field(i, row, COLUMN_PARTICIPANTS),
	};
	struct import_line *line = &i->lines[row];
	enum activities_verdict v = activities_judge(&d, i->today, i->people,
	    &line->activity);

	if (activities_refuses(v)) {
		import_set(i, row, IMPORT_RED, activities_phrase(v),
		    column_of(v));
		return ERR_OK;
	}
	memcpy(line->activity.scope, line->scope, SCOPE_LEN);
	return judge_known(i, row, v);
}

static err
write_row(struct import *i, size_t row)
{
	return activities_add(i->s, i->lines[row].scope,
	    &i->lines[row].activity);
}

const struct import_kind import_activities_kind = {
	.name = "activities",
	.columns = columns,
	.column_count = COLUMNS,
	.required = 1u << COLUMN_DATE | 1u << COLUMN_ORGANISATION |
	    1u << COLUMN_TITLE,
	.cell = COLUMN_CELL,
	.begin = begin,
	.judge = judge,
	.write = write_row,
};
