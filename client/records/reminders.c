/* SPDX-License-Identifier: Apache-2.0 */
#include "client/records/reminders.h"

#include <stdlib.h>
#include <string.h>

#include "client/records/commune.h"
#include "client/store/clock.h"
#include "protocol/limits.h"
#include "protocol/utf8.h"
#include "client/records/short_id.h"

enum {
	ELEMENT_PLAIN = ID_LEN + 8 + 1,
};

const char *
reminders_state_name(enum reminder_state state)
{
	static const char *const names[] = {
		[REMINDER_OPEN] = "open",
		[REMINDER_SEEN] = "seen",
		[REMINDER_DONE] = "done",
	};

	return names[state];
}

/* ---- reading */

struct collecting {
	struct store *s;
	unsigned states;
	struct read_authors authors;
	struct reminder_list *list;
	size_t cap;
};

static void
release(struct reminder *r)
{
	if (r->text != NULL)
		crypto_wipe(r->text, strlen(r->text));
	free(r->text);
	read_marks_free(&r->marks);
	crypto_wipe(r->about_name, sizeof r->about_name);
}

void
reminders_free(struct reminder_list *list)
{
	if (list == NULL)
		return;
	for (size_t i = 0; i < list->count; i++)
		release(&list->items[i]);
	free(list->items);
	free(list);
}

static err
copy_text(struct span text, char **ret)
{
	char *copy = malloc(text.n + 1);

	if (copy == NULL)
		return ERR_NOMEM;
	if (text.n > 0)
		memcpy(copy, text.p, text.n);
	copy[text.n] = '\0';
	*ret = copy;
	return ERR_OK;
}

/* The person that it is about, as far as this device may read. */
static void
read_about(struct store *s, const struct state *state, struct span element,
    struct reminder *r)
{
	const struct write *w = state_winner(state_find(state, FIELD_ABOUT,
	    element), clock_now_ms());
	const struct state *person = NULL;
	const uint8_t *id = NULL;
	struct codec_reader reader;
	struct span name;

	if (w == NULL || w->unreadable)
		return;
	reader = codec_reader(w->value);
	if (codec_read_fixed(&reader, ID_LEN, &id) != ERR_OK)
		return;
	r->has_about = true;
	memcpy(r->about, id, ID_LEN);
	if (store_state(s, r->scope, r->about, &person) == ERR_OK &&
	    state_text(person, FIELD_FULL_NAME, (struct span){ NULL, 0 },
	    clock_now_ms(), &name) == ERR_OK &&
	    name.n < sizeof r->about_name)
		memcpy(r->about_name, name.p, name.n);
}

/* Only the cell's own marks stay. */
static void
judge_marks(const struct store *s, struct reminder *r)
{
	size_t kept = 0;

	for (size_t i = 0; i < r->marks.count; i++)
		if (read_marks_of_cell(s, &r->marks.items[i], r->scope))
			r->marks.items[kept++] = r->marks.items[i];
	r->marks.count = kept;
	r->state = kept > 0 ? REMINDER_SEEN : REMINDER_OPEN;
	for (size_t i = kept; i-- > 0;)
		if (r->marks.items[i].done) {
			r->state = REMINDER_DONE;
			r->done = &r->marks.items[i];
		}
	r->shown = read_marks_own(&r->marks) != NULL;
}

static err
read_one(struct collecting *c, const struct state *state, const struct reg *g,
    struct reminder *r)
{
	struct span element = { g->element, g->element_len };
	uint64_t now_ms = clock_now_ms();
	const struct write *w = state_winner(g, now_ms);
	struct span text = { NULL, 0 };
	struct commune_cell cell;
	err rc;

	state_version(state, r->version);
	r->element_len = g->element_len;
	memcpy(r->element, g->element, g->element_len);
	if (commune_cell_by_scope(c->s, r->scope, &cell) == ERR_OK)
		memcpy(r->code, cell.code, sizeof r->code);
	r->unreadable = state_text(state, FIELD_REMARK, element, now_ms,
	    &text) != ERR_OK;
	r->has_due = state_int(state, FIELD_DUE, element, now_ms, &r->due) ==
	    ERR_OK;
	r->time_ms = w->stamp.time_ms;
	r->received = w->stamp.leaf != MERGE_NO_LEAF;
	rc = copy_text(r->unreadable ? (struct span){ NULL, 0 } : text,
	    &r->text);
	if (rc != ERR_OK)
		return rc;
	read_about(c->s, state, element, r);
	rc = author_of_log(c->s, r->scope, r->element, &r->from);
	if (rc == ERR_OK || rc == ERR_ABSENT)
		rc = read_marks_of(c->s, &c->authors, r->subject, &r->marks);
	if (rc == ERR_OK)
		judge_marks(c->s, r);
	return rc;
}

