#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The kinds of ops and the fields (the tables of SPEC.md section 8)."""

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

ELEMENT_KINDS = ("step", "review", "activity", "reminder", "review-note",
                 "distinct")

# number, name, section, type, kinds of scope, letters of roles
FIELDS_TEXT = """\
  1 facts            public list-uint   any               any
  2 sealed           public list-uint   any               any
  3 cites            public ref         any               any
  4 cites_entry      public entry       any               any
  5 creates          public bool        any               any
 10 sign_key         public bin-32      any               any
 11 box_key          public bin-32      root              any
 12 transport_key    public bin-32      root              any
 13 log_salt         public bin-16      any               any
 14 scope            public bin-8       any               any
 15 predecessor      public entry       any               any
 16 role             public uint        root              RC
 17 scopes           public list-bin-8  root              RC
 18 invite_key       public bin-32      root              RC
 19 invite_signature public bin-64      root              any
 20 device_signature public bin-64      root              any
 21 tls_pin          public bin-32      root              RC
 22 address          public text        root              RC
 23 from_size        public uint        root              R
 24 root             public bin-32      root              R
 25 since            public uint        root              RC
 26 epoch            public uint        root              R
 27 leaf             public uint        root              any
 28 inner_hash       public bin-32      root              C
 29 commitment       public bin-32      any               any
 30 generation       public uint        cell,lane         CSD
 31 claim            public ref         root              C
 32 cell             public bin-8       root              C
 33 organisation     public text        root,cell,lane    CSDO
 40 code             public text        root              C
 41 name             public text        root              C
 42 members          public uint        root              C
 43 commissioner     public text        root              C
 44 year             public uint        root,cell         CSD
 45 number           public uint        root              C
 46 why              public text        any               CSDM
 47 step             public uint        cell,lane         CSD
 48 date             public int         any               CSDMO
 49 round            public uint        cell,lane         CSD
 50 voided           public bool        cell,lane         CSDMO
 51 helpers          public list-bin-16 cell              CSD
 52 title            public text        root,cell,lane    CSDO
 53 participants     public uint        cell,lane         CSDO
 54 participant_ids  public list-bin-16 cell,lane         CSDO
 55 place            public any         root              C
 56 merged_into      public any         root,cell         CS
 57 distinct         public bool        commune,cell      CS
 58 linked_person    public bin-16      lane              CSD
 59 link_outcome     public uint        lane              CSD
 60 text             public text        root              C
 61 due              public int         root,cell         CM
 62 done             public bool        root,cell         CSDMO
 63 rule_version     public uint        root              C
 64 tree_size        public uint        root              C
 65 period           public text        root              C
 66 figures          public any         root              C
 67 report_number    public uint        root              C
 68 target           public any         root              any
 69 pair             public list-bin-16 commune,cell      CS
 70 commune_name     public text        root              C
100 birth_year       facts  uint        cell,lane         CSDO
101 residence        facts  text        cell,lane         CSDO
102 organisation_of  facts  text        cell,lane         CSDO
103 reason           facts  text        cell,lane         CSD
104 seen_at_review   facts  bool        cell              CSD
120 full_name        sealed text        cell,lane         CSDO
121 birth_date       sealed int         cell,lane         CSDO
122 gender           sealed text        cell,lane         CSDO
123 workplace        sealed text        cell,lane         CSDO
124 education        sealed text        cell,lane         CSDO
125 phone            sealed text        cell,lane         CSDO
126 notes            sealed text        cell,lane         CSDO
127 ref              sealed text        cell,lane         CSDO
128 holder_name      sealed text        commune,cell,lane CSDMO
129 remark           sealed text        cell              CM
"""


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
    for line in FIELDS_TEXT.splitlines():
        number, name, section, kind, scopes, roles = line.split()
        yield Field(int(number), name, section, kind, scopes_of(scopes),
                    roles_of(roles))


KINDS = {kind.number: kind for kind in read_kinds()}
FIELDS = {field.number: field for field in read_fields()}
NUMBER = {field.name: field.number for field in FIELDS.values()}
STEPS = {1: "listed", 2: "nominated", 3: "introduced", 4: "class_completed",
         5: "trial_started", 6: "admitted", 7: "official", 10: "withdrawn",
         11: "postponed", 12: "moved"}
