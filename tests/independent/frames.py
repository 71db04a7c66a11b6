#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Frames and files (SPEC.md sections 11 and 12)."""

from dataclasses import dataclass

from canonical import (Malformed, array_head, is_bin, is_uint, need, read,
                       read_whole, within)
from names import U64_MAX, h32

MAGIC = b"NGUON\r\n\x1a"
PACKET, AUDIT = 1, 2
HEADER_BYTES = 68
FRAME_BYTES = 1050624
LEAF_RUN = 16384
ENTRY_BYTES = 262144
SEGMENT_ENTRIES = 1024
SEGMENT_BYTES = 1048576
INVITE_BYTES = 32768
BIN_BYTES = 65536

HAVE, SEGMENT, HEAD, WANT, INVITATION = range(1, 6)
(VERDICT, LEAVES, LEAF, RECEIPT, CHECKPOINT, NEXT, BARE, REFUSED,
 EXPORT) = range(16, 25)

# elements behind the type: u uint, b bin, ? bool, a number a bin of that
# size, * the entries of a segment
SHAPES = {
    HAVE: ["u", "u"],
    SEGMENT: [16, "u", "*", 64],
    HEAD: [16, "u", 32, 64],
    WANT: [8, "u", "u"],
    INVITATION: ["b", "b"],
    VERDICT: [16, "u", 32, "u"],
    LEAVES: ["u", "b"],
    LEAF: ["u", "u", 8, 16, "u", "*", 64],
    RECEIPT: ["u", "u", 16, "u", "u"],
    CHECKPOINT: ["u", 32, 64],
    NEXT: ["?", "u"],
    BARE: ["u", 8, 136],
    REFUSED: ["u"],
    EXPORT: ["u", 16],
}


class BadLeaf(Malformed):
    """A leaf that breaks off in an entry."""

    def __init__(self, index, log, seq):
        super().__init__("entry")
        self.index, self.log, self.seq = index, log, seq


@dataclass
class Bare:
    log: bytes
    first: int
    last: int
    head: bytes

    @staticmethod
    def of(inner):
        number = lambda at: int.from_bytes(inner[at:at + 8], "big")
        return Bare(inner[:16], number(16), number(24), inner[32:64])


def read_entries(data, at, before):
    """The bytes of each entry of a list, and where it ends; before: the
    elements in front of it."""
    count, at = array_head(data, at)
    entries = []
    for n in range(count):
        try:
            _, end = read(data, at, 30)
        except Malformed:
            if len(before) < 5:
                raise
            raise BadLeaf(before[0], before[3], before[4] + n) from None
        entries.append(data[at:end])
        at = end
    return entries, at


def fits(shape, value):
    if shape == "u":
        return is_uint(value)
    if shape == "?":
        return type(value) is bool
    return is_bin(value, None if shape == "b" else shape)


def check_sizes(entries):
    within(len(entries) <= SEGMENT_ENTRIES, "entries")
    within(all(len(entry) <= ENTRY_BYTES for entry in entries), "entry")
    within(sum(map(len, entries)) <= SEGMENT_BYTES, "segment")


def check_content(kind, v):
    """What a frame must keep to beyond the types of its elements."""
    if kind in (SEGMENT, LEAF):
        first, entries = v[-3], v[-2]
        need(first >= 1 and entries and first + len(entries) <= U64_MAX)
        check_sizes(entries)
    elif kind == HEAD:
        need(v[1] >= 1)
    elif kind == WANT:
        need(v[1] <= v[2])
    elif kind == LEAVES:
        need(v[1] and len(v[1]) % 40 == 0)
        need(v[0] + len(v[1]) // 40 <= U64_MAX)
        within(len(v[1]) <= 40 * LEAF_RUN, "leaves")
    elif kind == INVITATION:
        within(len(v[0]) <= BIN_BYTES and len(v[1]) <= INVITE_BYTES, "parts")
    elif kind == RECEIPT:
        need(1 <= v[3] <= v[4])
    elif kind == BARE:
        need(1 <= Bare.of(v[2]).first <= Bare.of(v[2]).last)


def read_frame(data):
    """(type, elements behind it) of a frame; elements None if unknown."""
    count, at = array_head(data, 0)
    need(count >= 1)
    kind, at = read(data, at)
    need(is_uint(kind))
    if kind not in SHAPES:
        read_whole(data)
        return kind, None
    need(count == len(SHAPES[kind]) + 1)
    values = []
    for shape in SHAPES[kind]:
        if shape == "*":
            value, at = read_entries(data, at, values)
        else:
            value, at = read(data, at)
            need(fits(shape, value))
        values.append(value)
    need(at == len(data), "something behind")
    check_content(kind, values)
    return kind, values


# Files

class NotJudged(Exception):
    """Not a file of this format, of this version or of this commune."""


class Cut(Exception):
    """A file that ends too early, or has a wrong trailer."""


@dataclass
class Header:
    kind: int
    fingerprint: bytes
    device: bytes
    created: int


def read_header(data):
    if data[:8] != MAGIC[:len(data[:8])]:
        raise NotJudged("format")
    if len(data) < HEADER_BYTES:
        raise NotJudged("cut-off")
    version, kind = data[8], data[9]
    if version != 1:
        raise NotJudged("version" if version > 1 else "format")
    if kind not in (PACKET, AUDIT) or data[10:12] != bytes(2):
        raise NotJudged("format")
    return Header(kind, data[12:44], data[44:60],
                  int.from_bytes(data[60:68], "big"))


def frames_of(data):
    """Each frame of a file; raises Cut at what is wrong behind them."""
    at = HEADER_BYTES
    while True:
        if at + 4 > len(data):
            raise Cut("cut-off")
        size = int.from_bytes(data[at:at + 4], "big")
        at += 4
        if size == 0:
            break
        if size > FRAME_BYTES:
            raise Cut("limit")
        if at + size > len(data):
            raise Cut("cut-off")
        yield data[at:at + size]
        at += size
    if at + 32 > len(data):
        raise Cut("cut-off")
    if at + 32 < len(data):
        raise Cut("format")
    if h32("file", data[:at]) != data[at:]:
        raise Cut("damaged")
