"""A photo from outside: announced before it is sent, asked for its state, shown when ready."""

import re
from collections.abc import Collection, Sequence
from datetime import datetime
from hashlib import blake2b
from uuid import UUID

import asyncpg
import msgspec

from media.errors import (
    HashMalformed,
    HeicUnsupported,
    NotFound,
    NotReady,
    PhotoEmpty,
    PhotoIdTaken,
    PhotoQuotaExceeded,
    PhotoTooLarge,
    PhotoUnknown,
    TypeUnsupported,
)
from media.evidence import Flag
from media.facts import RENDITIONS, Box, Facts
from media.heif import READS_HEIC
from media.rows import fetch
from media.store import Store, rendition_key

MAX_PHOTO_BYTES = 12_000_000
TYPES = ("image/jpeg", "image/png", "image/webp", "image/avif")
HEIC_TYPES = ("image/heic", "image/heif", "image/heic-sequence", "image/heif-sequence")


class Announced(msgspec.Struct, frozen=True):
    """`sha256` in 64 lower-case hex digits, `size` in bytes."""

    id: UUID
    size: int
    type: str
    sha256: str


class PhotoState(msgspec.Struct, frozen=True):
    id: UUID
    state: str
    reason: str | None
    width: int | None
    height: int | None
    version: str = ""
    """Another one when the photo was redacted: part of its address, so that no cache shows the old one."""
    proposals: tuple[Box, ...] = ()
    """What a detector would cover."""


class Rendition(msgspec.Struct, frozen=True):
    """The content of one key never changes, so `etag` may be kept for ever."""

    content: bytes
    content_type: str
    etag: str


def check_announced(size: int, content_type: str, sha256: str) -> None:
    """Raises an AnnouncementRefused (media/errors.py) that names the field and the limit."""
    if size < 1:
        raise PhotoEmpty("size", 1)
    if size > MAX_PHOTO_BYTES:
        raise PhotoTooLarge("size", MAX_PHOTO_BYTES)
    _check_type(content_type)
    if not re.fullmatch("[0-9a-f]{64}", sha256):
        raise HashMalformed("sha256", "64 lower-case hex digits")


def _check_type(content_type: str) -> None:
    if content_type in HEIC_TYPES and READS_HEIC:
        return
    if content_type in HEIC_TYPES:
        raise HeicUnsupported("type", ", ".join(TYPES))
    if content_type not in TYPES:
        raise TypeUnsupported("type", ", ".join(TYPES))


EXPECT = """
SELECT photo_expect($1::jsonb, $2, $3, $4)
"""


async def expect(photos: Sequence[Announced], owner: int, now: datetime, device: UUID | None = None) -> None:
    """`device`: one of several of the owner, with a quota of its own.

    Raises PhotoIdTaken, PhotoQuotaExceeded, and leaves the caller's transaction to be rolled back.
    """
    for photo in photos:
        check_announced(photo.size, photo.type, photo.sha256)
    try:
        await fetch(EXPECT, msgspec.json.encode(photos).decode(), owner, now, device)
    except asyncpg.UniqueViolationError as error:
        raise PhotoIdTaken(tuple(photo.id for photo in photos)) from error
    except asyncpg.RaiseError as error:
        check_quota(error, now)
        raise


def check_quota(raised: asyncpg.RaiseError, now: datetime) -> None:
    """Raises PhotoQuotaExceeded when that is what `photo_expect` meant."""
    name, _, window = str(raised).partition(" ")
    if name == "photo_quota":
        length_s = 3600 if window == "hour" else 86400
        raise PhotoQuotaExceeded(window, length_s - int(now.timestamp()) % length_s) from raised


STATES = """
SELECT id, CASE WHEN state = 'ready' AND hidden_at IS NOT NULL THEN 'hidden' ELSE state END AS state,
    reason, width, height, key, proposals FROM photo WHERE id = ANY($1::uuid[])
"""


async def states(ids: Sequence[UUID]) -> list[PhotoState]:
    """In the order of `ids`; an unknown id is left out."""
    rows = await fetch(STATES, list(ids)) if ids else []
    found = {row[0]: _photo_state(row) for row in rows}
    return [found[photo_id] for photo_id in ids if photo_id in found]


