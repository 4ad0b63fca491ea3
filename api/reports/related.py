"""The reports that are bound to one: merged, split, come again."""

from typing import Protocol
from uuid import UUID

import asyncpg
import msgspec

from api.catalogue import Language, text
from api.cities.book import City
from api.piccolo_conf import DB
from api.reports.clockwork import RunningClock
from api.reports.pictures import photos_shown
from api.reports.receipts import agency_shown, promise_shown
from api.reports.schemas import Related
from api.reports.tracking import shown

AT_MOST = 50

RELATED = """
-- each by an index of its own
WITH bound AS (
    SELECT $2::bigint AS id, 'merged_into' AS bond
    UNION ALL SELECT $3, 'parent'
    UNION ALL SELECT $4, 'recurrence_of'
    UNION ALL SELECT id, 'merged' FROM report WHERE merged_into = $1
    UNION ALL SELECT id, 'part' FROM report WHERE parent = $1
    UNION ALL SELECT id, 'recurrence' FROM report WHERE recurrence_of = $1
)
SELECT bound.bond, r.client_id, r.tracking_id, r.state, r.agency, r.visibility, r.text, r.photos, r.clocks, r.account
FROM bound JOIN report_shown AS r ON r.id = bound.id
ORDER BY bound.bond, r.id LIMIT $5
"""


class Bound(Protocol):
    """What of a report its bonds are."""

    @property
    def id(self) -> int: ...
    @property
    def merged_into(self) -> int | None: ...
    @property
    def parent(self) -> int | None: ...
    @property
    def recurrence_of(self) -> int | None: ...


async def related_rows(bound: Bound) -> list[asyncpg.Record]:
    return list(
        await DB.fetch(RELATED, bound.id, bound.merged_into, bound.parent, bound.recurrence_of, AT_MOST),
    )


def is_seen(row: asyncpg.Record, account: int | None, is_staff: bool) -> bool:
    """That another report exists is shown with it if that one is public, or one's own, or to staff."""
    return is_staff or row["visibility"] == "public" or (account is not None and row["account"] == account)


async def read_related(
    bound: Bound, city: City, language: Language, *, account: int | None = None, is_staff: bool = False
) -> tuple[Related, ...]:
    rows = await related_rows(bound)
    return tuple(
        [await _related(row, city, language, account, is_staff) for row in rows if is_seen(row, account, is_staff)]
    )


async def _related(row: asyncpg.Record, city: City, language: Language, account: int | None, is_staff: bool) -> Related:
    clocks = msgspec.json.decode(row["clocks"] or "[]", type=tuple[RunningClock, ...])
    related = Related(
        bond=row["bond"],
        id=row["client_id"],
        tracking_id=shown(row["tracking_id"]),
        state=row["state"],
        state_name=text(f"state.{row['state']}", language),
        agency=agency_shown(city, row["agency"]),
        promise=promise_shown(clocks),
    )
    works_on_it = is_staff and row["visibility"] in ("public", "hidden")
    if not works_on_it and row["account"] != account:
        return related
    named = [(UUID(photo), purpose) for photo, purpose in (each.split() for each in row["photos"] or ())]
    return msgspec.structs.replace(related, text=row["text"], photos=await photos_shown(named, language))
