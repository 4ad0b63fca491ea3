"""Web-mercator tiles as integers (pure).

A position is x and y at zoom 30 (4 cm); its key `qk` interleaves their bits, x in the even ones. All points of a
tile have keys in one range, and the ranges of a zoom's tiles neither overlap nor leave gaps: a point is in
exactly one tile of each zoom, so counts add up. The database does the same sums (`mercator_x`, `morton_spread`).
"""

import math

BITS = 30
EXTENT = 4096  # units of a vector tile's side


def position(*, lat: float, lon: float) -> tuple[int, int]:
    """x and y; what lies beyond the map's edge (85.05° of latitude) is taken to the edge."""
    size = 1 << BITS
    x = math.floor((lon + 180) / 360 * size)
    rad = math.radians(max(-89.9, min(89.9, lat)))
    y = math.floor((1 - math.log(math.tan(rad) + 1 / math.cos(rad)) / math.pi) / 2 * size)
    return max(0, min(size - 1, x)), max(0, min(size - 1, y))


def lat_lon(x: float, y: float) -> tuple[float, float]:
    """The way back from `position`."""
    size = 1 << BITS
    return math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * y / size)))), x / size * 360 - 180


def morton(x: int, y: int) -> int:
    return _spread(x) | _spread(y) << 1


def _spread(bits: int) -> int:
    """A zero between every two bits."""
    bits = (bits | bits << 16) & 0x0000FFFF0000FFFF
    bits = (bits | bits << 8) & 0x00FF00FF00FF00FF
    bits = (bits | bits << 4) & 0x0F0F0F0F0F0F0F0F
    bits = (bits | bits << 2) & 0x3333333333333333
    return (bits | bits << 1) & 0x5555555555555555


def is_tile(z: int, x: int, y: int) -> bool:
    return 0 <= z <= 22 and 0 <= x < 1 << z and 0 <= y < 1 << z


def key_range(z: int, x: int, y: int) -> tuple[int, int]:
    """The first key of a tile, and the first one beyond."""
    shift, key = 2 * (BITS - z), morton(x, y)
    return key << shift, (key + 1) << shift
