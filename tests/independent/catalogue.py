#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The kinds of ops and the fields (the tables of SPEC.md section 8)."""

import pathlib
from dataclasses import dataclass

from names import CELL, COMMUNE, LANE, ROOT

ROLES = dict(R="root", C="commune", S="secretary", D="deputy",
             M="commissioner", O="organisation", H="hub")
ROLE_BY_NUMBER = list(ROLES.values())
ANY_SCOPE = (ROOT, COMMUNE, CELL, LANE)

# number, name, kinds of scope, letters of roles, what its subject follows
# from, fields that must stand
KINDS_TEXT = """\
 1 log           any               RCSDMOH log-id     sign_key,log_salt,scope
 2 hub-key       root              R       sign-key   sign_key,box_key,tls_pin,from_size,root
 3 recovery-key  root              R       zeros      box_key
 4 certify       root              RC      sign-key   sign_key,box_key,transport_key,role,scopes
 5 invite        root              RC      invite-key invite_key,role,scopes
 6 invite-cancel root              RC      -          -
 7 claim         root              CSDMO   -          sign_key,box_key,transport_key,invite_signature,device_signature
 8 entitle       root              C       -          scopes
 9 revoke        root              RC      -          -
10 tree-restart  root              R       zeros      -
11 segment-lost  root              C       zeros      -
12 grant         commune,cell,lane CSDMO   -          commitment
13 bad-key       root              CSDMO   zeros      -
14 re-key        cell,lane         CSD     -          -
15 erase         cell,lane         CS      -          -
16 erased        root              CSDMOH  zeros      -
17 supersede     any               CSDMO   zeros      -
20 cell          root              C       scope      scope,code,name
21 lane          root              C       scope      scope,cell,organisation
22 quota         root              C       quota      cell,year,number
23 setting       root              C       zeros      -
24 directive     root              C       -          -
25 read          root              CSDMO   -          -
26 freeze        root              C       -          -
27 ranking       root              C       -          -
28 device        commune,cell,lane CSDMO   -          creates
30 person        cell              CSD     -          -
31 step          cell,lane         CSD     -          step
32 review        cell              CSD     -          -
33 activity      cell,lane         CSDO    -          -
34 reminder      cell              CM      -          -
35 review-note   cell              CM      -          -
36 nomination    lane              OC      -          -
37 link          lane              CSD     -          link_outcome
38 moved-in      cell              C       -          -
39 moved-out     cell              C       -          -
40 place         root              C       -          -
41 merge         cell              CS      -          -
42 distinct      commune,cell      CS      zeros      pair
"""

ELEMENT_KINDS = ("read", "step", "review", "activity", "reminder",
                 "review-note", "distinct")

SPEC = pathlib.Path(__file__).parents[2] / "protocol" / "SPEC.md"
FIELDS_TITLE = "### 8.2 Fields"


@dataclass(frozen=True)
class Kind:
    number: int
    name: str
    scopes: tuple
    roles: frozenset
    subject: str
    must: tuple


@dataclass(frozen=True)
class Field:
    number: int
    name: str
    section: str
    type: str
    scopes: tuple
    roles: frozenset


def scopes_of(text):
    return ANY_SCOPE if text == "any" else tuple(text.split(","))


def roles_of(text):
    letters = "RCSDMOH" if text == "any" else text
    return frozenset(ROLES[letter] for letter in letters)


def read_kinds():
    for line in KINDS_TEXT.splitlines():
        number, name, scopes, roles, subject, must = line.split()
        yield Kind(int(number), name, scopes_of(scopes), roles_of(roles),
                   subject, () if must == "-" else tuple(must.split(",")))


def read_fields():
    """The rows of SPEC.md's table, whose first column is a number."""
    section = SPEC.read_text(encoding="utf-8").split(FIELDS_TITLE)[1]
    for line in section.split("\n#")[0].splitlines():
        columns = [column.strip() for column in line.strip("|").split("|")]
        if len(columns) != 6 or not columns[0].isdigit():
            continue
        number, name, where, kind, scopes, roles = columns
        kind = kind.split(" (")[0].replace(" ", "-")
        roles = roles.split(";")[0].replace(" ", "")
        yield Field(int(number), name, where, kind,
                    scopes_of(scopes.replace(" ", ",")), roles_of(roles))


KINDS = {kind.number: kind for kind in read_kinds()}
FIELDS = {field.number: field for field in read_fields()}
NUMBER = {field.name: field.number for field in FIELDS.values()}
STEPS = {1: "listed", 2: "nominated", 3: "introduced", 4: "class_completed",
         5: "trial_started", 6: "admitted", 7: "official", 10: "withdrawn",
         11: "postponed", 12: "moved"}
