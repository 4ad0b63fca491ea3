"""The changes of the last minutes, read once per process for all who listen."""

import asyncio
import logging
from collections import deque
from collections.abc import AsyncIterator
from itertools import islice

import msgspec

from api.live.changes import Change, read_changes, read_horizon

log = logging.getLogger(__name__)

LOOK_EVERY_S = 0.25
AFTER_FAULT_S = 2.0
SILENCE_S = 25.0  # then a heartbeat: mobile networks and proxies forget connections that say nothing
PAGE = 1_000
REMEMBERED = 5_000
MOST_LISTENERS = 4_000

Mark = tuple[int, int, int]  # of a change: report, version, transaction


class TooManyListeners(Exception):
    def __init__(self, limit: int) -> None:
        super().__init__(f"{limit} listeners are connected")
        self.limit = limit


class Told(msgspec.Struct, frozen=True):
    """`cursor`: who has heard this and asks again with it misses nothing."""

    cursor: int
    change: Change


class LiveLog:
    """Looks into the database only while somebody listens."""

    def __init__(self) -> None:
        self._told: deque[Told] = deque(maxlen=REMEMBERED)
        self._count = 0  # of all ever told: the place of the next one
        self._news = asyncio.Event()
        self._listeners = 0
        self._watch: asyncio.Task[None] | None = None
        self._starting = asyncio.Lock()
        self._is_closed = False

    def check_room(self) -> None:
        """Raises TooManyListeners: to be asked before the answer begins."""
        if self._listeners >= MOST_LISTENERS:
            raise TooManyListeners(MOST_LISTENERS)

    async def listen(self, since: int | None) -> AsyncIterator[Told | int | None]:
        """First the cursor from which on nothing is missed (an int), then changes; None after SILENCE_S of silence.

        It ends when the process stops, or when this listener is too slow: it should ask again with its last cursor.
        `since` older than what can be replayed: the iterator says so by beginning with a later cursor.
        """
        self._listeners += 1
        try:
            cursor = await self._begin()
            place = self._count
            missed = await read_changes(since, PAGE + 1) if since is not None and since < cursor else []
            yield since if since is not None and len(missed) <= PAGE else cursor
            for change in missed[: PAGE if len(missed) <= PAGE else 0]:
                yield Told(since or cursor, change)
            async for told in self._from(place):
                yield told
        finally:
            self._listeners -= 1

    async def _from(self, place: int) -> AsyncIterator[Told | None]:
        while not self._is_closed and self._count - place <= REMEMBERED:
            news = self._news
            for told in list(islice(self._told, len(self._told) - (self._count - place), None)):
                yield told
                place += 1
            if place == self._count and not await _rings(news):
                yield None

    async def _begin(self) -> int:
        """The watch runs, and from the cursor it has at this moment every change will be told."""
        async with self._starting:
            if self._watch is None or self._watch.done():
                self._cursor = await read_horizon()
                self._seen: set[Mark] = set()
                self._watch = asyncio.create_task(self._look())
        return self._cursor

    async def _look(self) -> None:
        while self._listeners and not self._is_closed:
            pause = LOOK_EVERY_S
            try:
                await self._read()
            except Exception:  # the database is away: listeners stay, and hear of it when it is back
                log.exception("live changes cannot be read")
                pause = AFTER_FAULT_S
            await asyncio.sleep(pause)

    async def _read(self) -> None:
        horizon, after = await read_horizon(), (self._cursor, 0)
        seen: set[Mark] = set()
        while True:
            found = await read_changes(after[0], PAGE, after[1])
            fresh = [change for change in found if _mark(change) not in self._seen]
            self._told.extend(Told(self._cursor, change) for change in fresh)
            self._count += len(fresh)
            seen |= {_mark(change) for change in found if change.changed_xid >= horizon}
            if fresh:
                self._ring()
            if len(found) < PAGE:
                break
            after = (found[-1].changed_xid, found[-1].id)
        self._cursor, self._seen = horizon, seen

    def _ring(self) -> None:
        news, self._news = self._news, asyncio.Event()
        news.set()

    def close(self) -> None:
        """Lets everybody go, so that a server which stops need not wait for them."""
        self._is_closed = True
        self._ring()


def _mark(change: Change) -> Mark:
    return change.id, change.version, change.changed_xid


async def _rings(news: asyncio.Event) -> bool:
    try:
        async with asyncio.timeout(SILENCE_S):
            await news.wait()
    except TimeoutError:
        return False
    return True
