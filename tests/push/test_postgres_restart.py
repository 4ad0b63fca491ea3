"""PostgreSQL is cut off in the midst of it all; what FCM's double accepted is counted."""

import asyncio
import os
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg

from tests.peers.fcm import REPOSITORY, FcmDouble
from tests.peers.postgres import OwnPostgres, an_own_postgres
from tests.push.factories import NOW
from tests.push.steady_deliverer import BATCH

NOTICES = 200

PHONES = """
SELECT push_register(gen_random_uuid(), n, 'fcm', 'slow-20-' || n, $1, 20) FROM generate_series(1, $2::int) AS n
"""
NOTIFY = "SELECT push_notify($1, $2, 1, 'report.changed', '{}', $3, $4)"
AWAY = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError)


@asynccontextmanager
async def a_worker(postgres: OwnPostgres, fcm: FcmDouble) -> AsyncIterator[None]:
    where = (fcm.service_account_path, fcm.ca_path, fcm.port)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.push.steady_deliverer", *map(str, where)),
        cwd=REPOSITORY,
        env={**os.environ, "DATABASE_URL": postgres.url},
        stdin=asyncio.subprocess.PIPE,
    )
    try:
        yield
    finally:
        process.kill()
        await process.wait()


async def connected(postgres: OwnPostgres) -> "asyncpg.Connection[Any]":
    while True:
        try:
            return await asyncpg.connect(postgres.url)
        except AWAY:
            await asyncio.sleep(0.05)


async def tell_all(postgres: OwnPostgres) -> set[str]:
    """The mids of all notices, each said again until its commit is certain."""
    connection, mids = await connected(postgres), set()
    for recipient in range(1, NOTICES + 1):
        subject, mid = uuid4(), None
        while mid is None:
            try:
                mid = await connection.fetchval(NOTIFY, recipient, subject, NOW, timedelta(days=1))
            except AWAY:
                connection.terminate()
                connection = await connected(postgres)
        mids.add(str(mid))
    await connection.close()
    return mids


async def accepted(fcm: FcmDouble, at_least: int) -> Counter[str]:
    while True:
        told = Counter(said.mid for said in await asyncio.to_thread(fcm.accepted))
        if len(told) >= at_least:
            return told
        await asyncio.sleep(0.02)


async def settled(postgres: OwnPostgres) -> dict[str, int]:
    """When nothing is left to do."""
    connection = await connected(postgres)
    try:
        while True:
            rows = await connection.fetch("SELECT state, count(*) AS n FROM delivery GROUP BY state")
            states = {row["state"]: row["n"] for row in rows}
            if not states.keys() & {"pending", "leased"}:
                return states
            await asyncio.sleep(0.05)
    finally:
        await connection.close()


async def test_a_postgres_that_is_cut_off_loses_nothing_and_repeats_only_what_was_in_flight(
    tmp_path: Path, fcm: FcmDouble
):
    with an_own_postgres(tmp_path / "cluster") as postgres:
        await asyncio.to_thread(postgres.migrate)
        connection = await connected(postgres)
        await connection.execute(PHONES.replace("$1", f"'{NOW.isoformat()}'").replace("$2", str(NOTICES)))
        await connection.close()
        async with a_worker(postgres, fcm):
            telling = asyncio.create_task(tell_all(postgres))
            await accepted(fcm, 30)
            await asyncio.to_thread(postgres.cut_off)
            await asyncio.to_thread(postgres.start)
            mids = await telling
            told = await accepted(fcm, NOTICES)
            assert await settled(postgres) == {"delivered": NOTICES}
    assert set(told) == mids
    assert sum(told.values()) - NOTICES <= BATCH
