"""The double's own side: what it remembers, and its answer to each call."""

import asyncio
import json
import re
import secrets
import time
import urllib.parse
from collections import Counter
from typing import Any

import jwt
import msgspec

from tests.peers import fcm_wire as wire
from tests.peers.process import Receive, Send, read_body
from tests.peers.process import answer as reply

PROJECT = "kentongan-double"
AUDIENCE = "https://oauth2.googleapis.com/token"  # what google-auth signs for, whatever the token_uri is
EMAIL = f"push@{PROJECT}.iam.gserviceaccount.com"


class Accepted(msgspec.Struct, frozen=True):
    """One message FCM took on; `at` is the double's monotonic clock in seconds."""

    address: str
    message: dict[str, Any]
    at: float

    @property
    def mid(self) -> str:
        mid: str = self.message["data"]["mid"]
        return mid


class Service:
    def __init__(self, public_key: str) -> None:
        self.public_key = public_key
        self.access: dict[str, float] = {}  # access token: when it ends
        self.reset()

    def reset(self) -> None:
        self.sent, self.tokens_issued, self.tokens_denied = 0, 0, 0
        self.status: Counter[str] = Counter()
        self.http: Counter[str] = Counter()
        self.accepted: list[Accepted] = []
        self.faults_left: dict[str, int] = {}
        self.is_refusing = False

    async def answer(self, method: str, path: str, query: str, headers: dict[bytes, bytes], body: bytes) -> wire.Answer:
        if found := re.fullmatch(r"/v1/projects/([^/]+)/messages:send", path):
            return await self.send(found[1], headers, body)
        if path == "/token" and method == "POST":
            return self.token(body)
        if path.startswith("/__/"):
            return self.control(path.removeprefix("/__/"), query)
        return wire.error(404, "NOT_FOUND", "Method not found.")

    async def send(self, project: str, headers: dict[bytes, bytes], body: bytes) -> wire.Answer:
        self.sent += 1
        if self.access.get(headers.get(b"authorization", b"").decode().removeprefix("Bearer "), 0) < time.time():
            return wire.unauthenticated()
        request = wire.read_request(body)
        if isinstance(request, wire.Answer):
            return request
        if (fault := await self.fault(request.message.targets[0], project)) is not None:
            return fault
        name = f"projects/{project}/messages/0:{time.time_ns() // 1000}%{secrets.token_hex(8)}"
        if not request.validate_only:
            address, message = request.message.targets[0], json.loads(body)["message"]
            self.accepted.append(Accepted(address, message, time.monotonic()))
            if address.startswith("drop-"):
                await asyncio.sleep(3600)
        return wire.Answer(200, {"name": name})

    async def fault(self, address: str, project: str) -> wire.Answer | None:
        found = wire.FAULT.match(address)
        if not found or found[1] == "drop":
            return None
        if found[1]:
            return wire.lasting_fault(found[1])
        kind, count = found[2], int(found[3])
        if kind == "slow":
            await asyncio.sleep(count / 1000)
            return None
        left = self.faults_left.setdefault(address, count)
        if not left:
            return None
        self.faults_left[address] = left - 1
        if kind == "hole":
            await asyncio.sleep(3600)
        return wire.passing_fault(kind, address, project)

    def token(self, body: bytes) -> wire.Answer:
        form = dict(urllib.parse.parse_qsl(body.decode()))
        if form.get("grant_type") != "urn:ietf:params:oauth:grant-type:jwt-bearer":
            return wire.Answer(400, {"error": "unsupported_grant_type", "error_description": "Invalid grant_type"})
        try:
            claims = jwt.decode(
                form.get("assertion", ""),
                self.public_key,
                algorithms=["RS256"],
                audience=AUDIENCE,
                issuer=EMAIL,
                options={"require": ["exp", "iat", "iss", "aud"]},
            )
        except jwt.InvalidTokenError as fault:
            return self._denied("invalid_grant", f"Invalid JWT Signature. ({type(fault).__name__})")
        if self.is_refusing or claims["exp"] - claims["iat"] > 3600:
            return self._denied("invalid_grant", "Invalid JWT")
        if not {"firebase.messaging", "cloud-platform"} & {scope.split("/")[-1] for scope in claims["scope"].split()}:
            return self._denied("invalid_scope", "no messaging scope")
        value = "ya29." + secrets.token_urlsafe(32)
        self.access[value] = time.time() + 3599
        self.tokens_issued += 1
        return wire.Answer(200, {"access_token": value, "expires_in": 3599, "token_type": "Bearer"})

    def _denied(self, error: str, description: str) -> wire.Answer:
        self.tokens_denied += 1
        return wire.Answer(400, {"error": error, "error_description": description})

    def control(self, what: str, query: str) -> wire.Answer:
        if what == "accepted":
            return wire.Answer(200, msgspec.to_builtins(self.accepted))
        if what == "reset":
            self.reset()
        elif what == "revoke":
            self.access.clear()
        elif what == "refuse":
            self.is_refusing = query.endswith("=1")
        names = ("sent", "tokens_issued", "tokens_denied", "status", "http")
        return wire.Answer(200, {"accepted": len(self.accepted), **{name: getattr(self, name) for name in names}})

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        body = await read_body(receive)
        path, query = scope["path"], scope["query_string"].decode()
        answer = await self.answer(scope["method"], path, query, dict(scope["headers"]), body)
        if path.endswith("messages:send"):
            self.status[str(answer.status)] += 1
            self.http[scope["http_version"]] += 1
        headers = {"content-type": "application/json; charset=UTF-8"} | answer.headers
        await reply(send, answer.status, headers, wire.encode(answer))
