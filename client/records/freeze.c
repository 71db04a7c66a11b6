/* SPDX-License-Identifier: Apache-2.0 */
#include "client/records/freeze.h"

#include <stdlib.h>
#include <string.h>

#include "client/records/report.h"
#include "client/store/clock.h"
#include "protocol/limits.h"
#include "protocol/verify_states.h"
#include "protocol/utf8.h"

/* ---- the figures at a size */

struct collecting {
	const struct store *s;
	struct verify_states *states;
	struct entry scratch;
	uint64_t size;
};

static err
keep(void *ctx, const struct place *place, uint8_t position, uint64_t time_ms,
    const struct op *op)
{
	return verify_states_keep(ctx, place, position, time_ms, op);
}

static err
on_entry(void *ctx, const struct store_entry *e)
{
	struct collecting *c = ctx;
	const struct fold_host host = { .ctx = c->states, .keep = keep };
	err rc;

	if (e->place.leaf == ROSTER_NO_LEAF || e->place.leaf >= c->size)
		return ERR_OK;
	rc = entry_parse(e->bytes, &c->scratch);
	if (rc == ERR_FORMAT || rc == ERR_LIMIT)
		return ERR_DAMAGED;
	if (rc != ERR_OK)
		return rc;
	return fold_entry(&host, store_lines(c->s),
	    ledger_roster(store_ledger(c->s)), &e->place, &c->scratch);
}

static err
may_collect(struct store *s)
{
	bool complete = false;
	err rc;

	if (!store_unlocked(s))
		return ERR_PASS;
	if (store_role(s) != ROLE_COMMUNE)
		return ERR_ROLE;
	rc = store_complete(s, &complete);
	return rc != ERR_OK ? rc : complete ? ERR_OK : ERR_UNABLE;
}

err
freeze_collect(struct store *s, struct figures **ret, uint64_t *ret_size)
{
	struct collecting c = { .s = s,
		.size = ledger_size(store_ledger(s)) };
	uint64_t erased;
	err rc = may_collect(s);

	if (rc != ERR_OK)
		return rc;
	c.states = verify_states_new();
	if (c.states == NULL)
		return ERR_NOMEM;
	rc = store_each_entry(s, NULL, on_entry, &c);
	if (rc == ERR_OK)
		rc = verify_states_figures_at(c.states, store_lines(s),
		    c.size, ret, &erased);
	if (rc == ERR_OK)
		*ret_size = c.size;
	entry_free(&c.scratch);
	verify_states_free(c.states);
	return rc;
}

err
freeze_waiting(struct store *s, uint64_t *ret)
{
	struct sync_status st;
	err rc = store_sync_status(s, &st);

	if (rc == ERR_OK)
		*ret = st.unsent + st.sent + st.returned;
	return rc;
}

/* ---- writing one */

static err
next_number(struct store *s, enum freeze_kind kind, uint64_t *ret)
{
	struct freeze_list *list = NULL;
	err rc = freeze_list(s, kind, &list);

	if (rc != ERR_OK)
		return rc;
	*ret = list->count == 0 ? 1 :
	    list->items[list->count - 1].z.number + 1;
	freeze_free(list);
	return *ret == 0 ? ERR_LIMIT : ERR_OK;
}

static void
put_fields(const struct frozen *z, struct span title, struct field_draft *d)
{
	field_draft_put_uint(d, FIELD_REPORT_NUMBER, z->number);
	field_draft_put_uint(d, FIELD_TREE_SIZE, z->size);
	field_draft_put_uint(d, FIELD_RULE_VERSION, z->rule);
	field_draft_put_raw(d, FIELD_FIGURES, z->figures);
	if (z->ranking) {
		field_draft_put_uint(d, FIELD_YEAR,
		    (uint64_t)z->period.first_year);
		field_draft_put_uint(d, FIELD_RANKING_RULE, z->ranking_rule);
	} else {
		field_draft_put_text(d, FIELD_PERIOD, (struct span){
		    (const uint8_t *)z->period.text,
		    strlen(z->period.text) });
	}
	if (title.n > 0)
		field_draft_put_text(d, FIELD_TITLE, title);
}