HIDE = """
-- in any state: what is still on its way will be hidden when it comes
UPDATE photo SET hidden_at = coalesce(hidden_at, $2) WHERE id = ANY($1::uuid[]) RETURNING id
"""


async def hide(ids: Sequence[UUID], now: datetime) -> None:
    """From here on for those only who are asked each time; unknown ids are left out."""
    await fetch(HIDE, list(ids), now)


UNHIDE = """
UPDATE photo SET hidden_at = NULL WHERE id = ANY($1::uuid[]) RETURNING id
"""


async def unhide(ids: Sequence[UUID]) -> None:
    await fetch(UNHIDE, list(ids))


def _photo_state(row: asyncpg.Record) -> PhotoState:
    proposals = msgspec.json.decode(row["proposals"] or "[]", type=tuple[Box, ...])
    photo, state, reason, width, height = tuple(row)[:5]
    return PhotoState(photo, state, reason, width, height, _etag(row["key"], 0)[:8], proposals)


FACTS = """
SELECT id, facts FROM photo WHERE id = ANY($1::uuid[]) AND facts IS NOT NULL
"""


async def facts(ids: Sequence[UUID]) -> dict[UUID, Facts]:
    """Of those that were rendered."""
    rows = await fetch(FACTS, list(ids)) if ids else []
    return {row["id"]: msgspec.json.decode(row["facts"], type=Facts) for row in rows}


FLAG = """
UPDATE photo SET flags = $2::jsonb WHERE id = $1 AND state = 'ready'
"""


async def flag(photo_id: UUID, flags: Sequence[Flag]) -> None:
    """What was found out, if only that there is nothing."""
    await fetch(FLAG, photo_id, msgspec.json.encode(flags).decode())


FLAGS = """
SELECT id, flags FROM photo WHERE id = ANY($1::uuid[]) AND flags IS NOT NULL
"""


async def flags(ids: Sequence[UUID]) -> dict[UUID, list[Flag]]:
    """Of those that were looked at."""
    rows = await fetch(FLAGS, list(ids)) if ids else []
    return {row["id"]: msgspec.json.decode(row["flags"], type=list[Flag]) for row in rows}


SENT_BEFORE = """
-- the same bytes under another id, first come first
SELECT photo.id, other.id AS earlier FROM photo
JOIN photo AS other ON other.sha256 = photo.sha256 AND other.id <> photo.id AND other.expected_at <= photo.expected_at
WHERE photo.id = ANY($1::uuid[])
ORDER BY other.expected_at LIMIT 1000
"""


async def sent_before(ids: Sequence[UUID]) -> dict[UUID, list[UUID]]:
    """For each photo that was, byte by byte, announced before: by whomever, whenever."""
    found: dict[UUID, list[UUID]] = {}
    for row in await fetch(SENT_BEFORE, list(ids)) if ids else []:
        found.setdefault(row["id"], []).append(row["earlier"])
    return found


SHOWN = """
SELECT CASE WHEN state = 'ready' AND hidden_at IS NOT NULL THEN 'hidden' ELSE state END AS state, reason, key
FROM photo WHERE id = $1
"""


async def open_rendition(store: Store, photo_id: UUID, size: int, states: Collection[str] = ("ready",)) -> Rendition:
    """`size` is one of RENDITIONS. Raises PhotoUnknown, NotReady, StoreUnavailable.

    Whether the caller may see the photo was decided before: this room does not know. Only who was asked for this
    one visitor adds `hidden` to `states`.
    """
    key = await _key(photo_id, size, states)
    try:
        content = await store.get(rendition_key(key, size))
    except NotFound:
        if key == await _key(photo_id, size, states):
            raise
        raise NotReady("uploaded", None) from None  # redacted between the two
    return Rendition(content=content, content_type=RENDITIONS[size][1], etag=_etag(key, size))


async def _key(photo_id: UUID, size: int, states: Collection[str]) -> str:
    rows = await fetch(SHOWN, photo_id)
    if not rows or size not in RENDITIONS:
        raise PhotoUnknown(photo_id)
    if rows[0]["state"] not in states:
        raise NotReady(rows[0]["state"], rows[0]["reason"])
    key: str = rows[0]["key"]
    return key


def _etag(key: str, size: int) -> str:
    """Changes with the key (a redacted photo has a new one) and does not tell it."""
    return blake2b(f"{key}.{size}".encode(), digest_size=12).hexdigest()
