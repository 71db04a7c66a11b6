/* SPDX-License-Identifier: Apache-2.0 */
/* verify_states.c -- ops by (scope, subject), in order of appearance. */
#include "protocol/verify_states.h"

#include <stdlib.h>
#include <string.h>

#include "protocol/arena.h"
#include "protocol/fold.h"
#include "protocol/verify_index.h"

#define KIND_UNKNOWN UINT32_MAX

/* An entry. */
struct origin {
	uint8_t log[ID_LEN];
	uint64_t seq, leaf, leaf_time, line_seen, time_ms;
};

/* An op; its fields and then the bytes of its facts lie behind. */
struct kept {
	struct kept *next;	/* of the same subject */
	const struct origin *origin;
	uint32_t fields_n, facts_n;
	uint32_t kind;
	uint8_t position;
	uint8_t facts;		/* facts part: its form + 1; 0: none */
	uint8_t bytes[];
};

struct subject {
	struct kept *first, *last;
};

struct verify_states {
	struct verify_index *index;	/* numbers of scope and subject id */
	struct subject *subjects;
	size_t count, room;
	size_t newest;			/* subject of the newest op */
	struct arena arena;		/* origins and ops */
	struct origin *origin;		/* of the newest op */
};

struct verify_states *
verify_states_new(void)
{
	struct verify_states *s = calloc(1, sizeof *s);

	if (s == NULL)
		return NULL;
	s->index = verify_index_new();
	if (s->index == NULL) {
		free(s);
		return NULL;
	}
	return s;
}

void
verify_states_free(struct verify_states *s)
{
	if (s == NULL)
		return;
	arena_free(&s->arena);
	free(s->subjects);
	verify_index_free(s->index);
	free(s);
}

static err
find_subject(struct verify_states *s, const struct place *place,
    const struct op *op, struct subject **ret)
{
	uint8_t key[VERIFY_KEY_LEN];
	size_t number;
	err rc;

	memcpy(key, place->scope, SCOPE_LEN);
	memcpy(key + SCOPE_LEN, op->subject, ID_LEN);
	/* ops of one entry are mostly about one subject */
	if (s->count > 0 && memcmp(verify_index_key(s->index, s->newest), key,
	    VERIFY_KEY_LEN) == 0) {
		*ret = &s->subjects[s->newest];
		return ERR_OK;
	}
	rc = verify_index_put(s->index, key, &number);
	if (rc != ERR_OK)
		return rc;
	if (number >= s->room) {
		size_t room = s->room + s->room / 2 + 64;
		struct subject *p = realloc(s->subjects, room * sizeof *p);

		if (p == NULL)
			return ERR_NOMEM;
		s->subjects = p;
		s->room = room;
	}
	/* a number without a subject is what a refused allocation left */
	for (; s->count <= number; s->count++)
		s->subjects[s->count] = (struct subject){ NULL, NULL };
	s->newest = number;
	*ret = &s->subjects[number];
	return ERR_OK;
}

/* Makes s->origin that place. */
static err
find_origin(struct verify_states *s, const struct place *place,
    uint64_t time_ms)
{
	struct origin *o = s->origin;

	if (o != NULL && o->seq == place->seq && o->leaf == place->leaf &&
	    memcmp(o->log, place->log, ID_LEN) == 0)
		return ERR_OK;
	o = arena_take(&s->arena, sizeof *o);
	if (o == NULL)
		return ERR_NOMEM;
	memcpy(o->log, place->log, ID_LEN);
	o->seq = place->seq;
	o->leaf = place->leaf;
	o->leaf_time = place->leaf_time;
	o->line_seen = place->line_seen;
	o->time_ms = time_ms;
	s->origin = o;
	return ERR_OK;
}

static void
append(struct subject *subject, struct kept *k)
{
	if (subject->last == NULL)
		subject->first = k;
	else
		subject->last->next = k;
	subject->last = k;
}

