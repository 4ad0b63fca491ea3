"""The points of the public map: what may be shown of one thing, and where. Whoever owns the thing keeps them.

In a statement of its own transaction the owner calls the same functions directly:
`map_point_put(id, city, category, is_open, created_at, lon, lat, label)` and `map_point_remove(id)`.
"""

import datetime as dt

import msgspec

from geo.engine import engine
from geo.point import Point


class MapPoint(msgspec.Struct, frozen=True, kw_only=True):
    """`label` is the text shown at it; `point` may be coarser than the truth: what is put here is public."""

    id: int
    city: int
    category: int
    is_open: bool
    created_at: dt.datetime
    point: Point
    label: str


PUT = "SELECT map_point_put($1, $2, $3, $4, $5, $6, $7, $8)"


async def put(new: MapPoint) -> None:
    """Shows it, or shows it otherwise when it was shown already."""
    at = new.point
    await engine().fetch(PUT, new.id, new.city, new.category, new.is_open, new.created_at, at.lon, at.lat, new.label)


REMOVE = "SELECT map_point_remove($1)"


async def remove(point_id: int) -> None:
    await engine().fetch(REMOVE, point_id)
