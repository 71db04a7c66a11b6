/* SPDX-License-Identifier: Apache-2.0 */
/*
 * invitation.h -- invites at the hub: handed to who holds the code, and the
 * key part forgotten once the invite has ended.  The caller holds the
 * commune's lock.
 */
#ifndef NGUON_INVITATION_H
#define NGUON_INVITATION_H

#include "daemon/hub/hub_commune.h"

/*
 * invitation_frame(c, invite, sig, now_ms, out, ret_reason): answers an
 * invite fetch.  *ret_reason is REASON_ADMITTED when a frame `invitation` was
 * appended to out; else REASON_INVITE_UNKNOWN (never was, or cancelled),
 * REASON_SIGNATURE, REASON_CLAIM_TAKEN or REASON_CLAIM_LATE.
 * Errors: those of the store.
 */
MUST_USE err invitation_frame(struct commune *c,
    const uint8_t invite[static ID_LEN], const uint8_t sig[static SIG_LEN],
    uint64_t now_ms, struct buf *out, enum reason *ret_reason);

/*
 * invitation_strip(c, invite): replaces the key part of an invite that was
 * claimed or cancelled by its digest, inside of the transaction that ends it.
 * Where an entry holds several invites, it waits for the last one.
 * *ret_stripped becomes true when that was done, else stays as it is.
 * Errors: those of the store.  Not an error: an invite that is not known, has
 * not ended, or has no key part any more.
 */
MUST_USE err invitation_strip(struct commune *c,
    const uint8_t invite[static ID_LEN], bool *ret_stripped);

#endif
