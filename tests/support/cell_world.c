/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/cell_world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/records/commune.h"
#include "client/records/people.h"
#include "protocol/date.h"
#include "tests/support/temp_folder.h"

static struct span
text_of(const char *s)
{
	return (struct span){ (const uint8_t *)s, strlen(s) };
}

static void
need(err e, const char *what)
{
	if (e == ERR_OK)
		return;
	fprintf(stderr, "cell_world: %s: %s\n", what, err_name(e));
	abort();
}

static int64_t
days(const char *date)
{
	int64_t d = 0;

	need(date_parse(text_of(date), &d), date);
	return d;
}

void
cell_world_open(struct cell_world *w)
{
	struct commune_lane lane;
	uint8_t scopes[3][SCOPE_LEN];

	memset(w, 0, sizeof *w);
	for (size_t i = 0; i < CELL_WORLD_DEVICES; i++)
		w->dir[i] = temp_folder_make();
	little_hub_open(&w->hub);
	w->s[AT_OFFICE] = little_hub_commune(&w->hub, w->dir[AT_OFFICE]);
	need(commune_cell_add(w->s[AT_OFFICE], text_of(CELL_WORLD_CODE),
	    text_of(CELL_WORLD_NAME), 11, w->cell), "cell");
	need(commune_lane_add(w->s[AT_OFFICE], w->cell,
	    text_of(CELL_WORLD_UNION), &lane), "lane");
	memcpy(w->lane, lane.scope, SCOPE_LEN);
	memcpy(scopes[0], scope_root, SCOPE_LEN);
	memcpy(scopes[1], w->lane, SCOPE_LEN);
	memcpy(scopes[2], w->cell, SCOPE_LEN);
	w->s[AT_SECRETARY] = little_hub_join(&w->hub, w->s[AT_OFFICE],
	    w->dir[AT_SECRETARY], ROLE_SECRETARY,
	    (const uint8_t(*)[SCOPE_LEN])scopes, 3);
	w->s[AT_DEPUTY] = little_hub_join(&w->hub, w->s[AT_OFFICE],
	    w->dir[AT_DEPUTY], ROLE_DEPUTY,
	    (const uint8_t (*)[SCOPE_LEN])scopes, 3);
	w->s[AT_UNION] = little_hub_join(&w->hub, w->s[AT_OFFICE],
	    w->dir[AT_UNION], ROLE_ORGANISATION,
	    (const uint8_t(*)[SCOPE_LEN])scopes, 2);
	cell_world_sync(w);
}

static void
join_pair(struct cell_world *w, enum cell_world_device d, enum role role,
    const uint8_t cell[static SCOPE_LEN])
{
	uint8_t scopes[2][SCOPE_LEN];

	memcpy(scopes[0], scope_root, SCOPE_LEN);
	memcpy(scopes[1], cell, SCOPE_LEN);
	w->dir[d] = temp_folder_make();
	w->s[d] = little_hub_join(&w->hub, w->s[AT_OFFICE], w->dir[d], role,
	    (const uint8_t(*)[SCOPE_LEN])scopes, 2);
}

void
cell_world_commissioner(struct cell_world *w)
{
	need(commune_cell_add(w->s[AT_OFFICE], text_of(CELL_WORLD_OTHER),
	    text_of("Thôn Đồng Luốc"), 7, w->other), "cell");
	join_pair(w, AT_COMMISSIONER, ROLE_COMMISSIONER, w->cell);
	join_pair(w, AT_OTHER, ROLE_SECRETARY, w->other);
	cell_world_sync(w);
}

void
cell_world_close(struct cell_world *w)
{
	for (size_t i = 0; i < CELL_WORLD_MOST; i++)
		store_close(w->s[i]);
	little_hub_close(&w->hub);
	for (size_t i = 0; i < CELL_WORLD_MOST; i++)
		if (w->dir[i] != NULL)
			temp_folder_remove(w->dir[i]);
}

void
cell_world_sync(struct cell_world *w)
{
	size_t before;

	do {
		before = w->hub.count;
		for (size_t i = 0; i < CELL_WORLD_MOST; i++)
			if (w->s[i] != NULL)
				little_hub_admit(&w->hub, w->dir[i]);
		for (size_t i = 0; i < CELL_WORLD_MOST; i++)
			if (w->s[i] != NULL)
				(void)little_hub_take(&w->hub, w->s[i]);
	} while (w->hub.count > before);
}

void
cell_world_person(struct cell_world *w, enum cell_world_device d,
    const char *name, const char *date, uint8_t ret[static ID_LEN])
{
	struct people_draft draft = { .text = { { NULL, 0 } } };

	draft.text[PEOPLE_FULL_NAME] = text_of(name);
	draft.text[PEOPLE_BIRTH_YEAR] = text_of("1999");
	draft.text[PEOPLE_RESIDENCE] = text_of("di-lam-xa");
	draft.text[PEOPLE_ORGANISATION] = text_of(CELL_WORLD_UNION);
	need(people_add(w->s[d], w->cell, &draft, days(date), ret), "person");
}

void
cell_world_step(struct cell_world *w, enum cell_world_device d,
    const uint8_t person[static ID_LEN], enum step step, const char *date)
{
	const struct steps_wanted wanted = { .step = step, .has_date = true,
		.date = days(date), .organisation = text_of(CELL_WORLD_UNION),
		.reason = text_of("khac") };

	need(steps_write(w->s[d], w->cell, person, &wanted, 0, NULL), "step");
}

void
cell_world_text(struct cell_world *w, enum cell_world_device d,
    const uint8_t scope[static SCOPE_LEN],
    const uint8_t subject[static ID_LEN], uint64_t kind, uint64_t field,
    const char *text)
{
	struct field_draft *draft = field_draft_new();
	struct store_op op = { .kind = kind };

	if (draft == NULL)
		abort();
	memcpy(op.subject, subject, ID_LEN);
	field_draft_put_text(draft, field, text_of(text));
	switch (field_rule(field)->section) {
	case SECTION_PUBLIC:
		op.fields = draft;
		break;
	case SECTION_FACTS:
		op.facts = draft;
		break;
	case SECTION_SEALED:
		op.sealed = draft;
		break;
	}
	need(store_write(w->s[d], scope, &op, 1, NULL, 0, NULL), "text");
	field_draft_free(draft);
}

const char *
cell_world_read(struct cell_world *w, enum cell_world_device d,
    const uint8_t scope[static SCOPE_LEN],
    const uint8_t subject[static ID_LEN], uint64_t field)
{
	static char text[1024];
	const struct state *state = NULL;
	struct span value;
	err rc = store_state(w->s[d], scope, subject, &state);

	text[0] = '\0';
	if (rc == ERR_OK)
		rc = state_text(state, field, (struct span){ NULL, 0 }, 0,
		    &value);
	if (rc == ERR_ABSENT)
		return text;
	need(rc, "read");
	memcpy(text, value.p, value.n < sizeof text ? value.n : 0);
	text[value.n < sizeof text ? value.n : 0] = '\0';
	return text;
}