static struct reminder *
next_item(struct collecting *c)
{
	struct reminder_list *l = c->list;

	if (l->count == c->cap) {
		size_t cap = c->cap == 0 ? 16 : 2 * c->cap;
		struct reminder *more = realloc(l->items, cap * sizeof *more);
		if (more == NULL)
			return NULL;
		l->items = more;
		c->cap = cap;
	}
	memset(&l->items[l->count], 0, sizeof *l->items);
	return &l->items[l->count];
}

static err
take_one(struct collecting *c, const uint8_t *scope, const uint8_t *subject,
    const struct state *state, const struct reg *g)
{
	struct span element = { g->element, g->element_len };
	struct reminder *r;
	bool voided = false;
	err rc;

	if (g->field != FIELD_REMARK || g->element_len != ELEMENT_PLAIN ||
	    (state_bool(state, FIELD_VOIDED, element, clock_now_ms(),
	    &voided) == ERR_OK && voided))
		return ERR_OK;
	r = next_item(c);
	if (r == NULL)
		return ERR_NOMEM;
	memcpy(r->scope, scope, SCOPE_LEN);
	memcpy(r->subject, subject, ID_LEN);
	rc = read_one(c, state, g, r);
	if (rc == ERR_OK && (c->states == 0 || (c->states & 1u << r->state)))
		c->list->count++;
	else
		release(r);
	return rc;
}

static err
collect(void *ctx, const uint8_t scope[SCOPE_LEN],
    const uint8_t subject[ID_LEN], const struct state *state)
{
	err rc = ERR_OK;

	for (size_t i = 0; rc == ERR_OK && i < state_count(state); i++)
		rc = take_one(ctx, scope, subject, state, state_at(state, i));
	return rc;
}

static int
compare(const void *pa, const void *pb)
{
	const struct reminder *a = pa, *b = pb;
	bool a_done = a->state == REMINDER_DONE;
	bool b_done = b->state == REMINDER_DONE;

	if (a_done != b_done)
		return a_done - b_done;
	if (a->has_due != b->has_due)
		return b->has_due - a->has_due;
	if (a->has_due && a->due != b->due)
		return a->due < b->due ? -1 : 1;
	if (a->time_ms != b->time_ms)
		return a->time_ms < b->time_ms ? -1 : 1;
	return memcmp(a->element, b->element, ELEMENT_PLAIN);
}

err
reminders_list(struct store *s, const uint8_t *scope, unsigned states,
    struct reminder_list **ret)
{
	struct collecting c = { .s = s, .states = states };
	err rc = store_unlocked(s) ? ERR_OK : ERR_PASS;

	if (rc != ERR_OK)
		return rc;
	c.list = calloc(1, sizeof *c.list);
	if (c.list == NULL)
		return ERR_NOMEM;
	rc = store_each(s, scope, KIND_REMINDER, collect, &c);
	read_marks_authors_free(&c.authors);
	if (rc != ERR_OK) {
		reminders_free(c.list);
		return rc;
	}
	if (c.list->count > 1)
		qsort(c.list->items, c.list->count, sizeof *c.list->items,
		    compare);
	*ret = c.list;
	return ERR_OK;
}

const struct reminder *
reminders_find(const struct reminder_list *list, const char *id)
{
	const struct reminder *found = NULL;

	for (size_t i = 0; i < list->count; i++) {
		if (!short_id_names(id, list->items[i].subject))
			continue;
		if (found != NULL)
			return NULL;
		found = &list->items[i];
	}
	return found;
}

bool
reminders_overdue(const struct reminder *r, int64_t today)
{
	return r->has_due && r->due < today && r->state != REMINDER_DONE;
}

/* ---- sending */

static bool
text_ok(struct span text)
{
	return text.n > 0 && text.n <= LIMIT_TEXT_BYTES && utf8_lawful(text);
}

static err
may_send(const struct store *s, const uint8_t *cell)
{
	enum role role = store_role(s);

	if (role != ROLE_COMMUNE && role != ROLE_COMMISSIONER)
		return ERR_ROLE;
	return store_covers(s, cell) ? ERR_OK : ERR_SCOPE;
}

