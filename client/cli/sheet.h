/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sheet.h -- the recovery sheet: as text, and typed back.
 */
#ifndef NGUON_CLI_SHEET_H
#define NGUON_CLI_SHEET_H

#include "client/cli/cli.h"
#include "client/cli/qr.h"
#include "protocol/recovery.h"

/* sheet_print: the sheet of a commune; date as YYYY-MM-DD.  A QR code that
 * does not fit is left out. */
void sheet_print(const struct cli *c, FILE *out,
    const uint8_t secret[static KEY_LEN], const char *commune,
    const char *date, enum qr_ground ground);
/* sheet_show: on the terminal, until it is typed back; then the screen is
 * cleared.  False: given up. */
bool sheet_show(struct cli *c, const uint8_t secret[static KEY_LEN],
    const char *commune, const char *date);
/* sheet_ask: the secret of a sheet, typed on the terminal until it is right, or
 * read from stdin where that is none.  False: not given, such as by an empty
 * line at once. */
bool sheet_ask(struct cli *c, uint8_t ret_secret[static KEY_LEN]);
/* sheet_save: into a new file, 0600.  ERR_EXISTS, ERR_IO, ERR_FULL,
 * ERR_ABSENT no such folder. */
MUST_USE err sheet_save(const struct cli *c, const char *path,
    const uint8_t secret[static KEY_LEN], const char *commune,
    const char *date);

#endif
