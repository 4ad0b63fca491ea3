"""Reading reports: one shape for everybody who may read them, with less in it for some."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
from msgspec import UNSET

from api.accounts.speaker import Speaker
from api.catalogue import Language, text
from api.cities.book import City, CityBook
from api.errors import ReportNotFound
from api.piccolo_conf import DB
from api.reports.clockwork import RunningClock, terms_of
from api.reports.comments import read_comments, stands_beside
from api.reports.permits import Permit, Subject, permits
from api.reports.pictures import photos_shown
from api.reports.receipts import agency_shown, clock_shown, promise_shown
from api.reports.related import read_related
from api.reports.schemas import (
    Channel,
    CityShown,
    ClockShown,
    EventShown,
    PhotoShown,
    PlaceShown,
    Position,
    ReportPage,
    ReportShown,
)
from api.reports.status import INTERNAL, VOICES, State
from api.reports.steps_allowed import with_steps
from api.reports.tracking import shown

PAGE = 50


class ReportRow(msgspec.Struct, frozen=True):
    """A row of the view report_shown, in the order of its columns."""

    id: int
    client_id: UUID
    tracking_id: str
    account: int
    report_type: str
    city: int
    category: int
    text: str
    address: str
    answers: str
    visibility: str
    is_anonymous: bool
    lat: float
    lon: float
    accuracy_m: float | None
    village_code: str
    place: str
    occurred_at: datetime
    created_at: datetime
    state: State
    version: int
    agency: int | None
    officer: int | None
    routing_reason: str
    evidence_by: int | None
    triaged_at: datetime | None
    last_hash: bytes
    changed_xid: int
    clocks: str | None
    photos: tuple[str, ...] | None
    language: Language
    step_version: int
    supports: int
    bounces: int
    is_escalated: bool
    merged_into: int | None
    recurrence_of: int | None
    parent: int | None
    coordinating: tuple[int, ...] | None
    has_parts: bool
    channel: Channel
    public_lat: float
    public_lon: float

    @property
    def subject(self) -> Subject:
        helpers = tuple(self.coordinating or ())
        return Subject(self.account, self.city, self.village_code, self.agency, self.officer, self.visibility, helpers)

    @property
    def running_clocks(self) -> tuple[RunningClock, ...]:
        return msgspec.json.decode(self.clocks or "[]", type=tuple[RunningClock, ...])

    @property
    def named_photos(self) -> list[tuple[UUID, str]]:
        return [(UUID(photo), purpose) for photo, purpose in (named.split() for named in self.photos or ())]


def report_rows(rows: Sequence[asyncpg.Record]) -> list[ReportRow]:
    return [ReportRow(*row) for row in rows]


ONE = "SELECT * FROM report_shown WHERE client_id = $1"


async def read_row(report_id: UUID) -> ReportRow:
    """Raises ReportNotFound."""
    rows = report_rows(await DB.fetch(ONE, report_id))
    if not rows:
        raise ReportNotFound
    return rows[0]


async def city_of(row: ReportRow, cities: CityBook) -> City:
    """Raises ReportNotFound."""
    city = await cities.city_of(row.village_code)
    if city is None:
        raise ReportNotFound
    return city


async def held_on(row: ReportRow, speaker: Speaker, cities: CityBook) -> tuple[City, tuple[Permit, ...]]:
    """The report's city and the speaker's permits. Raises ReportNotFound for who may not even read it."""
    city = await city_of(row, cities)
    held = permits(speaker, row.subject, city)
    if not held:
        raise ReportNotFound
    return city, held


async def read_report(report_id: UUID, speaker: Speaker, cities: CityBook, language: Language) -> ReportShown:
    """With events. Internal notes are for staff. Raises ReportNotFound."""
    row = await read_row(report_id)
    city, held = await held_on(row, speaker, cities)
    is_staff = any(permit.grant is not None for permit in held)
    events = await read_events(row.id, city, is_staff)
    shown = await show(row, city, language, events, for_staff=is_staff)
    beside = await stands_beside(row.id, speaker)
    return msgspec.structs.replace(
        with_steps(shown, row, city, held, speaker),
        comments=await read_comments(row.id, speaker, is_staff),
        is_supported="support" in beside,
        is_followed="follow" in beside,
        related=await read_related(row, city, language, account=speaker.account, is_staff=is_staff),
    )


async def show(
    row: ReportRow,
    city: City,
    language: Language,
    events: tuple[EventShown, ...] = (),
    *,
    with_photos: bool = True,
    for_staff: bool = False,
) -> ReportShown:
    """`for_staff`: with what they should know of the photos."""
    category = city.every_category.get(row.category)
    clocks = row.running_clocks
    photos = await photos_shown(row.named_photos, language, for_staff=for_staff) if with_photos else ()
    return ReportShown(
        id=row.client_id,
        tracking_id=shown(row.tracking_id),
        report_type=row.report_type,
        category=category.key if category else "",
        category_name=getattr(category, f"name_{language}", ""),
        text=row.text,
        address=row.address,
        answers=msgspec.json.decode(row.answers, type=dict[str, str]),
        position=Position(row.lat, row.lon, row.accuracy_m),
        visibility=row.visibility,
        anonymous=row.is_anonymous,
        state=row.state,
        state_name=text(f"state.{row.state}", language),
        version=row.version,
        place=msgspec.json.decode(row.place, type=PlaceShown),
        city=CityShown(city.code, city.name),
        agency=agency_shown(city, row.agency),
        routing_reason=row.routing_reason,
        promise=promise_shown(clocks),
        occurred_at=row.occurred_at,
        created_at=row.created_at,
        photos=photos,
        events=_with_states(events, photos),
        supports=row.supports,
        bounces=row.bounces,
        is_escalated=row.is_escalated,
        coordinating=tuple(filter(None, (agency_shown(city, agency) for agency in row.coordinating or ()))),
        clocks=_clocks_shown(clocks, row, city),
    )


def _with_states(events: tuple[EventShown, ...], photos: tuple[PhotoShown, ...]) -> tuple[EventShown, ...]:
    states = {photo.id: photo.state for photo in photos}

    def with_states(event: EventShown) -> EventShown:
        known = {photo: states[photo] for photo in event.evidence if photo in states}
        return msgspec.structs.replace(event, evidence_states=known) if known else event

    return tuple(map(with_states, events))


def _clocks_shown(clocks: tuple[RunningClock, ...], row: ReportRow, city: City) -> tuple[ClockShown, ...]:
    category = city.every_category.get(row.category)
    return tuple(clock_shown(clock, terms_of(city, category, row.report_type)) for clock in clocks) if category else ()


UNREAD = VOICES | {"contact"}  # told of in answers of their own

EVENTS = """
SELECT client_id, version, kind, role, from_state, to_state, agency, reason, note, at, evidence, internal_note,
    device_time, details::text
