"""Sends to browsers through their makers' push services (RFC 8030), sealed so that these cannot read it."""

from collections.abc import Sequence
from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType

from push import subscription, webpush_wire
from push.public_hosts import PublicHosts
from push.reach import Peers, Reach, builder
from push.sender import Delivered, Letter, Outcome, Rejected, TryLater
from push.subscription import SERVICES, Subscription, SubscriptionRefused
from push.vapid import Identity, Signer

QUOTA_PER_MINUTE = 60_000  # of one service; they publish none
MAX_HOSTS = 1000  # of which the pace is known


class WebPushSender:
    """Use as `async with`. `contact` is an https or mailto URL by which a push service reaches the operator.

    `services` are the hosts that are sent to (see `subscription.SERVICES`), whose addresses must be public ones;
    `peers` are (ip, port) to reach instead of a host, under its name and certificate. No proxy is used, for it would
    choose the address.
    """

    def __init__(
        self,
        identity: Identity,
        contact: str,
        services: Sequence[str] = SERVICES,
        ca: Path | None = None,
        peers: Peers | None = None,
        timeout_s: float = 10.0,
    ) -> None:
        self._signer, self._services, self._peers = Signer(identity, contact), tuple(services), peers or {}
        self._client = builder(ca, self._peers, timeout_s).no_proxy().build()
        self._stack = AsyncExitStack()
        self._reaches: dict[str, Reach] = {}
        self._hosts = PublicHosts()

    async def __aenter__(self) -> "WebPushSender":
        await self._stack.enter_async_context(self._client)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()

    async def send(self, letter: Letter) -> Outcome:
        plain = webpush_wire.content(letter)
        if isinstance(plain, Rejected):
            return plain
        try:
            browser = subscription.read(letter.address, self._services)
        except SubscriptionRefused as error:  # the list has become shorter since the registration
            return Rejected(error.reason.upper(), "")
        if browser.host not in self._peers and (code := await self._hosts.obstacle(browser.host)):
            return TryLater(code=code, after_s=webpush_wire.OPERATOR_S, was_sent=False)
        return await self._post(letter, browser, plain)

    async def _post(self, letter: Letter, browser: Subscription, plain: bytes) -> Outcome:
        reach = self._reach(browser.host)
        if paced := await reach.turn():
            return paced
        authorization = self._signer.authorization(f"https://{browser.host}", _now_of(letter))
        request = (
            self._client.post(browser.endpoint)
            .headers(webpush_wire.headers(letter, authorization))
            .body_bytes(webpush_wire.seal(plain, browser.keys))
        )
        answer = await reach.ask(request.build())
        if isinstance(answer, TryLater):
            return answer
        outcome = webpush_wire.outcome(answer.status, answer.headers)
        if isinstance(outcome, Delivered):
            reach.pacer.accepted()
        elif answer.status == 429:
            reach.pacer.throttled(outcome.after_s if isinstance(outcome, TryLater) else None)
        return outcome

    def _reach(self, host: str) -> Reach:
        if host not in self._reaches:
            if len(self._reaches) >= MAX_HOSTS:
                self._reaches.clear()
            self._reaches[host] = Reach(QUOTA_PER_MINUTE)
        return self._reaches[host]


def _now_of(letter: Letter) -> datetime:
    return letter.valid_until - timedelta(seconds=letter.valid_for_s)
