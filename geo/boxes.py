"""A rectangle as ranges of map keys: the tiles that cover it (pure)."""

from geo.mercator import BITS, key_range, position

TILES_A_SIDE = 4


def covering(west: float, south: float, east: float, north: float) -> list[tuple[int, int]]:
    """At most 25 ranges [low, high) of `qk`; they hold every point of the box and some around it."""
    left, top = position(lat=north, lon=west)
    right, bottom = position(lat=south, lon=east)
    shift = max(0, (max(right - left, bottom - top) // TILES_A_SIDE).bit_length())
    z = max(0, BITS - shift)
    tiles = [
        key_range(z, x, y)
        for x in range(left >> (BITS - z), (right >> (BITS - z)) + 1)
        for y in range(top >> (BITS - z), (bottom >> (BITS - z)) + 1)
    ]
    return _joined(sorted(tiles))


def _joined(ranges: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Neighbours become one."""
    joined: list[tuple[int, int]] = []
    for low, high in ranges:
        if joined and joined[-1][1] == low:
            joined[-1] = (joined[-1][0], high)
        else:
            joined.append((low, high))
    return joined
