/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/records/fold_text.h"
#include "client/store/clock.h"
#include "client/records/people.h"
#include "client/records/person_places.h"
#include "protocol/date.h"

enum { ID_PREFIX_MIN = 6, ID_DIGITS = 2 * ID_LEN };	/* hex digits */

/* ---- one person */

static void
put_value(const struct state *state, enum people_field i, uint64_t now_ms,
    struct buf *out)
{
	const struct span whole = { NULL, 0 };
	uint64_t number = people_field_number(i);
	struct span text;
	char made[24];
	uint64_t year;
	int64_t date;

	if (i == PEOPLE_BIRTH_DATE) {
		if (state_int(state, number, whole, now_ms, &date) == ERR_OK) {
			date_format(date, made);
			buf_put_text(out, made);
		}
	} else if (i == PEOPLE_BIRTH_YEAR) {
		if (state_uint(state, number, whole, now_ms, &year) ==
		    ERR_OK) {
			(void)snprintf(made, sizeof made, "%llu",
			    (unsigned long long)year);
			buf_put_text(out, made);
		}
	} else if (state_text(state, number, whole, now_ms, &text) == ERR_OK) {
		buf_put(out, text.p, text.n);
	}
	buf_put_u8(out, 0);
}

err
people_list_read(const struct merge_lines *lines,
    const uint8_t scope[static SCOPE_LEN],
    const uint8_t subject[static ID_LEN], const struct state *state,
    struct person *ret)
{
	struct person p = { .block = NULL };
	struct step_record *records = NULL;
	uint64_t now_ms = clock_now_ms();
	size_t from[PEOPLE_FIELDS], count = 0;
	struct buf text = { .p = NULL };
	err rc;

	memcpy(p.scope, scope, SCOPE_LEN);
	memcpy(p.subject, subject, ID_LEN);
	state_version(state, p.version);
	for (unsigned i = 0; i < PEOPLE_FIELDS; i++) {
		const struct reg *r = state_find(state,
		    people_field_number((enum people_field)i),
		    (struct span){ NULL, 0 });
		const struct write *w = state_winner(r, now_ms);
		from[i] = text.n;
		put_value(state, (enum people_field)i, now_ms, &text);
		p.conflict[i] = r != NULL && state_conflict(r);
		p.unreadable[i] = w != NULL && w->unreadable;
	}
	rc = buf_err(&text);
	if (rc == ERR_OK)
		rc = steps_of(lines, state, &records, &count);
	if (rc != ERR_OK) {
		buf_free(&text);
		return rc;
	}
	steps_standing(records, count, &p.standing);
	free(records);
	p.block = (char *)text.p;
	p.block_bytes = text.n;
	for (unsigned i = 0; i < PEOPLE_FIELDS; i++)
		p.text[i] = p.block + from[i];
	*ret = p;
	return ERR_OK;
}

void
people_list_release(struct person *p)
{
	if (p == NULL)
		return;
	if (p->block != NULL)
		crypto_wipe(p->block, p->block_bytes);
	free(p->block);
	memset(p, 0, sizeof *p);
}

void
people_list_free(struct people_list *l)
{
	if (l == NULL)
		return;
	for (size_t i = 0; i < l->count; i++)
		people_list_release(&l->person[i]);
	free(l->person);
	memset(l, 0, sizeof *l);
}

/* ---- collecting */

/* Takes p over, also on error. */
static err
add(struct people_list *l, struct person *p)
{
	if (l->count == l->cap) {
		size_t cap = l->cap == 0 ? 64 : 2 * l->cap;
		struct person *more = realloc(l->person, cap * sizeof *more);
		if (more == NULL) {
			people_list_release(p);
			return ERR_NOMEM;
		}
		l->person = more;
		l->cap = cap;
	}
	l->person[l->count++] = *p;
	return ERR_OK;
}

static struct span
text_of(const struct person *p, enum people_field field)
{
	return (struct span){ (const uint8_t *)p->text[field],
		strlen(p->text[field]) };
}

