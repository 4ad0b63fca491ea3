import math

import pytest
import shapely

from api.piccolo_conf import DB
from geo.areas import SEARCH
from geo.locate import AreaName, OutsideCoverage, locate
from geo.point import Point
from tests.geo.factories import a_city_of_squares, an_edition, square

DEPOK = AreaName("32.76.01.1001", "Depok", "kelurahan")
DEPOK_JAYA = AreaName("32.76.01.1002", "Depok Jaya", "kelurahan")


async def test_a_point_gets_its_village_and_by_its_code_district_and_regency():
    version = await a_city_of_squares()
    place = await locate(Point(lat=-6.40, lon=106.79))
    assert (place.village, place.found, place.candidates) == (DEPOK, "inside", ())
    assert place.district == AreaName("32.76.01", "Pancoran Mas", "kecamatan")
    assert place.regency == AreaName("32.76", "Kota Depok", "kota")
    assert (place.boundary_version, place.version_id, place.quality) == ("32.76 2026", version, "official")


@pytest.mark.parametrize(
    ("lat", "lon", "code"),
    [(-6.40, 106.81, "01.1002"), (-6.38, 106.79, "02.1001"), (-6.38, 106.81, "02.1002")],
)
async def test_each_square_answers_for_itself(lat, lon, code):
    await a_city_of_squares()
    assert (await locate(Point(lat=lat, lon=lon))).village.code == f"32.76.{code}"


async def test_the_distance_to_the_border_is_in_metres():
    await a_city_of_squares()
    in_the_middle = await locate(Point(lat=-6.40, lon=106.79))
    beside = await locate(Point(lat=-6.40, lon=106.7999))
    assert in_the_middle.border_distance_m == pytest.approx(0.01 * 111_195 * math.cos(math.radians(6.4)), rel=0.001)
    assert beside.border_distance_m == pytest.approx(11.05, rel=0.01)


async def test_near_a_border_the_neighbours_are_candidates_the_chosen_village_first():
    await a_city_of_squares()
    place = await locate(Point(lat=-6.40, lon=106.8001))
    assert place.village == DEPOK_JAYA
    assert place.candidates == (DEPOK_JAYA, DEPOK)


@pytest.mark.parametrize(("accuracy_m", "count"), [(None, 0), (60.0, 0), (200.0, 2), (10_000.0, 2)])
async def test_a_coarse_fix_makes_a_far_border_near_but_never_beyond_500_m(accuracy_m, count):
    await a_city_of_squares()
    at_111_m = Point(lat=-6.40, lon=106.799, accuracy_m=accuracy_m)
    at_600_m = Point(lat=-6.40, lon=106.7946, accuracy_m=accuracy_m)
    assert len((await locate(at_111_m)).candidates) == count
    assert len((await locate(at_600_m)).candidates) == 0


async def test_at_an_outer_border_there_is_no_other_candidate():
    await a_city_of_squares()
    place = await locate(Point(lat=-6.40, lon=106.7801))
    assert place.border_distance_m < 12
    assert place.candidates == ()


async def test_a_point_on_a_shared_border_belongs_to_the_lower_code():
    await a_city_of_squares()
    place = await locate(Point(lat=-6.40, lon=106.80))
    assert (place.village, place.found, place.border_distance_m) == (DEPOK, "overlap", 0)
    assert place.candidates == (DEPOK, DEPOK_JAYA)


async def test_a_point_in_two_polygons_belongs_to_the_lower_code():
    await an_edition([("32.76.01.1002", "B", square(106.78, -6.41)), ("32.76.01.1001", "A", square(106.79, -6.41))])
    place = await locate(Point(lat=-6.40, lon=106.795))
    assert (place.village.code, place.found) == ("32.76.01.1001", "overlap")
    assert [candidate.code for candidate in place.candidates] == ["32.76.01.1001", "32.76.01.1002"]


async def test_a_point_in_a_sliver_gets_the_nearest_village_and_both_as_candidates():
    await an_edition([("32.76.01.1001", "A", square(106.78, -6.41)), ("32.76.01.1002", "B", square(106.80005, -6.41))])
    place = await locate(Point(lat=-6.40, lon=106.80003))
    assert (place.village.code, place.found) == ("32.76.01.1002", "nearest")
    assert place.border_distance_m == pytest.approx(2.2, abs=0.1)
    assert [candidate.code for candidate in place.candidates] == ["32.76.01.1002", "32.76.01.1001"]


