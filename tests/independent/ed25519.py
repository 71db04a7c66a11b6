#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Ed25519 (RFC 8032): the strict rule of SPEC.md section 2, and the public
key of a seed.  Points are (X, Y, Z, T) with x = X/Z, y = Y/Z, xy = T/Z."""

import hashlib

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
D2 = 2 * D % P
SQRT_M1 = pow(2, (P - 1) // 4, P)
NEUTRAL = (0, 1, 1, 0)


def add(p, q):
    a = (p[1] - p[0]) * (q[1] - q[0]) % P
    b = (p[1] + p[0]) * (q[1] + q[0]) % P
    c = p[3] * D2 * q[3] % P
    d = 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def double(p):
    a = p[0] * p[0] % P
    b = p[1] * p[1] % P
    c = 2 * p[2] * p[2] % P
    h = a + b
    e = h - (p[0] + p[1]) ** 2 % P
    g = a - b
    f = c + g
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def negate(p):
    return (P - p[0], p[1], p[2], P - p[3])


def is_neutral(p):
    return p[0] % P == 0 and (p[1] - p[2]) % P == 0


def decode(data):
    """The point of a canonical encoding, else None."""
    y = int.from_bytes(data, "little")
    sign = y >> 255
    y &= 2**255 - 1
    if y >= P:
        return None
    u = (y * y - 1) % P
    v = (D * y * y + 1) % P
    x = u * pow(v, 3, P) * pow(u * pow(v, 7, P), (P - 5) // 8, P) % P
    if v * x * x % P != u:
        x = x * SQRT_M1 % P
        if v * x * x % P != u:
            return None
    if x == 0 and sign:
        return None
    if x & 1 != sign:
        x = P - x
    return (x, y, 1, x * y % P)


def encode(p):
    z = pow(p[2], P - 2, P)
    x, y = p[0] * z % P, p[1] * z % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


def multiples(p):
    """0 to 15 times a point."""
    table = [NEUTRAL, p]
    while len(table) < 16:
        table.append(add(table[-1], p))
    return table


BASE_Y = 4 * pow(5, P - 2, P) % P
BASE = decode(BASE_Y.to_bytes(32, "little"))
BASE_TABLE = multiples(BASE)


def two_products(s, k, table):
    """[s]B + [k]Q, where table has the multiples of Q."""
    r = NEUTRAL
    for shift in range(252, -4, -4):
        r = double(double(double(double(r))))
        if s >> shift & 15:
            r = add(r, BASE_TABLE[s >> shift & 15])
        if k >> shift & 15:
            r = add(r, table[k >> shift & 15])
    return r


def of_small_order(p):
    return is_neutral(double(double(double(p))))


KEYS = {}


def key_table(public_key):
    """The multiples of -A, or None for a key that cannot be used."""
    if public_key not in KEYS:
        a = decode(public_key)
        usable = a is not None and not of_small_order(a)
        KEYS[public_key] = multiples(negate(a)) if usable else None
    return KEYS[public_key]


def verify(public_key, message, signature):
    if len(public_key) != 32 or len(signature) != 64:
        return False
    s = int.from_bytes(signature[32:], "little")
    table = key_table(public_key)
    if s >= L or table is None:
        return False
    r = decode(signature[:32])
    if r is None or of_small_order(r):
        return False
    digest = hashlib.sha512(signature[:32] + public_key + message).digest()
    k = int.from_bytes(digest, "little") % L
    return encode(two_products(s, k, table)) == signature[:32]


def public_key(seed):
    digest = hashlib.sha512(seed).digest()
    s = int.from_bytes(digest[:32], "little")
    s = s & ~(7 | 1 << 255) | 1 << 254
    return encode(two_products(s % L, 0, BASE_TABLE))
