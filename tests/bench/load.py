"""Load over loopback: keep-alive connections sending prepared requests, as cheaply as Python can."""

import asyncio
import time
from collections.abc import Iterator
from itertools import islice

import msgspec


class Measured(msgspec.Struct, frozen=True):
    """`statuses`: how often which HTTP status came."""

    requests: int
    seconds: float
    p50_ms: float
    p99_ms: float
    statuses: dict[int, int]

    @property
    def per_s(self) -> float:
        return self.requests / self.seconds


class _Connection(asyncio.Protocol):
    def __init__(self, requests: Iterator[bytes], taken: list[float], statuses: dict[int, int]) -> None:
        self.requests, self.taken, self.statuses = requests, taken, statuses
        self.done = asyncio.get_running_loop().create_future()
        self.answer = bytearray()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self._send()

    def _send(self) -> None:
        request = next(self.requests, None)
        if request is None:
            self.transport.close()
            return
        self.answer.clear()
        self.sent_at = time.perf_counter()
        self.transport.write(request)  # type: ignore[attr-defined]

    def data_received(self, data: bytes) -> None:
        self.answer += data
        head, _, body = self.answer.partition(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0] or 0)
        if not _ or len(body) < length:
            return
        self.taken.append(time.perf_counter() - self.sent_at)
        status = int(head[9:12])
        self.statuses[status] = self.statuses.get(status, 0) + 1
        self._send()

    def connection_lost(self, error: Exception | None) -> None:
        self.done.set_result(None)


async def send_all(port: int, requests: list[bytes], connections: int = 16) -> Measured:
    """All of `requests`, each connection taking the next one."""
    taken: list[float] = []
    statuses: dict[int, int] = {}
    shared = iter(requests)
    begun = time.perf_counter()
    loop = asyncio.get_running_loop()
    opened = [
        await loop.create_connection(lambda: _Connection(shared, taken, statuses), "127.0.0.1", port)
        for _ in range(connections)
    ]
    await asyncio.gather(*(protocol.done for _, protocol in opened))
    seconds = time.perf_counter() - begun
    taken.sort()
    return Measured(
        len(taken),
        seconds,
        1000 * taken[len(taken) // 2],
        1000 * next(islice(taken, int(len(taken) * 0.99), None)),
        statuses,
    )
