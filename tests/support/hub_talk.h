/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hub_talk.h -- a hub in a folder and devices that talk to it by whole
 * requests, without HTTP; and what tests assert of its answers (by cmocka).
 */
#ifndef NGUON_TESTS_HUB_TALK_H
#define NGUON_TESTS_HUB_TALK_H

#include "daemon/hub/serve.h"
#include "protocol/frame.h"
#include "protocol/ledger.h"
#include "protocol/limits.h"
#include "tests/support/hub_folder.h"

#define HUB_TALK_DAY UINT64_C(86400000)
enum { HUB_TALK_FRAMES = 512, HUB_TALK_ALL = LIMIT_BODY_BYTES };

struct hub_talk {
	char *dir;
	struct hub_folder f;
	struct commune *c;
	struct actor invite, secretary;
	uint8_t cell[2][SCOPE_LEN];
	uint8_t key_part[80];
	struct world_log office, claim, own, other;
	struct world_ops ops;
	struct buf payload;		/* of the request at hand */
	/* the answer */
	unsigned status, retry_s;
	size_t body_bytes;
	struct buf body, plain;
	struct frame frame[HUB_TALK_FRAMES];
	size_t count;
};

/* For cmocka_unit_test_setup_teardown; *state is a struct hub_talk. */
int hub_talk_setup(void **state);
int hub_talk_teardown(void **state);
void hub_talk_ok(err e);
void hub_talk_clock(uint64_t ms);
uint64_t hub_talk_size(const struct hub_talk *x);	/* leaves */

/* hub_talk_send: a body as it is; the answer's frames are then in frame. */
void hub_talk_send(struct hub_talk *x, struct span body);
/* hub_talk_ask: payload as that device's request; it is empty then. */
void hub_talk_ask(struct hub_talk *x, const struct actor *device);
/* hub_talk_push: those entries, by that device, which has size leaves. */
void hub_talk_push(struct hub_talk *x, const struct actor *device,
    struct world_log *l, uint64_t first, uint64_t last, uint64_t size);
/* hub_talk_fetch: the invite, signed by that key. */
void hub_talk_fetch(struct hub_talk *x, const struct actor *key);

/* hub_talk_write: ops as the next entry, seeing nothing, a second later;
 * _marks: n entries of one lawful op; _log: a log with its first entry. */
void hub_talk_write(struct hub_talk *x, struct world_log *l);
void hub_talk_marks(struct hub_talk *x, struct world_log *l, unsigned n);
void hub_talk_log(struct hub_talk *x, struct world_log *l,
    const struct actor *author, const uint8_t *scope);
/* hub_talk_invite: the office invites the secretary to cell 0 (leaf 1);
 * hub_talk_join: who then claims (leaf 2). */
void hub_talk_invite(struct hub_talk *x);
void hub_talk_join(struct hub_talk *x);

/* hub_talk_find: the nth frame of that type, from 0, or NULL. */
const struct frame *hub_talk_find(const struct hub_talk *x,
    enum frame_type type, size_t nth);
/* The answer holds that verdict; is that refusal; holds the hub's checkpoint
 * over just that many leaves. */
void hub_talk_verdict(const struct hub_talk *x, const struct world_log *l,
    enum reason reason, uint64_t seq);
void hub_talk_refused(const struct hub_talk *x, unsigned status,
    enum reason reason);
void hub_talk_checkpoint(const struct hub_talk *x, uint64_t size);

#endif
