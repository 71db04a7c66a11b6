#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The tables of names, keys, signatures and what they seal."""

import hashlib
import re

import ed25519
import sealing
import tree
from canonical import Malformed, read_whole
from entry import part_holds
from hexes import differs, unhex
from names import (chain_next, chain_start, claim_message, h32, key_id,
                   keyed, log_id, masked_salt, part_digest, quota_subject,
                   root_fingerprint, tag, u64)


def hashed(make):
    """A table whose expected column is what make gives of the others."""
    return lambda expected, *columns: differs(
        make(*map(unhex, columns)), unhex(expected))


def check_signature(expected, key, message, signature):
    holds = ed25519.verify(unhex(key), unhex(message), unhex(signature))
    return differs("accept" if holds else "refuse", expected)


def part(kind, data, rest):
    return part_digest(kind[0], data + rest, masked=True)


def check_mac_key(expected, secret, hub_key, transport_key):
    shared = sealing.x25519(unhex(secret), unhex(hub_key))
    if shared is None or expected == "refuse":
        return differs("refuse" if shared is None else "ok", expected)
    made = h32("mac-key", shared, unhex(transport_key), unhex(hub_key))
    return (differs(made, unhex(expected)) or
            differs(sealing.x25519_public(unhex(secret)),
                    unhex(transport_key)))


def check_note_key_id(expected, name, key):
    return differs(tree.note_key_id(name, unhex(key)), unhex(expected))


# Root

ONSETS = "b ch h k kh l m n ng nh ph r s t th v".split()
RHYMES = "a ai am ao e em eo i ia im o oi ong u ua um".split()
SYLLABLES = {onset + rhyme: 16 * i + j for i, onset in enumerate(ONSETS)
             for j, rhyme in enumerate(RHYMES)}


def read_sheet(sheet):
    words = re.split(r"[\s\-.0-9]+", sheet.strip().lower())
    words = [word for word in words if word]
    if len(words) != 34 or any(word not in SYLLABLES for word in words):
        return "format", b""
    data = bytes(SYLLABLES[word] for word in words)
    if h32("root-sum", data[:32])[:2] != data[32:]:
        return "sum", b""
    return "ok", data[:32]


def check_sheet(expected, sheet, secret):
    found, data = read_sheet(sheet)
    return differs(found, expected) or differs(data, unhex(secret))


def check_root_keys(expected, secret, seed, public, box_secret, box_public):
    secret, seed, box_secret = unhex(secret), unhex(seed), unhex(box_secret)
    return (differs(keyed("root-sign", secret), seed) or
            differs(ed25519.public_key(seed), unhex(public)) or
            differs(keyed("root-box", secret), box_secret) or
            differs(sealing.x25519_public(box_secret), unhex(box_public)) or
            differs(root_fingerprint(unhex(public)), unhex(expected)))


# Invites

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def read_code(code):
    letters = re.sub("[ -]", "", code).upper()
    letters = letters.translate(str.maketrans("OIL", "011"))
    if len(letters) != 30 or any(c not in ALPHABET for c in letters):
        return "format", b""
    number = 0
    for letter in letters:
        number = number << 5 | ALPHABET.index(letter)
    version = number >> 146
    secret = (number >> 18 & (1 << 128) - 1).to_bytes(16, "big")
    total = int.from_bytes(h32("inv-sum", bytes([version]), secret)[:3],
                           "big")
    if total >> 6 != number & (1 << 18) - 1:
        return "sum", b""
    return ("ok", secret) if version == 1 else ("version", b"")


def check_code(expected, code, secret):
    found, data = read_code(code)
    return differs(found, expected) or differs(data, unhex(secret))


def check_invite_keys(expected, secret, seed, public, sealing_key):
    secret, seed, public = unhex(secret), unhex(seed), unhex(public)
    return (differs(keyed("inv-sign", secret), seed) or
            differs(ed25519.public_key(seed), public) or
            differs(keyed("inv-seal", secret), unhex(sealing_key)) or
            differs(key_id(public), unhex(expected)))


def is_invite_body(body):
    if type(body) is not dict or any(n not in body for n in range(1, 6)):
        return False
    return all(type(body[n]) is bytes and len(body[n]) == 32
               for n in range(1, 6))


def check_body(expected, secret, fields, key_part, plain):
    key = keyed("inv-seal", unhex(secret))
    data = unhex(key_part)
    body = sealing.aead_open(key, data[:24], data[24:],
                             tag("inv-seal") + unhex(fields))
    if body is None:
        return differs("key", expected)
    try:
        fits = is_invite_body(read_whole(body))
    except Malformed:
        fits = False
    if not fits:
        return differs("format", expected)
    return differs("ok", expected) or differs(body, unhex(plain))


def check_claim(expected, fingerprint, invite_key, sign_key, box_key,
                transport_key, salt, signed, of_invite, of_device):
    invite_key, sign_key = unhex(invite_key), unhex(sign_key)
    message = claim_message(unhex(fingerprint), key_id(invite_key), sign_key,
                            unhex(box_key), unhex(transport_key), unhex(salt))
    if (not ed25519.verify(invite_key, message, unhex(of_invite)) or
            not ed25519.verify(sign_key, message, unhex(of_device))):
        return differs("signature", expected)
    return differs("ok", expected) or differs(message, unhex(signed))


