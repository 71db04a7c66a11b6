/* SPDX-License-Identifier: Apache-2.0 */
#include "client/records/short_id.h"

#include <string.h>
#include <strings.h>

bool
short_id_form(const char *typed)
{
	size_t n = strlen(typed);

	return n >= SHORT_ID_MIN && n <= SHORT_ID_MAX &&
	    strspn(typed, "0123456789abcdefABCDEF") == n;
}

bool
short_id_names(const char *typed, const uint8_t id[static ID_LEN])
{
	char hex[SHORT_ID_MAX + 1];

	hex_encode(id, ID_LEN, hex);
	return short_id_form(typed) &&
	    strncasecmp(hex, typed, strlen(typed)) == 0;
}
