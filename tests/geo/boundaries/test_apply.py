import datetime as dt

import asyncpg
import numpy as np
import pytest
import shapely

from api.piccolo_conf import DB
from geo.areas import find
from geo.boundaries import apply, examine
from geo.cells import draw_cells, multipolygons
from geo.editions import Version, VersionExists
from geo.locate import OutsideCoverage, locate
from geo.point import Point
from geo.refit import refit
from tests.geo.boundaries.factories import A, a_city, a_feature, geojson
from tests.geo.factories import NOW, a_city_of_squares, an_edition, square

OFFICIAL = Version(
    name="Depok 2026", effective=dt.date(2026, 1, 1), source="Perda 1/2026", licence="CC0-1.0", quality="official"
)
HERE = Point(lat=-6.40, lon=106.79)


def quiet(stage, done, total):
    pass


async def load(tmp_path, features, version=OFFICIAL):
    return await apply(await examine(geojson(tmp_path / "a.geojson", features), quiet), version, NOW, quiet)


async def test_applied_boundaries_answer_at_once_with_their_version(tmp_path):
    applied = await load(tmp_path, a_city())
    place = await locate(HERE)
    assert (applied.villages, applied.refitted) == (4, 0)
    assert (place.village.name, place.district.name, place.regency.name) == ("Depok Baru", "Pancoran Mas", "Kota Depok")
    assert (place.version_id, place.boundary_version, place.quality) == (applied.version_id, "Depok 2026", "official")
    (version,) = await DB.fetch("SELECT * FROM boundary_version")
    assert (version["source"], version["licence"]) == ("Perda 1/2026", "CC0-1.0")
    assert version["loaded_at"] == version["activated_at"] == NOW


async def test_official_polygons_supersede_their_regency_only(tmp_path):
    old = await a_city_of_squares()
    await a_city_of_squares("32.01", name="Kabupaten Bogor", lat=-6.60)
    await load(tmp_path, a_city())
    assert (await locate(HERE)).village.name == "Depok Baru"
    assert (await locate(Point(lat=-6.60, lon=106.79))).village.name == "Depok"
    current = await DB.fetch("SELECT bool_or(current) AS any, count(*) FROM area WHERE version = $1", old)
    assert (current[0]["any"], current[0]["count"]) == (False, 7)


async def test_a_code_that_the_file_lacks_is_current_no_more(tmp_path):
    await a_city_of_squares()
    await load(tmp_path, a_city()[:5])
    assert await find("32.76.02.1002") is None
    with pytest.raises(OutsideCoverage):
        await locate(Point(lat=-6.38, lon=106.81))


async def test_approximate_neighbours_take_the_land_that_is_left_and_give_up_what_is_not_theirs(tmp_path):
    await a_city_of_squares("32.01", name="Kabupaten Bogor", lat=-6.40, lon=106.83, quality="approximate")
    await DB.fetch("UPDATE area SET site = ST_Centroid(shape) WHERE shape IS NOT NULL")
    applied = await load(tmp_path, a_city())
    official = await locate(Point(lat=-6.40, lon=106.8195))
    beside = await locate(Point(lat=-6.40, lon=106.8205))
    beyond = await locate(Point(lat=-6.40, lon=106.775))
    assert applied.refitted == 4
    assert (official.regency.code, official.found) == ("32.76", "inside")
    assert (beside.regency.code, beside.found, beside.quality) == ("32.01", "inside", "approximate")
    assert beyond.regency.code == "32.01"
    assert [candidate.code[:5] for candidate in (await locate(Point(lat=-6.40, lon=106.8199))).candidates] == [
        "32.76",
        "32.01",
    ]


SET_SITES = """
UPDATE area SET site = given.site
FROM unnest($1::text[], $2::geometry[]) AS given (code, site)
WHERE area.code = given.code
"""


async def test_refitting_the_neighbours_only_is_as_good_as_refitting_the_nation(tmp_path):
    generator = np.random.default_rng(3)
    places = np.round(generator.uniform((105.0, -7.5), (108.5, -5.5), (400, 2)), 6)
    cells = multipolygons(draw_cells(shapely.points(places)))
    villages = [(f"32.01.01.2{n:03}", "Desa", cell) for n, cell in enumerate(cells)]
    await an_edition([("32.01", "Kabupaten Bogor", None), *villages], quality="approximate")
    await DB.fetch(SET_SITES, [code for code, *_ in villages], list(shapely.points(places)))
    applied = await load(tmp_path, a_city())
    assert 0 < applied.refitted < 20
    assert await refit(quiet) == 0


async def test_a_version_is_loaded_once(tmp_path):
    await load(tmp_path, a_city())
    with pytest.raises(VersionExists, match="Depok 2026"):
        await load(tmp_path, a_city()[:5])
    assert (await DB.fetch("SELECT count(*) FROM area WHERE current AND level = 'village'"))[0][0] == 4


async def test_a_load_that_fails_halfway_changes_nothing(tmp_path):
    await a_city_of_squares()
    before = await DB.fetch("SELECT * FROM area ORDER BY id")
    examination = await examine(geojson(tmp_path / "a", a_city()), quiet)

    def fail_late(stage, done, total):
        if (stage, done) == ("writing", 1):
            raise asyncpg.PostgresConnectionError("the power went out")

    with pytest.raises(asyncpg.PostgresConnectionError):
        await apply(examination, OFFICIAL, NOW, fail_late)
    assert await DB.fetch("SELECT * FROM area ORDER BY id") == before
    assert (await DB.fetch("SELECT count(*) FROM boundary_version"))[0][0] == 1


async def test_outlines_of_the_new_version_close_the_slivers_between_its_villages(tmp_path):
    features = [a_feature(A), a_feature("32.76.01.1002", shape=square(106.80005, -6.41))]
    await load(tmp_path, features)
    ((outline,),) = await DB.fetch("SELECT outline FROM area WHERE code = '32.76.01'")
    assert shapely.covers(outline, shapely.Point(106.80003, -6.40))
    assert len(outline.geoms) == 1


async def test_islands_of_many_parts_on_both_hemispheres(tmp_path):
    islands = shapely.MultiPolygon(
        [square(109.3 + 0.01 * step, 0.005 * (step % 2) - 0.002, 0.004) for step in range(54)]
    )
    await load(tmp_path, [a_feature("61.01.01.2001", "Kepulauan", islands)])
    for part in islands.geoms:
        centre = part.centroid
        assert (await locate(Point(lat=centre.y, lon=centre.x))).village.name == "Kepulauan"
