"""A process hears at once that a city was changed: the trigger calls, the book reads again when it is next asked."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress

from api.cities.book import CityBook
from api.database import Database
from push.wakeup import Wakeup

CHANNEL = "cities"
LOOK_S = 60.0  # only to mend a lost connection; who hears nothing still asks every few seconds


@asynccontextmanager
async def hearing(database: Database, books: Iterable[CityBook]) -> AsyncIterator[None]:
    """On one connection of its own."""
    known = tuple(books)
    async with Wakeup(database, [CHANNEL]) as wakeup:
        listening = asyncio.create_task(_listen(wakeup, known))
        try:
            yield
        finally:
            listening.cancel()
            with suppress(asyncio.CancelledError):
                await listening


async def _listen(wakeup: Wakeup, books: tuple[CityBook, ...]) -> None:
    while True:
        if await wakeup.wait(LOOK_S):
            for book in books:
                book.invalidate()
