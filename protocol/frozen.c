/* SPDX-License-Identifier: Apache-2.0 */
#include "protocol/frozen.h"

#include <stdlib.h>
#include <string.h>

#include "protocol/ranking.h"

/* ---- the op */

static err
read_year(const struct op *op, struct period *ret)
{
	uint64_t year;
	char text[5];

	if (field_map_uint(op->fields, FIELD_YEAR, &year) != ERR_OK ||
	    year < 1 || year > 9999)
		return ERR_FORMAT;
	for (size_t i = 4; i-- > 0; year /= 10)
		text[i] = (char)('0' + year % 10);
	text[4] = '\0';
	return period_parse(text, ret) == ERR_OK ? ERR_OK : ERR_FORMAT;
}

/* The text must be the one that the period is written as. */
static err
read_period(const struct op *op, struct period *ret)
{
	char text[sizeof ret->text];
	struct span span;

	if (field_map_text(op->fields, FIELD_PERIOD, &span) != ERR_OK ||
	    span.n >= sizeof text)
		return ERR_FORMAT;
	memcpy(text, span.p, span.n);
	text[span.n] = '\0';
	if (strlen(text) != span.n || period_parse(text, ret) != ERR_OK ||
	    strcmp(text, ret->text) != 0)
		return ERR_FORMAT;
	return ERR_OK;
}

err
frozen_read(const struct op *op, struct frozen *ret)
{
	struct frozen z = { .ranking = op->kind == KIND_RANKING };
	err rc;

	if (field_map_uint(op->fields, FIELD_REPORT_NUMBER, &z.number) !=
	    ERR_OK ||
	    field_map_uint(op->fields, FIELD_TREE_SIZE, &z.size) != ERR_OK ||
	    field_map_uint(op->fields, FIELD_RULE_VERSION, &z.rule) !=
	    ERR_OK ||
	    field_map_get(op->fields, FIELD_FIGURES, &z.figures) != ERR_OK ||
	    (z.ranking && field_map_uint(op->fields, FIELD_RANKING_RULE,
	    &z.ranking_rule) != ERR_OK))
		return ERR_FORMAT;
	rc = z.ranking ? read_year(op, &z.period) :
	    read_period(op, &z.period);
	if (rc == ERR_OK)
		*ret = z;
	return rc;
}

bool
frozen_known(const struct frozen *z)
{
	return z->rule == FIGURES_RULE_VERSION &&
	    (!z->ranking || z->ranking_rule == RANKING_RULE_VERSION);
}

/* ---- the value */

static bool
is_left_out(const struct figure_row *row)
{
	return strcmp(row->value, "0") == 0 || strcmp(row->value, "-") == 0;
}

static err
put_block(const struct frozen *z, const struct figures *f,
    const struct figure_cell *cell, struct buf *out)
{
	struct figure_row *rows = NULL;
	size_t count = 0;
	uint32_t kept = 0;
	err rc = figures_rows(f, &z->period, cell == NULL ? NULL :
	    cell->scope, &rows, &count);

	if (rc != ERR_OK)
		return rc;
	for (size_t i = 0; i < count; i++)
		kept += !is_left_out(&rows[i]);
	codec_put_array(out, 1 + 2 * kept);
	codec_put_bin(out, cell == NULL ? (struct span){ NULL, 0 } :
	    (struct span){ cell->scope, SCOPE_LEN });
	for (size_t i = 0; i < count; i++)
		if (!is_left_out(&rows[i])) {
			codec_put_cstr(out, rows[i].name);
			codec_put_cstr(out, rows[i].value);
		}
	free(rows);
	return ERR_OK;
}

static void
put_number(struct buf *out, const char *name, uint64_t value)
{
	char digits[24];
	size_t at = sizeof digits - 1;

	digits[at] = '\0';
	do
		digits[--at] = (char)('0' + value % 10);
	while ((value /= 10) > 0);
	codec_put_cstr(out, name);
	codec_put_cstr(out, &digits[at]);
}

