"""What the system does when nobody does: a resolved report closes unconfirmed, an unanswered question rejects.

A chore of the worker. Each report is a transaction of its own under the report's lock, so that any number of workers,
restarts or days of downtime end in one event each.
"""

from datetime import datetime
from uuid import UUID

from uuid_utils.compat import uuid7

from api.cities.book import CityBook
from api.piccolo_conf import DB
from api.reports.permits import Permit
from api.reports.queries import read_row
from api.reports.schemas import NewEvent
from api.reports.staffing import Assignment
from api.reports.status import State
from api.reports.steps import LOCK, Step
from api.reports.taking import take

AT_ONCE = 100
# Clock that has run out → from, to, and why. Silence is no praise: there is no rating.
LAPSES: dict[str, tuple[State, State, str]] = {
    "confirm": ("resolved", "closed", "unconfirmed"),
    "objection": ("resolved", "closed", "unconfirmed"),
    "needs_info": ("needs_info", "rejected", "no_answer"),
}

LAPSED = """
-- by the index on look_at, which is the due date of these clocks once escalate.py has seen them
SELECT report.client_id, clock.clock FROM report_clock AS clock JOIN report ON report.id = clock.report
WHERE clock.stopped_at IS NULL AND clock.look_at <= $1 AND clock.due_at <= $1
    AND (clock.clock, report.state) IN (SELECT * FROM unnest($2::text[], $3::text[]))
ORDER BY clock.due_at LIMIT $4
"""


async def lapse_due(cities: CityBook, now: datetime) -> int:
    """How many reports were moved; ask again while it is AT_ONCE."""
    rows = await DB.fetch(LAPSED, now, list(LAPSES), [came_from for came_from, _, _ in LAPSES.values()], AT_ONCE)
    await cities.cities()  # read before the transactions: the book takes a connection of its own
    return sum([await _lapse(row["client_id"], row["clock"], cities, now) for row in rows])


async def _lapse(report: UUID, clock: str, cities: CityBook, now: datetime) -> bool:
    """False when somebody, or another worker, was faster."""
    came_from, to, reason = LAPSES[clock]
    async with DB.transaction():
        await DB.fetch(LOCK, report)
        row = await read_row(report)
        city = await cities.city_of(row.village_code)
        is_due = any(c.clock == clock and not c.stopped_at and c.due_at and c.due_at <= now for c in row.running_clocks)
        if row.state != came_from or not is_due or city is None:
            return False
        event = NewEvent(uuid7(), "change", row.version, to=to, reason=reason)
        assignment = Assignment(row.agency, row.officer)
        await take(Step(event, row, city, to, None, Permit("system", None), assignment, now))
    return True
