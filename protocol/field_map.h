/* SPDX-License-Identifier: Apache-2.0 */
/*
 * field_map.h -- the canonical map field number -> value of an op, a facts
 * part or a sealed part (SPEC.md sections 5 and 8): reading by number, and
 * building in any order.  Pure.
 */
#ifndef NGUON_FIELD_MAP_H
#define NGUON_FIELD_MAP_H

#include "protocol/codec.h"
#include "protocol/crypto.h"

/* A reference to an op: ref = [log id, seq, op number]. */
struct op_ref {
	uint8_t log[ID_LEN];
	uint64_t seq;
	uint8_t op;
};

/* A reference to an entry: [log id, seq, hash]. */
struct entry_ref {
	uint8_t log[ID_LEN];
	uint64_t seq;
	uint8_t hash[HASH_LEN];
};

/*
 * Readers over the raw map bytes (already scanned; any bytes are safe).
 * Each returns ERR_ABSENT when the field is not there (or map is empty) and
 * ERR_FORMAT when it has another type; spans borrow from map.
 */
MUST_USE err field_map_get(struct span map, uint64_t number,
    struct span *ret_raw);
MUST_USE err field_map_uint(struct span map, uint64_t number, uint64_t *ret);
MUST_USE err field_map_int(struct span map, uint64_t number, int64_t *ret);
MUST_USE err field_map_bool(struct span map, uint64_t number, bool *ret);
MUST_USE err field_map_text(struct span map, uint64_t number,
    struct span *ret);
MUST_USE err field_map_fixed(struct span map, uint64_t number, size_t n,
    const uint8_t **ret_p);
MUST_USE err field_map_ref(struct span map, uint64_t number,
    struct op_ref *ret);
MUST_USE err field_map_entry_ref(struct span map, uint64_t number,
    struct entry_ref *ret);
/* field_map_lists(map, number, wanted): whether the list of uints in field
 * `number` (1 or 2) holds `wanted`. */
bool field_map_lists(struct span map, uint64_t number, uint64_t wanted);

/* The same readers over one raw value. */
MUST_USE err field_value_ref(struct span raw, struct op_ref *ret);
MUST_USE err field_value_entry_ref(struct span raw, struct entry_ref *ret);

/* A builder: fields in any order, encoded in ascending order, each at most
 * once (putting a number again replaces it).  Owner: the struct; zero it
 * first, free with field_draft_free.  Errors are kept until the encode. */
struct field_draft;
struct field_draft *field_draft_new(void);	/* NULL: no memory */
void field_draft_free(struct field_draft *d);
void field_draft_put_uint(struct field_draft *d, uint64_t number, uint64_t v);
void field_draft_put_int(struct field_draft *d, uint64_t number, int64_t v);
void field_draft_put_bool(struct field_draft *d, uint64_t number, bool v);
void field_draft_put_text(struct field_draft *d, uint64_t number,
    struct span v);
void field_draft_put_bin(struct field_draft *d, uint64_t number,
    struct span v);
void field_draft_put_ref(struct field_draft *d, uint64_t number,
    const struct op_ref *v);
void field_draft_put_entry_ref(struct field_draft *d, uint64_t number,
    const struct entry_ref *v);
/* raw: one canonical value, copied. */
void field_draft_put_raw(struct field_draft *d, uint64_t number,
    struct span raw);
uint32_t field_draft_count(const struct field_draft *d);
/* field_draft_put_numbers: field `number` := ascending list of the numbers
 * that `of` holds; nothing when `of` is empty or NULL. */
void field_draft_put_numbers(struct field_draft *d, uint64_t number,
    const struct field_draft *of);
/* Appends the canonical map, nothing on error.  Errors: ERR_NOMEM; ERR_LIMIT;
 * ERR_FORMAT: a text was not lawful, or a raw value not canonical. */
MUST_USE err field_draft_encode(const struct field_draft *d, struct buf *out);

#endif