static err
put_ranking(const struct frozen *z, const struct figures *f, struct buf *out)
{
	struct ranking_row *rows = NULL;
	size_t count = 0;
	err rc = ranking_make(f, &z->period, &rows, &count);

	if (rc != ERR_OK)
		return rc;
	codec_put_array(out, (uint32_t)count);
	for (size_t i = 0; i < count; i++) {
		codec_put_array(out, 11);
		codec_put_bin(out,
		    (struct span){ rows[i].cell->scope, SCOPE_LEN });
		put_number(out, "rank", rows[i].rank);
		put_number(out, "quota", rows[i].quota);
		put_number(out, "admitted", rows[i].admitted);
		codec_put_cstr(out, "percent");
		codec_put_cstr(out, rows[i].percent);
		put_number(out, "nominated", rows[i].nominated);
	}
	free(rows);
	return buf_err(out);
}

err
frozen_make(const struct frozen *z, const struct figures *f, struct buf *out)
{
	size_t count = figures_cell_count(f);
	err rc;

	if (!frozen_known(z))
		return ERR_VERSION;
	if (z->ranking)
		return put_ranking(z, f, out);
	codec_put_array(out, (uint32_t)count + 1);
	rc = put_block(z, f, NULL, out);
	for (size_t i = 0; rc == ERR_OK && i < count; i++)
		rc = put_block(z, f, figures_cell(f, i), out);
	return rc == ERR_OK ? buf_err(out) : rc;
}

/* ---- reading it */

err
frozen_begin(struct span raw, struct frozen_reader *ret)
{
	struct frozen_reader x = { .r = codec_reader(raw) };

	if (codec_read_array(&x.r, &x.blocks) != ERR_OK)
		return ERR_FORMAT;
	*ret = x;
	return ERR_OK;
}

/* Goes into the next block. */
static err
next_block(struct frozen_reader *x)
{
	struct span scope;

	if (codec_read_array(&x->r, &x->items) != ERR_OK ||
	    x->items % 2 != 1 || codec_read_bin(&x->r, &scope) != ERR_OK ||
	    (scope.n != 0 && scope.n != SCOPE_LEN))
		return ERR_FORMAT;
	x->scope = scope.n == 0 ? NULL : scope.p;
	x->items--;
	x->blocks--;
	return ERR_OK;
}

static err
next_row(struct frozen_reader *x, struct frozen_row *ret)
{
	struct frozen_row row = { .scope = x->scope };

	if (codec_read_text(&x->r, &row.name) != ERR_OK ||
	    codec_read_text(&x->r, &row.value) != ERR_OK)
		return ERR_FORMAT;
	x->items -= 2;
	*ret = row;
	return ERR_OK;
}

err
frozen_next(struct frozen_reader *x, struct frozen_row *ret)
{
	while (x->items == 0) {
		if (x->blocks == 0)
			return ERR_ABSENT;
		if (next_block(x) != ERR_OK)
			return ERR_FORMAT;
	}
	return next_row(x, ret);
}

/* ---- comparing two */

/* A block: its rows stand one after another behind its scope. */
struct block {
	struct frozen_reader rows;	/* of this block alone */
	const uint8_t *scope;
};

/* false: there is none any more; a form that is wrong has no block more. */
static bool
take_block(struct frozen_reader *x, struct block *ret)
{
	struct frozen_row row;

	if (x->blocks == 0 || next_block(x) != ERR_OK)
		return false;
	ret->rows = *x;
	ret->rows.blocks = 0;
	ret->scope = x->scope;
	while (x->items > 0)
		if (next_row(x, &row) != ERR_OK)
			return false;
	return true;
}

static struct span
find_row(const struct block *b, struct span name)
{
	struct frozen_reader rows = b->rows;
	struct frozen_row row;

	while (frozen_next(&rows, &row) == ERR_OK)
		if (span_equal(row.name, name))
			return row.value;
	return (struct span){ NULL, 0 };
}

static void
copy_text(char *out, size_t size, struct span text)
{
	size_t n = text.n < size ? text.n : size - 1;

	if (n > 0)
		memcpy(out, text.p, n);
	out[n] = '\0';
}

