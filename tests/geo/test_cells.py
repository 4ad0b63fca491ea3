import numpy as np
import pytest
import shapely

from geo.cells import KM, cut_out, draw_cells, multipolygons, only_polygons
from tests.geo.factories import square

SITES = shapely.points([(106.79, -6.40), (106.81, -6.40), (106.81, -6.38), (107.20, -6.40)])


def test_land_belongs_to_the_nearest_site():
    cells = draw_cells(SITES)
    generator = np.random.default_rng(7)
    for x, y in zip(generator.uniform(106.75, 106.85, 200), generator.uniform(-6.44, -6.34, 200), strict=True):
        here = shapely.Point(x, y)
        nearest = int(np.argmin(shapely.distance(SITES, here)))
        assert shapely.covers(cells[nearest], here)


def test_a_village_reaches_six_times_the_distance_to_its_neighbour_8_km_at_least_and_50_km_at_most():
    cells = draw_cells(SITES)
    assert shapely.covers(cells[0], shapely.Point(106.79 - 0.119, -6.40))
    assert not shapely.covers(cells[0], shapely.Point(106.79 - 0.121, -6.40))
    dense = draw_cells(shapely.points([(106.790, -6.40), (106.791, -6.40)]))
    assert shapely.covers(dense[0], shapely.Point(106.79 - 7.9 * KM, -6.40))
    assert not shapely.covers(dense[0], shapely.Point(106.79 - 8.1 * KM, -6.40))
    assert shapely.covers(cells[3], shapely.Point(107.20 + 49 * KM, -6.40))
    assert not shapely.covers(cells[3], shapely.Point(107.20 + 51 * KM, -6.40))


@pytest.mark.parametrize("count", [0, 1, 2])
def test_a_few_sites_have_cells_too(count):
    assert len(draw_cells(SITES[:count])) == count


def test_official_land_and_the_gaps_inside_it_are_cut_out_and_nothing_else():
    cells = np.array([square(106.70, -6.50, 0.3)], dtype=object)
    with_a_gap_of_5_m = np.array([square(106.78, -6.41), square(106.80005, -6.41)], dtype=object)
    (left,) = cut_out(cells, with_a_gap_of_5_m)
    assert shapely.get_num_interior_rings(left.geoms[0]) == 1
    assert left.area == pytest.approx(0.09 - 0.02 * 0.04005, rel=1e-9)


def test_a_cell_within_official_land_has_nothing_left():
    left = cut_out(np.array([square(106.79, -6.40, 0.001)], dtype=object), np.array([square(106.78, -6.41)]))
    assert left.tolist() == [None]


def test_a_cell_far_from_official_land_stays_as_it_is():
    cells = np.array([square(107.0, -6.41)], dtype=object)
    assert shapely.equals_identical(cut_out(cells, np.array([square(106.78, -6.41)])), cells).all()


def test_lines_and_points_are_not_land():
    line, box = shapely.LineString([(0, 0), (1, 1)]), square(106.78, -6.41)
    mixed = shapely.GeometryCollection([line, box, shapely.MultiPolygon([square(107, -6)])])
    assert only_polygons(mixed) == shapely.MultiPolygon([box, square(107, -6)])
    assert only_polygons(line) is None
    assert only_polygons(shapely.Polygon()) is None


def test_every_shape_becomes_a_multipolygon_and_nothing_stays_nothing():
    box = square(106.78, -6.41)
    islands = shapely.MultiPolygon([box, square(107, -6)])
    assert multipolygons(np.array([None, box, islands], dtype=object)).tolist() == [
        None,
        shapely.MultiPolygon([box]),
        islands,
    ]
