#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Entries, ops and parts (SPEC.md sections 4 and 5)."""

from dataclasses import dataclass, field

from canonical import (Malformed, array_head, is_bin, is_uint, measure, need,
                       read, read_whole, within)
from names import part_digest

TEXT_BYTES = 1024
BIN_BYTES = 65536
PART_BYTES = 65536
OP_FIELDS = 64
LIST_ITEMS = 256
ENTRY_OPS = 256
ENTRY_BYTES = 262144
ENTRY_VALUES = 65536
SCOPES = 512
FIELDS_DEPTH = 5    # of a fields map, itself included
SEALED, FACTS, KEY = 1, 2, 3


@dataclass
class Part:
    kind: int
    form: str           # full, masked, digest, later
    digest: bytes
    data: bytes = b""


@dataclass
class Op:
    kind: int
    subject: bytes
    fields: dict
    parts: list

    def part(self, kind):
        return next((p for p in self.parts if p.kind == kind), None)


@dataclass
class Entry:
    seen: int
    time: int
    epoch: int = None       # None: no pair stands
    root: bytes = None
    known_epoch: int = 0    # its own, or that of the entry before it
    ops: list = field(default_factory=list)
    hashed_form: bytes = b""
    counted: int = 0    # its bytes as LIMIT_ENTRY_BYTES counts them


def check_value_limits(value):
    if type(value) is str:
        within(len(value.encode()) <= TEXT_BYTES, "text")
    elif type(value) is bytes:
        within(len(value) <= BIN_BYTES, "bin")
    elif type(value) in (list, dict):
        within(len(value) <= SCOPES, "items")
        items = value if type(value) is list else value.values()
        for item in items:
            check_value_limits(item)


def read_fields(data, at):
    fields, end = read(data, at)
    need(type(fields) is dict)
    within(len(fields) <= OP_FIELDS, "fields")
    depth, count, _ = measure(fields)
    within(depth <= FIELDS_DEPTH, "depth")
    within(count <= ENTRY_VALUES, "values")
    for value in fields.values():
        check_value_limits(value)
    return fields, end


def read_part(data, at):
    value, end = read(data, at)
    need(type(value) is list and 1 <= len(value) <= 3)
    if is_bin(value[0]):
        need(len(value[0]) == 33 and 1 <= value[0][0] <= 3)
        need(len(value) == 1 or (len(value) == 2 and value[1] is True))
        form = "digest" if len(value) == 1 else "later"
        return Part(value[0][0], form, value[0][1:]), end
    need(is_uint(value[0]) and 1 <= value[0] <= 3 and len(value) >= 2)
    kind, content = value[0], value[1]
    need(is_bin(content))
    need(len(value) == 2 or (kind == FACTS and value[2] is True))
    need(kind != FACTS or len(content) >= 17)
    within(len(content) <= PART_BYTES, "part")
    form = "full" if len(value) == 2 else "masked"
    digest = part_digest(kind, content, form == "masked")
    return Part(kind, form, digest, content), end


class Builder:
    """Copies an entry to its hashed form while it is read."""

    def __init__(self, data, at):
        self.data, self.copied = data, at
        self.form = bytearray()
        self.surplus = 0

    def replace_part(self, part, begin, end):
        size = end - begin
        self.form += self.data[self.copied:begin]
        self.form += bytes([0x92, part.kind, 0xc4, 0x20]) + part.digest
        self.copied = end
        more = part.kind == FACTS and part.form == "full"
        self.surplus += max(37, size + more) - size

    def finish(self, end):
        self.form += self.data[self.copied:end]
        return bytes(self.form)


def read_op(data, at, builder):
    count, at = array_head(data, at)
    need(count == 4)
    kind, at = read(data, at)
    need(is_uint(kind))
    subject, at = read(data, at)
    need(is_bin(subject, 16))
    fields, at = read_fields(data, at)
    count, at = array_head(data, at)
    need(count <= 3)
    parts = []
    for _ in range(count):
        part, end = read_part(data, at)
        need(not parts or part.kind > parts[-1].kind)
        builder.replace_part(part, at, end)
        parts.append(part)
        at = end
    return Op(kind, subject, fields, parts), at


def read_entry(data, at=0):
    """An entry from at: (entry, where it ends)."""
    begin = at
    builder = Builder(data, at)
    length, at = array_head(data, at)
    need(length in (3, 4))
    seen, at = read(data, at)
    time, at = read(data, at)
    need(is_uint(seen) and is_uint(time))
    entry = Entry(seen, time)
    if length == 4:
        pair, at = read(data, at)
        need(type(pair) is list and len(pair) == 2)
        need(is_uint(pair[0]) and is_bin(pair[1], 32))
        entry.epoch, entry.root = pair
    count, at = array_head(data, at)
    need(count >= 1)
    within(count <= ENTRY_OPS, "ops")
    for _ in range(count):
        op, at = read_op(data, at, builder)
        entry.ops.append(op)
    entry.hashed_form = builder.finish(at)
    entry.counted = at - begin + builder.surplus
    within(entry.counted <= ENTRY_BYTES, "entry")
    return entry, at


def whole_entry(data):
    entry, end = read_entry(data)
    need(end == len(data), "something behind")
    return entry


def part_holds(value):
    """Whether a facts or sealed part may hold that map."""
    depth, _, most = measure(value)
    return (len(value) <= OP_FIELDS and most <= LIST_ITEMS and
            depth <= FIELDS_DEPTH and longest_text(value) <= TEXT_BYTES)


def longest_text(value):
    if type(value) is str:
        return len(value.encode())
    if type(value) not in (list, dict):
        return 0
    items = value if type(value) is list else value.values()
    return max(map(longest_text, items), default=0)


def read_facts(data):
    """The map of a facts part, None if it holds nothing."""
    try:
        value = read_whole(data[16:])
    except Malformed:
        return None
    return value if type(value) is dict and part_holds(value) else None


def facts_map(part):
    """What a facts part holds: its map, or None."""
    if part is None or part.form not in ("full", "masked"):
        return None
    return read_facts(part.data)
