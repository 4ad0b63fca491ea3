import csv
import json

import pytest
import shapely

from api.piccolo_conf import DB
from geo.areas import find
from geo.locate import OutsideCoverage, locate
from geo.national import PackageUnreadable, load_national, read_names, read_sites
from geo.point import Point
from tests.geo.factories import NOW, a_city_of_squares

NAMES = {
    "regencies": {"32.76": "Kota Depok", "32.01": "Kabupaten Bogor", "94.01": "Kabupaten Nabire"},
    "districts": {"32.76.01": "Pancoran Mas", "32.01.13": "Bojong Gede", "94.01.01": "Nabire", "94.01.02": "Napan"},
    "villages": {
        "32.76.01.1001": "Depok",
        "32.76.01.1002": "Depok Jaya",
        "32.76.01.1009": "Baru Tanpa Titik",
        "32.01.13.2001": "Bojong Gede",
        "94.01.01.2001": "Waroki",
        "94.01.02.2005": "Weinami",
    },
}
SITES = [
    ("32.76.01.1001", "DEPOK", "Pancoran Mas", "Kota Depok", -6.40, 106.79),
    ("32.76.01.1002", "Depok Jaya", "Pancoran Mas", "Kota Depok", -6.40, 106.81),
    ("32.76.01.1077", "Sudah Digabung", "Pancoran Mas", "Kota Depok", -6.41, 106.82),
    ("32.01.13.2001", "Bojong Gede", "Bojong Gede", "Kabupaten Bogor", -6.40, 106.76),
    ("91.04.01.2001", "Waroki", "Nabire", "Kabupaten Nabire", -3.36, 135.50),  # moved: its province was divided
    ("91.04.01.2005", "Weinami", "Nabire", "Kabupaten Nabire", -2.95, 135.70),  # moved to another district, too
]


def the_packages(folder, *, names=NAMES, sites=SITES):
    """Both npm packages as they lie in node_modules, with a handful of villages."""
    for package, version in (("geografis", "1.3.2"), ("idn-area-data", "4.0.1")):
        (folder / package / "data/json").mkdir(parents=True)
        (folder / package / "package.json").write_text(json.dumps({"name": package, "version": version}))
    keys = ("code", "village", "district", "city", "latitude", "longitude")
    rows = [dict(zip(keys, site, strict=True)) | {"postal": 16431, "geometry": True} for site in sites]
    (folder / "geografis/data/json/data.json").write_text(json.dumps(rows))
    for level, areas in names.items():
        with (folder / f"idn-area-data/data/{level}.csv").open("w", newline="") as file:
            csv.writer(file).writerows([("code", "parent_code", "name"), *((c, c[:-3], n) for c, n in areas.items())])
    return folder


class Steps(list):
    def __call__(self, stage, done, total):
        self.append(stage)


async def test_the_national_edition_answers_approximately_and_says_so(tmp_path):
    loaded = await load_national(the_packages(tmp_path), NOW, Steps())
    place = await locate(Point(lat=-6.401, lon=106.791))
    assert (loaded.is_new, loaded.villages, loaded.with_land) == (True, 6, 5)
    assert (place.village.code, place.village.name, place.quality) == ("32.76.01.1001", "Depok", "approximate")
    assert (place.regency.name, place.boundary_version) == ("Kota Depok", loaded.version)
    assert "geografis 1.3.2" in loaded.version


async def test_the_sources_and_their_wishes_are_kept_with_the_version(tmp_path):
    await load_national(the_packages(tmp_path), NOW, Steps())
    (version,) = await DB.fetch("SELECT source, licence, quality FROM boundary_version")
    assert "idn-area-data 4.0.1" in version["source"]
    assert "ODbL" in version["licence"]
    assert "not to trade" in version["licence"]


async def test_a_second_load_changes_nothing(tmp_path):
    first = await load_national(the_packages(tmp_path), NOW, Steps())
    steps = Steps()
    second = await load_national(tmp_path, NOW, steps)
    assert (second.is_new, second.version, second.with_land) == (False, first.version, first.with_land)
    assert steps == []
    assert (await DB.fetch("SELECT count(*) FROM boundary_version"))[0][0] == 1


@pytest.mark.parametrize(("lat", "lon", "code"), [(-3.36, 135.5, "94.01.01.2001"), (-2.95, 135.7, "94.01.02.2005")])
async def test_a_village_that_got_a_new_code_is_recognised_by_its_names(tmp_path, lat, lon, code):
    await load_national(the_packages(tmp_path), NOW, Steps())
    assert (await locate(Point(lat=lat, lon=lon))).village.code == code


