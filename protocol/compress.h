/* SPDX-License-Identifier: Apache-2.0 */
/*
 * compress.h -- zstd (RFC 8878) with a bounded output; the only door to
 * zstd.  Pure.
 */
#ifndef NGUON_COMPRESS_H
#define NGUON_COMPRESS_H

#include "protocol/bytes.h"

/* What compressing must save at least, in bytes, to be worth the time that
 * the other side spends on it. */
enum { COMPRESS_SAVES = 8 };

/*
 * compress_zstd(in, out, ret_shorter): append in as one zstd frame if that is
 * at least COMPRESS_SAVES bytes shorter than in; *ret_shorter says so (false:
 * nothing appended, which is not an error).
 * Errors: ERR_NOMEM; out is as before then.
 */
MUST_USE err compress_zstd(struct span in, struct buf *out,
    bool *ret_shorter);

/*
 * compress_unzstd(in, max_bytes, out): append what in, one whole zstd frame
 * and nothing behind it, holds: at most max_bytes, whatever its header says
 * or does not say.  A header that says more is refused before anything is
 * produced.
 * Errors: ERR_FORMAT damaged, cut off, with a dictionary, or not one frame;
 *         ERR_LIMIT more than max_bytes, or a window above 16 MiB;
 *         ERR_NOMEM.  out's contents are as before then.
 */
MUST_USE err compress_unzstd(struct span in, size_t max_bytes,
    struct buf *out);

#endif
