"""Where is this? A position's village, district and regency in the current boundary versions."""

from typing import Literal

import msgspec

from geo.engine import engine
from geo.point import Point

Quality = Literal["official", "approximate"]
Found = Literal["inside", "overlap", "nearest"]


class AreaName(msgspec.Struct, frozen=True):
    """`code` is Kemendagri's ("32.76.01.1001"), `local_term` what people there call such an area ("nagari")."""

    code: str
    name: str
    local_term: str


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """`found`: inside one village, in an overlap of several (the lower code was taken), or nearest to one (≤ 500 m).

    `candidates` is empty unless it may as well be another village; then it holds all of them, the chosen one
    first. `border_distance_m` is to the chosen village's border, on whichever side of it the position lies.
    """

    village: AreaName
    district: AreaName
    regency: AreaName
    boundary_version: str
    version_id: int
    quality: Quality
    border_distance_m: float | None
    found: Found
    candidates: tuple[AreaName, ...]


class OutsideCoverage(Exception):
    """No village there, nor within 500 m. The text leaves the position out: it would end in a log."""

    def __init__(self, lat: float, lon: float) -> None:
        super().__init__("the position lies outside every area of the current boundary versions")
        self.lat, self.lon = lat, lon


_candidates = msgspec.json.Decoder(tuple[AreaName, ...])

AREA_AT = "SELECT * FROM area_at($1, $2, $3)"


async def locate(point: Point) -> Place:
    """The village that contains `point`, else the nearest one within 500 m.

    A point in two polygons, or on a shared border, belongs to the lower code.
    Raises OutsideCoverage where there is none.
    """
    (row,) = await engine().fetch(AREA_AT, point.lon, point.lat, point.accuracy_m)
    if row["village_code"] is None:
        raise OutsideCoverage(point.lat, point.lon)
    row = tuple(row)
    return Place(
        village=AreaName(*row[0:3]),
        district=AreaName(*row[3:6]),
        regency=AreaName(*row[6:9]),
        boundary_version=row[9],
        version_id=row[10],
        quality=row[11],
        border_distance_m=row[12],
        found=row[13],
        candidates=_candidates.decode(row[14]),
    )
