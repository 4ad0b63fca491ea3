"""Being woken by NOTIFY instead of waiting for the next look. It only wakes: whoever is woken looks for due rows."""

import asyncio
import logging
from collections.abc import Iterable
from types import TracebackType
from typing import Any, Protocol

import asyncpg

log = logging.getLogger(__name__)


class Engine(Protocol):
    async def get_new_connection(self) -> Any: ...


class Wakeup:
    """Listens to `channels` on a connection of its own, which is made anew when it was lost.

    `async with Wakeup(engine, ["push"]) as wakeup: heard = await wakeup.wait(5)`
    """

    def __init__(self, engine: Engine, channels: Iterable[str]) -> None:
        self._engine, self._channels = engine, frozenset(channels)
        self._connection: asyncpg.Connection[Any] | None = None
        self._rung = asyncio.Event()
        self._heard: set[str] = set()

    async def __aenter__(self) -> "Wakeup":
        await self._listen()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._connection is not None:
            self._connection.remove_termination_listener(self._lost)
            await self._connection.close(timeout=2)

    async def wait(self, timeout_s: float) -> frozenset[str]:
        """The channels that spoke since the last call; empty after `timeout_s` of silence.

        After a lost connection every channel counts as having spoken, for its calls went unheard.
        """
        try:
            async with asyncio.timeout(timeout_s):
                if not self._is_listening() and await self._listen():
                    self._heard.update(self._channels)
                    self._rung.set()
                await self._rung.wait()
        except TimeoutError:
            pass
        self._rung.clear()
        heard, self._heard = self._heard, set()
        return frozenset(heard)

    def _is_listening(self) -> bool:
        return self._connection is not None and not self._connection.is_closed()

    async def _listen(self) -> bool:
        connection: asyncpg.Connection[Any] | None = None
        try:
            connection = await self._engine.get_new_connection()
            connection.add_termination_listener(self._lost)
            for channel in self._channels:
                await connection.add_listener(channel, self._ring)
            self._connection = connection
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            log.warning("no wake-up calls, looking at intervals only: reason=%s", type(error).__name__)
        finally:
            if connection is not None and connection is not self._connection:
                connection.terminate()  # half-made, by an error or by the end of the wait
        return self._is_listening()

    def _ring(self, _connection: Any, _pid: int, channel: str, _payload: object) -> None:
        self._heard.add(channel)
        self._rung.set()

    def _lost(self, _connection: Any) -> None:
        self._rung.set()
