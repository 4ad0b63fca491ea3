"""Files of boundaries, whole and with every defect that real ones have had."""

import gzip
import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import shapely

from tests.geo.factories import square

A, B = "32.76.01.1001", "32.76.01.1002"


def a_feature(code: Any, name: Any = "Depok", shape: Any = None, **more: Any) -> dict[str, Any]:
    """`shape` is a shapely geometry or GeoJSON; by default the first of `a_city_of_squares`."""
    shape = square(106.78, -6.41) if shape is None else shape
    geometry = json.loads(shapely.to_geojson(shape)) if isinstance(shape, shapely.Geometry) else shape
    return {"type": "Feature", "properties": {"code": code, "name": name, **more}, "geometry": geometry}


def a_city() -> list[dict[str, Any]]:
    """The four squares of `a_city_of_squares` with other names, and their district and regency."""
    return [
        a_feature("32.76", "Kota Depok", square(106.78, -6.41, 0.04), level=2),
        a_feature("32.76.01", "Pancoran Mas", square(106.78, -6.41, 0.03), level=3),
        a_feature(A, "Depok Baru", square(106.78, -6.41)),
        a_feature(B, "Depok Jaya Baru", square(106.80, -6.41)),
        a_feature("32.76.02.1001", "Harjamukti Baru", square(106.78, -6.39)),
        a_feature("32.76.02.1002", "Curug Baru", square(106.80, -6.39)),
    ]


def geojson(path: Path, features: list[dict[str, Any]], **more: Any) -> Path:
    path.write_text(json.dumps({"type": "FeatureCollection", **more, "features": features}))
    return path


def lines(path: Path, features: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(feature) + "\n" for feature in features))
    return path


def gzipped(path: Path) -> Path:
    packed = path.with_name(path.name + ".gz")
    packed.write_bytes(gzip.compress(path.read_bytes()))
    return packed


def layer(path: Path, features: list[dict[str, Any]], driver: str, *, crs: str | None = "EPSG:4326") -> Path:
    """A GeoPackage or shapefile with the columns KODE and NAMOBJ."""
    shapes = np.array([json.dumps(feature["geometry"]) for feature in features], dtype=object)
    columns = {
        "KODE": np.array([feature["properties"]["code"] for feature in features], dtype=object),
        "NAMOBJ": np.array([feature["properties"]["name"] for feature in features], dtype=object),
    }
    pyogrio.raw.write(
        path,
        shapely.to_wkb(shapely.from_geojson(shapes)),
        list(columns.values()),
        list(columns),
        driver=driver,
        geometry_type="Polygon",
        crs=crs,
    )
    return path


def zipped(folder: Path, path: Path) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for part in folder.iterdir():
            archive.write(part, part.name)
    return path
