"""What changed since a cursor, read from the reports themselves.

The cursor is a transaction id, as in the worklist: whatever was uncommitted at one look comes with the next. Some
changes may come twice, none is missed; a listener drops what it has by report and version.
"""

from datetime import datetime
from uuid import UUID

import msgspec

from api.piccolo_conf import DB
from api.reports.permits import Subject
from api.reports.tracking import shown


class Change(msgspec.Struct, frozen=True):
    """One report as it is now, in the order of the columns of CHANGED. `is_open` is None when it is on no map."""

    id: int
    client_id: UUID
    tracking_id: str
    account: int
    city: int
    category: int
    village_code: str
    village: str
    agency: int | None
    agencies: tuple[int, ...]
    officer: int | None
    visibility: str
    state: str
    version: int
    changed_xid: int
    created_at: datetime
    at: datetime
    lat: float | None
    lon: float | None
    is_open: bool | None

    @property
    def subject(self) -> Subject:
        return Subject(self.account, self.city, self.village_code, self.agency, self.officer, self.visibility)

    @property
    def number(self) -> str:
        return shown(self.tracking_id)


HORIZON = "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint"


async def read_horizon() -> int:
    """Every change of a transaction below it can be read by now."""
    rows = await DB.fetch(HORIZON)
    found: int = rows[0][0]
    return found


CHANGED = """
SELECT r.id, r.client_id, r.tracking_id, r.account, r.city, r.category, r.village_code,
    r.place #>> '{village,name}',
    r.agency,
    -- all that ever had it: who loses a report is told as well
    ARRAY(SELECT DISTINCT e.agency FROM report_event AS e WHERE e.report = r.id AND e.agency IS NOT NULL),
    r.officer, r.visibility, r.state, r.version, r.changed_xid, r.created_at,
    (SELECT max(e.at) FROM report_event AS e WHERE e.report = r.id),
    -- the public position, of what is on the public map
    mercator_lat(p.y), mercator_lon(p.x), p.is_open
FROM report AS r LEFT JOIN map_point AS p ON p.id = r.id
WHERE (r.changed_xid, r.id) > ($1, $2) ORDER BY r.changed_xid, r.id LIMIT $3
"""


async def read_changes(since: int, limit: int, after: int = 0) -> list[Change]:
    """In the order in which they were made, behind report `after` of transaction `since`."""
    return [Change(*row) for row in await DB.fetch(CHANGED, since, after, limit)]
