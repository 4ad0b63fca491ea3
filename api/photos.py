"""The HTTP face of media: tus uploads, one plain PUT, and the renditions for those who may see them."""

import re
from base64 import b64decode
from collections.abc import AsyncIterator, Collection
from datetime import UTC
from email.utils import format_datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import HttpMethod, Request, Response, get, head, patch, post, put, route
from litestar.datastructures import State
from litestar.exceptions import HTTPException
from litestar.params import FromPath, JSONBody
from msgspec import Meta

from api.accounts.speaker import Speaker, signed_in
from api.catalogue import language_of
from api.clock import clock_of
from api.piccolo_conf import DB
from api.reports.evidence import announce, purpose_of, replace
from api.reports.hiding import ChangeShown, changes_shown, redact, set_hidden
from api.reports.pictures import photos_shown
from api.reports.queries import held_on, read_row
from api.reports.schemas import AnnouncedPhoto, PhotoShown
from media.changes import Reason
from media.errors import PhotoUnknown
from media.facts import MAX_BOXES, Box
from media.photos import MAX_PHOTO_BYTES, open_rendition
from media.uploads import CHECKSUMS, Checksum, Upload, Uploads

Asked = Request[Speaker, None, State]
TUS = {"Tus-Resumable": "1.0.0", "Cache-Control": "no-store"}
DISCOVERY = TUS | {
    "Tus-Version": "1.0.0",
    "Tus-Max-Size": str(MAX_PHOTO_BYTES),
    "Tus-Extension": "checksum,expiration",
    "Tus-Checksum-Algorithm": ",".join(CHECKSUMS),
}
OFFSET_STREAM = "application/offset+octet-stream"


class PhoneHungUp(HTTPException):
    status_code = 499


class Evidence(msgspec.Struct, frozen=True):
    """An after-photo for `report`, or one in the place of an own photo that was refused or swept; the other fields
    as announced with a report."""

    report: UUID
    size: int
    type: str
    sha256: str
    replaces: UUID | None = None


class Hiding(msgspec.Struct, frozen=True):
    hidden: bool
    reason: Reason = ""


class Redaction(msgspec.Struct, frozen=True):
    """Boxes in parts of the upright photo, from its upper left corner; they add to those of before."""

    boxes: Annotated[tuple[Box, ...], Meta(min_length=1, max_length=MAX_BOXES)]
    reason: Reason = ""


async def chunks_of(request: Asked) -> AsyncIterator[bytes]:
    """The body as it comes, past Litestar's own reader: that costs as much as all else of an upload together, and its
    word for a client that went away is a 500. The limit is the announced size (media/uploads.py)."""
    while True:
        message: Any = await request.receive()
        if message["type"] == "http.disconnect":
            raise PhoneHungUp(detail="the phone hung up")  # HTTPStatus has no words for 499
        if chunk := message["body"]:
            yield chunk
        if not message["more_body"]:
            return


@head("/v1/uploads/{photo_id:uuid}", guards=[signed_in], tags=["Photos"])
async def upload_offset(request: Asked, photo_id: FromPath[UUID]) -> Response[None]:
    upload = await uploads(request).resume(photo_id, request.user.account, clock_of(request)())
    return _tus(upload, 200)


@patch("/v1/uploads/{photo_id:uuid}", guards=[signed_in], request_max_body_size=MAX_PHOTO_BYTES, tags=["Photos"])
async def upload_piece(request: Asked, photo_id: FromPath[UUID]) -> Response[None]:
    """tus 1.0: the bytes that follow `Upload-Offset`; with `Upload-Checksum`, only undamaged ones."""
    if request.headers.get("content-type") != OFFSET_STREAM:
        raise HTTPException(status_code=415)
    written = request.headers.get("upload-offset", "")
    if not re.fullmatch("[0-9]{1,18}", written):
        raise HTTPException(status_code=400)
    upload = await uploads(request).append(
        photo_id, request.user.account, int(written), chunks_of(request), clock_of(request)(), _checksum(request)
    )
    return _tus(upload, 204)


@put("/v1/uploads/{photo_id:uuid}", guards=[signed_in], request_max_body_size=MAX_PHOTO_BYTES, tags=["Photos"])
async def upload_whole(request: Asked, photo_id: FromPath[UUID]) -> Response[None]:
    """The whole photo in one body, for simple clients."""
    upload = await uploads(request).put(photo_id, request.user.account, chunks_of(request), clock_of(request)())
    return _tus(upload, 204)


def uploads(request: Asked) -> Uploads:
    found: Uploads = request.app.state.uploads
    return found


@route(["/v1/uploads", "/v1/uploads/{photo_id:uuid}"], http_method=HttpMethod.OPTIONS, status_code=204, tags=["Photos"])
async def upload_discovery() -> Response[None]:
    """What of tus is spoken here. Uploads are created by the report that announces them."""
    return Response(None, status_code=204, headers=DISCOVERY)


