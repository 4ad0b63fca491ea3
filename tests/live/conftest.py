"""The streams are listened to at a really served process: there they are cut, replayed and ended as outside."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from tests.journeys.conftest import town
from tests.public.serving import served

__all__ = ["town"]
PATIENCE_S = 20


@pytest.fixture(scope="session")
def site() -> Iterator[str]:
    with served() as address:
        yield address


class Listener:
    def __init__(self, lines: AsyncIterator[str]) -> None:
        self._lines = lines

    async def hears(self) -> dict[str, Any]:
        """The next event: its name, cursor and content."""
        said: dict[str, Any] = {}
        async with asyncio.timeout(PATIENCE_S):
            while line := await anext(self._lines):
                name, _, value = line.partition(": ")
                said[name] = json.loads(value) if name == "data" else value
        return said

    async def has_ended(self) -> bool:
        async with asyncio.timeout(PATIENCE_S):
            return [line async for line in self._lines if line] == []


@asynccontextmanager
async def listening(site: str, path: str, cursor: str = "", token: str = "") -> AsyncIterator[Listener]:
    headers = {"last-event-id": cursor} if cursor else {}
    headers |= {"authorization": f"Bearer {token}"} if token else {}
    async with (
        httpx.AsyncClient(base_url=site, timeout=PATIENCE_S) as http,
        http.stream("GET", path, headers=headers) as a,
    ):
        assert a.status_code == 200
        assert a.headers["content-type"].startswith("text/event-stream")
        yield Listener(a.aiter_lines())