FROM report_event WHERE report = $1 AND kind <> ALL($2::text[]) ORDER BY version
"""


async def read_events(report: int, city: City, is_staff: bool) -> tuple[EventShown, ...]:
    """The story; what is said beside it (support, follow, comment) is no part of it."""
    unread = UNREAD if is_staff else UNREAD | INTERNAL
    return tuple(_event(row, city, is_staff) for row in await DB.fetch(EVENTS, report, list(unread)))


class Details(msgspec.Struct, frozen=True):
    """What of an event's details is shown; the proposal in words of the event's note."""

    date: datetime | None = None
    reference: str = ""
    rating: int | None = None
    duplicate_of: str = ""
    coordination: int | None = None
    escalated: bool = False
    on_behalf: bool = False


def _details(written: str, city: City) -> dict[str, Any]:
    found = msgspec.json.decode(written, type=Details)
    return msgspec.structs.asdict(found) | {"coordination": agency_shown(city, found.coordination)}


def _event(row: asyncpg.Record, city: City, is_staff: bool) -> EventShown:
    return EventShown(
        id=row["client_id"],
        version=row["version"],
        kind=row["kind"],
        role=row["role"],
        from_state=row["from_state"],
        to_state=row["to_state"],
        agency=agency_shown(city, row["agency"]),
        reason=row["reason"],
        note=row["note"],
        at=row["at"],
        evidence=tuple(row["evidence"]),
        **_details(row["details"], city),
        internal_note=row["internal_note"] if is_staff else UNSET,
        device_time=row["device_time"] if is_staff else UNSET,
    )


MINE = """
-- newest first; the cursor is the last id seen
SELECT r.* FROM report_shown AS r
WHERE r.account = $1 AND r.id < $2 ORDER BY r.id DESC LIMIT $3
"""


async def read_mine(speaker: Speaker, cursor: int | None, cities: CityBook, language: Language) -> ReportPage:
    rows = report_rows(await DB.fetch(MINE, speaker.account, cursor or 2**62, PAGE + 1))
    return await page(rows, cities, language)


async def page(
    rows: list[ReportRow], cities: CityBook, language: Language, speaker: Speaker | None = None
) -> ReportPage:
    found: list[ReportShown] = []
    for row in rows[:PAGE]:
        city = await cities.city_of(row.village_code)
        if city and (speaker is None or permits(speaker, row.subject, city)):
            found.append(await show(row, city, language, for_staff=speaker is not None))
    return ReportPage(tuple(found), str(rows[PAGE - 1].id) if len(rows) > PAGE else None)
