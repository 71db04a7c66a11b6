/* SPDX-License-Identifier: Apache-2.0 */
#include "client/records/import_internal.h"

#include <stdlib.h>
#include <string.h>

#include "client/records/fold_text.h"

enum { MEMBERS_MAX = 100000, NAME_BYTES = 200 };

/* Digits, blanks around them; false: no such number. */
static bool
read_number(struct span text, uint64_t max, uint64_t *ret)
{
	struct buf clean = { .p = NULL };
	uint64_t n = 0;
	bool ok = fold_text_nfc(text, &clean) == ERR_OK && clean.n > 0 &&
	    clean.n <= 9;

	for (size_t i = 0; ok && i < clean.n; i++) {
		ok = clean.p[i] >= '0' && clean.p[i] <= '9';
		n = n * 10 + (uint64_t)(clean.p[i] - '0');
	}
	buf_free(&clean);
	if (ok)
		*ret = n;
	return ok && n <= max;
}

/* ---- cells */

enum { CELL_CODE, CELL_NAME, CELL_MEMBERS, CELL_COMMISSIONER, CELL_COLUMNS };
static const char *const cell_columns[CELL_COLUMNS] = {
	"cell", "name", "members", "commissioner",
};

/* Codes of the table and the store. */
static void
code_key(struct span code, uint8_t ret[static ID_LEN])
{
	key_set_key(&code, 1, ret);
}

static err
begin_cells(struct import *i)
{
	uint8_t key[ID_LEN];
	err rc = ERR_OK;

	for (size_t k = 0; rc == ERR_OK && k < i->cell_count; k++) {
		code_key((struct span){ (const uint8_t *)i->cells[k].code,
		    strlen(i->cells[k].code) }, key);
		rc = key_set_put(&i->seen, key);
	}
	return rc;
}

static err
judge_cell(struct import *i, size_t row)
{
	struct span code = import_field(i, row, CELL_CODE);
	struct span members = import_field(i, row, CELL_MEMBERS);
	struct buf name = { .p = NULL }, more = { .p = NULL };
	uint8_t key[ID_LEN];
	err rc = fold_text_nfc(import_field(i, row, CELL_NAME), &name);
	err rc_more = fold_text_nfc(import_field(i, row, CELL_COMMISSIONER),
	    &more);
	bool named = rc == ERR_OK && rc_more == ERR_OK && name.n > 0 &&
	    name.n <= NAME_BYTES && more.n <= NAME_BYTES;

	buf_free(&name);
	buf_free(&more);
	if (rc == ERR_NOMEM || rc_more == ERR_NOMEM)
		return ERR_NOMEM;
	if (!commune_cell_code_ok(code)) {
		import_set(i, row, IMPORT_RED, PHRASE_IMPORT_BAD_CODE, "cell");
	} else if (!named) {
		import_set(i, row, IMPORT_RED, PHRASE_IMPORT_BAD_NAME, "name");
	} else if (members.n > 0 && !read_number(members, MEMBERS_MAX,
	    &i->lines[row].number)) {
		import_set(i, row, IMPORT_RED, PHRASE_IMPORT_BAD_NUMBER,
		    "members");
	} else {
		code_key(code, key);
		if (key_set_has(&i->seen, key))
			import_set(i, row, IMPORT_YELLOW,
			    PHRASE_IMPORT_CELL_THERE, "cell");
		return key_set_put(&i->seen, key);
	}
	return ERR_OK;
}

static err
write_commissioner(struct import *i, size_t row, const uint8_t *scope,
    struct span code, struct span name)
{
	struct store_op op = { .kind = KIND_CELL };
	struct buf text = { .p = NULL };
	err rc = fold_text_nfc(import_field(i, row, CELL_COMMISSIONER), &text);

	if (rc != ERR_OK || text.n == 0)
		goto out;
	op.fields = field_draft_new();
	if (op.fields == NULL) {
		rc = ERR_NOMEM;
		goto out;
	}
	chain_scope_subject(scope, op.subject);
	field_draft_put_bin(op.fields, FIELD_SCOPE,
	    (struct span){ scope, SCOPE_LEN });
	field_draft_put_text(op.fields, FIELD_CODE, code);
	field_draft_put_text(op.fields, FIELD_NAME, name);
	field_draft_put_text(op.fields, FIELD_COMMISSIONER, buf_span(&text));
	rc = store_write(i->s, scope_root, &op, 1, NULL, 0, NULL);
out:
	field_draft_free(op.fields);
	buf_free(&text);
	return rc;
}

