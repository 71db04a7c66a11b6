/* SPDX-License-Identifier: Apache-2.0 */
/*
 * commune.h -- the commune itself: its first device, its cells, their lanes
 * and quotas.
 */
#ifndef NGUON_RECORDS_COMMUNE_H
#define NGUON_RECORDS_COMMUNE_H

#include "client/store/store.h"
#include "protocol/recovery.h"

/* ---- the commune (commune.c) */

struct commune_new {
	const char *dir;		/* the store's folder */
	const char *hub_dir;		/* the hub's folder; made if need be */
	const char *hub_url;		/* https://host:port */
	struct span name;		/* of the commune */
	struct span holder;		/* the person's own name */
	struct span passphrase;
};
/*
 * commune_init_begin(n): whether init may begin.  Errors: ERR_EXISTS: a store
 * or a hub's folder is there; ERR_VALUE: hub_url is not https://host[:port].
 */
MUST_USE err commune_init_begin(const struct commune_new *n);
/*
 * commune_init(n, secret, ret): the recovery secret makes the
 * root key; root's first segment is written into the store and the hub's
 * folder; then the commune's name is the office's first own entry.  Root's
 * key is wiped; the caller wipes secret.  Owner: the caller, store_close.
 * Errors: those of commune_init_begin; ERR_UNABLE: `nguond`, which makes the
 * hub's TLS key, was not found or failed; ERR_IO, ERR_FULL, ERR_NOMEM.
 */
MUST_USE err commune_init(const struct commune_new *n,
    const uint8_t secret[static KEY_LEN], struct store **ret);
/* The host of https://host[:port]; an address in brackets comes without
 * them.  ERR_VALUE. */
MUST_USE err commune_init_host(const char *url, struct buf *ret_host);

/* The commune's name, appended; nothing when none is known. */
MUST_USE err commune_name(struct store *s, struct buf *out);

/* ---- cells (commune_cell.c) */

struct commune_cell {
	uint8_t scope[SCOPE_LEN];
	char code[64];
	char name[256];
	uint64_t members;
	char commissioner[256];
};
/* Codes are letters, digits, dash, dot and low line, at most 63 bytes; and not,
 * whatever the case, what stands for the whole: commune, all, root. */
bool commune_cell_code_ok(struct span code);
/*
 * commune_cell_add(s, code, name, members, ret_scope): the cell, its key, and
 * the key's grants to this device and the recovery box; one commit (inside
 * the caller's batch if one is open).
 * Errors: ERR_EXISTS the code is taken; ERR_VALUE; those of store_write.
 */
MUST_USE err commune_cell_add(struct store *s, struct span code,
    struct span name, uint64_t members, uint8_t ret_scope[static SCOPE_LEN]);
/* By code, as written.  ERR_ABSENT.  Here and below, a device that joined but
 * has not synced yet knows its cell as the invitation said it, without members
 * and commissioner. */
MUST_USE err commune_cell_by_code(struct store *s, const char *code,
    struct commune_cell *ret);
MUST_USE err commune_cell_by_scope(struct store *s,
    const uint8_t scope[static SCOPE_LEN], struct commune_cell *ret);
/* All cells in the order of their codes (numbers in them by value).  Owner:
 * the caller, free(). */
MUST_USE err commune_cell_all(struct store *s, struct commune_cell **ret,
    size_t *ret_count);

/* ---- lanes (commune_lane.c) */

struct commune_lane {
	uint8_t scope[SCOPE_LEN];
	uint8_t cell[SCOPE_LEN];
	char organisation[64];
};
/* All lanes of a cell (NULL: of every cell).  Owner: the caller, free(). */
MUST_USE err commune_lane_all(struct store *s, const uint8_t *cell,
    struct commune_lane **ret, size_t *ret_count);
/* ERR_ABSENT. */
MUST_USE err commune_lane_find(struct store *s,
    const uint8_t cell[static SCOPE_LEN], struct span organisation,
    struct commune_lane *ret);
/* Makes the lane with its key and grants, and adds it to the certificates of
 * the cell's secretaries and deputies.  As commune_cell_add. */
MUST_USE err commune_lane_add(struct store *s,
    const uint8_t cell[static SCOPE_LEN], struct span organisation,
    struct commune_lane *ret);

/* ---- quotas (commune_quota.c) */

enum { QUOTA_MAX = 10000, QUOTA_YEAR_MIN = 1930, QUOTA_YEAR_MAX = 2200 };
struct commune_quota {
	uint8_t cell[SCOPE_LEN];
	char code[64];			/* of the cell; "" if not known */
	uint64_t year;
	uint64_t number;
	bool conflict;
};
/*
 * commune_quota_set(s, year, cell, number, why, ret_old): writes
 * the quota.  A quota that is there is changed only with a reason (why not
 * empty).  *ret_old (may be NULL) gets the number it had, UINT64_MAX for none.
 * Errors: ERR_RULE a change without a reason; ERR_EXISTS: it has that number
 * already; ERR_CHANGED; ERR_VALUE year not 1 to 9999 or number above 10000.
 */
MUST_USE err commune_quota_set(struct store *s, uint64_t year,
    const uint8_t cell[static SCOPE_LEN], uint64_t number, struct span why,
    uint64_t *ret_old);
/* All quotas of a year (0: all), by year, then in the order of codes.  Owner:
 * the caller, free(). */
MUST_USE err commune_quota_all(struct store *s, uint64_t year,
    struct commune_quota **ret, size_t *ret_count);

#endif
