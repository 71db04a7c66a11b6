#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The admission of segments (SPEC.md section 11)."""

from dataclasses import dataclass, field

import ed25519
from canonical import Malformed
from entry import whole_entry
from judge import Place, get, has_type, is_entry, judge
from merge import INFINITY, Lines, Write
from names import (ROOT, chain_next, chain_start, head_message, log_id, sha,
                   scope_kind)
from roster import Refused, Roster
from tree import Tree, inner, leaf_hash

SEGMENT_ENTRIES = 1024
SEGMENT_BYTES = 1048576
LOG_KIND = 1


@dataclass
class Segment:
    log: bytes
    first: int
    entries: list       # the bytes of each
    signature: bytes

    @property
    def last(self):
        return self.first + len(self.entries) - 1


@dataclass
class Admitted:
    """An entry of a log."""
    entry: object
    seq: int
    leaf: float             # INFINITY without one
    leaf_time: int
    seen: int               # the largest in its line
    role: str
    verdicts: list


@dataclass
class Log:
    id: bytes
    sign_key: bytes
    salt: bytes
    scope: bytes
    hashes: list            # from hash_0 on
    entries: list = field(default_factory=list)

    @property
    def head(self):
        return len(self.entries)


@dataclass
class Plan:
    """A segment that passed the checks of its own bytes."""
    segment: Segment
    entries: list
    log: Log                # as it is, or as it would begin
    hashes: list            # one for each entry
    new_first: int
    predecessor: tuple      # (log, seq) or None


def parse_entries(segment):
    if segment.first == 0 or not segment.entries:
        raise Refused("format", segment.first)
    if len(segment.entries) > SEGMENT_ENTRIES:
        raise Refused("limit", segment.first)
    entries = []
    for seq, data in enumerate(segment.entries, segment.first):
        try:
            entries.append(whole_entry(data))
        except Malformed as wrong:
            raise Refused(wrong.reason, seq) from None
    if sum(entry.counted for entry in entries) > SEGMENT_BYTES:
        raise Refused("limit", segment.first)
    return entries


def typed(op, name, kind):
    value = get(op, name)
    return value if value is not None and has_type(kind, value) else None


def log_of_first_op(segment, op, fingerprint):
    """The log that a first entry begins, and its predecessor."""
    key = typed(op, "sign_key", "bin-32")
    salt = typed(op, "log_salt", "bin-16")
    scope = typed(op, "scope", "bin-8")
    if op.kind != LOG_KIND or None in (key, salt, scope):
        raise Refused("log", 1)
    if not log_id(key, salt, scope) == segment.log == op.subject:
        raise Refused("log", 1)
    predecessor = get(op, "predecessor")
    if predecessor is not None and not is_entry(predecessor):
        raise Refused("log", 1)
    start = chain_start(fingerprint, segment.log)
    return Log(segment.log, key, salt, scope, [start]), predecessor


