#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The verdict on an op and the element it writes to (SPEC.md section 8)."""

from dataclasses import dataclass

from canonical import is_bin, is_uint
from catalogue import (ELEMENT_KINDS, FIELDS, KINDS, NUMBER, ROLE_BY_NUMBER)
from entry import FACTS, KEY, LIST_ITEMS, SCOPES, SEALED
from names import (CELL, LANE, key_id, log_id, quota_subject, scope_kind,
                   u64)

EFFECTIVE = "effective"


class Void(Exception):
    """Its text is the verdict."""


@dataclass
class Place:
    """Where an op stands, and who wrote it."""
    role: str               # None: no certificate
    scope_kind: str         # None: of no known kind
    log: bytes
    seq: int
    number: int
    is_commune_certificate: object = staticmethod(lambda subject: False)


def is_ref(value):
    return (type(value) is list and len(value) == 3 and is_bin(value[0], 16)
            and is_uint(value[1]) and is_uint(value[2]) and value[2] <= 255)


def is_entry(value):
    return (type(value) is list and len(value) == 3 and is_bin(value[0], 16)
            and is_uint(value[1]) and is_bin(value[2], 32))


def has_type(kind, value):
    if kind.startswith("list-"):
        most = SCOPES if kind == "list-bin-8" else LIST_ITEMS
        return (type(value) is list and len(value) <= most and
                all(has_type(kind[5:], item) for item in value))
    if kind.startswith("bin-"):
        return is_bin(value, int(kind[4:]))
    return {"uint": is_uint, "ref": is_ref, "entry": is_entry,
            "int": lambda v: type(v) is int,
            "bool": lambda v: type(v) is bool,
            "text": lambda v: type(v) is str,
            "any": lambda v: True}[kind](value)


def get(op, name):
    return op.fields.get(NUMBER[name])


def require(condition, verdict):
    if not condition:
        raise Void(verdict)


def check_reach(field, place):
    require(place.role in field.roles, "field-role")
    require(place.scope_kind in field.scopes, "field-scope")


def check_public_fields(op, place):
    for number, value in op.fields.items():
        field = FIELDS.get(number)
        if field is None:
            continue
        require(field.section == "public", "type")
        check_reach(field, place)
        require(has_type(field.type, value), "type")
        if field.name == "step" and value in (6, 7):
            require(place.role in ("commune", "secretary"), "field-role")


def check_list(op, place, name, section, part):
    listed = get(op, name)
    if listed is None:
        return
    require(op.part(part) is not None, "parts")
    last = -1
    for number in listed:
        require(number > last, "parts")
        last = number
        field = FIELDS.get(number)
        if field is not None:
            require(field.section == section, "type")
            check_reach(field, place)


def check_granted_role(op, place):
    role = get(op, "role")
    if place.role == "root":
        require(role == ROLE_BY_NUMBER.index("commune"), "check")
    else:
        require(2 <= role <= 5, "check")


def check_kind(op, kind, place):
    for name in kind.must:
        require(NUMBER[name] in op.fields, "check")
    if kind.name == "log":
        require(place.seq == 1 and place.number == 0, "check")
        require(scope_kind(get(op, "scope")) == place.scope_kind, "check")
    elif kind.name == "claim":
        require(place.seq == 1 and place.number == 1, "check")
    elif kind.name in ("certify", "invite"):
        check_granted_role(op, place)
    elif kind.name == "grant":
        require(op.part(KEY) is not None, "check")
    elif kind.name == "device":
        require(get(op, "creates") is True, "check")
    elif kind.name == "cell":
        require(scope_kind(get(op, "scope")) == CELL, "check")
    elif kind.name == "lane":
        require(scope_kind(get(op, "scope")) == LANE, "check")
        require(scope_kind(get(op, "cell")) == CELL, "check")
    elif kind.name == "quota":
        require(scope_kind(get(op, "cell")) == CELL, "check")
        require(get(op, "year") <= 65535, "check")
    elif kind.name == "step":
        require(1 <= get(op, "step") <= 255, "check")
    elif kind.name == "link":
        require(get(op, "link_outcome") in (1, 2), "check")
    elif kind.name == "read":
        require(get(op, "cites") is None, "check")
    elif kind.name == "distinct":
        pair = get(op, "pair")
        require(len(pair) == 2 and pair[0] < pair[1], "check")


def derived_subject(op, kind):
    """The subject that follows from the fields, or None."""
    if kind.subject == "log-id":
        return log_id(get(op, "sign_key"), get(op, "log_salt"),
                      get(op, "scope"))
    if kind.subject == "sign-key":
        return key_id(get(op, "sign_key"))
    if kind.subject == "invite-key":
        return key_id(get(op, "invite_key"))
    if kind.subject == "scope":
        return get(op, "scope") + bytes(8)
    if kind.subject == "quota":
        return quota_subject(get(op, "cell"), get(op, "year"))
    if kind.subject == "zeros":
        return bytes(16)
    return None


def check_op(op, place):
    require(place.role is not None, "certificate")
    require(place.scope_kind is not None, "scope")
    kind = KINDS.get(op.kind)
    if kind is not None:
        require(place.role in kind.roles, "role")
        require(place.scope_kind in kind.scopes, "scope")
    check_public_fields(op, place)
    check_list(op, place, "facts", "facts", FACTS)
    check_list(op, place, "sealed", "sealed", SEALED)
    require(get(op, "creates") is not True or op.part(FACTS), "parts")
    if kind is None:
        return
    check_kind(op, kind, place)
    subject = derived_subject(op, kind)
    require(subject is None or subject == op.subject, "subject")
    if kind.name == "revoke" and place.role == "commune":
        require(not place.is_commune_certificate(op.subject), "check")


def judge(op, place):
    try:
        check_op(op, place)
    except Void as void:
        return str(void)
    return EFFECTIVE


def element(op, place):
    """Of an effective op."""
    kind = KINDS.get(op.kind)
    if kind is None or kind.name not in ELEMENT_KINDS:
        return b""
    if kind.name == "distinct":
        return b"".join(get(op, "pair"))
    log, seq, number = get(op, "cites") or (place.log, place.seq,
                                            place.number)
    step = bytes([get(op, "step")]) if kind.name == "step" else b""
    return log + u64(seq) + bytes([number]) + step
