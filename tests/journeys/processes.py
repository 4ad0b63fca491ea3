"""The worker as its own process, as in production."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

PATIENCE_S = 30.0
LOOK_EVERY_S = 0.05


@asynccontextmanager
async def a_worker(data_dir: Path, **settings: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """Killed at the end, hard: it must not mind."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "api", "work", env={**os.environ, "DATA_DIR": str(data_dir), **settings}
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def until(is_so: Callable[[], Awaitable[bool]], what: str) -> None:
    """Looks again and again; fails with `what` when patience is over."""
    try:
        async with asyncio.timeout(PATIENCE_S):
            while not await is_so():
                await asyncio.sleep(LOOK_EVERY_S)
    except TimeoutError:
        raise AssertionError(f"waited {PATIENCE_S:.0f} s in vain: {what}") from None
