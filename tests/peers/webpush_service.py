"""The double's own side: a push service's checks of a message, what it remembers, and its answers.

Faults are chosen by the last part of the endpoint's path (N: that many times, then as usual):
    gone-*       410     unknown-*  404     elsewhere-*  a redirect into the house
    busy-N-*     503, retry-after 1         quota-N-*    429, retry-after 30      boom-N-*  500     html-N-*  502
    slow-MS-*    answers after MS milliseconds           drop-*       accepts and never answers
"""

import asyncio
import json
import re
import time
from base64 import b64encode, urlsafe_b64decode, urlsafe_b64encode
from collections import Counter
from typing import Any
from uuid import uuid4

import jwt
import msgspec
from cryptography.hazmat.primitives.asymmetric import ec

from tests.peers.process import Receive, Send, answer, read_body

FAULT = re.compile(r"(gone|unknown|elsewhere|drop)-|(busy|quota|boom|html|slow)-(\d+)-")
LASTING: dict[str, tuple[int, dict[str, str]]] = {
    "gone": (410, {}),
    "unknown": (404, {}),
    "elsewhere": (307, {"location": "https://localhost/inside"}),
}
PASSING: dict[str, tuple[int, dict[str, str]]] = {
    "busy": (503, {"retry-after": "1"}),
    "quota": (429, {"retry-after": "30"}),
    "boom": (500, {}),
    "html": (502, {"content-type": "text/html"}),
}
MAX_BODY_BYTES, MAX_TOKEN_S = 4096, 86400
URGENCIES = ("very-low", "low", "normal", "high")


class Accepted(msgspec.Struct, frozen=True):
    """One message a service took on. `name` is the endpoint's last part, `body` its sealed content in base64,
    `headers` by lower-case name; `at` is the double's monotonic clock in seconds."""

    name: str
    host: str
    headers: dict[str, str]
    body: str
    at: float


def base64(content: bytes) -> str:
    return urlsafe_b64encode(content).rstrip(b"=").decode()


class Refused(Exception):
    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status


class Service:
    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        self.sent, self.clock = 0, 0
        self.status: Counter[str] = Counter()
        self.http: Counter[str] = Counter()
        self.accepted: list[Accepted] = []
        self.faults_left: dict[str, int] = {}
        self.keys: dict[str, str] = {}  # of the endpoint: the key it was first sent to with, and is bound to

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        body, path = await read_body(receive), scope["path"]
        if path.startswith("/__/"):
            self.control(path.removeprefix("/__/"), scope["query_string"].decode())
            await answer(send, 200, {"content-type": "application/json"}, self.told(path))
            return
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        host = headers.get("host", "").split(":")[0] or scope["server"][0]
        self.sent += 1
        try:
            status, more, content = *await self.take(path, host, headers, body), b""
        except Refused as error:
            status, more, content = error.status, {}, json.dumps({"code": error.status, "message": str(error)}).encode()
        self.status[str(status)] += 1
        self.http[scope["http_version"]] += 1
        await answer(send, status, more, content)

    def control(self, what: str, query: str) -> None:
        if what == "reset":
            self.reset()
        elif what == "clock":
            self.clock = int(query.removeprefix("at="))

    def told(self, path: str) -> bytes:
        if path.endswith("accepted"):
            return msgspec.json.encode(self.accepted)
        names = ("sent", "status", "http")
        return json.dumps({"accepted": len(self.accepted), **{name: getattr(self, name) for name in names}}).encode()

    async def take(self, path: str, host: str, headers: dict[str, str], body: bytes) -> tuple[int, dict[str, str]]:
        name = path.rpartition("/")[2]
        check(headers, body)
        self.check_sender(name, host, headers)
        found = FAULT.match(name)
        if found and found[1] in LASTING:
            return LASTING[found[1]]
        if found and found[2] in PASSING and self.is_left(name, int(found[3])):
            return PASSING[found[2]]
        if found and found[2] == "slow":
            await asyncio.sleep(int(found[3]) / 1000)
        self.accepted.append(Accepted(name, host, headers, b64encode(body).decode(), time.monotonic()))
        if found and found[1] == "drop":
            await asyncio.sleep(3600)
        return 201, {"location": f"https://{host}/m/{uuid4().hex}", "ttl": headers["ttl"]}

    def is_left(self, name: str, count: int) -> bool:
        left = self.faults_left.setdefault(name, count)
        self.faults_left[name] = max(0, left - 1)
        return left > 0

    def check_sender(self, name: str, host: str, headers: dict[str, str]) -> None:
        """RFC 8292: the token is for this service, signed with the key that is shown, the one that subscribed."""
        found = re.fullmatch(r"vapid t=([\w.-]+), ?k=([\w-]+)", headers.get("authorization", ""))
        if not found:
            raise Refused(401, "no VAPID")
        token, key = found[1], urlsafe_b64decode(found[2] + "==")
        public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), key)
        options: Any = {"verify_exp": False, "require": ["exp", "aud", "sub"]}
        try:
            claims = jwt.decode(token, public, algorithms=["ES256"], audience=f"https://{host}", options=options)
        except jwt.InvalidTokenError as fault:
            raise Refused(403, type(fault).__name__) from fault
        if self.clock and not 0 < claims["exp"] - self.clock <= MAX_TOKEN_S:
            raise Refused(403, "expired, or valid for too long")
        if not claims["sub"].startswith(("mailto:", "https://")):
            raise Refused(403, "nobody to write to")
        if self.keys.setdefault(name, found[2]) != found[2]:
            raise Refused(403, "not the key that the browser subscribed with")


def check(headers: dict[str, str], body: bytes) -> None:
    if len(body) > MAX_BODY_BYTES:
        raise Refused(413, "too large")
    if not headers.get("ttl", "").isdecimal():
        raise Refused(400, "no TTL")
    if headers.get("content-encoding") != "aes128gcm":
        raise Refused(400, "not aes128gcm")
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,32}", headers.get("topic", "x")):
        raise Refused(400, "no such topic")
    if headers.get("urgency", "normal") not in URGENCIES:
        raise Refused(400, "no such urgency")