static err
publish(struct store *s, const struct frozen *z, struct span title)
{
	struct store_op op = { .kind = z->ranking ? KIND_RANKING :
	    KIND_FREEZE };
	err rc;

	crypto_random(op.subject, ID_LEN);
	op.fields = field_draft_new();
	if (op.fields == NULL)
		return ERR_NOMEM;
	put_fields(z, title, op.fields);
	rc = store_write(s, scope_root, &op, 1, NULL, 0, NULL);
	field_draft_free(op.fields);
	return rc;
}

/* z: all but number, size, rule and figures is set. */
static err
freeze(struct store *s, struct frozen *z, struct span title,
    uint64_t *ret_number)
{
	struct figures *f = NULL;
	struct buf value = { 0 };
	err rc = freeze_collect(s, &f, &z->size);

	if (rc != ERR_OK)
		return rc;
	z->rule = figures_rules(f);
	z->ranking_rule = RANKING_RULE_VERSION;
	rc = frozen_make(z, f, &value);
	if (rc == ERR_OK && value.n > LIMIT_ENTRY_BYTES / 2)
		rc = ERR_LIMIT;
	if (rc == ERR_OK)
		rc = next_number(s, z->ranking ? FREEZE_RANKINGS :
		    FREEZE_REPORTS, &z->number);
	if (rc == ERR_OK) {
		z->figures = buf_span(&value);
		rc = publish(s, z, title);
	}
	if (rc == ERR_OK)
		*ret_number = z->number;
	buf_free(&value);
	figures_free(f);
	return rc;
}

err
freeze_report(struct store *s, const struct period *period, struct span title,
    uint64_t *ret_number)
{
	struct frozen z = { .period = *period };

	return title.n > LIMIT_TEXT_BYTES ? ERR_VALUE :
	    freeze(s, &z, title, ret_number);
}

err
freeze_ranking(struct store *s, int year, uint64_t *ret_number)
{
	struct frozen z = { .ranking = true };
	err rc = report_year(year, &z.period);

	return rc != ERR_OK ? rc : freeze(s, &z, (struct span){ NULL, 0 },
	    ret_number);
}

/* ---- what is published */

struct listing {
	struct freeze_list *list;
	size_t room;
	bool ranking;
	uint64_t now_ms;
};

void
freeze_free(struct freeze_list *l)
{
	if (l == NULL)
		return;
	for (size_t i = 0; i < l->count; i++)
		buf_free(&l->items[i].block);
	free(l->items);
	free(l);
}

/* The state says what the op said: field by field, so that it is read like
 * one. */
static err
read_fields(const struct listing *x, const struct state *state,
    struct freeze *z)
{
	struct field_draft *d = field_draft_new();
	struct op op = { .kind = x->ranking ? KIND_RANKING : KIND_FREEZE };
	err rc;

	if (d == NULL)
		return ERR_NOMEM;
	for (size_t i = 0; i < state_count(state); i++) {
		const struct reg *r = state_at(state, i);
		const struct write *w = state_winner(r, x->now_ms);

		if (r->element_len > 0 || r->section != SECTION_PUBLIC ||
		    w->unreadable)
			continue;
		field_draft_put_raw(d, r->field, w->value);
		z->conflict |= state_conflict(r);
		if (r->field == FIELD_FIGURES) {
			z->time_ms = w->stamp.time_ms;
			z->received = w->stamp.leaf != MERGE_NO_LEAF;
			memcpy(z->log, w->stamp.log, ID_LEN);
		}
	}
	rc = field_draft_encode(d, &z->block);
	field_draft_free(d);
	op.fields = buf_span(&z->block);
	return rc == ERR_OK ? frozen_read(&op, &z->z) : rc;
}

