"""A double of FCM HTTP v1 and of Google's token endpoint over TLS and HTTP/2, in a process of its own.

In tests: `with start_fcm_double() as double:`. By hand: `python -m tests.peers.fcm --port 8443 --folder DIR`.
"""

import argparse
import contextlib
import json
import os
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import msgspec
import uvloop
from cryptography.hazmat.primitives.asymmetric import rsa
from granian.constants import Interfaces, TaskImpl
from granian.http import HTTP2Settings
from granian.server.embed import Server

from tests.peers.certificates import make_certificates, private_pem, public_pem
from tests.peers.fcm_service import EMAIL, PROJECT, Accepted, Receive, Send, Service

NAMES = ["localhost", "fcm.googleapis.com", "oauth2.googleapis.com"]
REPOSITORY = Path(__file__).parents[2]


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


def _is_listening(port: int) -> bool:
    try:
        socket.create_connection((FcmDouble.host, port)).close()
    except ConnectionRefusedError:
        return False
    return True


@contextlib.contextmanager
def start_fcm_double() -> Iterator[FcmDouble]:
    with tempfile.TemporaryDirectory(prefix="fcm-double-") as folder:
        command = [sys.executable, "-m", "tests.peers.fcm", "--port", "0", "--folder", folder, "--until-stdin-closes"]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=REPOSITORY) as process:
            try:
                assert process.stdout is not None
                port = int(process.stdout.readline())
                while not _is_listening(port):
                    if process.poll() is not None:
                        raise RuntimeError("the double of FCM did not start")
                    time.sleep(0.01)
                with contextlib.closing(FcmDouble(Path(folder), port)) as double:
                    yield double
            finally:
                process.kill()


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
    with socket.socket() as holder:  # bound and never listening: the port is ours, and the server shares it
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        holder.bind(("127.0.0.1", given.port))
        port = holder.getsockname()[1]
        service = make_service(given.folder, port)
        sys.stdout.write(f"{port}\n")
        sys.stdout.flush()
        uvloop.run(serve(service, given.folder, port))


async def serve(service: Service, folder: Path, port: int) -> None:
    """granian, for hypercorn takes 14 times as long for a message and would itself be what is measured."""
    _, chain, key = make_certificates(folder, NAMES)

    async def app(scope: dict[str, Any], receive: Receive, send: Send) -> None:
        await service(scope, receive, send)

    await Server(
        app,
        port=port,
        interface=Interfaces.ASGINL,
        task_impl=TaskImpl.asyncio,
        backlog=1024,
        http2_settings=HTTP2Settings(max_concurrent_streams=100),
        log_enabled=False,
        ssl_cert=chain,
        ssl_key=key,
    ).serve()


if __name__ == "__main__":
    main()
