"""The one who makes a request, found from the bearer token or the cookie before the body is read."""

import hashlib
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import msgspec
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler

from api.accounts.cookies import session_token
from api.accounts.errors import NotSignedIn
from api.catalogue import Language
from api.clock import clock_of
from api.piccolo_conf import DB

Role = Literal["officer", "coordinator", "area_head", "operator", "auditor", "admin"]


class Grant(msgspec.Struct, frozen=True):
    """`agency` and `area_code` cover their whole subtree; None means all of the city."""

    id: int
    role: Role
    city: int | None
    agency: int | None
    area_code: str | None


class Block(msgspec.Struct, frozen=True):
    """A city that does not listen to the account for a while; None is every city."""

    city: int | None
    until: datetime
    reason: str


class Speaker(msgspec.Struct, frozen=True):
    account: int
    uid: UUID
    language: Language
    session: int
    grants: tuple[Grant, ...] = ()
    trust: int = 0
    blocks: tuple[Block, ...] = ()


SPEAKER = """
-- the session by its token, unless it has ended
SELECT account.id, account.uid, account.language, session.id AS session,
    account.trust, account.blocks::text,
-- with all that the account may do
    (SELECT jsonb_agg(jsonb_build_object('id', g.id, 'role', g.role, 'city', g.city, 'agency', g.agency,
                                         'area_code', g.area_code))
     FROM role_grant AS g WHERE g.account = account.id
-- which is nothing yet while a second factor is required and missing
        AND (account.totp_sealed IS NOT NULL OR NOT account.totp_required))::text AS grants
FROM session JOIN account ON account.id = session.account
WHERE session.access_hash = $1 AND session.revoked_at IS NULL AND session.access_until > $2
    AND account.disabled_at IS NULL
"""


async def find_speaker(token: str, now: datetime) -> Speaker:
    """Raises NotSignedIn for an unknown, ended or revoked token."""
    rows = await DB.fetch(SPEAKER, token_hash(token), now)
    if not rows:
        raise NotSignedIn
    row = rows[0]
    grants = msgspec.json.decode(row["grants"], type=tuple[Grant, ...]) if row["grants"] else ()
    blocks = () if row["blocks"] == "[]" else msgspec.json.decode(row["blocks"], type=tuple[Block, ...])
    return Speaker(row["id"], row["uid"], row["language"], row["session"], grants, row["trust"], blocks)


def token_hash(token: str) -> bytes:
    """Tokens are 256 random bits, so a plain hash is enough; nobody can read one from the database."""
    return hashlib.sha256(token.encode()).digest()


async def signed_in(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    """Litestar guard: sets `request.user` to the Speaker. A cookie counts only where no Authorization is sent."""
    authorization = connection.headers.get("authorization")
    token = session_token(connection) if authorization is None else _bearer(authorization)
    if not token:
        raise NotSignedIn
    connection.scope["user"] = await find_speaker(token, clock_of(connection)())


def _bearer(authorization: str) -> str | None:
    scheme, _space, token = authorization.partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None
