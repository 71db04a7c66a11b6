/* SPDX-License-Identifier: Apache-2.0 */
/*
 * message.c -- envelopes of requests and responses.
 */
#include "protocol/message.h"

#include <string.h>

#include "protocol/compress.h"
#include "protocol/limits.h"

enum {
	VERSION = 1,
	HEAD_LEN = 3,		/* version, type, flags */
	COMMUNE_AT = HEAD_LEN,
	DEVICE_AT = COMMUNE_AT + MESSAGE_COMMUNE_LEN,
	COUNTER_AT = DEVICE_AT + MESSAGE_DEVICE_LEN,
	MAC_AT = COUNTER_AT + 4,
	SYNC_LEN = MAC_AT + MAC_LEN,
	INVITE_LEN = HEAD_LEN + ID_LEN + SIG_LEN,
	RESPONSE_LEN = 2,	/* version, flags */
};

/* The first byte of a body, and the size of all of it. */
static err
check_body(struct span body)
{
	if (body.n > LIMIT_BODY_BYTES)
		return ERR_LIMIT;
	if (body.n == 0 || body.p[0] == 0)
		return ERR_FORMAT;
	return body.p[0] > VERSION ? ERR_VERSION : ERR_OK;
}

static err
parse_sync(struct span body, struct request *r)
{
	if (body.n < SYNC_LEN || (r->flags & ~MESSAGE_FLAG_ZSTD) != 0)
		return ERR_FORMAT;
	memcpy(r->commune, body.p + COMMUNE_AT, MESSAGE_COMMUNE_LEN);
	memcpy(r->device_prefix, body.p + DEVICE_AT, MESSAGE_DEVICE_LEN);
	r->counter = be32_get(body.p + COUNTER_AT);
	memcpy(r->mac, body.p + MAC_AT, MAC_LEN);
	r->payload = (struct span){ body.p + SYNC_LEN, body.n - SYNC_LEN };
	return ERR_OK;
}

static err
parse_invite(struct span body, struct request *r)
{
	if (body.n != INVITE_LEN || r->flags != 0)
		return ERR_FORMAT;
	memcpy(r->invite, body.p + HEAD_LEN, ID_LEN);
	memcpy(r->sig, body.p + HEAD_LEN + ID_LEN, SIG_LEN);
	return ERR_OK;
}

err
message_request_parse(struct span body, struct request *ret)
{
	struct request r;
	err rc;

	if ((rc = check_body(body)) != ERR_OK)
		return rc;
	if (body.n < HEAD_LEN)
		return ERR_FORMAT;
	memset(&r, 0, sizeof r);
	r.flags = body.p[2];
	switch (body.p[1]) {
	case REQUEST_SYNC:
		r.type = REQUEST_SYNC;
		rc = parse_sync(body, &r);
		break;
	case REQUEST_INVITE:
		r.type = REQUEST_INVITE;
		rc = parse_invite(body, &r);
		break;
	default:
		rc = ERR_FORMAT;
		break;
	}
	if (rc == ERR_OK)
		*ret = r;
	return rc;
}

err
message_mac_key(const uint8_t secret[static KEY_LEN],
    const uint8_t peer_pub[static KEY_LEN],
    const uint8_t transport_pub[static KEY_LEN],
    const uint8_t hub_box_pub[static KEY_LEN],
    uint8_t ret[static KEY_LEN])
{
	uint8_t shared[KEY_LEN];
	const struct span parts[] = {
		{ shared, KEY_LEN },
		{ transport_pub, KEY_LEN },
		{ hub_box_pub, KEY_LEN },
	};
	err rc;

	if ((rc = crypto_agree(secret, peer_pub, shared)) != ERR_OK)
		return rc;
	crypto_hash32("nguon1/mac-key", parts, 3, ret);
	crypto_wipe(shared, sizeof shared);
	return ERR_OK;
}

static void
sync_mac(const struct mac_context *mac, uint8_t flags, uint32_t counter,
    struct span payload, uint8_t ret[static MAC_LEN])
{
	const uint8_t head[HEAD_LEN] = { VERSION, REQUEST_SYNC, flags };
	uint8_t number[4];
	const struct span parts[] = {
		{ mac->root_fpr, HASH_LEN },
		{ mac->hub_key_id, ID_LEN },
		{ mac->device, ID_LEN },
		{ number, sizeof number },
		{ head, sizeof head },
		payload,
	};

	be32_put(number, counter);
	crypto_keyed("nguon1/mac", (struct span){ mac->mac_key, KEY_LEN },
	    parts, sizeof parts / sizeof parts[0], ret, MAC_LEN);
}

