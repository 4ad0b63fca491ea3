"""`worklist`: what changed for an officer with 500 open reports of a million, by cursor over HTTP.

`make bench ONLY=worklist`; BENCH_ROWS sets how many reports there are. The limit is ten milliseconds.
"""

import json
import os
import tempfile

import uvloop

from tests.bench import create
from tests.bench.change import staff
from tests.bench.load import Measured, send_all
from tests.bench.served import a_database, an_api

LIMIT_MS = 10.0
OPEN = 500  # of the officer's agency
CHANGED_ELSEWHERE, CHANGED_HERE = 2_000, 20  # since the officer's phone asked last
ASKED = 300

# One report in ten is open; the officer's agency has 500 of them, other agencies the rest.
HISTORY = """
UPDATE report SET
    state = CASE WHEN id % 10 = 0 THEN 'in_progress' ELSE 'closed' END,
    agency = CASE WHEN id % 10 = 0 AND id % greatest((SELECT count(*) FROM report) / $1 / 10 * 10, 10) = 0 THEN $2
             ELSE 1000 + id % 60 END
"""
MOVED = """
-- what happens in the city while a phone is not looking
UPDATE report SET changed_xid = pg_current_xact_id()::text::bigint
WHERE id IN (SELECT id FROM report WHERE agency <> $1 ORDER BY id DESC LIMIT $2)
    OR id IN (SELECT id FROM report WHERE agency = $1 ORDER BY id LIMIT $3)
"""


def requests(token: str, query: str, count: int) -> list[bytes]:
    head = f"GET /v1/worklist{query} HTTP/1.1\r\nhost: bench\r\nauthorization: Bearer {token}\r\n\r\n"
    return [head.encode()] * count


async def agency_of(key: str) -> int:
    from api.piccolo_conf import DB

    found: int = (await DB.fetch("SELECT id FROM agency WHERE key = $1", key))[0]["id"]
    return found


async def cursor(officer: str) -> tuple[str, int]:
    """Where a phone stands that has read everything, and how many reports it then holds."""
    from api.accounts.speaker import find_speaker
    from api.cities.book import CityBook
    from api.clock import wall_clock
    from api.piccolo_conf import DB
    from api.reports.worklist import read_worklist

    speaker, book = await find_speaker(officer, wall_clock()), CityBook(DB)
    page = await read_worklist(speaker, None, book, "id")
    held = len(page.reports)
    while page.more:
        page = await read_worklist(speaker, page.next, book, "id")
        held += len(page.reports)
    return page.next, held


def line(delta: Measured, first: Measured, rows: int, held: int) -> None:
    conditions = {
        "rows": rows,
        "held": held,
        "changed": CHANGED_HERE,
        "changed_elsewhere": CHANGED_ELSEWHERE,
        "p99_ms": round(delta.p99_ms, 2),
        "first_page_p50_ms": round(first.p50_ms, 2),
    }
    facts = {"name": "worklist", "value": round(delta.p50_ms, 2), "unit": "ms", "reference": LIMIT_MS}
    print(json.dumps({**facts, "ratio": round(delta.p50_ms / LIMIT_MS, 3), "conditions": conditions}), flush=True)  # noqa: T201


async def main() -> None:
    rows = int(os.environ.get("BENCH_ROWS", "1000000"))
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        async with a_database("bench_worklist"):
            from api.accounts.sessions import open_anonymous
            from api.clock import wall_clock
            from api.piccolo_conf import DB

            await create.a_city()
            async with an_api(folder) as (port, _):
                resident = (await open_anonymous("bench", "id", wall_clock())).access_token
                await send_all(port, create.requests([resident], 1), 1)
                await create.grow(rows)
                agency = await agency_of("dpupr")
                await DB.fetch(HISTORY, OPEN, agency)
                assert DB.pool is not None
                await DB.pool.execute("VACUUM ANALYZE report")
                (officer,) = await staff(1)
                since, held = await cursor(officer)
                await DB.fetch(MOVED, agency, CHANGED_ELSEWHERE, CHANGED_HERE)
                await send_all(port, requests(officer, f"?since={since}", 20), 1)  # warm
                delta = await send_all(port, requests(officer, f"?since={since}", ASKED), 1)
                first = await send_all(port, requests(officer, "", ASKED // 10), 1)
    assert delta.statuses == {200: ASKED}, delta.statuses
    line(delta, first, rows, held)


if __name__ == "__main__":
    uvloop.run(main())
