/* SPDX-License-Identifier: Apache-2.0 */
#include "client/records/directives.h"

#include <stdlib.h>
#include <string.h>

#include "client/records/commune.h"
#include "client/store/clock.h"
#include "protocol/limits.h"
#include "protocol/utf8.h"
#include "client/records/short_id.h"


struct collecting {
	struct store *s;
	enum directives_which which;
	struct read_authors authors;
	struct commune_cell *cells;
	size_t cell_count;
	struct directive_list *list;
	size_t cap;
};

static void
release(struct directive *d)
{
	free(d->text);
	free(d->why);
	free(d->cells);
	read_marks_free(&d->marks);
}

void
directives_free(struct directive_list *list)
{
	if (list == NULL)
		return;
	for (size_t i = 0; i < list->count; i++)
		release(&list->items[i]);
	free(list->items);
	free(list);
}

/* ---- one directive */

static err
read_text(const struct state *state, uint64_t field, char **ret)
{
	struct span text = { NULL, 0 };
	char *copy;

	if (state_text(state, field, (struct span){ NULL, 0 }, clock_now_ms(),
	    &text) != ERR_OK)
		text.n = 0;
	copy = malloc(text.n + 1);
	if (copy == NULL)
		return ERR_NOMEM;
	if (text.n > 0)
		memcpy(copy, text.p, text.n);
	copy[text.n] = '\0';
	*ret = copy;
	return ERR_OK;
}

/* The list of cells as it was written; whether it is for that one. */
static bool
is_for(const struct write *scopes, const uint8_t *cell)
{
	struct codec_reader r;
	const uint8_t *scope;
	uint32_t count;

	if (scopes == NULL || scopes->unreadable)
		return true;
	r = codec_reader(scopes->value);
	if (codec_read_array(&r, &count) != ERR_OK)
		return true;
	for (uint32_t i = 0; i < count; i++)
		if (codec_read_fixed(&r, SCOPE_LEN, &scope) == ERR_OK &&
		    memcmp(scope, cell, SCOPE_LEN) == 0)
			return true;
	return false;
}

/* Marks on another text than the one that stands go. */
static void
judge_marks(const struct store *s, const struct stamp *text,
    struct directive *d)
{
	size_t kept = 0;

	for (size_t i = 0; i < d->marks.count; i++)
		if (merge_before(store_lines(s), text,
		    &d->marks.items[i].stamp))
			d->marks.items[kept++] = d->marks.items[i];
	d->marks.count = kept;
	d->shown = read_marks_own(&d->marks) != NULL;
}

static void
judge_cell(const struct store *s, struct directive *d,
    struct directive_cell *cell)
{
	for (size_t i = 0; i < d->marks.count && !cell->read; i++)
		if (read_marks_of_cell(s, &d->marks.items[i], cell->scope)) {
			cell->read = true;
			cell->mark = d->marks.items[i];
			d->read_count++;
		}
}

static err
read_cells(const struct collecting *c, const struct state *state,
    struct directive *d)
{
	const struct write *scopes = state_winner(state_find(state,
	    FIELD_SCOPES, (struct span){ NULL, 0 }), clock_now_ms());

	d->whole = scopes == NULL || scopes->unreadable;
	d->cells = calloc(c->cell_count + 1, sizeof *d->cells);
	if (d->cells == NULL)
		return ERR_NOMEM;
	for (size_t i = 0; i < c->cell_count; i++) {
		const struct commune_cell *known = &c->cells[i];
		struct directive_cell *cell = &d->cells[d->cell_count];

		if (!store_covers(c->s, known->scope) ||
		    !is_for(scopes, known->scope))
			continue;
		memcpy(cell->scope, known->scope, SCOPE_LEN);
		memcpy(cell->code, known->code, sizeof cell->code);
		memcpy(cell->name, known->name, sizeof cell->name);
		judge_cell(c->s, d, cell);
		d->cell_count++;
	}
	return ERR_OK;
}

static err
read_one(struct collecting *c, const uint8_t *subject,
    const struct state *state, const struct reg *r, struct directive *d)
{
	const struct span whole = { NULL, 0 };
	uint64_t now_ms = clock_now_ms();
	const struct write *w = state_winner(r, now_ms);
	err rc;

	memcpy(d->subject, subject, ID_LEN);
	state_version(state, d->version);
	d->conflict = state_conflict(r);
	d->has_due = state_int(state, FIELD_DUE, whole, now_ms, &d->due) ==
	    ERR_OK;
	if (state_bool(state, FIELD_WITHDRAWN, whole, now_ms,
	    &d->withdrawn) != ERR_OK)
		d->withdrawn = false;
	d->time_ms = w->stamp.time_ms;
	d->received = w->stamp.leaf != MERGE_NO_LEAF;
	rc = read_text(state, FIELD_TEXT, &d->text);
	if (rc == ERR_OK)
		rc = read_text(state, FIELD_WHY, &d->why);
	if (rc == ERR_OK)
		rc = author_of_log(c->s, scope_root, w->stamp.log, &d->from);
	if (rc == ERR_OK || rc == ERR_ABSENT)
		rc = read_marks_of(c->s, &c->authors, subject, &d->marks);
	if (rc != ERR_OK)
		return rc;
	d->corrected = !d->withdrawn && d->why[0] != '\0';
	judge_marks(c->s, &w->stamp, d);
	return read_cells(c, state, d);
}

