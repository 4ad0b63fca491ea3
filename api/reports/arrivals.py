"""New reports, told to the agency and the area they belong to, by the worker.

Not in the statement that creates them: who is told there costs every resident's wait. The reports themselves are the
log; the cursor is a transaction id, as the worklist's (`worklist.py`), so that nothing that commits late is missed.
"""

from datetime import datetime, timedelta

from api.cities.book import CityBook
from api.piccolo_conf import DB
from api.reports.audience import tell_arrived
from api.reports.queries import report_rows

AT_A_TIME = 100
MARGIN = timedelta(minutes=10)  # between the clock of a report and that of the cursor; what is told twice is told once

BEGIN = """
-- a house that begins tells nothing of the past
INSERT INTO arrival_cursor (id, xid, caught_up_at)
VALUES (1, pg_snapshot_xmin(pg_current_snapshot())::text::bigint, $1::timestamptz + $2::interval)
ON CONFLICT DO NOTHING
"""

CURSOR = """
-- what is still uncommitted has a number that is not below the horizon, so it comes with the next round
SELECT c.xid, c.caught_up_at, pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS horizon FROM arrival_cursor AS c
"""

NEW = """
SELECT r.* FROM report_shown AS r
WHERE (r.changed_xid, r.id) > ($1, $2)
-- what is older has been told, and has only changed
AND r.created_at > $3
ORDER BY r.changed_xid, r.id LIMIT $4
"""

CATCH_UP = """
UPDATE arrival_cursor AS c SET xid = greatest(c.xid, $1), caught_up_at = greatest(c.caught_up_at, $2)
"""


async def tell_arrivals(cities: CityBook, now: datetime) -> None:
    """A round of all there are. A worker that dies on the way begins the round again, and tells nobody twice."""
    await DB.fetch(BEGIN, now, MARGIN)
    [cursor] = await DB.fetch(CURSOR)
    xid, report, since = cursor["xid"], -1, cursor["caught_up_at"] - MARGIN
    while rows := report_rows(await DB.fetch(NEW, xid, report, since, AT_A_TIME)):
        for row in rows:
            if city := await cities.city_of(row.village_code):
                await tell_arrived(row, city, now)
        xid, report = rows[-1].changed_xid, rows[-1].id
    await DB.fetch(CATCH_UP, cursor["horizon"], now)
