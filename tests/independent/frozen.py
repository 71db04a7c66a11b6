#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Frozen reports and rankings (SPEC.md section 9.2)."""

from catalogue import NUMBER
from entry import FACTS
from figures import Figures, read_period
from judge import EFFECTIVE, get
from merge import INFINITY
from names import ROOT_SCOPE
from state import State

FREEZE, RANKING = 26, 27
PUBLISHED = {FREEZE: "report", RANKING: "ranking"}
RULE = RANKING_RULE = 1
SETTINGS = bytes(16)
LEFT_OUT = ("0", "-")
OF_FACTS = ("nominated:", "withdrawn:", "people:")
RANKED = ("quota", "admitted", "percent", "nominated")


def rule_in_force(state):
    return state.value(ROOT_SCOPE, SETTINGS, NUMBER["rules"], b"") or 1


def report(figures, period):
    blocks = []
    for scope in [None] + [cell for _, cell in figures.cells]:
        block = [scope or b""]
        for name, value in figures.rows(period, scope):
            if str(value) not in LEFT_OUT:
                block += [name, str(value)]
        blocks.append(block)
    return blocks


def tenths(percent):
    return int(percent.replace(".", "").replace("-", "0"))


def ranking(figures, period):
    cells = []
    for place, (_, cell) in enumerate(figures.cells):
        rows = dict(figures.rows(period, cell))
        merit = (-tenths(rows["percent"]), -rows["admitted"],
                 -rows["nominated"]) if rows["quota"] else ()
        cells.append((not rows["quota"], merit, place, cell, rows))
    cells.sort(key=lambda one: one[:3])
    merits = [merit for _, merit, *_ in cells]
    blocks = []
    for apart, merit, _, cell, rows in cells:
        rank = 0 if apart else 1 + merits.index(merit)
        block = [cell, "rank", str(rank)]
        for name in RANKED:
            block += [name, str(rows[name])]
        blocks.append(block)
    return blocks


def rows_of(block):
    return list(zip(block[1::2], block[2::2]))


def number(value):
    return int(value) if value.isdigit() else 0


def block_holds(stated, counted):
    """Whether facts that are not held explain what differs."""
    first, second = (dict(reversed(rows_of(b))) for b in (stated, counted))
    for name in {**first, **second}:
        group = [g for g in OF_FACTS if name.startswith(g)]
        if not group:
            if first.get(name) != second.get(name):
                return False
        elif not name.endswith(":unknown"):
            if (number(first.get(name, "0")) <
                    number(second.get(name, "0"))):
                return False
    total = lambda block, group: sum(
        number(value) for name, value in rows_of(block)
        if name.startswith(group))
    return all(total(stated, g) == total(counted, g) for g in OF_FACTS)


def is_block(block):
    return (isinstance(block, list) and len(block) % 2 == 1 and
            isinstance(block[0], bytes) and
            all(isinstance(text, str) for text in block[1:]))


def holds(stated, counted, erased):
    if stated == counted:
        return True
    if (not erased or not isinstance(stated, list) or
            not all(is_block(block) for block in stated) or
            [b[0] for b in stated] != [b[0] for b in counted]):
        return False
    return all(block_holds(*pair) for pair in zip(stated, counted))


def erased_below(ledger, size):
    """Ops with a leaf below size whose facts are not held."""
    return sum(1 for log in ledger.logs.values() for admitted in log.entries
               if admitted.leaf < size
               for op, verdict in zip(admitted.entry.ops, admitted.verdicts)
               if verdict == EFFECTIVE and op.part(FACTS) is not None and
               op.part(FACTS).form not in ("full", "masked"))


class Frozen:
    def __init__(self, log, admitted, op):
        self.log, self.seq, self.leaf = log.id, admitted.seq, admitted.leaf
        self.subject = op.subject
        self.code = PUBLISHED[op.kind]
        self.fields = {name: get(op, name) for name in (
            "report_number", "tree_size", "rule_version", "figures")}
        self.year = get(op, "year")
        self.ranking_rule = get(op, "ranking_rule")
        self.period_text = get(op, "period")

    def period(self):
        """Its Period, None if it names none."""
        text = self.period_text
        if self.code == "ranking":
            if self.ranking_rule is None or not self.year:
                return None
            text = f"{self.year:04d}"
        try:
            return (read_period(text) if text and "q" not in text else None)
        except ValueError:
            return None

    def is_false(self, ledger, lost):
        """lost: indexes of the leaves whose segment is not there."""
        period, size = self.period(), self.fields["tree_size"]
        if period is None or None in self.fields.values():
            return True
        if size > (ledger.tree.size if self.leaf == INFINITY else self.leaf):
            return True
        state = State(ledger, False, size)
        rule = self.fields["rule_version"]
        if rule != rule_in_force(state):
            return True
        if rule != RULE or self.ranking_rule not in (None, RANKING_RULE):
            return False        # by a rule that is not known here
        make = ranking if self.code == "ranking" else report
        counted = make(Figures(state), period)
        if holds(self.fields["figures"], counted,
                 erased_below(ledger, size)):
            return False
        return not any(index < size for index in lost)
