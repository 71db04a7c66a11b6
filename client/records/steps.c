/* SPDX-License-Identifier: Apache-2.0 */
#include "client/records/steps.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "protocol/date.h"
#include "client/store/clock.h"
#include "protocol/utf8.h"

enum { ELEMENT_STEP = ID_LEN + 8 + 1 + 1 };	/* log, seq, op, step */

static bool
is_exit(enum step step)
{
	return step == STEP_WITHDRAWN || step == STEP_POSTPONED ||
	    step == STEP_MOVED;
}

/* ---- what stands in the records */

/* One record with where its step was written. */
struct found {
	struct step_record record;
	struct stamp stamp;
};

static void
copy_text(const struct state *state, uint64_t field, struct span element,
    uint64_t now_ms, char out[STEPS_TEXT])
{
	struct span text;

	out[0] = '\0';
	if (state_text(state, field, element, now_ms, &text) != ERR_OK)
		return;
	utf8_copy(out, STEPS_TEXT, text);
}

static void
read_helpers(const struct state *state, struct span element, uint64_t now_ms,
    struct step_record *ret)
{
	const struct write *w = state_winner(state_find(state, FIELD_HELPERS,
	    element), now_ms);
	struct codec_reader r;
	const uint8_t *id;
	uint32_t count;

	if (w == NULL || w->unreadable)
		return;
	r = codec_reader(w->value);
	if (codec_read_array(&r, &count) != ERR_OK)
		return;
	for (uint32_t i = 0; i < count && ret->helper_count < STEPS_HELPERS &&
	    codec_read_fixed(&r, ID_LEN, &id) == ERR_OK; i++)
		memcpy(ret->helpers[ret->helper_count++], id, ID_LEN);
}

/* By the write of the date that counts. */
static bool
read_late(const struct state *state, struct span element, uint64_t now_ms,
    int64_t date)
{
	const struct write *w = state_winner(state_find(state, FIELD_DATE,
	    element), now_ms);

	return w != NULL && date != INT64_MIN && steps_late(date,
	    (int64_t)(w->stamp.time_ms / 86400000));
}

bool
steps_late(int64_t date, int64_t written)
{
	return date < written - STEPS_LATE_DAYS;
}

/* False: it does not count. */
static bool
read_record(const struct state *state, const struct reg *r, uint64_t now_ms,
    struct found *ret)
{
	static const uint64_t fields[] = { FIELD_STEP, FIELD_DATE, FIELD_ROUND,
		FIELD_ORGANISATION_OF, FIELD_REASON };
	struct span element = { r->element, r->element_len };
	const struct write *w = state_winner(r, now_ms);
	struct step_record *record = &ret->record;
	bool voided = false;
	uint64_t step = 0;

	memset(ret, 0, sizeof *ret);
	if (r->element_len != ELEMENT_STEP || w == NULL ||
	    (state_bool(state, FIELD_VOIDED, element, now_ms, &voided) ==
	    ERR_OK && voided))
		return false;
	if (state_uint(state, FIELD_STEP, element, now_ms, &step) != ERR_OK)
		step = r->element[ELEMENT_STEP - 1];
	if (step > STEP_MOVED || field_step_name((enum step)step) == NULL)
		return false;
	record->step = (enum step)step;
	record->element_len = r->element_len;
	memcpy(record->element, r->element, r->element_len);
	if (state_int(state, FIELD_DATE, element, now_ms, &record->date) !=
	    ERR_OK)
		record->date = INT64_MIN;
	if (state_uint(state, FIELD_ROUND, element, now_ms, &record->round) !=
	    ERR_OK)
		record->round = 0;
	copy_text(state, FIELD_ORGANISATION_OF, element, now_ms,
	    record->organisation);
	copy_text(state, FIELD_REASON, element, now_ms, record->reason);
	read_helpers(state, element, now_ms, record);
	record->late = read_late(state, element, now_ms, record->date);
	for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
		const struct reg *other = state_find(state, fields[i], element);
		if (other != NULL && state_conflict(other))
			record->conflict = true;
	}
	record->waits = w->stamp.leaf == MERGE_NO_LEAF;
	ret->stamp = w->stamp;
	return true;
}

static bool
same_step(const struct found *a, const struct found *b)
{
	return a->record.step == b->record.step &&
	    a->record.round == b->record.round;
}

