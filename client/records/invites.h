/* SPDX-License-Identifier: Apache-2.0 */
/*
 * invites.h -- inviting a person to be a device of the commune.
 */
#ifndef NGUON_RECORDS_INVITES_H
#define NGUON_RECORDS_INVITES_H

#include "client/store/store.h"
#include "protocol/limits.h"
#include "protocol/recovery.h"

struct invite_new {
	enum role role;			/* secretary ... organisation */
	const uint8_t (*cells)[SCOPE_LEN];
	size_t cell_count;
	struct span organisation;	/* of ROLE_ORGANISATION */
};
struct invite_made {
	char code[INVITE_CODE_TEXT];
	char address[512];		/* of the hub */
	uint8_t id[ID_LEN];
	uint8_t fingerprint[HASH_LEN];
	uint64_t expires_ms;		/* as of now: counts from its leaf */
	bool lane_made;			/* the lane is new */
};
/*
 * invites_make(s, n, ret): writes the invite, with the keys of its scopes
 * sealed under the code.  A secretary or deputy (one cell) gets the cell and
 * its lanes, a commissioner the cells named, an organisation its lane in the
 * cell, which is made when it is not there.  The caller wipes ret->code.
 * Another device of the office (ROLE_COMMUNE, no cell) is invited by root: with
 * the secret of the recovery sheet, which is NULL for all others.  It gets the
 * keys that this device holds.
 * Errors: ERR_USAGE the cells, the organisation or the secret do not fit the
 * role; ERR_ROLE this device may not invite; ERR_FOREIGN the secret is of
 * another commune; ERR_KEY a key of those scopes is not held here; those of
 * store_write.
 */
MUST_USE err invites_make(struct store *s, const struct invite_new *n,
    const uint8_t *secret, struct invite_made *ret);

/* invites_cancel: an invite that nobody claimed yet can no longer be claimed.
 * Errors: ERR_ABSENT no such invite; ERR_EXISTS it is claimed or cancelled;
 * those of store_write. */
MUST_USE err invites_cancel(struct store *s, const uint8_t id[static ID_LEN]);

/* ---- those that were made */

enum invite_state {
	INVITE_OPEN,			/* may be claimed */
	INVITE_CLAIMED,
	INVITE_CANCELLED,
	INVITE_EXPIRED,			/* nobody claimed it in time */
};
struct invite_listed {
	uint8_t id[ID_LEN];
	enum role role;
	enum invite_state state;
	bool sent;			/* it has its leaf */
	uint64_t expires_ms;		/* 0 before that: counts from it */
	char *cells;			/* codes, parted by a blank; owned */
	char organisation[64];		/* of ROLE_ORGANISATION; "" */
};
enum invites_which { INVITES_OPEN, INVITES_ALL };
/* invites_list: in the order in which they were made, as far as this device
 * knows; also of a locked store.  Owner: the caller, invites_list_free. */
MUST_USE err invites_list(struct store *s, enum invites_which which,
    struct invite_listed **ret, size_t *ret_count);
void invites_list_free(struct invite_listed *list, size_t count);
/* invites_find(s, hex, ret): the invite whose id begins with those digits, 6 or
 * more.  Errors: ERR_FORMAT these are none; ERR_ABSENT; ERR_VALUE several. */
MUST_USE err invites_find(struct store *s, const char *hex,
    uint8_t ret[static ID_LEN]);

/* One line to hand over: CODE@https://host:port. */
void invites_line(const struct invite_made *m, char *out, size_t size);
/* The text of the QR code: the line and the root fingerprint. */
void invites_qr(const struct invite_made *m, char *out, size_t size);
enum { INVITES_LINE_BYTES = INVITE_CODE_TEXT + 512 + 2 * HASH_LEN + 16 };

#endif
