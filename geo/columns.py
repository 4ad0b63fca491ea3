"""PostGIS geometry in Piccolo tables, and the binary codec that carries it over asyncpg."""

from typing import Any

import asyncpg
import numpy as np
import numpy.typing as npt
import shapely
from piccolo.columns import Column
from piccolo.columns.indexes import IndexMethod
from shapely.geometry.base import BaseGeometry

from geo.point import SRID, Point

Geometries = npt.NDArray[np.object_]  # shapely geometries, None where there is none


def encode_geometry(value: Point | BaseGeometry | bytes) -> bytes:
    """Bytes are EWKB already: `ewkb` makes them of a whole column at once."""
    if isinstance(value, bytes):
        return value
    if isinstance(value, Point):
        return value.ewkb()
    if not shapely.get_srid(value):
        value = shapely.set_srid(value, SRID)
    return bytes(shapely.to_wkb(value, include_srid=True))


def ewkb(shapes: Geometries) -> list[bytes | None]:
    """A column for COPY, None where there is none."""
    written: list[bytes | None] = shapely.to_wkb(shapely.set_srid(shapes, SRID), include_srid=True).tolist()
    return written


async def teach_geometry(connection: "asyncpg.Connection[Any]") -> None:
    """The `init` hook of every connection; silent before `CREATE EXTENSION postgis` has run."""
    try:
        await connection.set_type_codec(
            "geometry",
            schema="public",
            encoder=encode_geometry,
            decoder=shapely.from_wkb,
            format="binary",
        )
    except ValueError:  # unknown type: public.geometry
        return


class Geometry(Column):
    """A PostGIS geometry column; its Python value is a shapely geometry (or, when written, a `Point`)."""

    value_type = BaseGeometry

    def __init__(self, geometry_type: str = "Geometry", srid: int = SRID, **kwargs: Any) -> None:
        self.geometry_type, self.srid = geometry_type, srid
        if kwargs.get("index"):
            kwargs.setdefault("index_method", IndexMethod.gist)
        kwargs.setdefault("default", None)
        self.default = kwargs["default"]
        super().__init__(geometry_type=geometry_type, srid=srid, **kwargs)

    @property
    def column_type(self) -> str:
        return f"geometry({self.geometry_type},{self.srid})"
