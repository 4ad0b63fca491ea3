"""A served database for benchmarks: made, filled, answered by a real `python -m api serve`, dropped."""

import asyncio
import os
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import psutil

SERVER = os.environ["DATABASE_URL"]
os.environ["PICCOLO_CONF"] = "api.piccolo_conf"


def on_server(database: str) -> str:
    return urlunsplit(urlsplit(SERVER)._replace(path=f"/{database}"))


async def administer(sql: str) -> None:
    connection = await asyncpg.connect(SERVER)
    try:
        await connection.execute(sql)
    finally:
        await connection.close()


@asynccontextmanager
async def a_database(name: str) -> AsyncIterator[str]:
    """Migrated; `DATABASE_URL` names it from here on, so import `api` only inside."""
    await administer(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    await administer(f"CREATE DATABASE {name}")
    os.environ["DATABASE_URL"] = on_server(name)
    from api.migrations import migrate
    from api.piccolo_conf import DB

    stdout, sys.stdout = sys.stdout, sys.stderr  # Piccolo tells its progress; the lines of JSON stay alone
    try:
        await migrate()
    finally:
        sys.stdout = stdout
    await DB.start_connection_pool(min_size=1, max_size=2)
    try:
        yield os.environ["DATABASE_URL"]
    finally:
        await DB.close_connection_pool()
        await administer(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@asynccontextmanager
async def an_api(data_dir: str) -> AsyncIterator[tuple[int, psutil.Process]]:
    """Port and process of the API: one worker, as `make run` starts it."""
    port = free_port()
    environment = {**os.environ, "PORT": str(port), "DATA_DIR": data_dir, "LOG_LEVEL": "WARNING"}
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "api", "serve", env=environment)
    try:
        await _listening(port, process)
        yield port, psutil.Process(process.pid)
    finally:
        process.terminate()
        await process.wait()


async def _listening(port: int, process: asyncio.subprocess.Process) -> None:
    async with asyncio.timeout(60):
        while process.returncode is None:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.1)
            else:
                writer.close()
                return
    raise RuntimeError("the API ended before it listened")


async def postmaster() -> psutil.Process:
    connection = await asyncpg.connect(SERVER)
    try:
        backend: int = await connection.fetchval("SELECT pg_backend_pid()")
        parent = psutil.Process(backend).parent()
    finally:
        await connection.close()
    assert parent is not None
    return parent


def cpu_s(process: psutil.Process) -> float:
    """Of a process and its children, the dead ones too."""
    total = sum(process.cpu_times()[:4])
    for child in process.children():
        total += sum(child.cpu_times()[:2])
    return total
