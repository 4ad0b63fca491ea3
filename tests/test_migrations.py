"""From an empty database to the newest shape, by one command, as often as one likes."""

import asyncio
import os
import re
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from api.piccolo_conf import APP_REGISTRY
from tests.conftest import DATABASE, SERVER_URL, database_url

EMPTY = f"{DATABASE}_empty"

SHAPE = """
SELECT table_name || '.' || column_name || ' ' || data_type AS line FROM information_schema.columns
WHERE table_schema = 'public' AND table_name <> 'migration'
UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename <> 'migration'
ORDER BY 1
"""


async def on(url: str, sql: str) -> list[str]:
    connection = await asyncpg.connect(url)
    try:
        return [str(row[0]) for row in await connection.fetch(sql)]
    finally:
        await connection.close()


@pytest.fixture
async def empty() -> AsyncIterator[str]:
    await on(SERVER_URL, f"CREATE DATABASE {EMPTY}")
    yield database_url(EMPTY)
    await on(SERVER_URL, f"DROP DATABASE {EMPTY} WITH (FORCE)")


async def migrate(url: str) -> "subprocess.CompletedProcess[str]":
    return await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-m", "api", "migrate"],
        env={**os.environ, "DATABASE_URL": url},
        capture_output=True,
        text=True,
    )


async def test_migrating_makes_the_shape_and_repeating_it_changes_nothing(empty: str):
    assert (await migrate(empty)).returncode == 0
    made = await on(empty, SHAPE)
    assert made == await on(database_url(DATABASE), SHAPE)
    again = await migrate(empty)
    assert again.returncode == 0, again.stdout + again.stderr
    assert await on(empty, SHAPE) == made


def test_the_ids_of_migrations_are_each_rooms_own():
    for app in APP_REGISTRY.app_configs.values():
        files = sorted(Path(app.migrations_folder_path).glob("*_20*.py"))
        ids = re.findall('^ID = "(.+)"$', "\n".join(file.read_text() for file in files), re.MULTILINE)
        assert len(ids) == len(files) == len(set(ids)) > 0, app.app_name
