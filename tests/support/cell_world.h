/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cell_world.h -- a commune with one cell, for tests of the records: the
 * office, the secretary, the deputy and the youth union of the cell, each with
 * a store, around a little hub.  What cannot be done ends the test program.
 */
#ifndef NGUON_TESTS_SUPPORT_CELL_WORLD_H
#define NGUON_TESTS_SUPPORT_CELL_WORLD_H

#include "client/records/steps.h"
#include "tests/support/little_hub.h"

#define CELL_WORLD_CODE "ba-mo"
#define CELL_WORLD_NAME "Thôn Ba Mô"
#define CELL_WORLD_UNION "doan-thanh-nien"
#define CELL_WORLD_OTHER "dong-luoc"

/* The last two are there after cell_world_commissioner. */
enum cell_world_device {
	AT_OFFICE, AT_SECRETARY, AT_DEPUTY, AT_UNION, CELL_WORLD_DEVICES,
	AT_COMMISSIONER = CELL_WORLD_DEVICES, AT_OTHER, CELL_WORLD_MOST,
};
struct cell_world {
	struct little_hub hub;
	char *dir[CELL_WORLD_MOST];
	struct store *s[CELL_WORLD_MOST];
	uint8_t cell[SCOPE_LEN];
	uint8_t other[SCOPE_LEN];	/* after cell_world_commissioner */
	uint8_t lane[SCOPE_LEN];
};
/* All devices have joined and hold the keys that they are entitled to. */
void cell_world_open(struct cell_world *w);
void cell_world_close(struct cell_world *w);
/* A commissioner in charge of the cell joins, and a second cell, of which it
 * is not in charge, with its secretary. */
void cell_world_commissioner(struct cell_world *w);
/* Everybody sends, then everybody takes in, until nothing moves. */
void cell_world_sync(struct cell_world *w);

/* A person who is listed on that day, by that device. */
void cell_world_person(struct cell_world *w, enum cell_world_device d,
    const char *name, const char *date, uint8_t ret[static ID_LEN]);
/* A step with the reason `khac`, or by the youth union; round 0. */
void cell_world_step(struct cell_world *w, enum cell_world_device d,
    const uint8_t person[static ID_LEN], enum step step, const char *date);
/* One field of a subject written alone, by an op of that kind: text of the
 * section that the field belongs to. */
void cell_world_text(struct cell_world *w, enum cell_world_device d,
    const uint8_t scope[static SCOPE_LEN],
    const uint8_t subject[static ID_LEN], uint64_t kind, uint64_t field,
    const char *text);
/* The winner of a text register there; "" if there is none. */
const char *cell_world_read(struct cell_world *w, enum cell_world_device d,
    const uint8_t scope[static SCOPE_LEN],
    const uint8_t subject[static ID_LEN], uint64_t field);

#endif
