#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The figures, rule version 1 (SPEC.md section 9.1)."""

import re
from collections import Counter
from dataclasses import dataclass

from catalogue import NUMBER, STEPS
from merge import Write, standing
from names import CELL, ROOT_SCOPE, U64_MAX, scope_kind

CELL_KIND, QUOTA_KIND, PERSON_KIND, ACTIVITY_KIND = 20, 22, 30, 33
MOVED_IN_KIND = 38
ORDER = ("listed", "nominated", "introduced", "class_completed",
         "trial_started", "official", "withdrawn", "postponed", "moved")
NAME_BYTES = 80
UNKNOWN = None      # the field was written, and has no value


def days(year, month, day):
    """Days since 1970-01-01 (proleptic Gregorian)."""
    if month <= 2:
        year, month = year - 1, month + 12
    return (365 * year + year // 4 - year // 100 + year // 400 +
            (153 * month - 457) // 5 + day - 719469)


@dataclass
class Period:
    """Everything if first is None."""
    first: int = None
    last: int = None
    years: range = None

    def has(self, date):
        if self.first is None:
            return True
        return date is not None and self.first <= date <= self.last

    def touches(self, year):
        return self.first is None or year in self.years


def read_half(text):
    match = re.fullmatch(r"([0-9]{4})(?:[Qq]([1-4]))?", text)
    if not match:
        raise ValueError("a period is all, YYYY, YYYYQn or two with -")
    year, quarter = int(match[1]), match[2] and int(match[2])
    if year == 0:
        raise ValueError("years are from 0001")
    begin = 3 * quarter - 2 if quarter else 1
    end = (year, begin + 3) if quarter and quarter < 4 else (year + 1, 1)
    return year, days(year, begin, 1), days(*end, 1) - 1


def read_period(text):
    if text == "all":
        return Period()
    halves = [read_half(half) for half in text.split("-")]
    if len(halves) > 2 or halves[0][1] > halves[-1][2]:
        raise ValueError("a period ends after it begins")
    return Period(halves[0][1], halves[-1][2],
                  range(halves[0][0], halves[-1][0] + 1))


def cut(name):
    data = name.encode()[:NAME_BYTES]
    return data.decode(errors="ignore")


@dataclass
class Event:
    scope: bytes
    code: int
    date: int
    organisation: object    # False: never had it; UNKNOWN: no value
    reason: object


class Figures:
    def __init__(self, state):
        self.state = state
        made, moved = (
            {key for key in state.subjects_of(kind)
             if scope_kind(key[0]) == CELL}
            for kind in (PERSON_KIND, MOVED_IN_KIND))
        self.created, self.all_people = made - moved, made | moved
        self.people = [key for key in self.all_people if self.counts(*key)]
        self.cells = self.find_cells()
        self.quotas = self.find_quotas()
        self.events = [e for key in self.people for e in self.find_events(key)]
        self.activities = self.find_activities()
        self.residences = [(scope, self.name(scope, subject, "residence", b""))
                           for scope, subject in self.people]

    def value(self, scope, subject, field, element=b""):
        return self.state.value(scope, subject, NUMBER[field], element)

    def name(self, scope, subject, field, element):
        """The name a field gives, UNKNOWN, or False if never written."""
        if not self.state.winner(scope, subject, NUMBER[field], element):
            return False
        value = self.value(scope, subject, field, element)
        return UNKNOWN if value is None else cut(value)

    def place(self, subject):
        """(cell, into whom); None if nothing well formed was written."""
        place = self.value(ROOT_SCOPE, subject, "place")
        scope, into = place, None
        if isinstance(place, list):
            if len(place) != 2:
                return None
            scope, into = place
            if not isinstance(into, bytes) or len(into) != 16:
                return None
        if (not isinstance(scope, bytes) or len(scope) != 8 or
                scope_kind(scope) != CELL):
            return None
        return scope, None if into == subject else into

    def home(self, scope, subject):
        """Whether the person is of that cell, merges apart."""
        place = self.place(subject)
        if place is None:
            return (scope, subject) in self.created
        return place[0] == scope

    def into_whom(self, scope, subject):
        place = self.place(subject)
        if place and place[1]:
            return place[1]
        into = self.value(scope, subject, "merged_into")
        if (not isinstance(into, bytes) or len(into) != 16 or
                into == subject or (scope, into) not in self.all_people or
                not self.home(scope, subject)):
            return None
        return into

    def counts(self, scope, subject):
        into = self.into_whom(scope, subject)
        if into is None:
            return self.home(scope, subject)
        ring = [subject]
        while into is not None and into not in ring:
            ring.append(into)
            into = self.into_whom(scope, into)
        if into != subject:
            return False
        places = {one: self.place(one) for one in ring}
        own = [one for one in ring if not (places[one] and places[one][1])]
        if own:
            return subject == min(own)
        return subject == min(ring) and places[ring[-1]][0] == scope

    def find_cells(self):
        cells = [(self.value(scope, subject, "code") or "", subject[:8])
                 for scope, subject in self.state.subjects_of(CELL_KIND)
                 if scope == ROOT_SCOPE]
        return sorted(cells, key=lambda cell: (cell[0].encode(), cell[1]))

    def find_quotas(self):
        quotas = []
        for key in self.state.subjects_of(QUOTA_KIND):
            quota = [self.value(*key, field)
                     for field in ("cell", "year", "number")]
            if None not in quota:
                quotas.append(quota)
        return quotas

    def find_events(self, person):
        """The steps of a person that count."""
        groups = {}
        for element in self.state.elements.get(person, {}):
            if len(element) != 26 or element[-1] not in STEPS:
                continue
            if (*person, NUMBER["step"], element) not in self.state.registers:
                continue
            if self.value(*person, "voided", element) is True:
                continue
            turn = self.value(*person, "round", element) or 0
            groups.setdefault((turn, element[-1]), []).append(element)
        for (_, code), elements in groups.items():
            element = self.chosen(person, elements)
            yield Event(person[0], code, self.value(*person, "date", element),
                        self.name(*person, "organisation_of", element),
                        self.name(*person, "reason", element))

    def chosen(self, person, elements):
        """The element of a group whose date and names count."""
        owner = {write: element for element in elements for write in
                 self.state.standing(*person, NUMBER["step"], element)}
        left = standing(self.state.lines, list(owner))
        return owner[max(left, key=Write.rank)]

    def find_activities(self):
        found = []
        for scope, subject in self.state.subjects_of(ACTIVITY_KIND):
            if scope_kind(scope) != CELL:
                continue
            for element in self.state.elements.get((scope, subject), {}):
                if len(element) != 25:
                    continue
                if self.value(scope, subject, "voided", element) is True:
                    continue
                found.append((
                    scope, self.value(scope, subject, "date", element),
                    self.value(scope, subject, "participants", element) or 0))
        return found

    def rows(self, period, cell=None):
        """(figure, value) of a period and a cell, or the commune."""
        here = lambda scope: cell is None or scope == cell
        events = [e for e in self.events
                  if here(e.scope) and period.has(e.date)]
        count = Counter(STEPS[e.code] for e in events)
        quota = total(number for scope, year, number in self.quotas
                      if here(scope) and period.touches(year))
        yield "quota", quota
        yield "admitted", count["admitted"]
        yield "percent", percent(count["admitted"], quota)
        for step in ORDER:
            yield step, count[step]
        yield from self.named_rows("nominated", "organisation", events)
        yield from self.named_rows("withdrawn", "reason", events)
        residences = [name for scope, name in self.residences if here(scope)]
        yield "people", len(residences)
        yield from rows_by_name("people", residences,
                                [name for _, name in self.residences])
        yield "events", len(events) - count["listed"]
        activities = [number for scope, date, number in self.activities
                      if here(scope) and period.has(date)]
        yield "activities", len(activities)
        yield "participants", total(activities)

    def named_rows(self, step, field, events):
        names = lambda some: [getattr(e, field) for e in some
                              if STEPS[e.code] == step]
        return rows_by_name(step, names(events), names(self.events))


def rows_by_name(row, names, names_of_all):
    count = Counter(names)
    known = {n for n in names_of_all if n is not UNKNOWN and n is not False}
    for name in sorted(known, key=str.encode):
        yield f"{row}:{name}", count[name]
    if count[UNKNOWN]:
        yield f"{row}:unknown", count[UNKNOWN]


def total(numbers):
    return min(sum(numbers), U64_MAX)


def percent(part, whole):
    if whole == 0:
        return "-"
    tenths = (2000 * part + whole) // (2 * whole)
    return f"{tenths // 10}.{tenths % 10}"
