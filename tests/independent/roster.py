#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Who may write where: root, hub and certificates (SPEC.md section 10).

A position is the index of a leaf, infinity for what has none."""

from dataclasses import dataclass, field

import ed25519
from catalogue import KINDS, ROLE_BY_NUMBER
from judge import EFFECTIVE, Place, get, judge
from merge import Write, winner
from names import (ROOT, claim_message, key_id, root_fingerprint, scope_kind)

CLAIM_MOST_MS = 30 * 24 * 3600 * 1000
CLAIM_FIELDS = KINDS[7].must


class Refused(Exception):
    """A segment is not admitted: the reason, and where it shows."""

    def __init__(self, reason, seq=0, last=0):
        super().__init__(reason)
        self.reason, self.seq, self.last = reason, seq, last


@dataclass
class Certificate:
    id: bytes
    role: str
    key: bytes
    position: int
    own_write: Write            # its scopes, as its certify or invite wrote
    revoked_at: int = None

    def valid_at(self, position):
        return self.revoked_at is None or position <= self.revoked_at


@dataclass
class Invite:
    role: str
    key: bytes
    position: int
    time: int
    write: Write
    cancelled_at: int = None
    claimed: bool = False


@dataclass
class Roster:
    fingerprint: bytes
    lines: object
    certificates: list = field(default_factory=list)    # oldest first
    invites: dict = field(default_factory=dict)
    entitled: dict = field(default_factory=dict)        # id: writes
    hub_keys: list = field(default_factory=list)        # (from_size, key)

    def hub_key(self, size):
        """The hub's key for a tree of that size, or None."""
        found = None
        for from_size, key in self.hub_keys:
            if from_size <= size and (not found or from_size >= found[0]):
                found = from_size, key
        return found and found[1]

    def newest(self, key, position=None):
        """The newest certificate of a key, valid there if that is given."""
        for certificate in reversed(self.certificates):
            if certificate.key == key and (
                    position is None or certificate.valid_at(position)):
                return certificate
        return None

    def role(self, key, position):
        if root_fingerprint(key) == self.fingerprint:
            return "root"
        if self.hub_key(position) == key:
            return "hub"
        certificate = self.newest(key, position)
        return certificate and certificate.role

    def covers(self, key, role, position, scope):
        if scope_kind(scope) == ROOT:
            return True
        if role in ("root", "hub"):
            return False
        if role == "commune":
            return scope_kind(scope) is not None
        certificate = self.newest(key, position)
        writes = [certificate.own_write]
        writes += self.entitled.get(certificate.id, [])
        return scope in winner(self.lines, writes).value

    def is_commune_certificate(self, subject):
        roles = [c.role for c in self.certificates if c.id == subject]
        return roles[-1:] == ["commune"]

    # Claims

    def take_claim(self, log, entry, position, time):
        """The claim of a new log by a key without a valid certificate;
        Refused, or its certificate is in force from here on."""
        newest = self.newest(log.sign_key)
        if newest:
            raise Refused("revoked")
        op = entry.ops[1] if len(entry.ops) > 1 else None
        if not op or op.kind != 7 or not self.has_claim_fields(op, log):
            raise Refused("certificate")
        invite = self.invites.get(op.subject)
        if not invite:
            raise Refused("invite-unknown")
        place = Place(invite.role, ROOT, log.id, 1, 1,
                      self.is_commune_certificate)
        if judge(op, place) != EFFECTIVE:
            raise Refused("certificate")
        if (invite.cancelled_at is not None and
                invite.cancelled_at < position):
            raise Refused("certificate")
        if time > invite.time + CLAIM_MOST_MS:
            raise Refused("claim-late")
        message = claim_message(self.fingerprint, op.subject, log.sign_key,
                                get(op, "box_key"), get(op, "transport_key"),
                                log.salt)
        if not (ed25519.verify(invite.key, message,
                               get(op, "invite_signature")) and
                ed25519.verify(log.sign_key, message,
                               get(op, "device_signature"))):
            raise Refused("signature")
        if invite.claimed:
            raise Refused("claim-taken")
        invite.claimed = True
        self.certificates.append(Certificate(
            op.subject, invite.role, log.sign_key, position, invite.write))

    @staticmethod
    def has_claim_fields(op, log):
        sizes = dict(invite_signature=64, device_signature=64)
        return get(op, "sign_key") == log.sign_key and all(
            type(get(op, name)) is bytes and
            len(get(op, name)) == sizes.get(name, 32)
            for name in CLAIM_FIELDS)

    # Effective ops of scope root

    def take_op(self, op, role, position, time, write):
        """write: where the op stands, its value still open."""
        acts = {2: self.take_hub_key, 4: self.take_certify,
                5: self.take_invite, 6: self.take_invite_cancel,
                8: self.take_entitle, 9: self.take_revoke}
        if op.kind in acts:
            acts[op.kind](op, role, position, time, write)

    def take_hub_key(self, op, role, position, time, write):
        self.hub_keys.append((get(op, "from_size"), get(op, "sign_key")))

    def take_certify(self, op, role, position, time, write):
        key = get(op, "sign_key")
        if role == "commune" and any(
                c.key == key and c.role == "commune" and c.revoked_at is None
                for c in self.certificates):
            return
        write.value = get(op, "scopes")
        self.certificates.append(Certificate(
            op.subject, ROLE_BY_NUMBER[get(op, "role")], key, position,
            write))

    def take_invite(self, op, role, position, time, write):
        if op.subject in self.invites:
            return
        write.value = get(op, "scopes")
        self.invites[op.subject] = Invite(
            ROLE_BY_NUMBER[get(op, "role")], get(op, "invite_key"), position,
            time, write)

    def take_invite_cancel(self, op, role, position, time, write):
        invite = self.invites.get(op.subject)
        if invite and invite.cancelled_at is None:
            invite.cancelled_at = position

    def take_entitle(self, op, role, position, time, write):
        write.value = get(op, "scopes")
        self.entitled.setdefault(op.subject, []).append(write)

    def take_revoke(self, op, role, position, time, write):
        for c in self.certificates:
            if op.subject not in (c.id, key_id(c.key)):
                continue
            if role == "commune" and c.role == "commune":
                continue
            if c.revoked_at is None:
                c.revoked_at = position
