"""Photos over a network that is cut again and again: `python -m tests.bench.upload_cut`.

3.2 MB at 60 KB/s with a cut every 20 seconds on average, twenty times faster than life: 1.2 MB/s, a cut a second. The
phone asks where to go on and sends pieces of 512 KB, as the app does. Counted: bytes that crossed the network, heads
included; not what waits in the phone's own socket.
"""

import asyncio
import json
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

from tests.bench.served import a_database, an_api
from tests.bench.upload import announced

FASTER = 20
PHOTOS, BYTES = 20, 3_200_000
BYTES_PER_S, CUT_EVERY_S = 60_000 * FASTER, 20 / FASTER
PIECE, STEP = 512 * 1024, 8 * 1024
GIVE_UP_S = 600 / FASTER


async def slowly(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, crossed: list[int]) -> None:
    while part := await reader.read(STEP):
        crossed[0] += len(part)
        writer.write(part)
        await writer.drain()
        await asyncio.sleep(len(part) / BYTES_PER_S)


@asynccontextmanager
async def a_bad_network(to_port: int, seed: int, crossed: list[int]) -> AsyncIterator[int]:
    """The port of a relay whose every connection ends in the middle of things."""
    chance = random.Random(seed)

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        upstream, downstream = await asyncio.open_connection("127.0.0.1", to_port)
        ways = [
            asyncio.ensure_future(slowly(reader, downstream, crossed)),
            asyncio.ensure_future(slowly(upstream, writer, [0])),
        ]
        await asyncio.wait(ways, timeout=chance.expovariate(1 / CUT_EVERY_S), return_when=asyncio.FIRST_COMPLETED)
        for way in ways:
            way.cancel()
        writer.transport.abort()
        downstream.close()  # what has crossed arrives; nobody tells the server that the phone is gone

    server = await asyncio.start_server(accept, "127.0.0.1", 0, limit=STEP)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


class Phone:
    """Sends one photo, and counts."""

    def __init__(self, port: int, token: str, photo: tuple[UUID, bytes]) -> None:
        self.port, self.token = port, token
        self.id, self.content = photo
        self.cuts = 0

    async def send(self) -> float | None:
        """Seconds of life; None when it did not arrive in time."""
        begun = time.monotonic()
        while time.monotonic() - begun < GIVE_UP_S:
            try:
                if await self._go_on() == len(self.content):
                    return (time.monotonic() - begun) * FASTER
            except (OSError, EOFError):
                self.cuts += 1
        return None

    async def _go_on(self) -> int:
        """As far as one connection lasts."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port, limit=STEP)
        writer.transport.set_write_buffer_limits(STEP)
        try:
            at = await self._ask(reader, writer, "HEAD", b"", "")
            while at < len(self.content):
                head = f"Content-Type: application/offset+octet-stream\r\nUpload-Offset: {at}\r\n"
                at = await self._ask(reader, writer, "PATCH", self.content[at : at + PIECE], head)
            return at
        finally:
            writer.transport.abort()

    async def _ask(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, method: str, body: bytes, more: str
    ) -> int:
        head = f"{method} /v1/uploads/{self.id} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {self.token}\r\n{more}"
        writer.write(f"{head}Content-Length: {len(body)}\r\n\r\n".encode())
        for start in range(0, len(body), STEP):
            writer.write(body[start : start + STEP])
            await writer.drain()
        answer = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        offset = answer.partition("upload-offset: ")[2].split("\r\n")[0]
        if not offset:  # 409: the connection that was cut wrote a little more meanwhile; ask again
            raise EOFError
        return int(offset)


async def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with a_database(f"bench_cut_{os.getpid()}"), an_api(folder) as (port, _):
            token, photos = await announced(port, PHOTOS, BYTES)
            crossed = [0]
            async with a_bad_network(port, 1, crossed) as relay:
                phones = [Phone(relay, token, photo) for photo in photos]
                took: list[float | None] = []
                for some in range(0, PHOTOS, 5):
                    took += await asyncio.gather(*(phone.send() for phone in phones[some : some + 5]))
    arrived = [seconds for seconds in took if seconds is not None]
    cuts = sum(phone.cuts for phone in phones)
    line = {
        "name": "upload_cut",
        "value": len(arrived),
        "unit": f"of {PHOTOS} photos arrived",
        "reference": PHOTOS,
        "ratio": round(crossed[0] / (PHOTOS * BYTES), 3),
        "conditions": f"ratio: bytes sent to bytes of the photos; 3.2 MB, 60 KB/s, a cut every 20 s on average "
        f"({cuts} in all), {FASTER} times faster than life; median {statistics.median(arrived or [0]):.0f} s of life",
    }
    sys.stdout.write(json.dumps(line) + "\n")


if __name__ == "__main__":
    asyncio.run(main())
