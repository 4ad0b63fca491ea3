"""Telling those above when a promise is about to be broken, and when it is. A chore of the worker.

What has been told stands in the table `escalation`, so that any number of workers, restarts or days of downtime tell
each level of a clock once. The reports are locked before their clocks, as every change of a report does.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

import asyncpg
import msgspec

from api.cities.book import City, CityBook
from api.piccolo_conf import DB
from api.reports.clocks import Pause
from api.reports.clockwork import RunningClock
from api.reports.escalation import KINDS, RESIDENTS_CLOCKS, WARNING, Addressee, Level, addressees, moments, next_look

AT_ONCE = 1000

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
    """A clock that was looked at: the levels it has reached, who hears of them, and when to look again."""

    report: int
    clock: str
    started_at: datetime
    due_at: datetime
    look_at: datetime | None
    levels: tuple[Level, ...]
    addressees: tuple[Addressee, ...]
    city: int
    kind: str
    subject: UUID
    client_id: UUID
    tracking_id: str


async def escalate_due(cities: CityBook, now: datetime) -> int:
    """How many clocks were looked at; ask again while it is AT_ONCE."""
    known = {city.id: city for city in await cities.cities()}
    async with DB.transaction():
        rows = await DB.fetch(DUE, now, list(RESIDENTS_CLOCKS), AT_ONCE)
        looked = [_looked(row, known[row["city"]], now) for row in rows if row["city"] in known]
        if looked:
            await _tell(looked, now)
    return len(rows)


def _looked(row: asyncpg.Record, city: City, now: datetime) -> Looked:
    pauses = msgspec.json.decode(row["pauses"], type=tuple[Pause, ...])
    clock = RunningClock(clock=row["clock"], started_at=row["started_at"], due_at=row["due_at"], pauses=pauses)
    levels = tuple(level for level, moment in moments(clock, city) if moment <= now)
    heard = addressees(city, row["agency"], row["village_code"], row["visibility"])
    return Looked(
        report=row["report"],
        clock=clock.clock,
        started_at=clock.started_at,
        due_at=row["due_at"],
        look_at=next_look(clock, city, now),
        levels=levels,
        addressees=tuple(one for one in heard if one.level in levels),
        city=city.id,
        kind=WARNING if clock.clock == "ombudsman" else KINDS[max(levels, default=1)],
        subject=uuid5(row["client_id"], f"{clock.clock} {clock.started_at}"),
        client_id=row["client_id"],
        tracking_id=row["tracking_id"],
    )


TELL = """
-- when to look again: never, for what has nobody left to tell
WITH looked AS MATERIALIZED (
    UPDATE report_clock AS c SET look_at = coalesce(l.look_at, 'infinity')
    FROM jsonb_to_recordset($1::jsonb) AS l (report bigint, clock text, started_at timestamptz, due_at timestamptz,
        look_at timestamptz, levels smallint[], city int, kind text, subject uuid, client_id uuid, tracking_id text)
    WHERE c.report = l.report AND c.clock = l.clock AND c.started_at = l.started_at AND c.stopped_at IS NULL
    RETURNING l.*
),
-- each level once
told AS (
    INSERT INTO escalation (report, clock, started_at, level, due_at, at)
    SELECT l.report, l.clock, l.started_at, level, l.due_at, $3 FROM looked AS l, unnest(l.levels) AS level
    ON CONFLICT DO NOTHING
    RETURNING report, clock, started_at, level
),
-- phones that hold the report hear by the worklist that it is overdue
shown AS (
    UPDATE report SET changed_xid = pg_current_xact_id()::text::bigint
    WHERE id IN (SELECT report FROM told WHERE level = 2)
),
-- who holds a grant that covers it; one account hears once of one clock
recipients AS (
    SELECT g.account, account.language, l.subject, max(t.level) AS level, l.kind, l.client_id, l.tracking_id, l.clock,
        l.due_at
    FROM told AS t
    JOIN looked AS l USING (report, clock, started_at)
    JOIN jsonb_to_recordset($2::jsonb) AS a (report bigint, clock text, started_at timestamptz, level smallint,
        role text, agencies int[], areas text[]) USING (report, clock, started_at, level)
    JOIN role_grant AS g ON g.role = a.role AND (g.city IS NULL OR g.city = l.city)
        AND (a.agencies = '{}' OR g.agency = ANY(a.agencies)) AND (a.areas = '{}' OR g.area_code = ANY(a.areas))
    JOIN account ON account.id = g.account
    GROUP BY g.account, account.language, l.subject, l.kind, l.client_id, l.tracking_id, l.clock, l.due_at
    -- as push asks: in ascending order, for each one's inbox is locked until the commit
    ORDER BY g.account
)
SELECT count(push_notify(r.account, r.subject, r.level, r.kind, jsonb_build_object('tracking_id', r.tracking_id,
    'report', r.client_id, 'clock', r.clock, 'due_at', r.due_at, 'language', r.language), $3, '7 days'))
FROM recipients AS r
"""


async def _tell(looked: Sequence[Looked], now: datetime) -> None:
    said = [entry for one in looked for entry in _addressed(one)]
    await DB.fetch(TELL, msgspec.json.encode(looked).decode(), msgspec.json.encode(said).decode(), now)


def _addressed(looked: Looked) -> Iterator[dict[str, Any]]:
    of_clock = {"report": looked.report, "clock": looked.clock, "started_at": looked.started_at}
    for addressee in looked.addressees:
        yield of_clock | msgspec.structs.asdict(addressee)
