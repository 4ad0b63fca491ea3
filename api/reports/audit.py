"""Proof that no event was altered or removed later: the chains checked, and exported under a signature.

The export is a file of JSON lines: a header with the public key, every event with its hash, and last the Ed25519
signature over the SHA-256 of all bytes before it. `check` needs the file and nothing else; an inspectorate compares
the public key with the one that the city has published.
"""

import base64
import hashlib
from collections.abc import AsyncIterator, Iterable, Iterator
from datetime import datetime
from typing import Literal
from uuid import UUID

import asyncpg
import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from msgspec import UNSET

from api.piccolo_conf import DB
from api.reports.chain import BEGINNING, Link, Seal, chained

FORMAT = "kentongan-audit-2"  # 1 was without seals; `check` reads both
AT_ONCE = 1000


class Entry(msgspec.Struct, frozen=True):
    """One event of a report; `hash` in hexadecimal, over the hash of the event before."""

    report: UUID
    hash: str
    link: Link


class Broken(msgspec.Struct, frozen=True):
    """`event`: its hash does not follow from what it says. `gap`: a version is missing. `path`: it does not go on from
    the state in which the event before left the report. `end`: the report's own last hash or version is another."""

    report: UUID
    version: int
    fault: Literal["event", "gap", "path", "end"]


class Chain:
    """Follows one report's events in the order of their versions."""

    def __init__(self, report: UUID) -> None:
        self.report, self.version, self.hash = report, 0, BEGINNING
        self.state: str | None = None

    def add(self, entry: Entry) -> Broken | None:
        link, before = entry.link, self.hash
        expected, self.version, self.hash = self.version + 1, link.version, bytes.fromhex(entry.hash)
        came_from, self.state = self.state, link.to_state
        if link.version != expected:
            return Broken(self.report, link.version, "gap")
        if chained(before, link) != self.hash or not link.is_honest:
            return Broken(self.report, link.version, "event")
        return None if _goes_on(link, came_from) else Broken(self.report, link.version, "path")

    def end(self, last: tuple[int, bytes]) -> Broken | None:
        return None if (self.version, self.hash) == last else Broken(self.report, self.version, "end")


def _goes_on(link: Link, came_from: str | None) -> bool:
    """An event beside the story says where the report is, and leaves it there."""
    return (link.to_state if link.from_state is None and came_from else link.from_state) == came_from


EVENTS = """
-- every event with the end that its report claims; reports in the order in which they came
SELECT r.client_id AS report, r.version AS last_version, r.last_hash, e.client_id, e.version, e.kind, e.actor, e.role,
    e.from_state, e.to_state, e.agency, e.officer, e.reason, e.note, e.internal_note, e.evidence, e.details::text,
    e.device_time, e.at, e.seals::text, e.hash
FROM report AS r JOIN report_event AS e ON e.report = r.id
WHERE $1::uuid IS NULL OR r.client_id = $1
ORDER BY e.report, e.version
"""


async def read_events(report: UUID | None = None) -> AsyncIterator[asyncpg.Record]:
    """In one snapshot and with flat memory, however many there are."""
    async with DB.transaction() as transaction:
        await transaction.connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        async for row in transaction.connection.cursor(EVENTS, report, prefetch=AT_ONCE):
            yield row


def entry_of(row: asyncpg.Record) -> Entry:
    values = {name: row[name] for name in Link.__struct_fields__}
    values["seals"] = msgspec.json.decode(row["seals"], type=dict[str, Seal]) if row["seals"] else UNSET
    # The database writes JSON in a way of its own; the chain has it without blanks, its keys sorted.
    details = msgspec.json.encode(msgspec.json.decode(row["details"]), order="sorted").decode()
    return Entry(
        row["report"], row["hash"].hex(), Link(**values | {"evidence": tuple(row["evidence"]), "details": details})
    )


class Audit(msgspec.Struct):
    """What a check has found."""

    reports: int = 0
    events: int = 0
    broken: list[Broken] = msgspec.field(default_factory=list)

    def note(self, fault: Broken | None) -> None:
        if fault is not None:
            self.broken.append(fault)


async def verify(report: UUID | None = None) -> Audit:
    """All chains, or one report's."""
    audit, chain, last = Audit(), Chain(UUID(int=0)), (0, BEGINNING)
    async for row in read_events(report):
        if row["report"] != chain.report:
            audit.note(chain.end(last))
            chain, audit.reports = Chain(row["report"]), audit.reports + 1
        last = (row["last_version"], row["last_hash"])
        audit.events += 1
        audit.note(chain.add(entry_of(row)))
    audit.note(chain.end(last))
    return audit


class Header(msgspec.Struct, frozen=True):
    format: str
    made_at: datetime
    source: str
    public_key: str


class Signature(msgspec.Struct, frozen=True):
    signature: str


async def export(
    key: Ed25519PrivateKey, source: str, now: datetime, report: UUID | None = None
) -> AsyncIterator[bytes]:
    """The lines of the file. `source`: the address of this installation."""
    digest = hashlib.sha256()
    header = Header(FORMAT, now, source, _text(key.public_key().public_bytes_raw()))
    line = msgspec.json.encode(header) + b"\n"
    digest.update(line)
    yield line
    async for row in read_events(report):
        line = msgspec.json.encode(entry_of(row)) + b"\n"
        digest.update(line)
        yield line
    yield msgspec.json.encode(Signature(_text(key.sign(digest.digest())))) + b"\n"


class NotAnExport(Exception):
    """The file is not one of ours, or its signature does not fit its bytes."""

    def __init__(self, reason: Literal["format", "signature", "cut off"]) -> None:
        super().__init__(reason)
        self.reason = reason


def check(lines: Iterable[bytes]) -> tuple[Header, Audit]:
    """Signature and chains of an export. Raises NotAnExport."""
    audit, chains = Audit(), dict[UUID, Chain]()
    sealed = _sealed(lines)
    try:
        header = msgspec.json.decode(next(sealed, b""), type=Header)
    except msgspec.DecodeError as error:
        raise NotAnExport("format") from error
    for line in sealed:
        entry = msgspec.json.decode(line, type=Entry)
        if entry.report not in chains:
            chains = {entry.report: Chain(entry.report)}
            audit.reports += 1
        audit.events += 1
        audit.note(chains[entry.report].add(entry))
    return header, audit


def _sealed(lines: Iterable[bytes]) -> Iterator[bytes]:
    """All lines but the last, which must be the signature over them."""
    digest, before, key = hashlib.sha256(), None, b""
    for line in lines:
        if before is not None:
            key = key or _key_in(before)
            digest.update(before)
            yield before
        before = line
    try:
        seal = msgspec.json.decode(before or b"", type=Signature)
        Ed25519PublicKey.from_public_bytes(key).verify(base64.b64decode(seal.signature), digest.digest())
    except msgspec.DecodeError as error:
        raise NotAnExport("cut off") from error
    except (InvalidSignature, ValueError) as error:
        raise NotAnExport("signature") from error


def _key_in(line: bytes) -> bytes:
    try:
        return base64.b64decode(msgspec.json.decode(line, type=Header).public_key)
    except (msgspec.DecodeError, ValueError) as error:
        raise NotAnExport("format") from error


def _text(binary: bytes) -> str:
    return base64.b64encode(binary).decode()
