/* SPDX-License-Identifier: Apache-2.0 */
/*
 * watch.h -- what `nguond cell` waits for: the clock (timerfd), the store
 * (inotify), the link (rtnetlink) and signals (signalfd).
 *
 * Times are ms of CLOCK_BOOTTIME: it goes on while the machine sleeps, so a
 * lid that is opened again finds an overdue try and not a long wait.
 */
#ifndef NGUON_CELL_WATCH_H
#define NGUON_CELL_WATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "protocol/err.h"

struct watch;

enum watch_event {
	WATCH_STOP = 1,		/* SIGTERM or SIGINT */
	WATCH_PERSON = 2,	/* SIGHUP */
	WATCH_STORE = 4,	/* the bell, or a store came into the folder */
	WATCH_LINK = 8,		/* an address or a default route came */
	WATCH_TIME = 16,
};

/*
 * watch_open(dir, ret): blocks the three signals for this thread and those
 * that it starts, until watch_close.  dir need not be there: it is watched
 * from the watch_wait on that finds it.  Borrows dir until watch_close.
 * What cannot be watched (no netlink, no inotify left) is done without.
 * Errors: ERR_NOMEM; ERR_IO no signalfd or timerfd.
 */
MUST_USE err watch_open(const char *dir, struct watch **ret);
void watch_close(struct watch *w);		/* NULL is allowed */

uint64_t watch_now_ms(void);

/*
 * watch_wait(w, until_ms, ret_events): waits for an event, until until_ms;
 * *ret_events gets the bits of enum watch_event.  WATCH_STOP is repeated by
 * every later call.
 * Errors: ERR_IO.
 */
MUST_USE err watch_wait(struct watch *w, uint64_t until_ms,
    unsigned *ret_events);
/* watch_stopping: whether WATCH_STOP has come; never waits.  Other signals
 * that are found are kept for the next watch_wait. */
bool watch_stopping(struct watch *w);

#endif
