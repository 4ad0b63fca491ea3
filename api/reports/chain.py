"""Each event carries the hash of the one before, so that a line removed or altered later can be proven.

Pure. The hash covers the fields of `Link`, encoded as JSON in the order of their names.
"""

import hashlib
from datetime import datetime
from uuid import UUID

import msgspec

BEGINNING = b"\0" * 32


class Link(msgspec.Struct, frozen=True, kw_only=True):
    """What is proven: who, in which role, from where to where, with which words, when.

    Times in UTC; `details` is JSON without blanks, its keys sorted: the database writes both in ways of its own.
    """

    client_id: UUID
    version: int
    kind: str
    actor: int | None
    role: str
    from_state: str | None = None
    to_state: str
    agency: int | None = None
    officer: int | None = None
    reason: str = ""
    note: str = ""
    internal_note: str = ""
    evidence: tuple[UUID, ...] = ()
    details: str = "{}"
    device_time: datetime | None = None
    at: datetime


_ENCODER = msgspec.json.Encoder(order="deterministic")


def chained(previous: bytes, link: Link) -> bytes:
    """SHA-256 over the previous hash and the link."""
    return hashlib.sha256(previous + _ENCODER.encode(link)).digest()


def link_up(previous: bytes, *links: Link) -> list[tuple[Link, bytes]]:
    """Each link with its hash, in order, after `previous`."""
    chain = []
    for link in links:
        previous = chained(previous, link)
        chain.append((link, previous))
    return chain
