"""A relay on the way to a double, that can lose what passes, or cut it: the network's own faults."""

import asyncio
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

RESET = struct.pack("ii", 1, 0)  # SO_LINGER of no seconds: closing sends a reset


class Relay:
    """`is_hole`: connections are made and nothing passes; `is_cutting`: they are reset as soon as they are made."""

    def __init__(self, target: tuple[str, int]) -> None:
        self.target, self.is_hole, self.is_cutting = target, False, False
        self.peer: tuple[str, int] = ("", 0)
        self._open: set[asyncio.StreamWriter] = set()

    async def meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        try:
            if self.is_cutting:
                reset(writer)
                return
            beyond, onward = await asyncio.open_connection(*self.target)
            self._open.add(onward)
            await asyncio.gather(self._pass(reader, onward), self._pass(beyond, writer))
        except (ConnectionError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while piece := await reader.read(65536):
            if not self.is_hole:
                writer.write(piece)
        writer.close()

    def cut(self) -> None:
        """Every connection, with a reset to both sides."""
        for writer in self._open:
            reset(writer)
        self._open.clear()


def reset(writer: asyncio.StreamWriter) -> None:
    connection = writer.get_extra_info("socket")
    if connection is not None and connection.fileno() >= 0:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    writer.transport.abort()


@asynccontextmanager
async def a_relay(target: tuple[str, int]) -> AsyncIterator[Relay]:
    relay = Relay(target)
    server = await asyncio.start_server(relay.meet, "127.0.0.1", 0)
    relay.peer = server.sockets[0].getsockname()
    try:
        yield relay
    finally:
        server.close()
        relay.cut()
        await server.wait_closed()
