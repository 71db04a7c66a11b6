/* SPDX-License-Identifier: Apache-2.0 */
/*
 * short_id.h -- ids as people type them: the first hex digits of one.
 */
#ifndef NGUON_SHORT_ID_H
#define NGUON_SHORT_ID_H

#include "protocol/crypto.h"

enum {
	SHORT_ID_MIN = 6,		/* fewer digits name nothing */
	SHORT_ID_MAX = 2 * ID_LEN,
};

/* short_id_form(typed): SHORT_ID_MIN to SHORT_ID_MAX hex digits, either
 * case. */
bool short_id_form(const char *typed);
/* short_id_names(typed, id): of that form, and id begins with it. */
bool short_id_names(const char *typed, const uint8_t id[static ID_LEN]);

#endif
