/* SPDX-License-Identifier: Apache-2.0 */
/*
 * xlsx_part.h -- the parts of an XLSX file: an archive, and the events of the
 * XML in it.  The only door to libzip and expat.
 *
 * Names of elements and attributes come without their prefix.
 */
#ifndef NGUON_RECORDS_XLSX_PART_H
#define NGUON_RECORDS_XLSX_PART_H

#include "protocol/bytes.h"

struct xlsx_archive;
/* bytes stays the caller's until xlsx_part_close.  ERR_FORMAT no archive;
 * ERR_LIMIT more than XLSX_ENTRIES_MAX files; ERR_NOMEM. */
MUST_USE err xlsx_part_open(struct span bytes, struct xlsx_archive **ret);
void xlsx_part_close(struct xlsx_archive *a);	/* NULL is allowed */

/* What is told of a part, in its order.  A sink's error ends the reading and
 * is returned.  text comes in pieces. */
struct xlsx_sink {
	err (*start)(void *ctx, const char *name, const char *const *attr);
	err (*end)(void *ctx, const char *name);
	err (*text)(void *ctx, struct span text);
	void *ctx;
};
/* ERR_ABSENT no such part; ERR_FORMAT not XML, a document type, packed in a
 * way not known, a wrong check sum; ERR_LIMIT; ERR_NOMEM; the sink's. */
MUST_USE err xlsx_part_read(struct xlsx_archive *a, const char *path,
    const struct xlsx_sink *sink);

/* The value of an attribute; NULL. */
const char *xlsx_part_attr(const char *const *attr, const char *name);

#endif
