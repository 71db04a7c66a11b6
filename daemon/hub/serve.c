/* SPDX-License-Identifier: Apache-2.0 */
/* serve.c -- one request to the hub. */
#include "daemon/hub/serve.h"

#include <stdlib.h>
#include <string.h>

#include "client/store/clock.h"
#include "daemon/hub/admit.h"
#include "daemon/hub/invitation.h"
#include "daemon/hub/respond.h"
#include "daemon/log.h"
#include "protocol/field.h"
#include "protocol/frame.h"
#include "protocol/message.h"

enum { RETRY_BUSY_S = 5, RETRY_TROUBLE_S = 60 };

/* What is kept while one request is served. */
struct serving {
	struct commune *c;
	struct request request;
	struct buf plain;		/* payload, when it came compressed */
	struct span payload;
	struct respond_query query;
	uint8_t device[ID_LEN];
	uint8_t sign_pub[KEY_LEN];
	uint8_t transport_pub[KEY_LEN];
	bool known, revoked;
	struct buf out;			/* the payload that goes back */
};

/* ---- answers */

static void
answer_with(struct answer *a, unsigned status, struct span payload)
{
	a->status = status;
	if (message_response(payload, &a->body) == ERR_OK)
		return;
	a->body.n = 0;
	a->status = 503;
	a->retry_after_s = RETRY_TROUBLE_S;
}

static void
refuse(struct answer *a, unsigned status, enum reason reason)
{
	struct buf payload = { .p = NULL };

	respond_refused(reason, &payload);
	answer_with(a, status, buf_span(&payload));
	buf_free(&payload);
}

/* trouble: ours, not the device's; nothing of the request was kept. */
static void
trouble(struct answer *a, struct commune *c, err e)
{
	if (e != ERR_BUSY || !atomic_load(&c->stopping))
		log_line(LOG_LEVEL_ERROR,
		    "a request was not served: %s; the device will send it "
		    "again",
		    err_name(e));
	refuse(a, 503, REASON_BUSY);
	a->retry_after_s = e == ERR_BUSY ? RETRY_BUSY_S : RETRY_TROUBLE_S;
}

static void
malformed(struct answer *a, err e)
{
	refuse(a, 400, e == ERR_LIMIT ? REASON_LIMIT : REASON_FORMAT);
}

/* lock_ledger: with the lock held, a ledger; else ERR_* and no lock. */
static err
lock_ledger(struct commune *c)
{
	err rc = ERR_OK;

	if (pthread_mutex_lock(&c->lock) != 0)
		return ERR_BUSY;
	if (c->ledger == NULL)
		rc = hub_commune_load(c);
	if (rc != ERR_OK)
		(void)pthread_mutex_unlock(&c->lock); /* it is ours */
	return rc;
}

static void
unlock(struct commune *c)
{
	(void)pthread_mutex_unlock(&c->lock); /* it is ours */
}

/* ---- who asks */

/* claim_in(s, segment): whether it begins with the claim of the device that
 * sent the request; then its keys are taken. */
static bool
claim_in(struct serving *s, const struct segment *segment)
{
	struct entry e = { .ops = NULL };
	struct span raw;
	size_t cursor = 0;
	const uint8_t *sign = NULL;
	const uint8_t *transport = NULL;
	bool is_it = false;

	if (segment->first != 1 ||
	    segment_next(segment, &cursor, &raw) != ERR_OK ||
	    entry_parse(raw, &e) != ERR_OK)
		goto out;
	if (e.op_count < 2 || e.ops[0].kind != KIND_LOG ||
	    e.ops[1].kind != KIND_CLAIM ||
	    field_map_fixed(e.ops[1].fields, FIELD_SIGN_KEY, KEY_LEN, &sign) !=
		ERR_OK ||
	    field_map_fixed(e.ops[1].fields, FIELD_TRANSPORT_KEY, KEY_LEN,
		&transport) != ERR_OK)
		goto out;
	chain_key_id(sign, s->device);
	is_it = memcmp(s->device, s->request.device_prefix,
		    MESSAGE_DEVICE_LEN) == 0;
	if (is_it) {
		memcpy(s->sign_pub, sign, KEY_LEN);
		memcpy(s->transport_pub, transport, KEY_LEN);
	}
out:
	entry_free(&e);
	return is_it;
}

