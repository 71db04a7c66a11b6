/* SPDX-License-Identifier: Apache-2.0 */
/* round.c -- one exchange with the hub. */
#include "daemon/cell/round.h"

#include <string.h>

#include "client/store/clock.h"
#include "client/store/outbox.h"
#include "client/store/paths.h"
#include "daemon/cell/watch.h"
#include "protocol/ledger.h"
#include "protocol/message.h"

enum { STATUS_OK = 200, WAIT_MAX_S = 86400 };

/* One round under way.  Owner: all of it. */
struct running {
	struct round *r;
	struct exchange *x;
	struct outbox_identity id;
	struct upload upload;
	struct intake in;
	struct link_reply reply;
	struct buf request, body, plain;
	uint64_t counter;
	uint64_t began_ms;		/* wall clock */
	struct round_result *ret;
};

void
round_free(struct round *r)
{
	upload_memory_free(&r->memory);
}

/* ---- before the network */

static err
read_identity(struct running *g)
{
	struct outbox *o = NULL;
	err rc = outbox_open(g->r->dir, &o);

	if (rc == ERR_OK)
		rc = outbox_identity(o, &g->id);
	outbox_close(o);
	return rc;
}

/* The key of the MAC, from transport.key. */
static err
make_mac(struct running *g, struct mac_context *ret)
{
	uint8_t secret[KEY_LEN], pub[KEY_LEN];
	struct buf file = { .p = NULL };
	char path[PATH_BYTES];
	err rc = paths_join(g->r->dir, "transport.key", path);

	if (rc == ERR_OK)
		rc = paths_read_secret(path, KEY_LEN, &file);
	if (rc == ERR_OK && file.n != KEY_LEN)
		rc = ERR_KEY;
	if (rc == ERR_OK) {
		memcpy(secret, file.p, KEY_LEN);
		crypto_box_public(secret, pub);
		rc = message_mac_key(secret, g->id.hub_box_pub, pub,
		    g->id.hub_box_pub, ret->mac_key);
		crypto_wipe(secret, sizeof secret);
	}
	if (file.p != NULL)
		crypto_wipe(file.p, file.n);
	buf_free(&file);
	memcpy(ret->root_fpr, g->id.root_fpr, HASH_LEN);
	memcpy(ret->hub_key_id, g->id.hub_key_id, ID_LEN);
	memcpy(ret->device, g->id.device, ID_LEN);
	return rc == ERR_ABSENT || rc == ERR_LIMIT ? ERR_KEY : rc;
}

static err
build_upload(struct running *g)
{
	struct upload_plan plan = {
		.budget_bytes = g->r->budget_bytes,
		.probe = g->r->probe,
		.now_ms = watch_now_ms(),
	};
	struct outbox *o = NULL;
	err rc;

	if ((rc = exchange_end(g->x, g->id.size, &plan.size)) != ERR_OK)
		return rc;
	if ((rc = outbox_open(g->r->dir, &o)) == ERR_OK)
		rc = upload_build(&plan, o, g->x, &g->r->memory, &g->upload);
	outbox_close(o);
	g->in.size = plan.size;
	g->in.upload = &g->upload;
	g->ret->waiting = g->upload.waiting;
	return rc;
}

static err
build_sync(struct running *g)
{
	struct mac_context mac;
	err rc;

	g->ret->what = "reading transport.key";
	if (!g->id.has_pin)
		return ERR_KEY;
	if ((rc = exchange_get(g->x, EXCHANGE_COUNTER, &g->counter)) != ERR_OK)
		return rc;
	g->counter = (g->counter + 1) & UINT32_MAX;
	if ((rc = make_mac(g, &mac)) == ERR_OK)
		rc = message_request_sync(&mac, (uint32_t)g->counter,
		    buf_span(&g->upload.payload), &g->request);
	crypto_wipe(&mac, sizeof mac);
	return rc;
}

static err
build_invite(struct running *g)
{
	g->in.invite = g->id.invite;
	message_request_invite(g->id.invite, g->id.invite_sig, &g->request);
	return buf_err(&g->request);
}

/* ---- the network */

static err
send_request(struct running *g)
{
	struct link_request request = {
		.address = g->r->address != NULL ? g->r->address :
		    g->id.address,
		.pin = g->id.has_pin ? g->id.tls_pin : NULL,
		.body = buf_span(&g->request),
	};
	err rc;

	g->ret->what = "asking the hub";
	g->ret->asked = true;
	rc = g->r->post(g->r->post_ctx, &request, &g->body, &g->reply);
	g->ret->status = g->reply.status;
	g->ret->stopped = g->reply.stopped;
	return rc;
}

/* ---- after it */

