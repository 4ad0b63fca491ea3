"""Who is told of a step of a report, and what it is to them. The choice is pure; one statement finds the people.

Told in the transaction of the change, so that nobody hears of what was undone. Who follows a report hears of its
public steps; staff hear of what they have to do or to know, never of their own steps.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Literal

import msgspec

from api.cities.book import City
from api.database import Statement
from api.piccolo_conf import DB
from api.reports.holding import is_held
from api.reports.permits import agency_and_above
from api.reports.publicity import shows_content
from api.reports.queries import ReportRow
from api.reports.status import LIGHT, Kind, State

VALID = timedelta(days=7)
BIRTH = 1  # the version of a new report, whatever the rule made of it
UNTOLD = LIGHT - {"comment"}
BY_SMS: frozenset[State] = frozenset({"resolved", "rejected", "needs_info"})  # now the reporter may, or must, act
Who = Literal["account", "follower", "asker", "officer", "coordinator", "area_head", "operator"]


class Happened(msgspec.Struct, frozen=True, kw_only=True):
    """One step as it was written; `row` is the report before it, `agency` and `officer` are those after it."""

    kind: Kind
    row: ReportRow
    city: City
    to: State
    moves: bool
    actor: int | None
    agency: int | None
    officer: int | None
    version: int
    now: datetime


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """To these it is a notice of this kind; who is in several hears the first. `again`: from the second time on."""

    kind: str
    who: Who
    account: int | None = None
    agencies: tuple[int, ...] = ()
    areas: tuple[str, ...] = ()
    again: Literal["", "bounce", "dispute"] = ""


def groups(step: Happened) -> Iterator[Group]:
    """In the order of how much it is theirs."""
    row = step.row
    if step.kind == "comment":
        if step.actor != row.account:
            yield Group(kind="report.commented", who="account", account=row.account)
        return
    if step.moves or step.actor != row.account:
        yield Group(kind="report.changed", who="account", account=row.account)
    if not step.moves:
        return
    yield from _working(step)
    yield from _watching(step)
    if shows_content(row.visibility, step.to):
        yield Group(kind="report.followed", who="follower")


def _working(step: Happened) -> Iterator[Group]:
    """Who has something to do."""
    row, agencies = step.row, tuple(agency_and_above(step.city, step.agency))
    if step.officer and step.officer != row.officer:
        yield Group(kind="report.assigned", who="account", account=step.officer)
    if step.kind == "answer":
        yield Group(kind="report.answered", who="asker")
    if step.kind in ("answer", "dispute") and step.officer:
        kind = "report.answered" if step.kind == "answer" else "report.disputed"
        yield Group(kind=kind, who="account", account=step.officer)
    if step.kind == "dispute" and agencies:
        yield Group(kind="report.disputed", who="coordinator", agencies=agencies)
    if step.to == "dispatched" and step.agency != row.agency and agencies:
        yield Group(kind="report.arrived", who="coordinator", agencies=agencies)


def _watching(step: Happened) -> Iterator[Group]:
    """Who has to know: an agency that gave a report back, and when it happens again the operators."""
    if (step.row.state, step.to) in (("dispatched", "verified"), ("in_progress", "verified")):
        former = tuple(agency_and_above(step.city, step.row.agency))
        if former:
            yield Group(kind="report.bounced", who="coordinator", agencies=former)
        yield Group(kind="report.bounced_again", who="operator", again="bounce")
    if step.kind == "dispute":
        yield Group(kind="report.disputed_again", who="operator", again="dispute")


def arrived(row: ReportRow, city: City) -> Iterator[Group]:
    """Who is told that there is a new report: the agency that the rule chose, and who answers for the area."""
    if agencies := tuple(agency_and_above(city, row.agency)):
        yield Group(kind="report.arrived", who="coordinator", agencies=agencies)
    if row.visibility != "secret" and not is_held(row.routing_reason, is_triaged=row.triaged_at is not None):
        yield Group(kind="report.arrived_here", who="area_head", areas=areas_above(row.village_code))


def areas_above(village_code: str) -> tuple[str, ...]:
    """The village, its district, its regency, its province."""
    parts = village_code.split(".")
    return tuple(".".join(parts[:length]) for length in range(len(parts), 0, -1))


TELL = Statement("""
-- the groups, as they were chosen
WITH named AS (
    SELECT g.* FROM ROWS FROM (jsonb_to_recordset(:groups ::jsonb)
        AS (kind text, who text, account bigint, agencies int[], areas text[], again text)) WITH ORDINALITY
        AS g (kind, who, account, agencies, areas, again, place)
),
audience AS (
    SELECT g.place, g.kind, g.account FROM named AS g WHERE g.who = 'account'
    UNION ALL
    SELECT g.place, g.kind, f.account FROM named AS g JOIN report_follower AS f ON f.report = :report
    WHERE g.who = 'follower'
    UNION ALL
    -- whoever asked last
    (SELECT g.place, g.kind, e.actor FROM named AS g JOIN report_event AS e ON e.report = :report
    WHERE g.who = 'asker' AND e.to_state = 'needs_info' AND e.from_state <> 'needs_info'
    ORDER BY e.version DESC LIMIT 1)
    UNION ALL
    -- who holds a grant that covers it, and of some only when it happened before
    SELECT g.place, g.kind, r.account FROM named AS g
    JOIN role_grant AS r ON r.role = g.who AND (r.city IS NULL OR r.city = :city)
        AND (g.agencies = '{}' OR r.agency = ANY (g.agencies)) AND (g.areas = '{}' OR r.area_code = ANY (g.areas))
    WHERE g.who IN ('coordinator', 'area_head', 'operator') AND (g.again = '' OR 1 < (
        SELECT count(*) FROM report_event AS e WHERE e.report = :report AND CASE g.again
            WHEN 'dispute' THEN e.kind = 'dispute'
            ELSE e.to_state = 'verified' AND e.from_state IN ('dispatched', 'in_progress') END))
),
-- each once, and nobody of what they did themselves, except the reporter, whose inbox tells the whole story
once AS (
    SELECT DISTINCT ON (audience.account) audience.account, audience.kind FROM audience
    WHERE audience.account IS DISTINCT FROM :actor ::bigint OR audience.account = :reporter
    ORDER BY audience.account, audience.place
)
SELECT push_tell(array_agg(once.account), array_agg(once.kind), array_agg(account.language),
    :subject, :version, :params ::jsonb, :now, :valid)
