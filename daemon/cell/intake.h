/* SPDX-License-Identifier: Apache-2.0 */
/*
 * intake.h -- from the payload of a response to the rows of exchange.db.
 *
 * Nothing is believed here: frames are kept as they came, in the order that
 * the client wants them; it verifies.  What is checked is what bounds the
 * file: leaves follow one another, wanted leaves were asked for, verdicts are
 * of own logs, one checkpoint a response.
 */
#ifndef NGUON_CELL_INTAKE_H
#define NGUON_CELL_INTAKE_H

#include "daemon/cell/upload.h"

struct intake {
	/* given */
	uint64_t size;			/* `have` of the request; grows */
	const uint8_t *invite;		/* ID_LEN, fetched; NULL: none */
	struct upload *upload;		/* the request; its logs get their
					 * answers; NULL: an invite fetch */
	uint64_t now_ms;		/* wall clock */
	/* found */
	uint64_t leaves, filled;	/* new rows stand for so many */
	bool advanced;			/* the hub has more of an own log */
	bool rewound;			/* or less than we thought */
	bool invitation;		/* it came */
	bool more;			/* the hub has more to send */
	uint64_t wait_s;		/* and wants to be left alone */
	bool refused;
	uint64_t reason;		/* of frame `refused` */
	err malformed;			/* the first frame that was none */
};

/*
 * intake_take(in, x, payload): inside of a transaction of x.  A frame that is
 * malformed ends it (in->malformed): what stood before is kept.  A gap in the
 * leaves ends the leaves.
 * Errors: those of exchange.
 */
MUST_USE err intake_take(struct intake *in, struct exchange *x,
    struct span payload);

/* intake_refused: the reason in the body of an answer that is not 200, if it
 * holds one. */
void intake_refused(struct intake *in, struct span payload);

#endif
