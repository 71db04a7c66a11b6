/* SPDX-License-Identifier: Apache-2.0 */
#include "client/records/report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/store/clock.h"

static err
add_subject(void *ctx, const uint8_t scope[SCOPE_LEN],
    const uint8_t subject[ID_LEN], const struct state *state)
{
	return figures_add(ctx, scope, subject, state);
}

err
report_figures(struct store *s, struct figures **ret)
{
	struct figures *f;
	err rc;

	if (!store_unlocked(s))
		return ERR_PASS;
	f = figures_new(clock_now_ms());
	rc = f == NULL ? ERR_NOMEM : ERR_OK;

	if (rc == ERR_OK) {
		figures_lines(f, store_lines(s));
		rc = store_each(s, NULL, 0, add_subject, f);
	}
	if (rc == ERR_OK && figures_rules(f) != FIGURES_RULE_VERSION)
		rc = ERR_VERSION;
	if (rc != ERR_OK) {
		figures_free(f);
		return rc;
	}
	*ret = f;
	return ERR_OK;
}

/* ---- which blocks */

struct choice {
	bool commune;
	const char *code;		/* NULL: every cell of the device */
};

static err
choose(const struct store *s, const char *scope, struct choice *ret)
{
	bool whole = store_role(s) == ROLE_COMMUNE;

	*ret = (struct choice){ .commune = whole };
	if (scope == NULL)
		return ERR_OK;
	if (strcmp(scope, REPORT_COMMUNE) == 0) {
		ret->code = "";		/* no cell has it */
		return whole ? ERR_OK : ERR_SCOPE;
	}
	*ret = (struct choice){ .commune = false, .code = scope };
	return ERR_OK;
}

static err
add_block(const struct figures *f, struct report *r,
    const struct figure_cell *cell)
{
	struct report_block *b = &r->blocks[r->count];
	err rc = figures_rows(f, &r->period, cell == NULL ? NULL :
	    cell->scope, &b->rows, &b->count);

	if (rc != ERR_OK)
		return rc;
	b->commune = cell == NULL;
	if (cell != NULL)
		b->cell = *cell;
	r->count++;
	return ERR_OK;
}

static err
add_cells(const struct store *s, const struct figures *f,
    const struct choice *choice, struct report *r)
{
	bool found = false;
	err rc = ERR_OK;

	for (size_t i = 0; rc == ERR_OK && i < figures_cell_count(f); i++) {
		const struct figure_cell *cell = figures_cell(f, i);

		if (choice->code != NULL &&
		    strcmp(choice->code, cell->code) != 0)
			continue;
		found = true;
		if (store_covers(s, cell->scope))
			rc = add_block(f, r, cell);
		else if (choice->code != NULL)
			rc = ERR_SCOPE;
	}
	if (rc == ERR_OK && choice->code != NULL && !choice->commune &&
	    !found)
		rc = ERR_ABSENT;
	return rc;
}

err
report_make(struct store *s, const struct period *period, const char *scope,
    struct report **ret)
{
	struct report *r = NULL;
	struct figures *f = NULL;
	struct choice choice;
	err rc = store_unlocked(s) ? choose(s, scope, &choice) : ERR_PASS;

	if (rc == ERR_OK)
		rc = report_figures(s, &f);
	if (rc != ERR_OK)
		return rc;
	r = calloc(1, sizeof *r);
	if (r != NULL)
		r->blocks = calloc(figures_cell_count(f) + 1,
		    sizeof *r->blocks);
	if (r == NULL || r->blocks == NULL) {
		rc = ERR_NOMEM;
		goto out;
	}
	r->period = *period;
	r->unsettled = figures_unsettled(f);
	if (choice.commune)
		rc = add_block(f, r, NULL);
	if (rc == ERR_OK)
		rc = add_cells(s, f, &choice, r);
	if (rc == ERR_OK) {
		*ret = r;
		r = NULL;
	}
out:
	report_free(r);
	figures_free(f);
	return rc;
}

void
report_free(struct report *r)
{
	if (r == NULL)
		return;
	for (size_t i = 0; r->blocks != NULL && i < r->count; i++)
		free(r->blocks[i].rows);
	free(r->blocks);
	free(r);
}

err
report_year(int year, struct period *ret)
{
	char text[8];

	if (year < 1000 || year > DATE_YEAR_MAX)
		return ERR_VALUE;
	for (size_t i = 4; i-- > 0; year /= 10)
		text[i] = (char)('0' + year % 10);
	text[4] = '\0';
	return period_parse(text, ret);
}

/* ---- from step to step */

/* Per cent with one decimal, half away from zero, as figures_rows rounds. */
static void
put_share(uint64_t count, uint64_t before, char ret[static 32])
{
	uint64_t tenths;

	ret[0] = '-';
	ret[1] = '\0';
	if (before == 0 || before > UINT64_MAX / 4 ||
	    count > UINT64_MAX / 4000)
		return;
	tenths = (2000 * count + before) / (2 * before);
	(void)snprintf(ret, 32, "%llu.%u", (unsigned long long)(tenths / 10),
	    (unsigned)(tenths % 10));
}

void
report_funnel(const struct report_block *b,
    struct report_funnel ret[static REPORT_FUNNEL_STEPS])
{
	uint64_t before = 0;

	for (size_t i = 0; i < REPORT_FUNNEL_STEPS; i++) {
		enum step step = (enum step)(STEP_LISTED + i);
		const char *value = figures_find(b->rows, b->count,
		    field_step_name(step));
		uint64_t count = value == NULL ? 0 : strtoull(value, NULL, 10);

		ret[i].step = step;
		ret[i].count = count;
		put_share(count, before, ret[i].share);
		before = count;
	}
}

/* ---- CSV */

const char *
report_scope(const struct report_block *b)
{
	return b->commune ? REPORT_COMMUNE : b->cell.code;
}

/* One field; quoted where its text asks for it. */
static void
put_field(struct buf *out, const char *text)
{
	if (strpbrk(text, ",\"\r\n") == NULL) {
		buf_put_text(out, text);
		return;
	}
	buf_put_u8(out, '"');
	for (; *text != '\0'; text++) {
		if (*text == '"')
			buf_put_u8(out, '"');
		buf_put_u8(out, (uint8_t)*text);
	}
	buf_put_u8(out, '"');
}

err
report_csv(const struct report *r, struct buf *out)
{
	buf_put_text(out, "period,scope,figure,value\n");
	for (size_t i = 0; i < r->count; i++) {
		const struct report_block *b = &r->blocks[i];

		for (size_t k = 0; k < b->count; k++) {
			put_field(out, r->period.text);
			buf_put_u8(out, ',');
			put_field(out, report_scope(b));
			buf_put_u8(out, ',');
			put_field(out, b->rows[k].name);
			buf_put_u8(out, ',');
			put_field(out, b->rows[k].value);
			buf_put_u8(out, '\n');
		}
	}
	return buf_err(out);
}
