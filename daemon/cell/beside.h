/* SPDX-License-Identifier: Apache-2.0 */
/*
 * beside.h -- one carrier for one store: its lock, and what `--once` does
 * when another one has it.
 */
#ifndef NGUON_CELL_BESIDE_H
#define NGUON_CELL_BESIDE_H

#include "daemon/cell/watch.h"

enum { BESIDE_WAIT_MS = 90000 };	/* without anything happening */

/* beside_lock: dir/exchange.lock, until *ret_fd is closed or the process
 * ends.  Errors: ERR_BUSY another process has it; ERR_IO, ERR_LIMIT. */
MUST_USE err beside_lock(const char *dir, int *ret_fd);

/*
 * beside_ask(dir, w, wait_ms, ret_fd, ret_error, ret_reason): rings the bell
 * and waits until the running daemon has gone all through what it rang for.
 * *ret_error and *ret_reason are how that ended (last_error and last_reason
 * of exchange.db).  When the daemon ends meanwhile, *ret_fd is its lock, now
 * ours, and the other two stay; else it is -1.
 * Errors: ERR_BUSY nothing happened for wait_ms, or we are told to stop.
 */
MUST_USE err beside_ask(const char *dir, struct watch *w, uint64_t wait_ms,
    int *ret_fd, err *ret_error, uint64_t *ret_reason);

#endif
