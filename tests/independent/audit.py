#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The verification of an audit file (SPEC.md section 12)."""

from collections import Counter
from dataclasses import dataclass

from canonical import Malformed
from entry import FACTS, whole_entry
from frames import (AUDIT, BARE, CHECKPOINT, EXPORT, LEAF, SEGMENT, BadEntry,
                    Bare, Cut, NotJudged, frames_of, read_frame, read_header)
from judge import EFFECTIVE, get
from ledger import Ledger, Segment
from merge import INFINITY
from names import ROOT_SCOPE, chain_next, chain_start, sha
from roster import Refused
from tree import checkpoint_holds, leaf_hash

FAIL, VOID, NOTE = "fail", "void", "note"
UNKNOWN_HASH = bytes(32)


@dataclass(frozen=True)
class Finding:
    level: str
    code: str
    log: bytes
    seq: int
    last: int = 0


class Audit:
    def __init__(self, data, fingerprint):
        self.header = read_header(data)
        if self.header.kind != AUDIT:
            raise NotJudged("format")
        if self.header.fingerprint != fingerprint:
            raise NotJudged("foreign")
        self.ledger = Ledger(fingerprint)
        self.findings = []
        self.failed = set()         # logs
        self.failed_hashes = {}     # (log, seq): of segments that failed
        self.leaf_time = 0
        self.next_index = 0
        self.checkpoint = None
        self.export_time = None
        self.bare = []              # (index, inner hash, Bare)
        self.segments = 0
        self.segments_behind = 0
        self.read_frames(data)
        self.check_end()

    @property
    def verifies(self):
        return not any(f.level == FAIL for f in self.findings)

    def note(self, level, code, log=b"", seq=0, last=0):
        finding = Finding(level, code, log, seq, last)
        if finding not in self.findings[-8:]:
            self.findings.append(finding)

    def fail(self, code, log=b"", seq=0, last=0):
        """Once a log: what follows in it follows from that."""
        if log and log in self.failed:
            return
        self.failed.add(log)
        self.note(FAIL, code, log, seq, last)

    # Frames

    def read_frames(self, data):
        try:
            for frame in frames_of(data):
                self.take_frame(frame)
        except Cut:
            self.fail("trailer")

    def take_frame(self, data):
        in_tree = self.checkpoint is None and self.export_time is None
        try:
            kind, values = read_frame(data)
        except Malformed as bad:
            if in_tree and data[1:2] in (bytes([LEAF]), bytes([BARE])):
                self.next_index += 1
                self.ledger.tree.append(UNKNOWN_HASH)
            if isinstance(bad, BadEntry):
                return self.fail("format", bad.log, bad.seq)
            return self.fail("format")
        if values is None:
            return self.note(NOTE, "unknown")
        if kind == LEAF and in_tree:
            self.take_leaf(*values)
        elif kind == BARE and in_tree:
            self.take_bare(*values)
        elif kind == CHECKPOINT and in_tree:
            self.checkpoint = values
        elif kind == EXPORT and self.export_time is None:
            self.export_time = values[0]
        elif kind == SEGMENT and self.export_time is not None:
            self.take_behind(Segment(*values))
        else:
            self.fail("frame")
        return None

    def check_order(self, index, time):
        """The code of what is wrong with the place of a leaf, or None."""
        wrong = None
        if index != self.next_index:
            wrong = "order"
        elif time < self.leaf_time:
            wrong = "time"
        self.next_index = index + 1
        self.leaf_time = time
        return wrong

    def take_leaf(self, index, time, scope, log_id, first, entries,
                  signature):
        segment = Segment(log_id, first, entries, signature)
        self.segments += 1
        wrong = self.check_order(index, time)
        known = self.ledger.logs.get(log_id)
        new_first = known.head + 1 if known else 1
        try:
            if wrong:
                raise Refused(wrong, first)
            label = known.scope if known else self.stated_scope(segment)
            if label is not None and label != scope:
                self.ledger.plan(segment)
                raise Refused("label", first)
            log, added = self.ledger.admit(segment, time)
            if not added:
                raise Refused("nothing", first)
        except Refused as refused:
            self.fail(refused.reason, log_id, refused.seq, refused.last)
            self.add_failed_leaf(segment, scope, time)
            return
        self.ledger.add_leaf(scope, log_id, new_first, segment.last,
                             log.hashes[-1], signature, time)
        self.look_at(log, added)

    @staticmethod
    def stated_scope(segment):
        try:
            return get(whole_entry(segment.entries[0]).ops[0], "scope")
        except Malformed:
            return None

    def take_bare(self, index, scope, inner):
        bare = Bare.of(inner)
        time = int.from_bytes(inner[128:], "big")
        wrong = self.check_order(index, time)
        known = self.ledger.logs.get(bare.log)
        if not wrong and known and known.scope != scope:
            wrong = "label"
        if wrong:
            self.fail(wrong, bare.log, bare.first)
        self.bare.append((index, sha(inner), bare))
        self.failed_hashes[bare.log, bare.last] = bare.head
        self.ledger.tree.append(leaf_hash(scope, sha(inner)))

    def take_behind(self, segment):
        """A segment of the second section."""
        self.segments_behind += 1
        try:
            log, added = self.ledger.admit(segment, self.export_time, True)
        except Refused as refused:
            self.fail(refused.reason, segment.log, refused.seq, refused.last)
            return
        self.look_at(log, added)

    # A segment that fails still becomes a leaf

    def hash_at(self, log_id, seq):
        log = self.ledger.logs.get(log_id)
        if seq == 0:
            return chain_start(self.header.fingerprint, log_id)
        if log and seq <= log.head:
            return log.hashes[seq]
        return self.failed_hashes.get((log_id, seq))

    def add_failed_leaf(self, segment, scope, time):
        here = self.hash_at(segment.log, segment.first - 1)
        log = self.ledger.logs.get(segment.log)
        first = segment.first
        for seq, data in enumerate(segment.entries, segment.first):
            try:
                form = whole_entry(data).hashed_form
            except Malformed:
                here = None
            here = here and chain_next(here, form)
            if log and seq <= log.head and here == log.hashes[seq]:
                first = min(seq + 1, segment.last)
            if here:
                self.failed_hashes[segment.log, seq] = here
        self.ledger.add_leaf(scope, segment.log, first, segment.last,
                             here or UNKNOWN_HASH, segment.signature, time)

    # What an admitted segment shows

    def look_at(self, log, added):
        for admitted in added:
            for op, verdict in zip(admitted.entry.ops, admitted.verdicts):
                if verdict != EFFECTIVE:
                    self.note(VOID, verdict, log.id, admitted.seq)
                for part in op.parts:
                    self.look_at_part(part, log.id, admitted.seq)

    def look_at_part(self, part, log_id, seq):
        if part.kind != FACTS:
            if part.form == "full":
                self.fail("unmasked", log_id, seq)
        elif part.form == "full":
            self.note(NOTE, "salted", log_id, seq)
        elif part.form != "masked":
            self.note(NOTE, "withheld", log_id, seq)

    # In the end

    def check_end(self):
        lost = self.declared_lost()
        for index, inner_hash, bare in self.bare:
            where = bare.log, bare.first, bare.last
            if (index, inner_hash) in lost:
                self.note(NOTE, "bare", *where)
            else:
                self.fail("missing", *where)
        tree = self.ledger.tree
        if self.checkpoint is None:
            if tree.size:
                self.fail("checkpoint")
            return
        size, root, signature = self.checkpoint
        if size != tree.size or root != tree.roots[-1]:
            self.fail("tree")
        hub_key = self.ledger.roster.hub_key(size)
        if not hub_key or not checkpoint_holds(
                self.header.fingerprint, hub_key, size, root, signature):
            self.fail("checkpoint")

    def ops(self, scope=None):
        for log in self.ledger.logs.values():
            if scope is None or log.scope == scope:
                for admitted in log.entries:
                    for op, verdict in zip(admitted.entry.ops,
                                           admitted.verdicts):
                        yield log, admitted, op, verdict

    def declared_lost(self):
        return {(get(op, "leaf"), get(op, "inner_hash"))
                for _, _, op, verdict in self.ops(ROOT_SCOPE)
                if op.kind == 11 and verdict == EFFECTIVE}

    def totals(self):
        """What the file holds; all but the last row with a leaf."""
        total = Counter(leaves=self.ledger.tree.size, segments=self.segments)
        logs = self.ledger.logs.values()
        for log in logs:
            with_leaf = [a for a in log.entries if a.leaf != INFINITY]
            total["logs"] += bool(with_leaf)
            total["entries"] += len(with_leaf)
            total["ops"] += sum(len(a.entry.ops) for a in with_leaf)
            total["without-leaf"] += len(log.entries) - len(with_leaf)
        total["devices"] = len({
            c.key for c in self.ledger.roster.certificates
            if c.position < self.ledger.tree.size})
        total["voids"] = sum(f.level == VOID for f in self.findings)
        return total
