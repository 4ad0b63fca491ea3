"""A line between a phone and a server: as slow as asked, cut when asked, and every byte counted."""

import asyncio
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

RESET = struct.pack("ii", 1, 0)  # SO_LINGER of no seconds: closing sends a reset
PART = 1460


class Direction:
    """All connections share the rate, as they share the mast. `bytes_per_s` None: as fast as it goes."""

    def __init__(self, bytes_per_s: float | None, delay_s: float) -> None:
        self.bytes_per_s, self.delay_s = bytes_per_s, delay_s
        self.passed = 0
        self._free_at = 0.0

    async def turn(self, size: int) -> None:
        """Waits until `size` bytes have gone over the air."""
        if self.bytes_per_s is None:
            return
        now = asyncio.get_running_loop().time()
        self._free_at = max(self._free_at, now) + size / self.bytes_per_s
        await asyncio.sleep(self._free_at - now)


class Line:
    """`is_cut`: nothing gets through. `up` and `down` count what did."""

    def __init__(self, to_port: int, *, bytes_per_s: float | None = None, delay_s: float = 0) -> None:
        self.to_port, self.port = to_port, 0
        self.up, self.down = Direction(bytes_per_s, delay_s), Direction(bytes_per_s, delay_s)
        self.is_cut = False
        self.cut_at_up: int | None = None
        """The line breaks when so many bytes have gone up."""
        self._open: set[asyncio.StreamWriter] = set()

    async def meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        try:
            if self.is_cut:
                reset(writer)
                return
            await asyncio.sleep(2 * self.up.delay_s)  # the handshake
            beyond, onward = await asyncio.open_connection("127.0.0.1", self.to_port)
            self._open.add(onward)
            await asyncio.gather(self._pass(reader, onward, self.up), self._pass(beyond, writer, self.down))
        except (ConnectionError, OSError, asyncio.CancelledError):
            pass
        finally:
            for each in (writer, *({onward} if "onward" in locals() else ())):
                self._open.discard(each)
                each.close()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, way: Direction) -> None:
        loop = asyncio.get_running_loop()
        while part := await reader.read(PART if way.bytes_per_s else 65536):
            await way.turn(len(part))
            if writer.is_closing():
                return  # what was in the air when the line broke
            way.passed += len(part)
            if self.cut_at_up is not None and self.up.passed >= self.cut_at_up:
                self.cut_at_up, self.is_cut = None, True
                self.cut()
                return
            if way.delay_s:
                loop.call_later(way.delay_s, _write, writer, part)
            else:
                writer.write(part)
                await writer.drain()
        loop.call_later(way.delay_s, writer.close)

    def cut(self) -> None:
        """Every connection, with a reset to both sides."""
        for writer in list(self._open):
            reset(writer)
        self._open.clear()


def _write(writer: asyncio.StreamWriter, part: bytes) -> None:
    if not writer.is_closing():
        writer.write(part)


def reset(writer: asyncio.StreamWriter) -> None:
    connection = writer.get_extra_info("socket")
    if connection is not None and connection.fileno() >= 0:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    writer.transport.abort()


@asynccontextmanager
async def a_line(to_port: int, *, bytes_per_s: float | None = None, delay_s: float = 0) -> AsyncIterator[Line]:
    line = Line(to_port, bytes_per_s=bytes_per_s, delay_s=delay_s)
    server = await asyncio.start_server(line.meet, "127.0.0.1", 0)
    line.port = server.sockets[0].getsockname()[1]
    try:
        yield line
    finally:
        server.close()
        line.cut()
        await asyncio.sleep(0)
