"""An account stops being anybody's: all that leads to a person goes, a numbered row without content stays.

The row stays because the chained events of reports name its number, and their chain is a proof; with nothing behind it
the number is nobody's.
"""

from datetime import datetime
from uuid import UUID

import msgspec

from api.piccolo_conf import DB


class Trace(msgspec.Struct, frozen=True):
    """`accounts`: with those that were joined to it; `devices`: its sign-ins."""

    accounts: tuple[int, ...]
    devices: tuple[UUID, ...]
    is_staff: bool


HOLD = """
-- the account and those joined to it, against merges and sign-ins, in the order of their ids
SELECT id, login IS NOT NULL AS is_staff FROM account WHERE id = $1 OR merged_into = $1 ORDER BY id FOR UPDATE
"""
DEVICES = "SELECT DISTINCT family FROM session WHERE account = ANY($1::bigint[])"


async def hold(account: int) -> Trace:
    """In the caller's transaction, until its end."""
    held = await DB.fetch(HOLD, account)
    ids = [row["id"] for row in held]
    devices = tuple(row["family"] for row in await DB.fetch(DEVICES, ids))
    return Trace(tuple(ids), devices, any(row["is_staff"] for row in held))


FORGET = """
WITH sessions AS (DELETE FROM session WHERE account = ANY($1::bigint[])),
phones AS (DELETE FROM account_phone WHERE account = ANY($1::bigint[])),
codes AS (DELETE FROM otp WHERE account = ANY($1::bigint[])),
identities AS (DELETE FROM firebase_identity WHERE account = ANY($1::bigint[])),
recoveries AS (DELETE FROM recovery_code WHERE account = ANY($1::bigint[])),
devices AS (DELETE FROM known_device WHERE account = ANY($1::bigint[])),
grants AS (DELETE FROM role_grant WHERE account = ANY($1::bigint[])),
-- of a resident nothing; what was granted to and done by staff is the city's own record
events AS (DELETE FROM account_event WHERE account = ANY($1::bigint[]) AND NOT $3)
-- a new name outside, so that no phone's copy of the old one leads here
UPDATE account SET uid = gen_random_uuid(), login = NULL, password_hash = NULL, totp_sealed = NULL,
    totp_pending = NULL, totp_required = false, totp_counter = 0, enrolment_hash = NULL, enrolment_until = NULL,
    failures = 0, locked_until = NULL, seen_at = NULL, language = 'id', trust = 0, blocks = '[]',
    created_at = date_trunc('month', created_at),
    disabled_at = coalesce(disabled_at, $2)
WHERE id = ANY($1::bigint[])
"""


async def forget(trace: Trace, now: datetime) -> None:
    """In the caller's transaction, which holds the account. The same again changes nothing."""
    await DB.fetch(FORGET, list(trace.accounts), now, trace.is_staff)
