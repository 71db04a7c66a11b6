#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""verify.py FILE --root FPR [--period P] [--scope CODE] [--figures]

Verifies an audit file with nothing but the root fingerprint, as SPEC.md says.
The first line is the verdict, the next are findings (level, code, log, seq),
then rows period,scope,figure,value if they are wanted.  Exit 0: verifies,
1: does not, 2: could not try."""

import argparse
import csv
import sys

from audit import Audit
from figures import Figures, read_period
from frames import NotJudged
from state import State


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[2])
    parser.add_argument("file")
    parser.add_argument("--root", required=True, metavar="FPR",
                        help="root fingerprint, 64 hex digits")
    parser.add_argument("--period", default="all", metavar="P",
                        help="all, YYYY, YYYYQn, or two of these with -; "
                        "several with commas between them")
    parser.add_argument("--scope", metavar="CODE",
                        help="commune, or the code of a cell; else all")
    parser.add_argument("--figures", action="store_true")
    return parser.parse_args()


def scopes(figures, wanted):
    """(code, scope) to print; the commune's is None."""
    every = [("commune", None)] + figures.cells
    found = [one for one in every if wanted in (None, one[0])]
    if not found:
        raise ValueError(f"no cell has the code {wanted}")
    return found


def print_figures(audit, late, periods, wanted):
    figures = Figures(State(audit.ledger, late))
    out = csv.writer(sys.stdout, lineterminator="\n")
    out.writerow(("period", "scope", "figure", "value"))
    for text in periods:
        for code, scope in scopes(figures, wanted):
            for figure, value in figures.rows(read_period(text), scope):
                out.writerow((text, code, figure, value))


def print_findings(audit):
    for f in audit.findings:
        seqs = f"{f.seq}-{f.last}" if f.last else str(f.seq)
        where = f"{f.log.hex()} {seqs}" if f.log else "-"
        print(f"{f.level} {f.code} {where}")


def run(args):
    fingerprint = bytes.fromhex(args.root)
    if len(fingerprint) != 32:
        raise ValueError("a root fingerprint has 64 hex digits")
    periods = args.period.split(",")
    for period in periods:
        read_period(period)
    with open(args.file, "rb") as file:
        audit = Audit(file.read(), fingerprint)
    print("verifies" if audit.verifies else "does not verify")
    print_findings(audit)
    if args.figures:
        print_figures(audit, False, periods, args.scope)
        if audit.export_time is not None:
            print("with what has no leaf")
            print_figures(audit, True, periods, args.scope)
    return 0 if audit.verifies else 1


def main():
    try:
        return run(arguments())
    except NotJudged as why:
        print(f"cannot be tried: {why}")
    except (OSError, ValueError) as why:
        print(f"verify.py: {why}", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
