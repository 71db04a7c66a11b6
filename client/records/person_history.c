/* SPDX-License-Identifier: Apache-2.0 */
#include "client/records/person_history.h"

#include <stdlib.h>
#include <string.h>

#include "client/store/clock.h"
#include "protocol/fold.h"
#include "protocol/limits.h"

enum { ELEMENT_STEP = ID_LEN + 8 + 1 + 1, AUTHORS = 32 };

struct gathering {
	struct store *s;
	const uint8_t *scope, *subject;
	struct entry entry;
	struct buf plain;		/* of a sealed part */
	struct person_history h;
	size_t cap;
	/* authors by log, the first few */
	struct { uint8_t log[ID_LEN]; struct author author; } known[AUTHORS];
	size_t known_count;
};

/* ---- one value */

static err
copy(struct span from, struct span *ret)
{
	uint8_t *p = malloc(from.n + 1);

	if (p == NULL)
		return ERR_NOMEM;
	if (from.n > 0 && from.p != NULL)
		memcpy(p, from.p, from.n);
	p[from.n] = 0;
	ret->p = p;
	ret->n = from.n;
	return ERR_OK;
}

static void
span_free(struct span s)
{
	uint8_t *p = (uint8_t *)(uintptr_t)s.p;

	if (p != NULL)
		crypto_wipe(p, s.n);
	free(p);
}

void
person_history_free(struct person_history *h)
{
	if (h == NULL)
		return;
	for (size_t i = 0; i < h->count; i++) {
		span_free(h->items[i].value);
		span_free(h->items[i].why);
	}
	free(h->items);
	memset(h, 0, sizeof *h);
}

static err
find_author(struct gathering *g, const struct place *place,
    struct author *ret)
{
	err rc = ERR_OK;

	for (size_t i = 0; i < g->known_count; i++)
		if (memcmp(g->known[i].log, place->log, ID_LEN) == 0) {
			*ret = g->known[i].author;
			return ERR_OK;
		}
	rc = author_of_log(g->s, g->scope, place->log, ret);
	if (rc == ERR_OK && g->known_count < AUTHORS) {
		memcpy(g->known[g->known_count].log, place->log, ID_LEN);
		g->known[g->known_count++].author = *ret;
	}
	return rc;
}

static err
grow(struct gathering *g)
{
	size_t cap = g->cap == 0 ? 64 : 2 * g->cap;
	struct history_item *more;

	if (g->h.count < g->cap)
		return ERR_OK;
	more = realloc(g->h.items, cap * sizeof *more);
	if (more == NULL)
		return ERR_NOMEM;
	g->h.items = more;
	g->cap = cap;
	return ERR_OK;
}

/* model: what all values of one op share.  value.p NULL: not readable. */
static err
add(struct gathering *g, const struct history_item *model, uint64_t field,
    struct span value, struct span why)
{
	struct history_item *item;
	err rc = grow(g);

	if (rc != ERR_OK)
		return rc;
	item = &g->h.items[g->h.count];
	*item = *model;
	item->field = field;
	item->unreadable = value.p == NULL;
	rc = copy(value, &item->value);
	if (rc == ERR_OK)
		rc = copy(why, &item->why);
	if (rc != ERR_OK) {
		span_free(item->value);
		return rc;
	}
	g->h.count++;
	return ERR_OK;
}

/* ---- one op */

/* Fields that say how an op is made, or which element it is about. */
static bool
is_told(uint64_t kind, uint64_t field)
{
	return field > FIELD_CREATES && field != FIELD_WHY &&
	    field_rule(field) != NULL &&
	    !(kind == KIND_STEP && field == FIELD_STEP) &&
	    !(kind == KIND_REVIEW && field == FIELD_YEAR);
}

static err
add_public(struct gathering *g, const struct history_item *model,
    const struct op *op, struct span why)
{
	struct codec_reader r = codec_reader(op->fields);
	struct span raw;
	uint64_t number;
	uint32_t pairs;
	err rc = codec_read_map(&r, &pairs);

	for (; rc == ERR_OK && pairs > 0; pairs--) {
		rc = codec_read_uint(&r, &number);
		if (rc == ERR_OK)
			rc = codec_read_value(&r, &raw);
		if (rc == ERR_OK && is_told(op->kind, number))
			rc = add(g, model, number, raw, why);
	}
	return rc;
}

/* The fields that a list names, as the map of the part has them. */
static err
add_listed(struct gathering *g, const struct history_item *model,
    const struct op *op, uint64_t list, struct span map, struct span why)
{
	const struct span none = { NULL, 0 };
	const struct field_rule *rule;
	struct codec_reader r;
	struct span numbers, raw;
	uint64_t number;
	uint32_t count;
	err rc;

	if (field_map_get(op->fields, list, &numbers) != ERR_OK)
		return ERR_OK;
	r = codec_reader(numbers);
	rc = codec_read_array(&r, &count);
	for (; rc == ERR_OK && count > 0; count--) {
		rc = codec_read_uint(&r, &number);
		rule = rc == ERR_OK ? field_rule(number) : NULL;
		if (rule == NULL)
			continue;
		if (map.n == 0 || field_map_get(map, number, &raw) != ERR_OK ||
		    !field_type_ok(rule->type, raw))
			raw = none;
		rc = add(g, model, number, raw, why);
	}
	return rc;
}

