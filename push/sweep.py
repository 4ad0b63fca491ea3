"""Forgetting: what a notification said after the inbox's thirty days, that it was sent after the ledger's time."""

from datetime import datetime, timedelta

import msgspec

from push.inbox import KEPT_FOR
from push.tables import Notification

LEDGER_KEPT_FOR = timedelta(days=365)
AT_A_TIME = 5_000  # rows: a short transaction, beside which deliveries go on


class Swept(msgspec.Struct, frozen=True):
    """Notifications whose facts were emptied, and that were deleted with their deliveries."""

    emptied: int
    deleted: int


EMPTY = """
WITH old AS (
    SELECT n.seq FROM notification AS n WHERE n.emptied_at IS NULL AND n.created_at < {}
    ORDER BY n.created_at LIMIT {} FOR UPDATE SKIP LOCKED
),
emptied AS (
    UPDATE notification AS n SET params = {}::jsonb, emptied_at = {} FROM old WHERE n.seq = old.seq RETURNING n.seq
)
SELECT count(*) AS rows FROM emptied
"""

DELETE = """
WITH old AS (
    SELECT n.seq FROM notification AS n WHERE n.emptied_at IS NOT NULL AND n.created_at < {}
    -- nothing that is still to be sent is valid for as long as the ledger is kept; if it were, it stays
    AND NOT EXISTS (SELECT FROM delivery AS d WHERE d.notification = n.seq AND d.state IN ('pending', 'leased'))
    ORDER BY n.created_at LIMIT {} FOR UPDATE SKIP LOCKED
),
deleted AS (DELETE FROM notification AS n USING old WHERE n.seq = old.seq RETURNING n.seq)
SELECT count(*) AS rows FROM deleted
"""


async def sweep(now: datetime, ledger_kept_for: timedelta = LEDGER_KEPT_FOR, limit: int = AT_A_TIME) -> Swept:
    """A round of at most `limit` each; again until both are 0. The ledger is kept no shorter than the inbox."""
    emptied = await Notification.raw(EMPTY, now - KEPT_FOR, limit, "{}", now)
    deleted = await Notification.raw(DELETE, now - max(ledger_kept_for, KEPT_FOR), limit)
    return Swept(emptied[0]["rows"], deleted[0]["rows"])


WOULD_SWEEP = """
SELECT (SELECT count(*) FROM notification AS n WHERE n.emptied_at IS NULL AND n.created_at < {}) AS emptied,
    (SELECT count(*) FROM notification AS n WHERE n.created_at < {} AND NOT EXISTS (
        SELECT FROM delivery AS d WHERE d.notification = n.seq AND d.state IN ('pending', 'leased'))) AS deleted
"""


async def would_sweep(now: datetime, ledger_kept_for: timedelta = LEDGER_KEPT_FOR) -> Swept:
    """The dry run: what all rounds together would do."""
    rows = await Notification.raw(WOULD_SWEEP, now - KEPT_FOR, now - max(ledger_kept_for, KEPT_FOR))
    return Swept(**rows[0])
