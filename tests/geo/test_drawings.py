"""From far, neighbours are drawn with one line between them."""

import numpy as np
import pytest
import shapely

from api.piccolo_conf import DB
from geo.cells import draw_cells, multipolygons
from geo.drawings import BANDS, WIDEST_SLIVER, Band, band_of, drawn, matched, redraw
from tests.geo.factories import an_edition, square
from tests.geo.test_areas_tile import areas_at, draw_all_outlines

SIDE, SIZE = 6, 0.08


def wavy(start, end, generator, points=60):
    """A line from one corner to another as rivers make them; the same both ways."""
    along = np.linspace(0, 1, points)[:, None]
    line = np.asarray(start) * (1 - along) + np.asarray(end) * along
    noise = np.cumsum(generator.normal(scale=0.0006, size=(points, 2)), axis=0)
    noise -= along * noise[-1]
    line = line + noise
    line[0], line[-1] = start, end
    return [tuple(at) for at in line]


def a_country(seed=5):
    """Villages with wavy borders, four of them a district and two districts a regency, edges shared exactly."""
    generator = np.random.default_rng(seed)
    corner = {(i, j): (106.0 + SIZE * i, -7.0 + SIZE * j) for i in range(SIDE + 1) for j in range(SIDE + 1)}
    across = {(i, j): wavy(corner[i, j], corner[i + 1, j], generator) for i in range(SIDE) for j in range(SIDE + 1)}
    up = {(i, j): wavy(corner[i, j], corner[i, j + 1], generator) for i in range(SIDE + 1) for j in range(SIDE)}
    codes, shapes = [], []
    for i in range(SIDE):
        for j in range(SIDE):
            ring = across[i, j] + up[i + 1, j][1:] + across[i, j + 1][::-1][1:] + up[i, j][::-1][1:]
            codes.append(f"32.{10 + i // 2:02}.{1 + j // 2:02}.{1001 + i % 2 * 2 + j % 2}")
            shapes.append(shapely.make_valid(shapely.Polygon(ring)))
    order = np.argsort(codes)
    return [codes[at] for at in order], multipolygons(np.array(shapes, dtype=object)[order])


def is_seamless(shapes):
    """Nothing between neighbours: no overlap, and no hole in the union."""
    tree = shapely.STRtree(shapes)
    left, right = tree.query(shapes, predicate="intersects")
    overlap = shapely.area(shapely.intersection(shapes[left[left < right]], shapes[right[left < right]])).sum()
    union = shapely.union_all(shapes)
    holes = shapely.get_num_interior_rings(shapely.get_parts(union)).sum()
    return bool(shapely.coverage_is_valid(shapes)) and overlap < 1e-12 and holes == 0


@pytest.mark.parametrize("band", BANDS, ids=lambda band: str(band.zoom))
def test_neighbours_neither_part_nor_overlap_at_any_band_of_zooms(band):
    codes, shapes = a_country()
    names, simple = drawn(codes, matched(shapes), band)
    assert names == sorted({code[: band.code] for code in codes})
    assert is_seamless(simple)
    assert shapely.get_num_coordinates(simple).sum() < shapely.get_num_coordinates(shapes).sum()


@pytest.mark.parametrize("band", BANDS, ids=lambda band: str(band.zoom))
def test_slivers_and_overlaps_of_the_file_are_closed(band):
    codes, shapes = a_country()
    gapped = shapely.buffer(shapes, [WIDEST_SLIVER * share for share in np.resize((-0.4, -0.2, 0.2, 0.1), len(shapes))])
    assert not shapely.coverage_is_valid(gapped)
    _, simple = drawn(codes, matched(multipolygons(gapped)), band)
    assert is_seamless(simple)
    assert len(shapely.get_parts(shapely.union_all(simple))) == 1


@pytest.mark.parametrize("band", BANDS, ids=lambda band: str(band.zoom))
def test_approximate_cells_are_drawn_without_seams_too(band):
    generator = np.random.default_rng(3)
    sites = shapely.points(generator.uniform((106, -7), (106.6, -6.4), size=(200, 2)))
    codes = sorted(f"32.{10 + n % 4:02}.{1 + n % 7:02}.{2001 + n}" for n in range(200))
    _, simple = drawn(codes, matched(multipolygons(draw_cells(sites))), band)
    assert shapely.coverage_is_valid(simple)


def test_the_bands_follow_each_other_to_the_zoom_where_villages_are_drawn_as_they_are():
    assert [band.zoom for band in BANDS] == sorted(band.zoom for band in BANDS)
    assert [band.tolerance for band in BANDS] == sorted((band.tolerance for band in BANDS), reverse=True)
    assert band_of(0) == BANDS[0]
    assert band_of(BANDS[-1].zoom + 1) is None


async def test_the_tiles_show_the_drawings():
    codes, shapes = a_country()
    upper = sorted({code[:length] for code in codes for length in (5, 8)})
    areas = [(code, code, shape) for code, shape in zip(codes, shapes, strict=True)]
    await an_edition(areas + [(code, f"Kota {code}", None) for code in upper])
    await draw_all_outlines()
    async with DB.transaction():
        assert await redraw(lambda *_: None) == 3 * 3 + 2 * 9 + 36
    for z, shown in ((5, 5), (9, 8), (12, 13)):
        found = await areas_at(z, lat=-6.76, lon=106.24)
        assert found, z
        assert {len(code) for code in found} == {shown}
        assert all(bool(properties.get("name")) is (z > 5) for properties, _ in found.values())
    near, far = await areas_at(13, lat=-6.76, lon=106.24), await areas_at(12, lat=-6.76, lon=106.24)
    same = next(iter(near.keys() & far.keys()))
    assert shapely.get_num_coordinates(far[same][1]) < shapely.get_num_coordinates(shapes[codes.index(same)])


async def test_drawing_again_draws_only_what_is_current():
    await an_edition([("32.76.01.1001", "Depok", square(106.78, -6.41)), ("32.76.01", "Pancoran Mas", None)])
    async with DB.transaction():
        first = await redraw(lambda *_: None)
        await DB.fetch("UPDATE area SET current = false")
        assert await redraw(lambda *_: None) == 0
    assert first == len([band for band in BANDS if band.level == "district"])
    assert (await DB.fetch("SELECT count(*) FROM area_drawing"))[0]["count"] == 0


def test_a_village_that_vanishes_in_the_coverage_does_not_shift_the_others():
    shapes = multipolygons(np.array([square(106, -6), square(106.001, -5.999, 0.01), square(106.1, -6)], dtype=object))
    codes = ["32.76.01.1001", "32.76.01.1002", "32.76.01.1003"]
    names, simple = drawn(codes, matched(shapes), Band(12, "village", 13, 0.0003))
    by_name = dict(zip(names, simple, strict=True))
    assert shapely.covers(by_name["32.76.01.1003"], shapely.Point(106.11, -5.99))
