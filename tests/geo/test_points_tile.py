import datetime as dt
from itertools import product

import mapbox_vector_tile
import numpy as np
import pytest

from api.piccolo_conf import DB
from geo.mercator import BITS, position
from geo.point import Point
from geo.point_tiles import CELLS, FEW, POINTS, VERSION, Filter, Tile, known, points_tile
from geo.points import MapPoint, put, remove
from geo.pyramid import beginning, day_of, fold
from tests.geo.factories import NOW
from tests.geo.mvt import layers
from tests.plans import indexes_of

DEPOK = Point(lat=-6.40, lon=106.79)


def a_point(number=1, *, at=DEPOK, **facts):
    facts = {"city": 1, "category": 7, "is_open": True, "created_at": NOW, "label": f"KT-{number}"} | facts
    return MapPoint(id=number, point=at, **facts)


def tile_of(at, z):
    x, y = position(lat=at.lat, lon=at.lon)
    return Tile(z, x >> (BITS - z), y >> (BITS - z))


async def content(tile, **asked):
    asked = Filter(**asked)
    return await points_tile(tile, asked, await known(tile, asked), day_of(NOW))


async def counts(tiles, **asked):
    """(all, open) over these tiles, single points included."""
    total = is_open = 0
    for tile in tiles:
        found = layers(await content(tile, **asked))
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
            category=1 + 10 * (number % 2) + number % 5,
            is_open=number % 4 > 0,
            created_at=NOW - dt.timedelta(days=number % 60),
        )
        points.append(point)
        await put(point)
    return points


async def many(count, *, at=DEPOK, start=1000, **facts):
    for number in range(start, start + count):
        await put(a_point(number, at=at, **facts))


async def test_from_far_many_points_are_circles_with_their_counts_where_they_lie():
    await many(FEW)
    await put(a_point(1, is_open=False))
    await fold(NOW)
    found = layers(await content(tile_of(DEPOK, 10)))
    assert list(found) == ["clusters"]
    ((properties, place),) = found["clusters"]
    assert properties == {"count": FEW + 1, "open": FEW, "closed": 1}
    x, y = position(lat=DEPOK.lat, lon=DEPOK.lon)
    unit = BITS - 10 - 12
    assert (place.x, place.y) == ((x >> unit) & 4095, (y >> unit) & 4095)


@pytest.mark.parametrize("z", [6, 12, 17])
async def test_where_few_are_a_point_is_itself_at_any_zoom(z):
    await put(a_point(1, category=3, is_open=False))
    await fold(NOW)
    found = layers(await content(tile_of(DEPOK, z)))
    ((properties, _),) = found["reports"]
    assert properties == {"label": "KT-1", "category": 3, "is_open": False}
    assert "clusters" not in found


@pytest.mark.parametrize("z", [8, 18, 22])
async def test_points_on_one_spot_stay_counted_and_are_named(z):
    for number in range(3):
        await put(a_point(number))
    await fold(NOW)
    found = layers(await content(tile_of(DEPOK, z)))
    ((properties, _),) = found["clusters"]
    assert properties == {"count": 3, "open": 3, "closed": 0, "labels": "KT-2 KT-1 KT-0"}
    assert "reports" not in found


@pytest.mark.parametrize("z", [0, 5, 9, 12, 15, 16, 18, 22])
@pytest.mark.parametrize("crowd", [0, 2 * FEW])
@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"city": 1},
        {"categories": [1, 12], "state": "open"},
        {"state": "closed", "days": 30},
        {"city": 2, "categories": [11], "state": "all", "days": 10},
        {"days": 7},
        {"city": 1, "days": 90},
        {"categories": []},
    ],
)
async def test_the_counts_of_a_zoom_add_up_to_the_filters_total(z, crowd, asked):
    points = await scattered(60 + crowd)
    await fold(NOW)
    since = beginning(day_of(NOW) - dt.timedelta(days=asked["days"])) if "days" in asked else NOW - dt.timedelta(9999)
    expected = [
        point
        for point in points
        if asked.get("city") in (None, point.city)
        and point.category in asked.get("categories", range(99))
        and point.is_open in {"open": [True], "closed": [False]}.get(asked.get("state"), [True, False])
        and point.created_at >= since
    ]
    tiles = {tile_of(point.point, z) for point in points}
    assert await counts(tiles, **asked) == (len(expected), sum(point.is_open for point in expected))


