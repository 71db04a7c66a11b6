#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The registers that all effective ops wrote (SPEC.md sections 8.3 and 9)."""

from catalogue import FIELDS
from entry import FACTS, facts_map
from judge import EFFECTIVE, Place, element, get, has_type
from ledger import write_at
from merge import INFINITY, UNREADABLE, standing, winner
from names import scope_kind

FIRST_REGISTER = 10


def facts_values(op):
    held = facts_map(op.part(FACTS))
    for number in get(op, "facts") or []:
        field = FIELDS.get(number)
        if field is None:
            continue
        readable = (held is not None and number in held and
                    has_type(field.type, held[number]))
        yield number, held[number] if readable else UNREADABLE


def written(op):
    """(field, value) of everything that an effective op writes.  Sealed
    parts cannot be read here."""
    for number, value in op.fields.items():
        if number in FIELDS and number >= FIRST_REGISTER:
            yield number, value
    yield from facts_values(op)
    for number in get(op, "sealed") or []:
        if number in FIELDS:
            yield number, UNREADABLE


class State:
    def __init__(self, ledger, late, size=INFINITY):
        """late: with what has no leaf.  size: leaves that count."""
        self.lines = ledger.lines
        self.registers = {}     # (scope, subject, field, element): writes
        self.subjects = {}      # (kind of op, scope, subject), in order
        self.elements = {}      # (scope, subject): elements
        self.winners = {}
        for log in ledger.logs.values():
            for admitted in log.entries:
                if late or admitted.leaf < size:
                    self.take(log, admitted)

    def take(self, log, admitted):
        kind = scope_kind(log.scope)
        for number, op in enumerate(admitted.entry.ops):
            if admitted.verdicts[number] != EFFECTIVE:
                continue
            self.subjects[op.kind, log.scope, op.subject] = True
            place = Place(admitted.role, kind, log.id, admitted.seq, number)
            where = element(op, place)
            for field, value in written(op):
                key = log.scope, op.subject, field, where
                self.registers.setdefault(key, []).append(
                    write_at(log, admitted, number, value))
                self.elements.setdefault(key[:2], {})[where] = True

    def subjects_of(self, kind):
        """(scope, subject) of the effective ops of a kind."""
        return [key[1:] for key in self.subjects if key[0] == kind]

    def winner(self, *register):
        """The winning write of a register, None if it was never written."""
        if register not in self.registers:
            return None
        if register not in self.winners:
            self.winners[register] = winner(self.lines,
                                            self.registers[register])
        return self.winners[register]

    def value(self, *register):
        write = self.winner(*register)
        if write is None or write.value is UNREADABLE:
            return None
        return write.value

    def standing(self, *register):
        return standing(self.lines, self.registers[register])