/* know(s): from the roster who the device is. */
static err
know(struct serving *s)
{
	struct certificate cert;
	err rc;

	if ((rc = lock_ledger(s->c)) != ERR_OK)
		return rc;
	if (roster_by_device_prefix(ledger_roster(s->c->ledger),
		s->request.device_prefix, &cert) == ERR_OK) {
		s->known = true;
		s->revoked = cert.revoked;
		memcpy(s->sign_pub, cert.sign_pub, KEY_LEN);
		memcpy(s->transport_pub, cert.transport_pub, KEY_LEN);
		chain_key_id(cert.sign_pub, s->device);
	}
	unlock(s->c);
	return ERR_OK;
}

static err
verify_mac(const struct serving *s)
{
	struct mac_context mac;
	err rc;

	rc = message_mac_key(s->c->box_secret, s->transport_pub,
	    s->transport_pub, s->c->box_pub, mac.mac_key);
	if (rc == ERR_OK) {
		memcpy(mac.root_fpr, s->c->root_fpr, HASH_LEN);
		memcpy(mac.hub_key_id, s->c->key_id, ID_LEN);
		memcpy(mac.device, s->device, ID_LEN);
		rc = message_request_verify(&s->request, &mac);
	}
	crypto_wipe(&mac, sizeof mac);
	return rc;
}

/* ---- what is asked */

static err
note_want(struct respond_query *q, const struct frame *f)
{
	struct respond_want *w;

	if (q->want_count == RESPOND_WANTS)
		return ERR_LIMIT;
	w = &q->wants[q->want_count++];
	memcpy(w->scope, f->u.want.scope, SCOPE_LEN);
	w->from = f->u.want.from;
	w->to = f->u.want.to;
	return ERR_OK;
}

/* read_frames(s): checks every frame before anything is done, notes what is
 * asked for, and, of an unknown device, looks for its claim. */
static err
read_frames(struct serving *s)
{
	struct span rest = s->payload;
	struct frame f;
	size_t used;
	unsigned count = 0;
	bool claimed = s->known;
	err rc;

	while (rest.n > 0) {
		if (++count > LIMIT_FRAMES)
			return ERR_LIMIT;
		if ((rc = frame_read(rest, &f, &used)) != ERR_OK)
			return rc;
		rest.p += used;
		rest.n -= used;
		if (f.type == FRAME_HAVE) {
			if (s->query.has_have)
				return ERR_FORMAT;
			s->query.has_have = true;
			s->query.size = f.u.have.size;
			s->query.max_bytes = f.u.have.max_bytes;
		} else if (f.type == FRAME_WANT) {
			if ((rc = note_want(&s->query, &f)) != ERR_OK)
				return rc;
		} else if (f.type == FRAME_SEGMENT && !claimed) {
			claimed = claim_in(s, &f.u.segment);
		}
	}
	return claimed ? ERR_OK : ERR_CERT;
}

static err
admit_frames(struct serving *s, struct admission *a, enum frame_type type)
{
	struct span rest = s->payload;
	struct frame f;
	size_t used;
	err rc = ERR_OK;

	while (rc == ERR_OK && rest.n > 0) {
		if ((rc = frame_read(rest, &f, &used)) != ERR_OK)
			return rc;
		rest.p += used;
		rest.n -= used;
		if (f.type != (uint64_t)type)
			continue;
		if (type == FRAME_SEGMENT) {
			rc = admit_segment(a, &f.u.segment);
		} else {
			struct signed_head head = { .seq = f.u.head.seq };

			memcpy(head.log, f.u.head.log, ID_LEN);
			memcpy(head.hash, f.u.head.hash, HASH_LEN);
			memcpy(head.sig, f.u.head.sig, SIG_LEN);
			rc = admit_head(a, &head);
		}
	}
	return rc;
}

