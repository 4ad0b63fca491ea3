import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.piccolo_conf import DB
from geo.mercator import BITS, is_tile, key_range, morton, position

LATS, LONS = st.floats(-85, 85), st.floats(-180, 179.999999)


def test_the_corners_of_the_world():
    assert position(lat=85.06, lon=-180) == (0, 0)
    assert position(lat=-90, lon=180) == (2**30 - 1, 2**30 - 1)
    assert position(lat=0, lon=0) == (2**29, 2**29)


def test_bits_are_interleaved_x_in_the_even_ones():
    assert (morton(0b101, 0), morton(0, 0b101), morton(2**30 - 1, 2**30 - 1)) == (0b10001, 0b100010, 2**60 - 1)


@given(LATS, LONS, st.integers(0, 22))
def test_a_point_is_in_exactly_the_tile_whose_keys_hold_its_own(lat, lon, z):
    x, y = position(lat=lat, lon=lon)
    tile_x, tile_y = x >> (BITS - z), y >> (BITS - z)
    first, beyond = key_range(z, tile_x, tile_y)
    assert first <= morton(x, y) < beyond
    for other_x, other_y in ((tile_x + 1, tile_y), (tile_x, tile_y + 1), (tile_x - 1, tile_y)):
        if is_tile(z, other_x, other_y):
            other_first, other_beyond = key_range(z, other_x, other_y)
            assert not other_first <= morton(x, y) < other_beyond


@pytest.mark.parametrize("tile", [(-1, 0, 0), (23, 0, 0), (3, 8, 0), (3, 0, 8), (3, -1, 0), (5, 0, 10**30)])
def test_what_is_not_a_tile(tile):
    assert not is_tile(*tile)


SAME_IN_SQL = """
SELECT x, y, morton_spread(x) | (morton_spread(y) << 1) AS qk
FROM (SELECT mercator_x($1) AS x, mercator_y($2) AS y) AS at
"""


@pytest.mark.parametrize(
    ("lat", "lon"), [(-6.4, 106.79), (1.3625, 109.315), (0.0, 0.0), (-10.9, 122.9), (85.06, 180.0), (-85.06, -180.0)]
)
async def test_the_database_does_the_same_sums(lat, lon):
    x, y = position(lat=lat, lon=lon)
    (row,) = await DB.fetch(SAME_IN_SQL, lon, lat)
    assert (row["x"], row["y"], row["qk"]) == (x, y, morton(x, y))
