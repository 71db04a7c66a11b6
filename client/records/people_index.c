/* SPDX-License-Identifier: Apache-2.0 */
#include "client/records/people_index.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/records/fold_text.h"
#include "client/records/person_places.h"
#include "client/store/clock.h"

enum { NAME_WORDS_MIN = 2, NAME_WORDS_MAX = 6, TITLE_WORDS_MAX = 64 };

/* The name key with the scope beside it, so that both can be asked for. */
struct slot {
	struct indexed_person person;
	uint8_t scope_name[ID_LEN];
};

struct people_index {
	struct slot *slots;
	uint32_t count, cap;
	struct lookup by_ref, by_name, by_scope_name;
	struct key_set steps;
	struct key_set names;		/* folded, without the year */
	struct buf folded;
	const struct merge_lines *lines;	/* while it is read */
	struct places *places;			/* likewise */
};

/* ---- keys */

static void
scope_name_key(const uint8_t *scope, const uint8_t *name_key,
    uint8_t ret[static ID_LEN])
{
	key_set_key((const struct span[]){ { scope, SCOPE_LEN },
	    { name_key, ID_LEN } }, 2, ret);
}

static void
step_key(const uint8_t *subject, enum step step, int64_t date,
    uint8_t ret[static ID_LEN])
{
	uint8_t what = (uint8_t)step, day[8];

	be64_put(day, (uint64_t)date);
	key_set_key((const struct span[]){ { subject, ID_LEN }, { &what, 1 },
	    { day, 8 } }, 3, ret);
}

err
people_index_name_key(struct span name, struct span year,
    uint8_t ret[static ID_LEN])
{
	struct buf folded = { .p = NULL };
	err rc = fold_text_search(name, &folded);

	if (rc == ERR_OK)
		key_set_key((const struct span[]){ buf_span(&folded), year }, 2,
		    ret);
	if (folded.p != NULL)
		crypto_wipe(folded.p, folded.cap);
	buf_free(&folded);
	return rc;
}

void
people_index_ref_key(const uint8_t scope[static SCOPE_LEN], struct span ref,
    uint8_t ret[static ID_LEN])
{
	key_set_key((const struct span[]){ { scope, SCOPE_LEN }, ref }, 2, ret);
}

/* ---- adding */

static err
reserve(struct people_index *x)
{
	uint32_t cap = x->cap == 0 ? 256 : 2 * x->cap;
	struct slot *more;
	err rc;

	if (x->count == x->cap) {
		if (cap < x->cap)
			return ERR_NOMEM;
		more = realloc(x->slots, cap * sizeof *more);
		if (more == NULL)
			return ERR_NOMEM;
		x->slots = more;
		x->cap = cap;
	}
	rc = lookup_reserve(&x->by_ref, x->slots);
	if (rc == ERR_OK)
		rc = lookup_reserve(&x->by_name, x->slots);
	if (rc == ERR_OK)
		rc = lookup_reserve(&x->by_scope_name, x->slots);
	return rc;
}

err
people_index_add(struct people_index *x, const struct indexed_person *p)
{
	err rc = reserve(x);
	struct slot *slot;

	if (rc != ERR_OK)
		return rc;
	slot = &x->slots[x->count];
	slot->person = *p;
	scope_name_key(p->scope, p->by_name, slot->scope_name);
	if (p->has_ref)
		lookup_put(&x->by_ref, x->slots, x->count);
	lookup_put(&x->by_name, x->slots, x->count);
	lookup_put(&x->by_scope_name, x->slots, x->count);
	x->count++;
	return ERR_OK;
}

static err
add_steps(struct people_index *x, const uint8_t *subject,
    const struct state *state, struct steps_standing *ret)
{
	struct step_record *records = NULL;
	size_t count = 0;
	err rc = steps_of(x->lines, state, &records, &count);

	if (rc == ERR_OK)
		steps_standing(records, count, ret);
	for (size_t i = 0; rc == ERR_OK && i < count; i++)
		rc = people_index_add_step(x, subject, records[i].step,
		    records[i].date);
	free(records);
	return rc;
}

static err
add_name(struct people_index *x, struct span name)
{
	uint8_t key[ID_LEN];
	err rc;

	buf_reset(&x->folded);
	rc = fold_text_search(name, &x->folded);
	if (rc != ERR_OK || x->folded.n == 0 ||
	    memchr(x->folded.p, ' ', x->folded.n) == NULL)
		return rc;
	key_set_key((const struct span[]){ buf_span(&x->folded) }, 1, key);
	return key_set_put(&x->names, key);
}