/* An organisation has no cell, and reads what is for all. */
static bool
is_wanted(const struct collecting *c, const struct directive *d)
{
	return (c->which == DIRECTIVES_ALL || !d->withdrawn) &&
	    (d->whole || d->cell_count > 0 ||
	    store_role(c->s) == ROLE_COMMUNE);
}

static err
collect(void *ctx, const uint8_t scope[SCOPE_LEN],
    const uint8_t subject[ID_LEN], const struct state *state)
{
	struct collecting *c = ctx;
	struct directive_list *l = c->list;
	const struct reg *r = state_find(state, FIELD_TEXT,
	    (struct span){ NULL, 0 });
	struct directive *d;
	err rc;

	(void)scope;
	if (r == NULL)
		return ERR_OK;
	if (l->count == c->cap) {
		size_t cap = c->cap == 0 ? 16 : 2 * c->cap;
		struct directive *more = realloc(l->items, cap * sizeof *more);
		if (more == NULL)
			return ERR_NOMEM;
		l->items = more;
		c->cap = cap;
	}
	d = &l->items[l->count];
	memset(d, 0, sizeof *d);
	rc = read_one(c, subject, state, r, d);
	if (rc == ERR_OK && is_wanted(c, d))
		l->count++;
	else
		release(d);
	return rc;
}

/* ---- all of them */

static int
compare(const void *pa, const void *pb)
{
	const struct directive *a = pa, *b = pb;

	if (a->time_ms != b->time_ms)
		return a->time_ms > b->time_ms ? -1 : 1;
	return memcmp(a->subject, b->subject, ID_LEN);
}

err
directives_list(struct store *s, enum directives_which which,
    struct directive_list **ret)
{
	struct collecting c = { .s = s, .which = which };
	err rc = store_unlocked(s) ? commune_cell_all(s, &c.cells,
	    &c.cell_count) : ERR_PASS;

	if (rc != ERR_OK)
		return rc;
	c.list = calloc(1, sizeof *c.list);
	rc = c.list == NULL ? ERR_NOMEM : store_each(s, scope_root,
	    KIND_DIRECTIVE, collect, &c);
	read_marks_authors_free(&c.authors);
	free(c.cells);
	if (rc != ERR_OK) {
		directives_free(c.list);
		return rc;
	}
	if (c.list->count > 1)
		qsort(c.list->items, c.list->count, sizeof *c.list->items,
		    compare);
	*ret = c.list;
	return ERR_OK;
}

const struct directive *
directives_find(const struct directive_list *list, const char *id)
{
	const struct directive *found = NULL;

	for (size_t i = 0; i < list->count; i++) {
		if (!short_id_names(id, list->items[i].subject))
			continue;
		if (found != NULL)
			return NULL;
		found = &list->items[i];
	}
	return found;
}

/* ---- what may be written */

bool
directives_refuses(enum directives_verdict v)
{
	return v == DIRECTIVES_NO_TEXT || v == DIRECTIVES_TOO_LONG;
}

enum phrase
directives_phrase(enum directives_verdict v)
{
	switch (v) {
	case DIRECTIVES_FINE: return PHRASE_DIRECTIVE_PUBLIC;
	case DIRECTIVES_NAMES: return PHRASE_DIRECTIVE_NAMES;
	case DIRECTIVES_TOO_LONG: return PHRASE_PEOPLE_TOO_LONG;
	case DIRECTIVES_NO_TEXT: break;
	}
	return PHRASE_DIRECTIVE_NO_TEXT;
}

enum directives_verdict
directives_judge(struct span text, const struct people_index *people)
{
	bool names = false;

	if (text.n > LIMIT_TEXT_BYTES)
		return DIRECTIVES_TOO_LONG;
	if (text.n == 0 || !utf8_lawful(text))
		return DIRECTIVES_NO_TEXT;
	if (people != NULL && people_index_names(people, text, &names) !=
	    ERR_OK)
		return DIRECTIVES_NO_TEXT;
	return names ? DIRECTIVES_NAMES : DIRECTIVES_FINE;
}

/* ---- writing */

static err
may_write(const struct store *s, struct span text)
{
	if (store_role(s) != ROLE_COMMUNE)
		return ERR_ROLE;
	return directives_refuses(directives_judge(text, NULL)) ? ERR_VALUE :
	    ERR_OK;
}