/* Whether another of the same round and step was recorded by somebody who knew
 * of this one. */
static bool
is_followed(const struct merge_lines *lines, const struct found *all,
    size_t count, const struct found *f)
{
	for (size_t i = 0; i < count; i++)
		if (&all[i] != f && same_step(&all[i], f) &&
		    merge_before(lines, &f->stamp, &all[i].stamp))
			return true;
	return false;
}

/* Of those of one round and step that nobody followed, the highest counts. */
static void
mark_again(const struct merge_lines *lines, struct found *all, size_t count,
    uint64_t now_ms)
{
	for (size_t i = 0; i < count; i++)
		all[i].record.again = is_followed(lines, all, count,
		    &all[i]);
	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; k < i; k++) {
			struct found *a = &all[i], *b = &all[k];

			if (a->record.again || b->record.again ||
			    !same_step(a, b))
				continue;
			if (merge_rank(&a->stamp, &b->stamp, now_ms) < 0)
				a->record.again = true;
			else
				b->record.again = true;
		}
}

static int
compare(const void *pa, const void *pb)
{
	const struct step_record *a = pa, *b = pb;

	if (a->round != b->round)
		return a->round < b->round ? -1 : 1;
	if ((a->step == STEP_LISTED) != (b->step == STEP_LISTED))
		return a->step == STEP_LISTED ? -1 : 1;
	if (a->date != b->date)
		return a->date < b->date ? -1 : 1;
	if (a->step != b->step)
		return a->step < b->step ? -1 : 1;
	return memcmp(a->element, b->element, ELEMENT_MAX);
}

err
steps_of(const struct merge_lines *lines, const struct state *state,
    struct step_record **ret, size_t *ret_count)
{
	uint64_t now_ms = clock_now_ms();
	struct step_record *records;
	struct found *found;
	size_t count = 0, most = 0;

	for (size_t i = 0; i < state_count(state); i++)
		most += state_at(state, i)->field == FIELD_STEP;
	found = calloc(most + 1, sizeof *found);
	records = calloc(most + 1, sizeof *records);
	if (found == NULL || records == NULL) {
		free(found);
		free(records);
		return ERR_NOMEM;
	}
	for (size_t i = 0; i < state_count(state); i++) {
		const struct reg *r = state_at(state, i);
		if (r->field == FIELD_STEP &&
		    read_record(state, r, now_ms, &found[count]))
			count++;
	}
	mark_again(lines, found, count, now_ms);
	for (size_t i = 0; i < count; i++)
		records[i] = found[i].record;
	free(found);
	if (count > 1)
		qsort(records, count, sizeof *records, compare);
	*ret = records;
	*ret_count = count;
	return ERR_OK;
}

void
steps_standing(const struct step_record *records, size_t count,
    struct steps_standing *ret)
{
	struct steps_standing s = { .round = 0 };

	for (size_t i = 0; i < count; i++) {
		struct steps_wanted w = { .step = records[i].step,
			.has_date = records[i].date != INT64_MIN,
			.date = records[i].date };
		if (!records[i].again)
			steps_advance(&s, &w, records[i].round);
	}
	*ret = s;
}

enum step
steps_now(const struct steps_standing *s)
{
	return s->exit != STEP_NONE ? s->exit : s->last;
}

/* The date of `listed` says nothing about the steps behind it. */
static void
advance_date(struct steps_standing *s, enum step step, int64_t date)
{
	if (step == STEP_LISTED) {
		s->has_listed = true;
		s->listed = date;
		if (s->has_step)
			return;
	}
	if (!s->has_date || date > s->date ||
	    (step != STEP_LISTED && !s->has_step)) {
		s->has_date = true;
		s->date = date;
	}
	s->has_step = step != STEP_LISTED;
	if (step == STEP_ADMITTED) {
		s->has_admitted = true;
		s->admitted = date;
	}
}

void
steps_advance(struct steps_standing *s, const struct steps_wanted *w,
    uint64_t round)
{
	if (round > s->round) {
		s->round = round;
		s->last = STEP_LISTED;
		s->exit = STEP_NONE;
	}
	if (round < s->round)
		return;
	if (is_exit(w->step))
		s->exit = w->step;
	else if (w->step > s->last)
		s->last = w->step;
	if (w->has_date)
		advance_date(s, w->step, w->date);
}

