"""Staff sign in: password, second factor, and a lock that a stranger cannot turn against the owner."""

from datetime import datetime, timedelta

import msgspec

from api.accounts import devices, second_factor
from api.accounts.devices import Device
from api.accounts.errors import SignInRefused
from api.accounts.passwords import KNOWN, STRANGERS, is_password
from api.accounts.sealing import Seals
from api.accounts.second_factor import Factor
from api.accounts.sessions import TokenPair, open_session
from api.accounts.tables import Account
from api.piccolo_conf import DB

MAX_FAILURES = 5
LOCKED_FOR = timedelta(minutes=15)


class Proof(msgspec.Struct, frozen=True):
    """What somebody shows: `code` of the second factor, `device` the token of an earlier sign-in."""

    password: str
    code: str | None = None
    device: str | None = None


class Proven(msgspec.Struct, frozen=True):
    """What was right when we looked; `admit` makes sure that it still is."""

    account: Account
    device: Device | None
    factor: Factor


async def sign_in(login: str, proof: Proof, seals: Seals, now: datetime, *, device_name: str = "") -> TokenPair:
    """Raises SignInRefused for every reason alike: a locked account that said so would tell that it exists."""
    account = await Account.objects().where(Account.login == login.strip().lower()).first()
    proven = await prove(account, proof, seals, now)
    async with DB.transaction():
        await admit(proven, now)
        token = await devices.remember(proven.account.id, proven.device, now)
        pair = await open_session(proven.account.id, proven.account.uid, now, device_name=device_name)
    return msgspec.structs.replace(pair, device_token=token)


async def prove(account: Account | None, proof: Proof, seals: Seals, now: datetime) -> Proven:
    """Outside of a transaction, so that failures stay noted. Raises SignInRefused."""
    device = await devices.find_known(account.id if account else 0, proof.device, now)
    limiter = KNOWN if device else STRANGERS
    right = await is_password(proof.password, account.password_hash if account else None, limiter)
    if account is None:
        raise SignInRefused
    factor = await second_factor.read_factor(account, proof.code, seals, now) if right else None
    if factor is not None:
        return Proven(account, device, factor)
    if device is not None:
        await devices.note_failure(device, now, MAX_FAILURES, now + LOCKED_FOR)
    else:
        await DB.fetch(NOTE_FAILURE, account.id, now, MAX_FAILURES, now + LOCKED_FOR)
    raise SignInRefused


async def admit(proven: Proven, now: datetime) -> None:
    """In the transaction of what it allows. Raises SignInRefused."""
    account, factor = proven.account, proven.factor
    is_known, is_recovery = proven.device is not None, factor.recovery is not None
    values = (account.id, now, factor.counter, is_known, is_recovery, account.password_hash)
    if not await DB.fetch(ADMIT, *values) or not await second_factor.use_up(account.id, factor, now):
        raise SignInRefused


# Both statements look at the row as it is now: guesses that come all at once are counted one by one, and none of
# them is admitted after the last of the allowed ones has failed.
NOTE_FAILURE = """
UPDATE account SET failures = CASE WHEN failures + 1 < $3 THEN failures + 1 ELSE 0 END,
    locked_until = CASE WHEN failures + 1 < $3 THEN NULL ELSE $4::timestamptz END
-- a failure while it is locked does not lengthen the lock
WHERE id = $1 AND (locked_until IS NULL OR locked_until <= $2)
"""

ADMIT = """
-- what a known device does says nothing about the strangers who are counted here
UPDATE account SET failures = CASE WHEN $4 THEN failures ELSE 0 END,
    locked_until = CASE WHEN $4 THEN locked_until END, totp_counter = $3
WHERE id = $1 AND disabled_at IS NULL
    AND ($4::boolean OR locked_until IS NULL OR locked_until <= $2)
-- the code was not used, nor the password changed, by somebody else in between
    AND (totp_sealed IS NULL OR totp_counter < $3 OR ($5::boolean AND totp_counter = $3))
    AND password_hash = $6
RETURNING id
"""
