/* SPDX-License-Identifier: Apache-2.0 */
#include "client/cli/cli_why.h"

#include <string.h>

static const struct {
	const char *code;
	enum phrase phrase;
} words[] = {
	{ "format", PHRASE_WHY_FORMAT },
	{ "limit", PHRASE_WHY_LIMIT },
	{ "chain", PHRASE_WHY_CHAIN },
	{ "fork", PHRASE_WHY_FORK },
	{ "signature", PHRASE_WHY_SIGNATURE },
	{ "certificate", PHRASE_WHY_CERTIFICATE },
	{ "scope", PHRASE_WHY_SCOPE },
	{ "seen", PHRASE_WHY_SEEN },
	{ "root", PHRASE_WHY_ROOT },
	{ "invite-unknown", PHRASE_WHY_INVITE_UNKNOWN },
	{ "claim-late", PHRASE_WHY_CLAIM_LATE },
	{ "claim-taken", PHRASE_WHY_CLAIM_TAKEN },
	{ "epoch", PHRASE_WHY_EPOCH },
	{ "log", PHRASE_WHY_LOG },
	{ "busy", PHRASE_WHY_BUSY },
	{ "commune", PHRASE_WHY_COMMUNE },
	{ "device", PHRASE_WHY_DEVICE },
	{ "revoked", PHRASE_WHY_REVOKED },
	{ "frame", PHRASE_WHY_FRAME },
	{ "order", PHRASE_WHY_ORDER },
	{ "time", PHRASE_WHY_TIME },
	{ "label", PHRASE_WHY_LABEL },
	{ "nothing", PHRASE_WHY_NOTHING },
	{ "missing", PHRASE_WHY_MISSING },
	{ "tree", PHRASE_WHY_TREE },
	{ "checkpoint", PHRASE_WHY_CHECKPOINT },
	{ "unmasked", PHRASE_WHY_UNMASKED },
	{ "trailer", PHRASE_WHY_TRAILER },
	{ "report", PHRASE_WHY_REPORT },
	{ "ranking", PHRASE_WHY_RANKING },
	{ "bare", PHRASE_WHY_BARE },
	{ "unchecked", PHRASE_WHY_UNCHECKED },
	{ "overlap", PHRASE_WHY_OVERLAP },
	{ "salted", PHRASE_WHY_SALTED },
	{ "withheld", PHRASE_WHY_WITHHELD },
	{ "unknown", PHRASE_WHY_UNKNOWN },
};

const char *
cli_why(const struct cli *c, const char *code)
{
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (strcmp(words[i].code, code) == 0)
			return cli_text(c, words[i].phrase);
	return code;
}

static enum phrase
void_phrase(enum verdict verdict)
{
	switch (verdict) {
	case VERDICT_ROLE: return PHRASE_WHY_VOID_ROLE;
	case VERDICT_SCOPE: return PHRASE_WHY_VOID_SCOPE;
	case VERDICT_FIELD_ROLE: return PHRASE_WHY_VOID_FIELD_ROLE;
	case VERDICT_FIELD_SCOPE: return PHRASE_WHY_VOID_FIELD_SCOPE;
	case VERDICT_TYPE: return PHRASE_WHY_VOID_TYPE;
	case VERDICT_PARTS: return PHRASE_WHY_VOID_PARTS;
	case VERDICT_SUBJECT: return PHRASE_WHY_VOID_SUBJECT;
	case VERDICT_CERTIFICATE: return PHRASE_WHY_VOID_CERTIFICATE;
	case VERDICT_EFFECTIVE:
	case VERDICT_CHECK:
		break;
	}
	return PHRASE_WHY_VOID_CHECK;
}

const char *
cli_why_void(const struct cli *c, enum verdict verdict)
{
	return cli_text(c, void_phrase(verdict));
}