/* Appends the payload, compressed where that helps: *ret_flags says so.
 * start is where the body began in out. */
static err
put_payload(struct span payload, size_t start, struct buf *out,
    uint8_t *ret_flags)
{
	bool shorter;
	err rc;

	if (payload.n > LIMIT_BODY_PLAIN_BYTES)
		return ERR_LIMIT;
	if ((rc = compress_zstd(payload, out, &shorter)) != ERR_OK)
		return rc;
	if (!shorter)
		buf_put(out, payload.p, payload.n);
	if ((rc = buf_err(out)) != ERR_OK)
		return rc;
	if (out->n - start > LIMIT_BODY_BYTES)
		return ERR_LIMIT;
	*ret_flags = shorter ? MESSAGE_FLAG_ZSTD : 0;
	return ERR_OK;
}

err
message_request_sync(const struct mac_context *mac, uint32_t counter,
    struct span payload, struct buf *out)
{
	static const uint8_t later[MAC_LEN];
	size_t start = out->n;
	uint8_t flags, *body;
	err rc;

	buf_put_u8(out, VERSION);
	buf_put_u8(out, REQUEST_SYNC);
	buf_put_u8(out, 0);
	buf_put(out, mac->root_fpr, MESSAGE_COMMUNE_LEN);
	buf_put(out, mac->device, MESSAGE_DEVICE_LEN);
	buf_put_u32(out, counter);
	buf_put(out, later, sizeof later);
	if ((rc = put_payload(payload, start, out, &flags)) != ERR_OK) {
		out->n = start;
		return rc;
	}
	body = out->p + start;
	body[2] = flags;
	sync_mac(mac, flags, counter,
	    (struct span){ body + SYNC_LEN, out->n - start - SYNC_LEN },
	    body + MAC_AT);
	return ERR_OK;
}

err
message_request_verify(const struct request *r,
    const struct mac_context *mac)
{
	uint8_t want[MAC_LEN];

	if (r->type != REQUEST_SYNC ||
	    memcmp(r->commune, mac->root_fpr, MESSAGE_COMMUNE_LEN) != 0 ||
	    memcmp(r->device_prefix, mac->device, MESSAGE_DEVICE_LEN) != 0)
		return ERR_SIG;
	sync_mac(mac, r->flags, r->counter, r->payload, want);
	return crypto_equal(want, r->mac, MAC_LEN) ? ERR_OK : ERR_SIG;
}

void
message_request_invite(const uint8_t invite[static ID_LEN],
    const uint8_t sig[static SIG_LEN], struct buf *out)
{
	buf_put_u8(out, VERSION);
	buf_put_u8(out, REQUEST_INVITE);
	buf_put_u8(out, 0);
	buf_put(out, invite, ID_LEN);
	buf_put(out, sig, SIG_LEN);
}

err
message_response(struct span payload, struct buf *out)
{
	size_t start = out->n;
	uint8_t flags;
	err rc;

	buf_put_u8(out, VERSION);
	buf_put_u8(out, 0);
	if ((rc = put_payload(payload, start, out, &flags)) != ERR_OK) {
		out->n = start;
		return rc;
	}
	out->p[start + 1] = flags;
	return ERR_OK;
}

/* A payload as sent, opened. */
static err
open_payload(struct span sent, uint8_t flags, struct buf *plain,
    struct span *ret_payload)
{
	size_t start = plain->n;
	err rc;

	if ((flags & MESSAGE_FLAG_ZSTD) == 0) {
		*ret_payload = sent;
		return ERR_OK;
	}
	rc = compress_unzstd(sent, LIMIT_BODY_PLAIN_BYTES, plain);
	if (rc != ERR_OK)
		return rc;
	*ret_payload = plain->n == start ? (struct span){ NULL, 0 } :
	    (struct span){ plain->p + start, plain->n - start };
	return ERR_OK;
}

err
message_response_parse(struct span body, struct buf *plain,
    struct span *ret_payload)
{
	err rc;

	if ((rc = check_body(body)) != ERR_OK)
		return rc;
	if (body.n < RESPONSE_LEN || (body.p[1] & ~MESSAGE_FLAG_ZSTD) != 0)
		return ERR_FORMAT;
	return open_payload(
	    (struct span){ body.p + RESPONSE_LEN, body.n - RESPONSE_LEN },
	    body.p[1], plain, ret_payload);
}

err
message_request_payload(const struct request *r, struct buf *plain,
    struct span *ret_payload)
{
	return open_payload(r->payload, r->flags, plain, ret_payload);
}