class Ledger:
    def __init__(self, fingerprint):
        self.fingerprint = fingerprint
        self.tree = Tree()
        self.logs = {}
        self.lines = Lines()
        self.roster = Roster(fingerprint, self.lines)

    # Steps 1 to 4

    def plan(self, segment):
        entries = parse_entries(segment)
        log, predecessor = self.find_log(segment, entries)
        if segment.first > log.head + 1:
            raise Refused("chain", segment.first)
        if predecessor and segment.log not in self.logs:
            self.check_predecessor(log, predecessor)
        hashes = []
        previous = log.hashes[segment.first - 1]
        for entry in entries:
            previous = chain_next(previous, entry.hashed_form)
            hashes.append(previous)
        self.check_fork(segment, log, hashes)
        message = head_message(log.id, segment.last, hashes[-1])
        if not ed25519.verify(log.sign_key, message, segment.signature):
            raise Refused("signature", segment.first, segment.last)
        return Plan(segment, entries, log, hashes, log.head + 1,
                    predecessor and (predecessor[0], predecessor[1]))

    def find_log(self, segment, entries):
        log, predecessor = self.logs.get(segment.log), None
        if not log and segment.first != 1:
            raise Refused("chain", segment.first)
        if segment.first == 1:
            begun, predecessor = log_of_first_op(
                segment, entries[0].ops[0], self.fingerprint)
            log = log or begun
        for seq, entry in enumerate(entries, segment.first):
            ops = entry.ops[1:] if seq == 1 else entry.ops
            if any(op.kind == LOG_KIND for op in ops):
                raise Refused("log", seq)
        return log, predecessor

    def check_predecessor(self, log, predecessor):
        other, seq, wanted = predecessor
        before = self.logs.get(other)
        if (not before or before.scope != log.scope or
                not 1 <= seq <= before.head or before.hashes[seq] != wanted):
            raise Refused("chain", 1)

    @staticmethod
    def check_fork(segment, log, hashes):
        last = min(segment.last, log.head)
        if last < segment.first:
            return
        if hashes[last - segment.first] != log.hashes[last]:
            wrong = next(n for n in range(segment.first, last + 1)
                         if hashes[n - segment.first] != log.hashes[n])
            raise Refused("fork", wrong)

    # Steps 5 and 6

    def check_author(self, plan, position, time):
        log, roster = plan.log, self.roster
        role = roster.role(log.sign_key, position)
        if role is None:
            if log.head == 0 and scope_kind(log.scope) == ROOT:
                roster.take_claim(log, plan.entries[0], position, time)
                role = roster.role(log.sign_key, position)
            else:
                revoked = roster.newest(log.sign_key)
                raise Refused("revoked" if revoked else "certificate")
        if not roster.covers(log.sign_key, role, position, log.scope):
            raise Refused("scope")
        return role

    def check_seen(self, plan, size):
        new = self.new_entries(plan)
        before = plan.log.entries[-1].entry if plan.log.entries else None
        epoch = before.known_epoch if before else 0
        for seq, entry in new:
            entry.known_epoch = epoch if entry.epoch is None else entry.epoch
            changed = (not before or entry.seen != before.seen or
                       entry.known_epoch != epoch)
            if changed != (entry.root is not None):
                raise Refused("seen", seq)
            if entry.seen > size or (before and entry.seen < before.seen):
                raise Refused("seen", seq)
            if entry.known_epoch != 0:
                raise Refused("epoch", seq)
            before, epoch = entry, entry.known_epoch
        for seq, entry in new:
            if entry.root and entry.root != self.tree.roots[entry.seen]:
                raise Refused("root", seq)

    @staticmethod
    def new_entries(plan):
        first = plan.segment.first
        return [(seq, entry) for seq, entry in enumerate(plan.entries, first)
                if seq >= plan.new_first]

    def admit(self, segment, time, late=False):
        """The new entries of a segment, in force from now on; Refused if it
        is not admitted, and nothing of it counts."""
        plan = self.plan(segment)
        if segment.last <= plan.log.head:
            return plan.log, []
        position = INFINITY if late else self.tree.size
        checkpoint = self.roster_mark(plan)
        try:
            role = self.check_author(plan, position, time)
            self.check_seen(plan, self.tree.size)
        except Refused as refused:
            self.roster_back(checkpoint)
            if refused.seq == 0:
                refused.seq = segment.first
            raise
        return plan.log, self.take(plan, role, position, time)

    def roster_mark(self, plan):
        """A claim that is refused in a later step leaves no trace."""
        op = plan.entries[0].ops[1] if len(plan.entries[0].ops) > 1 else None
        invite = op and self.roster.invites.get(op.subject)
        return len(self.roster.certificates), invite, (
            invite and invite.claimed)

    def roster_back(self, mark):
        count, invite, claimed = mark
        del self.roster.certificates[count:]
        if invite:
            invite.claimed = claimed

    # What is admitted

    def take(self, plan, role, position, time):
        log = plan.log
        self.logs[log.id] = log
        if plan.predecessor and log.head == 0:
            self.lines.predecessors[log.id] = plan.predecessor
        added = []
        for seq, entry in self.new_entries(plan):
            log.hashes.append(plan.hashes[seq - plan.segment.first])
            admitted = Admitted(entry, seq, position, time,
                                self.largest_seen(log, entry), role, [])
            log.entries.append(admitted)
            added.append(admitted)
        for admitted in added:
            self.judge_entry(log, admitted, position)
        return added

    def largest_seen(self, log, entry):
        if log.entries:
            return max(entry.seen, log.entries[-1].seen)
        if log.id in self.lines.predecessors:
            other, seq = self.lines.predecessors[log.id]
            return max(entry.seen, self.logs[other].entries[seq - 1].seen)
        return entry.seen

    def judge_entry(self, log, admitted, position):
        kind = scope_kind(log.scope)
        for number, op in enumerate(admitted.entry.ops):
            place = Place(admitted.role, kind, log.id, admitted.seq, number,
                          self.roster.is_commune_certificate)
            verdict = judge(op, place)
            admitted.verdicts.append(verdict)
            if kind == ROOT and verdict == "effective":
                self.roster.take_op(op, admitted.role, position,
                                    admitted.leaf_time,
                                    write_at(log, admitted, number))

    # Leaves

    def add_leaf(self, scope, log, first, last, head, signature, time):
        content = inner(log, first, last, head, signature, time)
        self.tree.append(leaf_hash(scope, sha(content)))
        return sha(content)


def write_at(log, admitted, number, value=None):
    return Write(log.id, admitted.seq, number, admitted.leaf, admitted.seen,
                 admitted.entry.time, admitted.leaf_time, value)
