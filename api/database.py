"""The one pool and the one kind of transaction.

Piccolo's engine, mended where 1.38 is at fault (each reproduced, see the tests): a failing COMMIT
leaked the connection, an inner transaction that raised was committed by the outer one, and
connections outside the pool did not speak geometry.
"""

from collections.abc import Sequence
from types import TracebackType
from typing import Any

import asyncpg
import sqlalchemy
from piccolo.engine.postgres import PostgresEngine, PostgresTransaction
from sqlalchemy.dialects.postgresql.asyncpg import dialect as asyncpg_dialect

from geo.columns import teach_geometry


class Savepoint:
    """A transaction inside a transaction: it undoes only its own part."""

    def __init__(self, outer: PostgresTransaction) -> None:
        self.outer = outer

    async def __aenter__(self) -> PostgresTransaction:
        self.savepoint = self.outer.connection.transaction()
        await self.savepoint.start()
        return self.outer

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            await self.savepoint.commit()
        else:
            await self.savepoint.rollback()


class Transaction(PostgresTransaction):
    """Gives its connection back whatever happens, a failing COMMIT included."""

    async def __aenter__(self) -> "Transaction":
        self.connection = await self.get_connection()
        try:
            self.transaction = self.connection.transaction()
            await self.begin()
        except BaseException:
            await self._release()
            raise
        self.context = self.engine.current_transaction.set(self)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        try:
            if kind is not None:
                if not self._rolled_back:
                    await self.rollback()
            elif not self._committed and not self._rolled_back:
                await self.commit()
        finally:
            self.engine.current_transaction.reset(self.context)
            await self._release()
        return kind is None

    async def _release(self) -> None:
        if self.engine.pool:
            await self.engine.pool.release(self.connection)
        else:
            await self.connection.close()


async def keep_as_it_is(connection: "asyncpg.Connection[Any]") -> None:
    """Saves asyncpg's RESET ALL, 45 % of a short query: we use SET LOCAL only, and never LISTEN here."""


class Database(PostgresEngine):
    async def check_version(self) -> None:
        """Nothing: Piccolo would open a connection at import."""

    async def prep_database(self) -> None:
        """Nothing: extensions are made by the migrations."""

    async def start_connection_pool(self, **kwargs: Any) -> None:
        await super().start_connection_pool(init=teach_geometry, reset=keep_as_it_is, **kwargs)

    async def get_new_connection(self) -> Any:
        connection = await asyncpg.connect(**self.config)
        await teach_geometry(connection)
        return connection

    def transaction(self, allow_nested: bool = True) -> Any:
        outer = self.current_transaction.get()
        return Savepoint(outer) if outer is not None else Transaction(engine=self, allow_nested=allow_nested)

    async def fetch(self, sql: str, *values: object) -> Sequence[asyncpg.Record]:
        """Rows of `sql` (with $1, $2 …), in the current transaction or else on the pool: the hot paths' way."""
        transaction = self.current_transaction.get()
        connection = self.pool if transaction is None else transaction.connection
        if connection is None:
            raise RuntimeError("the connection pool has not been started")
        rows: Sequence[asyncpg.Record] = await connection.fetch(sql, *values)
        return rows


class Statement:
    """SQL with `:named` values, compiled once at import to the $1, $2 … of asyncpg."""

    def __init__(self, sql: str) -> None:
        compiled = sqlalchemy.text(sql).compile(dialect=asyncpg_dialect())
        self.sql = str(compiled)
        self.names = tuple(compiled.positiontup or ())

    async def fetch(self, database: Database, **values: object) -> Sequence[asyncpg.Record]:
        """Raises KeyError for a value that is missing."""
        return await database.fetch(self.sql, *[values[name] for name in self.names])
