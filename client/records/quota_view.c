/* SPDX-License-Identifier: Apache-2.0 */
#include "client/records/quota_view.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/records/person_history.h"
#include "client/records/report.h"
#include "client/records/settings.h"
#include "client/records/steps.h"
#include "client/store/clock.h"
#include "protocol/date.h"
#include "protocol/places.h"
#include "protocol/utf8.h"

void
quota_view_free(struct quota_view *v)
{
	if (v == NULL)
		return;
	free(v->rows);
	free(v);
}

static struct quota_row *
find_row(struct quota_view *v, const uint8_t *scope)
{
	for (size_t i = 0; i < v->count; i++)
		if (memcmp(v->rows[i].scope, scope, SCOPE_LEN) == 0)
			return &v->rows[i];
	return NULL;
}

bool
quota_view_expects(int64_t started, uint64_t trial_days, int year,
    int64_t today)
{
	int64_t due = started + (int64_t)trial_days;
	int due_year, this_year, month, day;

	date_to_civil(today, &this_year, &month, &day);
	date_to_civil(due, &due_year, &month, &day);
	if (due_year < this_year)
		due_year = this_year;
	return due_year == year;
}

/* ---- the cells and their quotas */

static err
add_cells(struct store *s, struct quota_view *v, const uint8_t *scope)
{
	struct commune_cell *cells = NULL;
	size_t count = 0;
	err rc = commune_cell_all(s, &cells, &count);

	if (rc != ERR_OK)
		return rc;
	v->rows = calloc(count + 1, sizeof *v->rows);
	for (size_t i = 0; v->rows != NULL && i < count; i++) {
		struct quota_row *row = &v->rows[v->count];

		if (scope != NULL &&
		    memcmp(scope, cells[i].scope, SCOPE_LEN) != 0)
			continue;
		memcpy(row->scope, cells[i].scope, SCOPE_LEN);
		memcpy(row->code, cells[i].code, sizeof row->code);
		memcpy(row->name, cells[i].name, sizeof row->name);
		(void)snprintf(row->percent, sizeof row->percent, "-");
		row->counted = store_covers(s, row->scope);
		v->count++;
	}
	free(cells);
	return v->rows == NULL ? ERR_NOMEM : ERR_OK;
}

static err
add_quotas(struct store *s, struct quota_view *v)
{
	struct commune_quota *quotas = NULL;
	size_t count = 0, kept = 0;
	err rc = commune_quota_all(s, (uint64_t)v->year, &quotas, &count);

	for (size_t i = 0; rc == ERR_OK && i < count; i++) {
		struct quota_row *row = find_row(v, quotas[i].cell);

		if (row == NULL)
			continue;
		row->has_quota = true;
		row->quota = quotas[i].number;
		row->conflict = quotas[i].conflict;
	}
	free(quotas);
	for (size_t i = 0; rc == ERR_OK && i < v->count; i++)
		if (v->rows[i].has_quota || v->rows[i].counted)
			v->rows[kept++] = v->rows[i];
	if (rc == ERR_OK)
		v->count = kept;
	return rc;
}

/* ---- what the report says */

static void
take_figures(const struct report_block *b, struct quota_row *row)
{
	const char *admitted = figures_find(b->rows, b->count, "admitted");
	const char *quota = figures_find(b->rows, b->count, "quota");
	const char *percent = figures_find(b->rows, b->count, "percent");

	row->admitted = admitted == NULL ? 0 : strtoull(admitted, NULL, 10);
	row->quota = quota == NULL ? 0 : strtoull(quota, NULL, 10);
	(void)snprintf(row->percent, sizeof row->percent, "%s",
	    percent == NULL ? "-" : percent);
	row->counted = true;
}

static err
add_figures(struct store *s, struct quota_view *v, const uint8_t *scope)
{
	struct report *report = NULL;
	struct period period;
	err rc = report_year(v->year, &period);

	if (rc == ERR_OK)
		rc = report_make(s, &period, NULL, &report);
	for (size_t i = 0; rc == ERR_OK && i < report->count; i++) {
		const struct report_block *b = &report->blocks[i];
		struct quota_row *row = b->commune ? NULL :
		    find_row(v, b->cell.scope);

		if (b->commune && scope == NULL) {
			v->has_total = true;
			take_figures(b, &v->total);
		} else if (row != NULL) {
			take_figures(b, row);
		}
	}
	report_free(report);
	return rc;
}

/* ---- where people stand */

struct standing {
	uint8_t scope[SCOPE_LEN];
	uint8_t subject[ID_LEN];
	enum step now;
	bool expected;
};
struct standings {
	struct store *s;
	const struct quota_view *v;
	int64_t today;
	struct places *places;
	struct standing *items;
	size_t count, cap;
};

static err
put_standing(struct standings *all, const struct standing *one)
{
	if (all->count == all->cap) {
		size_t cap = all->cap == 0 ? 64 : 2 * all->cap;
		struct standing *more = realloc(all->items,
		    cap * sizeof *more);
		if (more == NULL)
			return ERR_NOMEM;
		all->items = more;
		all->cap = cap;
	}
	all->items[all->count++] = *one;
	return ERR_OK;
}

