"""An announcement is written, released, told and withdrawn: each in one transaction, with who did it in its row.

To many, or at night, only with a second person's consent. Told by fan-out to each phone: FCM's topics would need the
instance-ID service, whose answers nobody here could check, and they know neither wishes nor quiet hours.
"""

from datetime import datetime, timedelta
from uuid import UUID

import asyncpg

from api.accounts.errors import NotAllowed
from api.accounts.speaker import Speaker
from api.announcements.errors import (
    AnnouncementDiffers,
    AnnouncementNotFound,
    AnnouncementNotOpen,
    OwnAnnouncement,
)
from api.announcements.schemas import AnnouncementShown, NewAnnouncement
from api.cities.book import City, CityBook, UnknownCity
from api.database import Statement
from api.errors import FieldRefused
from api.piccolo_conf import DB
from api.reports.words import clean_text
from geo import areas
from push import fanout

MAX_VALID = timedelta(days=30)
WRITERS = frozenset({"operator"})
RELEASERS = frozenset({"operator", "admin"})
READERS = frozenset({"operator", "admin", "auditor"})

WRITE = Statement("""
INSERT INTO announcement (client_id, city, area_code, area_name, title_id, title_en, body_id, body_en, is_urgent,
    valid_until, state, audience, written_by, written_at)
VALUES (:id, :city, :area, :area_name, :title, :title_en, :body, :body_en, :urgent, :valid_until, 'waiting',
    (SELECT count(*) FROM announcement_audience(:area)), :author, :now)
ON CONFLICT (client_id) DO NOTHING
RETURNING audience
""")


async def write(
    new: NewAnnouncement, speaker: Speaker, cities: CityBook, alone_up_to: int, now: datetime
) -> tuple[AnnouncementShown, bool]:
    """The announcement, and whether it is new. Public at once when it is not urgent and told to `alone_up_to` at most.

    Raises NotAllowed, FieldRefused, UnknownCity, AnnouncementDiffers.
    """
    city = await cities.city_of(new.area)
    if city is None:
        raise UnknownCity(new.area)
    _check(speaker, city.id, WRITERS)
    values = await _values(new, city, now)
    async with DB.transaction():
        made = await WRITE.fetch(DB, **values, author=speaker.account, now=now)
        if made and made[0]["audience"] <= alone_up_to and not new.urgent:
            await _release(new.id, speaker, now)
    shown = await read(new.id, speaker)
    if not made and (shown.area, shown.title, shown.body, shown.mine) != (
        new.area,
        values["title"],
        values["body"],
        True,
    ):
        raise AnnouncementDiffers
    return shown, bool(made)


async def _values(new: NewAnnouncement, city: City, now: datetime) -> dict[str, object]:
    area = await areas.find(new.area)
    if area is None:
        raise FieldRefused("area", "announcement-area")
    if not now < new.valid_until <= now + MAX_VALID:
        raise FieldRefused("valid_until", "announcement-validity", days=MAX_VALID.days)
    title, body = clean_text("title", new.title), clean_text("body", new.body)
    return {
        "id": new.id,
        "city": city.id,
        "area": new.area,
        "area_name": area.name,
        "title": title,
        "title_en": clean_text("title_en", new.title_en) if new.title_en else title,
        "body": body,
        "body_en": clean_text("body_en", new.body_en) if new.body_en else body,
        "urgent": new.urgent,
        "valid_until": new.valid_until,
    }


RELEASE = """
UPDATE announcement AS a SET state = 'public', released_by = $2, released_at = $3,
    audience = (SELECT count(*) FROM announcement_audience(a.area_code))
WHERE a.client_id = $1
"""

TELL = """
WITH said AS (SELECT a.* FROM announcement AS a WHERE a.client_id = $1),
heard AS (SELECT account.id, account.language FROM said, announcement_audience(said.area_code) AS listener
    JOIN account ON account.id = listener),
-- to who reads Indonesian, and to who reads English, each in their words
grouped AS (
    SELECT h.language, array_agg(h.id) AS accounts, array_agg('announcement'::text) AS kinds,
        array_agg(h.language) AS languages
    FROM heard AS h GROUP BY h.language
)
SELECT push_tell(g.accounts, g.kinds, g.languages, said.client_id, 1, jsonb_build_object(
        'area', said.area_code, 'urgent', said.is_urgent,
        'title', CASE g.language WHEN 'en' THEN said.title_en ELSE said.title_id END,
        'body', CASE g.language WHEN 'en' THEN said.body_en ELSE said.body_id END),
    $2, said.valid_until - $2::timestamptz)
FROM grouped AS g, said ORDER BY g.language
"""


