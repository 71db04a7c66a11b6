#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What happened before what, and which write wins (SPEC.md section 9)."""

from dataclasses import dataclass

INFINITY = float("inf")
CLOCK_AHEAD = 600000
UNREADABLE = object()


@dataclass(eq=False)
class Write:
    log: bytes
    seq: int
    number: int
    leaf: float         # INFINITY without one
    seen: int           # the largest in the line of its entry
    time: int
    leaf_time: int      # without a leaf: of the export, or now
    value: object       # or UNREADABLE

    def effective_seen(self):
        return min(self.leaf, self.seen)

    def rank(self):
        return (min(self.time, self.leaf_time + CLOCK_AHEAD), self.log,
                self.seq, self.number)


class Lines:
    """Which log continues which."""

    def __init__(self):
        self.predecessors = {}      # log: (log, seq)

    def last_in_line(self, log, other):
        """The last seq of the other log that is in the line of log, 0 for
        none.  A log's own entries are not in question here."""
        while log in self.predecessors:
            log, seq = self.predecessors[log]
            if log == other:
                return seq
        return 0


def happened_before(lines, a, b):
    if a.log == b.log:
        if (a.seq, a.number) < (b.seq, b.number):
            return True
    elif a.seq <= lines.last_in_line(b.log, a.log):
        return True
    return a.leaf < b.effective_seen()


def standing(lines, writes):
    """The writes that no other one happened after."""
    return [a for a in writes
            if not any(b is not a and happened_before(lines, a, b)
                       for b in writes)]


def winner(lines, writes):
    return max(standing(lines, writes), key=Write.rank)
