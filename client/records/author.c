/* SPDX-License-Identifier: Apache-2.0 */
#include "client/records/author.h"

#include <string.h>

#include "client/store/clock.h"
#include "protocol/utf8.h"

/* ---- entries */

struct looking {
	uint64_t seq;			/* 0: the first that comes */
	struct place *place;
	struct buf *bytes;		/* may be NULL */
	bool found, own;
};

static err
look(void *ctx, const struct store_entry *e)
{
	struct looking *l = ctx;

	if (l->seq != 0 && e->place.seq != l->seq)
		return ERR_OK;
	l->found = true;
	l->own = e->own;
	*l->place = e->place;
	if (l->bytes != NULL) {
		buf_put(l->bytes, e->bytes.p, e->bytes.n);
		if (buf_err(l->bytes) != ERR_OK)
			return ERR_NOMEM;
	}
	return ERR_EXISTS;		/* enough */
}

static err
find(struct store *s, const uint8_t *log, struct looking *l)
{
	err rc = store_each_entry(s, log, look, l);

	if (l->found && rc == ERR_EXISTS)
		return ERR_OK;
	return rc == ERR_OK ? ERR_ABSENT : rc;
}

err
author_entry(struct store *s, const uint8_t log[static ID_LEN], uint64_t seq,
    struct place *ret_place, struct buf *ret_bytes)
{
	struct place place;
	struct looking l = { .seq = seq, .place = &place, .bytes = ret_bytes };
	err rc = seq == 0 ? ERR_ABSENT : find(s, log, &l);

	if (rc == ERR_OK && ret_place != NULL)
		*ret_place = place;
	return rc;
}

err
author_is_own(struct store *s, const uint8_t log[static ID_LEN], bool *ret)
{
	struct place place;
	struct looking l = { .place = &place };
	err rc = find(s, log, &l);

	if (rc == ERR_OK)
		*ret = l.own;
	return rc;
}

/* ---- names */

static bool
read_name(const struct state *state, char *out)
{
	struct span name;

	if (state_text(state, FIELD_HOLDER_NAME, (struct span){ NULL, 0 },
	    clock_now_ms(), &name) != ERR_OK || name.n == 0)
		return false;
	utf8_copy(out, AUTHOR_NAME_BYTES, name);
	return true;
}

static err
look_name(void *ctx, const uint8_t scope[SCOPE_LEN],
    const uint8_t subject[ID_LEN], const struct state *state)
{
	struct author *a = ctx;

	(void)scope;
	if (memcmp(subject, a->device, ID_LEN) == 0 &&
	    read_name(state, a->name))
		return ERR_EXISTS;	/* enough */
	return ERR_OK;
}

err
author_of_log(struct store *s, const uint8_t scope[static SCOPE_LEN],
    const uint8_t log[static ID_LEN], struct author *ret)
{
	struct place place;
	struct looking l = { .place = &place };
	struct author a = { .role = ROLE_NONE };
	const struct state *state;
	err rc = find(s, log, &l);

	if (rc != ERR_OK)
		return rc;
	chain_key_id(place.author, a.device);
	a.own = l.own;
	a.role = roster_role(store_roster(s), place.author, ROSTER_NO_LEAF);
	rc = store_state(s, scope, a.device, &state);
	if (rc == ERR_OK && read_name(state, a.name)) {
		*ret = a;
		return ERR_OK;
	}
	if (rc != ERR_OK && rc != ERR_ABSENT && rc != ERR_KEY)
		return rc;
	rc = store_each(s, NULL, KIND_DEVICE, look_name, &a);
	if (rc != ERR_OK && rc != ERR_EXISTS)
		return rc;
	*ret = a;
	return ERR_OK;
}