async def _release(announcement: UUID, speaker: Speaker, now: datetime) -> None:
    await DB.fetch(RELEASE, announcement, speaker.account, now)
    await DB.fetch(TELL, announcement, now)


async def release(announcement: UUID, speaker: Speaker, now: datetime) -> AnnouncementShown:
    """By a second person. Raises AnnouncementNotFound, NotAllowed, OwnAnnouncement, AnnouncementNotOpen."""
    async with DB.transaction():
        row = await _locked(announcement, speaker, RELEASERS)
        if row["written_by"] == speaker.account:
            raise OwnAnnouncement
        if row["state"] != "waiting" or row["valid_until"] <= now:
            raise AnnouncementNotOpen(row["state"] if row["state"] != "waiting" else "over")
        await _release(announcement, speaker, now)
    return await read(announcement, speaker)


WITHDRAW = """
UPDATE announcement AS a SET state = 'withdrawn', withdrawn_by = $2, withdrawn_at = $3 WHERE a.client_id = $1
"""


async def withdraw(announcement: UUID, speaker: Speaker, now: datetime) -> AnnouncementShown:
    """It is told to nobody more and shown to nobody; inboxes keep what they have. Again: the same answer.

    Raises AnnouncementNotFound, NotAllowed.
    """
    async with DB.transaction():
        row = await _locked(announcement, speaker, RELEASERS)
        if row["state"] != "withdrawn":
            await DB.fetch(WITHDRAW, announcement, speaker.account, now)
            await fanout.withdraw(announcement, now)
    return await read(announcement, speaker)


LOCK = """
SELECT a.city, a.state, a.written_by, a.valid_until FROM announcement AS a WHERE a.client_id = $1 FOR UPDATE
"""


async def _locked(announcement: UUID, speaker: Speaker, roles: frozenset[str]) -> asyncpg.Record:
    rows = await DB.fetch(LOCK, announcement)
    if not rows or not _holds(speaker, rows[0]["city"], READERS):
        raise AnnouncementNotFound
    _check(speaker, rows[0]["city"], roles)
    return rows[0]


def _holds(speaker: Speaker, city: int, roles: frozenset[str]) -> bool:
    return any(grant.role in roles and grant.city in (None, city) for grant in speaker.grants)


def _check(speaker: Speaker, city: int, roles: frozenset[str]) -> None:
    if not _holds(speaker, city, roles):
        raise NotAllowed("announce")


SHOWN = """
SELECT a.client_id AS id, a.area_code AS area, a.area_name, a.title_id AS title, a.body_id AS body, a.title_en,
    a.body_en, a.valid_until, a.is_urgent AS urgent, a.state, a.audience, a.written_by = $2 AS mine, a.written_at,
    a.released_at, a.withdrawn_at, a.city,
    CASE WHEN a.released_at IS NULL THEN 0 ELSE a.audience - (
        SELECT coalesce(sum(f.audience - f.told), 0) FROM fanout AS f
        WHERE f.subject = a.client_id AND f.finished_at IS NULL) END::int AS told
FROM announcement AS a
"""
ONE = f"{SHOWN} WHERE a.client_id = $1"
LIST = f"""{SHOWN} WHERE ($1::int[] IS NULL OR a.city = ANY ($1)) ORDER BY a.id DESC LIMIT 100"""


async def read(announcement: UUID, speaker: Speaker) -> AnnouncementShown:
    """Raises AnnouncementNotFound."""
    rows = await DB.fetch(ONE, announcement, speaker.account)
    if not rows or not _holds(speaker, rows[0]["city"], READERS):
        raise AnnouncementNotFound
    return _shown(rows[0])


async def read_list(speaker: Speaker) -> tuple[AnnouncementShown, ...]:
    """The last hundred of the speaker's cities, newest first. Raises NotAllowed."""
    cities = [grant.city for grant in speaker.grants if grant.role in READERS]
    if not cities:
        raise NotAllowed("announce")
    rows = await DB.fetch(LIST, None if None in cities else cities, speaker.account)
    return tuple(_shown(row) for row in rows)


def _shown(row: asyncpg.Record) -> AnnouncementShown:
    return AnnouncementShown(**{name: value for name, value in row.items() if name != "city"})