/* What an answer without an exchange means. */
static err
err_of_status(const struct running *g)
{
	unsigned status = g->reply.status;

	if (status == STATUS_OK)
		return ERR_OK;
	if (status == 401 || status == 403)
		return ERR_CERT;
	if (status == 404 && !g->id.joined)
		return g->in.refused ? reason_err((enum reason)g->in.reason) :
		    ERR_ABSENT;
	if (status == 404)
		return ERR_FOREIGN;
	if (status == 413)
		return ERR_LIMIT;
	if (status >= 500 || status == 408 || status == 429)
		return ERR_HUB_BUSY;
	return ERR_FORMAT;
}

/* take_payload: everything that came, in one transaction. */
static err
take_payload(struct running *g, struct span payload)
{
	err rc = exchange_begin(g->x);

	if (rc == ERR_OK)
		rc = intake_take(&g->in, g->x, payload);
	if (rc == ERR_OK && g->id.joined)
		rc = exchange_prune(g->x, g->id.size, g->upload.want_from,
		    g->upload.want_to);
	if (rc == ERR_OK)
		rc = exchange_commit(g->x);
	if (rc != ERR_OK)
		exchange_rollback(g->x);
	return rc;
}

static err
take_answer(struct running *g)
{
	struct span payload = { NULL, 0 };
	err rc;

	g->ret->what = "reading the hub's answer";
	rc = g->body.n == 0 ? ERR_FORMAT :
	    message_response_parse(buf_span(&g->body), &g->plain, &payload);
	if (g->reply.status != STATUS_OK) {
		if (rc == ERR_OK)
			intake_refused(&g->in, payload);
		g->ret->what = "asking the hub";
		rc = err_of_status(g);
		return rc == ERR_OK ? ERR_FORMAT : rc;
	}
	if (rc != ERR_OK)
		return rc;
	g->ret->what = "keeping the hub's answer";
	if ((rc = take_payload(g, payload)) != ERR_OK)
		return rc;
	g->ret->what = "reading the hub's answer";
	if (g->in.malformed != ERR_OK)
		return g->in.malformed;
	if (g->in.refused && g->in.reason != REASON_ADMITTED)
		return reason_err((enum reason)g->in.reason);
	return !g->id.joined && !g->in.invitation ? ERR_ABSENT : ERR_OK;
}

/* Additive increase when the budget was what held us up, halved when the link
 * broke under it. */
static void
fit_budget(struct running *g)
{
	uint64_t budget = g->r->budget_bytes;

	if (g->ret->rc != ERR_OK) {
		if (g->ret->rc == ERR_NET && g->reply.reached)
			budget /= 2;
	} else if ((g->upload.rest || g->in.more) &&
	    g->reply.took_ms < ROUND_QUICK_MS) {
		budget += ROUND_BUDGET_STEP_BYTES;
	}
	if (budget < ROUND_BUDGET_MIN_BYTES)
		budget = ROUND_BUDGET_MIN_BYTES;
	if (budget > ROUND_BUDGET_MAX_BYTES)
		budget = ROUND_BUDGET_MAX_BYTES;
	g->r->budget_bytes = budget;
}

/* Whether a log was refused for what may pass. */
static bool
any_passing(const struct upload *u)
{
	for (size_t i = 0; i < u->count; i++)
		if (u->logs[i].answered && upload_is_passing(u->logs[i].reason))
			return true;
	return false;
}

/* Every further round has to rest on something that this one brought, so
 * that a hub that errs does not keep us busy: it may take back what it had
 * once in a series. */
static bool
is_progress(const struct running *g)
{
	return g->in.leaves > 0 || g->in.filled > 0 || g->in.advanced ||
	    (g->in.rewound && !g->r->rewound);
}

static enum schedule_outcome
judge(struct running *g)
{
	if (g->ret->rc == ERR_CERT && g->ret->asked) {
		g->r->probe = true;
		return SCHEDULE_REFUSED;
	}
	if (g->ret->rc != ERR_OK)
		return SCHEDULE_FAILED;
	if (g->ret->asked && g->r->probe) {
		g->r->probe = false;
		if (g->upload.waiting > 0)
			return SCHEDULE_MORE;
	}
	if (g->in.more || g->upload.rest)
		return is_progress(g) ? SCHEDULE_MORE : SCHEDULE_FAILED;
	if (any_passing(&g->upload))
		return g->in.advanced || (g->in.rewound && !g->r->rewound) ?
		    SCHEDULE_MORE : SCHEDULE_FAILED;
	return SCHEDULE_IN_STEP;
}

static err
remember(struct running *g)
{
	const struct upload_log *new = NULL;
	err rc = upload_remember(&g->r->memory, &g->upload, watch_now_ms(),
	    &new);

	if (rc == ERR_OK && new != NULL) {
		g->ret->log_refused = true;
		g->ret->log_reason = new->reason;
		memcpy(g->ret->log, new->own.log, ID_LEN);
	}
	return rc;
}

