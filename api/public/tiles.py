"""The map's tiles over HTTP: what a filter means, which version a visitor has, how long it may be kept."""

import hashlib
from typing import Annotated, Any, Literal

from litestar import Request, Response, get
from litestar.params import FromPath, FromQuery, PathParameter, QueryParameter

from api.cities.book import City, UnknownCity
from api.clock import clock_of
from api.errors import FieldRefused
from api.photos import has_already
from geo import pyramid, tiles
from geo.point_tiles import Filter, Tile, known, points_tile

Asked = Request[Any, Any, Any]
Zoom = Annotated[int, PathParameter(ge=0, le=22)]
Days = Annotated[int | None, QueryParameter(description="1 to 90, or 365")]
MVT = "application/vnd.mapbox-vector-tile"
TILE_CACHE = "public, max-age=30, stale-while-revalidate=600, stale-if-error=86400"
AREA_CACHE = "public, max-age=3600, stale-while-revalidate=86400, stale-if-error=604800"
MOST_DAYS, YEAR = 90, 365  # more than 90 days are only counted beforehand
FORM = "2"  # of the tiles' contents: another one makes every kept tile old


@get("/tiles/areas/{z:int}/{x:int}/{y:int}", tags=["Public"])
async def areas_tile(request: Asked, z: Zoom, x: FromPath[int], y: FromPath[int]) -> Response[bytes]:
    """MVT of the current boundaries."""
    content = await tiles.areas_tile(z, x, y)
    etag = f'"{hashlib.blake2b(content, digest_size=12).hexdigest()}"'
    headers = {"etag": etag, "cache-control": AREA_CACHE}
    if has_already(request, etag):
        return Response(b"", status_code=304, headers=headers, media_type=MVT)
    return Response(content, headers=headers, media_type=MVT)


@get("/tiles/reports/{z:int}/{x:int}/{y:int}", tags=["Public"])
async def reports_tile(  # noqa: PLR0913  # one argument a query parameter
    request: Asked,
    z: Zoom,
    x: FromPath[int],
    y: FromPath[int],
    *,
    city: FromQuery[str | None] = None,
    category: FromQuery[str | None] = None,
    group: FromQuery[str | None] = None,
    openness: Annotated[Literal["open", "closed", "all"], QueryParameter(name="state")] = "all",
    days: Days = None,
) -> Response[bytes]:
    """MVT: layers `clusters` (count, open, closed, labels) and `reports` (label, category, is_open).

    Its version grows with every change in it: who has it gets 304 for the price of one look into an index.
    """
    check_days(days)
    today = pyramid.day_of(clock_of(request)())
    asked = await _filter(request, city, category, group, state=openness, days=days)
    tile = Tile(z, x, y)
    about = await known(tile, asked)
    etag = f'"{FORM}-{about.version:x}"' if days is None else f'"{FORM}-{about.version:x}-{today:%y%m%d}"'
    headers = {"etag": etag, "cache-control": TILE_CACHE}
    if has_already(request, etag):
        return Response(b"", status_code=304, headers=headers, media_type=MVT)
    return Response(await points_tile(tile, asked, about, today), headers=headers, media_type=MVT)


def check_days(days: int | None) -> None:
    if days is None or days == YEAR or 1 <= days <= MOST_DAYS:
        return
    raise FieldRefused("days", "days-refused", most=MOST_DAYS, year=YEAR)


async def _filter(request: Asked, city: str | None, category: str | None, group: str | None, **more: Any) -> Filter:
    """Categories and groups are known by their keys, which cities share."""
    book = request.app.state.cities
    found: City | None = await book.city_of(city) if city else None
    if city and found is None:
        raise UnknownCity(city)
    if not (category or group):
        return Filter(city=found.id if found else None, **more)
    cities = [found] if found else await book.cities()
    ids = [
        one.id
        for place in cities
        for one in place.every_category.values()
        if category in (None, "", one.key) and group in (None, "", one.group.key)
    ]
    return Filter(city=found.id if found else None, categories=ids, **more)


tile_handlers = [areas_tile, reports_tile]
