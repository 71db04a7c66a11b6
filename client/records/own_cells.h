/* SPDX-License-Identifier: Apache-2.0 */
/*
 * own_cells.h -- the cells that are known here, and which of them this device
 * works in.
 */
#ifndef NGUON_RECORDS_OWN_CELLS_H
#define NGUON_RECORDS_OWN_CELLS_H

#include "client/store/store.h"

struct own_cell {
	uint8_t scope[SCOPE_LEN];
	char code[64];		/* "": not known here yet */
	char name[256];
	bool held;		/* covered by the certificate, key at hand */
};
/* own_cells: every cell known, held or not, and the cells of the certificate
 * about which nothing else has come yet.  Owner: the caller, free(). */
MUST_USE err own_cells(struct store *s, struct own_cell **ret,
    size_t *ret_count);
/* NULL: no such code. */
const struct own_cell *own_cells_find(const struct own_cell *cells,
    size_t count, struct span code);
/*
 * own_cells_choose(s, code, ret): the cell of that code; without a code
 * (NULL) the only one that is held.
 * Errors: ERR_ABSENT no cell has that code; ERR_SCOPE it is not held;
 *         ERR_VALUE: no code, and not just one cell is held.
 */
MUST_USE err own_cells_choose(struct store *s, const char *code,
    uint8_t ret[static SCOPE_LEN]);

#endif
