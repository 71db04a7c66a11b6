/* SPDX-License-Identifier: Apache-2.0 */
#include "client/records/duplicates.h"

#include <stdlib.h>
#include <string.h>

#include "client/records/fold_text.h"
#include "client/records/key_set.h"
#include "client/store/clock.h"

enum { WORDS_MAX = 16, PAIR = 2 * ID_LEN };

/* What a person is compared by; hashes, so that names are not kept again. */
struct compared {
	size_t index;
	uint64_t year;			/* 0: not known */
	bool has_name, has_phone;
	uint8_t name[ID_LEN], words[ID_LEN], phone[ID_LEN];
};
struct finding {
	struct duplicates d;
	struct compared *all;
	struct key_set distinct;	/* of sorted pairs */
};

/* ---- what somebody said already */

static void
pair_key(const uint8_t *pair, uint8_t ret[static ID_LEN])
{
	key_set_key((const struct span[]){ { pair, PAIR } }, 1, ret);
}

static void
sort_pair(const uint8_t *a, const uint8_t *b, uint8_t ret[static PAIR])
{
	bool first = memcmp(a, b, ID_LEN) < 0;

	memcpy(ret, first ? a : b, ID_LEN);
	memcpy(ret + ID_LEN, first ? b : a, ID_LEN);
}

static err
add_distinct(void *ctx, const uint8_t scope[SCOPE_LEN],
    const uint8_t subject[ID_LEN], const struct state *state)
{
	struct finding *f = ctx;
	uint64_t now_ms = clock_now_ms();
	uint8_t key[ID_LEN];
	bool distinct = false;
	err rc = ERR_OK;

	(void)scope;
	(void)subject;
	for (size_t i = 0; rc == ERR_OK && i < state_count(state); i++) {
		const struct reg *r = state_at(state, i);

		if (r->field != FIELD_DISTINCT || r->element_len != PAIR ||
		    state_bool(state, FIELD_DISTINCT, (struct span){
		    r->element, PAIR }, now_ms, &distinct) != ERR_OK ||
		    !distinct)
			continue;
		pair_key(r->element, key);
		rc = key_set_put(&f->distinct, key);
	}
	return rc;
}

/* ---- comparing */

static int
span_order(const void *a, const void *b)
{
	return span_compare(*(const struct span *)a, *(const struct span *)b);
}

static void
words_key(struct span folded, uint8_t ret[static ID_LEN])
{
	struct span words[WORDS_MAX];
	size_t count = 0, from = 0;

	for (size_t i = 0; i <= folded.n && count < WORDS_MAX; i++)
		if (i == folded.n || folded.p[i] == ' ' ||
		    count + 1 == WORDS_MAX) {
			size_t to = count + 1 == WORDS_MAX ? folded.n : i;

			words[count++] = (struct span){ folded.p + from,
				to - from };
			from = i + 1;
		}
	qsort(words, count, sizeof words[0], span_order);
	key_set_key(words, count, ret);
}

static err
compare_by(const struct person *p, size_t index, struct compared *ret)
{
	const char *phone = p->text[PEOPLE_PHONE];
	struct buf text = { .p = NULL };
	err rc = fold_text_search((struct span){
	    (const uint8_t *)p->text[PEOPLE_FULL_NAME],
	    strlen(p->text[PEOPLE_FULL_NAME]) }, &text);

	ret->index = index;
	ret->year = strtoull(p->text[PEOPLE_BIRTH_YEAR], NULL, 10);
	ret->has_name = text.n > 0;
	if (rc == ERR_OK && ret->has_name) {
		key_set_key((const struct span[]){ buf_span(&text) }, 1,
		    ret->name);
		words_key(buf_span(&text), ret->words);
	}
	if (text.p != NULL)
		crypto_wipe(text.p, text.cap);
	buf_reset(&text);
	for (; *phone != '\0'; phone++)
		if (*phone >= '0' && *phone <= '9')
			buf_put_u8(&text, (uint8_t)*phone);
	ret->has_phone = text.n > 0;
	if (rc == ERR_OK)
		rc = buf_err(&text);
	if (rc == ERR_OK && ret->has_phone)
		key_set_key((const struct span[]){ buf_span(&text) }, 1,
		    ret->phone);
	if (text.p != NULL)
		crypto_wipe(text.p, text.cap);
	buf_free(&text);
	return rc;
}

static bool
years_near(uint64_t a, uint64_t b)
{
	return a == 0 || b == 0 || (a > b ? a - b : b - a) <= 1;
}

static unsigned
reasons_of(const struct compared *a, const struct compared *b)
{
	unsigned reasons = 0;

	if (a->has_name && b->has_name && years_near(a->year, b->year) &&
	    memcmp(a->words, b->words, ID_LEN) == 0)
		reasons = (memcmp(a->name, b->name, ID_LEN) == 0 ?
		    DUPLICATES_NAME : DUPLICATES_WORDS) | (a->year != 0 &&
		    a->year == b->year ? DUPLICATES_YEAR : DUPLICATES_NEAR);
	if (a->has_phone && b->has_phone &&
	    memcmp(a->phone, b->phone, ID_LEN) == 0)
		reasons |= DUPLICATES_PHONE;
	return reasons;
}

/* ---- pairs */

