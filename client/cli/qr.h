/* SPDX-License-Identifier: Apache-2.0 */
/*
 * qr.h -- QR codes in text.  The only door to libqrencode.
 */
#ifndef NGUON_CLI_QR_H
#define NGUON_CLI_QR_H

#include <stdio.h>

#include "protocol/err.h"

/* Two rows of modules a line, as half blocks.  QR_PAPER: dark ink on paper;
 * QR_SCREEN: with the colours of a terminal set. */
enum qr_ground { QR_PAPER, QR_SCREEN };
/* qr_print: text in letters of either case (read back in capitals where
 * `fold`).  Errors: ERR_LIMIT: wider than 80 columns; ERR_NOMEM. */
enum qr_case { QR_AS_IS, QR_FOLD };
MUST_USE err qr_print(FILE *out, const char *text, enum qr_case letters,
    enum qr_ground ground);

#endif
