/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hub_rounds.h -- a device's store made by rows, its exchange, a real hub
 * without a network, and a post between them that can be told to fail.
 * Failures are assertions of cmocka.
 */
#ifndef NGUON_TESTS_HUB_ROUNDS_H
#define NGUON_TESTS_HUB_ROUNDS_H

#include "daemon/cell/round.h"
#include "daemon/hub/serve.h"
#include "protocol/frame.h"
#include "protocol/ledger.h"
#include "tests/support/hub_folder.h"
#include "tests/support/row_store.h"

struct hub_rounds {
	char *hub_dir, *dir;
	struct hub_folder f;
	struct commune *c;
	struct sqlite *store;		/* NULL: not made yet */
	struct world_log l;		/* the device's, in root */
	struct world_ops ops;
	struct exchange *x;
	struct round r;
	struct round_result result;	/* of the last round */
	/* the post */
	unsigned posts;
	err rc;				/* not ERR_OK: what the link says */
	unsigned status;		/* not 0: in place of the hub's */
	uint64_t wait_s;
	bool reached;
	struct buf payload;		/* not empty: in place of the hub's */
	bool pinned;
	struct buf body;		/* the last request */
};

/* Setup and teardown of a cmocka test; *state is the struct. */
int hub_rounds_setup(void **state);
int hub_rounds_teardown(void **state);
/* The commune's device joins: its store is made. */
void hub_rounds_join(struct hub_rounds *f);
/* n more entries in the device's log, of about 500 bytes each. */
void hub_rounds_write(struct hub_rounds *f, unsigned n);
void hub_rounds_run(struct hub_rounds *f);
uint64_t hub_rounds_number(struct hub_rounds *f, enum exchange_number which);
/* Leaves held, when the client has taken in so many. */
uint64_t hub_rounds_held(struct hub_rounds *f, uint64_t client_size);
/* Up to where the hub has the device's log. */
uint64_t hub_rounds_sent(struct hub_rounds *f);
/* How many frames of the type the last sync request had. */
unsigned hub_rounds_frames(struct hub_rounds *f, enum frame_type type);

#endif