static err
put_cells(const struct directive_draft *d, struct field_draft *fields)
{
	struct buf list = { .p = NULL };

	if (d->cell_count > LIMIT_SCOPES)
		return ERR_LIMIT;
	codec_put_array(&list, (uint32_t)d->cell_count);
	for (size_t i = 0; i < d->cell_count; i++)
		codec_put_bin(&list,
		    (struct span){ d->cells[i], SCOPE_LEN });
	if (buf_err(&list) == ERR_OK)
		field_draft_put_raw(fields, FIELD_SCOPES, buf_span(&list));
	err rc = buf_err(&list);
	buf_free(&list);
	return rc;
}

static void
put_text(const struct directive_draft *d, struct field_draft *fields)
{
	field_draft_put_text(fields, FIELD_TEXT, d->text);
	if (d->has_due)
		field_draft_put_int(fields, FIELD_DUE, d->due);
}

err
directives_add(struct store *s, const struct directive_draft *d,
    uint8_t ret_subject[static ID_LEN])
{
	struct store_op op = { .kind = KIND_DIRECTIVE };
	err rc = may_write(s, d->text);

	if (rc != ERR_OK)
		return rc;
	crypto_random(op.subject, ID_LEN);
	op.fields = field_draft_new();
	if (op.fields == NULL)
		return ERR_NOMEM;
	put_text(d, op.fields);
	if (d->cell_count > 0)
		rc = put_cells(d, op.fields);
	if (rc == ERR_OK)
		rc = store_write(s, scope_root, &op, 1, NULL, 0, NULL);
	field_draft_free(op.fields);
	if (rc == ERR_OK)
		memcpy(ret_subject, op.subject, ID_LEN);
	return rc;
}

/* fields: taken over. */
static err
write_change(struct store *s, const struct directive *d, struct span why,
    struct field_draft *fields)
{
	struct store_op op = { .kind = KIND_DIRECTIVE, .fields = fields };
	struct store_expect expect;
	err rc;

	field_draft_put_text(fields, FIELD_WHY, why);
	memcpy(op.subject, d->subject, ID_LEN);
	memcpy(expect.scope, scope_root, SCOPE_LEN);
	memcpy(expect.subject, d->subject, ID_LEN);
	memcpy(expect.version, d->version, HASH_LEN);
	rc = store_write(s, scope_root, &op, 1, &expect, 1, NULL);
	field_draft_free(fields);
	return rc;
}

err
directives_correct(struct store *s, const struct directive *d,
    const struct directive_draft *new_text, struct span why)
{
	const struct span old = { (const uint8_t *)d->text, strlen(d->text) };
	struct field_draft *fields;
	err rc = may_write(s, new_text->text);

	if (rc == ERR_OK)
		rc = may_write(s, why);
	if (rc != ERR_OK)
		return rc;
	if (d->withdrawn)
		return ERR_RULE;
	if (span_equal(old, new_text->text) && !d->conflict &&
	    (!new_text->has_due || (d->has_due && d->due == new_text->due)))
		return ERR_EXISTS;
	fields = field_draft_new();
	if (fields == NULL)
		return ERR_NOMEM;
	put_text(new_text, fields);
	return write_change(s, d, why, fields);
}

err
directives_withdraw(struct store *s, const struct directive *d,
    struct span why)
{
	struct field_draft *fields;
	err rc = may_write(s, why);

	if (rc != ERR_OK)
		return rc;
	if (d->withdrawn)
		return ERR_EXISTS;
	fields = field_draft_new();
	if (fields == NULL)
		return ERR_NOMEM;
	field_draft_put_bool(fields, FIELD_WITHDRAWN, true);
	return write_change(s, d, why, fields);
}

/* ---- marks */

err
directives_mark_seen(struct store *s, size_t *ret_written)
{
	struct directive_list *list = NULL;
	uint8_t(*subjects)[ID_LEN] = NULL;
	size_t count = 0;
	err rc;

	if (ret_written != NULL)
		*ret_written = 0;
	if (store_role(s) == ROLE_COMMUNE)
		return ERR_OK;
	rc = directives_list(s, DIRECTIVES_STANDING, &list);
	if (rc != ERR_OK)
		return rc;
	subjects = calloc(list->count + 1, sizeof *subjects);
	if (subjects == NULL)
		rc = ERR_NOMEM;
	for (size_t i = 0; rc == ERR_OK && i < list->count; i++)
		if (!list->items[i].shown)
			memcpy(subjects[count++], list->items[i].subject,
			    ID_LEN);
	if (rc == ERR_OK && count > 0)
		rc = read_marks_write(s, (const uint8_t(*)[ID_LEN])subjects,
		    count, READ_MARKS_SEEN, NULL);
	if (rc == ERR_OK && ret_written != NULL)
		*ret_written = count;
	free(subjects);
	directives_free(list);
	return rc;
}
