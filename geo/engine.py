"""The one engine as this room uses it: Piccolo finds it (PICCOLO_CONF), its pool and transaction are the caller's."""

from collections.abc import Iterable, Sequence
from contextlib import AbstractAsyncContextManager
from contextvars import ContextVar
from typing import Any, Protocol, cast

from piccolo.engine import engine_finder


class Engine(Protocol):
    current_transaction: ContextVar[Any]

    async def fetch(self, sql: str, *values: object) -> Sequence[Any]: ...

    def transaction(self) -> AbstractAsyncContextManager[Any]: ...


def engine() -> Engine:
    return cast(Engine, engine_finder())


async def copy(table: str, columns: list[str], rows: Iterable[tuple[Any, ...]]) -> None:
    """COPY on the current transaction, which must be open."""
    connection = engine().current_transaction.get().connection
    await connection.copy_records_to_table(table, columns=columns, records=rows)
