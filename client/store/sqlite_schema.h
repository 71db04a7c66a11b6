/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sqlite_schema.h -- the part of sqlite_open behind the connection's own
 * settings.  Nobody else calls it.
 */
#ifndef NGUON_SQLITE_SCHEMA_H
#define NGUON_SQLITE_SCHEMA_H

#include "client/store/sqlite.h"

/* Checks whose file it is, turns WAL on, runs the missing steps in one
 * transaction.  Errors as of sqlite_open; ERR_EXISTS for CREATE when a
 * version has been committed already. */
MUST_USE err sqlite_schema_apply(struct sqlite *db, enum sqlite_mode mode,
    const struct sqlite_schema *schema);

#endif