FROM once JOIN account ON account.id = once.account AND account.disabled_at IS NULL
""")


async def tell(step: Happened) -> None:
    """In the transaction of the step."""
    if step.kind in UNTOLD:
        return
    row = step.row
    params: dict[str, object] = {"tracking_id": row.tracking_id}
    if step.kind != "comment":
        agency = step.city.agencies.get(step.agency or 0)
        params |= {"state": step.to, "agency": agency.name if agency else None, "zone": step.city.calendar.timezone}
    if step.moves and step.to in BY_SMS:
        params["by_sms"] = "report.changed"
    await _tell(tuple(groups(step)), row, params, step.version, step.actor, step.now)


async def tell_arrived(row: ReportRow, city: City, now: datetime) -> None:
    """Of its birth: the same again tells nobody twice."""
    agency = city.agencies.get(row.agency or 0)
    params: dict[str, object] = {
        "tracking_id": row.tracking_id,
        "agency": agency.name if agency else None,
        "zone": city.calendar.timezone,
    }
    await _tell(tuple(arrived(row, city)), row, params, BIRTH, None, now)


async def _tell(
    chosen: tuple[Group, ...], row: ReportRow, params: dict[str, object], version: int, actor: int | None, now: datetime
) -> None:
    if not chosen:
        return
    await TELL.fetch(
        DB,
        groups=msgspec.json.encode(chosen).decode(),
        report=row.id,
        city=row.city,
        actor=actor,
        reporter=row.account,
        subject=row.client_id,
        version=version,
        params=msgspec.json.encode(params).decode(),
        now=now,
        valid=VALID,
    )
