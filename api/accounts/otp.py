"""Codes that prove a phone number: six digits that we send, or sixteen signs that the resident sends us.

Limits are per account, per sign-in (a device) and per number, never per IP address: a whole quarter shares one behind
a mobile operator.
"""

import hmac
import secrets
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

import msgspec

from api.accounts.codes import code_hash, make_code
from api.accounts.errors import OtpTooMany
from api.accounts.sealing import Seals
from api.accounts.speaker import Speaker
from api.errors import FieldRefused
from api.piccolo_conf import DB
from push.sender import Outcome

VALID_FOR = timedelta(minutes=5)
INVERSE_VALID_FOR = timedelta(minutes=30)
MAX_TRIES = 5
MINUTE, HOUR, DAY = 60, 3600, 86400
KEPT_FOR = timedelta(days=2)


class Texts(Protocol):
    """Sends a text message; `phone` in E.164."""

    async def text(self, phone: str, text: str) -> Outcome: ...


class Inverse(msgspec.Struct, frozen=True):
    """To be sent by SMS to `send_to`; `sms_uri` opens it written on the phone."""

    code: str
    send_to: str
    sms_uri: str
    valid_until: datetime


COUNTS = """
-- what was asked for lately by this account, by this sign-in, for this number; the columns as LIMITS
SELECT count(*) FILTER (WHERE account = $1 AND asked_at > $4::timestamptz - interval '1 hour'),
    count(*) FILTER (WHERE account = $1),
    count(*) FILTER (WHERE family = $2 AND asked_at > $4 - interval '1 hour'),
    count(*) FILTER (WHERE lookup = $3 AND asked_at > $4 - interval '1 minute'),
    count(*) FILTER (WHERE lookup = $3 AND asked_at > $4 - interval '1 hour'),
    count(*) FILTER (WHERE lookup = $3)
FROM otp WHERE (account = $1 OR lookup = $3) AND asked_at > $4 - interval '1 day'
"""
LIMITS = ((5, HOUR), (10, DAY), (4, HOUR), (1, MINUTE), (3, HOUR), (6, DAY))

HOLD = """
-- of those who ask at once for one account or one number, one is counted after the other
SELECT pg_advisory_xact_lock(hashtext('otp'), hashtext(held)) FROM unnest($1::text[]) AS held ORDER BY held
"""

FAMILY = "SELECT family FROM session WHERE id = $1"

INSERT = """
INSERT INTO otp (account, family, lookup, hash, asked_at, valid_until) VALUES ($1, $2, $3, $4, $5, $6)
"""


async def _note(speaker: Speaker, lookup: bytes | None, hashed: bytes, now: datetime, until: datetime) -> None:
    """Raises OtpTooMany."""
    async with DB.transaction():
        await DB.fetch(HOLD, [str(speaker.account), *([lookup.hex()] if lookup else [])])
        family: UUID = (await DB.fetch(FAMILY, speaker.session))[0]["family"]
        counts = (await DB.fetch(COUNTS, speaker.account, family, lookup, now))[0]
        waits = [wait for count, (most, wait) in zip(counts, LIMITS, strict=True) if count >= most]
        if waits:
            raise OtpTooMany(max(waits))
        await DB.fetch(INSERT, speaker.account, family, lookup, hashed, now, until)


async def make_otp(speaker: Speaker, number: str, seals: Seals, now: datetime) -> str:
    """Six digits for that number and this account. Raises OtpTooMany."""
    code = f"{secrets.randbelow(10**6):06d}"
    lookup = seals.keyed_hash(number)
    await _note(speaker, lookup, _hashed(speaker.account, code, seals), now, now + VALID_FOR)
    return code


def _hashed(account: int, code: str, seals: Seals) -> bytes:
    """With the key: a million codes are soon tried out."""
    return seals.keyed_hash(f"otp {account} {code}")


TRY = """
-- the last code of this account for this number; each try is counted, whatever becomes of it
UPDATE otp SET tries = tries + 1 WHERE id = (
    SELECT id FROM otp WHERE account = $1 AND lookup = $2 ORDER BY id DESC LIMIT 1 FOR UPDATE)
    AND used_at IS NULL AND valid_until > $3 AND tries < $4
RETURNING id, hash
"""


async def check_otp(speaker: Speaker, number: str, code: str, seals: Seals, now: datetime) -> int:
    """The code's id, to be used up. Raises FieldRefused for a wrong, old, used or too often tried one alike."""
    rows = await DB.fetch(TRY, speaker.account, seals.keyed_hash(number), now, MAX_TRIES)
    expected = rows[0]["hash"] if rows else b""
    if not hmac.compare_digest(expected, _hashed(speaker.account, code.strip(), seals)):
        raise FieldRefused("code", "otp-wrong", minutes=int(VALID_FOR.total_seconds()) // 60)
    found: int = rows[0]["id"]
    return found


USE_UP = "UPDATE otp SET used_at = $2 WHERE id = $1 AND used_at IS NULL RETURNING id"


async def use_up(otp: int, now: datetime) -> bool:
    """In the transaction of what it proves. False when it was used meanwhile."""
    return bool(await DB.fetch(USE_UP, otp, now))


async def make_inverse(speaker: Speaker, send_to: str, now: datetime) -> Inverse:
    """Raises OtpTooMany. The code is long: whoever guessed one could take over what belongs to it."""
    code, until = make_code(), now + INVERSE_VALID_FOR
    await _note(speaker, None, code_hash(code), now, until)
    return Inverse(code, send_to, f"sms:{send_to}?body={code}", until)


AWAITED = """
SELECT otp.id, otp.account FROM otp JOIN account ON account.id = otp.account
WHERE otp.lookup IS NULL AND otp.hash = $1 AND otp.used_at IS NULL AND otp.valid_until > $2
    AND account.merged_into IS NULL AND account.disabled_at IS NULL
"""


async def find_inverse(code: str, now: datetime) -> tuple[int, int] | None:
    """The code's id and the account that waits for it."""
    rows = await DB.fetch(AWAITED, code_hash(code), now)
    return (rows[0]["id"], rows[0]["account"]) if rows else None


async def forget_old(now: datetime) -> None:
    await DB.fetch("DELETE FROM otp WHERE asked_at < $1", now - KEPT_FOR)
