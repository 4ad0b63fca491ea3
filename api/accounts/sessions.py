"""Token pairs: given at sign-in, rotated at refresh, ended together."""

import secrets
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import msgspec
from piccolo.columns.combination import Where

from api.accounts.errors import NotSignedIn
from api.accounts.speaker import token_hash
from api.accounts.tables import Account, Session
from api.piccolo_conf import DB

ACCESS_FOR = timedelta(hours=1)
REFRESH_FOR = timedelta(days=180)
ENDED_KEPT_FOR = timedelta(days=14)  # as long the reuse of a rotated token ends its family
SWEPT_AT_ONCE = 10_000
GRACE = timedelta(seconds=30)  # a phone that lost the answer to its refresh asks again with the old token


class TokenPair(msgspec.Struct, frozen=True):
    """`expires_in`: seconds until the access token ends. `device_token`: to be shown at the next sign-in of staff."""

    account_id: UUID
    access_token: str
    expires_in: int
    refresh_token: str
    device_token: str | msgspec.UnsetType = msgspec.UNSET


async def open_session(
    account: int, uid: UUID, now: datetime, *, device_name: str = "", family: UUID | None = None
) -> TokenPair:
    pair = TokenPair(uid, secrets.token_urlsafe(32), int(ACCESS_FOR.total_seconds()), secrets.token_urlsafe(32))
    await Session.insert(
        Session(
            family=family or uuid4(),
            account=account,
            device_name=device_name,
            access_hash=token_hash(pair.access_token),
            access_until=now + ACCESS_FOR,
            refresh_hash=token_hash(pair.refresh_token),
            refresh_until=now + REFRESH_FOR,
        )
    )
    return pair


async def open_anonymous(device_name: str, language: str, now: datetime) -> TokenPair:
    """A resident's account: no name, no number, one device."""
    async with DB.transaction():
        account = Account(language=language, created_at=now, seen_at=now)
        await account.save()
        return await open_session(account.id, account.uid, now, device_name=device_name)


HOLD = """
-- one change of a family at a time: no new pair slips past the end of its family
SELECT pg_advisory_xact_lock(hashtextextended($1::uuid::text, 0))
"""


SEEN = """
-- whoever ends all sessions of the account, or joins it to another, waits for us, or we for them
UPDATE account SET seen_at = $2 WHERE id = $1
"""


async def _hold_family(of: Where, now: datetime) -> UUID | None:
    """The family of that session, ours until the end of the transaction."""
    found = await Session.select(Session.family, Session.account).where(of).first()
    if found is None:
        return None
    await DB.fetch(HOLD, found["family"])
    await DB.fetch(SEEN, found["account"], now)
    family: UUID = found["family"]
    return family


ROTATE = """
SELECT session.id, session.family, session.device_name, session.rotated_at, session.revoked_at,
       account.id AS account, account.uid
FROM session JOIN account ON account.id = session.account
WHERE session.refresh_hash = $1 AND session.refresh_until > $2
"""


async def refresh(token: str, now: datetime) -> TokenPair:
    """A new pair. Raises NotSignedIn; a token used again after the grace ends the whole family."""
    async with DB.transaction():
        await _hold_family(Session.refresh_hash == token_hash(token), now)
        rows = await DB.fetch(ROTATE, token_hash(token), now)
        if rows and not rows[0]["revoked_at"] and not _is_reused(rows[0]["rotated_at"], now):
            old = rows[0]
            await Session.update({Session.rotated_at: old["rotated_at"] or now}).where(Session.id == old["id"])
            return await open_session(
                old["account"], old["uid"], now, device_name=old["device_name"], family=old["family"]
            )
        if rows:
            await Session.update({Session.revoked_at: now}).where(Session.family == rows[0]["family"])
    raise NotSignedIn


def _is_reused(rotated_at: datetime | None, now: datetime) -> bool:
    return rotated_at is not None and now - rotated_at > GRACE


async def close_session(session: int, now: datetime) -> None:
    """Ends the whole family: every token of this sign-in."""
    async with DB.transaction():
        family = await _hold_family(Session.id == session, now)
        await Session.update({Session.revoked_at: now}).where(Session.family == family)


async def end_family(family: UUID, now: datetime) -> None:
    async with DB.transaction():
        await DB.fetch(HOLD, family)
        await Session.update({Session.revoked_at: now}).where(Session.family == family)


END_ALL = """
UPDATE session SET revoked_at = $2
WHERE account = $1 AND revoked_at IS NULL AND family IS DISTINCT FROM (SELECT family FROM session WHERE id = $3)
"""


async def end_all(account: int, now: datetime, *, but: int | None = None) -> None:
    """All sign-ins of the account, except the one that the session `but` belongs to."""
    async with DB.transaction():
        await DB.fetch("SELECT id FROM account WHERE id = $1 FOR UPDATE", account)
        await DB.fetch(END_ALL, account, now, but)


SWEEP = """
-- ended, past its refresh, or rotated so long ago that whoever brings it again is merely refused
DELETE FROM session WHERE id IN (
    SELECT id FROM session WHERE revoked_at < $1 OR refresh_until < $1 OR rotated_at < $1 LIMIT $2)
RETURNING id
"""


async def sweep(now: datetime, *, at_once: int = SWEPT_AT_ONCE) -> int:
    """How many went, `at_once` at most: no sweep holds rows for long."""
    return len(await DB.fetch(SWEEP, now - ENDED_KEPT_FOR, at_once))
