"""The one way of this room to the database: the engine's current transaction, or else its pool."""

from collections.abc import Sequence
from typing import Any

import asyncpg
from piccolo.engine import engine_finder


async def fetch(sql: str, *values: object) -> Sequence[asyncpg.Record]:
    engine: Any = engine_finder()
    rows: Sequence[asyncpg.Record] = await engine.fetch(sql, *values)
    return rows
