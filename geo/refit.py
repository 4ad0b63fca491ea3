"""Gives approximate villages the land that official polygons leave, no more and no less.

Without it, a city's official polygons would end in a strip that no village owns: where the approximate land
of the superseded city reached beyond its true border.
"""

import numpy as np
import numpy.typing as npt
import shapely

from geo.cells import LONGEST_REACH, cut_out, draw_cells, multipolygons
from geo.columns import Geometries, ewkb
from geo.engine import engine
from geo.outlines import REGENCY_CODE, Progress, draw_outlines

APPROXIMATE = """
-- those around, or all when $1 is null
SELECT id, code, site, shape FROM area
WHERE current AND site IS NOT NULL AND ($1::geometry IS NULL OR site && $1)
ORDER BY id
"""

OFFICIAL_IN_REACH = """
-- the official villages where an approximate one may have land
SELECT area.shape FROM area
WHERE area.current AND area.site IS NULL AND area.shape IS NOT NULL
  AND area.shape && ST_Expand($1::geometry, 0.5)
"""

SET_SHAPES = """
UPDATE area SET shape = new.shape
FROM unnest($1::bigint[], $2::geometry[]) AS new (id, shape)
WHERE area.id = new.id
"""

IN_REGENCIES = """
SELECT code, shape FROM area
WHERE current AND level = 'village' AND left(code, 5) = ANY($1::text[])
"""

SET_OUTLINES = """
UPDATE area SET outline = new.outline
FROM unnest($1::text[], $2::geometry[]) AS new (code, outline)
WHERE area.current AND area.code = new.code AND area.level <> 'village'
"""


async def refit(progress: Progress, around: shapely.Polygon | None = None) -> int:
    """Redraws the approximate villages whose land has changed; their number. In the caller's transaction.

    `around` is the land that changed hands; None, when it may be anywhere. No village reaches farther than
    LONGEST_REACH: one that gains land lies within twice of it, and others that bound it within four times.
    """
    wide = None if around is None else shapely.box(*around.buffer(4 * LONGEST_REACH).bounds)
    villages = await engine().fetch(APPROXIMATE, wide)
    sites = np.array([row["site"] for row in villages], dtype=object)
    official = await engine().fetch(OFFICIAL_IN_REACH, shapely.box(*shapely.total_bounds(sites))) if villages else []
    if not official:
        return 0
    progress("approximate neighbours", 0, 1)
    cells = draw_cells(sites)
    cells = multipolygons(cut_out(cells, np.array([row["shape"] for row in official], dtype=object)))
    before = np.array([row["shape"] for row in villages], dtype=object)
    is_near = True if around is None else shapely.intersects(sites, around.buffer(2 * LONGEST_REACH))
    changed = np.flatnonzero(_differ(cells, before) & is_near).tolist()
    await engine().fetch(SET_SHAPES, [villages[index]["id"] for index in changed], ewkb(cells[changed]))
    await _redraw_outlines(sorted({villages[index]["code"][:REGENCY_CODE] for index in changed}), progress)
    progress("approximate neighbours", 1, 1)
    return len(changed)


def _differ(left: Geometries, right: Geometries) -> npt.NDArray[np.bool_]:
    """By more than a centimetre: the same cell drawn among other neighbours has other last digits."""
    both_missing = shapely.is_missing(left) & shapely.is_missing(right)
    return np.asarray(~shapely.equals_exact(shapely.normalize(left), shapely.normalize(right), 1e-7) & ~both_missing)


async def _redraw_outlines(regencies: list[str], progress: Progress) -> None:
    rows = await engine().fetch(IN_REGENCIES, regencies)
    if rows:
        shapes = np.array([row["shape"] for row in rows], dtype=object)
        outlines = draw_outlines([row["code"] for row in rows], shapes, progress)
        await engine().fetch(SET_OUTLINES, list(outlines), list(outlines.values()))
