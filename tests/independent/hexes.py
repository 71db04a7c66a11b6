#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The notation of the golden vectors (vectors/README.md)."""

from canonical import Malformed


def unhex(text):
    """Bytes of pieces of hex; a piece xx*N is the byte xx N times."""
    if text == "-":
        return b""
    data = b""
    for piece in text.split(" "):
        digits, _, times = piece.partition("*")
        data += bytes.fromhex(digits) * int(times or 1)
    return data


def differs(found, wanted):
    """What is wrong, or None: found and wanted are values or bytes."""
    if found == wanted:
        return None
    show = lambda v: v.hex()[:16] if type(v) is bytes else v
    return f"{show(found)} for {show(wanted)}"


def refusal(act, *args):
    """(reason, None) if act raises Malformed, else (ok, what it gives)."""
    try:
        return "ok", act(*args)
    except Malformed as wrong:
        return wrong.reason, None


def same_refusal(found, wanted):
    """A reader that refuses the same rows is right."""
    return differs("ok" if found == "ok" else "refused",
                   "ok" if wanted == "ok" else "refused")