async def test_a_name_that_two_villages_bear_moves_no_code(tmp_path):
    sites = [*SITES, ("91.04.01.2009", "Waroki", "Nabire", "Kabupaten Nabire", -3.0, 135.0)]
    loaded = await load_national(the_packages(tmp_path, sites=sites), NOW, Steps())
    assert loaded.with_land == 4


async def test_a_village_that_is_gone_leaves_its_land_to_the_neighbours(tmp_path):
    await load_national(the_packages(tmp_path), NOW, Steps())
    assert (await locate(Point(lat=-6.41, lon=106.82))).village.name == "Depok Jaya"


async def test_a_village_without_a_point_has_a_name_but_no_land(tmp_path):
    await load_national(the_packages(tmp_path), NOW, Steps())
    assert (await find("32.76.01.1009")).name == "Baru Tanpa Titik"


async def test_of_villages_on_one_point_the_lower_code_gets_the_land(tmp_path):
    sites = [SITES[1], ("32.76.01.1001", "Depok", "Pancoran Mas", "Kota Depok", -6.40, 106.81)]
    await load_national(the_packages(tmp_path, sites=sites), NOW, Steps())
    assert (await locate(Point(lat=-6.40, lon=106.81))).village.code == "32.76.01.1001"


async def test_the_open_sea_and_singapore_are_outside_coverage(tmp_path):
    sites = [*SITES, ("21.71.01.1001", "Sekanak Raya", "Belakang Padang", "Kota Batam", 1.155, 103.89)]
    names = NAMES | {"villages": NAMES["villages"] | {"21.71.01.1001": "Sekanak Raya"}}
    sites.append(("21.71.01.1002", "Pemping", "Belakang Padang", "Kota Batam", 1.145, 103.88))
    names["villages"]["21.71.01.1002"] = "Pemping"
    await load_national(the_packages(tmp_path, names=names, sites=sites), NOW, Steps())
    assert (await locate(Point(lat=1.16, lon=103.89))).regency.code == "21.71"
    for lat, lon in ((1.29, 103.85), (-4.9, 108.0)):
        with pytest.raises(OutsideCoverage):
            await locate(Point(lat=lat, lon=lon))


async def test_official_polygons_stay_and_approximate_neighbours_get_only_the_land_beside(tmp_path):
    await a_city_of_squares()
    loaded = await load_national(the_packages(tmp_path), NOW, Steps())
    depok = await locate(Point(lat=-6.40, lon=106.7805))
    beside = await locate(Point(lat=-6.40, lon=106.825))
    assert loaded.villages == 3
    assert (depok.village.code, depok.quality, depok.found) == ("32.76.01.1001", "official", "inside")
    assert (beside.village.code, beside.quality) == ("32.01.13.2001", "approximate")


async def test_outlines_of_districts_and_regencies_are_drawn(tmp_path):
    await load_national(the_packages(tmp_path), NOW, Steps())
    rows = {row["code"]: row["outline"] for row in await DB.fetch("SELECT code, outline FROM area WHERE current")}
    assert shapely.covers(rows["32.76"], shapely.Point(106.80, -6.40))
    assert shapely.covers(rows["94.01.01"], shapely.Point(135.5, -3.36))
    assert rows["32.76.01.1001"] is None


@pytest.mark.parametrize("missing", ["geografis/package.json", "geografis/data/json/data.json"])
async def test_missing_packages_are_named_and_nothing_changes(tmp_path, missing):
    (the_packages(tmp_path) / missing).unlink()
    with pytest.raises(PackageUnreadable, match=missing):
        await load_national(tmp_path, NOW, Steps())
    assert await DB.fetch("SELECT 1 FROM boundary_version") == []


def test_truncated_packages_are_named(tmp_path):
    the_packages(tmp_path)
    (tmp_path / "geografis/data/json/data.json").write_text('[{"code": "32.76')
    with pytest.raises(PackageUnreadable, match=r"data\.json"):
        read_sites(tmp_path)
    (tmp_path / "idn-area-data/data/districts.csv").write_text("kode,nama\n1,2\n")
    with pytest.raises(PackageUnreadable, match=r"districts\.csv"):
        read_names(tmp_path)
