/* SPDX-License-Identifier: Apache-2.0 */
/*
 * notify.h -- what a service says to systemd, written by hand: sd_notify(3)
 * over NOTIFY_SOCKET; and what it is handed: a listening socket by LISTEN_FDS
 * (sd_listen_fds(3)), secrets in CREDENTIALS_DIRECTORY.  Without systemd
 * nothing happens.
 */
#ifndef NGUON_DAEMON_NOTIFY_H
#define NGUON_DAEMON_NOTIFY_H

#include <stdint.h>

#include "client/store/paths.h"

/*
 * notify_send(text): lines such as "READY=1\nSTATUS=...", "STOPPING=1",
 * "WATCHDOG=1".
 * Errors: ERR_IO.  Not an error: NOTIFY_SOCKET is not set.
 */
MUST_USE err notify_send(const char *text);

/* notify_watchdog_ms: within how many ms WATCHDOG=1 is wanted each time
 * (WATCHDOG_USEC, for this process); 0: not at all. */
uint64_t notify_watchdog_ms(void);

/* notify_listen_fd: the first socket handed over to this process, now closed
 * on exec; -1: none. */
int notify_listen_fd(void);

/* notify_secret(dir, name, ret): where the file is to be read: handed over
 * under that name by LoadCredential=, else dir/name.  Errors: ERR_LIMIT. */
MUST_USE err notify_secret(const char *dir, const char *name,
    char ret[static PATH_BYTES]);

#endif
