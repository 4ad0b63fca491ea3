"""What an officer's phone asks for: everything that changed in my grants since the last time, and what left them.

The cursor is a transaction id: a change that was still uncommitted when the phone asked has a number that is not
below the cursor, so it comes with the next answer. Some reports may come twice, none is missed.
"""

import re
import zlib
from collections.abc import Sequence
from uuid import UUID

import asyncpg
import msgspec

from api.accounts.speaker import Grant, Speaker
from api.catalogue import Language
from api.cities.book import CityBook
from api.errors import FieldRefused
from api.piccolo_conf import DB
from api.reports.permits import permits
from api.reports.queries import ReportRow, report_rows, show
from api.reports.schemas import ReportShown
from api.reports.search import scope_of
from api.reports.steps_allowed import with_steps

PAGE = 200
MAX_BIGINT = 2**63 - 1


class Worklist(msgspec.Struct, frozen=True):
    """`removed`: ids that have left the speaker's grants. `more`: ask again at once with `next`.

    `restart`: the grants have changed since the cursor was given; forget what you have, all that is open follows.
    """

    reports: tuple[ReportShown, ...]
    removed: tuple[UUID, ...]
    next: str
    more: bool
    restart: bool = False


class Cursor(msgspec.Struct, frozen=True):
    """Changes after (`xid`, `report`) are still to come; when they have all been told, those from `then` on.

    While `is_first` the open reports are told in the order of their ids, `report` being the last one told.
    `then` is what was certain when the first page was asked for: a change that commits while a phone is turning
    the pages may belong to a page that it has turned already. `grants` is a sum of the grants that it was given for.
    """

    then: int
    xid: int
    report: int
    grants: int
    is_first: bool = False

    def __str__(self) -> str:
        return f"{self.then}.{self.xid}.{self.report}.{int(self.is_first)}.{self.grants}"


def read_cursor(written: str, horizon: int) -> Cursor:
    """Raises FieldRefused."""
    parts = written.split(".")
    if len(parts) != 5 or not all(re.fullmatch("[0-9]{1,19}", part) and int(part) <= MAX_BIGINT for part in parts):
        raise FieldRefused("since", "cursor-unreadable")
    then, xid, report, is_first, grants = map(int, parts)
    is_new_round = not report and not is_first
    return Cursor(horizon if is_new_round else then, xid, report, grants, bool(is_first))


HORIZON = "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint"


async def read_worklist(
    speaker: Speaker, since: str | None, cities: CityBook, language: Language, limit: int = PAGE
) -> Worklist:
    """At most `limit` reports; `more` says to ask again at once. Raises FieldRefused."""
    horizon: int = (await DB.fetch(HORIZON))[0][0]
    fresh = Cursor(horizon, horizon, 0, sum_of(speaker.grants), is_first=True)
    cursor = read_cursor(since, horizon) if since else fresh
    is_restart = cursor.grants != fresh.grants
    if is_restart:  # what the phone has belongs to other grants
        cursor = fresh
    scope = await scope_of(speaker, cities)
    read = read_open if cursor.is_first else read_changed
    rows = report_rows(await read(cursor, limit + 1, *scope))
    told = [(row, await _if_mine(row, speaker, cities, language)) for row in rows[:limit]]
    return Worklist(
        reports=tuple(report for _, report in told if report is not None),
        removed=tuple(row.client_id for row, report in told if report is None and not cursor.is_first),
        next=str(_next(cursor, rows, limit)),
        more=len(rows) > limit,
        restart=is_restart,
    )


def sum_of(grants: tuple[Grant, ...]) -> int:
    """A grant is given or taken, never changed: the ids tell."""
    return zlib.crc32(str(sorted(grant.id for grant in grants)).encode())


def _next(cursor: Cursor, rows: list[ReportRow], limit: int) -> Cursor:
    if len(rows) <= limit:
        return Cursor(cursor.then, cursor.then, 0, cursor.grants)
    last = rows[limit - 1]
    return msgspec.structs.replace(cursor, report=last.id, xid=cursor.xid if cursor.is_first else last.changed_xid)


OPEN = """
-- a phone that starts anew: what is open in the cities, agencies and areas of the grants
SELECT r.* FROM report_shown AS r
WHERE (r.city = ANY($1::int[]) OR r.agency = ANY($2::int[]) OR r.coordinating && $2::int[]
    OR r.village_code LIKE ANY($3::text[]))
    AND r.id > $4 AND r.state NOT IN ('closed', 'duplicate', 'rejected', 'resolved', 'withdrawn')
ORDER BY r.id LIMIT $5
"""


async def read_open(
    cursor: Cursor, limit: int, whole: list[int], agencies: list[int], areas: list[str]
) -> Sequence[asyncpg.Record]:
    return await DB.fetch(OPEN, whole, agencies, areas, cursor.report, limit)


CHANGED = """
-- what the grants cover now, or covered at some event before: then it has been taken away
SELECT r.* FROM report_shown AS r
WHERE (r.city = ANY($1::int[]) OR r.agency = ANY($2::int[]) OR r.coordinating && $2::int[]
       OR r.village_code LIKE ANY($3::text[])
-- (one look into the events for all three: of an agency, as a coordinating one, a pin moved out of the area)
       OR EXISTS (SELECT FROM report_event AS e WHERE e.report = r.id AND (e.agency = ANY($2::int[])
                  OR (e.kind = 'coordination' AND (e.details->>'coordination')::int = ANY($2::int[]))
                  OR (e.kind = 'relocate' AND e.details->>'from_village' LIKE ANY($3::text[])))))
    AND (r.changed_xid, r.id) > ($4, $5)
ORDER BY r.changed_xid, r.id LIMIT $6
"""


async def read_changed(
    cursor: Cursor, limit: int, whole: list[int], agencies: list[int], areas: list[str]
) -> Sequence[asyncpg.Record]:
    return await DB.fetch(CHANGED, whole, agencies, areas, cursor.xid, cursor.report, limit)


async def _if_mine(row: ReportRow, speaker: Speaker, cities: CityBook, language: Language) -> ReportShown | None:
    city = await cities.city_of(row.village_code)
    held = permits(speaker, row.subject, city) if city else ()
    if city is None or not held:
        return None
    return with_steps(await show(row, city, language, for_staff=True), row, city, held, speaker)