async def test_a_boat_off_the_shore_belongs_to_the_nearest_village():
    await a_city_of_squares()
    place = await locate(Point(lat=-6.40, lon=106.7760))
    assert (place.village, place.found) == (DEPOK, "nearest")
    assert place.border_distance_m == pytest.approx(442, abs=2)


@pytest.mark.parametrize(("lat", "lon"), [(-6.40, 106.7750), (-6.40, 106.70), (1.35, 103.82)])
async def test_far_from_every_village_is_outside_coverage_and_the_error_keeps_the_place_secret(lat, lon):
    await a_city_of_squares()
    with pytest.raises(OutsideCoverage) as refusal:
        await locate(Point(lat=lat, lon=lon))
    assert (refusal.value.lat, refusal.value.lon) == (lat, lon)
    assert str(lon) not in str(refusal.value)


async def test_without_any_area_everything_is_outside_coverage():
    with pytest.raises(OutsideCoverage):
        await locate(Point(lat=-6.40, lon=106.79))


async def test_a_superseded_version_is_not_found_any_more():
    old = await a_city_of_squares()
    await DB.fetch("UPDATE area SET current = false WHERE version = $1", old)
    await an_edition([("32.76.01.1009", "Baru", square(106.78, -6.41))])
    place = await locate(Point(lat=-6.40, lon=106.79))
    assert place.village == AreaName("32.76.01.1009", "Baru", "kelurahan")


async def test_a_village_without_its_districts_name_shows_the_code_instead():
    await an_edition([("13.05.01.2001", "Lubuk Alung", square(100.28, -0.68))])
    place = await locate(Point(lat=-0.67, lon=100.29))
    assert place.village.local_term == "nagari"
    assert (place.district.name, place.regency.name) == ("13.05.01", "13.05")


async def test_an_island_village_of_many_parts_a_hole_and_the_northern_hemisphere():
    ring = square(109.30, 1.30, 0.06).difference(square(109.32, 1.32, 0.02))
    islands = shapely.union_all([ring, *(square(109.40 + step * 0.01, 1.30, 0.004) for step in range(54))])
    await an_edition([("61.01.01.2001", "Lingkar", islands), ("61.01.01.2002", "Dalam", square(109.32, 1.32))])
    assert (await locate(Point(lat=1.33, lon=109.33))).village.name == "Dalam"
    assert (await locate(Point(lat=1.31, lon=109.31))).village.name == "Lingkar"
    assert (await locate(Point(lat=1.302, lon=109.932))).village.name == "Lingkar"


A_FILLED_TABLE = """
INSERT INTO area (version, code, name, local_term, level, current, shape)
SELECT $1, format('32.77.%s.1%s', lpad((n / 100)::text, 2, '0'), lpad((n % 100)::text, 3, '0')), n, 'desa', 'village',
       n % 2 = 0, ST_Multi(ST_MakeEnvelope(100 + n * 0.01, -7, 100.01 + n * 0.01, -6.99, 4326))
FROM generate_series(1, 4000) AS n
"""
EXPLAIN_COVERS = """
EXPLAIN SELECT count(*), min(code) FROM area
WHERE current AND ST_Covers(shape, ST_SetSRID(ST_MakePoint($1::float8, $2::float8), 4326))
"""
EXPLAIN_AROUND = """
EXPLAIN SELECT code FROM area
WHERE current AND shape && ST_Expand(ST_SetSRID(ST_MakePoint($1::float8, $2::float8), 4326), 0.005)
"""
EXPLAIN_CODE = "EXPLAIN SELECT id FROM area WHERE current AND code = $1"
EXPLAIN_SEARCH = "EXPLAIN " + SEARCH


@pytest.mark.parametrize(
    ("sql", "values", "index"),
    [
        (EXPLAIN_COVERS, (106.79, -6.4), "area_current_shape"),
        (EXPLAIN_AROUND, (106.79, -6.4), "area_current_shape"),
        (EXPLAIN_CODE, ("32.76.01.1001",), "area_current_code"),
        (EXPLAIN_SEARCH, ("cimanggis", 20), "area_current_name"),
    ],
)
async def test_each_question_is_answered_by_an_index(sql, values, index):
    version = await a_city_of_squares()
    await DB.fetch(A_FILLED_TABLE, version)
    await DB.fetch("VACUUM ANALYZE area")  # what the index has not sorted in yet makes it look dear
    plan = "\n".join(row[0] for row in await DB.fetch(sql, *values))
    assert index in plan
    assert "Seq Scan" not in plan
