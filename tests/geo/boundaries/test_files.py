import numpy as np
import pytest
import shapely

from geo.boundaries.files import BoundariesUnreadable, read
from tests.geo.boundaries.factories import (
    A,
    B,
    a_city,
    a_feature,
    geojson,
    gzipped,
    layer,
    lines,
    zipped,
)


def quiet(stage, done, total):
    pass


def villages():
    return [feature for feature in a_city() if len(feature["properties"]["code"]) == 13]


def make_shapefile(folder, features, **more):
    (folder / "shape").mkdir()
    layer(folder / "shape/batas.shp", features, "ESRI Shapefile", **more)
    return zipped(folder / "shape", folder / "batas.zip")


FORMATS = {
    "GeoJSON": lambda folder: geojson(folder / "a.geojson", villages()),
    "GeoJSON, gzipped": lambda folder: gzipped(geojson(folder / "a.geojson", villages())),
    "GeoJSON lines": lambda folder: lines(folder / "a.geojsonl", villages()),
    "GeoJSON lines, gzipped": lambda folder: gzipped(lines(folder / "a.geojsonl", villages())),
    "GeoPackage": lambda folder: layer(folder / "a.gpkg", villages(), "GPKG"),
    "zipped shapefile": lambda folder: make_shapefile(folder, villages()),
    "zipped shapefile without .prj": lambda folder: make_shapefile(folder, villages(), crs=None),
    "one line of a file": lambda folder: geojson(folder / "a.geojson", villages()),
}


@pytest.mark.filterwarnings("ignore:.*crs.*:UserWarning")  # the shapefile without .prj is meant to have none
@pytest.mark.parametrize("name", FORMATS)
def test_every_format_gives_the_same_features(tmp_path, name):
    features = read(FORMATS[name](tmp_path), quiet)
    codes = [facts.get("code", facts.get("KODE")) for facts in features.properties]
    order = np.argsort(codes)
    assert sorted(codes) == [A, B, "32.76.02.1001", "32.76.02.1002"]
    assert shapely.area(features.shapes[order]).tolist() == pytest.approx([0.0004] * 4)
    assert shapely.covers(features.shapes[order[0]], shapely.Point(106.79, -6.40))


def test_the_name_of_a_file_does_not_matter(tmp_path):
    packed = gzipped(lines(tmp_path / "a.geojsonl", villages()))
    assert len(read(packed.rename(tmp_path / "batas.shp"), quiet).properties) == 4


def test_heights_are_dropped_and_a_missing_geometry_stays_missing(tmp_path):
    high = {"type": "Polygon", "coordinates": [[[106, -6, 7], [107, -6, 7], [107, -5, 7], [106, -6, 7]]]}
    features = read(lines(tmp_path / "a", [a_feature(A, shape=high), a_feature(B) | {"geometry": None}]), quiet)
    assert not shapely.has_z(features.shapes[0])
    assert features.shapes[1] is None


def test_progress_is_told(tmp_path):
    steps = []
    read(lines(tmp_path / "a", villages()), lambda *step: steps.append(step))
    assert steps == [("reading", 0, 4)]


BROKEN = {
    "empty": (b"", "is empty", ""),
    "no JSON": (b"<html>404</html>", "no GeoJSON", ""),
    "another JSON": (b'{"type": "Topology", "features": []}', "GeoJSON Topology", ""),
    "a list": (b"[1, 2]", "no GeoJSON", ""),
    "cut off": (b'{"type":"FeatureCollection","features":[{"type":"Feature","properties":{},"geom', "no GeoJSON", ""),
    "not UTF-8": (b'{"type":"FeatureCollection","name":"\xff","features":[]', "no GeoJSON", ""),
    "PK but no archive": (b"PK\x03\x04nothing", "zipped shapefile", ""),
    "SQLite but nothing in it": (b"SQLite format 3\x00", "GeoPackage", ""),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_is_refused_with_the_reason(tmp_path, name):
    content, reason, where = BROKEN[name]
    (tmp_path / "broken").write_bytes(content)
    with pytest.raises(BoundariesUnreadable, match=reason) as refusal:
        read(tmp_path / "broken", quiet)
    assert refusal.value.where == where


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(BoundariesUnreadable, match="No such file"):
        read(tmp_path / "nowhere.geojson", quiet)


def test_a_truncated_gzip_says_how_far_it_went(tmp_path):
    packed = gzipped(lines(tmp_path / "a", [a_feature(A, name="x" * 9000)] * 50))
    packed.write_bytes(packed.read_bytes()[:-20])
    with pytest.raises(BoundariesUnreadable, match="cut off or damaged") as refusal:
        read(packed, quiet)
    assert "bytes" in refusal.value.where


def test_a_broken_line_is_named(tmp_path):
    path = lines(tmp_path / "a", villages())
    path.write_text(path.read_text() + '{"type": "Feature", "properties": {"code": \n')
    with pytest.raises(BoundariesUnreadable) as refusal:
        read(path, quiet)
    assert refusal.value.where == "line 5"


@pytest.mark.parametrize("write", [geojson, lines])
def test_a_geometry_that_is_none_is_named(tmp_path, write):
    broken = a_feature(B, shape={"type": "Polygon", "coordinates": [[[1, 2], [3]]]})
    with pytest.raises(BoundariesUnreadable, match="no GeoJSON geometry") as refusal:
        read(write(tmp_path / "a", [a_feature(A), broken]), quiet)
    assert refusal.value.where in {"line 2", "feature 2"}


UTM = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::32748"}}


def test_other_coordinates_than_wgs_84_are_refused(tmp_path):
    with pytest.raises(BoundariesUnreadable, match="EPSG::32748"):
        read(geojson(tmp_path / "a", villages(), crs=UTM), quiet)
    with pytest.raises(BoundariesUnreadable, match="EPSG:32748"):
        read(layer(tmp_path / "a.gpkg", villages(), "GPKG", crs="EPSG:32748"), quiet)


def test_wgs_84_may_be_said_aloud(tmp_path):
    named = {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}
    assert len(read(geojson(tmp_path / "a", villages(), crs=named), quiet).properties) == 4
