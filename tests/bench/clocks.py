"""`clocks`: a round of the worker over 100,000 running clocks after a day of downtime; then one by two workers at once.

`make bench ONLY=clocks`; BENCH_ROWS sets how many clocks run. The limit is two seconds a round.
"""

import asyncio
import json
import os
import tempfile
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import uvloop

from tests.bench import create
from tests.bench.load import send_all
from tests.bench.served import a_database, an_api

LIMIT_S = 2.0
DAYS = 60  # the reports came in evenly over so many days
CLOCKS = ("verify", "respond", "resolve", "ombudsman")
TUESDAY = datetime(2026, 11, 24, 10, tzinfo=UTC)  # after office hours: the day itself and the one of downtime count
PEOPLE = {"coordinator": 40, "operator": 10, "auditor": 3}

SPREAD = """
-- every report with its own day, by the hour; its clocks are those of the day it came
UPDATE report SET created_at = $1::timestamptz + (id % $2) * interval '1 hour', state = 'dispatched',
    agency = (SELECT id FROM agency WHERE key = 'uptd-jalan'), account = id % 500
"""
RUN = """
INSERT INTO report_clock (report, clock, started_at, due_at, look_at)
SELECT r.id, c.clock, c.started_at, c.due_at, coalesce(c.look_at, 'infinity')
FROM jsonb_to_recordset($1::jsonb) AS c (clock text, started_at timestamptz, due_at timestamptz, look_at timestamptz)
JOIN report AS r ON r.created_at = c.started_at
"""
GRANTED = """
WITH one AS (INSERT INTO account (created_at) SELECT now() FROM generate_series(1, $2) RETURNING id)
INSERT INTO role_grant (account, role, city, agency, created_at)
SELECT one.id, $1, city.id, CASE WHEN $1 = 'coordinator' THEN agency.id END, now()
FROM one, city, agency WHERE agency.key = 'dpupr'
"""


async def run_clocks(reports: int, now: datetime) -> Any:
    """As they stood after the round of yesterday. The city, read again."""
    from api.cities.book import CityBook
    from api.piccolo_conf import DB
    from api.reports.clockwork import terms_of

    city = await CityBook(DB).city_of("32.76")
    assert city is not None
    first = now - timedelta(days=DAYS)
    await DB.fetch("DELETE FROM report_clock")
    await DB.fetch(SPREAD, first, DAYS * 24)
    terms = terms_of(city, city.categories["jalan-rusak"], "complaint")
    starts = [first + timedelta(hours=hour) for hour in range(DAYS * 24)]
    await DB.fetch(RUN, json.dumps([facts for start in starts for facts in started(terms, city, start, now)]))
    for role, count in PEOPLE.items():
        await DB.fetch(GRANTED, role, count)
    assert DB.pool is not None
    await DB.pool.execute("VACUUM ANALYZE")
    return city


def started(terms: Any, city: Any, start: datetime, now: datetime) -> list[dict[str, Any]]:
    from api.reports.escalation import next_look

    found = []
    for name in CLOCKS:
        clock = terms.start(name, start)
        look_at = next_look(clock, city, max(start, now - timedelta(days=1)))
        facts = {"clock": name, "started_at": start, "due_at": clock.due_at, "look_at": look_at}
        found.append({key: str(value) if isinstance(value, datetime) else value for key, value in facts.items()})
    return found


async def a_round(cities: Any, now: datetime) -> float:
    from api.reports import escalate, lapse

    begun = time.perf_counter()
    while await escalate.escalate_due(cities, now) == escalate.AT_ONCE:
        pass
    await lapse.lapse_due(cities, now)
    return time.perf_counter() - begun


async def count(table: str) -> int:
    from api.piccolo_conf import DB

    found: int = (await DB.fetch(f"SELECT count(*) FROM {table}"))[0][0]
    return found


def line(seconds: float, running: int, fired: int, told: int, **more: float) -> None:
    conditions = {"running_clocks": running, "fired": fired, "told": told, **more}
    facts = {"name": "clocks", "value": round(seconds, 3), "unit": "s", "reference": LIMIT_S}
    print(json.dumps({**facts, "ratio": round(seconds / LIMIT_S, 3), "conditions": conditions}), flush=True)  # noqa: T201


async def main() -> None:
    clocks = int(os.environ.get("BENCH_ROWS", "100000"))
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        async with a_database("bench_clocks"):
            from api.accounts.sessions import open_anonymous
            from api.cities.book import CityBook
            from api.clock import wall_clock
            from api.piccolo_conf import DB

            await create.a_city()
            async with an_api(folder) as (port, _):
                resident = (await open_anonymous("bench", "id", wall_clock())).access_token
                await send_all(port, create.requests([resident], 1), 1)
            await create.grow(clocks // len(CLOCKS))
            now = TUESDAY
            await run_clocks(clocks // len(CLOCKS), now)
            books = [CityBook(DB), CityBook(DB)]
            await asyncio.gather(*(book.cities() for book in books))
            before = await count("notification")
            alone = await a_round(books[0], now)
            fired, told = await count("escalation"), await count("notification") - before
            idle = await a_round(books[0], now)
            # the same day again, by two at once: the ledger must say the same
            await DB.fetch("DELETE FROM escalation")
            await DB.fetch("DELETE FROM notification WHERE kind LIKE 'escalation.%'")
            await DB.fetch("DELETE FROM role_grant")
            await run_clocks(clocks // len(CLOCKS), now)
            both = max(await asyncio.gather(*(a_round(book, now) for book in books)))
            again = await count("escalation"), await count("notification") - before
            assert again == (fired, told), (again, fired, told)
            line(alone, await count("report_clock"), fired, told, idle_s=round(idle, 4), two_workers_s=round(both, 3))


if __name__ == "__main__":
    uvloop.run(main())
