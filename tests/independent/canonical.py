#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Canonical MessagePack (SPEC.md section 3): bytes to None, bool, int, str,
bytes, list and dict.  Anything that is not canonical is refused."""


class Malformed(Exception):
    """Not canonical, or not of the shape that must stand there."""
    reason = "format"


class OverLimit(Malformed):
    reason = "limit"


NEST_MOST = 32


def need(condition, why="shape"):
    if not condition:
        raise Malformed(why)


def within(condition, why):
    if not condition:
        raise OverLimit(why)


def is_uint(value):
    return type(value) is int and value >= 0


def is_bin(value, size=None):
    return type(value) is bytes and (size is None or len(value) == size)


def number(data, at, size, least):
    """An unsigned number of size bytes that needs that many."""
    need(at + size <= len(data), "ends too early")
    n = int.from_bytes(data[at:at + size], "big")
    need(n >= least, "not the shortest form")
    return n, at + size


def signed(data, at, size):
    need(at + size <= len(data), "ends too early")
    n = int.from_bytes(data[at:at + size], "big", signed=True)
    most = -33 if size == 1 else -(1 << (4 * size - 1)) - 1
    need(n <= most, "not the shortest form")
    return n, at + size


# first byte: (bytes of the length, least value that needs them)
STR = {0xd9: (1, 32), 0xda: (2, 2**8), 0xdb: (4, 2**16)}
BIN = {0xc4: (1, 0), 0xc5: (2, 2**8), 0xc6: (4, 2**16)}
ARRAY = {0xdc: (2, 16), 0xdd: (4, 2**16)}
MAP = {0xde: (2, 16), 0xdf: (4, 2**16)}
UINT = {0xcc: (1, 2**7), 0xcd: (2, 2**8), 0xce: (4, 2**16), 0xcf: (8, 2**32)}
INT = {0xd0: 1, 0xd1: 2, 0xd2: 4, 0xd3: 8}


def head(data, at, short, mask, table):
    """The count of an array or map, if that stands there."""
    need(at < len(data), "ends too early")
    byte = data[at]
    if byte & ~mask & 0xff == short:
        return byte & mask, at + 1
    need(byte in table)
    return number(data, at + 1, *table[byte])


def array_head(data, at):
    return head(data, at, 0x90, 15, ARRAY)


def map_head(data, at):
    return head(data, at, 0x80, 15, MAP)


def text(data):
    try:
        value = data.decode("utf-8")
    except UnicodeDecodeError:
        raise Malformed("UTF-8") from None
    need("\0" not in value, "NUL")
    return value


def run(data, at, size):
    need(at + size <= len(data), "ends too early")
    return data[at:at + size], at + size


def read(data, at=0, nest=NEST_MOST):
    """One value from at: (value, where the next one begins)."""
    need(at < len(data), "ends too early")
    byte = data[at]
    if byte <= 0x7f:
        return byte, at + 1
    if byte >= 0xe0:
        return byte - 256, at + 1
    if byte <= 0x8f or byte in MAP:
        return read_map(data, at, nest)
    if byte <= 0x9f or byte in ARRAY:
        return read_array(data, at, nest)
    if byte <= 0xbf:
        part, at = run(data, at + 1, byte & 31)
        return text(part), at
    if byte in (0xc0, 0xc2, 0xc3):
        return {0xc0: None, 0xc2: False, 0xc3: True}[byte], at + 1
    if byte in UINT:
        return number(data, at + 1, *UINT[byte])
    if byte in INT:
        return signed(data, at + 1, INT[byte])
    if byte in BIN:
        size, at = number(data, at + 1, *BIN[byte])
        return run(data, at, size)
    need(byte in STR, "not a type of this format")
    size, at = number(data, at + 1, *STR[byte])
    part, at = run(data, at, size)
    return text(part), at


def read_array(data, at, nest):
    count, at = array_head(data, at)
    need(nest > 0, "nests too deep")
    need(count <= len(data) - at, "ends too early")
    values = []
    for _ in range(count):
        value, at = read(data, at, nest - 1)
        values.append(value)
    return values, at


def read_map(data, at, nest):
    count, at = map_head(data, at)
    need(nest > 0, "nests too deep")
    need(2 * count <= len(data) - at, "ends too early")
    values = {}
    last = -1
    for _ in range(count):
        key, at = read(data, at, nest - 1)
        need(is_uint(key) and key > last, "keys must ascend")
        values[key], at = read(data, at, nest - 1)
        last = key
    return values, at


def read_whole(data):
    value, at = read(data)
    need(at == len(data), "something behind")
    return value


def measure(value):
    """(depth, number of values, most items) of a decoded value.  It counts
    itself, what stands in its arrays and maps, and map keys."""
    if type(value) not in (list, dict):
        return 0, 1, 0
    items = value if type(value) is list else value.values()
    depth, count, most = 0, 1, len(value)
    if type(value) is dict:
        count += len(value)
    for item in items:
        d, c, m = measure(item)
        depth, count, most = max(depth, d), count + c, max(most, m)
    return depth + 1, count, most
