/* SPDX-License-Identifier: Apache-2.0 */
/* admit.c -- segments into ledger and store. */
#include "daemon/hub/admit.h"

#include <stdlib.h>
#include <string.h>

#include "client/store/clock.h"
#include "daemon/hub/invitation.h"
#include "protocol/field.h"

#define DAY_MS UINT64_C(86400000)

void
admit_begin(struct admission *a, struct commune *c)
{
	*a = (struct admission){ .c = c, .now_ms = clock_now_ms() };
}

static err
open_transaction(struct admission *a)
{
	err rc;

	if (a->open)
		return ERR_OK;
	rc = hub_store_begin(a->c->store);
	a->open = rc == ERR_OK;
	return rc;
}

/* verdict_of: that of the log, made if there is none. */
static err
verdict_of(struct admission *a, const uint8_t log[static ID_LEN],
    struct admit_verdict **ret)
{
	/* segments of a log come in a row, so the last one first */
	for (size_t i = a->verdict_count; i-- > 0;)
		if (memcmp(a->verdicts[i].log, log, ID_LEN) == 0) {
			*ret = &a->verdicts[i];
			return ERR_OK;
		}
	if (a->verdict_count == ADMIT_LOGS)
		return ERR_LIMIT;
	if (a->verdict_count == a->verdict_cap) {
		size_t cap = a->verdict_cap ? 2 * a->verdict_cap : 8;
		struct admit_verdict *p = realloc(a->verdicts, cap * sizeof *p);

		if (p == NULL)
			return ERR_NOMEM;
		a->verdicts = p;
		a->verdict_cap = cap;
	}
	*ret = &a->verdicts[a->verdict_count++];
	memcpy((*ret)->log, log, ID_LEN);
	(*ret)->reason = REASON_ADMITTED;
	return ERR_OK;
}

/* newest_time: what the last entry of s says; 0 if it cannot be read. */
static uint64_t
newest_time(const struct segment *s)
{
	struct entry e = { .ops = NULL };
	struct span raw = { NULL, 0 };
	size_t cursor = 0;
	uint64_t time_ms = 0;

	while (segment_next(s, &cursor, &raw) == ERR_OK)
		;
	if (entry_parse(raw, &e) == ERR_OK)
		time_ms = e.time_ms;
	entry_free(&e);
	return time_ms;
}

/*
 * The time of the next leaf: our clock, but never less than the last leaf's.
 * A clock that is more than a day ahead of the last leaf and of what the
 * segment was written by is not believed: the last leaf's time stands.
 */
static uint64_t
leaf_time(struct admission *a, const struct segment *s)
{
	uint64_t last = ledger_last_time(a->c->ledger);

	if (a->now_ms <= last)
		return last;
	if (last == 0 || a->now_ms - last <= DAY_MS)
		return a->now_ms;
	if (newest_time(s) >= a->now_ms - DAY_MS)
		return a->now_ms;
	a->clock_alarm = true;
	return last;
}

/* ---- forks */

/* head_of(c, s, ret): the head that s signs, if s begins where the admitted
 * log has a hash.  Errors: ERR_ABSENT it does not, or s is not in order. */
static err
head_of(struct commune *c, const struct segment *s, struct signed_head *ret)
{
	struct entry e = { .ops = NULL };
	uint8_t hash[HASH_LEN];
	struct span raw;
	size_t cursor = 0;
	err rc = ERR_OK;

	if (s->first == 1)
		chain_start(c->root_fpr, s->log, hash);
	else
		rc = hub_store_entry_at(c->store, s->log, s->first - 1, hash,
		    NULL);
	while (rc == ERR_OK && segment_next(s, &cursor, &raw) == ERR_OK) {
		rc = entry_parse(raw, &e);
		if (rc == ERR_OK)
			entry_hash(&e, hash, hash);
		else if (rc != ERR_NOMEM)
			rc = ERR_ABSENT;
	}
	entry_free(&e);
	if (rc != ERR_OK)
		return rc;
	memcpy(ret->log, s->log, ID_LEN);
	ret->seq = segment_last(s);
	memcpy(ret->hash, hash, HASH_LEN);
	memcpy(ret->sig, s->sig, SIG_LEN);
	return ERR_OK;
}

/* keep_fork: head contradicts the admitted log; *ret_signed says whether its
 * device signed it, and then it is kept. */
static err
keep_fork(struct admission *a, const struct signed_head *head,
    bool *ret_signed)
{
	const struct log_head *log = ledger_log(a->c->ledger, head->log);
	bool is_new;
	err rc;

	*ret_signed = log != NULL &&
	    chain_verify_head(log->author, head->log, head->seq, head->hash,
		head->sig) == ERR_OK;
	if (!*ret_signed)
		return ERR_OK;
	if ((rc = open_transaction(a)) != ERR_OK)
		return rc;
	rc = hub_store_head_fork(a->c->store, head, a->now_ms, &is_new);
	if (rc == ERR_OK && is_new)
		a->forks++;
	return rc;
}

static err
forked(struct admission *a, const struct segment *s)
{
	struct signed_head head;
	bool is_signed;
	err rc;

	rc = head_of(a->c, s, &head);
	if (rc == ERR_ABSENT)
		return ERR_OK; /* its head may come in a frame of its own */
	return rc == ERR_OK ? keep_fork(a, &head, &is_signed) : rc;
}

/* ---- segments */

