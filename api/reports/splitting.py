"""One report for several agencies: a part for each, with a number, a chain and promises of its own.

The reporter has all of them and confirms each. The words and photos stay on the report that was split.
"""

import hashlib
from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from api.accounts.errors import NotAllowed
from api.accounts.speaker import Speaker
from api.cities.book import City, CityBook
from api.cities.routing import Route
from api.errors import EventDiffers, FieldRefused, NotNow, ReportDiffers, StaleVersion
from api.piccolo_conf import DB
from api.reports.birth import Author
from api.reports.clockwork import RunningClock, clocks_after, clocks_at_birth, terms_of
from api.reports.permits import Permit
from api.reports.plan import Plan
from api.reports.queries import ReportRow, city_of, held_on, read_row
from api.reports.schemas import Line, NewEvent, NewReport, PlaceShown, Position, Words
from api.reports.staffing import Assignment, agency_named
from api.reports.status import State
from api.reports.steps import LOCK, Step, write
from api.reports.submit import Submission, store
from api.reports.tracking import new_tracking_id, shown
from api.reports.words import clean, clean_text
from geo.point import Point

SPLITS: frozenset[State] = frozenset({"submitted", "verified", "dispatched", "in_progress"})


class NewPart(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One agency's share of a report; `text` says which."""

    id: UUID
    agency: Line
    text: Words
    category: Annotated[str, Meta(max_length=100)] | None = None


class NewSplit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: UUID
    expected_version: int
    parts: Annotated[tuple[NewPart, ...], Meta(min_length=2, max_length=10)]
    note: Words = ""


class PartShown(msgspec.Struct, frozen=True):
    id: UUID
    tracking_id: str
    agency: str
    state: State


class SplitReceipt(msgspec.Struct, frozen=True):
    """What the report is now, and its parts."""

    id: UUID
    report: UUID
    state: State
    version: int
    parts: tuple[PartShown, ...]


async def split(
    report_id: UUID, wanted: NewSplit, speaker: Speaker, cities: CityBook, now: datetime
) -> tuple[SplitReceipt, bool]:
    """By an operator; the same event again changes nothing.

    Raises ReportNotFound, NotAllowed, NotNow, StaleVersion, EventDiffers, ReportDiffers, FieldRefused.
    """
    await cities.cities()  # read before the transaction: the book takes a connection of its own
    async with DB.transaction():
        await DB.fetch(LOCK, report_id)
        row = await read_row(report_id)
        if await _is_done(wanted, row, speaker):
            return await _receipt(wanted, row, await city_of(row, cities)), False
        city, held = await held_on(row, speaker, cities)
        permit = next((permit for permit in held if permit.standing == "operator"), None)
        if permit is None:
            raise NotAllowed("split")
        _check(wanted, row)
        await write(_step(wanted, row, city, speaker, permit, now))
        for part in wanted.parts:
            await _give_birth(part, row, city, speaker, permit, now)
        return await _receipt(wanted, await read_row(report_id), city), True


HAPPENED = "SELECT report, actor, kind FROM report_event WHERE client_id = $1"


async def _is_done(wanted: NewSplit, row: ReportRow, speaker: Speaker) -> bool:
    rows = await DB.fetch(HAPPENED, wanted.id)
    if rows and tuple(rows[0]) != (row.id, speaker.account, "split"):
        raise EventDiffers
    return bool(rows)


def _check(wanted: NewSplit, row: ReportRow) -> None:
    if not row.step_version <= wanted.expected_version <= row.version:
        raise StaleVersion(wanted.expected_version, row.state, row.version)
    if row.state not in SPLITS or row.has_parts or row.parent is not None:
        raise NotNow(row.state, row.version)
    if len({part.id for part in wanted.parts}) < len(wanted.parts):
        raise FieldRefused("parts", "part-twice")


def _step(wanted: NewSplit, row: ReportRow, city: City, speaker: Speaker, permit: Permit, now: datetime) -> Step:
    """The whole is in progress, its own clocks have ended: the promises are those of its parts."""
    stopped = tuple(_stopped(clock, now) for clock in row.running_clocks)
    event = NewEvent(wanted.id, "split", wanted.expected_version, note=clean("note", wanted.note))
    step = Step(event, row, city, "in_progress", speaker.account, permit, Assignment(None, None), now, clocks=stopped)
    return step.with_details(parts=[str(part.id) for part in wanted.parts])


def _stopped(clock: RunningClock, now: datetime) -> RunningClock:
    return clock if clock.stopped_at else msgspec.structs.replace(clock, stopped_at=now)


BORN = """
-- the part of its parent, made by somebody of the city; the grant that allowed it stands in its events
WITH part AS (
    UPDATE report SET parent = $2, triaged_at = $3 WHERE client_id = $1 RETURNING id
)
UPDATE report_event SET grant_used = $4 FROM part WHERE report_event.report = part.id
-- on the map the whole stands for its parts
RETURNING map_point_remove(part.id)
"""


async def _give_birth(
    part: NewPart, row: ReportRow, city: City, speaker: Speaker, permit: Permit, now: datetime
) -> None:
    new = NewReport(
        category=part.category or city.every_category[row.category].key,
        text=clean_text("parts.text", part.text),
        position=Position(row.lat, row.lon, row.accuracy_m),
        anonymous=row.is_anonymous,
        occurred_at=row.occurred_at,
    )
    new = msgspec.structs.replace(new, report_type=row.report_type)
    submission = Submission(
        id=part.id,
        tracking_id=new_tracking_id(),
        new=new,
        speaker=Speaker(row.account, UUID(int=0), row.language, 0),
        plan=_plan(part, row, city, now),
        body_sha256=hashlib.sha256(msgspec.json.encode(new)).digest(),
        by=Author(speaker.account, permit.standing),
    )
    if await store(submission) is None:
        raise ReportDiffers(part.id)
    await DB.fetch(BORN, part.id, row.id, now, permit.grant)


def _plan(part: NewPart, row: ReportRow, city: City, now: datetime) -> Plan:
    category = city.categories.get(part.category) if part.category else city.every_category[row.category]
    if category is None or category.is_emergency:
        raise FieldRefused("parts.category", "category-unknown", category=part.category, city=city.name, code=city.code)
    terms = terms_of(city, category, row.report_type)
    return Plan(
        point=Point(lat=row.lat, lon=row.lon, accuracy_m=row.accuracy_m),
        place=msgspec.json.decode(row.place, type=PlaceShown),
        city=city,
        category=category,
        route=Route(agency_named(part.agency, city), None, f"Bagian dari laporan {shown(row.tracking_id)}."),
        state="dispatched",
        clocks=clocks_after(clocks_at_birth(terms, now), ("submitted", "dispatched"), terms, now),
        visibility=row.visibility,
        now=now,
    )


PARTS = "SELECT client_id, tracking_id, agency, state FROM report WHERE parent = $1 ORDER BY id"


async def _receipt(wanted: NewSplit, row: ReportRow, city: City) -> SplitReceipt:
    parts = tuple(
        PartShown(part["client_id"], shown(part["tracking_id"]), city.agencies[part["agency"]].key, part["state"])
        for part in await DB.fetch(PARTS, row.id)
        if part["agency"] in city.agencies
    )
    return SplitReceipt(wanted.id, row.client_id, row.state, row.version, parts)
