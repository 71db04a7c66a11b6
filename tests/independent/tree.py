#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The tree (RFC 6962) and its checkpoints (SPEC.md section 7)."""

import base64
import unicodedata

import ed25519
from canonical import Malformed, need, within
from names import U64_MAX, sha, u64

EMPTY_ROOT = sha(b"")
CHECKPOINT_BYTES = 2048


def inner(log, first, last, head, signature, time):
    return log + u64(first) + u64(last) + head + signature + u64(time)


def leaf_hash(scope, inner_hash):
    return sha(b"\0" + scope + inner_hash)


def node(left, right):
    return sha(b"\1" + left + right)


class Tree:
    """Grows leaf by leaf and knows its root at every size."""

    def __init__(self):
        self.size = 0
        self.roots = [EMPTY_ROOT]
        self.peaks = []     # (height, hash) of the full subtrees

    def append(self, hash_of_leaf):
        peaks, top = self.peaks, (0, hash_of_leaf)
        while peaks and peaks[-1][0] == top[0]:
            top = (top[0] + 1, node(peaks.pop()[1], top[1]))
        peaks.append(top)
        root = peaks[-1][1]
        for _, left in reversed(peaks[:-1]):
            root = node(left, root)
        self.roots.append(root)
        self.size += 1


def inclusion_holds(index, size, leaf, root, proof):
    if index >= size:
        return False
    here, last, hash_here = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if here & 1 or here == last:
            hash_here = node(sibling, hash_here)
            while not here & 1 and here:
                here, last = here >> 1, last >> 1
        else:
            hash_here = node(hash_here, sibling)
        here, last = here >> 1, last >> 1
    return last == 0 and hash_here == root


def consistency_holds(m, n, root_m, root_n, proof):
    if m > n:
        return False
    if m == 0 or m == n:
        return not proof and (root_m == root_n if m else root_m == EMPTY_ROOT)
    proof = list(proof)
    if m & (m - 1) == 0:
        proof.insert(0, root_m)
    if not proof:
        return False
    here, last = m - 1, n - 1
    while here & 1:
        here, last = here >> 1, last >> 1
    old = new = proof[0]
    for sibling in proof[1:]:
        if last == 0:
            return False
        if here & 1 or here == last:
            old, new = node(sibling, old), node(sibling, new)
            while not here & 1 and here:
                here, last = here >> 1, last >> 1
        else:
            new = node(new, sibling)
        here, last = here >> 1, last >> 1
    return last == 0 and old == root_m and new == root_n


# Checkpoints

def key_name(fingerprint):
    return "nguon/" + fingerprint[:8].hex()


def note_key_id(name, hub_key):
    return sha(name.encode() + b"\n\1" + hub_key)[:4]


def note_text(name, size, root):
    encoded = base64.b64encode(root).decode()
    return f"{name}\n{size}\n{encoded}\n".encode()


def checkpoint_holds(fingerprint, hub_key, size, root, signature):
    text = note_text(key_name(fingerprint), size, root)
    return ed25519.verify(hub_key, text, signature)


def strict_base64(text):
    try:
        data = base64.b64decode(text.encode("ascii"), validate=True)
    except ValueError:
        raise Malformed("base64") from None
    need(base64.b64encode(data).decode() == text, "base64")
    return data


def read_size(text):
    need(text.isascii() and text.isdigit(), "size")
    need(text == "0" or text[0] != "0", "size")
    need(len(text) <= 20 and int(text) <= U64_MAX, "size")
    return int(text)


def is_name(name):
    return name and not any(
        c == "+" or c.isspace() or unicodedata.category(c) == "Cc"
        for c in name)


def read_note(data):
    """(name, size, root, key id, signature) of a signed note."""
    within(len(data) <= CHECKPOINT_BYTES, "checkpoint")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise Malformed("UTF-8") from None
    need(text.endswith("\n"))
    lines = text[:-1].split("\n")
    need(len(lines) >= 5 and lines[3] == "" and "" not in lines[4:])
    name = lines[0]
    digits = name[6:]
    need(name.startswith("nguon/") and len(digits) == 16)
    need(all(c in "0123456789abcdef" for c in digits))
    size = read_size(lines[1])
    root = strict_base64(lines[2])
    need(len(root) == 32)
    own = []
    for line in lines[4:]:
        need(line.startswith("\u2014 "))
        signer, blank, encoded = line[2:].partition(" ")
        need(is_name(signer) and blank)
        signature = strict_base64(encoded)
        need(len(signature) >= 5)
        if signer == name and len(signature) == 68:
            own.append(signature)
    need(len(own) == 1)
    return name, size, root, own[0][:4], own[0][4:]