static err
put_entry(void *ctx, const struct admitted_entry *e)
{
	struct admission *a = ctx;

	if (memcmp(e->place.scope, scope_root, SCOPE_LEN) == 0) {
		for (uint32_t i = 0; i < e->entry->op_count; i++) {
			const struct op *op = &e->entry->ops[i];

			if (op->kind == KIND_CLAIM ||
			    op->kind == KIND_INVITE_CANCEL)
				buf_put(&a->ended, op->subject, ID_LEN);
		}
	}
	return hub_store_put_entry(a->c->store, e);
}

/* strip_ended: the key parts of invites that this segment ended. */
static err
strip_ended(struct admission *a)
{
	err rc = buf_err(&a->ended);

	for (size_t i = 0; rc == ERR_OK && i < a->ended.n; i += ID_LEN)
		rc = invitation_strip(a->c, a->ended.p + i, &a->stripped);
	return rc;
}

static err
keep_leaf(struct admission *a, const uint8_t scope[static SCOPE_LEN],
    const struct leaf_inner *inner)
{
	const struct ledger *l = a->c->ledger;
	uint64_t count = inner->last - inner->first + 1;
	err rc;

	rc = hub_store_put_leaf(a->c->store, ledger_size(l) - 1, scope, inner,
	    ledger_log(l, inner->log));
	if (rc == ERR_OK)
		rc = strip_ended(a);
	if (rc != ERR_OK)
		return rc;
	a->entries += count;
	a->group += count;
	return a->group >= ADMIT_GROUP_ENTRIES ? admit_commit(a) : ERR_OK;
}

err
admit_segment(struct admission *a, const struct segment *s)
{
	struct admit_verdict *v;
	struct leaf_inner inner;
	uint8_t scope[SCOPE_LEN];
	enum reason reason;
	err rc;

	if (atomic_load(&a->c->stopping))
		return ERR_BUSY;
	if ((rc = verdict_of(a, s->log, &v)) != ERR_OK)
		return rc;
	if (v->reason != REASON_ADMITTED)
		return ERR_OK;
	if ((rc = open_transaction(a)) != ERR_OK)
		return rc;
	buf_reset(&a->ended);
	rc = ledger_admit(a->c->ledger, s, leaf_time(a, s), put_entry, a,
	    &reason, &inner, scope);
	if (rc != ERR_OK)
		return rc;
	v->reason = reason;
	if (reason == REASON_FORK)
		return forked(a, s);
	if (reason != REASON_ADMITTED || inner.last == 0)
		return ERR_OK; /* refused, or nothing in it was new */
	return keep_leaf(a, scope, &inner);
}

/* ---- heads */

/* admitted_differs: whether the admitted log has another hash at that seq. */
static err
admitted_differs(struct admission *a, const struct log_head *log,
    const struct signed_head *head, bool *ret)
{
	uint8_t hash[HASH_LEN];
	err rc = ERR_OK;

	if (head->seq == log->seq)
		memcpy(hash, log->hash, HASH_LEN);
	else
		rc = hub_store_entry_at(a->c->store, head->log, head->seq,
		    hash, NULL);
	if (rc == ERR_OK)
		*ret = memcmp(hash, head->hash, HASH_LEN) != 0;
	return rc;
}

static err
announce(struct admission *a, const struct log_head *log,
    const struct signed_head *head)
{
	struct signed_head kept;
	err rc;

	rc = hub_store_head_announced(a->c->store, head->log, &kept);
	if (rc == ERR_OK && kept.seq >= head->seq)
		return ERR_OK;
	if (rc != ERR_OK && rc != ERR_ABSENT)
		return rc;
	if (chain_verify_head(log->author, head->log, head->seq, head->hash,
		head->sig) != ERR_OK)
		return ERR_OK;
	if ((rc = open_transaction(a)) != ERR_OK)
		return rc;
	return hub_store_head_announce(a->c->store, head);
}

err
admit_head(struct admission *a, const struct signed_head *head)
{
	const struct log_head *log = ledger_log(a->c->ledger, head->log);
	struct admit_verdict *v;
	bool differs = false;
	bool is_signed = false;
	err rc = ERR_OK;

	if (log != NULL && head->seq <= log->seq) {
		rc = admitted_differs(a, log, head, &differs);
		if (rc != ERR_OK)
			return rc;
		if (!differs && head->seq == log->seq)
			return ERR_OK;
		if (differs)
			rc = keep_fork(a, head, &is_signed);
	} else if (log != NULL) {
		rc = announce(a, log, head);
	}
	if (rc == ERR_OK)
		rc = verdict_of(a, head->log, &v);
	if (rc == ERR_OK && is_signed && v->reason == REASON_ADMITTED)
		v->reason = REASON_FORK;
	return rc;
}

/* ---- the end */

err
admit_commit(struct admission *a)
{
	err rc;

	if (!a->open)
		return ERR_OK;
	if ((rc = hub_store_commit(a->c->store)) != ERR_OK)
		return rc;
	a->open = false;
	a->group = 0;
	if (a->stripped && hub_store_forget(a->c->store) == ERR_OK)
		a->stripped = false; /* else a later checkpoint does it */
	return ERR_OK;
}

void
admit_end(struct admission *a)
{
	if (a->open) {
		hub_store_rollback(a->c->store);
		if (hub_commune_load(a->c) != ERR_OK)
			atomic_store(&a->c->broken, true);
	}
	buf_free(&a->ended);
	free(a->verdicts);
	*a = (struct admission){ .c = a->c };
}