static err
add_pair(struct finding *f, const struct compared *a,
    const struct compared *b, bool by_phone)
{
	const struct person *people = f->d.people.person;
	unsigned reasons = reasons_of(a, b);
	uint8_t pair[PAIR], key[ID_LEN];

	/* one that the names brought forth is not brought by the phone too */
	if (reasons == 0 || (by_phone && reasons != DUPLICATES_PHONE))
		return ERR_OK;
	sort_pair(people[a->index].subject, people[b->index].subject, pair);
	pair_key(pair, key);
	if (memcmp(pair, pair + ID_LEN, ID_LEN) == 0 ||
	    key_set_has(&f->distinct, key))
		return ERR_OK;
	if (f->d.count == f->d.cap) {
		size_t cap = f->d.cap == 0 ? 32 : 2 * f->d.cap;
		struct duplicate *more = realloc(f->d.pairs,
		    cap * sizeof *more);

		if (more == NULL)
			return ERR_NOMEM;
		f->d.pairs = more;
		f->d.cap = cap;
	}
	f->d.pairs[f->d.count++] = (struct duplicate){
		a->index < b->index ? a->index : b->index,
		a->index < b->index ? b->index : a->index, reasons };
	return ERR_OK;
}

static int
words_order(const void *a, const void *b)
{
	return memcmp(((const struct compared *)a)->words,
	    ((const struct compared *)b)->words, ID_LEN);
}

static int
phone_order(const void *a, const void *b)
{
	return memcmp(((const struct compared *)a)->phone,
	    ((const struct compared *)b)->phone, ID_LEN);
}

/* Every two neighbours of one key. */
static err
add_groups(struct finding *f, int (*order)(const void *, const void *),
    bool by_phone)
{
	size_t count = f->d.people.count;
	err rc = ERR_OK;

	if (count > 1)
		qsort(f->all, count, sizeof *f->all, order);
	for (size_t i = 0; i < count; i++) {
		if (by_phone ? !f->all[i].has_phone : !f->all[i].has_name)
			continue;
		for (size_t k = i + 1; rc == ERR_OK && k < count &&
		    order(&f->all[i], &f->all[k]) == 0; k++)
			rc = add_pair(f, &f->all[i], &f->all[k], by_phone);
	}
	return rc;
}

static unsigned
weight(unsigned reasons)
{
	return (reasons & DUPLICATES_NAME ? 8u : 0) +
	    (reasons & DUPLICATES_PHONE ? 4u : 0) +
	    (reasons & DUPLICATES_YEAR ? 2u : 0) +
	    (reasons & DUPLICATES_WORDS ? 1u : 0);
}

static int
pair_order(const void *pa, const void *pb)
{
	const struct duplicate *a = pa, *b = pb;

	if (weight(a->reasons) != weight(b->reasons))
		return weight(a->reasons) > weight(b->reasons) ? -1 : 1;
	if (a->a != b->a)
		return a->a < b->a ? -1 : 1;
	return a->b < b->b ? -1 : a->b > b->b;
}

err
duplicates_find(struct store *s, const uint8_t *scope, struct duplicates *ret)
{
	const struct people_filter filter = { .scope = scope };
	struct finding f = { .all = NULL };
	err rc = people_list(s, &filter, &f.d.people);

	if (rc == ERR_OK)
		rc = store_each(s, NULL, KIND_DISTINCT, add_distinct, &f);
	if (rc == ERR_OK) {
		f.all = calloc(f.d.people.count + 1, sizeof *f.all);
		rc = f.all == NULL ? ERR_NOMEM : ERR_OK;
	}
	for (size_t i = 0; rc == ERR_OK && i < f.d.people.count; i++)
		rc = compare_by(&f.d.people.person[i], i, &f.all[i]);
	if (rc == ERR_OK)
		rc = add_groups(&f, words_order, false);
	if (rc == ERR_OK)
		rc = add_groups(&f, phone_order, true);
	if (rc == ERR_OK && f.d.count > 1)
		qsort(f.d.pairs, f.d.count, sizeof *f.d.pairs, pair_order);
	free(f.all);
	key_set_free(&f.distinct);
	if (rc == ERR_OK)
		*ret = f.d;
	else
		duplicates_free(&f.d);
	return rc;
}

void
duplicates_free(struct duplicates *d)
{
	if (d == NULL)
		return;
	people_list_free(&d->people);
	free(d->pairs);
	memset(d, 0, sizeof *d);
}

/* ---- two people for good */

err
duplicates_distinct(struct store *s, const struct person *a,
    const struct person *b)
{
	const bool across = memcmp(a->scope, b->scope, SCOPE_LEN) != 0;
	struct store_op op = { .kind = KIND_DISTINCT };
	struct buf raw = { .p = NULL };
	uint8_t pair[PAIR];
	err rc;

	if (memcmp(a->subject, b->subject, ID_LEN) == 0)
		return ERR_VALUE;
	if (across && store_role(s) != ROLE_COMMUNE)
		return ERR_ROLE;
	sort_pair(a->subject, b->subject, pair);
	codec_put_array(&raw, 2);
	codec_put_bin(&raw, (struct span){ pair, ID_LEN });
	codec_put_bin(&raw, (struct span){ pair + ID_LEN, ID_LEN });
	op.fields = field_draft_new();
	rc = op.fields == NULL ? ERR_NOMEM : buf_err(&raw);
	if (rc == ERR_OK) {
		field_draft_put_raw(op.fields, FIELD_PAIR, buf_span(&raw));
		field_draft_put_bool(op.fields, FIELD_DISTINCT, true);
		rc = store_write(s, across ? scope_commune : a->scope, &op, 1,
		    NULL, 0, NULL);
	}
	field_draft_free(op.fields);
	buf_free(&raw);
	return rc;
}
