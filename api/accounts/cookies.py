"""Token pairs in cookies, for pages: a script cannot read them, another site cannot use them.

The server never takes a session's name from a client: every sign-in and every refresh makes new tokens, so a cookie
that somebody planted is worth nothing. Under https the names carry prefixes that a browser accepts from this very
host only; the refresh cookie is sent to one address and cannot have `__Host-`, which wants Path=/.
"""

import hashlib
from typing import Any

from litestar.connection import ASGIConnection
from litestar.datastructures import Cookie

from api.accounts.errors import CsrfHeaderMissing

Connection = ASGIConnection[Any, Any, Any, Any]

REFRESH_PATH = "/v1/sessions/refresh"
DEVICE_S = 365 * 24 * 3600
READING = frozenset({"GET", "HEAD"})
FOREIGN = frozenset({"cross-site", "same-site"})


def is_https(connection: Connection) -> bool:
    url: str = connection.app.state.settings.base_url
    return url.startswith("https://")


def session_token(connection: Connection) -> str | None:
    """Raises CsrfHeaderMissing for a change that a form on somebody else's page could have sent."""
    token = connection.cookies.get("__Host-session" if is_https(connection) else "session")
    if token and connection.scope.get("method") not in READING:
        _check_asked_by_us(connection)
    return token


def refresh_token(connection: Connection) -> str | None:
    """Raises CsrfHeaderMissing."""
    token = connection.cookies.get("__Secure-refresh" if is_https(connection) else "refresh")
    if token:
        _check_asked_by_us(connection)
    return token


def device_token(connection: Connection, login: str) -> str | None:
    return connection.cookies.get(_device_name(connection, login))


def _device_name(connection: Connection, login: str) -> str:
    """One of each login, for the tablet on the counter that several people share."""
    prefix = "__Host-device" if is_https(connection) else "device"
    return f"{prefix}-{hashlib.sha256(login.strip().lower().encode()).hexdigest()[:12]}"


def device_given(connection: Connection, login: str, token: str) -> Cookie:
    return Cookie(
        key=_device_name(connection, login),
        value=token,
        max_age=DEVICE_S,
        path="/",
        secure=is_https(connection),
        httponly=True,
        samesite="lax",
    )


def check_not_foreign(connection: Connection) -> None:
    """Nobody is signed in to a stranger's account by a page elsewhere. Raises CsrfHeaderMissing."""
    if connection.headers.get("sec-fetch-site") in FOREIGN:
        _check_asked_by_us(connection)


def _check_asked_by_us(connection: Connection) -> None:
    # A foreign page can send this header only after a preflight, and we allow none.
    if connection.headers.get("x-requested-by") != "kentongan":
        raise CsrfHeaderMissing


def given(connection: Connection, access: tuple[str, int], refresh: tuple[str, int]) -> list[Cookie]:
    """The pair as cookies; each token with its seconds of life, 0 takes the cookie away."""
    is_secure = is_https(connection)
    return [
        Cookie(
            key="__Host-session" if is_secure else "session",
            value=access[0],
            max_age=access[1],
            path="/",
            secure=is_secure,
            httponly=True,
            samesite="lax",
        ),
        Cookie(
            key="__Secure-refresh" if is_secure else "refresh",
            value=refresh[0],
            max_age=refresh[1],
            path=REFRESH_PATH,
            secure=is_secure,
            httponly=True,
            samesite="strict",
        ),
    ]


def taken_away(connection: Connection) -> list[Cookie]:
    return given(connection, ("", 0), ("", 0))
