"""Telling several people the same thing: few at once, many by parts that the worker expands.

A fan-out is a row with its audience and how many of it are told; each part and the new position are one transaction,
so a worker may die at any moment. What is sent to many stands behind what is sent to few (`ledger.LEASE`).
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from push.tables import Fanout

PART = 1_000  # recipients: each one's inbox is locked until the commit, and the server has 6,400 locks
AT_ONCE = 50  # told in the caller's transaction; the function `push_tell` has the same number


class Reader(msgspec.Struct, frozen=True):
    """One of the audience: which kind of notice it is to them, and in which language the words come."""

    recipient: int
    kind: str
    language: str = "id"


class Announcement(msgspec.Struct, frozen=True, kw_only=True):
    """`params` as in `outbox.Notice`: facts for the words, the same for everybody."""

    subject: UUID
    rev: int
    params: Mapping[str, Any] = {}


TELL = """
-- up to AT_ONCE at once, more as one row: see the migration
SELECT push_tell({}::bigint[], {}::text[], {}::text[], {}, {}, {}, {}, {})
"""


async def tell(readers: Sequence[Reader], said: Announcement, now: datetime, valid: timedelta) -> None:
    """In the caller's transaction. The same again tells nobody twice."""
    whom = sorted({reader.recipient: reader for reader in readers}.values(), key=lambda reader: reader.recipient)
    await Fanout.raw(
        TELL,
        [reader.recipient for reader in whom],
        [reader.kind for reader in whom],
        [reader.language for reader in whom],
        said.subject,
        said.rev,
        msgspec.json.encode(said.params).decode(),
        now,
        valid,
    )


EXPAND = """
SELECT push_expand({}, {}) AS told
"""


async def expand(now: datetime, part: int = PART) -> int:
    """The next part of the fan-out that has the fewest left; 0 when there is none that nobody else is at."""
    rows = await Fanout.raw(EXPAND, part, now)
    told: int = rows[0]["told"]
    return told


WITHDRAW = """
WITH ended AS (
    UPDATE fanout AS f SET finished_at = {}, recipients = ARRAY[]::bigint[],
        kinds = ARRAY[]::text[], languages = ARRAY[]::text[]
    WHERE f.subject = {} AND f.finished_at IS NULL
),
-- no inbox shows it any more; what is being sent just now is not tried a second time
emptied AS (
    UPDATE notification AS n SET params = {}::jsonb, emptied_at = {}, seen_at = coalesce(n.seen_at, {}),
        valid_until = least(n.valid_until, {})
    WHERE n.subject = {} AND n.emptied_at IS NULL
)
UPDATE delivery AS d SET state = 'superseded', settled_at = {}, code = 'WITHDRAWN'
FROM notification AS n WHERE n.subject = {} AND d.notification = n.seq AND d.state = 'pending'
"""


async def withdraw(subject: UUID, now: datetime) -> None:
    """Nobody more is told, and it is gone from every inbox; a push that is on its way arrives all the same."""
    await Fanout.raw(WITHDRAW, now, subject, "{}", now, now, now, subject, now, subject)
