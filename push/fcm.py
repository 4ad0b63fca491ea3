"""Sends through Firebase Cloud Messaging: one POST a message, over a few HTTP/2 connections.

firebase-admin gives the credentials and is the measure of our JSON; its own transports are 30 times slower and can
hang. Importing this module is cheap, making an `FcmSender` is not: only the worker does it.
"""

import itertools
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path
from types import TracebackType

from pyreqwest.client import Client, ClientBuilder
from pyreqwest.exceptions import ConnectError, PyreqwestError, RequestTimeoutError

from push import fcm_wire
from push.fcm_token import AccessToken, TokenUnavailable, read_service_account
from push.pacing import Pacer
from push.sender import Delivered, Letter, Outcome, Rejected, TryLater

HOST = "fcm.googleapis.com"
DEFAULT_QUOTA_PER_MINUTE = 600_000  # FCM's own default for a project
CONNECTIONS = 4  # each carries 100 streams at a time
CONNECT_TIMEOUT_S = 5.0
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
        self._url = f"https://{HOST}/v1/projects/{project}/messages:send"
        self._token, self._pacer = AccessToken(refresh), Pacer(quota_per_minute)
        self._clients = [_client(ca, resolve, timeout_s) for _ in range(CONNECTIONS)]
        self._next_client = itertools.cycle(self._clients)
        self._stack = AsyncExitStack()
        self._answers = 0

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
        if wait_s := await self._pacer.turn():
            return TryLater(code="PACED", after_s=wait_s, was_sent=False)
        try:
            token = await self._token.value()
        except TokenUnavailable as error:
            return TryLater(code=f"TOKEN_{error.reason}", after_s=TOKEN_PAUSE_S, was_sent=False)
        answers = self._answers
        request = next(self._next_client).post(self._url).bearer_auth(token).body_bytes(body).build()
        try:
            response = await request.send()
            content = await response.bytes()
        except RequestTimeoutError:
            return self._silence(answers)
        except ConnectError:
            self._pacer.unreachable()
            return TryLater(code="UNREACHABLE", after_s=self._pacer.held_s, was_sent=False)
        except PyreqwestError as error:
            return TryLater(code=type(error).__name__, is_ambiguous=True)
        self._answers += 1
        headers = {name: response.get_header(name) or "" for name in ("retry-after", "date")}
        return self._learn(fcm_wire.outcome(response.status, headers, bytes(content)), token)

    def _silence(self, answers: int) -> TryLater:
        """No answer in time: the message may have arrived (pyreqwest says ConnectTimeoutError even then).

        While others were answered it is this message's own trouble; else FCM is away, and that counts against none.
        """
        if self._answers > answers:
            return TryLater(code="NO_ANSWER", is_ambiguous=True)
        self._pacer.unreachable()
        return TryLater(code="OUTAGE", after_s=self._pacer.held_s)

    def _learn(self, outcome: Outcome, token: str) -> Outcome:
        if isinstance(outcome, Delivered):
            self._pacer.accepted()
        elif isinstance(outcome, TryLater) and outcome.code == fcm_wire.PROJECT_QUOTA:
            self._pacer.throttled(outcome.after_s)
        elif isinstance(outcome, TryLater) and outcome.code == fcm_wire.UNAUTHENTICATED:
            self._token.spoil(token)
        return outcome


def _client(ca: Path | None, resolve: tuple[str, int] | None, timeout_s: float) -> Client:
    builder = (
        ClientBuilder()
        .http2(True)
        .https_only(True)
        .error_for_status(False)
        .timeout(timedelta(seconds=timeout_s))
        .connect_timeout(timedelta(seconds=min(CONNECT_TIMEOUT_S, timeout_s)))
        .default_headers({"content-type": "application/json", "x-goog-api-format-version": "2"})
    )
    if ca:
        builder = builder.add_root_certificate_pem(ca.read_bytes())
    if resolve:
        builder = builder.resolve(HOST, *resolve).no_proxy()
    return builder.build()
