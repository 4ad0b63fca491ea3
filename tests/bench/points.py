"""Points of a public map for benchmarks: many, in clumps, counted; and the line that a benchmark prints."""

import datetime as dt
import json
import sys
import time

import asyncpg

CATEGORY = "jalan-rusak"

SCATTER = """
-- around two hundred centres on Java, a few of them large; two years of reports, newer ones first to be looked at
INSERT INTO map_point (id, city, category, is_open, created_at, label, x, y, qk)
SELECT id, $2, $3 + id % 20, random() < 0.3, now() - interval '730 days' * (1 - id::float8 / $1), 'K' || id,
    x, y, morton_spread(x) | (morton_spread(y) << 1)
FROM (
    SELECT id, mercator_x(106.5 + 6 * (centre * 37 % 200) / 200.0 + spread * random_normal_x) AS x,
        mercator_y(-7.3 + 1.1 * (centre * 53 % 200) / 200.0 + spread * random_normal_y) AS y
    FROM (
        SELECT id, floor(200 * power(random(), 3))::int AS centre, 0.08 AS spread,
            sqrt(-2 * ln(1 - random())) * cos(2 * pi() * random()) AS random_normal_x,
            sqrt(-2 * ln(1 - random())) * sin(2 * pi() * random()) AS random_normal_y
        FROM generate_series(1, $1::bigint) AS id
    ) AS thrown
) AS placed
"""


def line(name: str, unit: str, value: float, reference: float, **conditions: object) -> None:
    numbers = {"value": round(value, 3), "unit": unit, "reference": round(reference, 3)}
    numbers["ratio"] = round(value / reference, 4)
    sys.stdout.write(json.dumps({"name": name, **numbers, "conditions": conditions}) + "\n")
    sys.stdout.flush()


async def fill(url: str, points: int) -> tuple[int, int]:
    """The city and its category. The points come past the triggers and are counted by a rebuild."""
    import geo.areas
    from api.cities.onboarding import add_city
    from api.piccolo_conf import DB
    from geo import pyramid
    from tests.geo.factories import a_city_of_squares

    now = dt.datetime.now(dt.UTC)
    await a_city_of_squares()
    await add_city("32.76", now, areas=geo.areas)
    rows = await DB.fetch("SELECT city_id, id FROM category WHERE key = $1", CATEGORY)
    city, first = rows[0]["city_id"], rows[0]["id"]
    connection = await asyncpg.connect(url)
    await connection.execute("SET session_replication_role = replica")
    await connection.execute(SCATTER, points, city, first)
    await connection.execute("VACUUM ANALYZE map_point")
    begun = time.perf_counter()
    await pyramid.rebuild(now)
    rebuilt_s = time.perf_counter() - begun
    await connection.execute("VACUUM ANALYZE map_cell")
    size = await connection.fetchval("SELECT pg_total_relation_size('map_cell') / 1048576")
    await connection.close()
    line(
        "map_rebuild", "seconds, reference is a million points", rebuilt_s, points / 1e6, pyramid_mb=size, points=points
    )
    return city, first