err
verify_states_keep(struct verify_states *s, const struct place *place,
    uint8_t position, uint64_t time_ms, const struct op *op)
{
	const struct part *facts = entry_part(op, PART_FACTS);
	struct span bytes = { NULL, 0 };
	struct subject *subject = NULL;
	struct kept *k;
	err rc;

	if ((rc = find_subject(s, place, op, &subject)) != ERR_OK ||
	    (rc = find_origin(s, place, time_ms)) != ERR_OK)
		return rc;
	if (facts != NULL)
		bytes = facts->bytes;
	k = arena_take(&s->arena, sizeof *k + op->fields.n + bytes.n);
	if (k == NULL)
		return ERR_NOMEM;
	k->next = NULL;
	k->origin = s->origin;
	k->fields_n = (uint32_t)op->fields.n;
	k->facts_n = (uint32_t)bytes.n;
	k->kind = op->kind < KIND_UNKNOWN ? (uint32_t)op->kind : KIND_UNKNOWN;
	k->position = position;
	k->facts = facts == NULL ? 0 : (uint8_t)(facts->form + 1);
	memcpy(k->bytes, op->fields.p, op->fields.n);
	if (bytes.n > 0)
		memcpy(k->bytes + op->fields.n, bytes.p, bytes.n);
	append(subject, k);
	return ERR_OK;
}

static err
on_state(void *ctx, const uint8_t scope[SCOPE_LEN],
    const uint8_t subject[ID_LEN], struct state **ret)
{
	(void)scope;
	(void)subject;
	*ret = ctx;
	return ERR_OK;
}

/* The op as it was, as far as fold_op looks at it. */
static struct op
op_of(const struct kept *k, const uint8_t *subject)
{
	struct op op = { .kind = k->kind, .subject = subject,
		.fields = { k->bytes, k->fields_n } };

	if (k->facts != 0) {
		op.part_count = 1;
		op.parts[0].type = PART_FACTS;
		op.parts[0].form = (enum part_form)(k->facts - 1);
		op.parts[0].bytes = (struct span){ k->bytes + k->fields_n,
			k->facts_n };
	}
	return op;
}

/* Which ops count, and what was seen of them. */
struct reading {
	const struct merge_lines *lines;
	bool all;
	uint64_t size;			/* else those with a lower leaf */
	uint64_t erased;
};

/* Makes `state` that of the subject with that key. */
static err
fold_subject(const struct subject *subject, const uint8_t *key,
    struct reading *r, struct state *state)
{
	const struct fold_host host = { .ctx = state, .state = on_state,
		.skip_sealed = true };
	struct place place = { .seq = 0 };
	err rc = ERR_OK;

	state_clear(state);
	memcpy(place.scope, key, SCOPE_LEN);
	for (const struct kept *k = subject->first; k != NULL && rc == ERR_OK;
	    k = k->next) {
		struct op op = op_of(k, key + SCOPE_LEN);

		if (!r->all && k->origin->leaf >= r->size)
			continue;
		r->erased += k->facts == PART_DIGEST + 1 ||
		    k->facts == PART_LATER + 1;
		memcpy(place.log, k->origin->log, ID_LEN);
		place.seq = k->origin->seq;
		place.leaf = k->origin->leaf;
		place.leaf_time = k->origin->leaf_time;
		place.line_seen = k->origin->line_seen;
		rc = fold_op(&host, r->lines, &place, k->position,
		    k->origin->time_ms, &op);
	}
	return rc;
}

static err
figures_of(const struct verify_states *s, struct reading *r, uint64_t now_ms,
    struct figures **ret_figures)
{
	struct figures *f = figures_new(now_ms);
	struct state *state = state_new();
	err rc = f != NULL && state != NULL ? ERR_OK : ERR_NOMEM;

	if (f != NULL)
		figures_lines(f, r->lines);
	for (size_t i = 0; rc == ERR_OK && i < s->count; i++) {
		const uint8_t *key = verify_index_key(s->index, i);

		rc = fold_subject(&s->subjects[i], key, r, state);
		if (rc == ERR_OK)
			rc = figures_add(f, key, key + SCOPE_LEN, state);
	}
	state_free(state);
	if (rc != ERR_OK) {
		figures_free(f);
		return rc;
	}
	*ret_figures = f;
	return ERR_OK;
}

err
verify_states_figures(const struct verify_states *s,
    const struct merge_lines *lines, uint64_t now_ms,
    struct figures **ret_figures)
{
	struct reading r = { .lines = lines, .all = true };

	return figures_of(s, &r, now_ms, ret_figures);
}

err
verify_states_figures_at(const struct verify_states *s,
    const struct merge_lines *lines, uint64_t size,
    struct figures **ret_figures, uint64_t *ret_erased)
{
	struct reading r = { .lines = lines, .size = size };
	/* no write without a leaf: now is the time of none */
	err rc = figures_of(s, &r, 0, ret_figures);

	if (rc == ERR_OK)
		*ret_erased = r.erased;
	return rc;
}