err
reminders_send(struct store *s, const uint8_t cell[static SCOPE_LEN],
    const struct reminder_draft *d, uint8_t ret_subject[static ID_LEN])
{
	struct store_op op = { .kind = KIND_REMINDER, .creates = true };
	err rc = may_send(s, cell);

	if (rc == ERR_OK && !text_ok(d->text))
		rc = ERR_VALUE;
	if (rc != ERR_OK)
		return rc;
	crypto_random(op.subject, ID_LEN);
	op.fields = field_draft_new();
	op.sealed = field_draft_new();
	if (op.fields == NULL || op.sealed == NULL) {
		rc = ERR_NOMEM;
		goto out;
	}
	if (d->has_due)
		field_draft_put_int(op.fields, FIELD_DUE, d->due);
	if (d->about != NULL)
		field_draft_put_bin(op.fields, FIELD_ABOUT,
		    (struct span){ d->about, ID_LEN });
	field_draft_put_text(op.sealed, FIELD_REMARK, d->text);
	rc = store_write(s, cell, &op, 1, NULL, 0, NULL);
	if (rc == ERR_OK)
		memcpy(ret_subject, op.subject, ID_LEN);
out:
	field_draft_free(op.fields);
	field_draft_free(op.sealed);
	return rc;
}

static void
expect_as_read(const struct reminder *r, struct store_expect *ret)
{
	memcpy(ret->scope, r->scope, SCOPE_LEN);
	memcpy(ret->subject, r->subject, ID_LEN);
	memcpy(ret->version, r->version, HASH_LEN);
}

err
reminders_withdraw(struct store *s, const struct reminder *r, struct span why)
{
	struct store_op op = { .kind = KIND_REMINDER };
	struct store_expect expect;
	struct op_ref ref = { .seq = be64_get(r->element + ID_LEN),
		.op = r->element[ID_LEN + 8] };
	err rc = may_send(s, r->scope);

	if (rc == ERR_OK && !text_ok(why))
		rc = ERR_VALUE;
	if (rc != ERR_OK)
		return rc;
	expect_as_read(r, &expect);
	memcpy(ref.log, r->element, ID_LEN);
	memcpy(op.subject, r->subject, ID_LEN);
	op.fields = field_draft_new();
	if (op.fields == NULL)
		return ERR_NOMEM;
	field_draft_put_ref(op.fields, FIELD_CITES, &ref);
	field_draft_put_bool(op.fields, FIELD_VOIDED, true);
	field_draft_put_text(op.fields, FIELD_WHY, why);
	rc = store_write(s, r->scope, &op, 1, &expect, 1, NULL);
	field_draft_free(op.fields);
	return rc;
}

/* ---- seen and done */

static bool
answers(const struct store *s)
{
	enum role role = store_role(s);

	return role == ROLE_SECRETARY || role == ROLE_DEPUTY;
}

err
reminders_mark_seen(struct store *s, size_t *ret_written)
{
	struct reminder_list *list = NULL;
	uint8_t(*subjects)[ID_LEN] = NULL;
	size_t count = 0;
	err rc;

	if (ret_written != NULL)
		*ret_written = 0;
	if (!answers(s))
		return ERR_OK;
	rc = reminders_list(s, NULL, 1u << REMINDER_OPEN | 1u << REMINDER_SEEN,
	    &list);
	if (rc != ERR_OK)
		return rc;
	subjects = calloc(list->count + 1, sizeof *subjects);
	if (subjects == NULL)
		rc = ERR_NOMEM;
	for (size_t i = 0; rc == ERR_OK && i < list->count; i++) {
		const struct reminder *r = &list->items[i];
		if (!r->shown && !r->unreadable &&
		    store_covers(s, r->scope))
			memcpy(subjects[count++], r->subject, ID_LEN);
	}
	if (rc == ERR_OK && count > 0)
		rc = read_marks_write(s, (const uint8_t(*)[ID_LEN])subjects,
		    count, READ_MARKS_SEEN, NULL);
	if (rc == ERR_OK && ret_written != NULL)
		*ret_written = count;
	free(subjects);
	reminders_free(list);
	return rc;
}

err
reminders_done(struct store *s, const struct reminder *r)
{
	uint8_t subject[1][ID_LEN];
	struct store_expect expect;

	if (!answers(s) || !store_covers(s, r->scope))
		return ERR_ROLE;
	if (r->state == REMINDER_DONE)
		return ERR_EXISTS;
	memcpy(subject[0], r->subject, ID_LEN);
	expect_as_read(r, &expect);
	return read_marks_write(s, (const uint8_t(*)[ID_LEN])subject, 1,
	    READ_MARKS_DONE, &expect);
}