static void
tell(struct frozen_difference *d, const uint8_t *scope, struct span name,
    struct span stated, struct span computed)
{
	memset(d, 0, sizeof *d);
	d->commune = scope == NULL;
	if (scope != NULL)
		memcpy(d->scope, scope, SCOPE_LEN);
	copy_text(d->name, sizeof d->name, name);
	copy_text(d->stated, sizeof d->stated, stated);
	copy_text(d->computed, sizeof d->computed, computed);
}

/* ---- with erased inputs */

static const char *const groups[] = { "nominated:", "withdrawn:", "people:" };
enum { GROUPS = sizeof groups / sizeof groups[0] };

/* The group of a row that facts give; GROUPS: none. */
static size_t
group_of(struct span name)
{
	for (size_t i = 0; i < GROUPS; i++) {
		size_t n = strlen(groups[i]);

		if (name.n >= n && memcmp(name.p, groups[i], n) == 0)
			return i;
	}
	return GROUPS;
}

static bool
is_unknown(struct span name)
{
	static const char end[] = ":unknown";
	const size_t n = sizeof end - 1;

	return name.n >= n && memcmp(name.p + name.n - n, end, n) == 0;
}

static uint64_t
number_of(struct span value)
{
	uint64_t n = 0;

	for (size_t i = 0; i < value.n && i < 19; i++)
		if (value.p[i] >= '0' && value.p[i] <= '9')
			n = 10 * n + (uint64_t)(value.p[i] - '0');
	return n;
}

/* What the rows of a group count together in a block. */
static uint64_t
sum_of(const struct block *b, size_t group)
{
	struct frozen_reader rows = b->rows;
	struct frozen_row row;
	uint64_t sum = 0;

	while (frozen_next(&rows, &row) == ERR_OK)
		if (group_of(row.name) == group)
			sum += number_of(row.value);
	return sum;
}

/* Whether a row may stand beside the other: facts that are not held any more
 * count as unknown instead of under their name. */
static bool
row_holds(const struct block *stated, const struct block *computed,
    struct span name, uint64_t erased)
{
	struct span is = find_row(stated, name);
	struct span should = find_row(computed, name);
	size_t group = group_of(name);

	if (erased == 0 || group == GROUPS)
		return span_equal(is, should);
	if (sum_of(stated, group) != sum_of(computed, group))
		return false;
	return is_unknown(name) || number_of(is) >= number_of(should);
}

/* false: ret is filled in. */
static bool
block_holds(const struct block *stated, const struct block *computed,
    uint64_t erased, struct frozen_difference *ret)
{
	const struct block *both[] = { computed, stated };

	for (size_t i = 0; i < 2; i++) {
		struct frozen_reader rows = both[i]->rows;
		struct frozen_row row;

		while (frozen_next(&rows, &row) == ERR_OK) {
			if (row_holds(stated, computed, row.name, erased))
				continue;
			tell(ret, stated->scope, row.name,
			    find_row(stated, row.name),
			    find_row(computed, row.name));
			return false;
		}
	}
	return true;
}

static bool
same_scope(const struct block *a, const struct block *b)
{
	if (a->scope == NULL || b->scope == NULL)
		return a->scope == b->scope;
	return memcmp(a->scope, b->scope, SCOPE_LEN) == 0;
}

enum frozen_outcome
frozen_compare(struct span stated, struct span computed, uint64_t erased,
    struct frozen_difference *ret)
{
	const struct span none = { NULL, 0 };
	struct frozen_reader x, y;
	struct block a, b;

	if (span_equal(stated, computed))
		return FROZEN_EQUAL;
	tell(ret, NULL, none, none, none);
	if (frozen_begin(stated, &x) != ERR_OK ||
	    frozen_begin(computed, &y) != ERR_OK || x.blocks != y.blocks)
		return FROZEN_DIFFERS;
	while (take_block(&y, &b)) {
		if (!take_block(&x, &a) || !same_scope(&a, &b))
			return FROZEN_DIFFERS;
		if (!block_holds(&a, &b, erased, ret))
			return FROZEN_DIFFERS;
	}
	/* the same rows: in another order, or twice, it is another value */
	return erased > 0 ? FROZEN_ERASED : FROZEN_DIFFERS;
}
