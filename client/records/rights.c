/* SPDX-License-Identifier: Apache-2.0 */
#include "client/records/rights.h"

#include <stdlib.h>
#include <string.h>

#include "client/store/clock.h"
#include "protocol/utf8.h"

static const struct span plain = { NULL, 0 };

/* ---- the notice of purpose */

err
rights_notice(struct store *s, const struct person *p, int64_t *ret,
    struct author *ret_author, uint64_t *ret_ms)
{
	struct author author = { .role = ROLE_NONE };
	const struct state *state;
	const struct write *w = NULL;
	int64_t date = 0;
	err rc = store_state(s, p->scope, p->subject, &state);

	if (rc == ERR_OK)
		rc = state_int(state, FIELD_NOTICE_DATE, plain,
		    clock_now_ms(), &date);
	if (rc == ERR_OK)
		w = state_winner(state_find(state, FIELD_NOTICE_DATE, plain),
		    clock_now_ms());
	if (w == NULL)
		return rc == ERR_OK ? ERR_ABSENT : rc;
	*ret_ms = w->stamp.time_ms;
	rc = author_of_log(s, p->scope, w->stamp.log, &author);
	if (rc != ERR_OK && rc != ERR_ABSENT)
		return rc;
	*ret = date;
	*ret_author = author;
	return ERR_OK;
}

err
rights_notice_write(struct store *s, const struct person *p, int64_t date)
{
	struct store_op op = { .kind = KIND_PERSON };
	struct store_expect expect;
	err rc;

	if (date > steps_today())
		return ERR_VALUE;
	op.sealed = field_draft_new();
	if (op.sealed == NULL)
		return ERR_NOMEM;
	memcpy(op.subject, p->subject, ID_LEN);
	field_draft_put_int(op.sealed, FIELD_NOTICE_DATE, date);
	memcpy(expect.scope, p->scope, SCOPE_LEN);
	memcpy(expect.subject, p->subject, ID_LEN);
	memcpy(expect.version, p->version, HASH_LEN);
	rc = store_write(s, p->scope, &op, 1, &expect, 1, NULL);
	field_draft_free(op.sealed);
	return rc;
}

/* ---- who may read it */

struct naming {
	struct rights_reader *readers;
	size_t count;
};

static err
note_name(void *ctx, const uint8_t scope[SCOPE_LEN],
    const uint8_t subject[ID_LEN], const struct state *state)
{
	struct naming *n = ctx;
	struct span name;

	(void)scope;
	for (size_t i = 0; i < n->count; i++) {
		struct rights_reader *r = &n->readers[i];

		if (r->name[0] != '\0' ||
		    memcmp(r->device, subject, ID_LEN) != 0 ||
		    state_text(state, FIELD_HOLDER_NAME, plain,
		    clock_now_ms(), &name) != ERR_OK || name.n == 0)
			continue;
		utf8_copy(r->name, sizeof r->name, name);
	}
	return ERR_OK;
}

static int
by_role(const void *pa, const void *pb)
{
	const struct rights_reader *a = pa, *b = pb;

	if (a->role != b->role)
		return a->role < b->role ? -1 : 1;
	return memcmp(a->device, b->device, ID_LEN);
}

err
rights_readers(struct store *s, const uint8_t scope[static SCOPE_LEN],
    struct rights_reader **ret, size_t *ret_count)
{
	const struct roster *roster = store_roster(s);
	struct naming n = { .count = 0 };
	struct certificate c;
	err rc;

	n.readers = calloc(roster_count(roster) + 1, sizeof *n.readers);
	if (n.readers == NULL)
		return ERR_NOMEM;
	for (size_t i = 0; i < roster_count(roster); i++) {
		if (roster_at(roster, i, &c) != ERR_OK || !c.claimed ||
		    c.revoked || !roster_covers(roster, c.sign_pub, scope,
		    ROSTER_NO_LEAF))
			continue;
		n.readers[n.count].role = c.role;
		chain_key_id(c.sign_pub, n.readers[n.count].device);
		n.count++;
	}
	rc = store_each(s, NULL, KIND_DEVICE, note_name, &n);
	if (rc != ERR_OK) {
		free(n.readers);
		return rc;
	}
	if (n.count > 1)
		qsort(n.readers, n.count, sizeof *n.readers, by_role);
	*ret = n.readers;
	*ret_count = n.count;
	return ERR_OK;
}

/* ---- where else the person is named */

struct mentions {
	const uint8_t *person;
	struct rights_mention *items;
	size_t count, cap;
};

/* A bin of 16 bytes anywhere in the value: an id in a list or alone. */
static bool
names(struct span value, const uint8_t *person)
{
	for (size_t i = 0; i + 2 + ID_LEN <= value.n; i++)
		if (value.p[i] == 0xc4 && value.p[i + 1] == ID_LEN &&
		    memcmp(value.p + i + 2, person, ID_LEN) == 0)
			return true;
	return false;
}

static err
add_mention(struct mentions *m, const uint8_t *scope, const uint8_t *subject,
    const struct state *state, const struct reg *r)
{
	struct span element = { r->element, r->element_len }, title;
	uint64_t now_ms = clock_now_ms();
	struct rights_mention *item;
	bool voided = false;

	if (state_bool(state, FIELD_VOIDED, element, now_ms, &voided) ==
	    ERR_OK && voided)
		return ERR_OK;
	if (m->count == m->cap) {
		size_t cap = m->cap == 0 ? 16 : 2 * m->cap;
		item = realloc(m->items, cap * sizeof *item);
		if (item == NULL)
			return ERR_NOMEM;
		m->items = item;
		m->cap = cap;
	}
	item = &m->items[m->count++];
	memset(item, 0, sizeof *item);
	memcpy(item->scope, scope, SCOPE_LEN);
	memcpy(item->subject, subject, ID_LEN);
	item->field = r->field;
	item->nomination = r->field == FIELD_LINKED_PERSON;
	if (state_int(state, FIELD_DATE, element, now_ms, &item->date) !=
	    ERR_OK)
		item->date = INT64_MIN;
	if (state_text(state, FIELD_TITLE, element, now_ms, &title) ==
	    ERR_OK && title.n < sizeof item->title)
		memcpy(item->title, title.p, title.n);
	return ERR_OK;
}

static err
look(void *ctx, const uint8_t scope[SCOPE_LEN],
    const uint8_t subject[ID_LEN], const struct state *state)
{
	struct mentions *m = ctx;
	err rc = ERR_OK;

	if (memcmp(subject, m->person, ID_LEN) == 0)
		return ERR_OK;
	for (size_t i = 0; rc == ERR_OK && i < state_count(state); i++) {
		const struct reg *r = state_at(state, i);
		const struct write *w = state_winner(r, clock_now_ms());

		if (w != NULL && !w->unreadable && names(w->value, m->person))
			rc = add_mention(m, scope, subject, state, r);
	}
	return rc;
}

err
rights_mentions(struct store *s, const uint8_t subject[static ID_LEN],
    struct rights_mention **ret, size_t *ret_count)
{
	struct mentions m = { .person = subject };
	err rc = store_each(s, NULL, 0, look, &m);

	if (rc != ERR_OK) {
		free(m.items);
		return rc;
	}
	*ret = m.items;
	*ret_count = m.count;
	return ERR_OK;
}
