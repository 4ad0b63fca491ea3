"""The keys of systems that report through Open311: hashed, of one city, counted by the hour."""

import secrets
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from api.accounts.sessions import open_anonymous
from api.accounts.speaker import Speaker, token_hash
from api.accounts.tables import Account
from api.piccolo_conf import DB
from api.public.tables import ApiKey

PER_HOUR = 600


class KeyRefused(Exception):
    """No key, an unknown or revoked one, or one of another city."""


class KeyUsedUp(Exception):
    def __init__(self, limit: int, retry_after_s: int) -> None:
        super().__init__(f"{limit} an hour")
        self.limit, self.retry_after_s = limit, retry_after_s


class KeyHolder(msgspec.Struct, frozen=True):
    speaker: Speaker
    city: int


async def add_key(name: str, city: int, per_hour: int, now: datetime) -> tuple[int, str]:
    """Its number, and the key, which is shown once."""
    key = f"kt_{secrets.token_urlsafe(32)}"
    async with DB.transaction():
        uid = (await open_anonymous(f"open311: {name}", "id", now)).account_id
        account = await Account.select(Account.id).where(Account.uid == uid).first()
        assert account is not None
        made = ApiKey(
            key_hash=token_hash(key),
            name=name,
            city=city,
            account=account["id"],
            per_hour=per_hour,
            hour=now,
            used=0,
            added_at=now,
        )
        await made.save()
    return made.id, key


REVOKE = "UPDATE api_key SET revoked_at = coalesce(revoked_at, $2) WHERE id = $1 RETURNING id"


async def revoke_key(number: int, now: datetime) -> bool:
    return bool(await DB.fetch(REVOKE, number, now))


USE = """
-- counted in the row itself, so that many at once are counted one by one
UPDATE api_key AS k SET
    hour = CASE WHEN k.hour > $2::timestamptz - interval '1 hour' THEN k.hour ELSE $2::timestamptz END,
    used = CASE WHEN k.hour > $2::timestamptz - interval '1 hour' THEN least(k.used, k.per_hour) + 1 ELSE 1 END
FROM account WHERE k.key_hash = $1 AND k.revoked_at IS NULL AND account.id = k.account
RETURNING k.account, k.city, k.used, k.per_hour, k.hour, account.uid, account.language
"""


async def use_key(key: str, now: datetime) -> KeyHolder:
    """Raises KeyRefused, KeyUsedUp."""
    rows = await DB.fetch(USE, token_hash(key), now)
    if not rows:
        raise KeyRefused
    row = rows[0]
    if row["used"] > row["per_hour"]:
        wait = row["hour"] + timedelta(hours=1) - now
        raise KeyUsedUp(row["per_hour"], max(1, int(wait.total_seconds())))
    return KeyHolder(Speaker(row["account"], UUID(str(row["uid"])), row["language"], session=0), row["city"])
