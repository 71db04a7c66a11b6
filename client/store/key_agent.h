/* SPDX-License-Identifier: Apache-2.0 */
/*
 * key_agent.h -- the device's keys in the locked memory of a small process of
 * the same user, for a while, so that the passphrase is asked for once.
 *
 * One agent a store, behind a socket of mode 0600 in $XDG_RUNTIME_DIR/nguon,
 * else in /tmp/nguon-UID; the folder must be this user's own, and closed to
 * others.  Each side looks whether the other is of its own user.
 *
 * Invariants: 1. no key is given behind its time, which runs on while the
 * machine sleeps (CLOCK_BOOTTIME).  2. the agent ends, and wipes the keys, at
 * that time, when told to, and soon after its socket is gone (at logout).
 */
#ifndef NGUON_KEY_AGENT_H
#define NGUON_KEY_AGENT_H

#include "client/store/key_file.h"

enum { KEY_AGENT_MAX_MS = 24 * 3600 * 1000 };

/* This process, and what is forked from it, leaves no core file and cannot be
 * traced by others of the same user.  Nothing in a build with sanitizers. */
void key_agent_no_dumps(void);

/*
 * key_agent_start(dir, keys, for_ms): a new process keeps a copy of keys for
 * the store in that folder; one that was there ends.  for_ms is 1 to
 * KEY_AGENT_MAX_MS.  keys is of crypto_alloc, and stays the caller's.  The new
 * process closes all files, so no database may be open.
 * Errors: ERR_VALUE for_ms; ERR_SCOPE the folder of the socket is somebody
 * else's, or open to others; ERR_NOMEM, ERR_IO, ERR_LIMIT, ERR_ABSENT no
 * such store folder.
 */
MUST_USE err key_agent_start(const char *dir, const struct device_keys *keys,
    uint64_t for_ms);
/* What an agent holds for the store.  Owner: the caller, key_file_free.
 * Errors: ERR_ABSENT there is none; ERR_NOMEM. */
MUST_USE err key_agent_keys(const char *dir, struct device_keys **ret);
/* How long it still does.  ERR_ABSENT. */
MUST_USE err key_agent_left(const char *dir, uint64_t *ret_ms);
/* Ends it, and waits until the keys are wiped.  ERR_ABSENT there was none. */
MUST_USE err key_agent_stop(const char *dir);

#endif
