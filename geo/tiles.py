"""Vector tiles (MVT) of the boundaries. Those of the points: `point_tiles`.

Layer `areas` (code, name, level, quality): regencies below zoom 8, districts below 11, then villages.
"""

from typing import Any

import sqlalchemy as sa
from geoalchemy2 import functions as spatial

from geo.mercator import EXTENT, is_tile
from geo.point import SRID
from geo.statements import Spatial, Statement, constant, table_of
from geo.tables import Area, BoundaryVersion

VILLAGES_FROM_ZOOM, DISTRICTS_FROM_ZOOM = 11, 8
BUFFER = 64  # units around a tile, so that strokes along its edge are not cut

MERCATOR = 3857
_EXTENT = constant(EXTENT)

area, version = table_of(Area), table_of(BoundaryVersion)
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
