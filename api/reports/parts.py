"""The state of a report that was split follows from the states of its parts, by one table and by nobody's hand.

| its parts | the report |
|---|---|
| one is open | in_progress |
| all are done, one waits for the reporter's word (resolved) | resolved |
| all are done, at least one is closed, none waits | closed |
| all were rejected, merged or withdrawn | rejected |
"""

from collections.abc import Collection

from uuid_utils.compat import uuid7

from api.piccolo_conf import DB
from api.reports.permits import Permit
from api.reports.queries import report_rows
from api.reports.schemas import NewEvent
from api.reports.staffing import Assignment
from api.reports.status import CLOSED, State
from api.reports.steps import Step


def derived(parts: Collection[State]) -> State:
    if any(state not in CLOSED for state in parts):
        return "in_progress"
    if "resolved" in parts:
        return "resolved"
    return "closed" if "closed" in parts else "rejected"


LOCK_PARENT = "SELECT id FROM report WHERE id = $1 FOR UPDATE"
PARENT = "SELECT * FROM report_shown WHERE id = $1"
PARTS = "SELECT state FROM report WHERE parent = $1"


async def after_part(step: Step) -> Step | None:
    """What a step of a part makes of the whole; None when nothing. Parts are locked before their parent, always."""
    parent = step.row.parent
    await DB.fetch(LOCK_PARENT, parent)
    row = report_rows(await DB.fetch(PARENT, parent))[0]
    to = derived([part["state"] for part in await DB.fetch(PARTS, parent)])
    if to == row.state:
        return None
    event = NewEvent(uuid7(), "derive", row.version)
    return Step(
        event=event,
        row=row,
        city=step.city,
        to=to,
        actor=None,
        permit=Permit("system", None),
        assignment=Assignment(row.agency, row.officer),
        now=step.now,
    )
