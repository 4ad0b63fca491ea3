"""Writing a step that was found lawful: event, report, clocks, map point and outbox, in the caller's transaction."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime

import asyncpg
import msgspec

from api.cities.book import City
from api.database import Statement
from api.errors import EventDiffers
from api.piccolo_conf import DB
from api.reports.audience import Happened, tell
from api.reports.chain import Link, chained, sealed, seals_written
from api.reports.clockwork import RunningClock, Terms, clocks_after, terms_of
from api.reports.permits import Permit
from api.reports.publicity import is_on_map
from api.reports.queries import ReportRow
from api.reports.schemas import NewEvent
from api.reports.staffing import Assignment
from api.reports.status import CLOSED, CONSEQUENCES, LIGHT, MOVES, VOICES, State

# What of an event has no column of its own and is proven with its details; as is the grant that allowed it.
TOLD_WITH_IT = ("date", "reference", "rating", "duplicate_of", "event", "expected_version")

# No reason for a phone to read the report again.
SILENT = (VOICES - {"comment"}) | {"contact"}

LOCK = """
-- changes of one report come one after the other; in a statement of its own, so that the next one sees the last
SELECT id FROM report WHERE client_id = $1 FOR UPDATE
"""
LOCK_BOTH = """
-- with the one that it is, or will be, merged into; always in the order of their ids, so that nobody waits in a circle
SELECT id FROM report
WHERE client_id = $1 OR tracking_id = $2 OR id = (SELECT own.merged_into FROM report AS own WHERE own.client_id = $1)
ORDER BY id FOR UPDATE
"""


class Step(msgspec.Struct, frozen=True):
    """A change that was found lawful, ready to be written. `actor` is None for the system."""

    event: NewEvent
    row: ReportRow
    city: City
    to: State
    actor: int | None
    permit: Permit
    assignment: Assignment
    now: datetime
    is_hidden: bool = False
    elsewhere: Mapping[str, str] = {}  # words that the event brings and the report keeps
    details: Mapping[str, object] = {}
    clocks: tuple[RunningClock, ...] = ()  # of a step that leaves the state and yet changes the promises
    then: "Callable[[], Awaitable[Sequence[Step]]] | None" = None  # what follows at once, here or on another report

    @property
    def moves(self) -> bool:
        return self.event.kind in MOVES

    @property
    def is_light(self) -> bool:
        return self.event.kind in LIGHT

    def hidden(self) -> "Step":
        """Not for the public, until somebody releases it."""
        return msgspec.structs.replace(self, is_hidden=True)

    def with_details(self, **details: object) -> "Step":
        return msgspec.structs.replace(self, details=details)


CHANGE = Statement("""
-- the event, in the chain
WITH told AS (
    INSERT INTO report_event (report, version, client_id, kind, actor, role, grant_used, from_state, to_state, agency,
        officer, reason, note, internal_note, evidence, details, device_time, at, hash, is_hidden,
        seals)
    VALUES (:report, :version, :event_id, :kind, :actor, :role, :grant_used, :from_state, :to_state, :agency,
        :officer, :reason, :note, :internal_note, :evidence, :details ::jsonb, :device_time, :now, :hash, :is_hidden,
        :seals ::jsonb)
),
-- its clocks: those that stand in the new list are brought to it
promised AS (
    INSERT INTO report_clock (report, clock, started_at, due_at, pauses, stopped_at)
    SELECT :report, c.clock, c.started_at, c.due_at, c.pauses, c.stopped_at
    FROM jsonb_to_recordset(:clocks ::jsonb) AS c (clock text, started_at timestamptz, due_at timestamptz,
        pauses jsonb, stopped_at timestamptz)
    ON CONFLICT (report, clock, started_at) DO UPDATE
        SET due_at = EXCLUDED.due_at, pauses = EXCLUDED.pauses, stopped_at = EXCLUDED.stopped_at,
            look_at = CASE WHEN report_clock.due_at IS DISTINCT FROM EXCLUDED.due_at THEN '-infinity'
                      ELSE report_clock.look_at END
),
-- the report as it is now
changed AS (
    UPDATE report SET state = :state, version = :version, step_version = :step_version,
        agency = :agency, officer = :officer, evidence_by = :evidence_by, triaged_at = :triaged_at, last_hash = :hash,
        changed_xid = CASE WHEN :is_news THEN pg_current_xact_id()::text::bigint ELSE changed_xid END
    WHERE id = :report
)
-- the map shows it so, or not at all
SELECT CASE WHEN :is_on_map
    THEN map_point_put(:report, :city, :category, :is_open, :created_at, :public_lon, :public_lat, :tracking_id)
    ELSE map_point_remove(:report) END
