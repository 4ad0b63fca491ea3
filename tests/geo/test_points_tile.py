import datetime as dt
from itertools import product

import numpy as np
import pytest

from api.piccolo_conf import DB
from geo.mercator import BITS, position
from geo.point import Point
from geo.points import MapPoint, put, remove
from geo.tiles import points_tile
from tests.geo.factories import NOW
from tests.geo.mvt import layers

DEPOK = Point(lat=-6.40, lon=106.79)


def a_point(number=1, *, at=DEPOK, **facts):
    facts = {"city": 1, "category": 7, "is_open": True, "created_at": NOW, "label": f"KT-{number}"} | facts
    return MapPoint(id=number, point=at, **facts)


def tile_of(at, z):
    x, y = position(lat=at.lat, lon=at.lon)
    return z, x >> (BITS - z), y >> (BITS - z)


async def counts(tiles, **asked):
    """(all, open) over these tiles, single points included."""
    total = is_open = 0
    for tile in tiles:
        found = layers(await points_tile(*tile, **asked))
        clusters = [properties for properties, _ in found.get("clusters", [])]
        reports = [properties for properties, _ in found.get("reports", [])]
        assert all(cluster["count"] == cluster["open"] + cluster["closed"] for cluster in clusters)
        total += sum(cluster["count"] for cluster in clusters) + len(reports)
        is_open += sum(cluster["open"] for cluster in clusters) + sum(report["is_open"] for report in reports)
    return total, is_open


async def scattered(count):
    """Points over two cities, a third of them on top of each other and many on the edges of tiles."""
    generator = np.random.default_rng(11)
    points = []
    for number in range(count):
        lat, lon = generator.uniform(-6.45, -6.35), generator.uniform(106.75, 106.85)
        if number % 3 == 0:
            lat, lon = -6.40, 106.875  # x is an edge of tiles from zoom 12 on
        point = a_point(
            number,
            at=Point(lat=lat, lon=lon),
            city=1 + number % 2,
            category=number % 5,
            is_open=number % 4 > 0,
            created_at=NOW - dt.timedelta(days=number % 60),
        )
        points.append(point)
        await put(point)
    return points


async def test_from_far_a_point_is_a_circle_with_its_count_where_it_lies():
    await put(a_point(1))
    await put(a_point(2, is_open=False))
    found = layers(await points_tile(*tile_of(DEPOK, 10)))
    assert list(found) == ["clusters"]
    ((properties, place),) = found["clusters"]
    assert properties == {"count": 2, "open": 1, "closed": 1}
    x, y = position(lat=DEPOK.lat, lon=DEPOK.lon)
    unit = BITS - 10 - 12
    assert (place.x, place.y) == ((x >> unit) & 4095, (y >> unit) & 4095)


async def test_from_near_a_point_is_itself():
    await put(a_point(1, category=3, is_open=False))
    found = layers(await points_tile(*tile_of(DEPOK, 17)))
    ((properties, _),) = found["reports"]
    assert properties == {"label": "KT-1", "category": 3, "is_open": False}
    assert "clusters" not in found


async def test_points_on_one_spot_stay_counted_however_near():
    for number in range(3):
        await put(a_point(number))
    found = layers(await points_tile(*tile_of(DEPOK, 22)))
    assert [properties["count"] for properties, _ in found["clusters"]] == [3]
    assert "reports" not in found


@pytest.mark.parametrize("z", [0, 5, 9, 12, 15, 16, 18, 22])
@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"city": 1},
        {"categories": [1, 2], "state": "open"},
        {"state": "closed", "since": NOW - dt.timedelta(days=30)},
        {"city": 2, "categories": [0], "state": "all", "since": NOW - dt.timedelta(days=10)},
        {"categories": []},
    ],
)
async def test_the_counts_of_a_zoom_add_up_to_the_filters_total(z, asked):
    points = await scattered(60)
    expected = [
        point
        for point in points
        if asked.get("city") in (None, point.city)
        and point.category in asked.get("categories", range(5))
        and point.is_open in {"open": [True], "closed": [False]}.get(asked.get("state"), [True, False])
        and point.created_at >= asked.get("since", point.created_at)
    ]
    tiles = {tile_of(point.point, z) for point in points}
    assert await counts(tiles, **asked) == (len(expected), sum(point.is_open for point in expected))


async def test_neighbouring_tiles_have_nothing_of_this_one():
    await scattered(30)
    z, x, y = tile_of(Point(lat=-6.40, lon=106.875), 14)
    beside = await counts([(z, x + dx, y + dy) for dx, dy in product((-1, 0, 1), repeat=2)])
    whole = await counts([(z - 3, x >> 3, y >> 3)])
    assert beside[0] <= whole[0] <= 30
    assert (await counts([(z, x, y)]))[0] == 10


async def test_a_point_put_again_moves_and_a_removed_one_is_gone():
    await put(a_point(1))
    await put(a_point(1, at=Point(lat=1.3625, lon=109.315), is_open=False))
    assert await counts([tile_of(DEPOK, 12)]) == (0, 0)
    assert await counts([tile_of(Point(lat=1.3625, lon=109.315), 12)]) == (1, 0)
    await remove(1)
    assert await counts([(0, 0, 0)]) == (0, 0)


@pytest.mark.parametrize("tile", [(-1, 0, 0), (23, 0, 0), (3, 8, 0), (3, 0, -1)])
async def test_outside_the_world_a_tile_is_empty(tile):
    await put(a_point(1))
    assert await points_tile(*tile) == b""


async def test_a_tile_is_read_by_its_range_of_keys():
    from geo.tiles import points_statement

    statement = points_statement(frozenset({"since"}))
    values = {"low": 0, "high": 4**20, "left": 0, "top": 0, "size": 4**10, "shift": 4, "has_singles": True}
    async with DB.transaction():
        await DB.fetch("SET LOCAL enable_seqscan = off")  # the test's table is too small to need an index
        asked = values | {"since": NOW}
        rows = await DB.fetch("EXPLAIN " + statement.sql, *(asked[name] for name in statement.names))
    assert "map_point_qk" in "\n".join(row[0] for row in rows)
