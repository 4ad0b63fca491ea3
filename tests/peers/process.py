"""A double in a process of its own, over TLS and HTTP/2: how it is started, reached and told things."""

import argparse
import contextlib
import os
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import httpx
import uvloop
from granian.constants import Interfaces, TaskImpl
from granian.http import HTTP2Settings
from granian.server.embed import Server

from tests.peers.certificates import make_certificates

REPOSITORY = Path(__file__).parents[2]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Receive = Callable[[], Awaitable[dict[str, Any]]]
App = Callable[[dict[str, Any], Receive, Send], Awaitable[None]]


class Control:
    """The tests' side of a double. It understands what comes to /__/."""

    host = "127.0.0.1"

    def __init__(self, folder: Path, port: int) -> None:
        self.port, self.ca_path = port, folder / "ca.pem"
        self._client = httpx.Client(
            base_url=f"https://127.0.0.1:{port}/__/",
            verify=ssl.create_default_context(cafile=self.ca_path),
            trust_env=False,
            timeout=60,
        )

    def told(self, what: str) -> bytes:
        return self._client.get(what).content

    def tell(self, what: str, **values: str | int) -> None:
        self._client.post(what, params=values).raise_for_status()

    def reset(self) -> None:
        self.tell("reset")

    def close(self) -> None:
        self._client.close()


Double = TypeVar("Double", bound=Control)


def _is_listening(port: int) -> bool:
    try:
        socket.create_connection((Control.host, port)).close()
    except ConnectionRefusedError:
        return False
    return True


@contextlib.contextmanager
def start_double(module: str, kind: Callable[[Path, int], Double]) -> Iterator[Double]:
    with tempfile.TemporaryDirectory(prefix="double-") as folder:
        command = [sys.executable, "-m", module, "--port", "0", "--folder", folder, "--until-stdin-closes"]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=REPOSITORY) as process:
            try:
                assert process.stdout is not None
                port = int(process.stdout.readline())
                while not _is_listening(port):
                    if process.poll() is not None:
                        raise RuntimeError(f"the double did not start: {module}")
                    time.sleep(0.01)
                with contextlib.closing(kind(Path(folder), port)) as double:
                    yield double
            finally:
                process.kill()


def die_with_parent() -> None:
    sys.stdin.buffer.read()
    os._exit(0)


def run_double(about: str | None, make: Callable[[Path, int], App], names: list[str]) -> None:
    """The double's own side: `make` gets the folder for its files and its port; `names` are the hosts it stands for."""
    arguments = argparse.ArgumentParser(description=about)
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
        service = make(given.folder, port)
        _, chain, key = make_certificates(given.folder, names)
        sys.stdout.write(f"{port}\n")
        sys.stdout.flush()
        uvloop.run(serve(service, port, chain, key))


async def serve(service: App, port: int, chain: Path, key: Path) -> None:
    """granian, for hypercorn takes 14 times as long for a message and would itself be what is measured."""

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


async def read_body(receive: Receive) -> bytes:
    body = b""
    while True:
        part = await receive()
        body += part.get("body", b"")
        if not part.get("more_body"):
            return body


async def answer(send: Send, status: int, headers: dict[str, str], body: bytes) -> None:
    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": status, "headers": raw})
    await send({"type": "http.response.body", "body": body})
