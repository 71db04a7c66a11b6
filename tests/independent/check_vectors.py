#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""check_vectors.py [FOLDER] -- the golden vectors, read with nothing of the
code that made them.  One line for each table and each audit file:

    ok NAME
    not ok NAME: what differs
"""

import pathlib
import sys

import check_audit
import check_example
import check_forms
import check_keys
import check_rules

TABLES = {**check_forms.TABLES, **check_keys.TABLES, **check_rules.TABLES}
WHOLE_FILES = {**check_rules.WHOLE_FILES, "example": check_example.check}
VECTORS = pathlib.Path(__file__).parents[2] / "protocol" / "vectors"


def read_tables(path):
    """Each table of a file: (name, rows of columns)."""
    tables = []
    for line in path.read_text(encoding="utf-8").split("\n"):
        if line.startswith("@ "):
            tables.append((line[2:].split(" | ")[0], []))
        elif line and not line.startswith("#"):
            tables[-1][1].append(line.split(" | "))
    return tables


def report(name, rows, wrong):
    if not rows:
        wrong = ["no row"]
    if wrong:
        more = f" and {len(wrong) - 5} more" if len(wrong) > 5 else ""
        print(f"not ok {name}: {', '.join(wrong[:5])}{more}")
    else:
        print(f"ok {name}, {rows} rows")
    return not wrong


def check_rows(check, rows):
    wrong = []
    for row in rows:
        try:
            problem = check(*row[1:])
        except Exception as error:      # of one row; the others are tried
            problem = f"{type(error).__name__}: {error}"
        if problem:
            wrong.append(f"{row[0]} ({problem})")
    return wrong


def check_file(path):
    tables = read_tables(path)
    good = True
    if path.stem in WHOLE_FILES:
        rows = sum(len(table) for _, table in tables)
        return report(path.stem, rows, WHOLE_FILES[path.stem](dict(tables)))
    for name, rows in tables:
        name = f"{path.stem} {name}"
        if name in check_rules.WHOLE_TABLES:
            wrong = check_rules.WHOLE_TABLES[name](rows)
        elif name in TABLES:
            wrong = check_rows(TABLES[name], rows)
        else:
            wrong = ["nothing checks it"]
        good &= report(name, len(rows), wrong)
    return good


def main():
    folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else VECTORS
    good = True
    for path in sorted(folder.glob("*.txt")):
        if path.stem == "audit":
            for name, rows, wrong in check_audit.check(
                    folder, dict(read_tables(path))):
                good &= report(name, rows, wrong)
        else:
            good &= check_file(path)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
