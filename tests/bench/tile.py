"""`tile`: the hottest tiles of zooms 6 to 18, bare SQL and HTTP, against a naive ST_AsMVT over the same filter.

`make bench ONLY=tile`; BENCH_ROWS sets the number of points (1,000,000).
"""

import datetime as dt
import gzip
import os
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable

import asyncpg
import uvloop

from tests.bench.load import Measured, send_all
from tests.bench.points import CATEGORY, fill, line
from tests.bench.served import a_database, an_api

ROWS = int(os.environ.get("BENCH_ROWS", "1000000"))
ZOOMS = range(6, 19)
HOTTEST = 3  # tiles of each zoom
ROUNDS = 5

HOTTEST_TILES = """
SELECT x >> (30 - $1) AS x, y >> (30 - $1) AS y, count(*) AS points
FROM map_point TABLESAMPLE SYSTEM (10) GROUP BY 1, 2 ORDER BY 3 DESC LIMIT $2
"""

NAIVE_TABLE = """
CREATE TABLE naive AS
SELECT id, city, category, is_open, created_at, label, ST_Point(
    (x / 1073741824.0 - 0.5) * 40075016.68557849, (0.5 - y / 1073741824.0) * 40075016.68557849, 3857) AS place
FROM map_point;
CREATE INDEX ON naive USING gist (place);
ANALYZE naive;
"""

NAIVE = """
SELECT ST_AsMVT(tile, 'reports', 4096, 'shape') FROM (
    SELECT label, category, is_open, ST_AsMVTGeom(place, ST_TileEnvelope($1, $2, $3)) AS shape
    FROM naive WHERE place && ST_TileEnvelope($1, $2, $3) AND created_at >= $4 AND ($5::int IS NULL OR category = $5)
) AS tile
"""

Ask = Callable[[int, int, int], Awaitable[bytes]]


async def make_naive(url: str) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute(NAIVE_TABLE)
    await connection.close()


async def timed_ms(
    ask: Ask, tiles: list[tuple[int, int, int]], rounds: int = ROUNDS
) -> tuple[list[float], list[bytes]]:
    """The middle one of some rounds, for each tile; and what the tiles hold."""
    taken, contents = [], []
    for tile in tiles:
        content = await ask(*tile)
        times = []
        for _ in range(rounds):
            begun = time.perf_counter()
            await ask(*tile)
            times.append(1000 * (time.perf_counter() - begun))
        taken.append(statistics.median(times))
        contents.append(content)
    return taken, contents


def requests(tiles: list[tuple[int, int, int]], query: str) -> list[bytes]:
    return [
        f"GET /tiles/reports/{z}/{x}/{y}{query} HTTP/1.1\r\nhost: bench\r\naccept-encoding: gzip\r\n\r\n".encode()
        for z, x, y in tiles
    ]


async def measure(
    name: str, query: str, tiles: list[tuple[int, int, int]], since: dt.datetime, **asked: object
) -> None:
    from api.piccolo_conf import DB
    from geo.point_tiles import Filter, Tile, known, points_tile
    from geo.pyramid import day_of

    chosen, today = Filter(**asked), day_of(dt.datetime.now(dt.UTC))
    category = chosen.categories[0] if chosen.categories else None

    async def ours(z: int, x: int, y: int) -> bytes:
        tile = Tile(z, x, y)
        return await points_tile(tile, chosen, await known(tile, chosen), today)

    async def naive(z: int, x: int, y: int) -> bytes:
        return bytes((await DB.fetch(NAIVE, z, x, y, since, category))[0][0])

    sql, contents = await timed_ms(ours, tiles)
    plain, naive_contents = await timed_ms(naive, tiles, rounds=1)
    http = await over_http(requests(tiles, query))
    line(
        name,
        "ms median SQL, reference is naive ST_AsMVT",
        statistics.median(sql),
        statistics.median(plain),
        worst_ms=round(max(sql), 2),
        worst_tile="/".join(map(str, tiles[sql.index(max(sql))])),
        http_p50_ms=round(http.p50_ms, 2),
        http_p99_ms=round(http.p99_ms, 2),
        http_to_sql=round(http.p50_ms / statistics.median(sql), 2),
        largest_gz_bytes=max(len(gzip.compress(content)) for content in contents),
        naive_worst_ms=round(max(plain), 1),
        naive_largest_bytes=max(map(len, naive_contents)),
        tiles=len(tiles),
        points=ROWS,
    )


async def over_http(asked: list[bytes]) -> Measured:
    """One connection: what one visitor waits."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        async with an_api(folder) as (port, _):
            await send_all(port, asked * 2, 1)
            sent = await send_all(port, asked * ROUNDS, 1)
    assert set(sent.statuses) == {200}, sent.statuses
    return sent


async def main() -> None:
    async with a_database("bench_tile") as url:
        city, category = await fill(url, ROWS)
        await make_naive(url)
        from api.piccolo_conf import DB

        tiles = [(z, row["x"], row["y"]) for z in ZOOMS for row in await DB.fetch(HOTTEST_TILES, z, HOTTEST)]
        now = dt.datetime.now(dt.UTC)
        ever, month = now - dt.timedelta(days=9999), now - dt.timedelta(days=30)
        await measure("tile", "", tiles, ever)
        await measure("tile_city", "?city=32.76", tiles, ever, city=city)
        await measure("tile_category", f"?category={CATEGORY}", tiles, ever, categories=[category])
        await measure("tile_month", "?days=30", tiles, month, days=30)


if __name__ == "__main__":
    uvloop.run(main())
