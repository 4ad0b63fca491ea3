"""One POST to somebody else's server, which must not lead into our own house.

The name is resolved once, every address of it is looked at, and the connection goes to the address that was looked
at: a name that changes in between gains nothing. Redirects are not followed. Blocking; call it in a thread.
"""

import hashlib
import hmac
import http.client
import socket
import ssl
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from push.public_hosts import is_public

TIMEOUT_S = 10.0
READ_BYTES = 4096
Resolve = Callable[[str, int], str]


class NoPublicAddress(Exception):
    """The host is unknown, or one of its addresses is not on the public internet."""


class Answered(msgspec.Struct, frozen=True):
    """`status` is None when no answer came; `fault` says why, in few words."""

    status: int | None
    fault: str
    took_ms: int

    @property
    def is_taken(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


def public_address(host: str, port: int) -> str:
    """Raises NoPublicAddress."""
    try:
        found = {str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)}
    except (OSError, UnicodeError) as error:
        raise NoPublicAddress("name not resolved") from error
    if not found or not all(is_public(address) for address in found):
        raise NoPublicAddress("address not public")
    return min(found)


class _Connection(http.client.HTTPSConnection):
    """To an address that was looked at, under the name that the certificate must show."""

    def __init__(self, host: str, port: int, address: str, context: ssl.SSLContext) -> None:
        super().__init__(host, port, timeout=TIMEOUT_S, context=context)
        self.address, self.tls = address, context

    def connect(self) -> None:
        plain = socket.create_connection((self.address, self.port), TIMEOUT_S)
        try:
            self.sock = self.tls.wrap_socket(plain, server_hostname=self.host)
        except BaseException:
            plain.close()
            raise


class Poster:
    def __init__(self, ca: Path | None = None, resolve: Resolve = public_address) -> None:
        self._context = ssl.create_default_context(cafile=ca)
        self._resolve = resolve

    def post(self, url: str, body: bytes, headers: dict[str, str]) -> Answered:
        begun = time.monotonic()
        status, fault = None, ""
        try:
            status = self._post(url, body, headers)
        except NoPublicAddress as error:
            fault = str(error)
        except (OSError, http.client.HTTPException, ValueError) as error:
            fault = type(error).__name__
        return Answered(status, fault, int(1000 * (time.monotonic() - begun)))

    def _post(self, url: str, body: bytes, headers: dict[str, str]) -> int:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or 443
        connection = _Connection(host, port, self._resolve(host, port), self._context)
        try:
            target = parts.path + (f"?{parts.query}" if parts.query else "")
            connection.request("POST", target or "/", body, headers)
            answer = connection.getresponse()
            answer.read(READ_BYTES)
            return answer.status
        finally:
            connection.close()


def signature(secret: str, body: bytes, at: int) -> str:
    """`t=…,v1=…`: HMAC-SHA256 of the time, a full stop and the body. Receivers refuse old times: no replays."""
    signed = hmac.digest(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hex()
    return f"t={at},v1={signed}"
