"""`/public/now`: asked by every wall after every change, and read at most once in two seconds."""

import asyncio
from datetime import timedelta
from typing import Annotated

import msgspec
from litestar import Response, get
from litestar.params import QueryParameter

from api.catalogue import Language, language_of
from api.cities.book import City
from api.clock import Clock, clock_of
from api.public.asked import Asked, cities_of
from api.public.now.reading import Now, read_now
from geo.extents import extent_of

FRESH = timedelta(seconds=2)
HEADERS = {"cache-control": "no-store", "access-control-allow-origin": "*"}
EXTENT_CACHE = {"cache-control": "public, max-age=3600", "access-control-allow-origin": "*"}
CityCode = Annotated[str, QueryParameter(pattern=r"^\d\d\.\d\d(\.\d\d(\.\d{4})?)?$")]


class Board:
    """What was read a moment ago, and one reader at a time for each city and language."""

    def __init__(self) -> None:
        self._read: dict[tuple[int, Language], Now] = {}
        self._reading = asyncio.Lock()

    async def now(self, city: City, language: Language, clock: Clock) -> Now:
        async with self._reading:
            known = self._read.get((city.id, language))
            if known is None or not known.at <= clock() < known.at + FRESH:
                known = self._read[(city.id, language)] = await read_now(city, clock(), language)
        return known


class Extent(msgspec.Struct, frozen=True):
    """In degrees; none of them while the city's areas are unknown."""

    south: float
    west: float
    north: float
    east: float


@get("/public/now", tags=["Public"])
async def city_now(request: Asked, city: CityCode) -> Response[Now]:
    """Counts of today, the open work of agencies and villages, what is overdue and what changed last.

    Of what the public map shows, and at most two seconds old. `city`: its code, or that of an area in it.
    """
    (found,) = await cities_of(request, city)
    board: Board = request.app.state.board
    return Response(await board.now(found, language_of(request), clock_of(request)), headers=HEADERS)


@get("/public/extent", tags=["Public"])
async def city_extent(request: Asked, city: CityCode) -> Response[Extent | None]:
    """How far the city reaches, for a map that is to show all of it."""
    (found,) = await cities_of(request, city)
    extent = await extent_of(found.regencies)
    return Response(Extent(*extent) if extent else None, headers=EXTENT_CACHE)


now_handlers = [city_now, city_extent]
