/* SPDX-License-Identifier: Apache-2.0 */
/*
 * message.h -- the bodies of the exchange: the envelopes of requests and
 * responses around a payload of frames (SPEC.md section 11; frame.h has the
 * frames).  Pure.
 *
 * All functions append to out; on an error out's contents are as before.
 */
#ifndef NGUON_MESSAGE_H
#define NGUON_MESSAGE_H

#include "protocol/frame.h"

#define MESSAGE_PATH "/v1/sync"
#define MESSAGE_CONTENT_TYPE "application/x-nguon"

enum { MESSAGE_COMMUNE_LEN = 8, MESSAGE_DEVICE_LEN = 8 };

enum request_type { REQUEST_SYNC = 1, REQUEST_INVITE = 2 };
enum { MESSAGE_FLAG_ZSTD = 1 };
struct request {
	enum request_type type;
	uint8_t flags;
	/* sync */
	uint8_t commune[MESSAGE_COMMUNE_LEN];
	uint8_t device_prefix[MESSAGE_DEVICE_LEN];
	uint32_t counter;
	uint8_t mac[MAC_LEN];
	struct span payload;		/* as sent; borrowed */
	/* invite fetch */
	uint8_t invite[ID_LEN];
	uint8_t sig[SIG_LEN];
};
/* What counts of *ret follows from its type; the rest is zero.  Neither MAC
 * nor signature is verified here.
 * Errors: ERR_FORMAT (an unknown type or flag too); ERR_VERSION;
 *         ERR_LIMIT above LIMIT_BODY_BYTES. */
MUST_USE err message_request_parse(struct span body, struct request *ret);

/* What the MAC binds. */
struct mac_context {
	uint8_t mac_key[KEY_LEN];
	uint8_t root_fpr[HASH_LEN];
	uint8_t hub_key_id[ID_LEN];
	uint8_t device[ID_LEN];
};
/* secret and peer: the device's transport secret and the hub's box key, or
 * the other way round; the two public keys in the device, hub order.
 * Errors: ERR_KEY peer_pub is no key. */
MUST_USE err message_mac_key(const uint8_t secret[static KEY_LEN],
    const uint8_t peer_pub[static KEY_LEN],
    const uint8_t transport_pub[static KEY_LEN],
    const uint8_t hub_box_pub[static KEY_LEN],
    uint8_t ret[static KEY_LEN]);
/* Appends a whole sync request; compresses the payload when that helps.
 * Errors: ERR_LIMIT the payload is above LIMIT_BODY_PLAIN_BYTES or the
 *         request above LIMIT_BODY_BYTES; ERR_NOMEM. */
MUST_USE err message_request_sync(const struct mac_context *mac,
    uint32_t counter, struct span payload, struct buf *out);
/* Whether a sync request is of this commune and device and its MAC holds.
 * Errors: ERR_SIG. */
MUST_USE err message_request_verify(const struct request *r,
    const struct mac_context *mac);
/* Appends a whole invite fetch (errors show at buf_err). */
void message_request_invite(const uint8_t invite[static ID_LEN],
    const uint8_t sig[static SIG_LEN], struct buf *out);

/* A response: appends version, flags and payload (compressed if it helps).
 * Errors: as message_request_sync. */
MUST_USE err message_response(struct span payload, struct buf *out);
/* Decompresses where needed, by appending to plain; ret_payload borrows from
 * body or plain, until plain's next change.
 * Errors: ERR_FORMAT, ERR_VERSION, ERR_LIMIT, ERR_NOMEM. */
MUST_USE err message_response_parse(struct span body, struct buf *plain,
    struct span *ret_payload);
/* The same for a request's payload; of an invite fetch it is empty. */
MUST_USE err message_request_payload(const struct request *r,
    struct buf *plain, struct span *ret_payload);

#endif