/* What people look for somebody by. */
static err
put_searched(const struct person *p, struct buf *out)
{
	static const enum people_field searched[] = { PEOPLE_FULL_NAME,
		PEOPLE_REF, PEOPLE_PHONE };
	err rc = ERR_OK;

	for (size_t i = 0; rc == ERR_OK && i < 3; i++) {
		rc = fold_text_search(text_of(p, searched[i]), out);
		buf_put_u8(out, ' ');
	}
	return rc == ERR_OK ? buf_err(out) : rc;
}

struct collecting {
	const struct merge_lines *lines;
	const struct people_filter *filter;
	struct places *places;
	struct buf words;		/* of the filter, folded */
	struct buf text;
	struct people_list list;
};

static err
collect(void *ctx, const uint8_t scope[SCOPE_LEN],
    const uint8_t subject[ID_LEN], const struct state *state)
{
	struct collecting *c = ctx;
	const struct people_filter *f = c->filter;
	struct person p;
	bool wanted, gone = !places_counts(c->places, scope, subject);
	err rc;

	if (gone && !f->all)
		return ERR_OK;
	rc = people_list_read(c->lines, scope, subject, state, &p);

	if (rc != ERR_OK)
		return rc;
	p.gone = gone && places_went(c->places, scope, subject, &p.went);
	wanted = (f->step == STEP_NONE || steps_now(&p.standing) == f->step) &&
	    (f->residence.n == 0 || span_equal(f->residence,
	    text_of(&p, PEOPLE_RESIDENCE)));
	if (wanted && c->words.n > 0) {
		buf_reset(&c->text);
		rc = put_searched(&p, &c->text);
		wanted = rc == ERR_OK && fold_text_match(buf_span(&c->text),
		    buf_span(&c->words));
	}
	if (rc == ERR_OK && wanted)
		return add(&c->list, &p);
	people_list_release(&p);
	return rc;
}

/* ---- order */

struct sorted {
	struct span key;
	size_t from, n;
	struct person person;
};

static int
compare(const void *pa, const void *pb)
{
	const struct sorted *a = pa, *b = pb;
	int c = span_compare(a->key, b->key);

	if (c == 0)
		c = memcmp(a->person.scope, b->person.scope, SCOPE_LEN);
	return c != 0 ? c :
	    memcmp(a->person.subject, b->person.subject, ID_LEN);
}

static err
sort(struct people_list *l)
{
	struct sorted *s = calloc(l->count + 1, sizeof *s);
	struct buf keys = { .p = NULL };
	err rc = s == NULL ? ERR_NOMEM : ERR_OK;

	for (size_t i = 0; rc == ERR_OK && i < l->count; i++) {
		s[i].from = keys.n;
		rc = fold_text_sort_key(
		    text_of(&l->person[i], PEOPLE_FULL_NAME), &keys);
		s[i].n = keys.n - s[i].from;
		s[i].person = l->person[i];
	}
	for (size_t i = 0; rc == ERR_OK && i < l->count; i++)
		s[i].key = (struct span){ keys.p + s[i].from, s[i].n };
	if (rc == ERR_OK && l->count > 1)
		qsort(s, l->count, sizeof *s, compare);
	for (size_t i = 0; rc == ERR_OK && i < l->count; i++)
		l->person[i] = s[i].person;
	if (keys.p != NULL)
		crypto_wipe(keys.p, keys.cap);
	buf_free(&keys);
	free(s);
	return rc;
}

static void
wipe(struct buf *b)
{
	if (b->p != NULL)
		crypto_wipe(b->p, b->cap);
	buf_free(b);
}

err
people_list(struct store *s, const struct people_filter *f,
    struct people_list *ret)
{
	struct collecting c = { .lines = store_lines(s), .filter = f };
	err rc = fold_text_search(f->words, &c.words);

	if (rc == ERR_OK)
		rc = person_places(s, &c.places);
	if (rc == ERR_OK)
		rc = store_each(s, f->scope, KIND_PERSON, collect, &c);
	places_free(c.places);
	if (rc == ERR_OK)
		rc = sort(&c.list);
	if (rc == ERR_OK)
		*ret = c.list;
	else
		people_list_free(&c.list);
	wipe(&c.words);
	wipe(&c.text);
	return rc;
}

