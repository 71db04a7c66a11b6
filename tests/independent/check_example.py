#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The worked example (SPEC.md section 14): each piece follows from others."""

import ed25519
import frames
import sealing
import tree
from check_keys import request_mac
from entry import whole_entry
from hexes import unhex
from ledger import Segment
from names import (chain_next, claim_message, h32, head_message, key_id, sha,
                   u64)


def checks(p):
    """(piece, whether it follows)"""
    fingerprint = p["root-fingerprint"]
    form = whole_entry(p["entry"]).hashed_form
    yield "hashed-form", form == p["hashed-form"]
    yield "hash", chain_next(p["previous-hash"], form) == p["hash"]

    segment = Segment(*frames.read_frame(p["segment"])[1])
    log_op, claim = whole_entry(p["claim-entry"]).ops
    key = log_op.fields[10]
    yield "segment", segment.entries == [p["entry"]]
    yield "signed-head", p["signed-head"] == head_message(
        segment.log, segment.last, p["hash"])
    yield "segment", ed25519.verify(key, p["signed-head"], segment.signature)

    time = int.from_bytes(p["inner"][128:], "big")
    made = tree.inner(segment.log, segment.first, segment.last, p["hash"],
                      segment.signature, time)
    yield "inner", p["inner"] == made
    yield "leaf-data", p["leaf-data"][8:] == sha(made)
    yield "leaf-hash", p["leaf-hash"] == tree.leaf_hash(
        p["leaf-data"][:8], sha(made))

    name, size, root, note_id, signature = tree.read_note(
        p["checkpoint-note"])
    hub = p["hub-public-key"]
    yield "checkpoint-note", name == tree.key_name(fingerprint)
    yield "checkpoint-note", note_id == tree.note_key_id(name, hub)
    yield "checkpoint-note", tree.checkpoint_holds(
        fingerprint, hub, size, root, signature)
    yield "checkpoint", frames.read_frame(p["checkpoint"]) == (
        frames.CHECKPOINT, [size, root, signature])

    message = claim_message(fingerprint, claim.subject, key,
                            claim.fields[11], claim.fields[12],
                            log_op.fields[13])
    yield "claim-signed-bytes", message == p["claim-signed-bytes"]
    yield "claim-entry", ed25519.verify(key, message, claim.fields[20])

    transport = sealing.x25519_public(p["transport-secret"])
    shared = sealing.x25519(p["transport-secret"], p["hub-box-key"])
    yield "transport-secret", transport == claim.fields[12]
    yield "mac-key", p["mac-key"] == h32("mac-key", shared, transport,
                                         p["hub-box-key"])
    yield "hub-key-id", p["hub-key-id"] == key_id(hub)
    yield "device-id", p["device-id"] == key_id(key)
    yield "sync-request", request_mac(
        p["mac-key"], fingerprint, p["hub-key-id"], p["device-id"],
        p["sync-request"]) == p["sync-request"][23:39]
    yield "sync-request", p["sync-request"].endswith(p["segment"])
    yield "sync-response", p["checkpoint"] in p["sync-response"]
    yield "sync-response", u64(time) in p["sync-response"]

    header = frames.read_header(p["packet"])
    yield "packet", header.fingerprint == fingerprint
    yield "packet", header.device == p["device-id"]
    yield "packet", list(frames.frames_of(p["packet"])) == [p["segment"]]


def check(tables):
    pieces = {name: unhex(data) for name, _, data in tables["pieces"]}
    return [name for name, holds in checks(pieces) if not holds]