/* What a part says comes from outside: empty unless it is a map. */
static struct span
checked(struct span map)
{
	const struct codec_bounds bounds = { LIMIT_ENTRY_DEPTH,
		LIMIT_LIST_ITEMS, LIMIT_ENTRY_VALUES, LIMIT_TEXT_BYTES,
		LIMIT_BIN_BYTES };

	return map.n > 0 && codec_scan(map, &bounds, NULL) == ERR_OK ? map :
	    (struct span){ NULL, 0 };
}

static err
add_sealed(struct gathering *g, const struct history_item *model,
    const struct place *place, uint8_t position, const struct op *op,
    struct span why)
{
	err rc;

	if (entry_part(op, PART_SEALED) == NULL)
		return ERR_OK;
	buf_reset(&g->plain);
	rc = store_open_part(g->s, place, position, op, &g->plain);
	if (rc == ERR_NOMEM || rc == ERR_IO || rc == ERR_BUSY)
		return rc;
	rc = add_listed(g, model, op, FIELD_SEALED, rc == ERR_OK ?
	    checked(buf_span(&g->plain)) : (struct span){ NULL, 0 }, why);
	if (g->plain.p != NULL)
		crypto_wipe(g->plain.p, g->plain.cap);
	return rc;
}

static err
add_op(struct gathering *g, const struct place *place, uint8_t position,
    const struct op *op, const struct roster *roster)
{
	const struct part *facts = entry_part(op, PART_FACTS);
	bool received = place->leaf != MERGE_NO_LEAF;
	struct history_item model = { .kind = op->kind,
		.received = received, .stamp = { .seq = place->seq,
		.op = position, .leaf = place->leaf,
		.line_seen = place->line_seen,
		.time_ms = g->entry.time_ms,
		.leaf_time = received ? place->leaf_time : 0 } };
	struct span why = { NULL, 0 };
	err rc = find_author(g, place, &model.author);

	if (rc != ERR_OK)
		return rc;
	model.author.role = roster_role(roster, place->author, place->leaf);
	memcpy(model.stamp.log, place->log, ID_LEN);
	model.element_len = judge_element(op, place->log, place->seq,
	    position, model.element);
	if (op->kind == KIND_STEP)
		model.step = (enum step)model.element[ELEMENT_STEP - 1];
	if (field_map_text(op->fields, FIELD_WHY, &why) != ERR_OK)
		why = (struct span){ NULL, 0 };
	rc = add_public(g, &model, op, why);
	if (rc == ERR_OK && facts != NULL)
		rc = add_listed(g, &model, op, FIELD_FACTS,
		    checked(entry_facts_map(facts)), why);
	return rc != ERR_OK ? rc :
	    add_sealed(g, &model, place, position, op, why);
}

/* ---- every entry */

static bool
holds(struct span bytes, const uint8_t *subject)
{
	const uint8_t *p = bytes.p, *end = bytes.p + bytes.n;

	while (p != NULL && (size_t)(end - p) >= ID_LEN) {
		p = memchr(p, subject[0], (size_t)(end - p) - ID_LEN + 1);
		if (p != NULL && memcmp(p, subject, ID_LEN) == 0)
			return true;
		p += p != NULL;
	}
	return false;
}

static err
look(void *ctx, const struct store_entry *e)
{
	struct gathering *g = ctx;
	const struct roster *roster = e->place.leaf == MERGE_NO_LEAF ?
	    store_roster(g->s) : ledger_roster(store_ledger(g->s));
	err rc;

	if (memcmp(e->place.scope, g->scope, SCOPE_LEN) != 0 ||
	    !holds(e->bytes, g->subject))
		return ERR_OK;
	rc = entry_parse(e->bytes, &g->entry);
	if (rc != ERR_OK)
		return rc == ERR_NOMEM ? rc : ERR_DAMAGED;
	for (uint32_t i = 0; rc == ERR_OK && i < g->entry.op_count; i++) {
		const struct op *op = &g->entry.ops[i];

		if (memcmp(op->subject, g->subject, ID_LEN) == 0 &&
		    fold_judge(roster, &e->place, op, (uint8_t)i) ==
		    VERDICT_EFFECTIVE)
			rc = add_op(g, &e->place, (uint8_t)i, op, roster);
	}
	return rc;
}

/* ---- what stands now */

static bool
same_write(const struct stamp *a, const struct stamp *b)
{
	return memcmp(a->log, b->log, ID_LEN) == 0 && a->seq == b->seq &&
	    a->op == b->op;
}

