"""What an operator reads when the store's address is wrong."""

import asyncio
import os
import sys
from pathlib import Path

import pytest

from tests.media.object_stores import PRESENT, ObjectStore


async def words_of(command: str, media_url: str, data_dir: Path) -> tuple[str, int | None]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "api", command),
        env={**os.environ, "MEDIA_URL": media_url, "DATA_DIR": str(data_dir), "PORT": "0"},
        stderr=asyncio.subprocess.PIPE,
    )
    _, said = await process.communicate()
    return said.decode(), process.returncode


@pytest.mark.parametrize("command", ["serve", "work"])
async def test_an_address_that_is_none_ends_the_start_with_a_line(command: str, tmp_path: Path) -> None:
    said, status = await words_of(command, "s3://key:hush@host/two/buckets", tmp_path)
    assert status == 1
    assert "not the address of a photo store" in said
    assert "hush" not in said
    assert "Traceback" not in said


@pytest.mark.parametrize("make", PRESENT)
async def test_a_wrong_secret_ends_the_start_with_a_line(
    make: str, object_stores: dict[str, ObjectStore], tmp_path: Path
) -> None:
    said, status = await words_of("serve", object_stores[make].url(secret="hush-hush"), tmp_path)
    assert status == 1
    assert "wrong key or secret" in said
    assert "hush" not in said
    assert "Traceback" not in said
