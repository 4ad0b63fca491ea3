"""Shapes as they came, made fit to be looked up: valid, one multipolygon a code, in Indonesia (pure)."""

from collections.abc import Sequence

import numpy as np
import shapely

from geo.boundaries.files import BoundariesUnreadable
from geo.cells import only_polygons
from geo.columns import Geometries
from geo.point import EAST, NORTH, SOUTH, WEST

METRES_A_DEGREE = 111_195.0


def area_m2(shapes: Geometries) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """On the sphere near the equator, right to about 0.5 %."""
    _, south, _, north = np.atleast_2d(shapely.bounds(shapes)).T
    return np.asarray(shapely.area(shapes) * METRES_A_DEGREE**2 * np.cos(np.radians((south + north) / 2)))


def check_place(codes: Sequence[str], shapes: Geometries) -> None:
    """Raises BoundariesUnreadable for the first shape that is not in Indonesia, saying why it may be so."""
    west, south, east, north = np.atleast_2d(shapely.bounds(shapes)).T
    outside = ~((west >= WEST) & (east <= EAST) & (south >= SOUTH) & (north <= NORTH)) & ~np.isnan(west)
    if outside.any():
        index = int(np.argmax(outside))
        is_swapped = south[index] >= WEST and north[index] <= EAST
        why = "latitude and longitude are exchanged" if is_swapped else "are the coordinates degrees of WGS 84?"
        raise BoundariesUnreadable(f"the shape lies outside Indonesia: {why}", codes[index])


def repaired(shape: shapely.Geometry) -> tuple[shapely.MultiPolygon | None, str]:
    """A valid shape, and how it was made. A part within a part is a hole that lost its place; elsewhere
    what any ring encloses belongs to the shape.
    """
    if "Nested shells" in shapely.is_valid_reason(shape):
        return only_polygons(shapely.make_valid(shape, method="linework")), "the inner part becomes a hole"
    fixed = shapely.make_valid(shape, method="structure", keep_collapsed=False)
    return only_polygons(fixed), "crossing rings are cut where they cross and united"


def united(shapes: Geometries) -> shapely.MultiPolygon | None:
    return only_polygons(shapely.union_all(shapes))
