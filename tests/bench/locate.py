"""`locate`: which village is this? The bare SQL, and `/v1/areas/at` against it, on the national polygons.

`python -m tests.bench.locate [POLYGONS]`, or BOUNDARIES in the environment: a file of boundaries as `areas load`
takes it. Without one, the approximate national edition is made from the npm packages in geo/node_modules.
"""

import datetime as dt
import json
import os
import sys
import tempfile
import time
from pathlib import Path

import asyncpg
import uvloop

from tests.bench.load import send_all
from tests.bench.served import a_database, an_api, cpu_s, postmaster

POINTS = 4_000
REQUESTS = 12_000
CONNECTIONS = 16
PACKAGES = Path("geo/node_modules")

POINTS_IN_VILLAGES = """
-- one random point in each of some thousand random villages, the same ones every time
SELECT ST_X(place) AS lon, ST_Y(place) AS lat
FROM (
    SELECT (ST_Dump(ST_GeneratePoints(shape, 1, 1 + (id % 1000000)::integer))).geom AS place
    FROM (SELECT id, shape FROM area WHERE current AND shape IS NOT NULL ORDER BY md5(code) LIMIT $1) AS chosen
) AS points
"""
AREA_AT = "SELECT * FROM area_at($1, $2, $3)"
NOTHING = "SELECT $1::float8, $2::float8, $3::float8"


async def fill(polygons: Path | None) -> str:
    """What was loaded, in words."""
    from geo import boundaries, national
    from geo.editions import Version

    now = dt.datetime.now(dt.UTC)
    if polygons is None:
        loaded = await national.load_national(PACKAGES, now, lambda *_: None)
        return f"approximate national edition, {loaded.with_land} villages"
    version = Version(name="bench", effective=now.date(), source="bench", licence="none", quality="official")
    examination = await boundaries.examine(polygons, lambda *_: None)
    begun = time.perf_counter()
    applied = await boundaries.apply(examination, version, now, lambda *_: None)
    return f"{applied.villages} polygons of {polygons.name}, applied in {time.perf_counter() - begun:.0f} s"


async def times_ms(url: str, statements: list[str], points: list[asyncpg.Record]) -> list[list[float]]:
    """Of each statement, sorted; prepared, on one connection, by turns, so that a busy machine is busy for all."""
    connection = await asyncpg.connect(url)
    try:
        prepared = [await connection.prepare(statement) for statement in statements]
        taken: list[list[float]] = [[] for _ in prepared]
        for turn, point in enumerate(points[:500] + points):
            for statement, times in zip(prepared, taken, strict=True):
                begun = time.perf_counter()
                await statement.fetch(point["lon"], point["lat"], 10.0)
                if turn >= 500:  # the first ones warm the caches
                    times.append(1000 * (time.perf_counter() - begun))
        return [sorted(times) for times in taken]
    finally:
        await connection.close()


def requests(points: list[asyncpg.Record]) -> list[bytes]:
    asked = (points[n % len(points)] for n in range(REQUESTS))
    return [
        f"GET /v1/areas/at?lat={point['lat']}&lon={point['lon']}&accuracy_m=10 HTTP/1.1\r\nhost: bench\r\n\r\n".encode()
        for point in asked
    ]


def line(name: str, unit: str, value: float, reference: float, **conditions: object) -> None:
    numbers = {
        "value": round(value, 3),
        "unit": unit,
        "reference": round(reference, 3),
        "ratio": round(value / reference, 3),
    }
    sys.stdout.write(json.dumps({"name": name, **numbers, "conditions": conditions}) + "\n")
    sys.stdout.flush()


async def main() -> None:
    given = sys.argv[1] if len(sys.argv) > 1 else os.environ.get("BOUNDARIES", "")
    async with a_database("bench_locate") as url:
        loaded = await fill(Path(given) if given else None)
        from api.piccolo_conf import DB

        assert DB.pool is not None
        await DB.pool.execute("VACUUM ANALYZE area")
        points = list(await DB.fetch(POINTS_IN_VILLAGES, POINTS))
        bare, nothing = await times_ms(url, [AREA_AT, NOTHING], points)
        half, last = len(bare) // 2, int(len(bare) * 0.99)
        more = {
            "p99_ms": round(bare[last], 3),
            "reference_p99_ms": round(nothing[last], 3),
            "slowest_ms": round(bare[-1], 3),
            "points": len(bare),
            "areas": loaded,
        }
        line("locate_sql", "ms p50, reference is an empty round trip", bare[half], nothing[half], **more)
        await over_http(points, 1000 * len(bare) / sum(bare), loaded)


async def over_http(points: list[asyncpg.Record], bare_per_s: float, loaded: str) -> None:
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        async with an_api(folder) as (port, api):
            asked, server = requests(points), await postmaster()
            await send_all(port, asked[:1000], CONNECTIONS)
            before = cpu_s(api), cpu_s(server)
            sent = await send_all(port, asked, CONNECTIONS)
            spent = [after - earlier for after, earlier in zip((cpu_s(api), cpu_s(server)), before, strict=True)]
    assert set(sent.statuses) == {200}, sent.statuses
    line(
        "locate",
        "requests/s by one worker, reference is the bare SQL on one connection",
        sent.per_s,
        bare_per_s,
        p50_ms=round(sent.p50_ms, 3),
        p99_ms=round(sent.p99_ms, 3),
        per_api_cpu_s=round(sent.requests / spent[0]),
        postgres_cpu_ms=round(1000 * spent[1] / sent.requests, 3),
        connections=CONNECTIONS,
        areas=loaded,
    )


if __name__ == "__main__":
    uvloop.run(main())
