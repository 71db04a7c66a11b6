/* SPDX-License-Identifier: Apache-2.0 */
#include "client/records/read_marks.h"

#include <stdlib.h>
#include <string.h>

#include "client/records/steps.h"
#include "client/store/clock.h"

enum { ELEMENT_PLAIN = ID_LEN + 8 + 1, AT_ONCE = 128 };

/* ---- authors */

void
read_marks_authors_free(struct read_authors *a)
{
	if (a == NULL)
		return;
	free(a->items);
	memset(a, 0, sizeof *a);
}

static err
add_author(struct store *s, struct read_authors *a, const uint8_t *log)
{
	struct certificate c;
	struct read_author *one;
	err rc;

	if (a->count == a->cap) {
		size_t cap = a->cap == 0 ? 32 : 2 * a->cap;
		struct read_author *more = realloc(a->items,
		    cap * sizeof *more);
		if (more == NULL)
			return ERR_NOMEM;
		a->items = more;
		a->cap = cap;
	}
	one = &a->items[a->count];
	memset(one, 0, sizeof *one);
	memcpy(one->log, log, ID_LEN);
	rc = author_of_log(s, scope_root, log, &one->author);
	if (rc == ERR_OK)
		rc = roster_by_device(store_roster(s), one->author.device, &c);
	if (rc == ERR_OK)
		memcpy(one->key, c.sign_pub, KEY_LEN);
	a->count += rc == ERR_OK;
	return rc;
}

/* ERR_ABSENT: nobody who has a certificate. */
static err
author_of(struct store *s, struct read_authors *a, const uint8_t *log,
    const struct read_author **ret)
{
	err rc;

	for (size_t i = 0; i < a->count; i++)
		if (memcmp(a->items[i].log, log, ID_LEN) == 0) {
			*ret = &a->items[i];
			return ERR_OK;
		}
	rc = add_author(s, a, log);
	if (rc == ERR_OK)
		*ret = &a->items[a->count - 1];
	return rc;
}

/* ---- reading */

/* The write of the op that the register is named after. */
static const struct write *
write_of(const struct reg *r)
{
	if (r->element_len != ELEMENT_PLAIN)
		return NULL;
	for (uint32_t i = 0; i < r->count; i++) {
		const struct stamp *st = &r->writes[i].stamp;
		if (memcmp(st->log, r->element, ID_LEN) == 0 &&
		    st->seq == be64_get(r->element + ID_LEN) &&
		    st->op == r->element[ID_LEN + 8])
			return &r->writes[i];
	}
	return NULL;
}

static int
compare(const void *pa, const void *pb)
{
	const struct stamp *a = &((const struct read_mark *)pa)->stamp;
	const struct stamp *b = &((const struct read_mark *)pb)->stamp;
	int c;

	if (a->time_ms != b->time_ms)
		return a->time_ms < b->time_ms ? -1 : 1;
	c = memcmp(a->log, b->log, ID_LEN);
	if (c != 0)
		return c;
	return a->seq != b->seq ? (a->seq < b->seq ? -1 : 1) : a->op - b->op;
}

err
read_marks_of(struct store *s, struct read_authors *authors,
    const uint8_t subject[static ID_LEN], struct read_marks *ret)
{
	struct read_marks m = { .count = 0 };
	const struct state *state = NULL;
	const struct read_author *a = NULL;
	err rc = store_state(s, scope_root, subject, &state);

	*ret = m;
	if (rc != ERR_OK)
		return rc == ERR_ABSENT ? ERR_OK : rc;
	m.items = calloc(state_count(state) + 1, sizeof *m.items);
	rc = m.items == NULL ? ERR_NOMEM : ERR_OK;
	for (size_t i = 0; rc == ERR_OK && i < state_count(state); i++) {
		const struct reg *r = state_at(state, i);
		const struct write *w = r->field == FIELD_DATE ? write_of(r) :
		    NULL;
		struct read_mark *mark = &m.items[m.count];

		if (w == NULL)
			continue;
		rc = author_of(s, authors, w->stamp.log, &a);
		if (rc != ERR_OK) {
			rc = rc == ERR_ABSENT ? ERR_OK : rc;
			continue;
		}
		mark->stamp = w->stamp;
		mark->author = a->author;
		memcpy(mark->key, a->key, KEY_LEN);
		mark->received = w->stamp.leaf != MERGE_NO_LEAF;
		if (state_bool(state, FIELD_DONE, (struct span){ r->element,
		    r->element_len }, clock_now_ms(), &mark->done) != ERR_OK)
			mark->done = false;
		m.count++;
	}
	if (rc != ERR_OK) {
		free(m.items);
		return rc;
	}
	if (m.count > 1)
		qsort(m.items, m.count, sizeof *m.items, compare);
	*ret = m;
	return ERR_OK;
}

void
read_marks_free(struct read_marks *m)
{
	if (m == NULL)
		return;
	free(m->items);
	memset(m, 0, sizeof *m);
}

bool
read_marks_of_cell(const struct store *s, const struct read_mark *m,
    const uint8_t cell[static SCOPE_LEN])
{
	const struct roster *roster = store_roster(s);
	enum role role = roster_role(roster, m->key, m->stamp.leaf);

	return (role == ROLE_SECRETARY || role == ROLE_DEPUTY) &&
	    roster_covers(roster, m->key, cell, m->stamp.leaf);
}

const struct read_mark *
read_marks_own(const struct read_marks *m)
{
	for (size_t i = m->count; i-- > 0;)
		if (m->items[i].author.own)
			return &m->items[i];
	return NULL;
}

/* ---- writing */

static err
write_some(struct store *s, const uint8_t (*subjects)[ID_LEN], size_t count,
    struct field_draft *fields, const struct store_expect *expect)
{
	struct store_op *ops = calloc(count, sizeof *ops);
	err rc;

	if (ops == NULL)
		return ERR_NOMEM;
	for (size_t i = 0; i < count; i++) {
		ops[i].kind = KIND_READ;
		memcpy(ops[i].subject, subjects[i], ID_LEN);
		ops[i].fields = fields;
	}
	rc = store_write(s, scope_root, ops, count, expect,
	    expect != NULL ? 1 : 0, NULL);
	free(ops);
	return rc;
}

err
read_marks_write(struct store *s, const uint8_t (*subjects)[ID_LEN],
    size_t count, enum read_marks_what what,
    const struct store_expect *expect)
{
	struct field_draft *fields = field_draft_new();
	err rc = fields == NULL ? ERR_NOMEM : ERR_OK;

	if (rc == ERR_OK) {
		field_draft_put_int(fields, FIELD_DATE, steps_today());
		if (what == READ_MARKS_DONE)
			field_draft_put_bool(fields, FIELD_DONE, true);
	}
	for (size_t i = 0, n; rc == ERR_OK && i < count; i += n) {
		n = count - i < AT_ONCE ? count - i : AT_ONCE;
		rc = write_some(s, subjects + i, n, fields, expect);
	}
	field_draft_free(fields);
	return rc;
}
