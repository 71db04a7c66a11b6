/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cli_text.h -- text on a terminal: how many columns it takes, and breaking it
 * into lines.  What comes from others may hold anything: control characters,
 * direction marks and bytes that are no UTF-8 take one column, shown as "?".
 */
#ifndef NGUON_CLI_TEXT_H
#define NGUON_CLI_TEXT_H

#include <stdio.h>

#include "protocol/bytes.h"

/* One character of s (s.n > 0) with the marks that combine with it; *ret_safe
 * whether it may go to a terminal as it is. */
size_t cli_text_next(struct span s, unsigned *ret_columns, bool *ret_safe);
unsigned cli_text_columns(struct span s);
/* Writes s, made safe. */
void cli_text_put(FILE *out, struct span s);
/* How many bytes of s go on a line of that many columns (s.n > 0: at least
 * one); *ret_skip of the blanks and one line feed behind them are left out.
 * A word longer than a line stays whole when `whole`. */
enum cli_text_word { CLI_TEXT_WHOLE, CLI_TEXT_CUT };
size_t cli_text_line(struct span s, unsigned columns, enum cli_text_word word,
    size_t *ret_skip);
/* s in lines of at most that many columns, each with a line feed; lines go on
 * under the first letter of the line that was broken. */
void cli_text_wrap(FILE *out, struct span s, unsigned columns);

#endif