static void
tell(const struct serving *s, const struct admission *a)
{
	char id[LOG_ID_BYTES];

	(void)log_id(s->device, id);
	if (a->entries > 0)
		log_line(LOG_LEVEL_INFO,
		    "device %s: %llu entries admitted, %llu leaves", id,
		    (unsigned long long)a->entries,
		    (unsigned long long)ledger_size(s->c->ledger));
	for (size_t i = 0; i < a->verdict_count; i++) {
		char log[LOG_ID_BYTES];

		if (a->verdicts[i].reason != REASON_ADMITTED)
			log_line(LOG_LEVEL_WARNING,
			    "device %s: log %s refused: %s", id,
			    log_id(a->verdicts[i].log, log),
			    reason_name(a->verdicts[i].reason));
	}
	if (a->forks > 0)
		log_line(LOG_LEVEL_WARNING,
		    "device %s: %u forks found; both signed heads are kept",
		    id, a->forks);
	if (a->clock_alarm)
		log_line(LOG_LEVEL_ERROR,
		    "the clock is more than a day ahead of the last leaf and "
		    "of the devices; leaves keep the last time");
	if (s->query.size > ledger_size(s->c->ledger))
		log_line(LOG_LEVEL_ERROR,
		    "device %s holds more leaves than the hub: was hub.db "
		    "restored from a backup",
		    id);
}

/* exchange: admission and response under one lock, so that what is said is
 * of one size of the tree. */
static err
exchange(struct serving *s)
{
	struct admission a;
	const uint8_t *reader = NULL;
	err rc;

	if ((rc = lock_ledger(s->c)) != ERR_OK)
		return rc;
	admit_begin(&a, s->c);
	if ((rc = admit_frames(s, &a, FRAME_SEGMENT)) != ERR_OK ||
	    (rc = admit_frames(s, &a, FRAME_HEAD)) != ERR_OK ||
	    (rc = admit_commit(&a)) != ERR_OK)
		goto out;
	tell(s, &a);
	if (roster_role(ledger_roster(s->c->ledger), s->sign_pub,
		ledger_size(s->c->ledger)) != ROLE_NONE)
		reader = s->sign_pub;
	rc = respond_payload(s->c, reader, &s->query, &a, &s->out);
out:
	admit_end(&a);
	unlock(s->c);
	return rc;
}

/* ---- requests */

static void
serve_sync(struct serving *s, struct answer *ret)
{
	err rc;

	if (memcmp(s->request.commune, s->c->root_fpr, MESSAGE_COMMUNE_LEN) !=
	    0) {
		refuse(ret, 404, REASON_COMMUNE);
		return;
	}
	if ((rc = know(s)) != ERR_OK) {
		trouble(ret, s->c, rc);
		return;
	}
	/* of a known device nothing is unpacked before its MAC holds */
	if (s->known && verify_mac(s) != ERR_OK) {
		refuse(ret, 401, REASON_SIGNATURE);
		return;
	}
	if (s->revoked) {
		refuse(ret, 403, REASON_REVOKED);
		return;
	}
	rc = message_request_payload(&s->request, &s->plain, &s->payload);
	if (rc == ERR_OK)
		rc = read_frames(s);
	if (rc == ERR_CERT)
		refuse(ret, 401, REASON_DEVICE);
	else if (rc == ERR_NOMEM)
		trouble(ret, s->c, rc);
	else if (rc != ERR_OK)
		malformed(ret, rc);
	else if (!s->known && verify_mac(s) != ERR_OK)
		refuse(ret, 401, REASON_SIGNATURE);
	else if ((rc = exchange(s)) == ERR_LIMIT)
		malformed(ret, rc);
	else if (rc != ERR_OK)
		trouble(ret, s->c, rc);
	else
		answer_with(ret, 200, buf_span(&s->out));
}

static void
serve_invite(struct serving *s, struct answer *ret)
{
	enum reason reason;
	err rc;

	if ((rc = lock_ledger(s->c)) == ERR_OK) {
		rc = invitation_frame(s->c, s->request.invite, s->request.sig,
		    clock_now_ms(), &s->out, &reason);
		unlock(s->c);
	}
	if (rc != ERR_OK)
		trouble(ret, s->c, rc);
	else if (reason != REASON_ADMITTED)
		refuse(ret, 404, reason);
	else
		answer_with(ret, 200, buf_span(&s->out));
}

void
serve_request(struct commune *c, struct span body, struct answer *ret)
{
	struct serving *s = calloc(1, sizeof *s);
	err rc;

	*ret = (struct answer){ .status = 503 };
	if (s == NULL) {
		trouble(ret, c, ERR_NOMEM);
		return;
	}
	s->c = c;
	rc = message_request_parse(body, &s->request);
	if (rc != ERR_OK)
		malformed(ret, rc);
	else if (s->request.type == REQUEST_INVITE)
		serve_invite(s, ret);
	else
		serve_sync(s, ret);
	buf_free(&s->plain);
	buf_free(&s->out);
	free(s);
}
