"""Residents who come from an app that signs them in with Firebase: the token is checked here, with Google's keys.

Not by firebase-admin: it fetches the keys with blocking I/O, needs 1.8 ms a token, and believes forged ones when
FIREBASE_AUTH_EMULATOR_HOST is set (settings.py refuses to start then).
"""

from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from api.accounts.errors import SignInRefused
from api.accounts.sessions import TokenPair, open_session
from api.accounts.tables import Account
from api.piccolo_conf import DB

SKEW_S = 60
ISSUER = "https://securetoken.google.com/"
REQUIRED = ["aud", "auth_time", "exp", "iat", "iss", "sub"]


class Keys(Protocol):
    async def key(self, name: str) -> RSAPublicKey | None: ...


async def read_subject(token: str, project: str, keys: Keys, now: datetime) -> str:
    """Who signed in at that Firebase project. Raises SignInRefused for every fault alike."""
    try:
        header = jwt.get_unverified_header(token)
        key = await keys.key(header["kid"]) if header.get("alg") == "RS256" and _is_name(header.get("kid")) else None
        if key is None:
            raise SignInRefused
        # our clock decides, below: pyjwt's is the machine's
        options: Any = {"require": REQUIRED, "verify_exp": False, "verify_iat": False, "verify_nbf": False}
        claims = jwt.decode(
            token, key, algorithms=["RS256"], audience=project, issuer=f"{ISSUER}{project}", options=options
        )
    except jwt.PyJWTError as error:
        raise SignInRefused from error
    if not _is_timely(claims, now.timestamp()) or not _is_name(claims["sub"]) or claims["aud"] != project:
        raise SignInRefused
    subject: str = claims["sub"]
    return subject


def _is_name(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= 128


def _is_timely(claims: dict[str, Any], now: float) -> bool:
    times = [claims[name] for name in ("exp", "iat", "auth_time")]
    if not all(isinstance(time, int) and not isinstance(time, bool) for time in times):
        return False
    ends, issued, signed_in = times
    return bool(ends > now - SKEW_S and issued <= now + SKEW_S and signed_in <= now + SKEW_S)


KNOWN = """
SELECT account.id, account.uid FROM firebase_identity JOIN account ON account.id = firebase_identity.account
WHERE project = $1 AND subject = $2
"""

HOLD = "SELECT pg_advisory_xact_lock(hashtext('firebase_identity'), hashtext($1))"

REMEMBER = "INSERT INTO firebase_identity (project, subject, account, since) VALUES ($1, $2, $3, $4)"


async def sign_in(project: str, subject: str, device_name: str, language: str, now: datetime) -> TokenPair:
    """The resident's account, made at the first time. Raises SignInRefused for a closed one."""
    async with DB.transaction():
        await DB.fetch(HOLD, subject)
        rows = await DB.fetch(KNOWN, project, subject)
        account, uid = rows[0] if rows else await _open(project, subject, language, now)
        seen = "UPDATE account SET seen_at = $2 WHERE id = $1 AND disabled_at IS NULL RETURNING id"
        if not await DB.fetch(seen, account, now):
            raise SignInRefused
        return await open_session(account, uid, now, device_name=device_name)


async def _open(project: str, subject: str, language: str, now: datetime) -> tuple[int, UUID]:
    account = Account(language=language, created_at=now, seen_at=now)
    await account.save()
    await DB.fetch(REMEMBER, project, subject, account.id, now)
    return account.id, account.uid
