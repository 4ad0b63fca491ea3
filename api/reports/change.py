"""A report changes: who may take this step, what it needs, and everything that follows, all or nothing."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Literal
from uuid import UUID

from api.accounts.speaker import Speaker
from api.cities.book import City, CityBook
from api.errors import EventDiffers, FieldRefused, StaleVersion
from api.piccolo_conf import DB
from api.reports import bonds, contact, cooperation, corrections, publishing, redaction, voices
from api.reports.asked import Asked
from api.reports.moves import move
from api.reports.needs import cleaned
from api.reports.queries import ReportRow, city_of, held_on, read_row
from api.reports.receipts import agency_shown, promise_shown
from api.reports.schemas import EventReceipt, NewEvent
from api.reports.status import CONSEQUENCES, LIGHT, TARGETS, VOICES, Kind
from api.reports.steps import LOCK, LOCK_BOTH, Step
from api.reports.taking import take
from api.reports.tracking import read_tracking_id

# Each finds the step lawful and does what is its own; None when all is so already. All others are moves.
RULES: Mapping[Kind, Callable[[Asked], Awaitable[Step | None]]] = {
    "comment": voices.comment,
    "support": voices.support,
    "unsupport": voices.unsupport,
    "follow": voices.follow,
    "unfollow": voices.unfollow,
    "contact": contact.look,
    "hide": publishing.hide,
    "unhide": publishing.unhide,
    "visibility": publishing.restrict,
    "redact": redaction.redact,
    "edit": corrections.edit,
    "relocate": corrections.relocate,
    "recategorize": corrections.recategorize,
    "recurrence": bonds.recurrence,
    "coordination": cooperation.ask_for_help,
    "coordination_end": cooperation.end_help,
    "note": cooperation.note,
    "propose": cooperation.propose,
    "extend": cooperation.extend,
}


async def change(
    report_id: UUID, event: NewEvent, speaker: Speaker, cities: CityBook, now: datetime
) -> tuple[EventReceipt, bool]:
    """What the report is now, and whether the event is new: the same event again changes nothing.

    Raises ReportNotFound, NotAllowed, StaleVersion, IllegalTransition, OwnEvidence, EventDiffers, FieldRefused.
    """
    await cities.cities()  # read before the transaction: the book takes a connection of its own
    async with DB.transaction():
        if event.kind in CONSEQUENCES:
            raise FieldRefused("kind", "kind-systems")
        await _lock(event, report_id)
        row = await read_row(report_id)
        known = await _known(event, row, speaker)
        if known == "same":  # before the permits: this very step may have handed the report to somebody else
            return receipt(event, row, await city_of(row, cities)), False
        heard = voices.heard_on if event.kind in VOICES | {"redact"} else held_on
        city, held = await heard(row, speaker, cities)
        if known == "other":
            raise EventDiffers
        _check_version(event, row)
        step = await RULES.get(event.kind, move)(Asked(cleaned(event), row, city, held, speaker, now))
        if step is None:
            return receipt(event, row, city), False
        await take(step)
        return receipt(event, await read_row(report_id), city), True


async def _lock(event: NewEvent, report_id: UUID) -> None:
    if event.to in ("duplicate", "submitted", "verified") or event.kind in ("unsupport", "unfollow"):
        await DB.fetch(LOCK_BOTH, report_id, read_tracking_id(event.duplicate_of) or "")
    else:
        await DB.fetch(LOCK, report_id)


HAPPENED = """
SELECT report, actor, kind, to_state FROM report_event WHERE client_id = $1
"""


async def _known(event: NewEvent, row: ReportRow, speaker: Speaker) -> Literal["same", "other"] | None:
    """What the event's id stands for already."""
    rows = await DB.fetch(HAPPENED, event.id)
    if not rows:
        return None
    *said, to = rows[0]
    is_same_move = to == (event.to if event.kind == "change" else TARGETS.get(event.kind, to))
    return "same" if said == [row.id, speaker.account, event.kind] and is_same_move else "other"


def _check_version(event: NewEvent, row: ReportRow) -> None:
    """Raises StaleVersion for who has not seen the last step; comments and supports since then make nobody late."""
    if event.expected_version is None:
        if event.kind not in LIGHT and not (event.redact and not event.redact.ranges):  # ranges are of a certain text
            raise FieldRefused("expected_version", "body-missing", name="expected_version")
    elif event.kind not in LIGHT and not row.step_version <= event.expected_version <= row.version:
        raise StaleVersion(event.expected_version, row.state, row.version)


def receipt(event: NewEvent, row: ReportRow, city: City) -> EventReceipt:
    return EventReceipt(
        id=event.id,
        report=row.client_id,
        state=row.state,
        version=row.version,
        agency=agency_shown(city, row.agency),
        promise=promise_shown(row.running_clocks),
    )