/* ---- finding */

enum way { WAY_REF, WAY_ID, WAY_NAME, WAY_WHOLE, WAY_WORDS, WAYS };

struct looking {
	struct buf nfc, folded, text;
	bool is_id;
};

static bool
is_id(struct span who)
{
	if (who.n < ID_PREFIX_MIN || who.n > ID_DIGITS)
		return false;
	for (size_t i = 0; i < who.n; i++)
		if (strchr("0123456789abcdefABCDEF", who.p[i]) == NULL)
			return false;
	return true;
}

static err
found_by(struct looking *k, const struct person *p, enum way way, bool *ret)
{
	char id[2 * ID_LEN + 1];
	err rc = ERR_OK;

	*ret = false;
	buf_reset(&k->text);
	switch (way) {
	case WAY_REF:
		*ret = span_equal(buf_span(&k->nfc), text_of(p, PEOPLE_REF));
		break;
	case WAY_ID:
		hex_encode(p->subject, ID_LEN, id);
		*ret = k->is_id && k->folded.n <= ID_DIGITS &&
		    memcmp(id, k->folded.p, k->folded.n) == 0;
		break;
	case WAY_NAME:
		rc = fold_text_search(text_of(p, PEOPLE_FULL_NAME), &k->text);
		*ret = rc == ERR_OK && k->folded.n > 0 &&
		    span_equal(buf_span(&k->text), buf_span(&k->folded));
		break;
	case WAY_WHOLE:
		rc = put_searched(p, &k->text);
		*ret = rc == ERR_OK && k->folded.n > 0 &&
		    fold_text_match_whole(buf_span(&k->text),
		    buf_span(&k->folded));
		break;
	case WAY_WORDS:
		rc = put_searched(p, &k->text);
		*ret = rc == ERR_OK && k->folded.n > 0 && fold_text_match(
		    buf_span(&k->text), buf_span(&k->folded));
		break;
	case WAYS:
		break;
	}
	return rc;
}

/* Keeps those that are found that way; all stay if nobody is. */
static err
keep_found(struct looking *k, struct people_list *l, enum way way,
    bool *ret_any)
{
	bool *found = calloc(l->count + 1, sizeof *found);
	size_t kept = 0;
	err rc = found == NULL ? ERR_NOMEM : ERR_OK;

	*ret_any = false;
	for (size_t i = 0; rc == ERR_OK && i < l->count; i++) {
		rc = found_by(k, &l->person[i], way, &found[i]);
		*ret_any = *ret_any || found[i];
	}
	for (size_t i = 0; rc == ERR_OK && *ret_any && i < l->count; i++) {
		if (found[i])
			l->person[kept++] = l->person[i];
		else
			people_list_release(&l->person[i]);
	}
	if (rc == ERR_OK && *ret_any)
		l->count = kept;
	free(found);
	return rc;
}

err
people_list_find(struct store *s, const uint8_t *scope, struct span who,
    struct people_list *ret)
{
	const struct people_filter filter = { .scope = scope };
	struct looking k = { .is_id = false };
	struct people_list l = { .count = 0 };
	bool any = false;
	err rc = fold_text_nfc(who, &k.nfc);

	if (rc == ERR_OK)
		rc = fold_text_search(who, &k.folded);
	if (rc == ERR_OK && k.nfc.n == 0)
		rc = ERR_ABSENT;
	if (rc == ERR_OK)
		rc = people_list(s, &filter, &l);
	k.is_id = is_id(buf_span(&k.nfc));
	for (unsigned way = 0; rc == ERR_OK && !any && way < WAYS; way++)
		rc = keep_found(&k, &l, (enum way)way, &any);
	if (rc == ERR_OK && !any)
		rc = ERR_ABSENT;
	if (rc == ERR_OK)
		*ret = l;
	else
		people_list_free(&l);
	wipe(&k.nfc);
	wipe(&k.folded);
	wipe(&k.text);
	return rc;
}