static err
add_person(void *ctx, const uint8_t scope[SCOPE_LEN],
    const uint8_t subject[ID_LEN], const struct state *state)
{
	struct standings *all = ctx;
	struct step_record *records = NULL;
	struct steps_standing st;
	struct standing one;
	size_t count = 0;
	err rc = places_add(all->places, scope, subject, state);

	if (rc != ERR_OK || chain_scope_kind(scope) != SCOPE_CELL ||
	    !places_is_person(state))
		return rc;
	rc = steps_of(store_lines(all->s), state, &records, &count);
	if (rc != ERR_OK)
		return rc;
	steps_standing(records, count, &st);
	free(records);
	one.now = steps_now(&st);
	one.expected = st.has_date && quota_view_expects(st.date,
	    all->v->trial_days, all->v->year, all->today);
	if (one.now != STEP_INTRODUCED && one.now != STEP_CLASS_COMPLETED &&
	    one.now != STEP_TRIAL_STARTED)
		return ERR_OK;
	memcpy(one.scope, scope, SCOPE_LEN);
	memcpy(one.subject, subject, ID_LEN);
	return put_standing(all, &one);
}

static void
count_one(struct quota_row *row, const struct standing *one)
{
	bool trial = one->now == STEP_TRIAL_STARTED;

	row->in_trial += trial;
	row->in_class += !trial;
	row->forecast += trial && one->expected;
}

static err
add_standings(struct store *s, struct quota_view *v)
{
	struct standings all = { .s = s, .v = v, .today = steps_today() };
	err rc = ERR_NOMEM;

	all.places = places_new(clock_now_ms());
	if (all.places != NULL)
		rc = store_each(s, NULL, 0, add_person, &all);
	for (size_t i = 0; rc == ERR_OK && i < all.count; i++) {
		const struct standing *one = &all.items[i];
		struct quota_row *row = find_row(v, one->scope);

		if (!places_counts(all.places, one->scope, one->subject))
			continue;
		if (row != NULL && row->counted)
			count_one(row, one);
		count_one(&v->total, one);
	}
	free(all.items);
	places_free(all.places);
	return rc;
}

err
quota_view_make(struct store *s, int year, const uint8_t *scope,
    struct quota_view **ret)
{
	struct quota_view *v;
	struct settings settings;
	err rc = store_unlocked(s) ? settings_read(s, &settings) : ERR_PASS;

	if (rc != ERR_OK)
		return rc;
	v = calloc(1, sizeof *v);
	if (v == NULL)
		return ERR_NOMEM;
	v->year = year;
	v->trial_days = settings.value[SETTING_TRIAL_DAYS];
	rc = add_cells(s, v, scope);
	if (rc == ERR_OK)
		rc = add_quotas(s, v);
	if (rc == ERR_OK)
		rc = add_figures(s, v, scope);
	if (rc == ERR_OK)
		rc = add_standings(s, v);
	if (rc != ERR_OK) {
		quota_view_free(v);
		return rc;
	}
	for (size_t i = 0; i < v->count; i++)
		v->rows[i].forecast += v->rows[i].admitted;
	v->total.forecast += v->total.admitted;
	v->total.has_quota = v->has_total;
	*ret = v;
	return ERR_OK;
}

/* ---- what the quotas were */

struct changes {
	struct quota_change *items;
	size_t count, cap;
};

static struct quota_change *
next_change(struct changes *c)
{
	if (c->count == c->cap) {
		size_t cap = c->cap == 0 ? 16 : 2 * c->cap;
		struct quota_change *more = realloc(c->items,
		    cap * sizeof *more);
		if (more == NULL)
			return NULL;
		c->items = more;
		c->cap = cap;
	}
	memset(&c->items[c->count], 0, sizeof *c->items);
	return &c->items[c->count++];
}

static bool
read_uint(struct span raw, uint64_t *ret)
{
	struct codec_reader r = codec_reader(raw);

	return codec_read_uint(&r, ret) == ERR_OK;
}

static void
put_change(const struct history_item *h, struct quota_change *c)
{
	utf8_copy(c->why, sizeof c->why, h->why);
	c->author = h->author;
	c->time_ms = h->stamp.time_ms;
	c->counts = h->standing == HISTORY_COUNTS;
}

static err
add_history(struct store *s, int year, const struct quota_row *row,
    struct changes *all)
{
	struct person_history h = { .count = 0 };
	uint8_t subject[ID_LEN];
	uint64_t before = 0, number = 0;
	bool first = true;
	err rc;

	judge_quota_subject(row->scope, (uint16_t)year, subject);
	rc = person_history_of(s, scope_root, subject, &h);
	for (size_t i = 0; rc == ERR_OK && i < h.count; i++) {
		struct quota_change *c;

		if (h.items[i].field != FIELD_NUMBER ||
		    !read_uint(h.items[i].value, &number))
			continue;
		c = next_change(all);
		if (c == NULL) {
			rc = ERR_NOMEM;
			break;
		}
		memcpy(c->code, row->code, sizeof c->code);
		c->has_before = !first;
		c->before = before;
		c->after = before = number;
		put_change(&h.items[i], c);
		first = false;
	}
	person_history_free(&h);
	return rc;
}

err
quota_view_history(struct store *s, const struct quota_view *v,
    struct quota_change **ret, size_t *ret_count)
{
	struct changes all = { .count = 0 };
	err rc = ERR_OK;

	for (size_t i = 0; rc == ERR_OK && i < v->count; i++)
		if (v->rows[i].has_quota)
			rc = add_history(s, v->year, &v->rows[i], &all);
	if (rc != ERR_OK) {
		free(all.items);
		return rc;
	}
	*ret = all.items;
	*ret_count = all.count;
	return ERR_OK;
}
