/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hub_folder.h -- the folder of a hub as `nguon init --hub-dir` makes it
 * (without TLS), and what a device sends and gets.  What cannot be built ends
 * the test program.
 */
#ifndef NGUON_TESTS_HUB_FOLDER_H
#define NGUON_TESTS_HUB_FOLDER_H

#include "protocol/message.h"
#include "tests/support/world.h"

#define HUB_FOLDER_T0 UINT64_C(1700000000000)	/* of root's entry, ms */

struct hub_folder {
	struct actor root, hub, commune;
	uint8_t fpr[HASH_LEN];
	uint8_t empty_root[HASH_LEN];	/* of the tree without leaves */
	struct world_log root_log;
};
void hub_folder_open(struct hub_folder *f);
void hub_folder_close(struct hub_folder *f);
/* Writes commune, hub.key and root.segment into dir, which is there. */
void hub_folder_write(struct hub_folder *f, const char *dir);

/* Appends frames to a payload. */
void hub_folder_have(struct buf *payload, uint64_t size, uint64_t max_bytes);
void hub_folder_segment(struct buf *payload, struct world_log *l,
    uint64_t first, uint64_t last);
void hub_folder_head(struct buf *payload, const struct world_log *l,
    uint64_t seq);
/* A whole request of a device. */
void hub_folder_request(const struct hub_folder *f,
    const struct actor *device, struct span payload, struct buf *out);

#endif
