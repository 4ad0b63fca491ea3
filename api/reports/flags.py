"""What staff should know of a photo before they trust it: looked for once, when the photo is ready.

`media.evidence` judges; here is found what it judges by: the report, who filed the photo, what came before.
"""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import asyncpg

from api.catalogue import Language, text
from api.cities.book import CityBook
from api.piccolo_conf import DB
from api.reports.schemas import FlagShown
from api.reports.tracking import shown
from media import evidence, photos
from media.evidence import Case, Earlier, Flag

AT_ONCE = 50
NEAR_DEGREES = evidence.NEAR_M / 110_000  # a little more than it is; `evidence` measures again
OLD_AFTER = timedelta(days=7)  # a resident may have walked past it for a week
SERIOUS = (
    *("before_photo_again", "reused", "made_by_ai", "edited_by_ai", "ai_generator", "ai_parameters"),
    *("old_photo", "taken_later", "far_from_report"),
)
"""Those that are counted publicly: a dark or blurred photo is no question of honesty."""

UNSEEN = """
-- ready, and nobody has looked yet; a photo whose report is gone has nothing to be compared with
SELECT p.id, p.uploaded_at, link.report, link.account, link.purpose, r.created_at, r.occurred_at, r.village_code,
    ST_Y(r.location) AS lat, ST_X(r.location) AS lon
FROM photo AS p LEFT JOIN report_photo AS link ON link.photo = p.id LEFT JOIN report AS r ON r.id = link.report
WHERE p.state = 'ready' AND p.flags IS NULL ORDER BY p.settled_at LIMIT $1
"""


async def flag_ready(cities: CityBook) -> int:
    """How many were looked at. A chore for the worker."""
    rows = await DB.fetch(UNSEEN, AT_ONCE)
    for row in rows:
        await _flag(row, cities)
    return len(rows)


TOUCH = """
UPDATE report SET changed_xid = pg_current_xact_id()::text::bigint WHERE id = $1
"""


async def _flag(row: asyncpg.Record, cities: CityBook) -> None:
    city = await cities.city_of(row["village_code"]) if row["report"] else None
    facts = (await photos.facts([row["id"]])).get(row["id"])
    found: list[Flag] = []
    if city and facts:
        case = _case(row, ZoneInfo(city.timezone))
        found = evidence.flags(facts, case, await _earlier(row["id"]))
    async with DB.transaction():
        await photos.flag(row["id"], found)
        await DB.fetch(TOUCH, row["report"])


def _case(row: asyncpg.Record, zone: ZoneInfo) -> Case:
    since = (
        row["created_at"] if row["purpose"] == "evidence" else min(row["created_at"], row["occurred_at"]) - OLD_AFTER
    )
    return Case(
        lat=row["lat"],
        lon=row["lon"],
        not_before=since,
        filed_at=row["uploaded_at"],
        zone=zone,
        filer=row["account"],
    )


EARLIER = """
-- the photo that is looked at, and its report
WITH mine AS (
    SELECT p.id, p.dhash, p.sha256, p.uploaded_at, link.report, link.account, link.purpose, r.location
    FROM photo AS p JOIN report_photo AS link ON link.photo = p.id JOIN report AS r ON r.id = link.report
    WHERE p.id = $1
),
-- what it may repeat: whatever was sent nearby, what the same person filed anywhere, the same file from anybody
candidate AS (
    SELECT link.photo FROM mine JOIN report AS r ON r.location && ST_Expand(mine.location, $2::float8)
    JOIN report_photo AS link ON link.report = r.id
    UNION SELECT link.photo FROM mine JOIN report_photo AS link USING (account)
    WHERE link.purpose = 'evidence' AND mine.purpose = 'evidence'
    UNION SELECT other.id FROM mine JOIN photo AS other USING (sha256)
)
SELECT other.id AS photo, other.facts ->> 'dhash' AS dhash, link.account AS filer,
    ST_Y(r.location) AS lat, ST_X(r.location) AS lon,
    link.report = mine.report AND link.purpose <> 'evidence' AS is_before, link.purpose = 'evidence' AS is_evidence
FROM mine, candidate JOIN photo AS other ON other.id = candidate.photo
JOIN report_photo AS link ON link.photo = other.id JOIN report AS r ON r.id = link.report
WHERE other.id <> mine.id AND bit_count((other.dhash # mine.dhash)::bit(64)) <= $3
-- what came before; within the report: evidence against what it should have changed, or what was filed before it
    AND CASE WHEN link.report <> mine.report THEN (other.uploaded_at, other.id) < (mine.uploaded_at, mine.id)
        WHEN mine.purpose <> 'evidence' THEN false
        WHEN link.purpose <> 'evidence' THEN true
        ELSE EXISTS (SELECT FROM report_event AS e WHERE e.report = mine.report
            AND other.id = ANY (e.evidence) AND mine.id <> ALL (e.evidence)) END
ORDER BY bit_count((other.dhash # mine.dhash)::bit(64)), other.uploaded_at LIMIT 20
"""


async def _earlier(photo: UUID) -> list[Earlier]:
    return [Earlier(**row) for row in await DB.fetch(EARLIER, photo, NEAR_DEGREES, evidence.SAME_PICTURE_BITS)]


NUMBERS = """
-- a number opens what the public may see of a report; a secret report's is not told in another one
SELECT p.photo, r.tracking_id FROM report_photo AS p JOIN report AS r ON r.id = p.report
WHERE p.photo = ANY($1::uuid[]) AND r.visibility = 'public'
"""


async def flags_shown(ids: Sequence[UUID], language: Language) -> dict[UUID, tuple[FlagShown, ...]]:
    """For staff, by photo; those that nobody looked at yet are missing."""
    found = await photos.flags(ids)
    others = [flag.photo for flags in found.values() for flag in flags if flag.photo]
    numbers = {row[0]: shown(row[1]) for row in await DB.fetch(NUMBERS, others)} if others else {}
    return {
        photo: tuple(_shown(flag, numbers.get(flag.photo) if flag.photo else None, language) for flag in flags)
        for photo, flags in found.items()
    }


def _shown(flag: Flag, number: str | None, language: Language) -> FlagShown:
    words = text(
        f"flag.{flag.name}", language, amount=f"{flag.amount or 0:.0f}", span=_span(flag.amount or 0, language)
    )
    if number:
        words += " " + text("flag.report", language, number=number)
    return FlagShown(flag.name, words, flag.amount, flag.photo, number)


def _span(hours: float, language: Language) -> str:
    if hours >= 48:
        return text("flag.days", language, count=round(hours / 24))
    return text("flag.hours", language, count=max(1, round(hours)))
