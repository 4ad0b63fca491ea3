"""The one pool and the one kind of transaction: what Piccolo's own did wrong, and must not come back."""

import asyncio

import asyncpg
import pytest

from api.accounts.tables import Account
from api.database import Statement
from api.piccolo_conf import DB
from geo.point import Point
from tests.people import NOON


class Undone(Exception):
    pass


async def logins() -> set[str]:
    return {row["login"] for row in await Account.select(Account.login)}


async def add(login: str) -> None:
    await Account.insert(Account(login=login, created_at=NOON))


async def add_and_raise(login: str) -> None:
    async with DB.transaction():
        await add(login)
        raise Undone


def free_connections() -> int:
    assert DB.pool is not None
    return DB.pool.get_idle_size() + DB.pool.get_max_size() - DB.pool.get_size()


async def test_the_private_server_speaks_postgis():
    assert (await DB.fetch("SELECT postgis_lib_version()"))[0][0]


async def test_what_raises_leaves_nothing():
    with pytest.raises(Undone):
        await add_and_raise("a")
    assert await logins() == set()


async def test_an_inner_transaction_undoes_its_own_part_and_no_more():
    async with DB.transaction():
        await add("outer")
        with pytest.raises(Undone):
            await add_and_raise("inner")
        async with DB.transaction():
            await add("kept")
    assert await logins() == {"outer", "kept"}


async def test_an_inner_transaction_survives_a_refused_statement():
    await add("a")
    async with DB.transaction():
        with pytest.raises(asyncpg.UniqueViolationError):
            async with DB.transaction():
                await add("a")
        await add("b")
    assert await logins() == {"a", "b"}


DEFERRED = """
CREATE TABLE later (id int PRIMARY KEY, other int REFERENCES later DEFERRABLE INITIALLY DEFERRED);
"""


async def test_a_commit_that_fails_gives_the_connection_back_and_ends_the_transaction():
    before = free_connections()

    async def commit() -> None:
        async with DB.transaction():
            await DB.fetch(DEFERRED)
            await DB.fetch("INSERT INTO later VALUES (1, 2)")

    with pytest.raises(asyncpg.ForeignKeyViolationError):
        await commit()
    assert DB.current_transaction.get() is None
    assert free_connections() == before
    assert (await DB.fetch("SELECT to_regclass('later') IS NULL"))[0][0]


async def test_a_cancelled_transaction_gives_the_connection_back():
    before = free_connections()

    async def slow() -> None:
        async with DB.transaction():
            await add("never")
            await DB.fetch("SELECT pg_sleep(60)")

    task = asyncio.create_task(slow())
    while not await DB.fetch("SELECT FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(60)' AND state = 'active'"):
        await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert free_connections() == before
    assert await logins() == set()


async def test_transactions_of_two_tasks_do_not_meet():
    async def one(login: str) -> None:
        async with DB.transaction():
            await add(login)
            if login == "b":
                raise Undone

    results = await asyncio.gather(*(one(login) for login in "abc"), return_exceptions=True)
    assert [type(result) for result in results] == [type(None), Undone, type(None)]
    assert await logins() == {"a", "c"}


async def test_connections_outside_the_pool_speak_geometry_too():
    connection = await DB.get_new_connection()
    try:
        found = await connection.fetchval("SELECT ST_X($1::geometry)", Point(lat=-6.4, lon=106.8))
    finally:
        await connection.close()
    assert found == 106.8


async def test_named_values_may_come_in_any_order_and_none_may_be_missing():
    statement = Statement("SELECT :b ::int - :a ::int AS difference, :a ::int AS a")
    assert dict((await statement.fetch(DB, a=1, b=3))[0]) == {"difference": 2, "a": 1}
    with pytest.raises(KeyError):
        await statement.fetch(DB, a=1)
