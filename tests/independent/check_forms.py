#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The tables of forms: values, entries, segments, frames, files, notes and
the tree."""

import ed25519
import frames
import tree
from canonical import read_whole
from entry import read_facts, whole_entry
from hexes import differs, refusal, same_refusal, unhex
from ledger import Segment, parse_entries
from names import chain_next, head_message, key_id, sha, tag
from roster import Refused


def check_value(expected, data):
    return same_refusal(refusal(read_whole, unhex(data))[0], expected)


def check_entry(expected, previous, data, form, chain):
    reason, entry = refusal(whole_entry, unhex(data))
    if entry is None:
        return differs(reason, expected)
    link = chain_next(unhex(previous), entry.hashed_form)
    return (differs(reason, expected) or
            differs(entry.hashed_form, unhex(form)) or
            differs(link, unhex(chain)))


def check_facts(expected, part, content):
    data = unhex(part)
    found = "nothing" if read_facts(data) is None else "ok"
    held = data[16:] if found == "ok" else b""
    return differs(found, expected) or differs(held, unhex(content))


def check_segment(expected, key, previous, frame):
    reason, found = refusal(frames.read_frame, unhex(frame))
    if found is None:
        return differs(reason, expected)
    segment = Segment(*found[1])
    try:
        entries = parse_entries(segment)
    except Refused as refused:
        return differs(refused.reason, expected)
    chain = unhex(previous)
    for entry in entries:
        chain = chain_next(chain, entry.hashed_form)
    message = head_message(segment.log, segment.last, chain)
    holds = ed25519.verify(unhex(key), message, segment.signature)
    return differs("ok" if holds else "signature", expected)


def check_frame(expected, frame):
    reason, found = refusal(frames.read_frame, unhex(frame))
    return differs(reason if found is None else str(found[0]), expected)


def check_packet(expected, data, before):
    data = unhex(data)
    count = 0
    found = "ok"
    try:
        frames.read_header(data)
        for _ in frames.frames_of(data):
            count += 1
    except (frames.NotJudged, frames.Cut) as wrong:
        found = str(wrong)
    return differs(found, expected) or differs(count, int(before))


def check_note(expected, fingerprint, hub_key, note, size, root, signature):
    reason, found = refusal(tree.read_note, unhex(note))
    if found is None:
        return differs(reason, expected)
    name, found_size, found_root, found_id, found_signature = found
    if name != tree.key_name(unhex(fingerprint)):
        return differs("foreign", expected)
    if (found_id != tree.note_key_id(name, unhex(hub_key)) or
            not tree.checkpoint_holds(unhex(fingerprint), unhex(hub_key),
                                      found_size, found_root,
                                      found_signature)):
        return differs("signature", expected)
    return (differs("ok", expected) or differs(found_size, int(size)) or
            differs(found_root, unhex(root)) or
            differs(found_signature, unhex(signature)))


# The tree

def check_inner(expected, log, first, last, head, signature, time, inner):
    made = tree.inner(unhex(log), int(first), int(last), unhex(head),
                      unhex(signature), int(time))
    return differs(made, unhex(inner)) or differs(sha(made), unhex(expected))


GROWN = tree.Tree()


def check_leaf(expected, scope, inner_hash):
    made = tree.leaf_hash(unhex(scope), unhex(inner_hash))
    GROWN.append(made)
    return differs(made, unhex(expected))


def check_root(expected, size):
    return differs(GROWN.roots[int(size)], unhex(expected))


def nodes(proof):
    data = unhex(proof)
    return [data[at:at + 32] for at in range(0, len(data), 32)]


def check_inclusion(expected, index, size, leaf, root, proof):
    holds = tree.inclusion_holds(int(index), int(size), unhex(leaf),
                                 unhex(root), nodes(proof))
    return differs("accept" if holds else "refuse", expected)


def check_consistency(expected, m, n, root_m, root_n, proof):
    holds = tree.consistency_holds(int(m), int(n), unhex(root_m),
                                   unhex(root_n), nodes(proof))
    return differs("accept" if holds else "refuse", expected)


def check_fetch(expected, key, body):
    data = unhex(body)
    if len(data) != 83 or data[:3] != b"\1\2\0":
        return differs("format", expected)
    invite = data[3:19]
    holds = invite == key_id(unhex(key)) and ed25519.verify(
        unhex(key), tag("inv-get") + invite, data[19:])
    return differs("ok" if holds else "signature", expected)


TABLES = {
    "codec values": check_value,
    "entry entries": check_entry,
    "entry facts": check_facts,
    "segment segments": check_segment,
    "message frames": check_frame,
    "message fetches": check_fetch,
    "packet files": check_packet,
    "checkpoint notes": check_note,
    "tree inner": check_inner,
    "tree leaves": check_leaf,
    "tree roots": check_root,
    "tree inclusion": check_inclusion,
    "tree consistency": check_consistency,
}
