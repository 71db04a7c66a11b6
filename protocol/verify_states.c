/* SPDX-License-Identifier: Apache-2.0 */
/* verify_states.c -- states by (scope, subject), in order of appearance. */
#include "protocol/verify_states.h"

#include <stdlib.h>
#include <string.h>

#include "protocol/verify_index.h"

struct subject {
	uint8_t key[VERIFY_KEY_LEN];	/* scope, then subject id */
	struct state *state;		/* owned */
};

struct verify_states {
	struct verify_index *index;
	struct subject *subjects;
	size_t count;
	size_t cap;
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
	for (size_t i = 0; i < s->count; i++)
		state_free(s->subjects[i].state);
	free(s->subjects);
	verify_index_free(s->index);
	free(s);
}

static err
add_subject(struct verify_states *s, const uint8_t *key)
{
	struct state *state;

	if (s->count == s->cap) {
		size_t cap = s->cap ? 2 * s->cap : 64;
		struct subject *p = realloc(s->subjects, cap * sizeof *p);

		if (p == NULL)
			return ERR_NOMEM;
		s->subjects = p;
		s->cap = cap;
	}
	state = state_new();
	if (state == NULL)
		return ERR_NOMEM;
	memcpy(s->subjects[s->count].key, key, VERIFY_KEY_LEN);
	s->subjects[s->count++].state = state;
	return ERR_OK;
}

err
verify_states_get(struct verify_states *s,
    const uint8_t scope[static SCOPE_LEN],
    const uint8_t subject[static ID_LEN], struct state **ret_state)
{
	uint8_t key[VERIFY_KEY_LEN];
	size_t number;
	err rc;

	memcpy(key, scope, SCOPE_LEN);
	memcpy(key + SCOPE_LEN, subject, ID_LEN);
	rc = verify_index_put(s->index, key, &number);
	/* a number without a state is what a refused allocation left */
	while (rc == ERR_OK && s->count <= number)
		rc = add_subject(s, key);
	if (rc == ERR_OK)
		*ret_state = s->subjects[number].state;
	return rc;
}

err
verify_states_figures(const struct verify_states *s,
    const struct merge_lines *lines, uint64_t now_ms,
    struct figures **ret_figures)
{
	struct figures *f = figures_new(now_ms);
	err rc = f ? ERR_OK : ERR_NOMEM;

	if (f != NULL)
		figures_lines(f, lines);
	for (size_t i = 0; rc == ERR_OK && i < s->count; i++)
		rc = figures_add(f, s->subjects[i].key,
		    s->subjects[i].key + SCOPE_LEN, s->subjects[i].state);
	if (rc != ERR_OK) {
		figures_free(f);
		return rc;
	}
	*ret_figures = f;
	return ERR_OK;
}
