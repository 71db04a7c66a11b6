/* SPDX-License-Identifier: Apache-2.0 */
#include "protocol/roster_internal.h"

#include <stdlib.h>
#include <string.h>

err
roster_assume(struct roster *r, const uint8_t sign_pub[static KEY_LEN],
    enum role role, struct span scopes)
{
	uint8_t(*copy)[SCOPE_LEN] = NULL;

	if (scopes.n % SCOPE_LEN != 0)
		return ERR_FORMAT;
	if (scopes.n > 0) {
		copy = malloc(scopes.n);
		if (copy == NULL)
			return ERR_NOMEM;
		memcpy(copy, scopes.p, scopes.n);
	}
	free(r->assumed_scopes);
	r->assumed_scopes = copy;
	r->assumed_count = scopes.n / SCOPE_LEN;
	r->assumed_role = role;
	memcpy(r->assumed_key, sign_pub, KEY_LEN);
	return ERR_OK;
}

bool
roster_assumed(const struct roster *r, const uint8_t sign_pub[static KEY_LEN],
    uint64_t leaf)
{
	return leaf == ROSTER_NO_LEAF && r->assumed_role != ROLE_NONE &&
	    memcmp(sign_pub, r->assumed_key, KEY_LEN) == 0 &&
	    roster_newest(r, sign_pub) == NULL;
}
