"""Two accounts of one person become one: sessions and the trace; other rooms move what is theirs."""

from datetime import datetime

import msgspec

from api.piccolo_conf import DB


class Party(msgspec.Struct, frozen=True):
    id: int
    is_staff: bool
    has_phone: bool


PARTIES = """
-- in the order of their ids, so that two merges never wait for each other in a circle
SELECT id, login IS NOT NULL,
    EXISTS (SELECT FROM account_phone WHERE account_phone.account = account.id)
FROM account WHERE id = ANY($1::bigint[]) AND merged_into IS NULL ORDER BY id FOR UPDATE
"""


async def hold(*accounts: int) -> dict[int, Party]:
    """Those that are still accounts of their own, ours until the end of the transaction."""
    return {row[0]: Party(*row) for row in await DB.fetch(PARTIES, list(accounts))}


MOVE_SESSIONS = "UPDATE session SET account = $2 WHERE account = $1"

MOVE_IDENTITIES = "UPDATE firebase_identity SET account = $2 WHERE account = $1"

MARK = "UPDATE account SET merged_into = $2, merged_at = $3 WHERE id = $1"


async def join(source: int, target: int, now: datetime) -> None:
    """The row of `source` stays, because the chained events of reports name it."""
    await DB.fetch(MOVE_SESSIONS, source, target)
    await DB.fetch(MOVE_IDENTITIES, source, target)
    await DB.fetch(MARK, source, target, now)


LATELY = "SELECT id, merged_into FROM account WHERE merged_at > $1 AND merged_into IS NOT NULL ORDER BY id"


async def merged_since(then: datetime) -> list[tuple[int, int]]:
    return [tuple(row) for row in await DB.fetch(LATELY, then)]


NOTE = "INSERT INTO account_event (account, actor, kind, details, at) VALUES ($1, $2, $3, $4, $5)"


async def note(account: int, actor: int | None, kind: str, now: datetime, **details: object) -> None:
    """The trace of what was done to an account; never a number or a name."""
    await DB.fetch(NOTE, account, actor, kind, msgspec.json.encode(details).decode(), now)