async def test_neighbouring_tiles_have_nothing_of_this_one():
    await scattered(30)
    await fold(NOW)
    here = tile_of(Point(lat=-6.40, lon=106.875), 14)
    around = product((-1, 0, 1), repeat=2)
    beside = await counts([Tile(here.z, here.x + dx, here.y + dy) for dx, dy in around])
    whole = await counts([Tile(here.z - 3, here.x >> 3, here.y >> 3)])
    assert beside[0] <= whole[0] <= 30
    assert (await counts([here]))[0] == 10


async def test_a_point_put_again_moves_and_a_removed_one_is_gone():
    await put(a_point(1))
    await put(a_point(1, at=Point(lat=1.3625, lon=109.315), is_open=False))
    await fold(NOW)
    assert await counts([tile_of(DEPOK, 12)]) == (0, 0)
    assert await counts([tile_of(Point(lat=1.3625, lon=109.315), 12)]) == (1, 0)
    await remove(1)
    await fold(NOW)
    assert await counts([Tile(0, 0, 0)]) == (0, 0)


@pytest.mark.parametrize("z", [5, 13, 19])
async def test_a_tiles_version_grows_with_a_change_in_it_and_with_no_other(z):
    here, filters = tile_of(DEPOK, z), [Filter(), Filter(city=1), Filter(categories=[7])]
    await put(a_point(1))
    await fold(NOW)
    before = [await known(here, asked) for asked in filters]
    await put(a_point(1))  # nothing that the map shows
    await put(a_point(2, at=Point(lat=1.3625, lon=109.315), city=2, category=17))
    await fold(NOW)
    if z > 5:
        assert [await known(here, asked) for asked in filters] == before
    await put(a_point(1, is_open=False))
    await fold(NOW)
    for asked, earlier in zip(filters, before, strict=True):
        assert (await known(here, asked)).version > earlier.version


@pytest.mark.parametrize("tile", [(-1, 0, 0), (23, 0, 0), (3, 8, 0), (3, 0, -1)])
async def test_outside_the_world_a_tile_is_empty(tile):
    await put(a_point(1))
    assert await content(Tile(*tile)) == b""


async def test_two_readers_of_vector_tiles_see_the_same():
    await many(FEW + 5)
    await put(a_point(1, at=Point(lat=-6.41, lon=106.80)))
    await fold(NOW)
    for z in (11, 16):
        tile = await content(tile_of(DEPOK, z))
        decoded = mapbox_vector_tile.decode(tile)
        by_gdal = layers(tile)
        assert {name: len(layer["features"]) for name, layer in decoded.items()} == {
            name: len(features) for name, features in by_gdal.items()
        }


A_LONG_HISTORY = """
INSERT INTO map_point (id, city, category, is_open, created_at, label, x, y, qk)
SELECT n, 1, 7, true, $1::timestamptz - interval '5000 days' + n * interval '6 hours', 'K' || n, n, n,
    n * 57646075230342::bigint
FROM generate_series(1, 20000) AS n
"""


async def test_tiles_are_read_by_their_range_of_keys():
    await DB.fetch(A_LONG_HISTORY, NOW)
    await fold(NOW)
    await DB.fetch("VACUUM ANALYZE map_point")
    await DB.fetch("VACUUM ANALYZE map_cell")
    since = NOW - dt.timedelta(days=9999)
    values = (0, 4**20, since, None, None, None, 0, 0, 4**10, False, False, 4, True)
    assert await indexes_of(POINTS, *values) == {"map_point_qk"}
    by_day = (0, 4**30, NOW - dt.timedelta(days=5), *values[3:9], True, *values[10:])
    assert await indexes_of(POINTS, *by_day) <= {"map_point_created_at", "map_point_newest"}  # never by the key
    keys = ([0], 14, 0, 4**10)
    assert await indexes_of(VERSION, *keys) == {"map_cell_pkey"}
    assert await indexes_of(CELLS, *keys, 2, 1, "all", 0, 0, 4**10) == {"map_cell_pkey"}
