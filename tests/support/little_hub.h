/* SPDX-License-Identifier: Apache-2.0 */
/*
 * little_hub.h -- a hub without a network, for tests of the store: it admits
 * what waits in a device's outbox and writes the device's exchange.db.  What
 * cannot be done ends the test program.
 */
#ifndef NGUON_TESTS_SUPPORT_LITTLE_HUB_H
#define NGUON_TESTS_SUPPORT_LITTLE_HUB_H

#include "client/store/sqlite.h"
#include "client/store/store.h"
#include "tests/support/world.h"

#define LITTLE_HUB_PASS "quyen so la cua xa"
#define LITTLE_HUB_HOLDER "Nguyễn Thị Giữ Sổ"

/* One leaf, as the hub keeps it. */
struct little_leaf {
	uint8_t scope[SCOPE_LEN], author[KEY_LEN];
	struct leaf_inner inner;
	struct buf frame;		/* FRAME_LEAF */
};
struct little_hub {
	struct actor root, hub;
	uint8_t fpr[HASH_LEN];
	struct ledger *ledger;
	struct world_log root_log;
	uint8_t empty_root[HASH_LEN];
	struct little_leaf *leaves;
	size_t count;
	uint64_t time_ms;
};

void little_hub_open(struct little_hub *h);
void little_hub_close(struct little_hub *h);
/* The commune's first device in dir; root's first segment is leaf 0. */
struct store *little_hub_commune(struct little_hub *h, const char *dir);
/* The office invites; a device joins with that invite in dir.  The scopes'
 * current keys go along. */
struct store *little_hub_join(struct little_hub *h, struct store *office,
    const char *dir, enum role role, const uint8_t (*scopes)[SCOPE_LEN],
    uint32_t n);
/* Admits all that waits in dir's outbox; whatever it refuses ends the test. */
void little_hub_admit(struct little_hub *h, const char *dir);
/* exchange.db of dir: all leaves up to size, as the device of s may have
 * them, and the checkpoint. */
void little_hub_serve(struct little_hub *h, struct store *s, uint64_t size);
/* serve all of it, and take in; no alarm. */
struct take_in little_hub_take(struct little_hub *h, struct store *s);
/* admit and take. */
struct take_in little_hub_sync(struct little_hub *h, struct store *s);
/* Its parts, for tests that forge: the exchange, made anew; one leaf; a
 * checkpoint. */
struct sqlite *little_hub_exchange(const char *dir);
void little_hub_put(struct sqlite *ex, uint64_t idx, uint64_t count,
    struct span frame);
void little_hub_put_leaf(struct little_hub *h, struct sqlite *ex,
    const struct store *s, uint64_t idx);
void little_hub_put_checkpoint(struct little_hub *h, struct sqlite *ex,
    uint64_t size, const uint8_t *root, const uint8_t *seed);

#endif
