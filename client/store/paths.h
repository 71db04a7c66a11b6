/* SPDX-License-Identifier: Apache-2.0 */
/*
 * paths.h -- where a device's files are: a store folder with nguon.db,
 * exchange.db, device.key, transport.key and bell.
 */
#ifndef NGUON_PATHS_H
#define NGUON_PATHS_H

#include "protocol/bytes.h"

enum { PATH_BYTES = 4096 };

/* paths_store(option, ret): --store, else NGUON_STORE, else
 * $XDG_DATA_HOME/nguon, else $HOME/.local/share/nguon.  ERR_USAGE when none
 * of them is there, ERR_LIMIT when too long. */
MUST_USE err paths_store(const char *option, char ret[static PATH_BYTES]);
/* paths_join: dir/name. */
MUST_USE err paths_join(const char *dir, const char *name,
    char ret[static PATH_BYTES]);
/* Makes the folder and its parents, 0700; those that are there stay as they
 * are.  ERR_IO: a file has the name of one of them. */
MUST_USE err paths_make_folder(const char *dir);
/* Appends a whole small file; at most max bytes.  ERR_ABSENT, ERR_LIMIT,
 * ERR_IO (also when it is not a regular file), ERR_NOMEM.  After an error out
 * may hold a part of it. */
MUST_USE err paths_read(const char *path, size_t max, struct buf *out);
/* The same for a secret: a symbolic link in its place is ERR_IO.  The caller
 * wipes out. */
MUST_USE err paths_read_secret(const char *path, size_t max,
    struct buf *out);
/* temp, fsync, rename, fsync of the folder; mode 0600 or 0644, whatever the
 * umask.  After a failure path is as it was (only when the fsync of the folder
 * failed it may be either).  A symbolic link at path is replaced, not
 * followed.  PATHS_NEW_ONLY: ERR_EXISTS when anything has the name.
 * Other errors: ERR_ABSENT no such folder, ERR_FULL, ERR_IO, ERR_LIMIT. */
enum paths_replace { PATHS_NEW_ONLY, PATHS_REPLACE };
MUST_USE err paths_write(const char *path, struct span bytes,
    unsigned mode, enum paths_replace replace);
/* Touches `bell` in the store, after COMMIT: the daemon watches it (inotify:
 * IN_ATTRIB and IN_CLOSE_WRITE; the first time also IN_CREATE in dir). */
void paths_ring_bell(const char *dir);

#endif
