"""`list` and `bbox`: pages of /public/reports among a million reports (BENCH_ROWS), by every filter and in any box."""

import json
import random
import sys
import tempfile

import uvloop

from tests.bench.crowded import ROWS, a_crowded_city
from tests.bench.load import send_all
from tests.bench.served import a_database, an_api

REQUESTS = 2_000
CONNECTIONS = 2
LIMIT_MS = 15.0
DRAWN = random.Random(6)  # the same addresses every time


def lists(rows: int) -> list[str]:
    """The newest pages and pages deep in the past, of the city, of a category, of a village, of what is open."""
    from datetime import timedelta

    from api.clock import wall_clock
    from api.public.selection import Key
    from tests.bench.crowded import MINUTES

    asked = []
    for n in range(REQUESTS):
        filters = (
            "",
            "city=32.76",
            "category=jalan-rusak",
            f"area=32.76.{1 + n % 20:02}.{1001 + n % 7}",
            "is_open=true",
        )
        back = timedelta(minutes=MINUTES * DRAWN.randrange(rows))
        cursor = f"&cursor={Key(wall_clock() - back, rows)}" if n % 2 else ""
        asked.append(f"{filters[n % len(filters)]}{cursor}")
    return asked


def boxes() -> list[str]:
    """From a street to a third of the city."""
    asked = []
    for _ in range(REQUESTS):
        side = 0.001 * 2 ** DRAWN.uniform(0, 7)
        west, south = 106.78 + DRAWN.random() * 0.25, -6.41 + DRAWN.random() * 0.25
        asked.append(f"bbox={west:.5f},{south:.5f},{west + side:.5f},{south + side:.5f}")
    return asked


async def measure(name: str, port: int, queries: list[str]) -> None:
    requests = [f"GET /public/reports?{query} HTTP/1.1\r\nhost: bench\r\n\r\n".encode() for query in queries]
    await send_all(port, requests[:200], CONNECTIONS)
    sent = await send_all(port, requests, CONNECTIONS)
    assert set(sent.statuses) == {200}, sent.statuses
    said = {
        "name": name,
        "value": round(sent.p99_ms, 2),
        "unit": "ms p99, reference is the limit",
        "reference": LIMIT_MS,
        "ratio": round(sent.p99_ms / LIMIT_MS, 3),
        "conditions": {
            "rows": ROWS,
            "p50_ms": round(sent.p50_ms, 2),
            "per_s": round(sent.per_s),
            "connections": CONNECTIONS,
            "reports_a_page": 50,
        },
    }
    sys.stdout.write(json.dumps(said) + "\n")
    sys.stdout.flush()


async def main() -> None:
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        async with a_database("bench_list"):
            await a_crowded_city()
            async with an_api(folder) as (port, _):
                await measure("list", port, lists(ROWS))
                await measure("bbox", port, boxes())


if __name__ == "__main__":
    uvloop.run(main())
