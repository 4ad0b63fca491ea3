"""Vector tiles read back by an independent reader: GDAL's."""

from typing import Any

import pyogrio
import shapely


def layers(content: bytes) -> dict[str, list[tuple[dict[str, Any], shapely.Geometry]]]:
    """By layer: each feature's properties, and its shape in units of the tile, y downwards."""
    if not content:
        return {}
    return {name: _features(content, name) for name, _ in pyogrio.list_layers(content)}


def _features(content: bytes, layer: str) -> list[tuple[dict[str, Any], shapely.Geometry]]:
    facts, _, shapes, columns = pyogrio.raw.read(content, layer=layer)
    names = [str(name) for name in facts["fields"]]
    rows = zip(*(column.tolist() for column in columns), strict=True)
    properties = [{name: value for name, value in zip(names, row, strict=True) if name != "mvt_id"} for row in rows]
    upright = shapely.transform(shapely.from_wkb(shapes), lambda xy: xy * (1, -1) + (0, 4096))
    return list(zip(properties, upright, strict=True))
