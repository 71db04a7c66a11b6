#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The audit files: what becomes of each, its findings, totals and figures."""

from audit import FAIL, VOID, Audit
from figures import Figures, read_period
from frames import NotJudged
from hexes import differs, unhex
from state import State


def read_file(folder, name):
    text = (folder / "audit" / f"{name}.hex").read_text()
    return bytes.fromhex("".join(text.split()))


def try_file(folder, name, fingerprint):
    """(what becomes of it, the Audit or None)"""
    try:
        audit = Audit(read_file(folder, name), unhex(fingerprint))
    except NotJudged as why:
        return str(why), None
    return ("verifies" if audit.verifies else "fails"), audit


def of_file(table, name):
    return [row for row in table if row[0] == name]


def check_findings(audit, rows):
    found = {(f.code, f.level, f.log, f.seq, f.last)
             for f in audit.findings}
    wanted = {(code, level, unhex(log), int(seq), int(last))
              for _, code, level, log, seq, last in rows}
    absent = {row for row in wanted if row[1] == "absent"}
    wanted -= absent
    wrong = [f"finding {code} at {seq} is too much"
             for code, _, log, seq, _ in absent
             if (code, log, seq) in {(f[0], f[2], f[3]) for f in found}]
    wrong += [f"finding {code} at {seq} is missing"
             for code, _, _, seq, _ in sorted(wanted - found)]
    if audit.verifies:
        wrong += [f"finding {code} at {seq} is too much"
                  for code, level, _, seq, _ in sorted(found - wanted)
                  if level in (FAIL, VOID)]
    return wrong


def check_totals(audit, rows):
    totals = audit.totals()
    return [f"{what} {totals[what]} for {expected}"
            for _, expected, what in rows if totals[what] != int(expected)]


def check_figures(audit, rows):
    made = {False: Figures(State(audit.ledger, False)),
            True: Figures(State(audit.ledger, True))}
    wanted = {}
    for _, value, row, period, scope, section in rows:
        wanted.setdefault((period, scope, section), []).append((row, value))
    wrong = []
    for (period, scope, section), listed in wanted.items():
        cell = unhex(scope) or None
        found = [(row, str(value)) for row, value in
                 made[section == "2"].rows(read_period(period), cell)]
        if found != listed:
            odd = [row for row, _ in set(found) ^ set(listed)] or ["order"]
            wrong.append(f"figures {period} {scope} {section}: "
                         f"{', '.join(sorted(set(odd)))}")
    return wrong


def check(folder, tables):
    """(name, rows, what is wrong) of each file."""
    for name, expected, fingerprint in tables["files"]:
        verdict, audit = try_file(folder, name, fingerprint)
        wrong = [problem for problem in [differs(verdict, expected)]
                 if problem]
        findings = of_file(tables["findings"], name)
        totals = of_file(tables["totals"], name)
        figures = of_file(tables["figures"], name)
        if audit:
            wrong += check_findings(audit, findings)
            wrong += check_totals(audit, totals)
            wrong += check_figures(audit, figures)
        rows = 1 + len(findings) + len(totals) + len(figures)
        yield f"audit {name}", rows, wrong
    periods = tables["periods"]
    yield "audit periods", len(periods), check_periods(periods)


def check_periods(rows):
    wrong = []
    for name, expected, text, first, last in rows:
        try:
            period = read_period(text)
        except ValueError:
            period = None
        found = ("refuse" if period is None else "accept",
                 "-" if not period or period.first is None
                 else str(period.first),
                 "-" if not period or period.last is None
                 else str(period.last))
        if found != (expected, first, last):
            wrong.append(f"{name} ({found})")
    return wrong