static enum history_standing
standing_of(const struct state *state, const struct history_item *item,
    uint64_t now_ms)
{
	struct span element = { item->element, item->element_len };
	const struct reg *r = state_find(state, item->field, element);
	const struct write *w = state_winner(r, now_ms);
	bool voided = false;

	if (element.n > 0 && item->field != FIELD_VOIDED &&
	    state_bool(state, FIELD_VOIDED, element, now_ms, &voided) ==
	    ERR_OK && voided)
		return HISTORY_VOIDED;
	if (w == NULL || same_write(&w->stamp, &item->stamp))
		return HISTORY_COUNTS;
	for (uint32_t i = 0; i < r->count; i++)
		if (same_write(&r->writes[i].stamp, &item->stamp))
			return HISTORY_BESIDE;
	return HISTORY_REPLACED;
}

static err
set_standing(struct gathering *g)
{
	uint64_t now_ms = clock_now_ms();
	const struct state *state;
	err rc = store_state(g->s, g->scope, g->subject, &state);

	if (rc != ERR_OK)
		return rc == ERR_ABSENT ? ERR_OK : rc;
	for (size_t i = 0; i < g->h.count; i++) {
		struct history_item *item = &g->h.items[i];
		struct span element = { item->element, item->element_len };
		struct codec_reader r = codec_reader(item->value);
		int64_t date;

		item->standing = standing_of(state, item, now_ms);
		if (item->kind == KIND_REVIEW)
			(void)!state_uint(state, FIELD_YEAR, element, now_ms,
			    &item->year);
		item->late = item->field == FIELD_DATE && element.n > 0 &&
		    !item->unreadable && codec_read_int(&r, &date) ==
		    ERR_OK && steps_late(date,
		    (int64_t)(item->stamp.time_ms / 86400000));
	}
	return ERR_OK;
}

/* ---- order */

/* Entries come log by log: time tells what was begun when, the log and seq
 * what one device wrote after what. */
static int
by_time(const struct stamp *a, const struct stamp *b)
{
	if (a->time_ms != b->time_ms)
		return a->time_ms < b->time_ms ? -1 : 1;
	if (a->leaf != b->leaf)
		return a->leaf < b->leaf ? -1 : 1;
	int c = memcmp(a->log, b->log, ID_LEN);
	if (c == 0 && a->seq != b->seq)
		c = a->seq < b->seq ? -1 : 1;
	return c != 0 ? c : (a->op > b->op) - (a->op < b->op);
}

static int
by_place(const void *pa, const void *pb)
{
	const struct history_item *a = pa, *b = pb;
	int c;

	if ((a->element_len == 0) != (b->element_len == 0))
		return a->element_len == 0 ? -1 : 1;
	c = memcmp(a->element, b->element, ELEMENT_MAX);
	if (c == 0 && a->field != b->field)
		c = a->field < b->field ? -1 : 1;
	return c != 0 ? c : by_time(&a->stamp, &b->stamp);
}

struct run {
	const struct history_item *first;
	size_t count;
};

static int
by_begin(const void *pa, const void *pb)
{
	const struct run *a = pa, *b = pb;
	const struct history_item *x = a->first, *y = b->first;

	if ((x->element_len == 0) != (y->element_len == 0))
		return x->element_len == 0 ? -1 : 1;
	int c = by_time(&x->stamp, &y->stamp);
	return c != 0 ? c : memcmp(x->element, y->element, ELEMENT_MAX);
}

/* Elements one after another, in the order of their oldest write. */
static err
order(struct person_history *h)
{
	struct history_item *sorted = calloc(h->count + 1, sizeof *sorted);
	struct run *runs = calloc(h->count + 1, sizeof *runs);
	size_t count = 0, at = 0;

	if (sorted == NULL || runs == NULL || h->count == 0) {
		err rc = sorted == NULL || runs == NULL ? ERR_NOMEM : ERR_OK;
		free(sorted);
		free(runs);
		return rc;
	}
	qsort(h->items, h->count, sizeof *h->items, by_place);
	for (size_t i = 0; i < h->count; i++) {
		if (i == 0 || memcmp(h->items[i].element,
		    h->items[i - 1].element, ELEMENT_MAX) != 0)
			runs[count++].first = &h->items[i];
		runs[count - 1].count++;
	}
	qsort(runs, count, sizeof *runs, by_begin);
	for (size_t i = 0; i < count; i++) {
		memcpy(&sorted[at], runs[i].first,
		    runs[i].count * sizeof *sorted);
		at += runs[i].count;
	}
	free(runs);
	free(h->items);
	h->items = sorted;
	return ERR_OK;
}

err
person_history_of(struct store *s, const uint8_t scope[static SCOPE_LEN],
    const uint8_t subject[static ID_LEN], struct person_history *ret)
{
	struct gathering g = { .s = s, .scope = scope, .subject = subject };
	err rc = store_unlocked(s) ? store_each_entry(s, NULL, look, &g) :
	    ERR_PASS;

	if (rc == ERR_OK)
		rc = set_standing(&g);
	if (rc == ERR_OK)
		rc = order(&g.h);
	entry_free(&g.entry);
	if (g.plain.p != NULL)
		crypto_wipe(g.plain.p, g.plain.cap);
	buf_free(&g.plain);
	if (rc == ERR_OK)
		*ret = g.h;
	else
		person_history_free(&g.h);
	return rc;
}