# Sealed parts and grants

def commitment(scope, key):
    return h32("cell-key", scope, key)


def subject_key(cell_key, subject, generation, salt):
    return keyed("subject", cell_key, subject, generation, salt)


def unpad(data):
    """What stands before ISO/IEC 7816-4 padding, or None."""
    body = data.rstrip(b"\0")
    if not body.endswith(b"\x80") or len(data) - len(body) > 15:
        return None
    return body[:-1]


def open_part(scope, cell_key, salt, log, seq, number, subject, data):
    if len(data) < 34 + 16 + 16 or (len(data) - 34) % 16:
        return "format", b""
    epoch, generation = data[:8], data[8:10]
    if epoch != commitment(scope, cell_key)[:8]:
        return "key", b""
    key = subject_key(cell_key, subject, generation, salt)
    associated = (tag("sealed") + log + u64(seq) + bytes([number]) + subject +
                  epoch + generation)
    plain = sealing.aead_open(key, data[10:34], data[34:], associated)
    if plain is None:
        return "key", b""
    if plain[0] != 0:
        return "version", b""
    body = unpad(plain[1:])
    try:
        value = None if body is None else read_whole(body)
    except Malformed:
        value = None
    if type(value) is not dict:
        return "format", b""
    return ("ok", body) if part_holds(value) else ("limit", b"")


def check_part(expected, scope, cell_key, salt, log, seq, number, subject,
               data, plain):
    found, body = open_part(unhex(scope), unhex(cell_key), unhex(salt),
                            unhex(log), int(seq), int(number), unhex(subject),
                            unhex(data))
    return differs(found, expected) or differs(body, unhex(plain))


def check_grant(expected, secret, scope, committed, key_part, key):
    found = None
    if len(unhex(key_part)) == 80:
        found = sealing.sealed_box_open(unhex(secret), unhex(key_part))
    if not found or commitment(unhex(scope), found) != unhex(committed):
        return differs("key", expected)
    return differs("ok", expected) or differs(found, unhex(key))


# Bodies of an exchange; what is compressed is looked at only as it was sent

ZSTD_MAGIC = bytes.fromhex("28b52ffd")
REQUEST_HEAD = 39


def request_mac(key, fingerprint, hub, device, body):
    return hashlib.blake2b(
        tag("mac") + fingerprint + hub + device + body[19:23] + body[:3] +
        body[REQUEST_HEAD:], key=key, digest_size=16).digest()


BODY_BYTES = 4194304
PLAIN_BYTES = 16777216


def check_request(expected, key, fingerprint, hub, device, body, payload):
    data = unhex(body)
    if len(data) > BODY_BYTES:
        return differs("limit", expected)
    if len(data) < REQUEST_HEAD or data[0] == 0:
        return differs("format", expected)
    if data[0] > 1:
        return differs("version", expected)
    if data[1] != 1 or data[2] > 1:
        return differs("format", expected)
    fingerprint, device = unhex(fingerprint), unhex(device)
    mac = request_mac(unhex(key), fingerprint, unhex(hub), device, data)
    if (mac != data[23:39] or data[3:11] != fingerprint[:8] or
            data[11:19] != device[:8]):
        return differs("signature", expected)
    return check_payload(expected, data[2], data[REQUEST_HEAD:], payload)


def check_response(expected, body, payload):
    data = unhex(body)
    if len(data) > BODY_BYTES:
        return differs("limit", expected)
    if len(data) < 2 or data[0] == 0 or (data[0] == 1 and data[1] > 1):
        return differs("format", expected)
    if data[0] > 1:
        return differs("version", expected)
    return check_payload(expected, data[1], data[2:], payload)


def check_payload(expected, compressed, data, payload):
    if not compressed:
        return differs("ok", expected) or differs(data, unhex(payload))
    if not data.startswith(ZSTD_MAGIC):
        return differs("format", expected)
    if content_size(data) > PLAIN_BYTES:
        return differs("limit", expected)
    return None


def content_size(data):
    """What the header of a zstd frame says, 0 if it says nothing."""
    flags = data[4]
    single = flags >> 5 & 1
    size = (single, 2, 4, 8)[flags >> 6]
    at = 6 - single + (0, 1, 2, 4)[flags & 3]
    return int.from_bytes(data[at:at + size], "little")


TABLES = {
    "ed25519 signatures": check_signature,
    "ids root-fingerprint": hashed(root_fingerprint),
    "ids key-id": hashed(key_id),
    "ids log-id": hashed(log_id),
    "ids chain0": hashed(chain_start),
    "ids chain": hashed(chain_next),
    "ids masked-salt": hashed(masked_salt),
    "ids part": hashed(part),
    "ids quota": hashed(lambda cell, year: quota_subject(
        cell, int.from_bytes(year, "big"))),
    "ids commitment": hashed(commitment),
    "ids subject-key": hashed(subject_key),
    "ids mac-key": check_mac_key,
    "ids checkpoint-key-id": check_note_key_id,
    "recovery keys": check_root_keys,
    "recovery sheets": check_sheet,
    "invite codes": check_code,
    "invite keys": check_invite_keys,
    "invite bodies": check_body,
    "invite claims": check_claim,
    "seal parts": check_part,
    "seal grants": check_grant,
    "message requests": check_request,
    "message responses": check_response,
}
