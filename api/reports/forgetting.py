"""A report loses its author: the account was erased, or the time for which a city keeps authors is over.

What the public reads stays, as the record of what the city was told and did; unless its author asks for the words too.
What the public never read is erased: words, address, answers, photos, and its position becomes that of a neighbourhood.
The chain holds, for it covers digests of salted words, and the salts go with the words (redaction.py).
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal
from uuid import UUID, uuid5

import msgspec

from api.catalogue import text
from api.cities.book import City, CityBook
from api.errors import ReportNotFound
from api.piccolo_conf import DB
from api.reports.permits import Permit
from api.reports.publicity import shows_content
from api.reports.queries import ReportRow, city_of, read_row
from api.reports.redaction import IN_EVENTS, OF_THE_REPORT
from api.reports.schemas import NewEvent
from api.reports.staffing import Assignment
from api.reports.steps import LOCK, Step
from api.reports.taking import take
from media import owners

Because = Literal["erasure", "retention"]
NEIGHBOURHOOD_DECIMALS = 2  # about 1.1 km: the city may count it, nobody finds a house

FORGOTTEN = """
-- once a report, whoever comes first
INSERT INTO report_forgotten (report, because, at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING RETURNING report
"""


async def forget(report_id: UUID, because: Because, cities: CityBook, now: datetime, *, all_words: bool) -> bool:
    """False when it has been forgotten before. One transaction a report, so that whoever was killed goes on."""
    await cities.cities()  # read before the transaction: the book takes a connection of its own
    async with DB.transaction():
        await DB.fetch(LOCK, report_id)
        row = await read_row(report_id)
        if not await DB.fetch(FORGOTTEN, row.id, because, now):
            return False
        is_public = shows_content(row.visibility, row.state)
        is_erased = all_words or not is_public
        row = await _anonymise(row, is_public=is_public, is_erased=is_erased)
        await _forget_events(row, because, is_erased=is_erased)
        await _forget_photos(row, now, is_erased=is_erased)
        await _note(row, because, cities, now, is_erased=is_erased)
        return True


async def _city(row: ReportRow, cities: CityBook) -> City | None:
    try:
        return await city_of(row, cities)
    except ReportNotFound:  # the city has gone; its reports are forgotten all the same
        return None


ANONYMISE = """
-- the digest of the body goes in any case: it covers what the report does not show
UPDATE report SET is_anonymous = true, body_sha256 = '', text_digest = NULL, text = $2, address = $3,
    answers = $4::jsonb, location = ST_SetSRID(ST_MakePoint($5, $6), 4326), accuracy_m = NULL
WHERE id = $1
"""


async def _anonymise(row: ReportRow, *, is_public: bool, is_erased: bool) -> ReportRow:
    lat, lon = row.public_lat, row.public_lon
    if not is_public:
        lat, lon = round(row.lat, NEIGHBOURHOOD_DECIMALS), round(row.lon, NEIGHBOURHOOD_DECIMALS)
    words = (text("redacted.reporter", "id"), "", "{}") if is_erased else (row.text, row.address, row.answers)
    await DB.fetch(ANONYMISE, row.id, *words, lon, lat)
    written, address, answers = words
    return msgspec.structs.replace(row, text=written, address=address, answers=answers, lat=lat, lon=lon)


UNSEAL = """
-- words of these events and the salts of their digests; $4: of the report itself too
UPDATE report_event AS e SET
    note = CASE WHEN 'note' = ANY($2::text[]) THEN '' ELSE e.note END,
    reason = CASE WHEN 'reason' = ANY($2::text[]) THEN '' ELSE e.reason END,
    internal_note = CASE WHEN 'internal_note' = ANY($2::text[]) THEN '' ELSE e.internal_note END,
    seals = coalesce((
        SELECT jsonb_object_agg(s.key, CASE WHEN s.key = ANY($2::text[] || $4::text[])
            THEN jsonb_build_array(NULL, s.value->1) ELSE s.value END)
        FROM jsonb_each(e.seals) AS s), e.seals)
WHERE e.report = $1 AND e.seals IS NOT NULL AND e.role = ANY($3::text[])
"""
EVERYBODY = (
    "reporter",
    "system",
    "rule",
    "resident",
    "officer",
    "coordinator",
    "area_head",
    "operator",
    "helper",
    "auditor",
    "admin",
)


async def _forget_events(row: ReportRow, because: Because, *, is_erased: bool) -> None:
    """Of public reports the story stays; what staff wrote for each other goes when its time is over."""
    body = list(OF_THE_REPORT) if is_erased else ["body_sha256"]
    said = list(IN_EVENTS) if is_erased else []
    await DB.fetch(UNSEAL, row.id, said, ["reporter"], body)
    is_over = because == "retention" or is_erased
    await DB.fetch(UNSEAL, row.id, ["internal_note"] if is_over else [], list(EVERYBODY), body)
    if is_over:
        await DB.fetch(UNSEAL_CONTACT, row.id)


UNSEAL_CONTACT = """
-- why somebody looked at a contact that is kept no more
UPDATE report_event AS e SET reason = '', seals = coalesce((
    SELECT jsonb_object_agg(s.key, CASE s.key WHEN 'reason' THEN jsonb_build_array(NULL, s.value->1) ELSE s.value END)
    FROM jsonb_each(e.seals) AS s), e.seals)
WHERE e.report = $1 AND e.kind = 'contact' AND e.seals IS NOT NULL
"""

OWN_PHOTOS = """
SELECT photo FROM report_photo WHERE report = $1 AND purpose = 'report'
"""


async def _forget_photos(row: ReportRow, now: datetime, *, is_erased: bool) -> None:
    photos = [found["photo"] for found in await DB.fetch(OWN_PHOTOS, row.id)]
    if is_erased:
        await owners.erase_photos(photos, now)
    else:
        await owners.strip_photos(photos)


async def _note(row: ReportRow, because: Because, cities: CityBook, now: datetime, *, is_erased: bool) -> None:
    """In the chain, told to nobody."""
    city = await _city(row, cities)
    if city is None:
        return
    event = NewEvent(id=uuid5(row.client_id, because), kind="redact")
    assignment = Assignment(row.agency, row.officer)
    fields = ["author", *(("text", "address", "answers", "photos", "events") if is_erased else ())]
    step = Step(event, row, city, row.state, None, Permit("system", None), assignment, now)
    await take(step.hidden().with_details(fields=fields, because=because))


OWN_COMMENTS = """
-- at most $2 of them, on whatever report
SELECT e.report, e.version, r.client_id FROM report_event AS e JOIN report AS r ON r.id = e.report
WHERE e.actor = ANY($1::bigint[]) AND e.kind = 'comment' AND e.note <> ''
LIMIT $2
"""
EMPTY_COMMENT = """
UPDATE report_event AS e SET note = '', is_hidden = true, seals = (
    SELECT jsonb_object_agg(s.key, jsonb_build_array(NULL, s.value->1)) FROM jsonb_each(e.seals) AS s)
WHERE e.report = $1 AND e.version = $2
"""


async def forget_comments(accounts: Sequence[int], at_once: int = 500) -> int:
    """How many were emptied; again until none is left. In one transaction each call."""
    async with DB.transaction():
        found = await DB.fetch(OWN_COMMENTS, list(accounts), at_once)
        for row in found:
            await DB.fetch(EMPTY_COMMENT, row["report"], row["version"])
    return len(found)


BESIDE = """
-- supports and followings of the account, and the numbers that counted them
WITH gone AS (DELETE FROM report_follower WHERE account = ANY($1::bigint[]) RETURNING report, reason),
fewer AS (SELECT report, count(*) AS number FROM gone WHERE reason = 'support' GROUP BY report)
UPDATE report SET supports = greatest(supports - fewer.number, 0) FROM fewer WHERE report.id = fewer.report
"""


async def forget_followings(accounts: Sequence[int]) -> None:
    await DB.fetch(BESIDE, list(accounts))


OWN = """
SELECT r.client_id FROM report AS r
WHERE r.account = $1 AND NOT EXISTS (SELECT FROM report_forgotten AS f WHERE f.report = r.id)
ORDER BY r.id LIMIT $2
"""


async def own_reports(account: int, at_most: int) -> list[UUID]:
    """Those that still have their author."""
    return [row["client_id"] for row in await DB.fetch(OWN, account, at_most)]


OVER = """
-- a page of reports in the order in which they came; of each whether its story ended long ago
WITH page AS (SELECT r.* FROM report AS r WHERE r.id > $1 ORDER BY r.id LIMIT $2),
ended AS (
    SELECT p.id, p.client_id, p.created_at, p.state IN ('closed', 'rejected', 'duplicate', 'withdrawn')
        AND p.created_at < $3 AS is_ended,
        (SELECT max(e.at) FROM report_event AS e WHERE e.report = p.id AND e.from_state IS NOT NULL) AS at
    FROM page AS p
)
SELECT e.id, e.client_id, e.created_at,
    coalesce(e.is_ended AND e.at < $4, false)
        AND NOT EXISTS (SELECT FROM report_forgotten AS f WHERE f.report = e.id) AS loses_author,
    coalesce(e.is_ended AND e.at < $3, false) AND EXISTS (
        SELECT FROM report_event AS n WHERE n.report = e.id AND n.seals IS NOT NULL
        AND (n.internal_note <> '' OR (n.kind = 'contact' AND n.reason <> ''))) AS loses_notes
FROM ended AS e ORDER BY e.id
"""


class Over(msgspec.Struct, frozen=True):
    """A report and what of it has had its time."""

    id: int
    report: UUID
    created_at: datetime
    loses_author: bool
    loses_notes: bool


async def over(after: int, at_most: int, notes_until: datetime, authors_until: datetime) -> list[Over]:
    """The next page after that row; notes go no later than authors."""
    rows = await DB.fetch(OVER, after, at_most, max(notes_until, authors_until), authors_until)
    return [Over(*row) for row in rows]


async def forget_notes(report_id: UUID) -> None:
    """What staff wrote for each other, and why they looked at a contact."""
    async with DB.transaction():
        await DB.fetch(LOCK, report_id)
        row = await read_row(report_id)
        await DB.fetch(UNSEAL, row.id, ["internal_note"], list(EVERYBODY), [])
        await DB.fetch(UNSEAL_CONTACT, row.id)
