/* SPDX-License-Identifier: Apache-2.0 */
/*
 * commune_quota.c -- how many each cell is to admit in a year.
 */
#include "client/records/commune.h"

#include <stdlib.h>
#include <string.h>

#include "client/store/clock.h"
#include "protocol/date.h"
#include "protocol/limits.h"
#include "protocol/utf8.h"


/* ---- reading */

struct quotas {
	struct store *s;
	uint64_t year;			/* 0: all */
	struct commune_quota *quota;
	size_t count, cap;
};

static bool
read_quota(const struct state *state, struct commune_quota *ret)
{
	uint64_t now = clock_now_ms();
	const struct write *w = state_winner(state_find(state, FIELD_CELL,
	    (struct span){0}), now);
	const struct reg *number = state_find(state, FIELD_NUMBER,
	    (struct span){0});
	const uint8_t *cell = NULL;

	if (w == NULL || w->unreadable)
		return false;
	struct codec_reader r = codec_reader(w->value);
	if (codec_read_fixed(&r, SCOPE_LEN, &cell) != ERR_OK ||
	    state_uint(state, FIELD_YEAR, (struct span){ 0 }, now,
		&ret->year) != ERR_OK ||
	    state_uint(state, FIELD_NUMBER, (struct span){ 0 }, now,
		&ret->number) != ERR_OK)
		return false;
	memcpy(ret->cell, cell, SCOPE_LEN);
	ret->code[0] = '\0';
	ret->conflict = number != NULL && state_conflict(number);
	return true;
}

static err
collect(void *ctx, const uint8_t scope[SCOPE_LEN],
    const uint8_t subject[ID_LEN], const struct state *state)
{
	struct quotas *all = ctx;
	struct commune_quota q;

	(void)scope;
	(void)subject;
	if (!read_quota(state, &q) ||
	    (all->year != 0 && q.year != all->year))
		return ERR_OK;
	if (all->count == all->cap) {
		size_t cap = all->cap == 0 ? 32 : all->cap * 2;
		struct commune_quota *more = realloc(all->quota,
		    cap * sizeof *more);
		if (more == NULL)
			return ERR_NOMEM;
		all->quota = more;
		all->cap = cap;
	}
	all->quota[all->count++] = q;
	return ERR_OK;
}

static int
compare_years(const void *a, const void *b)
{
	const struct commune_quota *x = a, *y = b;

	return (x->year > y->year) - (x->year < y->year);
}

/* In the order of the cells, which are in the order of their codes. */
static void
put_codes(struct commune_quota *q, size_t count,
    const struct commune_cell *cells, size_t cell_count)
{
	size_t done = 0;

	for (size_t c = 0; c < cell_count; c++) {
		for (size_t i = done; i < count; i++) {
			if (memcmp(q[i].cell, cells[c].scope,
			    SCOPE_LEN) != 0)
				continue;
			struct commune_quota one = q[i];
			q[i] = q[done];
			memcpy(one.code, cells[c].code, sizeof one.code);
			q[done++] = one;
		}
	}
}

err
commune_quota_all(struct store *s, uint64_t year, struct commune_quota **ret,
    size_t *ret_count)
{
	struct quotas all = { .s = s, .year = year };
	struct commune_cell *cells = NULL;
	size_t cell_count = 0;
	err rc = store_each(s, scope_root, KIND_QUOTA, collect, &all);

	if (rc == ERR_OK)
		rc = commune_cell_all(s, &cells, &cell_count);
	if (rc != ERR_OK) {
		free(all.quota);
		return rc;
	}
	if (all.count > 1)
		qsort(all.quota, all.count, sizeof *all.quota, compare_years);
	for (size_t i = 0, n; i < all.count; i += n) {
		for (n = 1; i + n < all.count &&
		    all.quota[i + n].year == all.quota[i].year;)
			n++;
		put_codes(all.quota + i, n, cells, cell_count);
	}
	free(cells);
	*ret = all.quota;
	*ret_count = all.count;
	return ERR_OK;
}

/* ---- writing */

static err
write_quota(struct store *s, const struct commune_quota *q, struct span why,
    const struct store_expect *expect)
{
	struct store_op op = { .kind = KIND_QUOTA };
	err rc;

	memcpy(op.subject, expect->subject, ID_LEN);
	op.fields = field_draft_new();
	if (op.fields == NULL)
		return ERR_NOMEM;
	field_draft_put_bin(op.fields, FIELD_CELL,
	    (struct span){ q->cell, SCOPE_LEN });
	field_draft_put_uint(op.fields, FIELD_YEAR, q->year);
	field_draft_put_uint(op.fields, FIELD_NUMBER, q->number);
	if (why.n > 0)
		field_draft_put_text(op.fields, FIELD_WHY, why);
	rc = store_write(s, scope_root, &op, 1, expect, 1, NULL);
	field_draft_free(op.fields);
	return rc;
}

err
commune_quota_set(struct store *s, uint64_t year,
    const uint8_t cell[static SCOPE_LEN], uint64_t number, struct span why,
    uint64_t *ret_old)
{
	struct commune_quota q = { .year = year, .number = number }, old;
	struct store_expect expect = { .scope = { 0 } };
	const struct state *state = NULL;
	uint64_t before = UINT64_MAX;
	err rc;

	if (year < QUOTA_YEAR_MIN || year > QUOTA_YEAR_MAX ||
	    number > QUOTA_MAX || why.n > LIMIT_TEXT_BYTES ||
	    !utf8_lawful(why))
		return ERR_VALUE;
	memcpy(q.cell, cell, SCOPE_LEN);
	judge_quota_subject(cell, (uint16_t)year, expect.subject);
	rc = store_state(s, scope_root, expect.subject, &state);
	if (rc != ERR_OK && rc != ERR_ABSENT)
		return rc;
	if (rc == ERR_OK && read_quota(state, &old)) {
		state_version(state, expect.version);
		before = old.number;
		if (old.number == number && !old.conflict)
			return ERR_EXISTS;
		if (why.n == 0)
			return ERR_RULE;
	} else if (rc == ERR_OK) {
		state_version(state, expect.version);
	}
	rc = write_quota(s, &q, why, &expect);
	if (rc == ERR_OK && ret_old != NULL)
		*ret_old = before;
	return rc;
}
