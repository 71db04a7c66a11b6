/* SPDX-License-Identifier: Apache-2.0 */
#include "client/records/review.h"

#include <stdlib.h>
#include <string.h>

#include "client/records/fold_text.h"
#include "client/store/clock.h"
#include "protocol/date.h"

enum { ELEMENT_PLAIN = ID_LEN + 8 + 1, YEAR_MIN = 1990, YEAR_MAX = 2199 };

static struct span
text_span(const char *s)
{
	return (struct span){ (const uint8_t *)s, strlen(s) };
}

static const char home_code[] = "tai-dia-phuong", away_code[] = "di-lam-xa";

/* ---- words */

const char *
review_outcome_name(enum review_outcome o)
{
	static const char *const names[REVIEW_OUTCOMES] = {
		[REVIEW_OPEN] = "open", [REVIEW_HOME] = "home",
		[REVIEW_AWAY] = "away", [REVIEW_GONE] = "gone",
	};

	return names[o];
}

enum review_outcome
review_outcome_from(struct span text)
{
	static const struct {
		const char *code;
		enum review_outcome outcome;
	} words[] = {
		{ "home", REVIEW_HOME }, { "o-nha", REVIEW_HOME },
		{ home_code, REVIEW_HOME }, { "away", REVIEW_AWAY },
		{ away_code, REVIEW_AWAY }, { "di-xa", REVIEW_AWAY },
		{ "gone", REVIEW_GONE }, { "khong-con", REVIEW_GONE },
	};
	enum review_outcome found = REVIEW_OPEN;
	struct buf code = { .p = NULL };

	if (fold_text_code(text, &code) == ERR_OK)
		for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
			if (span_equal(buf_span(&code),
			    text_span(words[i].code)))
				found = words[i].outcome;
	buf_free(&code);
	return found;
}

uint64_t
review_this_year(void)
{
	int year, month, day;

	date_to_civil(steps_today(), &year, &month, &day);
	return (uint64_t)year;
}

/* ---- what stands in the records */

static void
found_free(struct review_found *f)
{
	if (f->where != NULL)
		crypto_wipe(f->where, strlen(f->where));
	free(f->where);
	memset(f, 0, sizeof *f);
}

static bool
has_conflict(const struct state *state, struct span element)
{
	static const uint64_t fields[] = { FIELD_YEAR, FIELD_SEEN_AT_REVIEW,
		FIELD_RESIDENCE, FIELD_WORKPLACE };

	for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
		const struct reg *r = state_find(state, fields[i], element);
		if (r != NULL && state_conflict(r))
			return true;
	}
	return false;
}

/* What one element answers.  False: it is no review, or is voided. */
static bool
read_outcome(const struct state *state, const struct reg *r, uint64_t now_ms,
    uint64_t *ret_year, enum review_outcome *ret)
{
	struct span element = { r->element, r->element_len }, code;
	bool seen, voided = false;

	if (r->element_len != ELEMENT_PLAIN || state_uint(state, FIELD_YEAR,
	    element, now_ms, ret_year) != ERR_OK ||
	    (state_bool(state, FIELD_VOIDED, element, now_ms, &voided) ==
	    ERR_OK && voided) || state_bool(state, FIELD_SEEN_AT_REVIEW,
	    element, now_ms, &seen) != ERR_OK)
		return false;
	*ret = REVIEW_GONE;
	if (!seen)
		return true;
	*ret = REVIEW_HOME;
	if (state_text(state, FIELD_RESIDENCE, element, now_ms, &code) ==
	    ERR_OK && span_equal(code, text_span(away_code)))
		*ret = REVIEW_AWAY;
	return true;
}

/* Whether b counts more than a: of a later year, or after it in the order. */
static bool
is_better(const struct merge_lines *lines, uint64_t year_a,
    const struct stamp *a, uint64_t year_b, const struct stamp *b,
    uint64_t now_ms)
{
	if (year_a != year_b)
		return year_b > year_a;
	if (merge_before(lines, a, b))
		return true;
	return !merge_before(lines, b, a) && merge_rank(b, a, now_ms) > 0;
}

static err
copy_where(const struct state *state, struct review_found *f,
    uint64_t now_ms)
{
	struct span element = { f->element, f->element_len };
	struct span text = { NULL, 0 };

	if (f->year == 0 || f->outcome == REVIEW_GONE ||
	    state_text(state, FIELD_WORKPLACE, element, now_ms, &text) !=
	    ERR_OK)
		text.n = 0;
	f->where = malloc(text.n + 1);
	if (f->where == NULL)
		return ERR_NOMEM;
	if (text.n > 0)
		memcpy(f->where, text.p, text.n);
	f->where[text.n] = '\0';
	return ERR_OK;
}

/* Whether the year has an answer that the one that counts does not follow. */
static bool
stands_beside(const struct merge_lines *lines, const struct state *state,
    uint64_t year, const struct stamp *best, uint64_t now_ms)
{
	enum review_outcome outcome;
	uint64_t other;

	for (size_t i = 0; i < state_count(state); i++) {
		const struct reg *r = state_at(state, i);
		const struct write *w;

		if (r->field != FIELD_SEEN_AT_REVIEW ||
		    !read_outcome(state, r, now_ms, &other, &outcome) ||
		    other != year)
			continue;
		w = state_winner(r, now_ms);
		if (&w->stamp != best &&
		    !merge_before(lines, &w->stamp, best))
			return true;
	}
	return false;
}

