/* SPDX-License-Identifier: Apache-2.0 */
#include "protocol/roster.h"

#include <string.h>

const char *
role_name(enum role role)
{
	switch (role) {
	case ROLE_ROOT:
		return "root";
	case ROLE_COMMUNE:
		return "commune";
	case ROLE_SECRETARY:
		return "secretary";
	case ROLE_DEPUTY:
		return "deputy";
	case ROLE_COMMISSIONER:
		return "commissioner";
	case ROLE_ORGANISATION:
		return "organisation";
	case ROLE_HUB:
		return "hub";
	case ROLE_NONE:
		break;
	}
	return "none";
}

enum role
role_from_name(const char *name)
{
	for (unsigned i = ROLE_ROOT; i < ROLE_NONE; i++)
		if (strcmp(name, role_name((enum role)i)) == 0)
			return (enum role)i;
	return ROLE_NONE;
}
