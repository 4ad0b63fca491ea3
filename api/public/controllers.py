"""Addresses that anyone may call."""

from typing import Any
from uuid import UUID

from litestar import Request, Response, get
from litestar.params import FromPath, FromQuery

from api.catalogue import language_of
from api.clock import clock_of
from api.errors import ReportNotFound
from api.photos import serve_rendition
from api.public import queries
from api.public.schemas import PublicReport
from api.public.tiles import tile_handlers
from media.errors import PhotoUnknown
from media.photos import states

Asked = Request[Any, Any, Any]
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


public_handlers = [track_report, public_rendition, *tile_handlers]
