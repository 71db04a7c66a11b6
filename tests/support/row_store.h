/* SPDX-License-Identifier: Apache-2.0 */
/*
 * row_store.h -- nguon.db and transport.key of a device, made row by row as
 * schema.sql and meta_names.h say, for tests of the daemon that reads them.
 * What cannot be built ends the test program.
 */
#ifndef NGUON_TESTS_ROW_STORE_H
#define NGUON_TESTS_ROW_STORE_H

#include "client/store/sqlite.h"
#include "tests/support/world.h"

/* A store that belongs to the hub's commune; pin (HASH_LEN) may be NULL.
 * Owner: the caller, sqlite_close. */
struct sqlite *row_store_joined(const char *dir, const struct actor *device,
    const struct actor *hub, const uint8_t *root_fpr, const char *address,
    const uint8_t *pin);
/* A store that waits for its invitation. */
struct sqlite *row_store_joining(const char *dir, const struct actor *invite,
    const char *address);
void row_store_meta(struct sqlite *db, const char *name, struct span value);

/* row_store_write: what l has beyond the rows of own log no, and its heads,
 * in one transaction. */
void row_store_write(struct sqlite *db, int no, const struct world_log *l);
/* The client took in leaves: the log's entries up to seq have one, and the
 * tree has that size. */
void row_store_take_in(struct sqlite *db, int no, uint64_t seq,
    uint64_t size);
void row_store_want(struct sqlite *db, const uint8_t scope[static SCOPE_LEN],
    uint64_t from, uint64_t to);

#endif
