#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The tables of rules: verdicts, the merge, admission."""

import frames
from canonical import Malformed
from entry import Builder, read_op
from hexes import differs, unhex
from judge import EFFECTIVE, Place, element, judge
from ledger import Ledger, Segment
from merge import INFINITY, UNREADABLE, Lines, Write, standing, winner
from roster import Refused

JUDGED_LOG = bytes.fromhex("aa01") + bytes(14)
NOW = 1000000


def check_op(expected, role, scope_kind, seq, number, data, wanted):
    data = unhex(data)
    op, _ = read_op(data, 0, Builder(data, 0))
    place = Place(None if role == "none" else role,
                  None if scope_kind == "unknown" else scope_kind,
                  JUDGED_LOG, int(seq), int(number))
    verdict = judge(op, place)
    found = element(op, place) if verdict == EFFECTIVE else b""
    return differs(verdict, expected) or differs(found, unhex(wanted))


# merge.txt

def read_lines(rows):
    lines = Lines()
    for _, _, log, predecessor, seq in rows:
        lines.predecessors[unhex(log)] = unhex(predecessor), int(seq)
    return lines


def read_write(row):
    _, _, _, log, seq, number, leaf, seen, time, leaf_time, value = row
    without = leaf == "-"
    return Write(unhex(log), int(seq), int(number),
                 INFINITY if without else int(leaf), int(seen), int(time),
                 NOW if without else int(leaf_time),
                 UNREADABLE if value == "-" else unhex(value))


def check_merge(tables):
    lines = read_lines(tables["lines"])
    registers = {}
    for row in tables["writes"]:
        registers.setdefault(row[2], []).append((row, read_write(row)))
    wrong = []
    for register, pairs in registers.items():
        writes = [write for _, write in pairs]
        stands, wins = standing(lines, writes), winner(lines, writes)
        for row, write in pairs:
            found = "value" if write in stands else "gone"
            found = "winner" if write is wins else found
            problem = differs(found, row[1])
            if problem:
                wrong.append(f"{register} {row[0]} ({problem})")
    return wrong


# admission.txt

def admit(ledger, time, frame):
    segment = Segment(*frames.read_frame(frame)[1])
    known = ledger.logs.get(segment.log)
    first = known.head + 1 if known else 1
    log, added = ledger.admit(segment, time)
    if added:
        ledger.add_leaf(log.scope, log.id, first, segment.last,
                        log.hashes[-1], segment.signature, time)
    return "admitted"


def check_admission(tables):
    ledger = Ledger(unhex(tables["root"][0][2]))
    wrong = []
    for name, expected, time, frame, size, root in tables["segments"]:
        try:
            found = admit(ledger, int(time), unhex(frame))
        except Refused as refused:
            found = refused.reason
        except Malformed as malformed:
            found = malformed.reason
        problem = (differs(found, expected) or
                   differs(ledger.tree.size, int(size)) or
                   differs(ledger.tree.roots[-1], unhex(root)))
        if problem:
            wrong.append(f"{name} ({problem})")
    return wrong


# The words of message.txt's reasons, by their number

REASONS = ("admitted", "format", "limit", "chain", "fork", "signature",
           "certificate", "scope", "seen", "root", "invite-unknown",
           "claim-late", "claim-taken", "epoch", "log", "busy", "commune",
           "device", "revoked")


def check_reasons(rows):
    wrong = []
    for name, expected in rows:
        if REASONS[int(expected)] != name:
            wrong.append(name)
    return wrong


TABLES = {"judge ops": check_op}
WHOLE_TABLES = {"message reasons": check_reasons}
WHOLE_FILES = {"merge": check_merge, "admission": check_admission}