static err
write_cell(struct import *i, size_t row)
{
	struct span code = import_field(i, row, CELL_CODE);
	struct buf name = { .p = NULL };
	uint8_t scope[SCOPE_LEN];
	err rc = fold_text_nfc(import_field(i, row, CELL_NAME), &name);

	if (rc == ERR_OK)
		rc = commune_cell_add(i->s, code, buf_span(&name),
		    i->lines[row].number, scope);
	if (rc == ERR_OK)
		rc = write_commissioner(i, row, scope, code, buf_span(&name));
	buf_free(&name);
	return rc;
}

const struct import_kind import_commune_cells = {
	.name = "cells",
	.columns = cell_columns,
	.column_count = CELL_COLUMNS,
	.required = 1u << CELL_CODE | 1u << CELL_NAME,
	.cell = CSV_NONE,
	.begin = begin_cells,
	.judge = judge_cell,
	.write = write_cell,
};

/* ---- quotas */

enum { QUOTA_YEAR, QUOTA_CELL, QUOTA_NUMBER, QUOTA_WHY, QUOTA_COLUMNS };
static const char *const quota_columns[QUOTA_COLUMNS] = {
	"year", "cell", "quota", "why",
};

/* A quota that is there: its year and cell; and with its number. */
static void
quota_key(uint64_t year, const uint8_t *cell, const uint64_t *number,
    uint8_t ret[static ID_LEN])
{
	uint8_t when[8], many[8] = { 0 };

	be64_put(when, year);
	if (number != NULL)
		be64_put(many, *number);
	key_set_key((const struct span[]){ { when, 8 }, { cell, SCOPE_LEN },
	    { many, number != NULL ? 8 : 0 } }, 3, ret);
}

static err
note_quota(struct import *i, uint64_t year, const uint8_t *cell,
    uint64_t number)
{
	uint8_t key[ID_LEN];
	err rc;

	quota_key(year, cell, NULL, key);
	rc = key_set_put(&i->seen, key);
	if (rc != ERR_OK)
		return rc;
	quota_key(year, cell, &number, key);
	return key_set_put(&i->seen, key);
}

static err
begin_quotas(struct import *i)
{
	struct commune_quota *known = NULL;
	size_t count = 0;
	err rc = commune_quota_all(i->s, 0, &known, &count);

	for (size_t k = 0; rc == ERR_OK && k < count; k++)
		rc = note_quota(i, known[k].year, known[k].cell,
		    known[k].number);
	free(known);
	return rc;
}

static err
judge_quota(struct import *i, size_t row)
{
	struct import_line *line = &i->lines[row];
	uint8_t there[ID_LEN], same[ID_LEN];

	if (!read_number(import_field(i, row, QUOTA_YEAR),
	    QUOTA_YEAR_MAX, &line->year) || line->year < QUOTA_YEAR_MIN) {
		import_set(i, row, IMPORT_RED, PHRASE_IMPORT_BAD_NUMBER,
		    "year");
		return ERR_OK;
	}
	if (!read_number(import_field(i, row, QUOTA_NUMBER), QUOTA_MAX,
	    &line->number)) {
		import_set(i, row, IMPORT_RED, PHRASE_IMPORT_BAD_NUMBER,
		    "quota");
		return ERR_OK;
	}
	quota_key(line->year, line->scope, NULL, there);
	quota_key(line->year, line->scope, &line->number, same);
	if (key_set_has(&i->seen, same)) {
		import_set(i, row, IMPORT_YELLOW, PHRASE_IMPORT_QUOTA_THERE,
		    NULL);
		return ERR_OK;
	}
	if (key_set_has(&i->seen, there)) {
		if (import_field(i, row, QUOTA_WHY).n == 0) {
			import_set(i, row, IMPORT_RED,
			    PHRASE_IMPORT_QUOTA_DIFFERS, "quota");
			return ERR_OK;
		}
		import_doubt(i, row, PHRASE_IMPORT_QUOTA_CHANGES, "quota");
	}
	return note_quota(i, line->year, line->scope, line->number);
}

static err
write_quota(struct import *i, size_t row)
{
	const struct import_line *line = &i->lines[row];
	struct buf why = { .p = NULL };
	err rc = fold_text_nfc(import_field(i, row, QUOTA_WHY), &why);

	if (rc == ERR_OK)
		rc = commune_quota_set(i->s, line->year, line->scope,
		    line->number, buf_span(&why), NULL);
	buf_free(&why);
	return rc;
}

const struct import_kind import_commune_quotas = {
	.name = "quotas",
	.columns = quota_columns,
	.column_count = QUOTA_COLUMNS,
	.required = 1u << QUOTA_YEAR | 1u << QUOTA_CELL | 1u << QUOTA_NUMBER,
	.cell = QUOTA_CELL,
	.begin = begin_quotas,
	.judge = judge_quota,
	.write = write_quota,
};
