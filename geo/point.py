"""A position on the earth, and the only place where (lat, lon) becomes (x, y)."""

import struct

import msgspec

SRID = 4326
_EWKB_POINT = struct.Struct("<BIIdd")  # little endian, type with the SRID flag, srid, x, y


class Point(msgspec.Struct, frozen=True, kw_only=True):
    """WGS 84 degrees; `accuracy_m` as the phone measured it, one sigma, None when unknown."""

    lat: float
    lon: float
    accuracy_m: float | None = None

    def ewkb(self) -> bytes:
        """PostGIS' extended well-known binary: x is the longitude."""
        return _EWKB_POINT.pack(1, 0x20000001, SRID, self.lon, self.lat)
