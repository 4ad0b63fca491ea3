"""A service as it is reached over HTTP/2: at what pace, and what its silence means. The same for every sender."""

from collections.abc import Mapping
from datetime import timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path

import msgspec
from pyreqwest.client import ClientBuilder
from pyreqwest.exceptions import ConnectError, PyreqwestError, RequestTimeoutError
from pyreqwest.request import ConsumedRequest
from pyreqwest.response import Response

from push.pacing import Pacer
from push.sender import TryLater

CONNECT_TIMEOUT_S = 5.0
MAX_RETRY_AFTER_S = 3600.0
Peers = Mapping[str, tuple[str, int]]  # by name of the host: the (ip, port) to reach instead


def builder(ca: Path | None, peers: Peers, timeout_s: float) -> ClientBuilder:
    """Redirects are answers like others: a service that may be asked must not send us to one that may not.

    `ca` is a file of further authorities to trust.
    """
    built = (
        ClientBuilder()
        .http2(True)
        .https_only(True)
        .follow_redirects(False)
        .error_for_status(False)
        .timeout(timedelta(seconds=timeout_s))
        .connect_timeout(timedelta(seconds=min(CONNECT_TIMEOUT_S, timeout_s)))
    )
    if ca:
        built = built.add_root_certificate_pem(ca.read_bytes())
    for host, peer in peers.items():
        built = built.resolve(host, *peer).no_proxy()
    return built


class Answer(msgspec.Struct, frozen=True):
    """`headers` by lower-case name, only those that an outcome is read from."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Reach:
    """One service's pace and breaker."""

    def __init__(self, quota_per_minute: int) -> None:
        self.pacer = Pacer(quota_per_minute)
        self._answers = 0

    async def turn(self) -> TryLater | None:
        """None when it is our turn."""
        if wait_s := await self.pacer.turn():
            return TryLater(code="PACED", after_s=wait_s, was_sent=False)
        return None

    async def ask(self, request: ConsumedRequest) -> Answer | TryLater:
        answers = self._answers
        try:
            response = await request.send()
            content = await response.bytes()
        except RequestTimeoutError:
            return self._silence(answers)
        except ConnectError as error:
            return self._unconnected(error)
        except PyreqwestError as error:
            return TryLater(code=type(error).__name__, is_ambiguous=True)
        self._answers += 1
        return Answer(response.status, _told(response), bytes(content))

    def _unconnected(self, error: ConnectError) -> TryLater:
        """pyreqwest gives the same error for a connection that was never made and for one that was cut in use."""
        if not any(cause["message"] == "client error (Connect)" for cause in error.details["causes"] or ()):
            return TryLater(code="CONNECTION_LOST", is_ambiguous=True)
        self.pacer.unreachable()
        return TryLater(code="UNREACHABLE", after_s=self.pacer.held_s, was_sent=False)

    def _silence(self, answers: int) -> TryLater:
        """No answer in time: the message may have arrived (pyreqwest says ConnectTimeoutError even then).

        While others were answered it is this message's own trouble; else the service is away, and that counts
        against none.
        """
        if self._answers > answers:
            return TryLater(code="NO_ANSWER", is_ambiguous=True)
        self.pacer.unreachable()
        return TryLater(code="OUTAGE", after_s=self.pacer.held_s)


def _told(response: Response) -> Mapping[str, str]:
    """Of what went well only where it went: the rest is asked by the ten thousand, for nothing."""
    names = ("location",) if response.status < 300 else ("retry-after", "date", "location")
    return {name: response.get_header(name) or "" for name in names}


def retry_after_s(headers: Mapping[str, str]) -> float | None:
    """Seconds, or a date, which is compared with the answer's own: no clock of ours."""
    value = headers.get("retry-after", "").strip()
    if value.isdecimal():
        return min(float(value), MAX_RETRY_AFTER_S)
    try:
        wait = parsedate_to_datetime(value) - parsedate_to_datetime(headers.get("date", ""))
    except (ValueError, TypeError):
        return None
    return min(max(wait.total_seconds(), 0.0), MAX_RETRY_AFTER_S)
