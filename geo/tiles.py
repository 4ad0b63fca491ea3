"""Vector tiles (MVT): the boundaries, and the points of the public map.

Layer `areas` (code, name, level, quality): regencies below zoom 8, districts below 11, then villages.
Layer `clusters` (count, open, closed): points by squares of a tile. From zoom 16 on the squares are as small as a
mark, and a point alone in its square is in layer `reports` (label, category, is_open) instead. The counts and
the single points of a zoom's tiles add up to the filter's total, always.
"""

import datetime as dt
from collections.abc import Sequence
from functools import cache
from typing import Any, Literal, TypedDict, Unpack

import sqlalchemy as sa
from geoalchemy2 import functions as spatial

from geo.mercator import BITS, EXTENT, is_tile, key_range
from geo.point import SRID
from geo.statements import Spatial, Statement, constant, table_of
from geo.tables import Area, BoundaryVersion, MapPoint

VILLAGES_FROM_ZOOM, DISTRICTS_FROM_ZOOM = 11, 8
BUFFER = 64  # units around a tile, so that strokes along its edge are not cut
SINGLES_FROM_ZOOM = 16
CLUSTER_BITS, SINGLE_BITS = 3, 6  # a tile has 8 x 8 squares of clusters, or 64 x 64 of single marks

MERCATOR = 3857
_EXTENT = constant(EXTENT)

area, version, point = table_of(Area), table_of(BoundaryVersion), table_of(MapPoint)
Z, X, Y = (sa.bindparam(name, type_=sa.Integer) for name in "zxy")


def areas_statement(level: str, drawn: sa.Column[Any]) -> Statement:
    tile = spatial.ST_TileEnvelope(Z, X, Y)
    around = spatial.ST_TileEnvelope(Z, X, Y, sa.literal_column(f"margin => {BUFFER / EXTENT}"))
    shape = spatial.ST_AsMVTGeom(spatial.ST_Transform(drawn, constant(MERCATOR)), tile, _EXTENT, constant(BUFFER))
    feature = (
        sa.select(area.c.code, area.c.name, area.c.level, version.c.quality, shape.label("shape"))
        .join(version, version.c.id == area.c.version)
        .where(area.c.current, drawn.is_not(None), area.c.level == constant(level))
        .where(drawn.intersects(spatial.ST_Transform(around, constant(SRID), type_=Spatial)))
        .subquery("feature")
    )
    return Statement(sa.select(_mvt(feature, "areas")).where(feature.c.shape.is_not(None)))


def _mvt(feature: sa.Subquery, layer: str) -> sa.Function[bytes]:
    """The rows of `feature` as one layer; their geometry is the column `shape`, in units of the tile."""
    return sa.func.ST_AsMVT(feature.table_valued(), constant(layer), _EXTENT, constant("shape"))


VILLAGES = areas_statement("village", area.c.shape)
DISTRICTS = areas_statement("district", area.c.outline)
REGENCIES = areas_statement("regency", area.c.outline)


async def areas_tile(z: int, x: int, y: int) -> bytes:
    """The current areas of this tile; empty outside the world."""
    if not is_tile(z, x, y):
        return b""
    statement = VILLAGES if z >= VILLAGES_FROM_ZOOM else DISTRICTS if z >= DISTRICTS_FROM_ZOOM else REGENCIES
    return bytes(await statement.scalar(z=z, x=x, y=y))


FILTERS: dict[str, sa.ColumnElement[bool]] = {
    "city": point.c.city == sa.bindparam("city", type_=sa.Integer),
    "categories": point.c.category == sa.any_(sa.bindparam("categories", type_=sa.ARRAY(sa.Integer))),
    "is_open": point.c.is_open == sa.bindparam("is_open", type_=sa.Boolean),
    "since": point.c.created_at >= sa.bindparam("since", type_=sa.DateTime(timezone=True)),
}


@cache
def points_statement(filters: frozenset[str]) -> Statement:
    """One for each combination of filters: so each has a plan that suits it."""
    low, high = (sa.bindparam(name, type_=sa.BigInteger) for name in ("low", "high"))
    square = (
        sa.select(
            sa.func.count().label("count"),
            sa.func.count().filter(point.c.is_open).label("open"),
            sa.func.count().filter(~point.c.is_open).label("closed"),
            _place(point.c.x, "left", "shape_x"),
            _place(point.c.y, "top", "shape_y"),
            *(sa.func.min(column).label(column.name) for column in (point.c.label, point.c.category)),
        )
        .where(point.c.qk >= low, point.c.qk < high, *(FILTERS[name] for name in sorted(filters)))
        .group_by(point.c.qk.bitwise_rshift(sa.bindparam("shift", type_=sa.Integer)))
        .cte("square")
    )
    is_single = sa.and_(square.c.count == constant(1), sa.bindparam("has_singles", type_=sa.Boolean))
    shape = spatial.ST_MakePoint(square.c.shape_x, square.c.shape_y).label("shape")
    clusters = sa.select(square.c.count, square.c.open, square.c.closed, shape).where(~is_single)
    is_open = (square.c.open == constant(1)).label("is_open")
    reports = sa.select(square.c.label, square.c.category, is_open, shape).where(is_single)
    return Statement(sa.select(_layer(clusters, "clusters").op("||")(_layer(reports, "reports"))))


def _place(coordinate: sa.Column[Any], corner: str, name: str) -> sa.Label[Any]:
    """The middle of a square's points in units of the tile; the rounding must not carry it beyond the edge."""
    start, size = sa.bindparam(corner, type_=sa.BigInteger), sa.bindparam("size", type_=sa.BigInteger)
    units = sa.func.floor((sa.func.avg(coordinate) - start) * _EXTENT / size)
    return sa.func.least(constant(EXTENT - 1), units).label(name)


def _layer(features: sa.Select[Any], name: str) -> sa.ScalarSelect[Any]:
    return sa.select(_mvt(features.subquery(name), name)).scalar_subquery()


class Filter(TypedDict, total=False):
    """What is left out, or None, matches all; an empty list of categories matches no point."""

    city: int | None
    categories: Sequence[int] | None
    state: Literal["open", "closed", "all"]
    since: dt.datetime | None


async def points_tile(z: int, x: int, y: int, **asked: Unpack[Filter]) -> bytes:
    """The public points of exactly this tile, without those of its neighbours; empty outside the world."""
    if not is_tile(z, x, y):
        return b""
    filters = _filters(asked)
    low, high = key_range(z, x, y)
    has_singles = z >= SINGLES_FROM_ZOOM
    content: bytes = await points_statement(frozenset(filters)).scalar(
        low=low,
        high=high,
        left=x << (BITS - z),
        top=y << (BITS - z),
        size=1 << (BITS - z),
        shift=2 * (BITS - z - (SINGLE_BITS if has_singles else CLUSTER_BITS)),
        has_singles=has_singles,
        **filters,
    )
    return content


def _filters(asked: Filter) -> dict[str, object]:
    state = asked.get("state", "all")
    is_open = None if state == "all" else state == "open"
    values = {"city": asked.get("city"), "categories": asked.get("categories"), "since": asked.get("since")}
    return {name: value for name, value in (values | {"is_open": is_open}).items() if value is not None}
