"""Where a position is shown to everybody: on a grid, in its own village."""

import random

import shapely

from geo.engine import engine
from geo.point import Point
from tests.geo.factories import a_city_of_squares, an_edition, square

DEPOK, NEXT_DOOR = "32.76.01.1001", "32.76.01.1002"
WHOLE = 1e-9  # a part of the village that every square holds


async def mark(lat: float, lon: float, *, finest_m: int = 110, part: float = WHOLE, code: str = DEPOK) -> Point:
    sql = "SELECT ST_Y(m) AS lat, ST_X(m) AS lon FROM area_mark($1, $2, $3, $4) AS m"
    (row,) = await engine().fetch(sql, Point(lat=lat, lon=lon), code, finest_m, part)
    return Point(lat=row["lat"], lon=row["lon"])


async def test_an_exact_position_keeps_five_decimals():
    await a_city_of_squares()
    assert await mark(-6.4012345, 106.7912345, finest_m=1) == Point(lat=-6.40123, lon=106.79123)


async def test_whoever_is_in_one_square_has_one_mark():
    await a_city_of_squares()
    around = [(-6.40149, 106.78951), (-6.40051, 106.79049), (-6.401, 106.79)]
    assert {await mark(*here) for here in around} == {Point(lat=-6.401, lon=106.79)}


async def test_each_grid_lies_in_the_next():
    await a_city_of_squares()
    for finest_m, step in ((110, 0.001), (330, 0.003), (1000, 0.009), (3000, 0.027)):
        found = await mark(-6.3975, 106.7895, finest_m=finest_m, code="unknown")
        assert abs(found.lat / step - round(found.lat / step)) < 1e-6
        # the middle of nine squares is the middle of the fifth
        assert await mark(found.lat, found.lon, finest_m=110, code="unknown") == found


async def test_where_few_live_the_squares_are_larger():
    """The village has 2.2 km a side."""
    await a_city_of_squares()
    here = (-6.4012, 106.7912)
    assert await mark(*here, finest_m=1, part=1 / 500) == Point(lat=-6.4012, lon=106.7912)  # 99 m are enough
    assert await mark(*here, finest_m=1, part=1 / 300) == Point(lat=-6.402, lon=106.791)  # 128 m
    assert await mark(*here, finest_m=110, part=1 / 30) == Point(lat=-6.399, lon=106.794)  # 400 m


async def test_near_a_border_the_mark_stays_in_the_village():
    await a_city_of_squares()
    # the corner at 106.803 lies next door; the villages meet at 106.80
    for lon in (106.7992, 106.7999):
        found = await mark(-6.4, lon, finest_m=330)
        assert found == Point(lat=-6.399, lon=106.8)  # on the border, which is of both
    assert (await mark(-6.4, 106.7999, finest_m=1000)).lon < 106.8
    assert (await mark(-6.4, 106.8001, finest_m=1000, code=NEXT_DOOR)).lon > 106.8


async def test_a_village_without_a_corner_has_one_place_for_all():
    await an_edition([("32.76.01.1001", "Kecil", square(106.7912, -6.4008, 0.0006))])
    found = {await mark(lat, lon, finest_m=110) for lat, lon in ((-6.4007, 106.7913), (-6.4003, 106.7917))}
    assert len(found) == 1
    (one,) = found
    assert square(106.7912, -6.4008, 0.0006).covers(shapely.Point(one.lon, one.lat))


async def test_of_an_unknown_village_the_nearest_corner_is_taken():
    assert await mark(-6.40049, 106.79051, code="99.99.99.9999") == Point(lat=-6.4, lon=106.791)


async def test_no_mark_lies_in_another_village():
    await a_city_of_squares()
    dice, village = random.Random(1), square(106.78, -6.41).buffer(1e-9)
    for _ in range(60):
        here = (dice.uniform(-6.4099, -6.3901), dice.uniform(106.7801, 106.7999))
        for finest_m in (110, 330, 1000, 3000):
            found = await mark(*here, finest_m=finest_m)
            assert village.covers(shapely.Point(found.lon, found.lat)), (here, finest_m)
