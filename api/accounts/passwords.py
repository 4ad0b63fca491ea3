"""Passwords: argon2id in one thread for strangers and one for people we know, as each check takes 64 MB."""

import anyio
import argon2

from api.errors import FieldRefused

MIN_PASSWORD = 12
HASHER = argon2.PasswordHasher()
# Nobody's password, so that an unknown login costs the same time. Written down: to make it anew, each process would
# take 0.3 s and 64 MB before it answers anything.
NOBODY = "$argon2id$v=19$m=65536,t=3,p=4$hw28XHK9Q8w5Rqp9LfmWBg$bTLuuweyxj6nwqk6GxE9AvVrODGtnHA65C3MWXisL1s"
STRANGERS = anyio.CapacityLimiter(1)
KNOWN = anyio.CapacityLimiter(1)  # strangers who try passwords by the thousand do not stand in this queue


async def hash_password(password: str) -> str:
    return await anyio.to_thread.run_sync(HASHER.hash, password, limiter=KNOWN)


async def is_password(password: str, password_hash: str | None, limiter: anyio.CapacityLimiter = STRANGERS) -> bool:
    """Takes the same time when there is none."""

    def verify() -> bool:
        try:
            return HASHER.verify(password_hash or NOBODY, password) and password_hash is not None
        except argon2.exceptions.VerifyMismatchError:
            return False

    return await anyio.to_thread.run_sync(verify, limiter=limiter)


def check_new(password: str, login: str) -> None:
    """Length is what counts (NIST SP 800-63B). Raises FieldRefused."""
    if len(password) < MIN_PASSWORD:
        raise FieldRefused("password", "password-short", limit=MIN_PASSWORD)
    if password.strip().lower() == login or len(set(password)) < 4:
        raise FieldRefused("password", "password-guessable")
