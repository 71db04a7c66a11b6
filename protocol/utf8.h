/* SPDX-License-Identifier: Apache-2.0 */
/*
 * utf8.h -- which bytes are text (SPEC.md section 3).  Pure.
 */
#ifndef NGUON_UTF8_H
#define NGUON_UTF8_H

#include "protocol/bytes.h"

/* utf8_lawful(s): whether s is well-formed UTF-8 (Unicode table 3-7: nothing
 * overlong, no surrogate, nothing above U+10FFFF) without NUL.  The empty
 * span is.  Normal form and control characters are not judged. */
bool utf8_lawful(struct span s);

/* utf8_copy(out, size, s): as many whole characters of s as leave room for
 * the NUL behind them; size is at least 1. */
void utf8_copy(char *out, size_t size, struct span s);

#endif
