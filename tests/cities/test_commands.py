"""`city add` as the operator types it."""

import asyncio
import os
import sys

from api.cities.book import CityBook
from api.piccolo_conf import DB

ONE_LINE = "from api.cities_commands import city; city()"


async def city_command(*arguments: str) -> tuple[int, str]:
    """Exit code and everything it said; a process of its own, as it starts its own loop and pool."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        ONE_LINE,
        *arguments,
        env=os.environ,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    return process.returncode or 0, said.decode()


async def test_city_add_says_what_it_made():
    code, said = await city_command("add", "32.76")

    assert code == 0
    assert said.startswith("Kota Depok (32.76) is ready:")
    assert await CityBook(DB).city_of("32.76") is not None


async def test_city_add_again_says_that_nothing_was_missing():
    await city_command("add", "32.76")

    code, said = await city_command("add", "32.76")

    assert code == 0
    assert "was there already" in said
    assert "0 agencies" in said


async def test_an_unknown_code_is_told_in_words():
    code, said = await city_command("add", "99.99")

    assert code == 1
    assert said.startswith("Error: '99.99' is no known kabupaten or kota.")
    assert "Traceback" not in said
