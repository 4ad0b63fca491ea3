"""The HTTP face of geo: where is this, and which area has this name."""

from datetime import date, datetime
from typing import Annotated

import msgspec
from litestar import get
from litestar.params import FromQuery, QueryParameter

from geo import areas, locate, point
from geo.locate import AreaName
from geo.tables import BoundaryVersion


class AreaAt(msgspec.Struct, frozen=True):
    """`located`: inside one village, in an overlap of several, or nearest to one. See `candidates` when it is near."""

    village: AreaName
    district: AreaName
    regency: AreaName
    boundary_version: str
    quality: str
    border_distance_m: float | None
    located: str
    candidates: tuple[AreaName, ...]


@get("/v1/areas/at", tags=["Areas"])
async def area_at(lat: FromQuery[float], lon: FromQuery[float], accuracy_m: FromQuery[float | None] = None) -> AreaAt:
    place = await locate.locate(point.check(lat=lat, lon=lon, accuracy_m=accuracy_m))
    return AreaAt(
        place.village,
        place.district,
        place.regency,
        place.boundary_version,
        place.quality,
        None if place.border_distance_m is None else round(place.border_distance_m, 1),
        place.found,
        place.candidates,
    )


@get("/v1/areas", tags=["Areas"])
async def search_areas(q: Annotated[str, QueryParameter(min_length=2, max_length=100)]) -> list[AreaName]:
    """Areas whose name holds `q`, for people without a map."""
    return await areas.search(q)


@get("/v1/areas/places", tags=["Areas"])
async def search_places(q: Annotated[str, QueryParameter(min_length=2, max_length=100)]) -> list[areas.FoundArea]:
    """The same with a place inside each and what it lies in: for a desk that writes down where a caller is."""
    return await areas.find_on_map(q)


class Boundaries(msgspec.Struct, frozen=True):
    """A version of the boundaries, with the words its makers want to be shown."""

    name: str
    effective: date
    source: str
    licence: str
    quality: str
    activated_at: datetime | None


@get("/v1/boundaries", tags=["Areas"])
async def list_boundaries() -> list[Boundaries]:
    """Newest first; an area belongs to the newest official version that has it, else to the approximate one."""
    version = BoundaryVersion
    shown = (version.name, version.effective, version.source, version.licence, version.quality, version.activated_at)
    rows = await version.select(*shown).order_by(version.id, ascending=False).limit(100)
    return [Boundaries(**row) for row in rows]


area_handlers = [area_at, search_areas, search_places, list_boundaries]
