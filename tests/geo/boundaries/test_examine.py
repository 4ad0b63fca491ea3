import pytest
import shapely

from api.piccolo_conf import DB
from geo.boundaries import BoundariesUnreadable, examine
from geo.boundaries.report import RegencyChange, Renamed, Swapped
from tests.geo.boundaries.factories import A, B, a_city, a_feature, geojson, gzipped, lines
from tests.geo.factories import a_city_of_squares, square

NESTED_SHELLS = shapely.MultiPolygon([square(106.78, -6.41), square(106.785, -6.405, 0.005)])
BOWTIE = {
    "type": "Polygon",
    "coordinates": [[[106.78, -6.41], [106.8, -6.39], [106.8, -6.41], [106.78, -6.39], [106.78, -6.41]]],
}


def quiet(stage, done, total):
    pass


async def the_report(tmp_path, features):
    return (await examine(geojson(tmp_path / "a.geojson", features), quiet)).report


async def test_a_dry_run_counts_and_changes_nothing(tmp_path):
    await a_city_of_squares()
    before = await DB.fetch("SELECT id, code, name, current FROM area ORDER BY id")
    report = await the_report(tmp_path, a_city())
    assert (report.features, report.villages, report.left_out, report.repairs) == (6, 4, (), ())
    assert report.regencies == (RegencyChange("32.76", "Kota Depok", 4, 4, (), ()),)
    assert await DB.fetch("SELECT id, code, name, current FROM area ORDER BY id") == before


async def test_missing_and_extra_codes_are_told_by_regency(tmp_path):
    await a_city_of_squares()
    features = [*a_city()[2:5], a_feature("32.76.03.1001", "Baru", square(106.82, -6.41))]
    (regency,) = (await the_report(tmp_path, features)).regencies
    assert (regency.missing, regency.extra) == (("32.76.02.1002",), ("32.76.03.1001",))
    assert not regency.is_doubtful


async def test_a_part_of_a_city_is_doubtful(tmp_path):
    await a_city_of_squares()
    assert (await the_report(tmp_path, a_city()[2:3])).regencies[0].is_doubtful


@pytest.mark.parametrize(
    ("feature", "reason"),
    [
        (a_feature(None), "no code"),
        (a_feature("3101020001"), "'3101020001' is no Kemendagri code"),
        (a_feature(B) | {"geometry": None}, "no polygon"),
        (a_feature(B, shape=shapely.Point(106.79, -6.4)), "no polygon"),
        (a_feature(B, shape=shapely.Polygon()), "no polygon"),
        (a_feature(B, shape=shapely.Polygon([(106.7, -6.4), (106.8, -6.4), (106.7, -6.4)])), "no polygon"),
    ],
)
async def test_what_cannot_be_used_is_listed_and_left_out(tmp_path, feature, reason):
    report = await the_report(tmp_path, [a_feature(A), feature])
    assert report.villages == 1
    assert [(one.number, one.reason) for one in report.left_out] == [(2, reason)]


async def test_a_shell_within_a_shell_becomes_a_hole(tmp_path):
    examination = await examine(geojson(tmp_path / "a", [a_feature(A, shape=NESTED_SHELLS)]), quiet)
    (repair,) = examination.report.repairs
    assert (repair.code, repair.proposal) == (A, "the inner part becomes a hole")
    assert repair.defect.startswith("Nested shells")
    assert examination.villages.shapes[0].area == pytest.approx(0.0004 - 0.000025)


async def test_crossing_rings_are_repaired_and_the_repair_told(tmp_path):
    examination = await examine(geojson(tmp_path / "a", [a_feature(A, shape=BOWTIE)]), quiet)
    (repair,) = examination.report.repairs
    assert "Self-intersection" in repair.defect
    assert repair.area_m2 == pytest.approx(0.0002 * 111_195**2, rel=0.01)
    assert shapely.is_valid(examination.villages.shapes).all()


async def test_an_invalid_district_needs_no_repair_because_its_shape_is_not_used(tmp_path):
    report = await the_report(tmp_path, [a_feature("32.76.01", "Pancoran Mas", BOWTIE), a_feature(A)])
    assert report.repairs == ()


