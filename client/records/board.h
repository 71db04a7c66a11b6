/* SPDX-License-Identifier: Apache-2.0 */
/*
 * board.h -- one line for each cell in charge, for who looks after several:
 * the commissioner and the commune.
 *
 * The worst comes first: by the number of overdue tasks, then by how many are
 * still missing of the quota, then by how long nothing has come, then by code.
 * It says what is to be looked after; it ranks nobody.
 */
#ifndef NGUON_RECORDS_BOARD_H
#define NGUON_RECORDS_BOARD_H

#include "client/store/store.h"

enum { BOARD_SCHEMA = 1 };		/* version of its JSON */

struct board_row {
	uint8_t scope[SCOPE_LEN];
	char code[64];
	char name[256];
	uint64_t quota;			/* of the year; 0: none */
	uint64_t admitted;		/* in the year */
	uint64_t in_trial;		/* who stand there now */
	uint64_t in_class;		/* introduced or class completed */
	uint64_t overdue;		/* tasks of tasks.h, but for those of
					 * silent devices */
	uint64_t reminders;		/* sent and not done */
	bool has_received;
	uint64_t received_ms;	/* leaf time of the newest entry in the cell's
				 * scope by its secretary or deputy */
	bool has_secretary;
	uint64_t secretary_ms;	/* the same of any scope by its secretary */
};
struct board {
	int year;
	uint64_t now_ms;		/* what silence is counted to */
	size_t count;
	struct board_row *rows;
};
/*
 * board_make(s, year, ret): Owner: board_free.  No cell is not an error.
 * Errors: ERR_ROLE neither commissioner nor commune; ERR_VALUE the year;
 * ERR_PASS the store is locked; ERR_NOMEM; those of the store.
 */
MUST_USE err board_make(struct store *s, int year, struct board **ret);
void board_free(struct board *b);
/* Whole days since then; 0 for a time that is yet to come. */
uint64_t board_days(const struct board *b, uint64_t ms);

#endif
