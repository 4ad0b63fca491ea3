"""Real PostgreSQL + PostGIS: one migrated template a run, one copy a worker, rows deleted between tests.

`DATABASE_URL` names the server (`make test` starts a private one); the databases are the run's own.
"""

import asyncio
import os
import shutil
import subprocess
import sys
import tempfile
import uuid
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest

RUN = os.environ.get("PYTEST_XDIST_TESTRUNUID", uuid.uuid4().hex)[:12]
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")
SERVER_URL = os.environ.get("TEST_SERVER_URL") or os.environ.get("DATABASE_URL", "")
os.environ["TEST_SERVER_URL"] = SERVER_URL


def database_url(name: str) -> str:
    """The same server, another database."""
    return urlunsplit(urlsplit(SERVER_URL)._replace(path=f"/{name}"))


TEMPLATE = f"kentongan_{RUN}_template"
DATABASE = f"kentongan_{RUN}_{WORKER}"
os.environ["DATABASE_URL"] = database_url(DATABASE)
os.environ["PICCOLO_CONF"] = "api.piccolo_conf"
OWN_DATA_DIR = "" if os.environ.get("DATA_DIR") else tempfile.mkdtemp(prefix=f"kentongan-{WORKER}-")
os.environ["DATA_DIR"] = os.environ.get("DATA_DIR") or OWN_DATA_DIR


async def _execute(sql: str) -> None:
    connection = await asyncpg.connect(SERVER_URL)
    try:
        await connection.execute(sql)
    finally:
        await connection.close()


def _template() -> None:
    """Made by whichever worker holds the lock first, while the others wait."""
    flag = Path(tempfile.gettempdir()) / f"{TEMPLATE}.done"

    async def make() -> None:
        connection = await asyncpg.connect(SERVER_URL)
        try:
            await connection.execute(f"SELECT pg_advisory_lock(hashtext('{TEMPLATE}'))")
            if flag.exists():
                return
            await connection.execute(f"CREATE DATABASE {TEMPLATE}")
            migrated = await asyncio.to_thread(
                subprocess.run,
                [sys.executable, "-m", "api", "migrate"],
                env={**os.environ, "DATABASE_URL": database_url(TEMPLATE)},
                capture_output=True,
                text=True,
            )
            if migrated.returncode or "error" in migrated.stdout.lower():
                raise RuntimeError(migrated.stdout + migrated.stderr)
            flag.touch()
        finally:
            await connection.close()

    asyncio.run(make())


def pytest_sessionstart(session: pytest.Session) -> None:
    if not SERVER_URL:
        raise pytest.UsageError("DATABASE_URL is not set: run `make test`, which starts a private PostGIS")
    if session.config.pluginmanager.hasplugin("dsession") and WORKER == "main":
        return  # the xdist controller runs no test
    _template()
    asyncio.run(_execute(f"CREATE DATABASE {DATABASE} TEMPLATE {TEMPLATE}"))


def pytest_sessionfinish(session: pytest.Session) -> None:
    if OWN_DATA_DIR:
        shutil.rmtree(OWN_DATA_DIR, ignore_errors=True)
    if not SERVER_URL:
        return
    asyncio.run(_execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)"))
    if WORKER == "main":
        asyncio.run(_execute(f"DROP DATABASE IF EXISTS {TEMPLATE} WITH (FORCE)"))
        (Path(tempfile.gettempdir()) / f"{TEMPLATE}.done").unlink(missing_ok=True)


@pytest.fixture(scope="session", autouse=True)
async def pool() -> AsyncIterator[None]:
    from api.piccolo_conf import DB

    await DB.start_connection_pool(min_size=1, max_size=10)
    yield
    await DB.close_connection_pool()


FILLED_TABLES = """
-- every ordinary table of ours that holds a row; the migration ledger and PostGIS' own stay
SELECT format('DELETE FROM %I', c.relname) AS empty
FROM pg_class AS c
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
  AND c.relname NOT IN ('migration', 'spatial_ref_sys')
"""


@pytest.fixture(autouse=True)
async def empty_tables(pool: None) -> AsyncIterator[None]:
    yield
    from api.piccolo_conf import DB

    assert DB.pool is not None
    async with DB.pool.acquire() as connection, connection.transaction():
        await connection.execute("SET LOCAL session_replication_role = replica")  # no order of foreign keys
        statements = [row["empty"] for row in await connection.fetch(FILLED_TABLES)]
        if statements:
            await connection.execute(";".join(statements))
