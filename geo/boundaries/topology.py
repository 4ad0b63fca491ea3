"""How well neighbours fit together: where two villages claim the same land, and where none does (pure)."""

from collections.abc import Sequence

import numpy as np
import shapely

from geo.boundaries.report import Topology
from geo.boundaries.shapes import area_m2
from geo.columns import Geometries
from geo.outlines import REGENCY_CODE, Progress

MOST_MEASURED = 5_000  # villages; about 5 s. The national set would take minutes and say the same
LEAST_M2 = 1.0  # smaller overlaps are rounding


def measure(codes: Sequence[str], shapes: Geometries, progress: Progress) -> Topology:
    progress("overlaps and gaps", 0, 2)
    chosen = shapes[_chosen(codes)]
    overlaps = _overlaps(chosen)
    progress("overlaps and gaps", 1, 2)
    gaps = area_m2(_holes(shapely.union_all(chosen)))
    progress("overlaps and gaps", 2, 2)
    return Topology(
        villages=len(codes),
        measured=len(chosen),
        overlaps=len(overlaps),
        overlap_m2=float(overlaps.sum()),
        gaps=len(gaps),
        gap_m2=float(gaps.sum()),
    )


def _chosen(codes: Sequence[str]) -> list[int]:
    """Whole regencies, evenly spread over the codes, until they have enough villages."""
    if len(codes) <= MOST_MEASURED:
        return list(range(len(codes)))
    regencies = sorted({code[:REGENCY_CODE] for code in codes})
    step = -(-len(codes) // MOST_MEASURED)
    measured = set(regencies[::step])
    return [index for index, code in enumerate(codes) if code[:REGENCY_CODE] in measured]


def _overlaps(shapes: Geometries) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """m² of each pair that overlaps."""
    left, right = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    is_pair = left < right
    areas = area_m2(shapely.intersection(shapes[left[is_pair]], shapes[right[is_pair]]))
    return areas[areas >= LEAST_M2]


def _holes(shape: shapely.Geometry) -> Geometries:
    rings = [ring for part in shapely.get_parts(shape) for ring in part.interiors]
    return np.asarray(shapely.polygons(np.array(rings, dtype=object)))