async def test_several_features_of_one_code_become_one_village(tmp_path):
    island = square(106.90, -6.41)
    examination = await examine(geojson(tmp_path / "a", [a_feature(A), a_feature(A, shape=island)]), quiet)
    assert [(one.code, one.features) for one in examination.report.merged] == [(A, 2)]
    assert examination.villages.codes == [A]
    assert shapely.get_num_geometries(examination.villages.shapes[0]) == 2


async def test_overlaps_and_gaps_are_measured(tmp_path):
    ring = [
        a_feature(f"32.76.01.10{n:02}", shape=square(x, y))
        for n, (x, y) in enumerate(
            [
                (106.78, -6.41),
                (106.80, -6.41),
                (106.82, -6.41),
                (106.78, -6.39),
                (106.8199, -6.39),
                (106.78, -6.37),
                (106.80, -6.37),
                (106.82, -6.37),
            ],
            1,
        )
    ]
    topology = (await the_report(tmp_path, ring)).topology
    assert (topology.villages, topology.measured, topology.overlaps, topology.gaps) == (8, 8, 0, 1)
    assert topology.gap_m2 == pytest.approx(0.0199 * 0.02 * 111_195**2 * 0.9938, rel=0.001)
    ring.append(a_feature("32.76.01.1099", shape=square(106.79, -6.405)))
    topology = (await the_report(tmp_path, ring)).topology
    assert (topology.overlaps, topology.gaps) == (3, 1)
    assert topology.overlap_m2 > 2_000_000


async def test_names_that_differ_are_told_but_not_their_capitals(tmp_path):
    await a_city_of_squares()
    features = [a_feature(A, "DEPOK"), a_feature(B, "Depok Jaja", square(106.80, -6.41))]
    examination = await examine(geojson(tmp_path / "a", features), quiet)
    assert examination.report.renamed == (Renamed(B, "Depok Jaya", "Depok Jaja"),)
    assert examination.villages.names == ["Depok", "Depok Jaja"]


async def test_exchanged_names_are_suspected(tmp_path):
    await a_city_of_squares()
    features = [a_feature(A, "Depok Jaya"), a_feature(B, "Depok", square(106.80, -6.41))]
    assert (await the_report(tmp_path, features)).swapped == (Swapped(A, B),)


async def test_districts_and_regencies_are_named_by_their_features_or_as_now_or_by_their_villages(tmp_path):
    await a_city_of_squares()
    features = [
        a_feature("32.76.01", "Panmas", None),
        a_feature(A),
        a_feature("32.76.02.1001"),
        a_feature("32.76.03.1001", kecamatan="Sawangan"),
        a_feature("32.76.04.1001"),
    ]
    examination = await examine(geojson(tmp_path / "a", features), quiet)
    assert examination.villages.uppers == {
        "32.76": "Kota Depok",
        "32.76.01": "Panmas",
        "32.76.02": "Cimanggis",
        "32.76.03": "Sawangan",
    }
    assert examination.report.unnamed == ("32.76.04",)


@pytest.mark.parametrize(
    ("shape", "why"),
    [
        (shapely.box(-6.41, 106.78, -6.39, 106.80), "exchanged"),
        (shapely.box(700_000, 9_290_000, 702_000, 9_292_000), "degrees"),
        (square(4.89, 52.37), "degrees"),
    ],
)
async def test_shapes_outside_indonesia_are_refused(tmp_path, shape, why):
    path = geojson(tmp_path / "a", [a_feature(A), a_feature(B, shape=shape)])
    with pytest.raises(BoundariesUnreadable, match=why) as refusal:
        await examine(path, quiet)
    assert refusal.value.where == B


@pytest.mark.parametrize("features", [[], a_city()[:2], [a_feature(None)]])
async def test_a_file_without_any_village_is_refused(tmp_path, features):
    with pytest.raises(BoundariesUnreadable, match="no polygon with a village's"):
        await examine(geojson(tmp_path / "a", features), quiet)


async def test_codes_come_in_order_whatever_the_files(tmp_path):
    examination = await examine(gzipped(lines(tmp_path / "a", a_city()[::-1])), quiet)
    assert examination.villages.codes == [A, B, "32.76.02.1001", "32.76.02.1002"]
    assert shapely.covers(examination.villages.shapes[1], shapely.Point(106.81, -6.40))