/* ---- which step may come next */

bool
steps_refuses(enum steps_verdict v)
{
	return v != STEPS_FINE && v != STEPS_FUTURE &&
	    v != STEPS_EARLY_OFFICIAL &&
	    v != STEPS_BEFORE_LISTED;
}

enum phrase
steps_phrase(enum steps_verdict v)
{
	switch (v) {
	case STEPS_FINE: return PHRASE_STEPS_FINE;
	case STEPS_FUTURE: return PHRASE_STEPS_FUTURE;
	case STEPS_EARLY_OFFICIAL: return PHRASE_STEPS_EARLY_OFFICIAL;
	case STEPS_BEFORE_LISTED: return PHRASE_STEPS_BEFORE_LISTED;
	case STEPS_UNKNOWN: return PHRASE_STEPS_UNKNOWN;
	case STEPS_NO_DATE: return PHRASE_STEPS_NO_DATE;
	case STEPS_NOT_LISTED: return PHRASE_STEPS_NOT_LISTED;
	case STEPS_AGAIN: return PHRASE_STEPS_AGAIN;
	case STEPS_SKIPPED: return PHRASE_STEPS_SKIPPED;
	case STEPS_BEFORE_PREVIOUS: return PHRASE_STEPS_BEFORE_PREVIOUS;
	case STEPS_LEFT: return PHRASE_STEPS_LEFT;
	case STEPS_NO_ORGANISATION: return PHRASE_STEPS_NO_ORGANISATION;
	case STEPS_BAD_ORGANISATION: return PHRASE_STEPS_BAD_ORGANISATION;
	case STEPS_NO_REASON: return PHRASE_STEPS_NO_REASON;
	case STEPS_BAD_REASON: return PHRASE_STEPS_BAD_REASON;
	case STEPS_ROLE: break;
	}
	return PHRASE_STEPS_ROLE;
}

bool
steps_organisation_ok(struct span code)
{
	if (code.n == 0 || code.n >= STEPS_TEXT)
		return false;
	for (size_t i = 0; i < code.n; i++) {
		uint8_t b = code.p[i];
		if (!(b >= 'a' && b <= 'z') && !(b >= '0' && b <= '9') &&
		    b != '-')
			return false;
	}
	return true;
}

static bool
role_may(enum role role, enum step step)
{
	if (role == ROLE_COMMUNE || role == ROLE_SECRETARY)
		return true;
	return role == ROLE_DEPUTY && step != STEP_ADMITTED &&
	    step != STEP_OFFICIAL;
}

/* Whether the step follows what is there. */
static enum steps_verdict
judge_order(const struct steps_standing *s, enum step step,
    uint64_t *ret_round)
{
	if (s->last == STEP_NONE && s->exit == STEP_NONE)
		return step == STEP_LISTED ? STEPS_FINE : STEPS_NOT_LISTED;
	if (s->exit != STEP_NONE) {
		if (step != STEP_NOMINATED)
			return step == s->exit ? STEPS_AGAIN : STEPS_LEFT;
		*ret_round = s->round + 1;
		return STEPS_FINE;
	}
	if (is_exit(step))
		return STEPS_FINE;
	if (step <= s->last)
		return STEPS_AGAIN;
	return (int)step == (int)s->last + 1 ? STEPS_FINE : STEPS_SKIPPED;
}

static enum steps_verdict
judge_words(const struct steps_wanted *w)
{
	if (w->step == STEP_NOMINATED && w->organisation.n == 0)
		return STEPS_NO_ORGANISATION;
	if (w->organisation.n > 0 && !steps_organisation_ok(w->organisation))
		return STEPS_BAD_ORGANISATION;
	if (is_exit(w->step) && w->reason.n == 0)
		return STEPS_NO_REASON;
	if (w->reason.n > 0 && !field_reason_ok(w->reason))
		return STEPS_BAD_REASON;
	return STEPS_FINE;
}

int64_t
steps_year_later(int64_t days)
{
	int year, month, day;
	int64_t later = days + 365;

	date_to_civil(days, &year, &month, &day);
	if (month == 2 && day == 29)
		day = 28;
	/* a year out of range keeps the 365 days */
	(void)!date_from_civil(year + 1, month, day, &later);
	return later;
}

bool
steps_ahead(int64_t date, int64_t today)
{
	return date > today && date - today > STEPS_SLACK_DAYS;
}

