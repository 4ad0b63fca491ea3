"""The phone number of an account: sealed, found again by its keyed hash, shown to few."""

from datetime import datetime

import msgspec

from api.accounts.sealing import Seals
from api.piccolo_conf import DB


class Owner(msgspec.Struct, frozen=True):
    account: int
    is_staff: bool
    seen_at: datetime


OWNER = """
SELECT account.id, account.login IS NOT NULL, greatest(account.seen_at, account_phone.linked_at)
FROM account_phone JOIN account ON account.id = account_phone.account WHERE account_phone.lookup = $1
"""


async def owner_of(number: str, seals: Seals) -> Owner | None:
    """In a transaction it holds the number until its end: nobody else links it meanwhile."""
    await DB.fetch("SELECT pg_advisory_xact_lock(hashtext('account_phone'), hashtext($1))", number)
    rows = await DB.fetch(OWNER, seals.keyed_hash(number))
    return Owner(*rows[0]) if rows else None


TAKE_AWAY = "DELETE FROM account_phone WHERE lookup = $1 AND account <> $2"

LINK = """
INSERT INTO account_phone (account, lookup, sealed, linked_at) VALUES ($1, $2, $3, $4)
ON CONFLICT (account) DO UPDATE SET lookup = EXCLUDED.lookup, sealed = EXCLUDED.sealed, linked_at = EXCLUDED.linked_at
"""


async def link(account: int, number: str, seals: Seals, now: datetime) -> None:
    """Who had the number before has none."""
    await DB.fetch(TAKE_AWAY, seals.keyed_hash(number), account)
    await DB.fetch(LINK, account, seals.keyed_hash(number), seals.seal(number, _row(account)), now)


async def number_of(account: int, seals: Seals) -> str | None:
    """Raises SealBroken."""
    rows = await DB.fetch("SELECT sealed FROM account_phone WHERE account = $1", account)
    return seals.unseal(rows[0]["sealed"], _row(account)) if rows else None


async def unlink(account: int) -> bool:
    return bool(await DB.fetch("DELETE FROM account_phone WHERE account = $1 RETURNING account", account))


def _row(account: int) -> str:
    return f"phone {account}"
