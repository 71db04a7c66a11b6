/* SPDX-License-Identifier: Apache-2.0 */
/*
 * report_ranking.c -- the cells of a year in order, with the people behind
 * their numbers.
 */
#include "client/records/report.h"

#include <stdlib.h>
#include <string.h>

#include "client/store/clock.h"
#include "protocol/utf8.h"

struct gathering {
	struct store *s;
	struct report_ranking *r;
	size_t room;
	enum step step;
};

void
report_ranking_free(struct report_ranking *r)
{
	if (r == NULL)
		return;
	free(r->people);
	free(r->rows);
	figures_free(r->figures);
	free(r);
}

/* The name of a person as it reads here. */
static err
read_name(struct store *s, struct report_person *p)
{
	const struct state *state = NULL;
	struct span text;
	err rc = store_state(s, p->scope, p->subject, &state);

	if (rc == ERR_ABSENT)
		return ERR_OK;
	if (rc != ERR_OK || state_text(state, FIELD_FULL_NAME,
	    (struct span){ NULL, 0 }, clock_now_ms(), &text) != ERR_OK)
		return rc;
	utf8_copy(p->name, sizeof p->name, text);
	return ERR_OK;
}

static err
on_person(void *ctx, const uint8_t scope[SCOPE_LEN],
    const uint8_t subject[ID_LEN])
{
	struct gathering *g = ctx;
	struct report_ranking *r = g->r;
	struct report_person *p;

	if (r->people_count == g->room) {
		size_t room = g->room == 0 ? 32 : 2 * g->room;
		struct report_person *more = realloc(r->people,
		    room * sizeof *more);
		if (more == NULL)
			return ERR_NOMEM;
		r->people = more;
		g->room = room;
	}
	p = &r->people[r->people_count++];
	memset(p, 0, sizeof *p);
	memcpy(p->scope, scope, SCOPE_LEN);
	memcpy(p->subject, subject, ID_LEN);
	p->step = g->step;
	return read_name(g->s, p);
}

static err
gather_people(struct store *s, struct report_ranking *r)
{
	static const enum step steps[] = { STEP_ADMITTED, STEP_NOMINATED };
	struct gathering g = { .s = s, .r = r };
	err rc = ERR_OK;

	for (size_t i = 0; i < r->count; i++)
		for (size_t k = 0; rc == ERR_OK && k < 2; k++) {
			g.step = steps[k];
			rc = figures_rows_people(r->figures, &r->period,
			    r->rows[i].cell->scope, g.step, on_person, &g);
		}
	return rc;
}

err
report_ranking(struct store *s, int year, struct report_ranking **ret)
{
	struct report_ranking *r = calloc(1, sizeof *r);
	err rc = r == NULL ? ERR_NOMEM : report_year(year, &r->period);

	if (rc == ERR_OK && store_role(s) != ROLE_COMMUNE)
		rc = ERR_SCOPE;
	if (rc == ERR_OK)
		rc = report_figures(s, &r->figures);
	if (rc == ERR_OK)
		rc = ranking_make(r->figures, &r->period, &r->rows,
		    &r->count);
	if (rc == ERR_OK)
		rc = gather_people(s, r);
	if (rc != ERR_OK) {
		report_ranking_free(r);
		return rc;
	}
	*ret = r;
	return ERR_OK;
}
