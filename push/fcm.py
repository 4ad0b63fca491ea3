"""Sends through Firebase Cloud Messaging: one POST a message, over a few HTTP/2 connections.

firebase-admin gives the credentials and is the measure of our JSON; its own transports are 30 times slower and can
hang. Importing this module is cheap, making an `FcmSender` is not: only the worker does it.
"""

import itertools
from contextlib import AsyncExitStack
from pathlib import Path
from types import TracebackType

from pyreqwest.http import Url

from push import fcm_wire
from push.fcm_token import AccessToken, TokenUnavailable, read_service_account
from push.reach import Reach, builder
from push.sender import Delivered, Letter, Outcome, Rejected, TryLater

HOST = "fcm.googleapis.com"
DEFAULT_QUOTA_PER_MINUTE = 600_000  # FCM's own default for a project
CONNECTIONS = 4  # each carries 100 streams at a time
HEADERS = {"content-type": "application/json", "x-goog-api-format-version": "2"}
TOKEN_PAUSE_S = 15.0


class FcmSender:
    """Use as `async with`. `resolve` is an (ip, port) to reach instead of FCM's, under FCM's name and certificate;
    `ca` is a file of further authorities to trust. Raises ServiceAccountUnreadable."""

    def __init__(
        self,
        service_account: Path,
        ca: Path | None = None,
        resolve: tuple[str, int] | None = None,
        quota_per_minute: int = DEFAULT_QUOTA_PER_MINUTE,
        timeout_s: float = 10.0,
    ) -> None:
        project, refresh = read_service_account(service_account, ca)
        self._url = Url(f"https://{HOST}/v1/projects/{project}/messages:send")  # read once, not for each message
        self._token, self._reach = AccessToken(refresh), Reach(quota_per_minute)
        peers = {HOST: resolve} if resolve else {}
        self._clients = [builder(ca, peers, timeout_s).default_headers(HEADERS).build() for _ in range(CONNECTIONS)]
        self._next_client = itertools.cycle(self._clients)
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> "FcmSender":
        for client in self._clients:
            await self._stack.enter_async_context(client)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()

    async def send(self, letter: Letter) -> Outcome:
        body = fcm_wire.request_body(letter)
        if isinstance(body, Rejected):
            return body
        outcome = await self._attempt(body)
        if isinstance(outcome, TryLater) and outcome.code == fcm_wire.UNAUTHENTICATED:
            return await self._attempt(body)  # with a new token: the old one is spoiled
        return outcome

    async def _attempt(self, body: bytes) -> Outcome:
        if paced := await self._reach.turn():
            return paced
        try:
            token = await self._token.value()
        except TokenUnavailable as error:
            return TryLater(code=f"TOKEN_{error.reason}", after_s=TOKEN_PAUSE_S, was_sent=False)
        answer = await self._reach.ask(
            next(self._next_client).post(self._url).bearer_auth(token).body_bytes(body).build()
        )
        if isinstance(answer, TryLater):
            return answer
        return self._learn(fcm_wire.outcome(answer.status, answer.headers, answer.body), token)

    def _learn(self, outcome: Outcome, token: str) -> Outcome:
        if isinstance(outcome, Delivered):
            self._reach.pacer.accepted()
        elif isinstance(outcome, TryLater) and outcome.code == fcm_wire.PROJECT_QUOTA:
            self._reach.pacer.throttled(outcome.after_s)
        elif isinstance(outcome, TryLater) and outcome.code == fcm_wire.UNAUTHENTICATED:
            self._token.spoil(token)
        return outcome
