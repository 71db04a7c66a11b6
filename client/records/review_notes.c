/* SPDX-License-Identifier: Apache-2.0 */
#include "client/records/review_notes.h"

#include <stdlib.h>
#include <string.h>

#include "client/store/clock.h"
#include "protocol/limits.h"
#include "protocol/utf8.h"

enum { ELEMENT_PLAIN = ID_LEN + 8 + 1 };

err
review_notes_add(struct store *s, const uint8_t cell[static SCOPE_LEN],
    const uint8_t person[static ID_LEN], struct span text)
{
	struct store_op op = { .kind = KIND_REVIEW_NOTE };
	enum role role = store_role(s);
	err rc;

	if (role != ROLE_COMMUNE && role != ROLE_COMMISSIONER)
		return ERR_ROLE;
	if (!store_covers(s, cell))
		return ERR_SCOPE;
	if (text.n == 0 || text.n > LIMIT_TEXT_BYTES || !utf8_lawful(text))
		return ERR_VALUE;
	memcpy(op.subject, person, ID_LEN);
	op.sealed = field_draft_new();
	if (op.sealed == NULL)
		return ERR_NOMEM;
	field_draft_put_text(op.sealed, FIELD_REMARK, text);
	rc = store_write(s, cell, &op, 1, NULL, 0, NULL);
	field_draft_free(op.sealed);
	return rc;
}

void
review_notes_free(struct review_notes *n)
{
	if (n == NULL)
		return;
	for (size_t i = 0; i < n->count; i++) {
		if (n->items[i].text != NULL)
			crypto_wipe(n->items[i].text,
			    strlen(n->items[i].text));
		free(n->items[i].text);
	}
	free(n->items);
	memset(n, 0, sizeof *n);
}

static int
compare(const void *pa, const void *pb)
{
	const struct review_note *a = pa, *b = pb;

	return (a->time_ms > b->time_ms) - (a->time_ms < b->time_ms);
}

static err
read_note(struct store *s, const uint8_t *cell, const struct state *state,
    const struct reg *r, struct review_note *ret)
{
	struct span element = { r->element, r->element_len };
	const struct write *w = state_winner(r, clock_now_ms());
	struct span text = { NULL, 0 };
	err rc;

	ret->unreadable = state_text(state, FIELD_REMARK, element,
	    clock_now_ms(), &text) != ERR_OK;
	ret->time_ms = w->stamp.time_ms;
	ret->received = w->stamp.leaf != MERGE_NO_LEAF;
	if (ret->unreadable)
		text.n = 0;
	ret->text = malloc(text.n + 1);
	if (ret->text == NULL)
		return ERR_NOMEM;
	if (text.n > 0)
		memcpy(ret->text, text.p, text.n);
	ret->text[text.n] = '\0';
	rc = author_of_log(s, cell, r->element, &ret->from);
	return rc == ERR_ABSENT ? ERR_OK : rc;
}

err
review_notes_of(struct store *s, const uint8_t cell[static SCOPE_LEN],
    const uint8_t person[static ID_LEN], struct review_notes *ret)
{
	struct review_notes n = { .count = 0 };
	const struct state *state = NULL;
	err rc = store_state(s, cell, person, &state);

	*ret = n;
	if (rc != ERR_OK)
		return rc == ERR_ABSENT ? ERR_OK : rc;
	n.items = calloc(state_count(state) + 1, sizeof *n.items);
	if (n.items == NULL)
		return ERR_NOMEM;
	for (size_t i = 0; rc == ERR_OK && i < state_count(state); i++) {
		const struct reg *r = state_at(state, i);
		struct span element = { r->element, r->element_len };
		bool voided = false;

		if (r->field != FIELD_REMARK ||
		    r->element_len != ELEMENT_PLAIN ||
		    (state_bool(state, FIELD_VOIDED, element, clock_now_ms(),
		    &voided) == ERR_OK && voided))
			continue;
		rc = read_note(s, cell, state, r, &n.items[n.count++]);
	}
	if (rc != ERR_OK) {
		review_notes_free(&n);
		return rc;
	}
	if (n.count > 1)
		qsort(n.items, n.count, sizeof *n.items, compare);
	*ret = n;
	return ERR_OK;
}
