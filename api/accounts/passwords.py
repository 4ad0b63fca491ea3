"""Staff sign-in: argon2id in two threads at most (each check takes 64 MB), TOTP once per counter, lockout."""

from datetime import datetime, timedelta

import anyio
import argon2
import pyotp

from api.accounts.errors import SignInRefused
from api.accounts.sessions import TokenPair, open_session
from api.accounts.tables import Account
from api.piccolo_conf import DB

MAX_FAILURES = 5
LOCKED_FOR = timedelta(minutes=15)
TOTP_STEP_S = 30
HASHER = argon2.PasswordHasher()
NOBODY = HASHER.hash("nobody's password, so that an unknown login costs the same time")
THREADS = anyio.CapacityLimiter(2)


async def hash_password(password: str) -> str:
    return await anyio.to_thread.run_sync(HASHER.hash, password, limiter=THREADS)


async def is_password(password: str, password_hash: str) -> bool:
    def verify() -> bool:
        try:
            return HASHER.verify(password_hash, password)
        except argon2.exceptions.VerifyMismatchError:
            return False

    return await anyio.to_thread.run_sync(verify, limiter=THREADS)


async def sign_in(login: str, password: str, totp: str | None, now: datetime) -> TokenPair:
    """Raises SignInRefused for every reason alike: a locked account that said so would tell that it exists."""
    account = await Account.objects().where(Account.login == login.strip().lower()).first()
    right = await is_password(password, (account and account.password_hash) or NOBODY)
    if account is None:
        raise SignInRefused
    counter = totp_counter(account, totp, now)
    if not right or counter is None:
        await DB.fetch(NOTE_FAILURE, account.id, now, MAX_FAILURES, now + LOCKED_FOR)
        raise SignInRefused
    if not await DB.fetch(ADMIT, account.id, now, counter):
        raise SignInRefused
    return await open_session(account.id, account.uid, now)


# Both statements look at the row as it is now: guesses that come all at once are counted one by one, and none of
# them is admitted after the last of the allowed ones has failed.
NOTE_FAILURE = """
UPDATE account SET failures = CASE WHEN failures + 1 < $3 THEN failures + 1 ELSE 0 END,
    locked_until = CASE WHEN failures + 1 < $3 THEN NULL ELSE $4::timestamptz END
-- a failure while it is locked does not lengthen the lock
WHERE id = $1 AND (locked_until IS NULL OR locked_until <= $2)
"""

ADMIT = """
UPDATE account SET failures = 0, locked_until = NULL, totp_counter = $3
WHERE id = $1 AND (locked_until IS NULL OR locked_until <= $2)
-- the code was not used by somebody else in between
    AND (totp_secret IS NULL OR totp_counter < $3)
RETURNING id
"""


def totp_counter(account: Account, code: str | None, now: datetime) -> int | None:
    """The counter that `code` belongs to, never one used before; None when the code is wrong or missing."""
    if account.totp_secret is None:
        return account.totp_counter
    present = int(now.timestamp()) // TOTP_STEP_S
    hotp = pyotp.HOTP(account.totp_secret)
    for counter in (present, present - 1, present + 1):
        if counter > account.totp_counter and code and hotp.verify(code, counter):
            return counter
    return None
