"""The present moment of one city: counts, who works on what, what is overdue, what changed last."""

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import asyncpg
import msgspec

from api.catalogue import Language
from api.cities.book import City
from api.database import Statement
from api.piccolo_conf import DB
from api.public.statistics.reading import Asked, read_statistics
from api.reports.status import State
from api.reports.tracking import shown
from geo import areas

MOST_OVERDUE, MOST_LATEST = 20, 30
WEEK = timedelta(days=7)


class Counts(msgspec.Struct, frozen=True):
    """`closed_today`: resolved since midnight and not opened again. `promises_kept`: share in twelve months."""

    new_today: int
    open: int
    closed_today: int
    overdue: int
    promises_kept: float | None


class Load(msgspec.Struct, frozen=True):
    """Of an agency or a village. `closed`: in the last seven days."""

    key: str
    name: str
    open: int
    overdue: int
    closed: int


class Line(msgspec.Struct, frozen=True):
    """A report: `since` when its promise is broken, or when it changed."""

    tracking_id: str
    state: State
    is_open: bool
    category: str
    agency: str | None
    village: str
    since: datetime


class Now(msgspec.Struct, frozen=True):
    """`day_began`: midnight in the city. Tables begin with the most open reports."""

    city: str
    name: str
    timezone: str
    at: datetime
    day_began: datetime
    counts: Counts
    agencies: tuple[Load, ...]
    villages: tuple[Load, ...]
    overdue: tuple[Line, ...]
    latest: tuple[Line, ...]


# As in the index report_open, and as the public sees a promise broken (reports/escalation.py).
WORKING = """
SELECT r.id, r.tracking_id, r.state, r.category, r.agency, r.village_code, r.place #>> '{village,name}' AS village,
    late.since
FROM report AS r
-- on the public map
JOIN map_point AS p ON p.id = r.id
CROSS JOIN LATERAL (
    SELECT min(c.due_at) AS since FROM report_clock AS c
    WHERE c.report = r.id AND c.stopped_at IS NULL AND c.due_at <= :now
        AND c.clock NOT IN ('confirm', 'objection', 'needs_info', 'ombudsman')
) AS late
WHERE r.state <> ALL (ARRAY['closed', 'duplicate', 'rejected', 'resolved', 'withdrawn']) AND r.city = :city
"""

LOADS = Statement(
    """
WITH working AS ({working}),
resolved AS (
    -- each report once, and only while it is not open again
    SELECT e.report, max(e.at) AS at FROM report_event AS e
    WHERE e.to_state = 'resolved' AND e.from_state <> 'resolved' AND e.at >= :week_began
    GROUP BY e.report
)
SELECT agency, village_code, sum(open)::int AS open, sum(overdue)::int AS overdue,
    sum(closed)::int AS closed, sum(closed_today)::int AS closed_today
FROM (
    SELECT agency, village_code, 1 AS open, (since IS NOT NULL)::int AS overdue, 0 AS closed, 0 AS closed_today
    FROM working
    UNION ALL
    SELECT r.agency, r.village_code, 0, 0, 1, (resolved.at >= :day_began)::int
    FROM resolved JOIN report AS r ON r.id = resolved.report AND r.city = :city
    JOIN map_point AS p ON p.id = r.id AND NOT p.is_open
) AS each
GROUP BY agency, village_code
""".replace("{working}", WORKING)
)

BORN = "SELECT count(*)::int AS reports FROM map_point WHERE city = $1 AND created_at >= $2"

OVERDUE = Statement(
    """
SELECT tracking_id, state, true AS is_open, category, agency, village, since FROM ({working}) AS working
WHERE since IS NOT NULL ORDER BY since LIMIT :most
""".replace("{working}", WORKING)
)

LATEST = """
-- of the last thousands of changes anywhere, so that a quiet city among busy ones costs no more
SELECT r.tracking_id, r.state, p.is_open, r.category, r.agency, r.place #>> '{village,name}' AS village,
    (SELECT max(e.at) FROM report_event AS e WHERE e.report = r.id) AS since
FROM (SELECT * FROM report ORDER BY changed_xid DESC, id DESC LIMIT 5000) AS r JOIN map_point AS p ON p.id = r.id
WHERE r.city = $1 ORDER BY r.changed_xid DESC, r.id DESC LIMIT $2
"""


async def read_now(city: City, now: datetime, language: Language) -> Now:
    began = day_began(city, now)
    moment = {"city": city.id, "now": now}
    loads = await LOADS.fetch(DB, **moment, day_began=began, week_began=now - WEEK)
    named = await areas.names(sorted({row["village_code"] for row in loads}))
    agencies = {agency.id: (agency.key, agency.name) for agency in city.agencies.values()}
    return Now(
        city=city.code,
        name=city.name,
        timezone=city.timezone,
        at=now,
        day_began=began,
        counts=Counts(
            new_today=(await DB.fetch(BORN, city.id, began))[0]["reports"],
            open=sum(row["open"] for row in loads),
            closed_today=sum(row["closed_today"] for row in loads),
            overdue=sum(row["overdue"] for row in loads),
            promises_kept=await _promises_kept(city, now, language),
        ),
        agencies=_loads(loads, "agency", agencies),
        villages=_loads(loads, "village_code", {code: (code, area.name) for code, area in named.items()}),
        overdue=_lines(await OVERDUE.fetch(DB, **moment, most=MOST_OVERDUE), city, language),
        latest=_lines(await DB.fetch(LATEST, city.id, MOST_LATEST), city, language),
    )


def day_began(city: City, now: datetime) -> datetime:
    """Midnight in the city."""
    zone = ZoneInfo(city.timezone)
    return datetime.combine(now.astimezone(zone).date(), time(), zone)


async def _promises_kept(city: City, now: datetime, language: Language) -> float | None:
    """As `/public/statistics` says it, with what it withholds."""
    last = now.date().replace(day=1)
    first = (last - timedelta(days=334)).replace(day=1)
    asked = Asked(cities=(city,), city=city, by="city", first=first, last=last, language=language)
    groups = (await read_statistics(asked)).groups
    return groups[0].promises_kept if groups else None


def _loads(
    rows: Iterable[asyncpg.Record], by: str, names: dict[int, tuple[str, str]] | dict[str, tuple[str, str]]
) -> tuple[Load, ...]:
    found: dict[tuple[str, str], list[int]] = {}
    for row in rows:
        if row[by] in names:
            sums = found.setdefault(names[row[by]], [0, 0, 0])
            for place, column in enumerate(("open", "overdue", "closed")):
                sums[place] += row[column]
    loads = (Load(key, name, *sums) for (key, name), sums in found.items())
    return tuple(sorted(loads, key=lambda load: (-load.open, -load.overdue, load.name)))


def _lines(rows: Iterable[asyncpg.Record], city: City, language: Language) -> tuple[Line, ...]:
    return tuple(
        Line(
            tracking_id=shown(row["tracking_id"]),
            state=row["state"],
            is_open=row["is_open"],
            category=getattr(city.every_category[row["category"]], f"name_{language}"),
            agency=city.agencies[row["agency"]].name if row["agency"] in city.agencies else None,
            village=row["village"],
            since=row["since"],
        )
        for row in rows
    )
