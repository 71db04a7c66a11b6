#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""check_scenario.py FIGURES FILE ROOT -- whether verify.py finds the audit
file FILE good and counts what FIGURES (period,scope,figure,value) says.  The
last line says how much that was; exit 1 if anything differs."""

import csv
import pathlib
import subprocess
import sys

VERIFY = pathlib.Path(__file__).with_name("verify.py")


def read_rows(lines):
    rows = csv.DictReader(lines)
    return {(row["period"], row["scope"], row["figure"]): row["value"]
            for row in rows}


def counted(file, root, periods):
    """The rows that verify.py prints; None if the file does not verify."""
    command = [sys.executable, "-B", VERIFY, file, "--root", root,
               "--figures", "--period", ",".join(periods)]
    done = subprocess.run(command, stdout=subprocess.PIPE, encoding="utf-8")
    if done.returncode != 0:
        print(done.stdout)
        return None
    table = done.stdout[done.stdout.index("period,scope,figure,value"):]
    return read_rows(table.splitlines())


def main():
    path, file, root = sys.argv[1:]
    with open(path, encoding="utf-8-sig", newline="") as figures:
        wanted = read_rows(figures)
    found = counted(file, root, sorted({row[0] for row in wanted}))
    if found is None:
        return 1
    differ = [row for row in wanted if found.get(row) != wanted[row]]
    for row in differ[:20]:
        print(f"{','.join(row)}: {found.get(row)} for {wanted[row]}")
    print(f"{len(wanted) - len(differ)} of {len(wanted)} rows agree")
    return 1 if differ or not wanted else 0


if __name__ == "__main__":
    sys.exit(main())
