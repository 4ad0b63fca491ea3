"""A report changes: who may take this step, what it needs, and everything that follows, all or nothing."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from api.accounts.errors import NotAllowed
from api.accounts.speaker import Speaker
from api.cities.book import City, CityBook
from api.errors import EventDiffers, FieldRefused, IllegalTransition, OwnEvidence, StaleVersion
from api.piccolo_conf import DB
from api.reports.needs import check_needs, check_time, cleaned
from api.reports.permits import Permit, permit_for
from api.reports.queries import ReportRow, city_of, held_on, read_row
from api.reports.receipts import agency_shown, promise_shown
from api.reports.schemas import EventReceipt, NewEvent
from api.reports.staffing import assign
from api.reports.status import TARGETS, State, transition
from api.reports.steps import LOCK, Step, write


async def change(
    report_id: UUID, event: NewEvent, speaker: Speaker, cities: CityBook, now: datetime
) -> tuple[EventReceipt, bool]:
    """What the report is now, and whether the event is new: the same event again changes nothing.

    Raises ReportNotFound, NotAllowed, StaleVersion, IllegalTransition, OwnEvidence, EventDiffers, FieldRefused.
    """
    await cities.cities()  # read before the transaction: the book takes a connection of its own
    async with DB.transaction():
        await DB.fetch(LOCK, report_id)
        row = await read_row(report_id)
        known = await _known(event, row, speaker)
        if known == "same":  # before the permits: this very step may have handed the report to somebody else
            return receipt(event, row, await city_of(row, cities)), False
        city, held = await held_on(row, speaker, cities)
        if known == "other":
            raise EventDiffers
        await write(await _lawful(cleaned(event), row, city, held, speaker, now))
        return receipt(event, await read_row(report_id), city), True


HAPPENED = """
SELECT report, actor, kind, to_state FROM report_event WHERE client_id = $1
"""


async def _known(event: NewEvent, row: ReportRow, speaker: Speaker) -> Literal["same", "other"] | None:
    """What the event's id stands for already."""
    rows = await DB.fetch(HAPPENED, event.id)
    if not rows:
        return None
    to = event.to if event.kind == "change" else TARGETS[event.kind]
    return "same" if tuple(rows[0]) == (row.id, speaker.account, event.kind, to) else "other"


async def _lawful(
    event: NewEvent, row: ReportRow, city: City, held: tuple[Permit, ...], speaker: Speaker, now: datetime
) -> Step:
    to = _target(event)
    if event.expected_version != row.version:
        raise StaleVersion(event.expected_version, row.state, row.version)
    found = transition(row.state, to, event.kind)
    if found is None:
        raise IllegalTransition(row.state, to, row.version)
    permit = permit_for(held, found.actors)
    if permit is None:
        raise NotAllowed(f"{row.state} -> {to}")
    if to == "resolved" and row.evidence_by == speaker.account:
        raise OwnEvidence
    await check_time(row, to, city, now)
    await check_needs(event, found, row, city, speaker, now)
    assignment = await assign(event, row, city, to, permit, speaker)
    return Step(event, row, city, to, speaker.account, permit, assignment, now)


def _target(event: NewEvent) -> State:
    if event.kind != "change":
        if event.to is not None:
            raise FieldRefused("to", "to-not-here")
        return TARGETS[event.kind]
    if event.to is None:
        raise FieldRefused("to", "to-missing")
    return event.to


def receipt(event: NewEvent, row: ReportRow, city: City) -> EventReceipt:
    return EventReceipt(
        id=event.id,
        report=row.client_id,
        state=row.state,
        version=row.version,
        agency=agency_shown(city, row.agency),
        promise=promise_shown(row.running_clocks),
    )
