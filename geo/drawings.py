"""What the map draws of areas from far: one coverage, simplified edge by edge, so that neighbours share every line.

Simplified each on its own, neighbours would part and overlap. Here the current villages of all versions become a
coverage first (edges matched, slivers closed), districts and regencies are the union of theirs, and each band of
zooms is simplified as a whole. Nothing is ever located by these shapes.
"""

from collections.abc import Iterator, Sequence

import msgspec
import numpy as np
import shapely

from geo.cells import multipolygons
from geo.columns import Geometries, ewkb
from geo.engine import copy, engine
from geo.outlines import DISTRICT_CODE, REGENCY_CODE, Progress

VILLAGE_CODE = 13
FINEST = 0.0002  # degrees: what is finer is not drawn below zoom 13, and would make a nation's coverage slow
WIDEST_SLIVER = 2 * FINEST  # between official polygons


class Band(msgspec.Struct, frozen=True):
    """Drawn up to `zoom`; `tolerance` in degrees, a third of a pixel of that zoom to a pixel and a half."""

    zoom: int
    level: str
    code: int
    tolerance: float


BANDS = (
    Band(5, "regency", REGENCY_CODE, 0.065),
    Band(6, "regency", REGENCY_CODE, 0.035),
    Band(7, "regency", REGENCY_CODE, 0.017),
    Band(9, "district", DISTRICT_CODE, 0.002),
    Band(10, "district", DISTRICT_CODE, 0.0008),
    Band(12, "village", VILLAGE_CODE, 0.0003),
)


def band_of(z: int) -> Band | None:
    """None where villages are drawn as they are."""
    return next((band for band in BANDS if z <= band.zoom), None)


def matched(shapes: Geometries) -> Geometries:
    """The same polygons as a coverage: no overlap, no gap narrower than a sliver, shared edges identical."""
    surveyed = shapely.get_num_coordinates(shapes) > 100  # approximate cells have less, and match already
    coarse = shapely.simplify(shapes[surveyed], FINEST)
    wide = shapes.copy()
    wide[surveyed] = shapely.buffer(coarse, WIDEST_SLIVER / 2, join_style="mitre")  # overlaps are the easier fault
    # new in shapely 2.2, which its stubs do not know yet
    clean = shapely.coverage_clean(wide, gap_width=WIDEST_SLIVER)  # type: ignore[attr-defined]
    return multipolygons(clean)


def drawn(codes: Sequence[str], coverage: Geometries, band: Band) -> tuple[list[str], Geometries]:
    """The areas of the band in the order of their codes. `codes` are the villages' of `coverage`, in order."""
    upper = np.asarray([code[: band.code] for code in codes])
    names, starts = np.unique(upper, return_index=True)
    united = np.array([shapely.coverage_union_all(part) for part in np.split(coverage, starts[1:])], dtype=object)
    names, united = names[~shapely.is_empty(united)], united[~shapely.is_empty(united)]
    return names.tolist(), multipolygons(shapely.coverage_simplify(united, band.tolerance))


VILLAGES = """
SELECT code, shape FROM area WHERE current AND level = 'village' AND shape IS NOT NULL ORDER BY code
"""

CURRENT_IDS = "SELECT code, id FROM area WHERE current"

EMPTY = "DELETE FROM area_drawing"


async def redraw(progress: Progress) -> int:
    """Draws all current areas again, in the caller's transaction; the number of drawings."""
    rows = await engine().fetch(VILLAGES)
    await engine().fetch(EMPTY)
    if not rows:
        return 0
    progress("drawings", 0, len(BANDS) + 1)
    codes = [row["code"] for row in rows]
    coverage = matched(np.array([row["shape"] for row in rows], dtype=object))
    ids = {row["code"]: row["id"] for row in await engine().fetch(CURRENT_IDS)}
    count = 0
    for step, band in enumerate(BANDS, 1):
        progress("drawings", step, len(BANDS) + 1)
        names, shapes = drawn(codes, coverage, band)
        if band.level == "village":  # most approximate ones are as simple as can be: drawn as they are
            whole = {row["code"]: shapely.get_num_coordinates(row["shape"]) for row in rows}
            simpler = shapely.get_num_coordinates(shapes) < [whole[name] for name in names]
            names, shapes = np.asarray(names)[simpler].tolist(), shapes[simpler]
        records = list(_records(band, names, shapes, ids))
        await copy("area_drawing", ["area", "band", "shape"], records)
        count += len(records)
    progress("drawings", 1, 1)
    return count


def _records(band: Band, codes: list[str], shapes: Geometries, ids: dict[str, int]) -> Iterator[tuple[int, int, bytes]]:
    for code, shape in zip(codes, ewkb(shapes), strict=True):
        if shape is not None and code in ids:
            yield ids[code], band.zoom, shape
