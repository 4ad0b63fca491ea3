"""What the ledger says: who was told what of one subject, and how delivery is doing."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from push.tables import Delivery, Notification

MAX_TOLD = 1000
COUNTED = timedelta(minutes=5)


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """One notification to one address, or to nobody but the inbox (`address_kind` and `state` are None).

    `sent_at` is the last attempt; `accepted_at` is when the service took it, which is not yet when it was shown;
    `seen_at` is when the inbox was read.
    """

    mid: UUID
    recipient: int
    kind: str
    rev: int
    queued_at: datetime
    address_kind: str | None
    state: str | None
    code: str | None
    attempts: int
    sent_at: datetime | None
    accepted_at: datetime | None
    seen_at: datetime | None


TOLD = """
SELECT n.mid, n.recipient, n.kind, n.rev, n.created_at AS queued_at, n.seen_at,
    d.kind AS address_kind, d.state, d.code, coalesce(d.attempts, 0) AS attempts, d.leased_at AS sent_at,
    CASE WHEN d.state = 'delivered' THEN d.settled_at END AS accepted_at
FROM notification AS n LEFT JOIN delivery AS d ON d.notification = n.seq
WHERE n.subject = {}
-- the newest, for whoever asks wants to know about the last change
ORDER BY n.seq DESC, d.id LIMIT {}
"""


async def told(subject: UUID) -> list[Told]:
    """Newest first, at most MAX_TOLD."""
    return [Told(**row) for row in await Notification.raw(TOLD, subject, MAX_TOLD)]


class Count(msgspec.Struct, frozen=True):
    """`code` is the service's word, or empty."""

    address_kind: str
    state: str
    code: str
    rows: int


class Signals(msgspec.Struct, frozen=True, kw_only=True):
    """`oldest_due_s` says whether the workers keep up; `settled` counts the last five minutes.

    `bulk_…` is what is said to many, which stands behind; `untold` are people whom a fan-out has not come to yet.
    """

    waiting: int
    oldest_due_s: float
    bulk_waiting: int
    bulk_oldest_due_s: float
    untold: int
    settled: tuple[Count, ...]


QUEUE = """
-- a leased row is on its way; when its lease has ended it is due again
WITH few AS (
    SELECT count(*) AS waiting, min(d.not_before) FILTER (WHERE d.not_before < {}) AS oldest
    FROM delivery AS d WHERE d.state IN ('pending', 'leased') AND NOT d.is_bulk
),
many AS (
    SELECT count(*) AS waiting, min(d.not_before) FILTER (WHERE d.not_before < {}) AS oldest
    FROM delivery AS d WHERE d.state IN ('pending', 'leased') AND d.is_bulk
)
SELECT few.waiting, coalesce(extract(epoch FROM {}::timestamptz - few.oldest), 0)::float8 AS oldest_due_s,
    many.waiting AS bulk_waiting, coalesce(extract(epoch FROM {}::timestamptz - many.oldest), 0)::float8
        AS bulk_oldest_due_s,
    (SELECT coalesce(sum(f.audience - f.told), 0) FROM fanout AS f WHERE f.finished_at IS NULL)::bigint AS untold
FROM few, many
"""

SETTLED = """
-- the first word: what follows it in the ledger is the service's explanation
SELECT d.kind AS address_kind, d.state, split_part(coalesce(d.code, ''), ' ', 1) AS code, count(*) AS rows
FROM delivery AS d WHERE d.settled_at > {} AND d.settled_at <= {}
GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
"""


async def signals(now: datetime) -> Signals:
    queue: dict[str, Any] = (await Delivery.raw(QUEUE, now, now, now, now))[0]
    settled = await Delivery.raw(SETTLED, now - COUNTED, now)
    return Signals(**queue, settled=tuple(Count(**row) for row in settled))
