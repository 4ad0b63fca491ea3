"""How far an area reaches: what a map shows at first."""

from collections.abc import Sequence

from geo.engine import engine

EXTENT = """
-- of the villages, which every edition has; codes of the areas above them are their beginnings
SELECT min(ST_YMin(box)) AS south, min(ST_XMin(box)) AS west, max(ST_YMax(box)) AS north, max(ST_XMax(box)) AS east
FROM (
    SELECT ST_Envelope(shape) AS box FROM unnest($1::text[]) AS wanted (code)
    JOIN area ON area.current AND area.level = 'village'
        AND area.code ~>=~ (wanted.code || '.') AND area.code ~<~ (wanted.code || '/')
) AS village
"""


async def extent_of(codes: Sequence[str]) -> tuple[float, float, float, float] | None:
    """Of the current areas of these codes together: (south, west, north, east); None where there are none."""
    (row,) = await engine().fetch(EXTENT, list(codes))
    return None if row["south"] is None else tuple(round(degrees, 5) for degrees in row)
