/* SPDX-License-Identifier: Apache-2.0 */
/*
 * report_compare_diff.c -- two sides held against each other.
 */
#include "client/records/report_compare_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/store/clock.h"
#include "protocol/utf8.h"

struct comparing {
	struct store *s;
	struct compare_side *mine;
	const struct compare_side *theirs;
	bool *forked;			/* by the index of mine's logs */
	struct compare_diff *diff;
	size_t cap;			/* of missing */
};

void
report_compare_diff_free(struct compare_diff *d)
{
	if (d == NULL)
		return;
	free(d->figures);
	if (d->missing != NULL)
		crypto_wipe(d->missing,
		    d->missing_count * sizeof *d->missing);
	free(d->missing);
	free(d);
}

/* ---- figures */

static const struct compare_row *
find_row(const struct compare_side *side, const char *scope,
    const char *name)
{
	for (size_t i = 0; i < side->row_count; i++)
		if (strcmp(side->rows[i].scope, scope) == 0 &&
		    (name == NULL || strcmp(side->rows[i].name, name) == 0))
			return &side->rows[i];
	return NULL;
}

static void
put_figure(struct compare_diff *d, const struct compare_row *row,
    const struct compare_row *mine, const struct compare_row *theirs)
{
	struct compare_figure *f = &d->figures[d->figure_count++];

	memcpy(f->scope, row->scope, sizeof f->scope);
	memcpy(f->name, row->name, sizeof f->name);
	if (mine != NULL)
		memcpy(f->mine, mine->value, sizeof f->mine);
	if (theirs != NULL)
		memcpy(f->theirs, theirs->value, sizeof f->theirs);
}

/* Of the scopes that both report on. */
static err
compare_figures(struct comparing *c)
{
	const struct compare_side *m = c->mine, *t = c->theirs;
	struct compare_diff *d = c->diff;

	d->same_rules = m->rules == t->rules;
	d->figures = calloc(m->row_count + t->row_count + 1,
	    sizeof *d->figures);
	if (d->figures == NULL)
		return ERR_NOMEM;
	for (size_t i = 0; i < m->row_count; i++) {
		const struct compare_row *row = &m->rows[i], *other;

		if (find_row(t, row->scope, NULL) == NULL)
			continue;
		d->common += i == 0 ||
		    strcmp(m->rows[i - 1].scope, row->scope) != 0;
		other = find_row(t, row->scope, row->name);
		if (d->same_rules && (other == NULL ||
		    strcmp(other->value, row->value) != 0))
			put_figure(d, row, row, other);
	}
	for (size_t i = 0; d->same_rules && i < t->row_count; i++) {
		const struct compare_row *row = &t->rows[i];

		if (find_row(m, row->scope, NULL) != NULL &&
		    find_row(m, row->scope, row->name) == NULL)
			put_figure(d, row, NULL, row);
	}
	return ERR_OK;
}

/* ---- names */


static void
copy_name(const struct state *state, uint64_t field, char *out)
{
	struct span name = { NULL, 0 };

	if (state_text(state, field, (struct span){ NULL, 0 },
	    clock_now_ms(), &name) != ERR_OK)
		return;
	utf8_copy(out, COMPARE_NAME, name);
}

static err
look_holder(void *ctx, const uint8_t scope[SCOPE_LEN],
    const uint8_t subject[ID_LEN], const struct state *state)
{
	struct compare_missing *m = ctx;

	(void)scope;
	if (memcmp(subject, m->device, ID_LEN) == 0 && m->holder[0] == '\0')
		copy_name(state, FIELD_HOLDER_NAME, m->holder);
	return ERR_OK;
}

static err
name_holder(struct store *s, struct compare_missing *m)
{
	struct certificate cert;

	m->role = roster_by_device(store_roster(s), m->device, &cert) ==
	    ERR_OK ? cert.role : ROLE_NONE;
	return store_each(s, NULL, KIND_DEVICE, look_holder, m);
}

static bool
is_about_somebody(uint64_t kind)
{
	return kind == KIND_PERSON || kind == KIND_STEP ||
	    kind == KIND_REVIEW || kind == KIND_MERGE || kind == KIND_PLACE ||
	    kind == KIND_MOVED_IN || kind == KIND_MOVED_OUT;
}

/* Once for each subject of the ops from `from` to `to`. */
static bool
is_first(const struct compare_log *log, size_t from, size_t at)
{
	for (size_t i = from; i < at; i++)
		if (is_about_somebody(log->ops[i].kind) &&
		    memcmp(log->ops[i].subject, log->ops[at].subject,
		    ID_LEN) == 0)
			return false;
	return true;
}

