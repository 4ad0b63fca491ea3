"""Telling those above when a promise is about to be broken, and when it is. A chore of the worker.

What has been told stands in the table `escalation`, so that any number of workers, restarts or days of downtime tell
each level of a clock once. The reports are locked before their clocks, as every change of a report does.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import uuid5

import asyncpg
import msgspec

from api.cities.book import City, CityBook
from api.piccolo_conf import DB
from api.reports.clocks import Pause
from api.reports.clockwork import RunningClock
from api.reports.escalation import KINDS, RESIDENTS_CLOCKS, WARNING, Level, addressees, moments, next_look
from api.reports.hearers import Fired, Holder, notices

AT_ONCE = 5000

DUE = """
-- clocks that must be looked at, by their index; what another worker or a change has in hand comes with the next round
SELECT c.report, c.clock, c.started_at, c.due_at, c.pauses::text AS pauses, r.client_id, r.tracking_id, r.city,
    r.agency, r.village_code, r.visibility
FROM report_clock AS c JOIN report AS r ON r.id = c.report
WHERE c.stopped_at IS NULL AND c.due_at IS NOT NULL AND c.look_at <= $1
-- those of the resident lapse when they are due
    AND NOT (c.clock = ANY($2::text[]) AND c.due_at <= $1)
ORDER BY c.look_at LIMIT $3
FOR UPDATE OF r SKIP LOCKED
"""


class Looked(msgspec.Struct, frozen=True):
    """A clock that was looked at: the levels that it has reached, and when to look again."""

    report: int
    clock: str
    started_at: datetime
    due_at: datetime
    look_at: datetime | None
    levels: tuple[Level, ...]
    facts: Fired


async def escalate_due(cities: CityBook, now: datetime) -> int:
    """How many clocks were looked at; ask again while it is AT_ONCE."""
    known = {city.id: city for city in await cities.cities()}
    async with DB.transaction():
        rows = await DB.fetch(DUE, now, list(RESIDENTS_CLOCKS), AT_ONCE)
        looked = [_looked(row, known[row["city"]], now) for row in rows if row["city"] in known]
        if fired := await _fire(looked, now):
            await _tell(notices(fired, await _holders()), now)
    return len(rows)


def _looked(row: asyncpg.Record, city: City, now: datetime) -> Looked:
    pauses = msgspec.json.decode(row["pauses"], type=tuple[Pause, ...])
    clock = RunningClock(clock=row["clock"], started_at=row["started_at"], due_at=row["due_at"], pauses=pauses)
    levels = tuple(level for level, moment in moments(clock, city) if moment <= now)
    facts = Fired(
        level=max(levels, default=1),
        addressees=addressees(city, row["agency"], row["village_code"], row["visibility"]),
        city=city.id,
        kind=WARNING if clock.clock == "ombudsman" else KINDS[max(levels, default=1)],
        subject=uuid5(row["client_id"], f"{clock.clock} {clock.started_at}"),
        report=row["client_id"],
        tracking_id=row["tracking_id"],
        clock=clock.clock,
        due_at=row["due_at"],
    )
    look_at = next_look(clock, city, now)
    return Looked(row["report"], clock.clock, clock.started_at, row["due_at"], look_at, levels, facts)


FIRE = """
-- when to look again: never, for what has nobody left to tell
WITH looked AS MATERIALIZED (
    UPDATE report_clock AS c SET look_at = coalesce(l.look_at, 'infinity')
    FROM jsonb_to_recordset($1::jsonb) AS l (report bigint, clock text, started_at timestamptz, due_at timestamptz,
        look_at timestamptz, levels jsonb)
    WHERE c.report = l.report AND c.clock = l.clock AND c.started_at = l.started_at AND c.stopped_at IS NULL
    RETURNING l.*
),
-- each level once
fired AS (
    INSERT INTO escalation (report, clock, started_at, level, due_at, at)
    SELECT l.report, l.clock, l.started_at, level::smallint, l.due_at, $2
    FROM looked AS l, jsonb_array_elements_text(l.levels) AS level
    ON CONFLICT DO NOTHING
    RETURNING report, clock, started_at, level
),
-- phones that hold the report hear by the worklist that it is overdue
shown AS (
    UPDATE report SET changed_xid = pg_current_xact_id()::text::bigint
    WHERE id IN (SELECT report FROM fired WHERE level = 2)
)
SELECT * FROM fired
"""


async def _fire(looked: Sequence[Looked], now: datetime) -> list[Fired]:
    """What nobody has been told yet."""
    if not looked:
        return []
    facts = {(one.report, one.clock, one.started_at): one.facts for one in looked}
    said = [{name: getattr(one, name) for name in Looked.__struct_fields__ if name != "facts"} for one in looked]
    rows = await DB.fetch(FIRE, msgspec.json.encode(said).decode(), now)
    return [msgspec.structs.replace(facts[tuple(row)[:3]], level=row["level"]) for row in rows]


HOLDERS = """
SELECT g.account, account.language, g.role, g.city, g.agency, g.area_code
FROM role_grant AS g JOIN account ON account.id = g.account
WHERE g.role IN ('coordinator', 'area_head', 'operator', 'auditor')
"""


async def _holders() -> list[Holder]:
    return [Holder(*row) for row in await DB.fetch(HOLDERS)]


TELL = """
-- as push asks: in ascending order, for each one's inbox is locked until the commit
SELECT count(push_notify(n.recipient, n.subject, n.rev, n.kind, n.params, $2, '7 days'))
FROM jsonb_to_recordset($1::jsonb) AS n (recipient bigint, subject uuid, rev int, kind text, params jsonb)
"""


async def _tell(rows: list[dict[str, Any]], now: datetime) -> None:
    if rows:
        await DB.fetch(TELL, msgspec.json.encode(rows).decode(), now)