static enum steps_verdict
judge_date(const struct steps_standing *s, const struct steps_wanted *w,
    int64_t today)
{
	if (s->has_step && w->date < s->date)
		return STEPS_BEFORE_PREVIOUS;
	if (steps_ahead(w->date, today))
		return STEPS_FUTURE;
	if (w->step == STEP_OFFICIAL && s->has_admitted &&
	    w->date < steps_year_later(s->admitted))
		return STEPS_EARLY_OFFICIAL;
	if (s->has_listed && w->date < s->listed)
		return STEPS_BEFORE_LISTED;
	return STEPS_FINE;
}

enum steps_verdict
steps_judge(const struct steps_standing *s, const struct steps_wanted *w,
    enum role role, int64_t today, uint64_t *ret_round)
{
	uint64_t round = s->round;
	enum steps_verdict v;

	if (field_step_name(w->step) == NULL)
		return STEPS_UNKNOWN;
	if (!role_may(role, w->step))
		return STEPS_ROLE;
	v = judge_order(s, w->step, &round);
	if (v == STEPS_FINE)
		v = judge_words(w);
	if (v != STEPS_FINE)
		return v;
	if (!w->has_date)
		return STEPS_NO_DATE;
	v = judge_date(s, w, today);
	if (!steps_refuses(v))
		*ret_round = round;
	return v;
}

/* ---- writing */

void
steps_put_helpers(struct field_draft *d, const uint8_t (*helpers)[ID_LEN],
    size_t count)
{
	struct buf raw = { .p = NULL };

	codec_put_array(&raw, (uint32_t)count);
	for (size_t i = 0; i < count; i++)
		codec_put_bin(&raw, (struct span){ helpers[i], ID_LEN });
	/* without memory the draft fails later: an empty value is none */
	field_draft_put_raw(d, FIELD_HELPERS, buf_err(&raw) == ERR_OK ?
	    buf_span(&raw) : (struct span){ NULL, 0 });
	buf_free(&raw);
}

err
steps_op(const uint8_t subject[static ID_LEN], const struct steps_wanted *w,
    uint64_t round, struct store_op *ret)
{
	struct field_draft *fields = field_draft_new();
	struct field_draft *facts = field_draft_new();

	if (fields == NULL || facts == NULL) {
		field_draft_free(fields);
		field_draft_free(facts);
		return ERR_NOMEM;
	}
	field_draft_put_uint(fields, FIELD_STEP, (uint64_t)w->step);
	if (w->has_date)
		field_draft_put_int(fields, FIELD_DATE, w->date);
	if (round > 0)
		field_draft_put_uint(fields, FIELD_ROUND, round);
	if (w->step == STEP_NOMINATED && w->organisation.n > 0)
		field_draft_put_text(facts, FIELD_ORGANISATION_OF,
		    w->organisation);
	if (is_exit(w->step) && w->reason.n > 0)
		field_draft_put_text(facts, FIELD_REASON, w->reason);
	if (w->step == STEP_TRIAL_STARTED && w->helper_count > 0)
		steps_put_helpers(fields, w->helpers, w->helper_count);
	*ret = (struct store_op){ .kind = KIND_STEP, .fields = fields,
		.facts = facts };
	memcpy(ret->subject, subject, ID_LEN);
	return ERR_OK;
}

err
steps_write(struct store *s, const uint8_t scope[static SCOPE_LEN],
    const uint8_t subject[static ID_LEN], const struct steps_wanted *w,
    uint64_t round, const struct store_expect *expect)
{
	struct store_op op;
	err rc = steps_op(subject, w, round, &op);

	if (rc != ERR_OK)
		return rc;
	rc = store_write(s, scope, &op, 1, expect, expect != NULL, NULL);
	field_draft_free(op.fields);
	field_draft_free(op.facts);
	return rc;
}

int64_t
steps_today(void)
{
	time_t now = (time_t)(clock_now_ms() / 1000);
	int64_t days = (int64_t)(clock_now_ms() / 86400000);
	struct tm tm;

	/* a clock beyond all calendars keeps the day of UTC */
	if (localtime_r(&now, &tm) != NULL)
		(void)!date_from_civil(tm.tm_year + 1900, tm.tm_mon + 1,
		    tm.tm_mday, &days);
	return days;
}
