-- SPDX-License-Identifier: Apache-2.0
-- exchange.db, version 1: written by `nguond cell` alone.  What stands here came from the network and is verified
-- by the client before anything changes; losing it loses nothing, as the hub sends it again.

-- Leaves in index order without gaps: one frame `leaves` (count of them, from idx on), `leaf`, `receipt` or `bare`
-- each, as received.
CREATE TABLE incoming (
  idx   INTEGER PRIMARY KEY,
  count INTEGER NOT NULL,
  frame BLOB NOT NULL
) STRICT;

-- Frames `leaf` below the end of `incoming`: segments of a scope gained later, asked for by `want`.
CREATE TABLE filled (
  idx   INTEGER PRIMARY KEY,
  frame BLOB NOT NULL
) STRICT;

-- Checkpoints of the sizes reached.
CREATE TABLE checkpoint (
  size INTEGER PRIMARY KEY,
  root BLOB NOT NULL,
  sig  BLOB NOT NULL
) STRICT;

-- The hub's refusal of an own log that stands now: the hub's head of it, and the reason (SPEC.md section 11).
CREATE TABLE verdict (
  log    BLOB PRIMARY KEY,
  seq    INTEGER NOT NULL,
  hash   BLOB NOT NULL,
  reason INTEGER NOT NULL,
  at_ms  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Up to which seq the hub says that it has an own log.
CREATE TABLE sent (
  log BLOB PRIMARY KEY,
  seq INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The answer to an invite fetch: the fields map and the sealed key part of the invite.
CREATE TABLE invitation (
  id       BLOB PRIMARY KEY,
  fields   BLOB NOT NULL,
  key_part BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- Numbers about the exchange itself, by name.
CREATE TABLE status (
  name  TEXT PRIMARY KEY,
  value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
