"""What one recipient was told in the last thirty days: the truth behind push."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from push.tables import Notification

KEPT_FOR = timedelta(days=30)


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """A client drops an item whose `mid` it has, or whose `rev` is not newer than the one shown of its `subject`."""

    mid: UUID
    kind: str
    subject: UUID
    rev: int
    params: dict[str, Any]
    created_at: datetime
    seen_at: datetime | None


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """`next` is the cursor to ask with the next time, also when there are no items."""

    items: tuple[Item, ...]
    next: int
    unread: int
    is_last: bool


PAGE = """
SELECT n.seq, n.mid, n.kind, n.subject, n.rev, n.params, n.created_at, n.seen_at, n.emptied_at
FROM notification AS n
WHERE n.recipient = {} AND n.seq > {} AND n.created_at > {}
-- in the order of commits: nothing can appear behind the cursor later
ORDER BY n.seq LIMIT {}
"""


async def page(recipient: int, since: int, limit: int, now: datetime) -> Page:
    """Items after the cursor `since` (0 at first), oldest first."""
    rows = await Notification.raw(PAGE, recipient, since, now - KEPT_FOR, limit + 1)
    shown = rows[:limit]
    return Page(
        # The process that empties may have a clock that is a little ahead of ours.
        items=tuple(_item(row) for row in shown if row["emptied_at"] is None),
        next=shown[-1]["seq"] if shown else since,
        unread=await unread(recipient, now),
        is_last=len(rows) <= limit,
    )


def _item(row: dict[str, Any]) -> Item:
    facts = {name: row[name] for name in ("mid", "kind", "subject", "rev", "created_at", "seen_at")}
    return Item(params=msgspec.json.decode(row["params"]), **facts)


UNREAD = """
SELECT count(*) AS unread FROM notification AS n
WHERE n.recipient = {} AND n.seen_at IS NULL AND n.created_at > {}
"""


async def unread(recipient: int, now: datetime) -> int:
    rows = await Notification.raw(UNREAD, recipient, now - KEPT_FOR)
    count: int = rows[0]["unread"]
    return count


SEEN = """
UPDATE notification AS n SET seen_at = {}
-- another's mids are silently not found; the first time of seeing stays
WHERE n.recipient = {} AND n.mid = ANY({}::uuid[]) AND n.seen_at IS NULL
RETURNING n.mid
"""


async def seen(recipient: int, mids: Sequence[UUID], now: datetime) -> int:
    """How many of `mids` were not seen before."""
    return len(await Notification.raw(SEEN, now, recipient, list(mids)))
