"""Addresses that anyone may call."""

import hashlib
from datetime import timedelta
from typing import Annotated, Any, Literal
from uuid import UUID

from litestar import Request, Response, get
from litestar.params import FromPath, FromQuery, PathParameter, QueryParameter

from api.catalogue import language_of
from api.cities.book import UnknownCity
from api.clock import clock_of
from api.errors import ReportNotFound
from api.photos import has_already, serve_rendition
from api.public import queries
from api.public.schemas import PublicReport
from geo import tiles
from media.errors import PhotoUnknown
from media.photos import states

Asked = Request[Any, Any, Any]
Zoom = Annotated[int, PathParameter(ge=0, le=22)]
Days = Annotated[int | None, QueryParameter(ge=1, le=3660)]
MVT = "application/vnd.mapbox-vector-tile"
TILE_CACHE = "public, max-age=30, stale-while-revalidate=600, stale-if-error=86400"
AREA_CACHE = "public, max-age=3600, stale-while-revalidate=86400, stale-if-error=604800"
# A browser may keep what it has seen; a proxy for many asks each time, so that what was hidden is hidden at once.
# A redacted photo has another version, and the old one is refused.
PHOTO_CACHE = "public, max-age=604800, s-maxage=0"
UNVERSIONED_CACHE = "public, max-age=60, s-maxage=0"


@get("/v1/track/{tracking_id:str}", tags=["Public"])
async def track_report(request: Asked, tracking_id: FromPath[str]) -> PublicReport:
    """The public state of one report, for whoever knows its number."""
    app = request.app.state
    report = await queries.track(tracking_id, app.cities, clock_of(request)(), language_of(request))
    if report is None:
        raise ReportNotFound
    return report


@get("/photos/{photo_id:uuid}/{size:int}", tags=["Public"])
async def public_rendition(
    request: Asked, photo_id: FromPath[UUID], size: FromPath[int], v: FromQuery[str | None] = None
) -> Response[bytes]:
    """`v` is the version in the photo's address."""
    if photo_id not in await queries.public_photos([photo_id]):
        raise PhotoUnknown(photo_id)
    if v is None:
        return await serve_rendition(request, photo_id, size, UNVERSIONED_CACHE)
    if v != (await states([photo_id]))[0].version:
        raise PhotoUnknown(photo_id)
    return await serve_rendition(request, photo_id, size, PHOTO_CACHE)


@get("/tiles/areas/{z:int}/{x:int}/{y:int}", tags=["Public"])
async def areas_tile(request: Asked, z: Zoom, x: FromPath[int], y: FromPath[int]) -> Response[bytes]:
    """MVT of the current boundaries."""
    return _tile(request, await tiles.areas_tile(z, x, y), AREA_CACHE)


@get("/tiles/reports/{z:int}/{x:int}/{y:int}", tags=["Public"])
async def reports_tile(  # noqa: PLR0913  # one argument a query parameter
    request: Asked,
    z: Zoom,
    x: FromPath[int],
    y: FromPath[int],
    *,
    city: FromQuery[str | None] = None,
    category: FromQuery[str | None] = None,
    openness: Annotated[Literal["open", "closed", "all"], QueryParameter(name="state")] = "all",
    days: Days = None,
) -> Response[bytes]:
    """MVT: layer `clusters` (count, open, closed), from zoom 16 on also `reports`."""
    since = clock_of(request)() - timedelta(days=days) if days else None
    found = await request.app.state.cities.city_of(city) if city else None
    if city and found is None:
        raise UnknownCity(city)
    ids = [
        c.id
        for one in await request.app.state.cities.cities()
        for c in one.every_category.values()
        if c.key == category
    ]
    content = await tiles.points_tile(
        z, x, y, city=found.id if found else None, categories=ids if category else None, state=openness, since=since
    )
    return _tile(request, content, TILE_CACHE)


def _tile(request: Asked, content: bytes, cache: str) -> Response[bytes]:
    etag = f'"{hashlib.blake2b(content, digest_size=12).hexdigest()}"'
    headers = {"etag": etag, "cache-control": cache}
    if has_already(request, etag):
        return Response(b"", status_code=304, headers=headers, media_type=MVT)
    return Response(content, headers=headers, media_type=MVT)


public_handlers = [track_report, public_rendition, areas_tile, reports_tile]
