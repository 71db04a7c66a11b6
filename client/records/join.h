/* SPDX-License-Identifier: Apache-2.0 */
/*
 * join.h -- a device joins a commune with an invite's code.
 *
 * In this order: a store that waits (join_wait); the invitation comes, by
 * `nguond cell --once` or a packet (join_open); with a passphrase the device's
 * keys are made and it claims (join_claim); `nguond cell --once` sends that.
 * Each step may be the last one of a process: join_where says where to go on.
 */
#ifndef NGUON_RECORDS_JOIN_H
#define NGUON_RECORDS_JOIN_H

#include "client/store/store.h"

enum { JOIN_ADDRESS_BYTES = 512 };

struct join {
	struct invite_keys invite;
	char address[JOIN_ADDRESS_BYTES];	/* https://...; "" */
	bool has_fingerprint;			/* it came with the code */
	uint8_t fingerprint[HASH_LEN];
	/* from join_open on: */
	struct buf fields, plain;
	struct invite_body body;
	enum role role;
	uint8_t root_fpr[HASH_LEN];
};
/*
 * join_read(text, hub, ret): CODE, CODE@URL, or what a QR code says; hub (may
 * be NULL) stands for the URL.  Owner: the caller, join_free.
 * Errors: those of invite_code_decode; ERR_VALUE also for an address that is
 * not https://host[:port].
 */
MUST_USE err join_read(const char *text, const char *hub, struct join *ret);
void join_free(struct join *j);		/* wipes; NULL is allowed */

enum join_step {
	JOIN_NEW,		/* no store there */
	JOIN_WAITING,		/* waits for this invitation */
	JOIN_CLAIMED,		/* joined with this code already */
	JOIN_OTHER,		/* a store of another code or commune */
};
/* Errors: those of store_open. */
MUST_USE err join_where(const char *dir, const struct join *j,
    enum join_step *ret);
MUST_USE err join_wait(const char *dir, const struct join *j);
/* Opens the invitation that came.  Errors: ERR_ABSENT none yet; ERR_KEY it is
 * not of this code; ERR_FOREIGN of another commune than the fingerprint that
 * came with the code; ERR_FORMAT. */
MUST_USE err join_open(const char *dir, struct join *j);
/* Owner: the caller, store_close.  Errors: those of store_claim. */
MUST_USE err join_claim(const char *dir, const struct join *j,
    struct span passphrase, struct span holder, struct store **ret);

#endif
