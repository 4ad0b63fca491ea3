"""The rows of the outbox while they are on their way: leased, and settled with what became of them.

Fenced: a lease that ran out and was taken by another worker can no longer be settled by the first. Times are the
workers' own, so their clocks must differ by less than a lease; if they do not, messages come twice, none is lost.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from push.preferences import Quiet
from push.tables import Delivery


class Notification(msgspec.Struct, frozen=True, kw_only=True):
    """What there is to say, without words: `params` as they were given to the outbox."""

    mid: UUID
    recipient: int
    subject: UUID
    rev: int
    kind: str
    params: dict[str, Any]
    created_at: datetime
    valid_until: datetime


class Leased(msgspec.Struct, frozen=True, kw_only=True):
    """One delivery that is ours to send `until` its lease ends; `attempts` counts this one too."""

    id: int
    lease: UUID
    until: datetime
    attempts: int
    ambiguous: int
    address_kind: str
    address: str
    registrations: int
    is_bulk: bool
    quiet: Quiet | None
    notification: Notification


class Batch(msgspec.Struct, frozen=True, kw_only=True):
    """`due` counts the rows that were settled at once too; `unconfigured` are kinds of address without a sender."""

    rows: list[Leased]
    due: int
    unconfigured: frozenset[str]


class Settlement(msgspec.Struct, frozen=True, kw_only=True):
    """What becomes of a leased row; `wait_s` only when it goes back to pending."""

    leased: Leased
    state: str
    code: str | None = None
    provider_id: str | None = None
    wait_s: float = 0.0
    is_ambiguous: bool = False
    was_sent: bool = True


LEASE = """
WITH few AS MATERIALIZED (
    -- what is due, and what a dead worker had leased; rows that another worker holds are passed over
    SELECT d.id FROM delivery AS d
    WHERE d.state IN ('pending', 'leased') AND NOT d.is_bulk AND d.not_before <= {}
    ORDER BY d.not_before LIMIT {} FOR UPDATE SKIP LOCKED
),
many AS MATERIALIZED (
    -- what was said to many fills what is left, and never all of it
    SELECT d.id FROM delivery AS d
    WHERE d.state IN ('pending', 'leased') AND d.is_bulk AND d.not_before <= {}
    ORDER BY d.not_before LIMIT least({}::bigint, {} - (SELECT count(*) FROM few)) FOR UPDATE SKIP LOCKED
),
due AS (SELECT id FROM few UNION ALL SELECT id FROM many),
judged AS (
    -- with the address as it is now: it may be gone, another account's, or have a new token
    SELECT d.id, n.mid, n.recipient, n.subject, n.rev, n.kind, n.params, n.created_at, n.valid_until,
        a.kind AS address_kind, a.address, a.registrations, q.begins, q.ends, q.zone,
        CASE
            WHEN a.id IS NULL THEN 'ADDRESS_GONE'
            WHEN a.recipient <> n.recipient THEN 'ADDRESS_MOVED'
            WHEN EXISTS (
                SELECT FROM notification AS newer
                WHERE newer.recipient = n.recipient AND newer.subject = n.subject AND newer.rev > n.rev
            ) THEN 'NEWER_REVISION'
            WHEN n.valid_until <= {} THEN 'EXPIRED'
            WHEN a.kind <> ALL ({}::text[]) THEN 'UNCONFIGURED'
        END AS obstacle
    FROM due JOIN delivery AS d ON d.id = due.id
    JOIN notification AS n ON n.seq = d.notification
    LEFT JOIN address AS a ON a.id = d.address
    LEFT JOIN quiet_hours AS q ON q.recipient = n.recipient
)
-- what has an obstacle is settled here, the rest is ours
UPDATE delivery AS d SET
    state = CASE WHEN j.obstacle IS NULL THEN 'leased' WHEN j.obstacle = 'EXPIRED' THEN 'expired'
        WHEN j.obstacle = 'UNCONFIGURED' THEN 'unconfigured' ELSE 'superseded' END,
    lease = CASE WHEN j.obstacle IS NULL THEN {}::uuid END,
    leased_at = CASE WHEN j.obstacle IS NULL THEN {}::timestamptz ELSE d.leased_at END,
    not_before = CASE WHEN j.obstacle IS NULL THEN {}::timestamptz ELSE d.not_before END,
    settled_at = CASE WHEN j.obstacle IS NULL THEN NULL ELSE {}::timestamptz END,
    attempts = d.attempts + CASE WHEN j.obstacle IS NULL THEN 1 ELSE 0 END,
    kind = coalesce(j.address_kind, d.kind),
    code = coalesce(j.obstacle, d.code)
