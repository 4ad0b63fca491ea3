"""Outlines of districts and regencies, for drawing only: dissolved from their villages and simplified (pure).

Which district a point lies in is never asked of them: in official files district polygons contradict their
own villages at up to 13 % of the points.
"""

from collections.abc import Callable, Sequence

import numpy as np
import shapely

from geo.cells import multipolygons
from geo.columns import Geometries

Progress = Callable[[str, int, int], None]  # what is being done, steps done, steps in all

DISTRICT_CODE, REGENCY_CODE = 8, 5  # characters of "32.76.01" and "32.76"
TOLERANCE = {DISTRICT_CODE: 0.0005, REGENCY_CODE: 0.002}  # degrees: a third of a pixel at zoom 10 and at zoom 7


def draw_outlines(codes: Sequence[str], shapes: Geometries, progress: Progress) -> dict[str, shapely.Geometry]:
    """By code: the outline of each district and regency that has a shape among its villages."""
    present = ~shapely.is_missing(shapes)
    village_codes = np.asarray(codes, dtype=np.str_)[present]
    districts = _dissolve(village_codes, shapes[present], DISTRICT_CODE, progress)
    regencies = _dissolve(
        np.asarray(list(districts), dtype=np.str_),
        np.asarray(list(districts.values()), dtype=object),
        REGENCY_CODE,
        progress,
    )
    return districts | regencies


def _dissolve(
    codes: np.ndarray[tuple[int], np.dtype[np.str_]], shapes: Geometries, length: int, progress: Progress
) -> dict[str, shapely.Geometry]:
    """Neighbours in official files do not share edges: they are widened, united and narrowed again."""
    tolerance = TOLERANCE[length]
    order = np.argsort(codes, kind="stable")
    upper = codes[order].astype(f"<U{length}")
    names, starts = np.unique(upper, return_index=True)
    coarse = shapely.simplify(shapes[order], tolerance, preserve_topology=False)
    wide = shapely.buffer(coarse, tolerance, join_style="mitre")
    united = np.full(len(names), None, dtype=object)
    for index, group in enumerate(np.split(wide, starts[1:])):
        united[index] = shapely.union_all(group)
        if index % 200 == 0:
            progress("outlines", index, len(names))
    outlines = multipolygons(shapely.simplify(shapely.buffer(united, -tolerance, join_style="mitre"), tolerance))
    return dict(zip(names.tolist(), outlines, strict=True))