static void
read_title(const struct listing *x, const struct state *state,
    struct freeze *z)
{
	struct span text;

	if (state_text(state, FIELD_TITLE, (struct span){ NULL, 0 },
	    x->now_ms, &text) != ERR_OK)
		return;
	utf8_copy(z->title, sizeof z->title, text);
}

static err
on_freeze(void *ctx, const uint8_t scope[SCOPE_LEN],
    const uint8_t subject[ID_LEN], const struct state *state)
{
	struct listing *x = ctx;
	struct freeze_list *l = x->list;
	struct freeze *z;
	err rc;

	(void)scope;
	if (l->count == x->room) {
		size_t room = x->room == 0 ? 16 : 2 * x->room;
		struct freeze *more = realloc(l->items, room * sizeof *more);
		if (more == NULL)
			return ERR_NOMEM;
		l->items = more;
		x->room = room;
	}
	z = &l->items[l->count];
	memset(z, 0, sizeof *z);
	memcpy(z->subject, subject, ID_LEN);
	rc = read_fields(x, state, z);
	if (rc != ERR_OK) {
		buf_free(&z->block);
		/* no such report: verify says so */
		return rc == ERR_NOMEM ? rc : ERR_OK;
	}
	read_title(x, state, z);
	l->count++;
	return ERR_OK;
}

static int
number_compare(const void *pa, const void *pb)
{
	const struct freeze *a = pa, *b = pb;

	if (a->z.number != b->z.number)
		return a->z.number < b->z.number ? -1 : 1;
	if (a->time_ms != b->time_ms)
		return a->time_ms < b->time_ms ? -1 : 1;
	return memcmp(a->subject, b->subject, ID_LEN);
}

err
freeze_list(struct store *s, enum freeze_kind kind, struct freeze_list **ret)
{
	struct listing x = { .ranking = kind == FREEZE_RANKINGS,
		.now_ms = clock_now_ms() };
	err rc;

	x.list = calloc(1, sizeof *x.list);
	if (x.list == NULL)
		return ERR_NOMEM;
	rc = store_each(s, scope_root, x.ranking ? KIND_RANKING : KIND_FREEZE,
	    on_freeze, &x);
	if (rc != ERR_OK) {
		freeze_free(x.list);
		return rc;
	}
	if (x.list->count > 1)
		qsort(x.list->items, x.list->count, sizeof *x.list->items,
		    number_compare);
	*ret = x.list;
	return ERR_OK;
}

/* ---- the rule in force */

static const uint8_t settings[ID_LEN];

err
freeze_rules(struct store *s, uint64_t *ret)
{
	const struct state *state = NULL;
	uint64_t version = 0;
	err rc = store_state(s, scope_root, settings, &state);

	if (rc != ERR_OK && rc != ERR_ABSENT)
		return rc;
	if (rc == ERR_ABSENT || state_uint(state, FIELD_RULES,
	    (struct span){ NULL, 0 }, clock_now_ms(), &version) != ERR_OK)
		version = 0;
	*ret = version == 0 ? 1 : version;
	return ERR_OK;
}

err
freeze_set_rules(struct store *s, uint64_t version)
{
	struct store_op op = { .kind = KIND_SETTING };
	uint64_t now = 0;
	err rc = store_role(s) == ROLE_COMMUNE ? freeze_rules(s, &now) :
	    ERR_ROLE;

	if (rc != ERR_OK)
		return rc;
	if (version < 1 || version > FIGURES_RULE_VERSION)
		return ERR_VERSION;
	if (version == now)
		return ERR_EXISTS;
	op.fields = field_draft_new();
	if (op.fields == NULL)
		return ERR_NOMEM;
	field_draft_put_uint(op.fields, FIELD_RULES, version);
	rc = store_write(s, scope_root, &op, 1, NULL, 0, NULL);
	field_draft_free(op.fields);
	return rc;
}
