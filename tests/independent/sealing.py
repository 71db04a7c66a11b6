#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""X25519, XChaCha20-Poly1305 and libsodium's sealed boxes: what opens sealed
parts, invites and grants (SPEC.md section 2).  Made for small inputs."""

import hashlib
import struct

P = 2**255 - 19
MASK = 0xffffffff
SIGMA = struct.unpack("<4I", b"expand 32-byte k")


def x25519(secret, point):
    """The shared secret, or None if it is all zero."""
    k = int.from_bytes(secret, "little") & ~7 & ~(1 << 255) | 1 << 254
    u = int.from_bytes(point, "little") & (1 << 255) - 1
    x2, z2, x3, z3 = 1, 0, u, 1
    for bit in range(254, -1, -1):
        swap = k >> bit & 1
        if swap:
            x2, z2, x3, z3 = x3, z3, x2, z2
        a, b = x2 + z2, x2 - z2
        da, cb = (x3 - z3) * a % P, (x3 + z3) * b % P
        aa, bb = a * a % P, b * b % P
        e = aa - bb
        x3, z3 = (da + cb) ** 2 % P, u * (da - cb) ** 2 % P
        x2, z2 = aa * bb % P, e * (aa + 121665 * e) % P
        if swap:
            x2, z2, x3, z3 = x3, z3, x2, z2
    result = x2 * pow(z2, P - 2, P) % P
    return result.to_bytes(32, "little") if result else None


def x25519_public(secret):
    return x25519(secret, (9).to_bytes(32, "little"))


def rotate(x, n):
    return (x << n | x >> (32 - n)) & MASK


def chacha_quarter(s, a, b, c, d):
    for x, y, z, n in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8),
                       (c, d, b, 7)):
        s[x] = (s[x] + s[y]) & MASK
        s[z] = rotate(s[z] ^ s[x], n)


def salsa_quarter(s, a, b, c, d):
    for x, y, z, n in ((b, a, d, 7), (c, b, a, 9), (d, c, b, 13),
                       (a, d, c, 18)):
        s[x] ^= rotate((s[y] + s[z]) & MASK, n)


CHACHA_ROUNDS = ((0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14), (3, 7, 11, 15),
                 (0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14))
SALSA_ROUNDS = ((0, 4, 8, 12), (5, 9, 13, 1), (10, 14, 2, 6), (15, 3, 7, 11),
                (0, 1, 2, 3), (5, 6, 7, 4), (10, 11, 8, 9), (15, 12, 13, 14))


def mixed(state, quarter, rounds):
    s = list(state)
    for _ in range(10):
        for where in rounds:
            quarter(s, *where)
    return s


def block_of(state, quarter, rounds):
    s = mixed(state, quarter, rounds)
    return struct.pack("<16I", *((a + b) & MASK for a, b in zip(s, state)))


def chacha_state(key, tail):
    return [*SIGMA, *struct.unpack("<8I", key), *struct.unpack("<4I", tail)]


def salsa_state(key, tail):
    k, n = struct.unpack("<8I", key), struct.unpack("<4I", tail)
    return [SIGMA[0], *k[:4], SIGMA[1], *n, SIGMA[2], *k[4:], SIGMA[3]]


def hchacha(key, nonce):
    s = mixed(chacha_state(key, nonce), chacha_quarter, CHACHA_ROUNDS)
    return struct.pack("<8I", *s[:4], *s[12:])


def hsalsa(key, nonce):
    s = mixed(salsa_state(key, nonce), salsa_quarter, SALSA_ROUNDS)
    return struct.pack("<8I", s[0], s[5], s[10], s[15], *s[6:10])


def chacha_stream(key, nonce, size, first):
    blocks = (block_of(chacha_state(key, struct.pack("<I", n) + nonce),
                       chacha_quarter, CHACHA_ROUNDS)
              for n in range(first, first + size // 64 + 1))
    return b"".join(blocks)[:size]


def salsa_stream(key, nonce, size):
    blocks = (block_of(salsa_state(key, nonce + struct.pack("<Q", n)),
                       salsa_quarter, SALSA_ROUNDS)
              for n in range(size // 64 + 1))
    return b"".join(blocks)[:size]


def xor(a, b):
    return bytes(x ^ y for x, y in zip(a, b))


def poly1305(key, data):
    r = int.from_bytes(key[:16], "little") & 0x0ffffffc0ffffffc0ffffffc0fffffff
    total = 0
    for at in range(0, len(data), 16):
        block = data[at:at + 16] + b"\1"
        total = (total + int.from_bytes(block, "little")) * r % (2**130 - 5)
    total += int.from_bytes(key[16:], "little")
    return (total & (1 << 128) - 1).to_bytes(16, "little")


def padded(data):
    return data + bytes(-len(data) % 16)


def aead_open(key, nonce, sealed, associated):
    """XChaCha20-Poly1305: the plaintext, or None."""
    if len(sealed) < 16:
        return None
    data, mac = sealed[:-16], sealed[-16:]
    subkey, rest = hchacha(key, nonce[:16]), bytes(4) + nonce[16:]
    one_time = chacha_stream(subkey, rest, 32, 0)
    signed = (padded(associated) + padded(data) +
              struct.pack("<2Q", len(associated), len(data)))
    if poly1305(one_time, signed) != mac:
        return None
    return xor(data, chacha_stream(subkey, rest, len(data), 1))


def sealed_box_open(secret, box):
    """crypto_box_seal: the plaintext, or None."""
    if len(box) < 48:
        return None
    sender, mac, data = box[:32], box[32:48], box[48:]
    shared = x25519(secret, sender)
    if shared is None:
        return None
    nonce = hashlib.blake2b(sender + x25519_public(secret),
                            digest_size=24).digest()
    key = hsalsa(hsalsa(shared, bytes(16)), nonce[:16])
    stream = salsa_stream(key, nonce[16:], 32 + len(data))
    if poly1305(stream[:32], data) != mac:
        return None
    return xor(data, stream[32:])
