"""Devices that have signed in to an account before (OWASP "device cookies").

Whoever knows a login can fail five times and lock it; the lock holds for strangers only. A device that has signed in
well carries a token of its own and its own count of failures, so nobody elsewhere can lock out its owner.
"""

import secrets
from datetime import datetime, timedelta

import msgspec

from api.accounts.speaker import token_hash
from api.accounts.tables import KnownDevice
from api.piccolo_conf import DB

KEPT_FOR = timedelta(days=365)
MAX_DEVICES = 20  # of one account; the one that was used least lately gives way


class Device(msgspec.Struct, frozen=True):
    id: int
    token: str


async def find_known(account: int, token: str | None, now: datetime) -> Device | None:
    """None for a stranger, and for a device that has failed too often itself: it is a stranger for a while."""
    rows = await DB.fetch(KNOWN, account, token_hash(token or ""), now, now - KEPT_FOR)
    return Device(rows[0]["id"], token or "") if rows else None


KNOWN = """
SELECT id FROM known_device
WHERE account = $1 AND hash = $2 AND (locked_until IS NULL OR locked_until <= $3) AND used_at > $4
"""


async def remember(account: int, known: Device | None, now: datetime) -> str:
    """The token that this device shall bring next time; a new one for a stranger, never one that was brought."""
    if known is not None:
        await DB.fetch(FORGIVE, known.id, now)
        return known.token
    token = secrets.token_urlsafe(32)
    await DB.fetch(REMEMBER, account, token_hash(token), now, MAX_DEVICES)
    return token


FORGIVE = "UPDATE known_device SET failures = 0, locked_until = NULL, used_at = $2 WHERE id = $1"

REMEMBER = """
WITH gone AS (
    DELETE FROM known_device WHERE id IN (
        SELECT id FROM known_device WHERE account = $1 ORDER BY used_at DESC OFFSET $4 - 1)
)
INSERT INTO known_device (account, hash, used_at) VALUES ($1, $2, $3)
"""


async def forget_others(account: int, known: Device | None) -> None:
    await KnownDevice.delete().where((KnownDevice.account == account) & (KnownDevice.id != (known.id if known else 0)))


async def note_failure(device: Device, now: datetime, limit: int, locked_until: datetime) -> None:
    await DB.fetch(NOTE_FAILURE, device.id, now, limit, locked_until)


NOTE_FAILURE = """
UPDATE known_device SET failures = CASE WHEN failures + 1 < $3 THEN failures + 1 ELSE 0 END,
    locked_until = CASE WHEN failures + 1 < $3 THEN NULL ELSE $4::timestamptz END
WHERE id = $1 AND (locked_until IS NULL OR locked_until <= $2)
"""
