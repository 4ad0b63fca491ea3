"""One recipient becomes another: two accounts of one person were joined. Or is forgotten: the account was erased."""

from collections.abc import Sequence
from typing import Any

from piccolo.engine import engine_finder

HOLD = """
-- both inboxes, in ascending order, as push_notify holds them
SELECT pg_advisory_xact_lock(hashtext('push_notify'), hashint8(held)) FROM unnest($1::bigint[]) AS held ORDER BY held
"""

MOVE_NOTIFICATIONS = """
-- what both were told stays with the former one
UPDATE notification AS n SET recipient = $2 WHERE n.recipient = $1 AND NOT EXISTS (
    SELECT FROM notification AS o
    WHERE o.recipient = $2 AND o.subject = n.subject AND o.rev = n.rev AND o.kind = n.kind)
"""

MOVE_ADDRESSES = "UPDATE address SET recipient = $2 WHERE recipient = $1"


async def move_recipient(source: int, target: int) -> None:
    """In the caller's transaction. What is still to be sent arrives; wishes and quiet hours are those of `target`."""
    engine: Any = engine_finder()
    await engine.fetch(HOLD, [source, target])
    await engine.fetch(MOVE_NOTIFICATIONS, source, target)
    await engine.fetch(MOVE_ADDRESSES, source, target)


FORGET = """
-- deliveries go with their notifications; one that is on its way finds nothing to settle
WITH addresses AS (DELETE FROM address WHERE recipient = ANY($1::bigint[])),
wishes AS (DELETE FROM inbox_only WHERE recipient = ANY($1::bigint[])),
hours AS (DELETE FROM quiet_hours WHERE recipient = ANY($1::bigint[])),
digests AS (DELETE FROM digest WHERE recipient = ANY($1::bigint[]))
DELETE FROM notification WHERE recipient = ANY($1::bigint[])
"""


async def forget_recipients(recipients: Sequence[int]) -> None:
    """Addresses, wishes, the inbox and what was still to be sent. In the caller's transaction."""
    engine: Any = engine_finder()
    await engine.fetch(HOLD, list(recipients))
    await engine.fetch(FORGET, list(recipients))