FROM judged AS j WHERE d.id = j.id
RETURNING d.id, d.lease, d.not_before AS until, d.attempts, d.ambiguous, d.is_bulk, d.kind AS address_kind, j.obstacle,
    j.address, j.registrations, j.begins, j.ends, j.zone,
    j.mid, j.recipient, j.subject, j.rev, j.kind, j.params, j.created_at, j.valid_until
"""


class Room(msgspec.Struct, frozen=True):
    """How many rows there is room for, and for how many of those of fan-outs."""

    rows: int
    bulk: int


async def lease(lease_id: UUID, kinds: Sequence[str], room: Room, now: datetime, until: datetime) -> Batch:
    """Rows to send before `until` to addresses of `kinds`; the rest of what is due is settled without sending."""
    found = (now, room.rows, now, room.bulk, room.rows)
    rows = await Delivery.raw(LEASE, *found, now, list(kinds), lease_id, now, until, now)
    return Batch(
        rows=[_leased(row) for row in rows if row["obstacle"] is None],
        due=len(rows),
        unconfigured=frozenset(row["address_kind"] for row in rows if row["obstacle"] == "UNCONFIGURED"),
    )


OWN = ("id", "lease", "until", "attempts", "ambiguous", "is_bulk", "address_kind", "address", "registrations")


def _leased(row: dict[str, Any]) -> Leased:
    facts = {name: row[name] for name in ("mid", "recipient", "subject", "rev", "kind", "created_at", "valid_until")}
    notification = Notification(params=msgspec.json.decode(row["params"]), **facts)
    own = {name: row[name] for name in OWN}
    quiet = Quiet(row["begins"], row["ends"], row["zone"]) if row["zone"] else None
    return Leased(notification=notification, quiet=quiet, **own)


SETTLE = """
WITH outcome AS (
    SELECT * FROM unnest(
        {}::bigint[], {}::uuid[], {}::text[], {}::text[], {}::text[], {}::timestamptz[], {}::smallint[],
        {}::smallint[], {}::int[]
    ) AS o (id, lease, state, code, provider_id, not_before, ambiguous, unsent, registrations)
),
settled AS (
    UPDATE delivery AS d SET
        state = o.state, code = o.code, provider_id = o.provider_id, not_before = o.not_before, lease = NULL,
        ambiguous = d.ambiguous + o.ambiguous, attempts = d.attempts - o.unsent,
        settled_at = CASE WHEN o.state = 'pending' THEN NULL ELSE {}::timestamptz END
    FROM outcome AS o
    -- the fence: the row is still under the lease that it was sent under
    WHERE d.id = o.id AND d.lease = o.lease
    RETURNING d.id, d.address, o.state, o.registrations
),
dead AS (
    -- only the registration that was sent to: one made since then is alive
    DELETE FROM address AS a USING settled AS s
    WHERE s.state = 'address_dead' AND a.id = s.address AND a.registrations = s.registrations
)
SELECT count(*) AS rows FROM settled
"""


async def settle(settlements: Sequence[Settlement], now: datetime) -> int:
    """How many were still ours; the others have been leased anew, and are settled by whoever did."""
    rows = await Delivery.raw(
        SETTLE,
        [each.leased.id for each in settlements],
        [each.leased.lease for each in settlements],
        [each.state for each in settlements],
        [_kept(each.code) for each in settlements],
        [_kept(each.provider_id) for each in settlements],
        [now + timedelta(seconds=each.wait_s) for each in settlements],
        [int(each.is_ambiguous) for each in settlements],
        [int(not each.was_sent) for each in settlements],
        [each.leased.registrations for each in settlements],
        now,
    )
    count: int = rows[0]["rows"]
    return count


def _kept(words: str | None) -> str | None:
    """Others' words, which PostgreSQL takes with every character but one."""
    return words and words.replace("\0", "")
