"""Each event carries the hash of the one before, so that a line removed or altered later can be proven.

Pure. The hash covers the fields of `Link`, encoded as JSON in the order of their names. Words stand in it as seals:
a digest of a random salt and the words. Who may have words erased has them and the salt erased; the digest stays, says
nothing of the words any more, and the chain still holds.
"""

import hashlib
import secrets
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType

BEGINNING = b"\0" * 32
SALT_BYTES = 16
WORDS = ("reason", "note", "internal_note")


class Seal(msgspec.Struct, frozen=True, array_like=True):
    """In hexadecimal. Without a salt the words have been erased."""

    salt: str | None
    digest: str

    def fits(self, words: str) -> bool:
        return words == "" if self.salt is None else _digest(self.salt, words) == self.digest


class Link(msgspec.Struct, frozen=True, kw_only=True):
    """What is proven: who, in which role, from where to where, with which words, when.

    Times in UTC; `details` is JSON without blanks, its keys sorted: the database writes both in ways of its own.
    `seals` by the name of a field; also of words that are kept elsewhere. An event of the first format has none.
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
    seals: dict[str, Seal] | UnsetType = UNSET

    @property
    def is_honest(self) -> bool:
        """Whether the words are the sealed ones, or erased. The hash says it for the first format."""
        if self.seals is UNSET:
            return True
        words = {field: getattr(self, field) for field in WORDS}
        return all(self.seals[f].fits(words[f]) if f in self.seals else not words[f] for f in WORDS)


def sealed(link: Link, elsewhere: Mapping[str, str] | None = None) -> Link:
    """With a seal for each of its words, and for those that are kept `elsewhere`."""
    words = {field: getattr(link, field) for field in WORDS} | dict(elsewhere or {})
    seals = {field: _seal(written) for field, written in words.items() if written}
    return msgspec.structs.replace(link, seals=seals)


def _seal(words: str) -> Seal:
    salt = secrets.token_bytes(SALT_BYTES).hex()
    return Seal(salt, _digest(salt, words))


def _digest(salt: str, words: str) -> str:
    return hashlib.sha256(bytes.fromhex(salt) + words.encode()).hexdigest()


_ENCODER = msgspec.json.Encoder(order="deterministic")


def chained(previous: bytes, link: Link) -> bytes:
    """SHA-256 over the previous hash and the link, its words as digests."""
    return hashlib.sha256(previous + _ENCODER.encode(_covered(link))).digest()


def _covered(link: Link) -> Link:
    if link.seals is UNSET:
        return link
    digests = {field: Seal(None, seal.digest) for field, seal in link.seals.items()}
    return msgspec.structs.replace(link, seals=digests, **dict.fromkeys(WORDS, ""))


def link_up(previous: bytes, *links: Link) -> list[tuple[Link, bytes]]:
    """Each link with its hash, in order, after `previous`."""
    chain = []
    for link in links:
        previous = chained(previous, link)
        chain.append((link, previous))
    return chain


def seals_written(link: Link) -> str | None:
    """As the database keeps them."""
    return None if link.seals is UNSET else msgspec.json.encode(link.seals).decode()
