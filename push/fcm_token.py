"""The OAuth access token that FCM asks for: fetched by google-auth in a thread, once for all who wait."""

import asyncio
import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from push.sender import SenderMisconfigured

log = logging.getLogger(__name__)

EARLY_S = 300.0
PAUSE_S = 5.0  # after a refresh that failed, or a token that was refused as soon as it was made
TOKEN_TIMEOUT_S = 10.0


class ServiceAccountUnreadable(SenderMisconfigured):
    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path, self.reason = path, reason


class TokenUnavailable(Exception):
    """`reason` names google-auth's error; it holds no secret."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def read_service_account(path: Path, ca: Path | None) -> tuple[str, Callable[[], tuple[str, float]]]:
    """The project's id, and the blocking call that gives a new token and its lifetime in seconds.

    `ca` is the only authority trusted for the token endpoint, whatever the environment says; None: the usual ones.
    """
    # firebase_admin has no types; it costs 0.3 s and 40 MB, so only who sends imports it
    import firebase_admin.credentials as firebase  # type: ignore[import-untyped]
    from google.auth import exceptions
    from google.auth.transport.requests import Request

    try:
        certificate = firebase.Certificate(str(path))
    except (OSError, ValueError) as error:
        raise ServiceAccountUnreadable(path, str(error)) from error
    credential = certificate.get_credential()
    request = partial(Request(), verify=str(ca) if ca else True, timeout=TOKEN_TIMEOUT_S)

    def refresh() -> tuple[str, float]:
        try:
            credential.refresh(request)
        except exceptions.GoogleAuthError as error:
            log.warning("no access token for FCM: %s", str(error)[:200])
            raise TokenUnavailable(type(error).__name__) from error
        lifetime = credential.expiry - datetime.now(UTC).replace(tzinfo=None)  # google-auth's is naive, in UTC
        return credential.token, lifetime.total_seconds()

    return certificate.project_id, refresh


class AccessToken:
    def __init__(self, refresh: Callable[[], tuple[str, float]]) -> None:
        self._refresh = refresh
        self._value = self._reason = ""
        self._valid_until = self._fresh_until = self._not_before = 0.0
        self._spoiled_at = float("-inf")
        self._refreshing: asyncio.Task[None] | None = None

    async def value(self) -> str:
        """Raises TokenUnavailable. While a refresh fails, an old token is used as long as it is valid."""
        if time.monotonic() >= max(self._fresh_until, self._not_before):
            if self._refreshing is None or self._refreshing.done():
                self._refreshing = asyncio.create_task(self._renew())
            await asyncio.shield(self._refreshing)
        if time.monotonic() >= self._valid_until:
            raise TokenUnavailable(self._reason)
        return self._value

    def spoil(self, used: str) -> None:
        """FCM refused `used`; a newer token is not touched. Refused again within a minute, the next one waits."""
        if used != self._value or not self._valid_until:
            return
        now = time.monotonic()
        self._valid_until = self._fresh_until = 0.0
        if now - self._spoiled_at < 60:
            self._not_before, self._reason = now + PAUSE_S, "refused at once"
        self._spoiled_at = now

    async def _renew(self) -> None:
        try:
            self._value, lifetime_s = await asyncio.to_thread(self._refresh)
        except TokenUnavailable as error:
            self._not_before, self._reason = time.monotonic() + PAUSE_S, error.reason
            return
        now = time.monotonic()
        self._valid_until = now + lifetime_s
        self._fresh_until = now + max(lifetime_s - EARLY_S, lifetime_s / 2)
