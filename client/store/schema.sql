-- SPDX-License-Identifier: Apache-2.0
-- nguon.db, version 1: written by nguon alone.  Personal data is in `entry` (sealed parts as received) and in
-- `subject.state` (sealed under the subject's key) and nowhere in clear.  Facts parts of entries (birth year,
-- residence, organisation, reason) are clear, as on the hub.

-- One value a name: what the device is, and what the daemon needs to reach the hub.
CREATE TABLE meta (
  name  TEXT PRIMARY KEY,
  value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- Every log that this device holds entries of.  The admitted head is what the hub's tree says; for an own log the
-- written head is ahead of it by the entries that wait.
CREATE TABLE log (
  no            INTEGER PRIMARY KEY,
  id            BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
  scope         BLOB NOT NULL CHECK (length(scope) = 8),
  author        BLOB NOT NULL CHECK (length(author) = 32),
  own           INTEGER NOT NULL CHECK (own IN (0, 1)),
  admitted_seq  INTEGER NOT NULL DEFAULT 0,
  written_seq   INTEGER NOT NULL DEFAULT 0,
  written_hash  BLOB NOT NULL CHECK (length(written_hash) = 32),
  written_seen  INTEGER NOT NULL DEFAULT 0,
  written_root  BLOB CHECK (length(written_root) = 32),
  line_seen     INTEGER NOT NULL DEFAULT 0,
  pred_log      BLOB,
  pred_seq      INTEGER,
  pred_hash     BLOB
) STRICT;

-- Every entry held, as received (sealed parts in full where entitled).  leaf is NULL until it has one.
CREATE TABLE entry (
  log_no    INTEGER NOT NULL REFERENCES log (no),
  seq       INTEGER NOT NULL,
  leaf      INTEGER,
  line_seen INTEGER NOT NULL,
  hash      BLOB NOT NULL CHECK (length(hash) = 32),
  bytes     BLOB NOT NULL,
  PRIMARY KEY (log_no, seq)
) STRICT, WITHOUT ROWID;

-- Signatures over own heads, kept until the entry has a leaf, so that a sender may cut anywhere.
CREATE TABLE head (
  log_no INTEGER NOT NULL REFERENCES log (no),
  seq    INTEGER NOT NULL,
  sig    BLOB NOT NULL CHECK (length(sig) = 64),
  PRIMARY KEY (log_no, seq)
) STRICT, WITHOUT ROWID;

-- Every leaf of the hub's tree taken in.  log_no and what follows are NULL for a leaf of a scope that is not ours; of a
-- leaf whose segment nobody has, sig holds the inner (136 bytes).
CREATE TABLE leaf (
  idx        INTEGER PRIMARY KEY,
  scope      BLOB NOT NULL CHECK (length(scope) = 8),
  inner_hash BLOB NOT NULL CHECK (length(inner_hash) = 32),
  time_ms    INTEGER NOT NULL,
  log_no     INTEGER REFERENCES log (no),
  first      INTEGER,
  last       INTEGER,
  sig        BLOB
) STRICT;

-- Checkpoints that verified, newest last.
CREATE TABLE checkpoint (
  size INTEGER PRIMARY KEY,
  root BLOB NOT NULL CHECK (length(root) = 32),
  sig  BLOB NOT NULL CHECK (length(sig) = 64)
) STRICT;

-- The merged state of each subject.  sealed = 1: state is under the subject's key (epoch, salt).
CREATE TABLE subject (
  scope   BLOB NOT NULL CHECK (length(scope) = 8),
  subject BLOB NOT NULL CHECK (length(subject) = 16),
  kinds   INTEGER NOT NULL,
  sealed  INTEGER NOT NULL CHECK (sealed IN (0, 1)),
  epoch   BLOB,
  salt    BLOB,
  state   BLOB NOT NULL,
  PRIMARY KEY (scope, subject)
) STRICT, WITHOUT ROWID;

-- Grants of cell and lane keys to this device (sealed boxes to its box key).
CREATE TABLE key_grant (
  scope      BLOB NOT NULL CHECK (length(scope) = 8),
  commitment BLOB NOT NULL CHECK (length(commitment) = 32),
  box        BLOB NOT NULL CHECK (length(box) = 80),
  leaf       INTEGER,
  PRIMARY KEY (scope, commitment)
) STRICT, WITHOUT ROWID;

-- Ops without effect, with the reason.
CREATE TABLE void_op (
  log_no  INTEGER NOT NULL REFERENCES log (no),
  seq     INTEGER NOT NULL,
  op      INTEGER NOT NULL,
  kind    INTEGER NOT NULL,
  verdict INTEGER NOT NULL,
  PRIMARY KEY (log_no, seq, op)
) STRICT, WITHOUT ROWID;

-- What is wrong with what the hub sent, with the signed statements of both sides.
CREATE TABLE alarm (
  no       INTEGER PRIMARY KEY,
  at_ms    INTEGER NOT NULL,
  code     TEXT NOT NULL,
  leaf     INTEGER,
  evidence BLOB
) STRICT;

-- Segments of a scope gained later that the daemon is to ask for.
CREATE TABLE want (
  scope    BLOB NOT NULL CHECK (length(scope) = 8),
  from_idx INTEGER NOT NULL,
  to_idx   INTEGER NOT NULL,
  PRIMARY KEY (scope, from_idx)
) STRICT, WITHOUT ROWID;

CREATE INDEX entry_leaf ON entry (leaf) WHERE leaf IS NULL;
CREATE INDEX leaf_scope ON leaf (scope, idx);
