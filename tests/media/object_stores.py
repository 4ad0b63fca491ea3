"""Real S3 servers of two makes, each its own process: `make test` obtains them (docker/local/object_stores.py)."""

import asyncio
import os
import shutil
import signal
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import uuid4

KEY, SECRET = "key-of-tests", "secret/of+tests"
START_S = 30.0


def _minio(folder: Path, port: int) -> tuple[list[str], dict[str, str]]:
    command = ["minio", "server", "--quiet", "--address", f"127.0.0.1:{port}", str(folder)]
    return command, {"MINIO_ROOT_USER": KEY, "MINIO_ROOT_PASSWORD": SECRET, "MINIO_BROWSER": "off"}


def _versitygw(folder: Path, port: int) -> tuple[list[str], dict[str, str]]:
    """Beside the objects, not in extended attributes, which not every file system has."""
    objects, notes = folder / "objects", folder / "notes"
    objects.mkdir(exist_ok=True)
    notes.mkdir(exist_ok=True)
    command = ["versitygw", "--quiet", "--port", f"127.0.0.1:{port}", "posix", "--sidecar", str(notes), str(objects)]
    return command, {"ROOT_ACCESS_KEY": KEY, "ROOT_SECRET_KEY": SECRET}


MAKES: dict[str, Callable[[Path, int], tuple[list[str], dict[str, str]]]] = {"minio": _minio, "versitygw": _versitygw}
PRESENT = [name for name in MAKES if shutil.which(name)]


class ObjectStore:
    """A server that can be stopped, and started again at the same place."""

    def __init__(self, make: str, folder: Path) -> None:
        self.make, self.folder, self.port = make, folder, free_port()
        self.process: asyncio.subprocess.Process | None = None

    def url(self, *, bucket: str = "", secret: str = SECRET, port: int | None = None) -> str:
        """Of a bucket of its own unless named."""
        quoted = secret.replace("/", "%2F").replace("+", "%2B")
        place = f"127.0.0.1:{port or self.port}/{bucket or f'photos-{uuid4().hex}'}"
        return f"s3://{KEY}:{quoted}@{place}?secure=false&region=us-east-1"

    async def start(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        command, settings = MAKES[self.make](self.folder, self.port)
        self.process = await asyncio.create_subprocess_exec(
            *command,
            env={"PATH": os.environ["PATH"], "HOME": str(self.folder), **settings},
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        async with asyncio.timeout(START_S):
            while not await self._answers():
                await asyncio.sleep(0.05)

    async def _answers(self) -> bool:
        """MinIO accepts connections before it serves: an answer below 500 says that it does."""
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        except OSError:
            return False
        try:
            writer.write(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            return (await reader.read(10))[9:10] in (b"2", b"3", b"4")
        except OSError:
            return False
        finally:
            writer.close()

    def freeze(self) -> None:
        """Connections are accepted and nothing is answered: a black hole."""
        assert self.process is not None
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGCONT)

    async def stop(self) -> None:
        if self.process is not None and self.process.returncode is None:
            self.process.kill()
            await self.process.wait()


@asynccontextmanager
async def an_object_store(make: str, folder: Path, *, is_started: bool = True) -> AsyncIterator[ObjectStore]:
    server = ObjectStore(make, folder)
    try:
        if is_started:
            await server.start()
        yield server
    finally:
        await server.stop()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
