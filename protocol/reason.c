/* SPDX-License-Identifier: Apache-2.0 */
#include "protocol/ledger.h"

static const struct {
	const char *name;
	err rc;
} reasons[REASON_COUNT] = {
	[REASON_ADMITTED] = { "admitted", ERR_OK },
	[REASON_FORMAT] = { "format", ERR_FORMAT },
	[REASON_LIMIT] = { "limit", ERR_LIMIT },
	[REASON_CHAIN] = { "chain", ERR_CHAIN },
	[REASON_FORK] = { "fork", ERR_FORK },
	[REASON_SIGNATURE] = { "signature", ERR_SIG },
	[REASON_CERTIFICATE] = { "certificate", ERR_CERT },
	[REASON_SCOPE] = { "scope", ERR_SCOPE },
	[REASON_SEEN] = { "seen", ERR_SEEN },
	[REASON_ROOT] = { "root", ERR_TREE },
	[REASON_INVITE_UNKNOWN] = { "invite-unknown", ERR_ABSENT },
	[REASON_CLAIM_LATE] = { "claim-late", ERR_CERT },
	[REASON_CLAIM_TAKEN] = { "claim-taken", ERR_EXISTS },
	[REASON_EPOCH] = { "epoch", ERR_UNABLE },
	[REASON_LOG] = { "log", ERR_FORMAT },
	[REASON_BUSY] = { "busy", ERR_HUB_BUSY },
	[REASON_COMMUNE] = { "commune", ERR_FOREIGN },
	[REASON_DEVICE] = { "device", ERR_CERT },
	[REASON_REVOKED] = { "revoked", ERR_CERT },
};

/* A number that a later version sends has no name here. */
const char *
reason_name(enum reason reason)
{
	return (unsigned)reason < REASON_COUNT ? reasons[reason].name :
	    "unknown";
}

err
reason_err(enum reason reason)
{
	return (unsigned)reason < REASON_COUNT ? reasons[reason].rc :
	    ERR_VERSION;
}
