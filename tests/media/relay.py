"""A connection in the middle that fails in the way a test asks for."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager


class Relay:
    """`cut_answer`, `cut_request`: bytes that pass that way before the connection breaks; None: all."""

    def __init__(self, to_port: int) -> None:
        self.to_port = to_port
        self.cut_answer: int | None = None
        self.cut_request: int | None = None
        self.port = 0

    async def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        upstream, downstream = await asyncio.open_connection("127.0.0.1", self.to_port)
        both = [
            asyncio.ensure_future(_copy(reader, downstream, lambda: self.cut_request)),
            asyncio.ensure_future(_copy(upstream, writer, lambda: self.cut_answer)),
        ]
        _, pending = await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        for task in pending:
            task.cancel()
        downstream.close()
        writer.close()


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, cut: Callable[[], int | None]) -> None:
    """The limit is asked for at each part, so that it also holds for connections kept alive."""
    passed = 0
    while part := await reader.read(4096):
        limit = cut()
        if limit is not None and passed + len(part) > limit:
            writer.write(part[: max(0, limit - passed)])
            await writer.drain()
            return
        writer.write(part)
        await writer.drain()
        passed += len(part)


@asynccontextmanager
async def a_relay(to_port: int) -> AsyncIterator[Relay]:
    relay = Relay(to_port)
    server = await asyncio.start_server(relay.accept, "127.0.0.1", 0)
    relay.port = server.sockets[0].getsockname()[1]
    try:
        yield relay
    finally:
        server.close()


@asynccontextmanager
async def a_server_that_says(answer: bytes) -> AsyncIterator[int]:
    """To everything; the port is yielded."""

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(65536)
        writer.write(answer)
        writer.close()

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