/* The answer of the year from..to that counts. */
static err
find(const struct merge_lines *lines, const struct state *state,
    uint64_t from, uint64_t to, struct review_found *ret)
{
	uint64_t now_ms = clock_now_ms(), year = 0;
	struct review_found f = { .year = 0 };
	const struct write *best = NULL;
	enum review_outcome outcome;

	for (size_t i = 0; i < state_count(state); i++) {
		const struct reg *r = state_at(state, i);
		const struct write *w;

		if (r->field != FIELD_SEEN_AT_REVIEW ||
		    !read_outcome(state, r, now_ms, &year, &outcome) ||
		    year < from || year > to)
			continue;
		w = state_winner(r, now_ms);
		if (best != NULL && !is_better(lines, f.year, &best->stamp,
		    year, &w->stamp, now_ms))
			continue;
		best = w;
		f.year = year;
		f.outcome = outcome;
		f.time_ms = w->stamp.time_ms;
		f.waits = w->stamp.leaf == MERGE_NO_LEAF;
		f.element_len = r->element_len;
		memcpy(f.element, r->element, r->element_len);
	}
	if (best != NULL)
		f.conflict = has_conflict(state,
		    (struct span){ f.element, f.element_len }) ||
		    stands_beside(lines, state, f.year, &best->stamp, now_ms);
	err rc = copy_where(state, &f, now_ms);
	if (rc == ERR_OK)
		*ret = f;
	return rc;
}

static err
read_found(struct store *s, uint64_t year, const struct state *state,
    struct review_row *row)
{
	err rc = find(store_lines(s), state, year, year, &row->now);

	struct review_found later = { .year = 0 };

	if (rc == ERR_OK)
		rc = find(store_lines(s), state, 0, year - 1, &row->last);
	if (rc == ERR_OK)
		rc = find(store_lines(s), state, year + 1, UINT64_MAX,
		    &later);
	row->later = later.year != 0;
	found_free(&later);
	return rc;
}

static void
row_free(struct review_row *row)
{
	people_list_release(&row->person);
	found_free(&row->now);
	found_free(&row->last);
}

static bool
is_asked(const struct review_row *row)
{
	return row->now.year != 0 ||
	    (row->last.outcome != REVIEW_GONE &&
	    steps_now(&row->person.standing) != STEP_MOVED);
}

err
review_read(struct store *s, const uint8_t *scope, uint64_t year,
    struct review *ret)
{
	const struct people_filter filter = { .scope = scope };
	struct people_list l = { .count = 0 };
	struct review r = { .year = year };
	const struct state *state;
	err rc = year < YEAR_MIN || year > YEAR_MAX ? ERR_VALUE :
	    people_list(s, &filter, &l);

	if (rc != ERR_OK)
		return rc;
	r.rows = calloc(l.count + 1, sizeof *r.rows);
	if (r.rows == NULL)
		rc = ERR_NOMEM;
	for (size_t i = 0; rc == ERR_OK && i < l.count; i++) {
		struct review_row *row = &r.rows[r.count];

		rc = store_state(s, l.person[i].scope, l.person[i].subject,
		    &state);
		if (rc != ERR_OK)
			break;
		row->person = l.person[i];
		memset(&l.person[i], 0, sizeof l.person[i]);
		rc = read_found(s, year, state, row);
		if (rc == ERR_OK && is_asked(row)) {
			r.count++;
			continue;
		}
		row_free(row);
	}
	people_list_free(&l);
	if (rc == ERR_OK)
		*ret = r;
	else
		review_free(&r);
	return rc;
}

void
review_free(struct review *r)
{
	if (r == NULL)
		return;
	for (size_t i = 0; i < r->count; i++)
		row_free(&r->rows[i]);
	free(r->rows);
	memset(r, 0, sizeof *r);
}

void
review_count(const struct review *r, size_t ret[static REVIEW_OUTCOMES])
{
	memset(ret, 0, REVIEW_OUTCOMES * sizeof ret[0]);
	for (size_t i = 0; i < r->count; i++)
		ret[r->rows[i].now.outcome]++;
}

err
review_again(struct store *s, struct review *r, size_t row)
{
	struct review_row fresh = { .now = { .year = 0 } };
	const struct person *old = &r->rows[row].person;
	const struct state *state;
	err rc = store_state(s, old->scope, old->subject, &state);

	if (rc == ERR_OK)
		rc = people_list_read(store_lines(s), old->scope,
		    old->subject, state, &fresh.person);
	if (rc == ERR_OK)
		rc = read_found(s, r->year, state, &fresh);
	if (rc != ERR_OK) {
		row_free(&fresh);
		return rc;
	}
	row_free(&r->rows[row]);
	r->rows[row] = fresh;
	return ERR_OK;
}