static err
add_number(struct exchange *x, enum exchange_number which, uint64_t more)
{
	uint64_t v;
	err rc = exchange_get(x, which, &v);

	return rc == ERR_OK ? exchange_put(x, which, v + more) : rc;
}

static err
put_numbers(struct running *g)
{
	struct exchange *x = g->x;
	err rc;

	if ((rc = exchange_put(x, EXCHANGE_LAST_ATTEMPT_MS, g->began_ms)) !=
	    ERR_OK ||
	    (rc = exchange_put(x, EXCHANGE_LAST_ERROR,
	    (uint64_t)g->ret->rc)) != ERR_OK ||
	    (rc = exchange_put(x, EXCHANGE_LAST_REASON, g->ret->reason)) !=
	    ERR_OK)
		return rc;
	if (!g->ret->asked)
		return ERR_OK;
	if ((rc = add_number(x, EXCHANGE_BYTES_UP, g->reply.bytes_up)) !=
	    ERR_OK ||
	    (rc = add_number(x, EXCHANGE_BYTES_DOWN, g->reply.bytes_down)) !=
	    ERR_OK ||
	    (rc = add_number(x, EXCHANGE_REQUESTS, 1)) != ERR_OK)
		return rc;
	if (g->id.joined)
		rc = exchange_put(x, EXCHANGE_COUNTER, g->counter);
	if (rc == ERR_OK && g->ret->rc == ERR_OK)
		rc = exchange_put(x, EXCHANGE_LAST_SUCCESS_MS,
		    clock_now_ms());
	return rc;
}

static err
keep_numbers(struct running *g)
{
	err rc;

	g->ret->reason = g->in.reason;
	if (!g->in.refused &&
	    (rc = exchange_reason(g->x, &g->ret->reason)) != ERR_OK)
		return rc;
	if ((rc = exchange_begin(g->x)) == ERR_OK)
		rc = put_numbers(g);
	if (rc == ERR_OK)
		rc = exchange_commit(g->x);
	if (rc != ERR_OK)
		exchange_rollback(g->x);
	return rc;
}

/* *ret_ask false: there is nothing to ask the hub for. */
static err
prepare(struct running *g, bool *ret_ask)
{
	/* without an address all goes by packet */
	bool ask = g->r->address != NULL || g->id.address[0] != '\0';
	err rc;

	g->ret->what = "reading what waits";
	if (g->id.joined) {
		if ((rc = build_upload(g)) != ERR_OK)
			return rc;
	} else {
		rc = exchange_has_invitation(g->x, g->id.invite);
		if (rc != ERR_OK && rc != ERR_ABSENT)
			return rc;
		/* the invitation is here: now the person has to join */
		ask = ask && rc == ERR_ABSENT;
	}
	rc = ERR_OK;
	if (ask)
		rc = g->id.joined ? build_sync(g) : build_invite(g);
	if (rc == ERR_OK)
		*ret_ask = ask;
	return rc;
}

/* From reading the store to keeping the answer. */
static err
run(struct running *g)
{
	bool ask;
	err rc;

	g->ret->what = "reading the store";
	if ((rc = read_identity(g)) != ERR_OK ||
	    (rc = prepare(g, &ask)) != ERR_OK || !ask)
		return rc;
	if ((rc = send_request(g)) != ERR_OK ||
	    (rc = take_answer(g)) != ERR_OK)
		return rc;
	return remember(g);
}

static uint64_t
longer_ms(uint64_t a_s, uint64_t b_s)
{
	uint64_t s = a_s > b_s ? a_s : b_s;

	return s < WAIT_MAX_S ? s * 1000 : (uint64_t)WAIT_MAX_S * 1000;
}

void
round_run(struct round *r, struct exchange *x, struct round_result *ret)
{
	struct running g = { .r = r, .x = x, .ret = ret };
	err rc;

	*ret = (struct round_result){ .rc = ERR_OK };
	if (r->budget_bytes == 0)
		r->budget_bytes = ROUND_BUDGET_START_BYTES;
	g.began_ms = g.in.now_ms = clock_now_ms();
	ret->rc = run(&g);
	ret->leaves = g.in.leaves;
	ret->outcome = judge(&g);
	r->rewound = ret->outcome == SCHEDULE_MORE &&
	    (r->rewound || g.in.rewound);
	ret->wait_ms = longer_ms(g.reply.wait_s, g.in.wait_s);
	fit_budget(&g);
	if ((rc = keep_numbers(&g)) != ERR_OK && ret->rc == ERR_OK) {
		ret->rc = rc;
		ret->what = "keeping how it went";
		ret->outcome = SCHEDULE_FAILED;
	}
	upload_free(&g.upload);
	buf_free(&g.request);
	buf_free(&g.body);
	buf_free(&g.plain);
}
