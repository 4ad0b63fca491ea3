"""A double of FCM HTTP v1 and of Google's token endpoint over TLS and HTTP/2, in a process of its own.

In tests: `with start_fcm_double() as double:`. By hand: `python -m tests.peers.fcm --port 8443 --folder DIR`.
"""

import argparse
import asyncio
import contextlib
import json
import os
import re
import secrets
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import jwt
import msgspec
from cryptography.hazmat.primitives.asymmetric import rsa
from hypercorn.asyncio import serve
from hypercorn.config import Config

from tests.peers import fcm_wire as wire
from tests.peers.certificates import make_certificates, private_pem, public_pem

PROJECT = "kentongan-double"
AUDIENCE = "https://oauth2.googleapis.com/token"  # what google-auth signs for, whatever the token_uri is
EMAIL = f"push@{PROJECT}.iam.gserviceaccount.com"
NAMES = ["localhost", "fcm.googleapis.com", "oauth2.googleapis.com"]
REPOSITORY = Path(__file__).parents[2]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Receive = Callable[[], Awaitable[dict[str, Any]]]


class Accepted(msgspec.Struct, frozen=True):
    """One message FCM took on; `at` is the double's monotonic clock in seconds."""

    address: str
    message: dict[str, Any]
    at: float

    @property
    def mid(self) -> str:
        mid: str = self.message["data"]["mid"]
        return mid


class FcmDouble:
    """The tests' side: where the double is, and what it has seen."""

    host = "127.0.0.1"
    project = PROJECT

    def __init__(self, folder: Path, port: int) -> None:
        self.port, self.ca_path, self.service_account_path = port, folder / "ca.pem", folder / "service_account.json"
        self.url, self.resolve = f"https://fcm.googleapis.com:{port}", (self.host, port)
        self._control = httpx.Client(
            base_url=f"https://127.0.0.1:{port}/__/",
            verify=ssl.create_default_context(cafile=self.ca_path),
            trust_env=False,
        )

    def accepted(self) -> list[Accepted]:
        return msgspec.json.decode(self._control.get("accepted").content, type=list[Accepted])

    def stats(self) -> dict[str, Any]:
        """`sent`, `accepted`, `status` and `http` (counts by key), `tokens_issued`, `tokens_denied`."""
        return self._control.get("stats").json()

    def reset(self) -> None:
        self._control.post("reset")

    def revoke(self) -> None:
        """Every access token issued so far is refused from now on."""
        self._control.post("revoke")

    def refuse_tokens(self, is_refusing: bool = True) -> None:
        """The token endpoint answers invalid_grant until told otherwise or reset."""
        self._control.post("refuse", params={"is_refusing": int(is_refusing)})

    def close(self) -> None:
        self._control.close()


@contextlib.contextmanager
def start_fcm_double() -> Iterator[FcmDouble]:
    with tempfile.TemporaryDirectory(prefix="fcm-double-") as folder:
        command = [sys.executable, "-m", "tests.peers.fcm", "--port", "0", "--folder", folder, "--until-stdin-closes"]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=REPOSITORY) as process:
            try:
                assert process.stdout is not None
                double = FcmDouble(Path(folder), int(process.stdout.readline()))
                with contextlib.closing(double):
                    yield double
            finally:
                process.kill()


class Service:
    """The double's own side: its memory, and the answer to each call."""

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
        if scope["type"] == "lifespan":
            await lifespan(receive, send)
            return
        body = await read_body(receive)
        path, query = scope["path"], scope["query_string"].decode()
        answer = await self.answer(scope["method"], path, query, dict(scope["headers"]), body)
        if path.endswith("messages:send"):
            self.status[str(answer.status)] += 1
            self.http[scope["http_version"]] += 1
        headers = {"content-type": "application/json; charset=UTF-8"} | answer.headers
        raw = [(name.encode(), value.encode()) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": answer.status, "headers": raw})
        await send({"type": "http.response.body", "body": wire.encode(answer)})


async def lifespan(receive: Receive, send: Send) -> None:
    while True:
        event = (await receive())["type"]
        await send({"type": f"{event}.complete"})
        if event == "lifespan.shutdown":
            return


async def read_body(receive: Receive) -> bytes:
    body = b""
    while True:
        part = await receive()
        body += part.get("body", b"")
        if not part.get("more_body"):
            return body


def make_service(folder: Path, port: int) -> Service:
    """Writes the service account, as the Firebase console would give it."""
    key = rsa.generate_private_key(65537, 2048)
    account = {
        "type": "service_account",
        "project_id": PROJECT,
        "private_key_id": "double",
        "private_key": private_pem(key),
        "client_email": EMAIL,
        "client_id": "1",
        "token_uri": f"https://localhost:{port}/token",
    }
    (folder / "service_account.json").write_text(json.dumps(account))
    return Service(public_pem(key))


def die_with_parent() -> None:
    sys.stdin.buffer.read()
    os._exit(0)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--port", type=int, default=0)
    arguments.add_argument("--folder", type=Path, required=True)
    arguments.add_argument("--until-stdin-closes", action="store_true")
    given = arguments.parse_args()
    if given.until_stdin_closes:
        threading.Thread(target=die_with_parent, daemon=True).start()
    given.folder.mkdir(parents=True, exist_ok=True)
    listener = socket.create_server(("127.0.0.1", given.port), backlog=1024)
    port = listener.getsockname()[1]
    service = make_service(given.folder, port)
    _, chain, key = make_certificates(given.folder, NAMES)
    config = Config()
    config.bind, config.certfile, config.keyfile = [f"fd://{listener.fileno()}"], str(chain), str(key)
    config.loglevel, config.alpn_protocols, config.h2_max_concurrent_streams = "WARNING", ["h2", "http/1.1"], 100
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    asyncio.run(serve(service, config))


if __name__ == "__main__":
    main()
