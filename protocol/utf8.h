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

#endif
