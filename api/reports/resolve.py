"""What newer boundaries would say of the reports that stand: a dry run, for people to decide on."""

import msgspec

from api.piccolo_conf import DB
from geo.areas import names
from geo.locate import AreaName


class Move(msgspec.Struct, frozen=True):
    """`reports` of one boundary version lie elsewhere now; `after` is None outside every area."""

    boundary_version: str
    before: AreaName
    after: AreaName | None
    reports: int


class Resolution(msgspec.Struct, frozen=True):
    reports: int
    moves: tuple[Move, ...]


RESOLVE = """
-- every report where it was resolved to, and where the current areas put it
SELECT r.boundary_version, r.village_code AS before, now_in.village_code AS after, count(*) AS reports
FROM report AS r CROSS JOIN LATERAL area_at(ST_X(r.location), ST_Y(r.location), r.accuracy_m) AS now_in
GROUP BY r.boundary_version, r.village_code, now_in.village_code ORDER BY reports DESC, before, after
"""


async def resolve() -> Resolution:
    """Changes nothing: a report keeps the place that its reporter was told."""
    rows = await DB.fetch(RESOLVE)
    moved = [row for row in rows if row["before"] != row["after"]]
    known = await names([code for row in moved for code in (row["before"], row["after"]) if code])
    return Resolution(
        reports=sum(row["reports"] for row in rows),
        moves=tuple(
            Move(
                row["boundary_version"],
                known.get(row["before"], AreaName(row["before"], "", "")),
                known.get(row["after"]),
                row["reports"],
            )
            for row in moved
        ),
    )
