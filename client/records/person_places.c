/* SPDX-License-Identifier: Apache-2.0 */
#include "client/records/person_places.h"

#include <string.h>

#include "client/store/clock.h"

struct collecting {
	struct store *s;
	struct places *places;
};

static err
add(void *ctx, const uint8_t scope[SCOPE_LEN], const uint8_t subject[ID_LEN],
    const struct state *state)
{
	struct collecting *c = ctx;

	return places_add(c->places, scope, subject, state);
}

/* Somebody whom the cell merged, and the one into whom. */
static err
add_merged(void *ctx, const uint8_t scope[SCOPE_LEN],
    const uint8_t subject[ID_LEN], const struct state *state)
{
	struct collecting *c = ctx;
	const struct write *w = state_winner(state_find(state,
	    FIELD_MERGED_INTO, (struct span){ NULL, 0 }), clock_now_ms());
	const struct state *other = NULL;
	uint8_t into[ID_LEN];
	const uint8_t *id;
	err rc = places_add(c->places, scope, subject, state);

	if (rc != ERR_OK || w == NULL || w->unreadable)
		return rc;
	struct codec_reader r = codec_reader(w->value);
	if (codec_read_fixed(&r, ID_LEN, &id) != ERR_OK)
		return ERR_OK;
	memcpy(into, id, ID_LEN);
	rc = store_state(c->s, scope, into, &other);
	if (rc == ERR_ABSENT || rc == ERR_KEY)
		return ERR_OK;
	return rc != ERR_OK ? rc : places_add(c->places, scope, into, other);
}

err
person_places(struct store *s, struct places **ret)
{
	struct collecting c = { s, places_new(clock_now_ms()) };
	err rc = c.places == NULL ? ERR_NOMEM : ERR_OK;

	if (rc == ERR_OK)
		rc = store_each(s, scope_root, KIND_PLACE, add, &c);
	if (rc == ERR_OK)
		rc = store_each(s, NULL, KIND_MOVED_IN, add, &c);
	if (rc == ERR_OK)
		rc = store_each(s, NULL, KIND_MERGE, add_merged, &c);
	if (rc != ERR_OK) {
		places_free(c.places);
		return rc;
	}
	*ret = c.places;
	return ERR_OK;
}
