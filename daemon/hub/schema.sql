-- SPDX-License-Identifier: Apache-2.0
-- hub.db, version 1: all logs and the tree of one commune, as admitted.  Sealed parts stand in `entry` as they
-- came; the hub has no key to them.  Rows are only added, but for heads, and for the key part of an invite,
-- which becomes a digest when the invite is claimed or cancelled.

-- One value a name: `root` is the root fingerprint of the commune.
CREATE TABLE meta (
  name  TEXT PRIMARY KEY,
  value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- Every log with an admitted entry, with its admitted head and what the head entry says: seen, epoch and root in
-- force, the largest seen in its line.  pred_* name the log that this one continues.
CREATE TABLE log (
  no        INTEGER PRIMARY KEY,
  id        BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
  scope     BLOB NOT NULL CHECK (length(scope) = 8),
  author    BLOB NOT NULL CHECK (length(author) = 32),
  seq       INTEGER NOT NULL DEFAULT 0,
  hash      BLOB CHECK (length(hash) = 32),
  seen      INTEGER NOT NULL DEFAULT 0,
  epoch     INTEGER NOT NULL DEFAULT 0,
  root      BLOB CHECK (length(root) = 32),
  line_seen INTEGER NOT NULL DEFAULT 0,
  pred_log  BLOB CHECK (length(pred_log) = 16),
  pred_seq  INTEGER,
  pred_hash BLOB CHECK (length(pred_hash) = 32)
) STRICT;

-- Every admitted entry, in the bytes that were received.
CREATE TABLE entry (
  log_no    INTEGER NOT NULL REFERENCES log (no),
  seq       INTEGER NOT NULL,
  hash      BLOB NOT NULL CHECK (length(hash) = 32),
  line_seen INTEGER NOT NULL,
  bytes     BLOB NOT NULL,
  PRIMARY KEY (log_no, seq)
) STRICT, WITHOUT ROWID;

-- The tree: one row a leaf, in its order from 0, with all that its inner holds (SPEC.md section 7).
CREATE TABLE leaf (
  idx     INTEGER PRIMARY KEY,
  scope   BLOB NOT NULL CHECK (length(scope) = 8),
  log_no  INTEGER NOT NULL REFERENCES log (no),
  first   INTEGER NOT NULL,
  last    INTEGER NOT NULL,
  head    BLOB NOT NULL CHECK (length(head) = 32),
  sig     BLOB NOT NULL CHECK (length(sig) = 64),
  time_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX leaf_of_log ON leaf (log_no, last);

-- The newest signed head that a device announced above what was admitted: shows a missing tail.
CREATE TABLE announced (
  log_no INTEGER PRIMARY KEY REFERENCES log (no),
  seq    INTEGER NOT NULL,
  hash   BLOB NOT NULL CHECK (length(hash) = 32),
  sig    BLOB NOT NULL CHECK (length(sig) = 64)
) STRICT;

-- Evidence of forks: a signed head that contradicts the admitted log.  The other signed head is the leaf of that
-- log which holds `seq`.
CREATE TABLE fork (
  log_no  INTEGER NOT NULL REFERENCES log (no),
  seq     INTEGER NOT NULL,
  hash    BLOB NOT NULL CHECK (length(hash) = 32),
  sig     BLOB NOT NULL CHECK (length(sig) = 64),
  time_ms INTEGER NOT NULL,
  PRIMARY KEY (log_no, seq, hash)
) STRICT, WITHOUT ROWID;
