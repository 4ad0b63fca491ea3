"""Server-sent events. `id:` is a cursor: who comes back with it as `Last-Event-ID` is told what was missed.

Events: `change`; `reset` when more was missed than can be replayed, so that the listener reads everything anew.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

import msgspec
from litestar import Request, get
from litestar.datastructures import State
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromQuery
from litestar.response import Stream

from api.accounts.speaker import Speaker, signed_in
from api.cities.book import City, CityBook, UnknownCity
from api.clock import Clock, clock_of
from api.live.changes import Change
from api.live.log import LiveLog, Told
from api.reports.permits import led_agencies, permits

EVENT_STREAM = "text/event-stream"
HEADERS = {"cache-control": "no-cache", "x-accel-buffering": "no"}
# Then the listener signs in again by itself: an ended session or a grant taken away ends its news.
STAFF_LISTENS_FOR = timedelta(minutes=10)
OFF_THE_MAP = frozenset({"rejected", "withdrawn", "duplicate"})
STREAMED = {200: ResponseSpec(str, media_type=EVENT_STREAM, description="Server-sent events, until you leave.")}

Show = Callable[[Change], Awaitable[bytes | None]]


class PublicChange(msgspec.Struct, frozen=True):
    """What anyone may know; position and place only of what is on the public map."""

    tracking_id: str
    city: str
    state: str
    is_open: bool
    is_new: bool
    category: str | None
    agency: str | None
    village_code: str | None
    village: str | None
    lat: float | None
    lon: float | None
    at: datetime


class StaffChange(msgspec.Struct, frozen=True):
    """`is_mine`: whether it is still within the listener's grants."""

    id: UUID
    tracking_id: str
    version: int
    state: str
    is_mine: bool
    at: datetime


def public_change(change: Change, city: City) -> PublicChange | None:
    if change.visibility != "public" or (change.is_open is None and change.state not in OFF_THE_MAP):
        return None
    is_shown = change.is_open is not None
    category = city.every_category.get(change.category) if is_shown else None
    agency = city.agencies.get(change.agency) if is_shown and change.agency else None
    return PublicChange(
        tracking_id=change.number,
        city=city.code,
        state=change.state,
        is_open=bool(change.is_open),
        is_new=change.at == change.created_at,  # the rule routes it in the same moment
        category=category.key if category else None,
        agency=agency.key if agency else None,
        village_code=change.village_code if is_shown else None,
        village=change.village if is_shown else None,
        lat=round(change.lat, 5) if change.lat is not None else None,
        lon=round(change.lon, 5) if change.lon is not None else None,
        at=change.at,
    )


def staff_change(change: Change, speaker: Speaker, city: City) -> StaffChange | None:
    is_mine = bool(permits(speaker, change.subject, city))
    if not is_mine and led_agencies(speaker, city).isdisjoint(change.agencies):
        return None
    return StaffChange(change.client_id, change.number, change.version, change.state, is_mine, change.at)


@get("/public/live", tags=["Public"], responses=STREAMED)
async def public_live(request: Request[None, None, State], city: FromQuery[str | None] = None) -> Stream:
    """Every public change of a city (or of all), as it happens."""
    cities: CityBook = request.app.state.cities
    if city is not None and city not in {one.code for one in await cities.cities()}:
        raise UnknownCity(city)

    async def show(change: Change) -> bytes | None:
        of = await cities.city_of(change.village_code)
        found = public_change(change, of) if of and city in (None, of.code) else None
        return msgspec.json.encode(found) if found else None

    return _stream(request, show, None)


@get("/v1/live", tags=["Reports"], guards=[signed_in], responses=STREAMED)
async def live(request: Request[Speaker, None, State]) -> Stream:
    """Changes of my own reports and of those in my grants. It ends after ten minutes: come back with the cursor."""
    cities: CityBook = request.app.state.cities
    speaker = request.user

    async def show(change: Change) -> bytes | None:
        of = await cities.city_of(change.village_code)
        found = staff_change(change, speaker, of) if of else None
        return msgspec.json.encode(found) if found else None

    return _stream(request, show, clock_of(request)() + STAFF_LISTENS_FOR)


def _stream(request: Request[Any, Any, Any], show: Show, until: datetime | None) -> Stream:
    heard = request.headers.get("last-event-id", "")
    since = int(heard) if heard.isascii() and heard.isdigit() and len(heard) < 19 else None
    log: LiveLog = request.app.state.live
    log.check_room()
    return Stream(_events(log, since, show, until, clock_of(request)), media_type=EVENT_STREAM, headers=HEADERS)


async def _events(
    log: LiveLog, since: int | None, show: Show, until: datetime | None, clock: Clock
) -> AsyncIterator[bytes]:
    async for said in log.listen(since):
        if isinstance(said, Told):
            shown = await show(said.change)
            if shown is not None:
                yield _event("change", said.cursor, shown)
        elif said is None:
            yield b":\n\n"
        else:
            yield b"retry: 3000\n" + _event("reset" if since is not None and said != since else "hello", said, b"{}")
        if until is not None and clock() > until:
            return


def _event(name: Literal["hello", "change", "reset"], cursor: int, body: bytes) -> bytes:
    return b"event: %b\nid: %d\ndata: %b\n\n" % (name.encode(), cursor, body)


live_handlers = [public_live, live]