def _checksum(request: Asked) -> Checksum | None:
    """`Upload-Checksum: sha256 BASE64`. 400 for another algorithm, as tus asks."""
    said = request.headers.get("upload-checksum")
    if said is None:
        return None
    algorithm, _, digest = said.partition(" ")
    try:
        checksum = Checksum(algorithm, b64decode(digest, validate=True))
    except ValueError:
        raise HTTPException(status_code=400) from None
    if algorithm not in CHECKSUMS:
        raise HTTPException(status_code=400)
    return checksum


def _tus(upload: Upload, status: int) -> Response[None]:
    headers = TUS | {"Upload-Offset": str(upload.offset), "Upload-Length": str(upload.size)}
    if upload.expires_at:
        headers["Upload-Expires"] = format_datetime(upload.expires_at.astimezone(UTC), usegmt=True)
    return Response(None, status_code=status, headers=headers)


@put("/v1/photos/{photo_id:uuid}", guards=[signed_in], tags=["Photos"])
async def announce_evidence(request: Asked, photo_id: FromPath[UUID], data: JSONBody[Evidence]) -> Response[PhotoShown]:
    """Announces an after-photo, by who may file evidence on the report; with `replaces`, another photo for one of the
    own that came to nothing. Again: 200."""
    photo = AnnouncedPhoto(photo_id, data.size, data.type, data.sha256)
    cities, now = request.app.state.cities, clock_of(request)()
    await request.app.state.capacity.check(now)
    if data.replaces:
        is_new = await replace(photo, data.replaces, data.report, request.user, now)
    else:
        is_new = await announce(photo, data.report, request.user, cities, now)
    shown = await photos_shown([(photo_id, await purpose_of(photo_id))], language_of(request))
    return Response(shown[0], status_code=201 if is_new else 200)


REPORT_OF = """
SELECT r.client_id FROM report_photo AS p JOIN report AS r ON r.id = p.report WHERE p.photo = $1
"""


@get("/v1/photos/{photo_id:uuid}/{size:int}", guards=[signed_in], tags=["Photos"])
async def private_rendition(request: Asked, photo_id: FromPath[UUID], size: FromPath[int]) -> Response[bytes]:
    """For the reporter and the staff who may read the report, hidden or not; asked anew each time."""
    rows = await DB.fetch(REPORT_OF, photo_id)
    if not rows:
        raise PhotoUnknown(photo_id)
    await held_on(await read_row(rows[0]["client_id"]), request.user, request.app.state.cities)
    return await serve_rendition(request, photo_id, size, "private, no-cache", ("ready", "hidden"))


@post("/v1/photos/{photo_id:uuid}/hide", guards=[signed_in], status_code=200, tags=["Photos"])
async def hide_photo(request: Asked, photo_id: FromPath[UUID], data: JSONBody[Hiding]) -> PhotoShown:
    """Hides the photo from the public, or shows it again: the reporter the own one, and who leads there."""
    cities, now = request.app.state.cities, clock_of(request)()
    link = await set_hidden(photo_id, data.reason, request.user, cities, now, is_hidden=data.hidden)
    return (await photos_shown([(photo_id, link.purpose)], language_of(request)))[0]


@post("/v1/photos/{photo_id:uuid}/redactions", guards=[signed_in], status_code=202, tags=["Photos"])
async def redact_photo(request: Asked, photo_id: FromPath[UUID], data: JSONBody[Redaction]) -> PhotoShown:
    """Covers parts of the photo. From the answer on nobody is shown the old one; the new one follows in seconds."""
    cities, now = request.app.state.cities, clock_of(request)()
    link = await redact(photo_id, data.boxes, data.reason, request.user, cities, now)
    return (await photos_shown([(photo_id, link.purpose)], language_of(request)))[0]


@get("/v1/photos/{photo_id:uuid}/changes", guards=[signed_in], tags=["Photos"])
async def photo_changes(request: Asked, photo_id: FromPath[UUID]) -> list[ChangeShown]:
    """Who hid, showed or covered it, when and why."""
    return await changes_shown(photo_id, request.user, request.app.state.cities)


async def serve_rendition(
    request: Request[Any, Any, Any], photo_id: UUID, size: int, cache: str, states: Collection[str] = ("ready",)
) -> Response[bytes]:
    rendition = await open_rendition(request.app.state.store, photo_id, size, states)
    etag = f'"{rendition.etag}"'
    headers = {
        "etag": etag,
        "cache-control": cache,
        "x-content-type-options": "nosniff",
        "content-security-policy": "default-src 'none'; sandbox",
    }
    if has_already(request, etag):
        return Response(b"", status_code=304, headers=headers, media_type=rendition.content_type)
    return Response(rendition.content, headers=headers, media_type=rendition.content_type)


def has_already(request: Request[Any, Any, Any], etag: str) -> bool:
    """RFC 9110: a list of tags or `*`, compared weakly, for a proxy that compresses makes them weak."""
    tags = [tag.strip().removeprefix("W/") for tag in request.headers.get("if-none-match", "").split(",")]
    return etag in tags or "*" in tags


photo_handlers = [
    *(upload_discovery, upload_offset, upload_piece, upload_whole),
    *(announce_evidence, private_rendition, hide_photo, redact_photo, photo_changes),
]
