/* SPDX-License-Identifier: Apache-2.0 */
/* upload.c -- from the outbox to the frames of a request. */
#include "daemon/cell/upload.h"

#include <stdlib.h>
#include <string.h>

#include "protocol/frame.h"
#include "protocol/ledger.h"
#include "protocol/limits.h"

enum {
	/* with less room than this left, the rest waits for the next round */
	ROOM_MIN_BYTES = 2048,
	PROBE_BYTES = 65536,
};

void
upload_memory_free(struct upload_memory *m)
{
	if (m == NULL)
		return;
	free(m->refusals);
	*m = (struct upload_memory){ .count = 0 };
}

void
upload_free(struct upload *u)
{
	if (u == NULL)
		return;
	buf_free(&u->payload);
	free(u->logs);
	*u = (struct upload){ .count = 0 };
}

bool
upload_is_passing(uint64_t reason)
{
	return reason == REASON_CHAIN || reason == REASON_INVITE_UNKNOWN ||
	    reason == REASON_BUSY;
}

struct upload_log *
upload_find(struct upload *u, const uint8_t log[static ID_LEN])
{
	for (size_t i = 0; i < u->count; i++)
		if (memcmp(u->logs[i].own.log, log, ID_LEN) == 0)
			return &u->logs[i];
	return NULL;
}

/* ---- which logs, and from where */

static struct upload_refusal *
recall(const struct upload_memory *m, const uint8_t log[static ID_LEN])
{
	for (size_t i = 0; i < m->count; i++)
		if (memcmp(m->refusals[i].log, log, ID_LEN) == 0)
			return &m->refusals[i];
	return NULL;
}

static bool
is_held(const struct upload_log *l, const struct upload_memory *m,
    uint64_t now_ms)
{
	const struct upload_refusal *r = recall(m, l->own.log);

	return r != NULL && r->written_seq == l->own.written_seq &&
	    now_ms - r->at_ms < UPLOAD_RESEND_MS;
}

static err
place_log(struct upload_log *l, struct exchange *x,
    const struct upload_memory *m, uint64_t now_ms)
{
	struct exchange_verdict v;
	uint64_t sent;
	err rc;

	if ((rc = exchange_sent(x, l->own.log, &sent)) != ERR_OK)
		return rc;
	l->after = sent > l->own.admitted_seq ? sent : l->own.admitted_seq;
	rc = exchange_verdict(x, l->own.log, &v);
	if (rc == ERR_ABSENT)
		return ERR_OK;
	if (rc != ERR_OK)
		return rc;
	if (v.reason == REASON_CHAIN)
		l->after = v.seq;	/* the hub may have lost a part */
	else if (!upload_is_passing(v.reason))
		l->held = is_held(l, m, now_ms);
	return ERR_OK;
}

static err
collect_log(void *ctx, const struct outbox_log *log)
{
	struct upload *u = ctx;
	struct upload_log *more;

	if (u->count == UPLOAD_LOGS_MAX) {
		u->rest = true;
		return ERR_OK;
	}
	more = realloc(u->logs, (u->count + 1) * sizeof *more);
	if (more == NULL)
		return ERR_NOMEM;
	u->logs = more;
	u->logs[u->count++] = (struct upload_log){ .own = *log };
	return ERR_OK;
}

/* ---- frames */

static void
put_have(const struct upload_plan *plan, struct buf *out)
{
	struct frame f = { .type = FRAME_HAVE };

	f.u.have.size = plan->size;
	f.u.have.max_bytes = plan->budget_bytes;
	frame_put(out, &f);
}

static void
put_head(const struct outbox_log *log, struct buf *out)
{
	struct frame f = { .type = FRAME_HEAD };

	memcpy(f.u.head.log, log->log, ID_LEN);
	f.u.head.seq = log->written_seq;
	memcpy(f.u.head.hash, log->head_hash, HASH_LEN);
	memcpy(f.u.head.sig, log->head_sig, SIG_LEN);
	frame_put(out, &f);
}

/* Segments of one log, as far as the room goes. */
static err
put_log(struct upload_log *l, struct outbox *o, uint64_t *room,
    struct buf *out)
{
	struct frame f = { .type = FRAME_SEGMENT };
	struct buf entries = { .p = NULL };
	uint64_t at = l->after;
	err rc = ERR_OK;

	while (at < l->own.written_seq && *room >= ROOM_MIN_BYTES) {
		rc = outbox_segment(o, l->own.log, at, (size_t)*room,
		    &entries, &f.u.segment);
		if (rc != ERR_OK)
			break;
		frame_put(out, &f);
		if ((rc = buf_err(out)) != ERR_OK)
			break;
		at = l->last = segment_last(&f.u.segment);
		*room -= f.u.segment.entries.n < *room ?
		    f.u.segment.entries.n : *room;
	}
	buf_free(&entries);
	/* what cannot be cut at a signed head does not stop the other logs */
	return rc == ERR_ABSENT || rc == ERR_LIMIT ? ERR_OK : rc;
}

