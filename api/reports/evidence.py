"""Photos that prove the work: announced for this report by the person who files them, and uploaded."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from api.accounts.errors import NotAllowed
from api.accounts.speaker import Speaker
from api.cities.book import City, CityBook
from api.errors import FieldRefused
from api.piccolo_conf import DB
from api.reports.permits import permit_for
from api.reports.queries import ReportRow, held_on, read_row
from api.reports.schemas import AnnouncedPhoto
from api.reports.status import Actor
from media import photos
from media.errors import PhotoUnknown

FILERS: frozenset[Actor] = frozenset({"officer", "coordinator", "area_head", "operator"})

LINK = """
INSERT INTO report_photo (photo, report, account, purpose, position)
SELECT $1, $2, $3, $4, count(*) + 1 FROM report_photo WHERE report = $2
ON CONFLICT (photo) DO NOTHING RETURNING photo
"""
LINKED = "SELECT report, account FROM report_photo WHERE photo = $1"
DEVICE = "SELECT family FROM session WHERE id = $1"


async def announce(photo: AnnouncedPhoto, report_id: UUID, speaker: Speaker, cities: CityBook, now: datetime) -> bool:
    """An after-photo will follow, or the reporter's photo that disputes one; False when it was announced before.

    Raises ReportNotFound, NotAllowed, AnnouncementRefused, PhotoIdTaken, PhotoUnknown for another's id.
    """
    row = await read_row(report_id)
    _, held = await held_on(row, speaker, cities)
    purpose = "evidence" if permit_for(held, FILERS) else "report"
    if purpose == "report" and not (row.state == "resolved" and row.account == speaker.account):
        raise NotAllowed("file evidence")
    async with DB.transaction():
        if await DB.fetch(LINK, photo.id, row.id, speaker.account, purpose):
            rows = await DB.fetch(DEVICE, speaker.session)
            await photos.expect([photo.for_media()], speaker.account, now, rows[0]["family"] if rows else None)
            return True
    if tuple((await DB.fetch(LINKED, photo.id))[0]) != (row.id, speaker.account):
        raise PhotoUnknown(photo.id)
    return False


REPLACE = """
-- the new one takes the place of one that came to nothing
WITH old AS (
    DELETE FROM report_photo AS link USING photo
    WHERE link.photo = $4 AND link.report = $2 AND link.account = $3 AND photo.id = link.photo
        AND photo.state IN ('refused', 'swept')
    RETURNING link.purpose, link.position)
INSERT INTO report_photo (photo, report, account, purpose, position)
SELECT $1, $2, $3, purpose, position FROM old RETURNING purpose
"""


async def replace(photo: AnnouncedPhoto, old: UUID, report_id: UUID, speaker: Speaker, now: datetime) -> bool:
    """Another photo will follow in the place of `old`, by who announced that; False when it was said before.

    Raises ReportNotFound, FieldRefused, AnnouncementRefused, PhotoIdTaken, PhotoQuotaExceeded.
    """
    row = await read_row(report_id)
    if [tuple(linked) for linked in await DB.fetch(LINKED, photo.id)] == [(row.id, speaker.account)]:
        return False
    async with DB.transaction():
        rows = await DB.fetch(DEVICE, speaker.session)
        await photos.expect([photo.for_media()], speaker.account, now, rows[0]["family"] if rows else None)
        if not await DB.fetch(REPLACE, photo.id, row.id, speaker.account, old):
            raise FieldRefused("replaces", "replaces-not-over")
    return True


PURPOSE = "SELECT purpose FROM report_photo WHERE photo = $1"


async def purpose_of(photo: UUID) -> str:
    return str((await DB.fetch(PURPOSE, photo))[0]["purpose"])


FILED = """
SELECT photo FROM report_photo
WHERE report = $1 AND photo = ANY($2::uuid[]) AND account = $3 AND purpose = $4
"""


async def check_evidence(named: Sequence[UUID], row: ReportRow, city: City, speaker: Speaker) -> None:
    """Raises FieldRefused when there is none though the category asks for it, or a photo is not usable."""
    category = city.every_category.get(row.category)
    if not named and (category is None or category.needs_evidence):
        raise FieldRefused("evidence", "evidence-missing")
    await check_photos(named, row, speaker, "evidence")


async def check_photos(named: Sequence[UUID], row: ReportRow, speaker: Speaker, purpose: str) -> None:
    """Raises FieldRefused for a photo that the speaker did not announce for this, or that is not here."""
    known = {found["photo"] for found in await DB.fetch(FILED, row.id, list(named), speaker.account, purpose)}
    for photo in named:
        if photo not in known:
            raise FieldRefused("evidence", "evidence-unknown", photo=photo)
    for state in await photos.states(named):
        if state.state not in ("uploaded", "ready", "hidden"):
            raise FieldRefused("evidence", "evidence-refused", photo=state.id)
