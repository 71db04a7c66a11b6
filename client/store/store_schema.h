/* SPDX-License-Identifier: Apache-2.0 */
/*
 * store_schema.h -- the versions of nguon.db (schema.sql), for the store,
 * which writes it, and the outbox, which reads it.
 */
#ifndef NGUON_STORE_SCHEMA_H
#define NGUON_STORE_SCHEMA_H

#include "client/store/sqlite.h"

#define STORE_FILE "nguon.db"

extern const struct sqlite_schema store_schema;

#endif
