#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Tags, hashes and the names that follow from them (SPEC.md section 1)."""

import hashlib

U64_MAX = 2**64 - 1


def tag(name):
    return ("nguon1/" + name).encode().ljust(16, b"\0")


def blake(size, name, *parts, key=b""):
    return hashlib.blake2b(tag(name) + b"".join(parts), digest_size=size,
                           key=key).digest()


def h32(name, *parts):
    return blake(32, name, *parts)


def h16(name, *parts):
    return blake(16, name, *parts)


def keyed(name, key, *parts):
    return blake(32, name, *parts, key=key)


def sha(data):
    return hashlib.sha256(data).digest()


def u16(n):
    return n.to_bytes(2, "big")


def u64(n):
    return n.to_bytes(8, "big")


def root_fingerprint(public_key):
    return h32("root-fpr", public_key)


def key_id(public_key):
    return h16("key-id", public_key)


def log_id(sign_key, salt, scope):
    return h32("log-id", sign_key, salt, scope)[:16]


def chain_start(fingerprint, log):
    return h32("chain0", fingerprint, log)


def chain_next(previous, hashed_form):
    return h32("chain", previous, hashed_form)


def head_message(log, seq, head):
    return tag("head") + log + u64(seq) + head


def masked_salt(salt):
    return h16("salt", salt)


def part_digest(kind, data, masked=False):
    """kind: 1 sealed, 2 facts, 3 key."""
    if kind == 2 and not masked:
        data = masked_salt(data[:16]) + data[16:]
    return h32("part", bytes([kind]), data)


def quota_subject(cell, year):
    return h16("quota", cell, u16(year))


def claim_message(fingerprint, invite, sign_key, box_key, transport_key,
                  salt):
    return (tag("claim") + fingerprint + invite + sign_key + box_key +
            transport_key + salt)


# Scopes

ROOT, COMMUNE, CELL, LANE = "root", "commune", "cell", "lane"
ROOT_SCOPE = bytes(8)


def scope_kind(scope):
    """The kind of a scope, or None."""
    if scope[0] == 0 and not any(scope[1:]):
        return ROOT
    if scope[0] == 1 and not any(scope[1:]):
        return COMMUNE
    return {2: CELL, 3: LANE}.get(scope[0])
