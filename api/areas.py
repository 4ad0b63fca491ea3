"""The HTTP face of geo: where is this, and which area has this name."""

from typing import Annotated

import msgspec
from litestar import get
from litestar.params import FromQuery

from geo import areas, locate, point
from geo.locate import AreaName


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
        place.border_distance_m,
        place.found,
        place.candidates,
    )


@get("/v1/areas", tags=["Areas"])
async def search_areas(q: FromQuery[Annotated[str, msgspec.Meta(min_length=2, max_length=100)]]) -> list[AreaName]:
    """Areas whose name holds `q`, for people without a map."""
    return await areas.search(q)


area_handlers = [area_at, search_areas]
