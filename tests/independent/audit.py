#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The verification of an audit file (SPEC.md section 12)."""

from collections import Counter
from dataclasses import dataclass

from canonical import Malformed
from entry import FACTS, whole_entry
from frozen import PUBLISHED, Frozen
from frames import (AUDIT, BARE, CHECKPOINT, EXPORT, LEAF, SEGMENT, BadLeaf,
                    Bare, Cut, NotJudged, frames_of, read_frame, read_header)
from judge import EFFECTIVE, get
from ledger import Ledger, Segment
from merge import INFINITY
from names import ROOT_SCOPE, chain_next, chain_start, sha
from roster import Refused
from tree import checkpoint_holds, leaf_hash

FAIL, VOID, NOTE = "fail", "void", "note"
UNKNOWN_HASH = bytes(32)
MISSING_MOST = 65536    # leaves that one index may skip


@dataclass(frozen=True)
class Finding:
    level: str
    code: str
    log: bytes
    seq: int
    last: int = 0


def read_audit_header(data):
    try:
        return read_header(data)
    except NotJudged as why:
        raise NotJudged("format" if str(why) == "cut-off" else str(why)
                        ) from None


class Audit:
    def __init__(self, data, fingerprint):
        self.header = read_audit_header(data)
        if self.header.kind != AUDIT:
            raise NotJudged("format")
        if self.header.fingerprint != fingerprint:
            raise NotJudged("foreign")
        self.ledger = Ledger(fingerprint)
        self.findings = []
        self.failed = set()         # logs
        self.heads = {}             # (seq, hash) that the leaves of a log gave
        self.diverged = False       # some leaf is of unknown content
        self.tree_ended = False
        self.leaf_time = 0
        self.checkpoint = None
        self.export_time = None
        self.bare = []              # (index, inner hash, Bare)
        self.segments = 0
        self.published = []         # the Frozen, in the file's order
        self.read_frames(data)
        self.end_tree()
        self.check_published()

    @property
    def verifies(self):
        return not any(f.level == FAIL for f in self.findings)

    def note(self, level, code, log=b"", seq=0, last=0):
        finding = Finding(level, code, log, seq, last)
        if finding not in self.findings[-8:]:
            self.findings.append(finding)

    def fail(self, code, log=b"", seq=0, last=0):
        self.note(FAIL, code, log, seq, last)

    def refuse(self, refused, log):
        """Once a log: what follows in it follows from that."""
        if log in self.failed:
            return
        self.failed.add(log)
        unchecked = refused.reason == "root" and self.diverged
        self.note(NOTE if unchecked else FAIL,
                  "unchecked" if unchecked else refused.reason, log,
                  refused.seq, refused.last)

    # Frames

    def read_frames(self, data):
        try:
            for frame in frames_of(data):
                self.take_frame(frame)
        except Cut as wrong:
            self.fail("format" if str(wrong) == "limit" else "trailer")

    def take_frame(self, data):
        in_tree = self.checkpoint is None and self.export_time is None
        try:
            kind, values = read_frame(data)
        except BadLeaf as bad:
            self.fail("format", bad.log, bad.seq)
            self.failed.add(bad.log)
            if in_tree and self.reach(bad.index, bad.log, bad.seq):
                self.add_unknown()
            return
        except Malformed:
            self.fail("format")
            if in_tree and data[1:2] == bytes([LEAF]):
                self.add_unknown()
            return
        if values is None:
            self.note(NOTE, "unknown")
        elif kind == LEAF and in_tree:
            self.take_leaf(*values)
        elif kind == BARE and in_tree:
            self.take_bare(*values)
        elif kind == CHECKPOINT and in_tree:
            self.checkpoint = values
        elif kind == EXPORT and self.export_time is None:
            self.end_tree()
            self.export_time = values[0]
        elif kind == SEGMENT and self.export_time is not None:
            self.take_behind(Segment(*values))
        else:
            self.fail("frame")

    # Leaves

    def add_unknown(self):
        """A leaf of unknown content."""
        self.diverged = True
        self.ledger.tree.append(UNKNOWN_HASH)

    def reach(self, index, log, seq):
        """Whether a leaf of that index can come now."""
        size = self.ledger.tree.size
        if index != size:
            self.fail("order", log, seq)
        for _ in range(max(0, min(index - size, MISSING_MOST))):
            self.add_unknown()
        if index < size:
            self.failed.add(log)
        return index >= size

    def time_holds(self, time, log, seq):
        if time < self.leaf_time:
            self.fail("time", log, seq)
            return False
        self.leaf_time = time
        return True

    def take_leaf(self, index, time, scope, log_id, first, entries,
                  signature):
        segment = Segment(log_id, first, entries, signature)
        if not self.reach(index, log_id, first):
            return
        if not self.time_holds(time, log_id, first):
            self.failed.add(log_id)
            self.add_failed_leaf(segment, scope, time)
            return
        known = self.ledger.logs.get(log_id)
        new_first = known.head + 1 if known else 1
        try:
            log, added = self.ledger.admit(segment, time)
        except Refused as refused:
            self.refuse(refused, log_id)
            self.add_failed_leaf(segment, scope, time)
            self.diverged |= refused.reason == "signature"
            return
        if not added:
            self.fail("nothing", log_id, first)
            self.add_unknown()
            return
        self.segments += 1
        if new_first != first:
            self.note(NOTE, "overlap", log_id, first)
        if log.scope != scope:
            self.fail("label", log_id, first)
        self.heads[log_id] = log.head, log.hashes[-1]
        self.ledger.add_leaf(log.scope, log_id, new_first, segment.last,
                             log.hashes[-1], signature, time)
        self.look_at(log, added)

    def add_failed_leaf(self, segment, scope, time):
        """A segment that fails still becomes a leaf."""
        log = self.ledger.logs.get(segment.log)
        start = 0, chain_start(self.header.fingerprint, segment.log)
        seq, here = self.heads.get(segment.log, start)
        try:
            forms = [whole_entry(data).hashed_form for data in
                     segment.entries]
        except Malformed:
            return self.add_unknown()
        if segment.first != seq + 1:
            return self.add_unknown()
        for form in forms:
            here = chain_next(here, form)
        self.heads[segment.log] = segment.last, here
        self.ledger.add_leaf(log.scope if log else scope, segment.log,
                             segment.first, segment.last, here,
                             segment.signature, time)
        return None

    def take_bare(self, index, scope, inner):
        bare = Bare.of(inner)
        time = int.from_bytes(inner[128:], "big")
        if not self.reach(index, bare.log, bare.first):
            return
        self.time_holds(time, bare.log, bare.first)
        known = self.ledger.logs.get(bare.log)
        if known and known.scope != scope:
            self.fail("label", bare.log, bare.first)
        self.note(NOTE, "bare", bare.log, bare.first, bare.last)
        self.bare.append((index, sha(inner), bare))
        self.heads[bare.log] = bare.last, bare.head
        self.ledger.tree.append(leaf_hash(scope, sha(inner)))

    def take_behind(self, segment):
        """A segment of the second section."""
        try:
            log, added = self.ledger.admit(segment, self.export_time, True)
        except Refused as refused:
            self.refuse(refused, segment.log)
            return
        self.look_at(log, added)

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

    # In the end of the first section

    def end_tree(self):
        if self.tree_ended:
            return
        self.tree_ended = True
        lost = self.declared_lost()
        for index, inner_hash, bare in self.bare:
            if (index, inner_hash) not in lost:
                self.fail("missing", bare.log, bare.first, bare.last)
        self.devices = len({c.key for c in self.ledger.roster.certificates})
        self.check_checkpoint()
        self.check_published()

    def check_checkpoint(self):
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

    def check_published(self):
        """Frozen reports and rankings; a false one spoils no other."""
        if any(f.level == FAIL and f.code not in PUBLISHED.values()
               for f in self.findings):
            return
        found = [Frozen(log, admitted, op)
                 for log, admitted, op, verdict in self.ops(ROOT_SCOPE)
                 if op.kind in PUBLISHED and verdict == EFFECTIVE]
        found.sort(key=lambda one: one.leaf)
        for frozen in found[len(self.published):]:
            again = any(one.subject == frozen.subject
                        for one in self.published)
            lost = [index for index, _, _ in self.bare]
            if again or frozen.is_false(self.ledger, lost):
                self.fail(frozen.code, frozen.log, frozen.seq)
            self.published.append(frozen)

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
        total["devices"] = self.devices
        total["voids"] = sum(f.level == VOID for f in self.findings)
        return total