static err
add_person(void *ctx, const uint8_t scope[SCOPE_LEN],
    const uint8_t subject[ID_LEN], const struct state *state)
{
	const struct span whole = { NULL, 0 };
	struct people_index *x = ctx;
	struct indexed_person p = { .has_ref = false };
	struct span ref = { NULL, 0 }, name = { NULL, 0 };
	uint64_t now_ms = clock_now_ms(), year = 0;
	char typed[24] = "";
	err rc;

	if (!places_counts(x->places, scope, subject))
		return ERR_OK;
	memcpy(p.scope, scope, SCOPE_LEN);
	memcpy(p.subject, subject, ID_LEN);
	state_version(state, p.version);
	if (state_text(state, FIELD_REF, whole, now_ms, &ref) == ERR_OK)
		p.has_ref = ref.n > 0;
	if (state_text(state, FIELD_FULL_NAME, whole, now_ms, &name) != ERR_OK)
		name.n = 0;
	if (state_uint(state, FIELD_BIRTH_YEAR, whole, now_ms, &year) ==
	    ERR_OK)
		(void)snprintf(typed, sizeof typed, "%llu",
		    (unsigned long long)year);
	people_index_ref_key(scope, ref, p.by_ref);
	rc = people_index_name_key(name,
	    (struct span){ (const uint8_t *)typed, strlen(typed) }, p.by_name);
	if (rc == ERR_OK)
		rc = add_name(x, name);
	if (rc == ERR_OK)
		rc = add_steps(x, subject, state, &p.standing);
	return rc == ERR_OK ? people_index_add(x, &p) : rc;
}

err
people_index_new(struct store *s, struct people_index **ret)
{
	struct people_index *x = calloc(1, sizeof *x);
	err rc;

	if (x == NULL)
		return ERR_NOMEM;
	x->by_ref = x->by_name = x->by_scope_name = (struct lookup){
		.stride = sizeof(struct slot), .len = ID_LEN };
	x->by_ref.offset = offsetof(struct slot, person) +
	    offsetof(struct indexed_person, by_ref);
	x->by_name.offset = offsetof(struct slot, person) +
	    offsetof(struct indexed_person, by_name);
	x->by_scope_name.offset = offsetof(struct slot, scope_name);
	x->lines = store_lines(s);
	rc = person_places(s, &x->places);
	if (rc == ERR_OK)
		rc = store_each(s, NULL, KIND_PERSON, add_person, x);
	places_free(x->places);
	x->places = NULL;
	if (rc != ERR_OK) {
		people_index_free(x);
		return rc;
	}
	*ret = x;
	return ERR_OK;
}

void
people_index_free(struct people_index *x)
{
	if (x == NULL)
		return;
	free(x->slots);
	lookup_free(&x->by_ref);
	lookup_free(&x->by_name);
	lookup_free(&x->by_scope_name);
	key_set_free(&x->steps);
	key_set_free(&x->names);
	if (x->folded.p != NULL)
		crypto_wipe(x->folded.p, x->folded.cap);
	buf_free(&x->folded);
	free(x);
}

/* ---- asking */

static struct indexed_person *
find(struct people_index *x, const struct lookup *by, const uint8_t *key)
{
	uint32_t i = x->count == 0 ? LOOKUP_NONE :
	    lookup_find(by, x->slots, key);

	return i == LOOKUP_NONE ? NULL : &x->slots[i].person;
}

struct indexed_person *
people_index_by_ref(struct people_index *x, const uint8_t key[static ID_LEN])
{
	return find(x, &x->by_ref, key);
}

struct indexed_person *
people_index_by_name(struct people_index *x, const uint8_t key[static ID_LEN],
    const uint8_t *scope)
{
	uint8_t both[ID_LEN];

	if (scope == NULL)
		return find(x, &x->by_name, key);
	scope_name_key(scope, key, both);
	return find(x, &x->by_scope_name, both);
}

bool
people_index_has_step(const struct people_index *x,
    const uint8_t subject[static ID_LEN], enum step step, int64_t date)
{
	uint8_t key[ID_LEN];

	step_key(subject, step, date, key);
	return key_set_has(&x->steps, key);
}

err
people_index_add_step(struct people_index *x,
    const uint8_t subject[static ID_LEN], enum step step, int64_t date)
{
	uint8_t key[ID_LEN];

	step_key(subject, step, date, key);
	return key_set_put(&x->steps, key);
}

/* Every run of words that could be a name. */
static bool
any_name(const struct people_index *x, struct span text)
{
	size_t from[TITLE_WORDS_MAX], to[TITLE_WORDS_MAX], words = 0;
	uint8_t key[ID_LEN];

	for (size_t i = 0; i < text.n && words < TITLE_WORDS_MAX; i++) {
		from[words] = i;
		while (i < text.n && text.p[i] != ' ')
			i++;
		to[words++] = i;
	}
	for (size_t i = 0; i < words; i++)
		for (size_t n = NAME_WORDS_MIN; n <= NAME_WORDS_MAX &&
		    i + n <= words; n++) {
			key_set_key((const struct span[]){ {
			    text.p + from[i], to[i + n - 1] - from[i] } }, 1,
			    key);
			if (key_set_has(&x->names, key))
				return true;
		}
	return false;
}

err
people_index_names(const struct people_index *x, struct span text, bool *ret)
{
	struct buf folded = { .p = NULL };
	err rc = fold_text_search(text, &folded);

	if (rc == ERR_OK)
		*ret = any_name(x, buf_span(&folded));
	buf_free(&folded);
	return rc;
}
