"""Land for villages of which only a point inside is known: nearer to this point than to any other (pure)."""

import numpy as np
import shapely

from geo.columns import Geometries

KM = 1 / 111.195  # degrees of latitude; of longitude, at most 2 % more in Indonesia
# How far a village reaches at most: a multiple of the distance to its nearest neighbour, within bounds. Against
# official polygons 0.1 % of villages' points and 0.8 % of the land stay out; Singapore, Tawau and Dili do, too.
REACH = 6.0
SHORTEST_REACH, LONGEST_REACH = 8 * KM, 50 * KM
WORLD = shapely.box(90, -15, 146, 10)
SLIVER = 0.0003  # 33 m: narrower gaps between official polygons are not land that was left over


def draw_cells(sites: Geometries) -> Geometries:
    """One polygon for each point, in their order; points must differ."""
    if len(sites) < 2:
        return np.asarray(shapely.buffer(sites, LONGEST_REACH, quad_segs=8))
    cells = shapely.get_parts(shapely.voronoi_polygons(shapely.multipoints(sites), extend_to=WORLD, ordered=True))
    _, neighbour = shapely.STRtree(sites).query_nearest(sites, exclusive=True, return_distance=True, all_matches=False)
    reach = np.clip(neighbour * REACH, SHORTEST_REACH, LONGEST_REACH)
    return np.asarray(shapely.intersection(cells, shapely.buffer(sites, reach, quad_segs=8)))


def cut_out(cells: Geometries, official: Geometries) -> Geometries:
    """What official polygons leave of each cell, None where nothing; gaps between these are not left over."""
    left = cells.copy()
    cell_indices, official_indices = shapely.STRtree(official).query(cells, predicate="intersects")
    wider = shapely.buffer(official, SLIVER, join_style="mitre")
    for cell in np.unique(cell_indices):
        taken = shapely.union_all(wider[official_indices[cell_indices == cell]])
        left[cell] = only_polygons(shapely.difference(cells[cell], shapely.buffer(taken, -SLIVER, join_style="mitre")))
    return left


def only_polygons(shape: shapely.Geometry) -> shapely.MultiPolygon | None:
    """The areal part of any geometry as one multipolygon, None when it has none."""
    parts = shapely.get_parts(shapely.get_parts(shape))
    polygons = parts[(shapely.get_type_id(parts) == shapely.GeometryType.POLYGON) & ~shapely.is_empty(parts)]
    return shapely.MultiPolygon(list(polygons)) if len(polygons) else None


def multipolygons(shapes: Geometries) -> Geometries:
    """The same shapes, each a multipolygon; None stays None."""
    parts, indices = shapely.get_parts(shapes, return_index=True)
    out = np.full(len(shapes), None, dtype=object)
    present = np.unique(indices)
    if len(present):
        out[present] = shapely.multipolygons(parts, indices=np.searchsorted(present, indices))
    return out
