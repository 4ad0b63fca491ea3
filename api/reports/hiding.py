"""A report's photo that tells too much: the reporter or the city hides it, or covers parts of it."""

from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

from api.accounts.errors import NotAllowed
from api.accounts.speaker import Speaker
from api.cities.book import CityBook
from api.piccolo_conf import DB
from api.reports.permits import Permit, Standing
from api.reports.queries import held_on, read_row
from api.reports.words import clean
from media import changes, photos
from media.changes import Change, Kind
from media.errors import PhotoUnknown
from media.facts import Box

HIDERS: frozenset[Standing] = frozenset({"coordinator", "area_head", "operator", "admin"})


class Linked(msgspec.Struct, frozen=True):
    """A photo in its report, and what entitles the speaker to change it."""

    photo: UUID
    report: int
    purpose: str
    permit: Permit


LINK = """
SELECT r.client_id, p.report, p.account, p.purpose FROM report_photo AS p JOIN report AS r ON r.id = p.report
WHERE p.photo = $1
"""


async def linked(photo: UUID, speaker: Speaker, cities: CityBook, allowed: frozenset[Standing] = HIDERS) -> Linked:
    """Raises PhotoUnknown, also for who may not read the report, and NotAllowed."""
    rows = await DB.fetch(LINK, photo)
    if not rows:
        raise PhotoUnknown(photo)
    _, held = await held_on(await read_row(rows[0]["client_id"]), speaker, cities)
    for permit in held:
        if permit.standing in allowed or (permit.standing == "reporter" and rows[0]["account"] == speaker.account):
            return Linked(photo, rows[0]["report"], rows[0]["purpose"], permit)
    raise NotAllowed("change a photo")


TOUCH = """
-- so that the officers' next look at their list shows it
UPDATE report SET changed_xid = pg_current_xact_id()::text::bigint WHERE id = $1
"""


async def set_hidden(  # who, what and why
    photo: UUID, reason: str, speaker: Speaker, cities: CityBook, now: datetime, *, is_hidden: bool
) -> Linked:
    """Raises PhotoUnknown, NotAllowed: what the city hid, a reporter does not show again."""
    link = await linked(photo, speaker, cities)
    async with DB.transaction():
        if is_hidden:
            await photos.hide([photo], now)
        elif link.permit.standing == "reporter" and await _hidden_by(photo) != "reporter":
            raise NotAllowed("show a photo that the city hid")
        else:
            await photos.unhide([photo])
        await _record(link, "hide" if is_hidden else "unhide", reason, speaker, now)
    return link


HIDDEN_BY = """
SELECT role FROM photo_change WHERE photo = $1 AND kind = 'hide' ORDER BY id DESC LIMIT 1
"""


async def _hidden_by(photo: UUID) -> str | None:
    rows = await DB.fetch(HIDDEN_BY, photo)
    return rows[0]["role"] if rows else None


async def redact(  # who, what and why
    photo: UUID, boxes: tuple[Box, ...], reason: str, speaker: Speaker, cities: CityBook, now: datetime
) -> Linked:
    """Raises PhotoUnknown, NotAllowed, NotReady, TooManyBoxes."""
    link = await linked(photo, speaker, cities)
    async with DB.transaction():
        await changes.redact(photo, boxes)
        await _record(link, "redact", reason, speaker, now, boxes)
    return link


async def _record(  # who, what and why
    link: Linked, kind: Kind, reason: str, speaker: Speaker, now: datetime, boxes: tuple[Box, ...] = ()
) -> None:
    await changes.record(
        Change(
            photo=link.photo,
            kind=kind,
            actor=speaker.account,
            role=link.permit.standing,
            reason=clean("reason", reason),
            at=now,
            boxes=boxes,
        )
    )
    await DB.fetch(TOUCH, link.report)


class ChangeShown(msgspec.Struct, frozen=True):
    kind: Literal["hide", "unhide", "redact", "original"]
    role: str
    reason: str
    boxes: tuple[Box, ...]
    at: datetime


async def changes_shown(photo: UUID, speaker: Speaker, cities: CityBook) -> list[ChangeShown]:
    """Who did what to the photo, by role. Raises as `linked`."""
    await linked(photo, speaker, cities, HIDERS | {"auditor"})
    found = (await changes.changes([photo])).get(photo, [])
    return [ChangeShown(each.kind, each.role, each.reason, each.boxes, each.at) for each in found]
