"""A position on the earth, and the only place where (lat, lon) becomes (x, y)."""

import math
import struct

import msgspec

SRID = 4326
_EWKB_POINT = struct.Struct("<BIIdd")  # little endian, type with the SRID flag, srid, x, y

# Indonesia with its sea: Rondo (6.1° N) to Ndana (11.0° S), Benggala (95.0° E) to the Papuan border (141.0° E).
SOUTH, NORTH = -11.3, 6.3
WEST, EAST = 94.7, 141.2
MAX_ACCURACY_M = 100_000.0  # wider than a kabupaten: such a fix says nothing


class Point(msgspec.Struct, frozen=True, kw_only=True):
    """WGS 84 degrees; `accuracy_m` as the phone measured it, one sigma, None when unknown."""

    lat: float
    lon: float
    accuracy_m: float | None = None

    def ewkb(self) -> bytes:
        """PostGIS' extended well-known binary: x is the longitude."""
        return _EWKB_POINT.pack(1, 0x20000001, SRID, self.lon, self.lat)


class PositionRefused(Exception):
    """`reason` is a key: position_invalid, position_missing, position_swapped, position_outside, accuracy_invalid."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def check(*, lat: float, lon: float, accuracy_m: float | None = None) -> Point:
    """The position as a `Point`, or PositionRefused when no phone in Indonesia can have measured it."""
    if not (abs(lat) <= 90 and abs(lon) <= 180) and not _is_in_the_box(lat=lon, lon=lat):
        raise PositionRefused("position_invalid")  # NaN compares as false
    if abs(lat) < 0.001 and abs(lon) < 0.001:
        raise PositionRefused("position_missing")  # (0, 0) is how broken clients say "none"
    if not _is_in_the_box(lat=lat, lon=lon):
        raise PositionRefused("position_swapped" if _is_in_the_box(lat=lon, lon=lat) else "position_outside")
    if accuracy_m is not None and not (math.isfinite(accuracy_m) and 0 <= accuracy_m <= MAX_ACCURACY_M):
        raise PositionRefused("accuracy_invalid")
    return Point(lat=lat, lon=lon, accuracy_m=accuracy_m)


def _is_in_the_box(*, lat: float, lon: float) -> bool:
    return SOUTH <= lat <= NORTH and WEST <= lon <= EAST
