/* SPDX-License-Identifier: Apache-2.0 */
/* history_internal.h -- what the files of history share. */
#ifndef NGUON_TESTS_SUPPORT_HISTORY_INTERNAL_H
#define NGUON_TESTS_SUPPORT_HISTORY_INTERNAL_H

#include "protocol/err.h"

#include <stddef.h>

/* Ends the program unless rc is ERR_OK. */
void history_must(err rc, const char *what);
void *history_grow(void *p, size_t bytes);

#endif
