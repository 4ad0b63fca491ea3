"""A photo that tells too much: hidden, shown again, or covered in places; each time with who, when and why.

Boxes only ever become more. A redacted photo is drawn again from what is kept (`render.py`) under a new
key; from the same statement on its old renditions are nobody's, and the worker deletes them.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from media.errors import NotReady, PhotoUnknown, TooManyBoxes
from media.facts import MAX_BOXES, Box
from media.rows import fetch

Kind = Literal["hide", "unhide", "redact", "original"]
Reason = Annotated[str, Meta(max_length=300)]


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """`actor` is opaque here; `role` is what entitled them."""

    photo: UUID
    kind: Kind
    actor: int
    role: str
    reason: Reason
    at: datetime
    boxes: tuple[Box, ...] = ()


REDACT = """
-- a new key at once: whoever renders or reads under the old one finds it is over
UPDATE photo SET boxes = boxes || $2::jsonb, stale = stale || key, key = replace(gen_random_uuid()::text, '-', ''),
    state = 'uploaded', lease = NULL, leased_until = NULL, attempts = 0
WHERE id = $1 AND state IN ('uploaded', 'ready') AND jsonb_array_length(boxes || $2::jsonb) <= $3
RETURNING id
"""
STANDS = """
SELECT state, reason FROM photo WHERE id = $1
"""


async def redact(photo_id: UUID, boxes: Sequence[Box]) -> None:
    """Covers the boxes, in parts of the upright photo. Raises PhotoUnknown, NotReady, TooManyBoxes."""
    if await fetch(REDACT, photo_id, msgspec.json.encode(boxes).decode(), MAX_BOXES):
        return
    rows = await fetch(STANDS, photo_id)
    if not rows:
        raise PhotoUnknown(photo_id)
    if rows[0]["state"] in ("uploaded", "ready"):
        raise TooManyBoxes(MAX_BOXES)
    raise NotReady(rows[0]["state"], rows[0]["reason"])


RECORD = """
INSERT INTO photo_change (photo, kind, actor, role, reason, boxes, at) VALUES ($1, $2, $3, $4, $5, $6::jsonb, $7)
"""


async def record(change: Change) -> None:
    """In the caller's transaction, with what it tells of."""
    boxes = msgspec.json.encode(change.boxes).decode()
    await fetch(RECORD, change.photo, change.kind, change.actor, change.role, change.reason, boxes, change.at)


CHANGES = """
SELECT photo, kind, actor, role, reason, boxes, at FROM photo_change WHERE photo = ANY($1::uuid[]) ORDER BY id
"""


async def changes(ids: Sequence[UUID]) -> dict[UUID, list[Change]]:
    """By photo, oldest first; those that nobody touched are missing."""
    found: dict[UUID, list[Change]] = {}
    for row in await fetch(CHANGES, list(ids)) if ids else []:
        boxes = msgspec.json.decode(row["boxes"], type=tuple[Box, ...])
        found.setdefault(row["photo"], []).append(Change(**{**row, "boxes": boxes}))
    return found