static err
name_person(struct store *s, struct compare_missing *m,
    const uint8_t *subject)
{
	const struct state *state = NULL;
	char *name;
	err rc;

	if (m->people_count++ >= COMPARE_PEOPLE)
		return ERR_OK;
	name = m->people[m->people_count - 1];
	rc = store_state(s, m->scope, subject, &state);
	if (rc == ERR_OK)
		copy_name(state, FIELD_FULL_NAME, name);
	if (name[0] == '\0')
		hex_encode(subject, 4, name);
	return rc == ERR_ABSENT || rc == ERR_KEY ? ERR_OK : rc;
}

/* What is known of the entries first..last of a log that has them. */
static err
tell(struct store *s, const struct compare_log *log,
    struct compare_missing *m)
{
	size_t from = 0, to;
	err rc = name_holder(s, m);

	while (from < log->op_count && log->ops[from].seq < m->first)
		from++;
	for (to = from; to < log->op_count && log->ops[to].seq <= m->last;
	    to++) {
		const struct compare_op *op = &log->ops[to];

		if (op->kind < COMPARE_KINDS)
			m->kinds[op->kind]++;
		if (m->from_ms == 0 || op->time_ms < m->from_ms)
			m->from_ms = op->time_ms;
		if (op->time_ms > m->to_ms)
			m->to_ms = op->time_ms;
		if (rc == ERR_OK && is_about_somebody(op->kind) &&
		    is_first(log, from, to))
			rc = name_person(s, m, op->subject);
	}
	m->partly = to == from || log->ops[from].seq > m->first ||
	    log->ops[to - 1].seq < m->last;
	if (m->to_ms == 0 && m->last == log->seq)
		m->from_ms = m->to_ms = log->time_ms;
	return rc;
}

/* ---- records */

static struct compare_missing *
next_missing(struct comparing *c)
{
	struct compare_diff *d = c->diff;

	if (d->missing_count == c->cap) {
		size_t cap = c->cap == 0 ? 16 : 2 * c->cap;
		struct compare_missing *more = calloc(cap, sizeof *more);
		if (more == NULL)
			return NULL;
		if (d->missing_count > 0) {
			memcpy(more, d->missing,
			    d->missing_count * sizeof *more);
			crypto_wipe(d->missing,
			    d->missing_count * sizeof *more);
		}
		free(d->missing);
		d->missing = more;
		c->cap = cap;
	}
	memset(&d->missing[d->missing_count], 0, sizeof *d->missing);
	return &d->missing[d->missing_count++];
}

static bool
covers(const struct comparing *c, enum compare_side_of side,
    const uint8_t *scope)
{
	const struct compare_side *t = c->theirs;

	if (side == COMPARE_HERE)
		return store_covers(c->s, scope);
	if (memcmp(scope, scope_root, SCOPE_LEN) == 0)
		return true;
	if (t->role == ROLE_COMMUNE)
		return chain_scope_kind(scope) < SCOPE_UNKNOWN;
	for (size_t i = 0; i < t->scope_count; i++)
		if (memcmp(t->scopes[i], scope, SCOPE_LEN) == 0)
			return true;
	return false;
}

static err
put_scope(struct comparing *c, enum compare_side_of side,
    const uint8_t *scope)
{
	struct compare_diff *d = c->diff;
	struct compare_missing *m;

	for (size_t i = 0; i < d->missing_count; i++) {
		m = &d->missing[i];
		if (m->side == side && m->why == COMPARE_SCOPE &&
		    memcmp(m->scope, scope, SCOPE_LEN) == 0) {
			m->logs++;
			return ERR_OK;
		}
	}
	m = next_missing(c);
	if (m == NULL)
		return ERR_NOMEM;
	m->side = side;
	m->why = COMPARE_SCOPE;
	m->role = ROLE_NONE;
	memcpy(m->scope, scope, SCOPE_LEN);
	m->logs = 1;
	return ERR_OK;
}

static err
put_range(struct comparing *c, enum compare_side_of side,
    enum compare_why why, const struct compare_log *log, uint64_t first,
    uint64_t last)
{
	struct compare_missing *m;

	if (first > last)
		return ERR_OK;
	m = next_missing(c);
	if (m == NULL)
		return ERR_NOMEM;
	m->side = side;
	m->why = why;
	memcpy(m->scope, log->scope, SCOPE_LEN);
	memcpy(m->log, log->log, ID_LEN);
	memcpy(m->device, log->device, ID_LEN);
	m->first = first;
	m->last = last;
	return tell(c->s, log, m);
}

/* The log of one side, of which the other has the entries up to `has`. */
static err
put_lack(struct comparing *c, enum compare_side_of side,
    const struct compare_log *log, uint64_t has)
{
	uint64_t received = log->received > has ? log->received : has;
	err rc;

	if (has >= log->seq)
		return ERR_OK;
	if (!covers(c, side, log->scope))
		return put_scope(c, side, log->scope);
	rc = put_range(c, side, COMPARE_NOT_RECEIVED, log, has + 1, received);
	if (rc == ERR_OK)
		rc = put_range(c, side, COMPARE_NOT_SENT, log, received + 1,
		    log->seq);
	return rc;
}

