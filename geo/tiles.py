"""Vector tiles (MVT) of the boundaries. Those of the points: `point_tiles`.

Layer `areas` (code, name, level, quality): regencies below zoom 8, districts below 11, then villages. Below zoom 6
they have no names: nothing is wide enough there to carry one. From far they are drawn simpler: see `drawings`.
"""

from geo.drawings import band_of
from geo.engine import engine
from geo.mercator import EXTENT, is_tile

NAMED_FROM_ZOOM = 6
COARSE_TO_ZOOM = 7
COARSE_EXTENT = 512  # units of a tile's side up to that zoom: half a pixel each, in half of the bytes

FROM_FAR = """
-- the drawing of each area of the band; where none is made, its outline, or the shape of a village;
-- with a sixty-fourth around the tile, so that strokes along its edge are not cut
WITH feature AS (
    SELECT area.code, CASE WHEN $1::int > $7::int THEN area.name END AS name, area.level, version.quality,
        ST_AsMVTGeom(ST_Transform(coalesce(drawing.shape, area.outline, area.shape), 3857),
            ST_TileEnvelope($1, $2, $3), $6::int, $6::int / 64) AS shape
    FROM area
    JOIN boundary_version AS version ON version.id = area.version
    LEFT JOIN area_drawing AS drawing ON drawing.area = area.id AND drawing.band = $4::int
    WHERE area.current AND area.level = $5
      AND (area.outline && ST_Transform(ST_TileEnvelope($1, $2, $3, margin => 1.0 / 64), 4326)
        OR area.shape && ST_Transform(ST_TileEnvelope($1, $2, $3, margin => 1.0 / 64), 4326))
)
SELECT ST_AsMVT(feature, 'areas', $6::int, 'shape') FROM feature WHERE shape IS NOT NULL
"""

VILLAGES = """
-- each village as it is
WITH feature AS (
    SELECT area.code, area.name, area.level, version.quality,
        ST_AsMVTGeom(ST_Transform(area.shape, 3857), ST_TileEnvelope($1, $2, $3), 4096, 64) AS shape
    FROM area
    JOIN boundary_version AS version ON version.id = area.version
    WHERE area.current AND area.shape && ST_Transform(ST_TileEnvelope($1, $2, $3, margin => 1.0 / 64), 4326)
)
SELECT ST_AsMVT(feature, 'areas', 4096, 'shape') FROM feature WHERE shape IS NOT NULL
"""


async def areas_tile(z: int, x: int, y: int) -> bytes:
    """The current areas of this tile; empty outside the world."""
    if not is_tile(z, x, y):
        return b""
    band = band_of(z)
    if band is None:
        rows = await engine().fetch(VILLAGES, z, x, y)
    else:
        extent = COARSE_EXTENT if z <= COARSE_TO_ZOOM else EXTENT
        rows = await engine().fetch(FROM_FAR, z, x, y, band.zoom, band.level, extent, NAMED_FROM_ZOOM - 1)
    return bytes(rows[0][0])
