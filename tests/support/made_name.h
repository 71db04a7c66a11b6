/* SPDX-License-Identifier: Apache-2.0 */
/*
 * made_name.h -- made-up Vietnamese names as lists have them: in NFC and NFD,
 * some in capitals, some with too many blanks.
 */
#ifndef NGUON_TESTS_SUPPORT_MADE_NAME_H
#define NGUON_TESTS_SUPPORT_MADE_NAME_H

#include <stddef.h>

#include "tests/support/dice.h"

enum { MADE_NAME_BYTES = 200 };

void made_name(struct dice *d, char ret[static MADE_NAME_BYTES]);
/* made_name_form: text (NFC) in a form of the dice's choice. */
void made_name_form(struct dice *d, const char *text,
    char ret[static MADE_NAME_BYTES]);

#endif
