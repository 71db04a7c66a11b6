/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nguond.h -- running `nguond`, which stands beside this program or in PATH.
 */
#ifndef NGUON_RECORDS_NGUOND_H
#define NGUON_RECORDS_NGUOND_H

#include "protocol/bytes.h"

enum { NGUOND_OUTPUT_BYTES = 65536, NGUOND_WORDS = 16 };

/*
 * nguond_run(argv, log, out, ret_status): argv[0] is "nguond", the last one
 * NULL.  Its stdin is empty, its stderr (its log) is ours or goes nowhere;
 * stdout (at most NGUOND_OUTPUT_BYTES) is appended to out.  *ret_status: its
 * exit code, 128 + n for a signal.
 * Errors: ERR_UNABLE it is not there; ERR_NOMEM; ERR_IO.
 */
enum nguond_log { NGUOND_LOG_SHOWN, NGUOND_LOG_DROPPED };
MUST_USE err nguond_run(const char *const argv[], enum nguond_log log,
    struct buf *out, int *ret_status);
/*
 * nguond_sync(dir): `nguond cell --once --store DIR`.  Errors: as nguond_run;
 * ERR_NET no connection; ERR_BUSY another one runs; ERR_CERT, ERR_DAMAGED as
 * its exit code says.
 */
MUST_USE err nguond_sync(const char *dir);

#endif
