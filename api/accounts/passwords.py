"""Staff sign-in: argon2id in two threads at most (each check takes 64 MB), TOTP once per counter, lockout."""

from datetime import datetime, timedelta

import anyio
import argon2
import pyotp

from api.accounts.errors import AccountLocked, SignInRefused
from api.accounts.sessions import TokenPair, open_session
from api.accounts.tables import Account

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
    """Raises SignInRefused, or AccountLocked after MAX_FAILURES in a row."""
    account = await Account.objects().where(Account.login == login.strip().lower()).first()
    right = await is_password(password, (account and account.password_hash) or NOBODY)
    if account is None:
        raise SignInRefused
    if account.locked_until and account.locked_until > now:
        raise AccountLocked(account.locked_until)
    counter = totp_counter(account, totp, now)
    if not right or counter is None:
        await note_failure(account, now)
        raise SignInRefused
    await Account.update({Account.failures: 0, Account.locked_until: None, Account.totp_counter: counter}).where(
        Account.id == account.id
    )
    return await open_session(account.id, account.uid, now)


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


async def note_failure(account: Account, now: datetime) -> None:
    failures = account.failures + 1
    locked_until = now + LOCKED_FOR if failures >= MAX_FAILURES else None
    await Account.update({Account.failures: 0 if locked_until else failures, Account.locked_until: locked_until}).where(
        Account.id == account.id
    )
