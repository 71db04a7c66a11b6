/* SPDX-License-Identifier: Apache-2.0 */
/*
 * turn.h -- one try after another: runs a round, decides when the next one is
 * due, and says how it went: a line in the log, numbers in exchange.db, a
 * status for the service manager.
 */
#ifndef NGUON_CELL_TURN_H
#define NGUON_CELL_TURN_H

#include "daemon/cell/round.h"
#include "daemon/cell/watch.h"

enum turn_mode {
	TURN_DAEMON,
	TURN_ONCE,		/* there is no next try to speak of */
};
struct turn_config {
	enum turn_mode mode;
	const char *dir;		/* borrowed, like the other two */
	const char *address;		/* NULL: what the store says */
	struct watch *watch;
	struct schedule_config schedule;
};

struct turn;
/* turn_new: the first try is due at once.  Errors: ERR_NOMEM. */
MUST_USE err turn_new(const struct turn_config *config, struct turn **ret);
/* Also notes in exchange.db that no try is planned.  NULL is allowed. */
void turn_free(struct turn *t);

uint64_t turn_next_ms(const struct turn *t);	/* of watch_now_ms */
/* turn_try: one round, now.  What goes wrong is in *ret and in the log. */
void turn_try(struct turn *t, struct round_result *ret);
/* turn_hear: events of watch_wait may bring the next try nearer. */
void turn_hear(struct turn *t, unsigned events);
/* turn_feed: tells the service manager's watchdog that we are alive.  Returns
 * when it wants to hear it next; UINT64_MAX: never. */
uint64_t turn_feed(struct turn *t);

/* turn_bell_ns: when `bell` was last rung, by the file's own time; 0: never. */
uint64_t turn_bell_ns(const char *dir);

#endif
