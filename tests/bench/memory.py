"""`memory`: what the API and the worker hold when idle, after one request each way. Limit 150 MB each."""

import asyncio
import json
import os
import sys
import tempfile

import psutil

from tests.bench.served import a_database, an_api

LIMIT_MB = 150


def resident_mb(process: psutil.Process) -> float:
    """With its children: the worker's sandbox counts as the worker's."""
    return sum(one.memory_info().rss for one in (process, *process.children(recursive=True))) / 1e6


async def settled(pid: int) -> float:
    """Once it grows no more."""
    process, before = psutil.Process(pid), 0.0
    async with asyncio.timeout(60):
        while (now := resident_mb(process)) - before > 0.5:
            before = now
            await asyncio.sleep(2)
    return now


async def main() -> None:
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        async with a_database("bench_memory"), an_api(folder) as (_, api):
            environment = {**os.environ, "DATA_DIR": folder, "LOG_LEVEL": "WARNING"}
            worker = await asyncio.create_subprocess_exec(sys.executable, "-m", "api", "work", env=environment)
            try:
                for name, pid in (("memory_api", api.pid), ("memory_worker", worker.pid)):
                    value = await settled(pid)
                    found = {"name": name, "value": round(value), "unit": "MB", "reference": LIMIT_MB}
                    conditions = "resident, idle, with children"
                    print(json.dumps({**found, "ratio": round(value / LIMIT_MB, 2), "conditions": conditions}))  # noqa: T201
            finally:
                worker.kill()
                await worker.wait()


if __name__ == "__main__":
    asyncio.run(main())
