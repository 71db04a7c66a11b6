/* SPDX-License-Identifier: Apache-2.0 */
/*
 * store_ops.h -- what an office writes, for tests of the store: cells, quotas,
 * people, steps.  Failures are assertions of cmocka.
 */
#ifndef NGUON_TESTS_SUPPORT_STORE_OPS_H
#define NGUON_TESTS_SUPPORT_STORE_OPS_H

#include "client/store/store.h"

struct span store_ops_text(const char *s);
/* A cell with its key; ret_scope gets its scope. */
void store_ops_cell(struct store *office, const char *code,
    uint8_t ret_scope[static SCOPE_LEN]);
void store_ops_quota(struct store *office, const uint8_t *cell, uint16_t year,
    uint64_t number);
/* A person: name sealed, birth year and residence facts. */
MUST_USE err store_ops_person(struct store *s, const uint8_t *cell,
    const char *name, const struct store_expect *expect, size_t count,
    uint8_t ret_person[static ID_LEN]);
/* A new name; workplace. */
MUST_USE err store_ops_rename(struct store *s, const uint8_t *cell,
    const uint8_t *person, const char *name,
    const struct store_expect *expect, size_t count);
MUST_USE err store_ops_step(struct store *s, const uint8_t *cell,
    const uint8_t *person, enum step step, int64_t date);
/* What the store says of a subject now: zeros when it is absent. */
void store_ops_version(struct store *s, const uint8_t *scope,
    const uint8_t *subject, struct store_expect *ret);
/* Its name is that, and there is no conflict about it. */
void store_ops_assert_name(struct store *s, const uint8_t *cell,
    const uint8_t *person, const char *name);
/* Both stores say the same of a subject that is there. */
void store_ops_assert_same(struct store *a, struct store *b,
    const uint8_t *scope, const uint8_t *subject);
uint64_t store_ops_count(struct store *s, const uint8_t *scope,
    uint64_t kind);
/* No file of the folder holds that text. */
void store_ops_assert_hidden(const char *dir, const char *text);

#endif
