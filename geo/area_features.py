"""Areas as GeoJSON features, with where their shapes come from; by code, page by page."""

from collections.abc import Sequence

import msgspec

from geo.engine import engine

FEATURES = """
SELECT area.code, json_build_object(
    'type', 'Feature', 'id', area.code,
    -- villages exactly, districts and regencies as they are drawn
    'geometry', ST_AsGeoJSON(coalesce(area.shape, area.outline), 6)::json,
    'properties', json_build_object('code', area.code, 'name', area.name, 'local_term', area.local_term,
        'level', area.level, 'boundary_version', version.name, 'effective', version.effective,
        'quality', version.quality, 'source', version.source, 'licence', version.licence))::text AS feature
FROM area JOIN boundary_version AS version ON version.id = area.version
WHERE area.current AND area.code ~>~ $1 AND area.code LIKE $2
    AND ($3::text IS NULL OR area.level = $3)
    AND ($4::float8[] IS NULL OR ST_Intersects(area.shape, ST_MakeEnvelope($4[1], $4[2], $4[3], $4[4], 4326))
        OR (area.shape IS NULL AND ST_Intersects(area.outline, ST_MakeEnvelope($4[1], $4[2], $4[3], $4[4], 4326))))
-- the order of the index, whatever the collation
ORDER BY area.code USING ~<~ LIMIT $5
"""


class AreaFeature(msgspec.Struct, frozen=True):
    """`feature` is GeoJSON text."""

    code: str
    feature: str


async def features(
    within: str = "",
    *,
    after: str = "",
    level: str | None = None,
    box: Sequence[float] | None = None,
    limit: int,
) -> list[AreaFeature]:
    """Current areas whose codes begin with `within` and follow `after`; `box` is west, south, east, north."""
    rows = await engine().fetch(FEATURES, after, f"{within}%", level, list(box) if box else None, limit)
    return [AreaFeature(*row) for row in rows]


async def feature(code: str) -> str | None:
    """The area of exactly this code."""
    found = await features(code, limit=1)
    return found[0].feature if found and found[0].code == code else None


COUNT = """
SELECT count(*) FROM area WHERE current AND code LIKE $1 AND ($2::text IS NULL OR level = $2)
"""


async def count(within: str = "", level: str | None = None) -> int:
    number: int = (await engine().fetch(COUNT, f"{within}%", level))[0][0]
    return number
