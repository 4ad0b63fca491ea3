"""Binding a report to another: merged into it and out again, or come again after it.

A merged report keeps its own chain, state before and clocks, which stand still. Its reporter, followers, supports and
photos come along to the master, and go with it when it is taken out.
"""

from collections.abc import Awaitable, Callable, Sequence

import msgspec
from uuid_utils.compat import uuid7

from api.errors import FieldRefused, IllegalTransition
from api.piccolo_conf import DB
from api.reports.asked import Asked
from api.reports.permits import Permit, Standing
from api.reports.queries import ReportRow, report_rows
from api.reports.schemas import NewEvent
from api.reports.staffing import Assignment
from api.reports.status import Kind
from api.reports.steps import Step
from api.reports.tracking import read_tracking_id, shown

NUMBERED = "SELECT * FROM report_shown WHERE tracking_id = $1 AND city = $2 AND id <> $3"
BY_ID = "SELECT * FROM report_shown WHERE id = $1"


async def merge(asked: Asked, step: Step) -> Step:
    """`step` leads to `duplicate`. Raises FieldRefused."""
    found = report_rows(await DB.fetch(NUMBERED, asked.event.duplicate_of, asked.row.city, asked.row.id))
    master = found[0] if found else None
    if master is None or master.state in ("duplicate", "rejected", "withdrawn"):
        raise FieldRefused("duplicate_of", "duplicate-unknown")
    await DB.fetch(BIND, asked.row.id, master.id)
    await rebuild(master.id, asked)
    # Who works on the master sees what was merged into it.
    assignment = Assignment(master.agency, None)
    return msgspec.structs.replace(step, assignment=assignment, then=_told(asked, master.id, "merged"))


async def unmerge(asked: Asked, step: Step) -> Step:
    """Back to exactly the state before. Raises IllegalTransition."""
    before = await DB.fetch(STATE_BEFORE, asked.row.id)
    if not before or before[0]["from_state"] != step.to:
        raise IllegalTransition(asked.row.state, step.to, asked.row.version)
    master = asked.row.merged_into
    await DB.fetch(BIND, asked.row.id, None)
    unbound = msgspec.structs.replace(step, assignment=Assignment(None, None))
    if master is None:
        return unbound
    await rebuild(master, asked)
    return msgspec.structs.replace(unbound, then=_told(asked, master, "unmerged"))


BIND = "UPDATE report SET merged_into = $2 WHERE id = $1"

STATE_BEFORE = """
SELECT from_state FROM report_event WHERE report = $1 AND to_state = 'duplicate' AND from_state IS NOT NULL
ORDER BY version DESC LIMIT 1
"""

FORGET = "DELETE FROM report_follower WHERE report = $1 AND reason = 'merged'"
GATHER = """
-- all that were merged into it, and into those
WITH RECURSIVE merged AS (
    SELECT r.id, r.account FROM report AS r WHERE r.merged_into = $1
    UNION SELECT r.id, r.account FROM report AS r JOIN merged ON r.merged_into = merged.id
),
-- their reporters and everybody who follows or supports them come along, but not the reporter of this one
come AS (
    INSERT INTO report_follower (report, account, reason, since)
    SELECT $1, who.account, 'merged', $2
    FROM (SELECT account FROM merged
          UNION SELECT f.account FROM report_follower AS f JOIN merged ON merged.id = f.report) AS who
    WHERE who.account <> (SELECT account FROM report WHERE id = $1)
    ON CONFLICT DO NOTHING
)
-- whoever supported any of them supports this one, once
UPDATE report SET supports = (
    SELECT count(DISTINCT f.account) FROM report_follower AS f
    WHERE f.reason = 'support' AND (f.report = $1 OR f.report IN (SELECT id FROM merged)))
WHERE report.id = $1
"""


async def rebuild(master: int, asked: Asked) -> None:
    """Its merged followers and its number of supports, as they follow from what is merged into it now."""
    await DB.fetch(FORGET, master)
    await DB.fetch(GATHER, master, asked.now)


def _told(asked: Asked, master: int, kind: Kind) -> Callable[[], Awaitable[Sequence[Step]]]:
    """The master's own chain says what came and went; in the same transaction."""

    async def tell() -> Sequence[Step]:
        row = report_rows(await DB.fetch(BY_ID, master))[0]
        return [consequence(asked, row, kind)]

    return tell


def consequence(asked: Asked, row: ReportRow, kind: Kind) -> Step:
    """An event of the system on a report that another one is bound to."""
    event = NewEvent(uuid7(), kind, row.version)
    step = Step(
        event=event,
        row=row,
        city=asked.city,
        to=row.state,
        actor=None,
        permit=Permit("system", None),
        assignment=Assignment(row.agency, row.officer),
        now=asked.now,
    )
    return step.with_details(other=shown(asked.row.tracking_id))


RECURS: frozenset[Standing] = frozenset({"reporter", "coordinator", "area_head", "operator"})
EARLIER = "SELECT id FROM report WHERE tracking_id = $1 AND city = $2 AND id < $3"
RECUR = "UPDATE report SET recurrence_of = $2 WHERE id = $1"


async def recurrence(asked: Asked) -> Step | None:
    """The same trouble again: linked to the earlier report. None when it is so already."""
    permit = asked.permit(RECURS)
    number = read_tracking_id(asked.event.recurrence_of) or ""
    earlier = await DB.fetch(EARLIER, number, asked.row.city, asked.row.id)
    if not earlier:
        raise FieldRefused("recurrence_of", "recurrence-unknown")
    if asked.row.recurrence_of == earlier[0]["id"]:
        return None
    await DB.fetch(RECUR, asked.row.id, earlier[0]["id"])
    return asked.step(permit).with_details(recurrence_of=shown(number))
