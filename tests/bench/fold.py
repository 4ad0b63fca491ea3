"""`fold`: 500 changes of the map a second, counted by the worker's own chore; how far behind, and how exact after.

`make bench ONLY=fold`; BENCH_ROWS sets the number of points (1,000,000), SECONDS how long it goes on (30).
"""

import asyncio
import datetime as dt
import os
import random
import time

import asyncpg
import uvloop

from tests.bench.points import fill, line
from tests.bench.served import a_database

ROWS = int(os.environ.get("BENCH_ROWS", "1000000"))
SECONDS = int(os.environ.get("SECONDS", "30"))
WRITERS, PER_S = 4, 500
ALLOWED_BEHIND_S = 1.0

# Half are new, most others open or close, some move and some leave.
BORN = """
SELECT map_point_put(1000000000 + $1::bigint, city, category, true, now(), 106.5 + $2::float8 * 2, -7 + $2::float8,
    'N' || $1) FROM map_point WHERE id = 1 + $1 % 1000
"""
TURNED = "UPDATE map_point SET is_open = NOT is_open WHERE id = $1"
MOVED = "UPDATE map_point SET category = category + 1 - 2 * (category % 2) WHERE id = $1"
LEFT = "SELECT map_point_remove($1)"


async def write(url: str, seed: int, taken: list[float]) -> None:
    """Its share of the changes, evenly in time."""
    connection, generator = await asyncpg.connect(url), random.Random(seed)  # a benchmark
    begun, count = time.perf_counter(), SECONDS * PER_S // WRITERS
    for n in range(count):
        due = begun + n * WRITERS / PER_S
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        started = time.perf_counter()
        chance, known = generator.random(), generator.randrange(1, ROWS)
        if chance < 0.5:
            await connection.fetch(BORN, n * WRITERS + seed, generator.random())
        else:
            await connection.fetch(TURNED if chance < 0.9 else MOVED if chance < 0.95 else LEFT, known)
        taken.append(1000 * (time.perf_counter() - started))
    await connection.close()


async def fold_on(stop: asyncio.Event, behind_s: list[float], changes: list[int]) -> None:
    """As the worker does. What was written just after a fold began waits for the end of the next one."""
    from api.worker import MAP_EVERY_S
    from geo.pyramid import fold

    last = time.perf_counter()
    while not stop.is_set():
        await asyncio.sleep(MAP_EVERY_S)
        begun = time.perf_counter()
        changes.append(await fold(dt.datetime.now(dt.UTC)))
        behind_s.append(time.perf_counter() - last)
        last = begun


async def main() -> None:
    async with a_database("bench_fold") as url:
        await fill(url, ROWS)
        from geo.pyramid import check, fold

        stop, behind_s, changes, taken = asyncio.Event(), [0.0], [0], [0.0]
        folding = asyncio.create_task(fold_on(stop, behind_s, changes))
        begun = time.perf_counter()
        await asyncio.gather(*(write(url, seed, taken) for seed in range(WRITERS)))
        seconds = time.perf_counter() - begun
        stop.set()
        await folding
        await fold(dt.datetime.now(dt.UTC))
        cells, wrong = await check()
    behind_s.sort()
    taken.sort()
    line(
        "fold",
        "seconds behind at worst, reference is what is allowed",
        behind_s[-1],
        ALLOWED_BEHIND_S,
        behind_p50_s=round(behind_s[len(behind_s) // 2], 3),
        changes_per_s=round(len(taken) / seconds),
        folds=len(changes),
        folded_rows=sum(changes),
        change_p50_ms=round(taken[len(taken) // 2], 2),
        change_p99_ms=round(taken[int(len(taken) * 0.99)], 2),
        cells=cells,
        wrong=wrong,
        points=ROWS,
    )


if __name__ == "__main__":
    uvloop.run(main())