static bool
is_first_log(const struct upload_log *l)
{
	return l->own.admitted_seq == 0 && l->after == 0 &&
	    memcmp(l->own.scope, scope_root, SCOPE_LEN) == 0;
}

static err
put_logs(struct upload *u, const struct upload_plan *plan, struct outbox *o,
    struct exchange *x, const struct upload_memory *m)
{
	uint64_t room = plan->probe ? PROBE_BYTES : plan->budget_bytes;
	err rc;

	for (size_t i = 0; i < u->count; i++) {
		struct upload_log *l = &u->logs[i];

		if ((rc = place_log(l, x, m, plan->now_ms)) != ERR_OK)
			return rc;
		if (l->after >= l->own.written_seq)
			continue;
		u->waiting += l->own.written_seq - l->after;
		if (l->held || (plan->probe && !is_first_log(l)))
			continue;
		if ((rc = put_log(l, o, &room, &u->payload)) != ERR_OK)
			return rc;
		if (l->last < l->own.written_seq && !plan->probe) {
			u->rest = true;
			put_head(&l->own, &u->payload);
		}
	}
	return ERR_OK;
}

struct wanting {
	struct upload *u;
	struct exchange *x;
};

static err
put_want(void *ctx, const uint8_t scope[SCOPE_LEN], uint64_t from, uint64_t to)
{
	struct wanting *w = ctx;
	struct upload *u = w->u;
	struct frame f = { .type = FRAME_WANT };
	err rc;

	if (from >= to)
		return ERR_OK;
	if (u->want_from == u->want_to || from < u->want_from)
		u->want_from = from;
	if (to > u->want_to)
		u->want_to = to;
	rc = exchange_filled_from(w->x, scope, from, to, &f.u.want.from);
	if (rc != ERR_OK || f.u.want.from >= to)
		return rc;
	memcpy(f.u.want.scope, scope, SCOPE_LEN);
	f.u.want.to = to;
	frame_put(&u->payload, &f);
	return ERR_OK;
}

err
upload_build(const struct upload_plan *plan, struct outbox *o,
    struct exchange *x, const struct upload_memory *memory,
    struct upload *ret)
{
	struct wanting w = { .u = ret, .x = x };
	err rc;

	put_have(plan, &ret->payload);
	if ((rc = outbox_logs(o, collect_log, ret)) != ERR_OK ||
	    (rc = put_logs(ret, plan, o, x, memory)) != ERR_OK ||
	    (rc = outbox_wants(o, put_want, &w)) != ERR_OK)
		return rc;
	return buf_err(&ret->payload);
}

/* ---- what was refused */

static err
remember_one(struct upload_memory *m, const struct upload_log *l,
    uint64_t now_ms, bool *ret_new)
{
	struct upload_refusal *r = recall(m, l->own.log);
	bool new = r == NULL || r->reason != l->reason;

	if (r == NULL) {
		/* so many at a time are not worth remembering */
		if (m->count >= UPLOAD_LOGS_MAX)
			m->count = 0;
		r = realloc(m->refusals, (m->count + 1) * sizeof *r);
		if (r == NULL)
			return ERR_NOMEM;
		m->refusals = r;
		r += m->count++;
	}
	memcpy(r->log, l->own.log, ID_LEN);
	r->written_seq = l->own.written_seq;
	r->reason = l->reason;
	r->at_ms = now_ms;
	*ret_new = new;
	return ERR_OK;
}

static void
forget(struct upload_memory *m, const uint8_t log[static ID_LEN])
{
	struct upload_refusal *r = recall(m, log);

	if (r != NULL)
		*r = m->refusals[--m->count];
}

err
upload_remember(struct upload_memory *m, const struct upload *u,
    uint64_t now_ms, const struct upload_log **ret_new)
{
	const struct upload_log *first = NULL;
	err rc;

	for (size_t i = 0; i < u->count; i++) {
		const struct upload_log *l = &u->logs[i];
		bool fresh;

		if (!l->answered)
			continue;
		if (l->reason == REASON_ADMITTED) {
			forget(m, l->own.log);
			continue;
		}
		if (upload_is_passing(l->reason))
			continue;
		if ((rc = remember_one(m, l, now_ms, &fresh)) != ERR_OK)
			return rc;
		if (fresh && first == NULL)
			first = l;
	}
	*ret_new = first;
	return ERR_OK;
}