""")


async def write(step: Step) -> None:
    """In the caller's transaction, which holds the report's lock. Raises EventDiffers."""
    link = _link(step)
    clocks = step.clocks
    if step.moves and step.event.kind not in CONSEQUENCES:
        clocks = clocks_after(step.row.running_clocks, (step.row.state, step.to), _terms(step), step.now)
    try:
        await CHANGE.fetch(DB, **_event_values(step, link), **_report_values(step, clocks))
    except asyncpg.UniqueViolationError as error:  # the id was given to an event of another report just now
        raise EventDiffers from error
    if not step.is_hidden:
        await tell(_happened(step, link))


def _happened(step: Step, link: Link) -> Happened:
    return Happened(
        kind=step.event.kind,
        row=step.row,
        city=step.city,
        to=step.to,
        moves=step.moves,
        actor=step.actor,
        agency=link.agency,
        officer=link.officer,
        version=link.version,
        now=step.now,
    )


def _terms(step: Step) -> Terms:
    return terms_of(step.city, step.city.every_category[step.row.category], step.row.report_type)


def _link(step: Step) -> Link:
    event = step.event
    extra = {name: getattr(event, name) for name in TOLD_WITH_IT} | {"grant": step.permit.grant}
    link = Link(
        client_id=event.id,
        version=step.row.version + 1,
        kind=event.kind,
        actor=step.actor,
        role=step.permit.standing,
        from_state=step.row.state if step.moves else None,
        to_state=step.to,
        agency=step.assignment.agency,
        officer=step.assignment.officer,
        reason=event.reason,
        note=event.note,
        internal_note=event.internal_note,
        evidence=event.evidence,
        details=msgspec.json.encode(
            {name: value for name, value in (extra | dict(step.details)).items() if value}, order="sorted"
        ).decode(),
        device_time=event.device_time and event.device_time.astimezone(UTC),
        at=step.now,
    )
    return sealed(link, step.elsewhere)


def _event_values(step: Step, link: Link) -> dict[str, object]:
    values = msgspec.structs.asdict(link)
    values["seals"] = seals_written(link)
    values["event_id"] = values.pop("client_id")
    values["now"] = values.pop("at")
    values["evidence"] = list(link.evidence)
    return values | {
        "grant_used": step.permit.grant,
        "hash": chained(step.row.last_hash, link),
        "is_hidden": step.is_hidden,
    }


def _report_values(step: Step, clocks: tuple[RunningClock, ...]) -> dict[str, object]:
    row = step.row
    is_staff_step = step.permit.grant is not None and step.permit.standing != "reporter" and not step.is_light
    return {
        "report": row.id,
        "state": step.to,
        "step_version": row.step_version if step.is_light else row.version + 1,
        "is_news": step.event.kind not in SILENT,
        "clocks": msgspec.json.encode(clocks).decode(),
        "evidence_by": step.actor if step.moves and step.to == "work_done" else row.evidence_by,
        "triaged_at": row.triaged_at or (step.now if is_staff_step else None),
        "is_on_map": row.parent is None and is_on_map(row.visibility, step.to),
        "city": row.city,
        "category": row.category,
        "is_open": step.to not in CLOSED,
        "created_at": row.created_at,
        "public_lat": row.public_lat,
        "public_lon": row.public_lon,
        "tracking_id": row.tracking_id,
    }