static err
compare_records(struct comparing *c)
{
	const struct compare_side *m = c->mine, *t = c->theirs;
	err rc = ERR_OK;

	for (size_t i = 0; rc == ERR_OK && i < t->log_count; i++) {
		const struct compare_log *mine = report_compare_log(m,
		    t->logs[i].log);
		bool forked = mine != NULL && c->forked[mine - m->logs];

		if (forked)
			rc = put_range(c, COMPARE_HERE, COMPARE_FORKED,
			    &t->logs[i], 1, t->logs[i].seq);
		else
			rc = put_lack(c, COMPARE_HERE, &t->logs[i],
			    mine == NULL ? 0 : mine->seq);
	}
	for (size_t i = 0; rc == ERR_OK && i < m->log_count; i++) {
		const struct compare_log *theirs = report_compare_log(t,
		    m->logs[i].log);

		if (!c->forked[i])
			rc = put_lack(c, COMPARE_THERE, &m->logs[i],
			    theirs == NULL ? 0 : theirs->seq);
	}
	return rc;
}

/* ---- both histories of one log */

/* At the head of theirs, or at mine where that is shorter. */
static err
look_fork(void *ctx, const struct store_entry *e)
{
	struct comparing *c = ctx;
	const struct compare_log *mine = report_compare_log(c->mine,
	    e->place.log);
	const struct compare_log *theirs = report_compare_log(c->theirs,
	    e->place.log);

	if (mine != NULL && theirs != NULL && e->place.seq == theirs->seq &&
	    memcmp(e->hash, theirs->hash, HASH_LEN) != 0)
		c->forked[mine - c->mine->logs] = true;
	return ERR_OK;
}

static int
order(const void *pa, const void *pb)
{
	const struct compare_missing *a = pa, *b = pb;
	int c;

	if (a->side != b->side)
		return a->side < b->side ? -1 : 1;
	if ((a->why == COMPARE_SCOPE) != (b->why == COMPARE_SCOPE))
		return a->why == COMPARE_SCOPE ? 1 : -1;
	c = memcmp(a->scope, b->scope, SCOPE_LEN);
	if (c == 0)
		c = memcmp(a->log, b->log, ID_LEN);
	if (c == 0)
		c = (a->first > b->first) - (a->first < b->first);
	return c;
}

/* What I have and they have not, op by op. */
static err
take_ops(struct comparing *c)
{
	uint64_t *after = calloc(c->mine->log_count + 1, sizeof *after);
	err rc;

	if (after == NULL)
		return ERR_NOMEM;
	for (size_t i = 0; i < c->mine->log_count; i++) {
		const struct compare_log *theirs = report_compare_log(
		    c->theirs, c->mine->logs[i].log);

		after[i] = theirs == NULL ? 0 : theirs->seq;
	}
	rc = report_compare_take_ops(c->s, c->mine, after);
	free(after);
	return rc;
}

static err
compare(struct comparing *c)
{
	err rc;

	c->diff = calloc(1, sizeof *c->diff);
	c->forked = calloc(c->mine->log_count + 1, sizeof *c->forked);
	if (c->diff == NULL || c->forked == NULL)
		return ERR_NOMEM;
	rc = take_ops(c);
	if (rc == ERR_OK)
		rc = store_each_entry(c->s, NULL, look_fork, c);
	if (rc == ERR_OK)
		rc = compare_figures(c);
	if (rc == ERR_OK)
		rc = compare_records(c);
	if (rc == ERR_OK && c->diff->missing_count > 1)
		qsort(c->diff->missing, c->diff->missing_count,
		    sizeof *c->diff->missing, order);
	return rc;
}

err
report_compare_diff(struct store *s, const struct compare_side *theirs,
    struct compare_diff **ret, struct compare_side **ret_mine)
{
	struct comparing c = { .s = s, .theirs = theirs };
	struct period period;
	err rc = memcmp(theirs->fingerprint, store_fingerprint(s),
	    HASH_LEN) != 0 ? ERR_FOREIGN :
	    period_parse(theirs->period, &period);

	if (rc == ERR_OK)
		rc = report_compare_heads(s, &period, &c.mine);
	if (rc == ERR_OK)
		rc = compare(&c);
	free(c.forked);
	if (rc != ERR_OK) {
		report_compare_diff_free(c.diff);
		report_compare_free(c.mine);
		return rc;
	}
	*ret = c.diff;
	*ret_mine = c.mine;
	return ERR_OK;
}
