"""The counts are exact at any moment after a fold, whoever writes meanwhile."""

import asyncio
import datetime as dt
import random
from itertools import product

import pytest

from api.piccolo_conf import DB
from geo.point import Point
from geo.points import MapPoint, put, remove
from geo.pyramid import LOCK, WINDOWS, check, fold, rebuild
from tests.geo.factories import NOW

TOTALS = """
SELECT level, sum(open + closed) AS points, sum(open) AS open, sum(open_7 + closed_7) AS week
FROM map_cell WHERE series = 0 GROUP BY level ORDER BY level
"""


def a_point(number, *, age_days=0, **facts):
    generator = random.Random(number)
    at = Point(lat=generator.uniform(-6.5, -6.3), lon=generator.uniform(106.7, 106.9))
    city = 1 + number % 2
    facts = {"city": city, "category": 10 * city + number % 3, "is_open": number % 3 > 0, "point": at} | facts
    return MapPoint(id=number, created_at=NOW - dt.timedelta(days=age_days), label=f"KT-{number}", **facts)


async def totals():
    return [tuple(row) for row in await DB.fetch(TOTALS)]


async def test_a_fold_counts_what_is_committed_and_says_how_much():
    await put(a_point(1))
    await put(a_point(2, age_days=8))
    assert await totals() == []
    assert await fold(NOW) == 2
    assert await totals() == [(level, 2, 2, 1) for level in (8, 10, 12, 14, 16, 18)]
    assert await fold(NOW) == 0


async def test_every_kind_of_change_is_counted():
    for number in range(20):
        await put(a_point(number))
    await fold(NOW)
    await put(a_point(1, is_open=False))
    await put(a_point(2, point=Point(lat=1.3625, lon=109.315)))
    await put(a_point(3, city=2, category=22))
    await remove(4)
    await fold(NOW)
    assert (await check())[1] == 0
    assert (await totals())[0][1] == 19


@pytest.mark.parametrize("nights", [1, 5, 400])
async def test_the_windows_of_days_move_on_by_night(nights):
    for number, age_days in enumerate(sorted({days + edge for days, edge in product(WINDOWS, (-1, 0, 1))})):
        await put(a_point(number, age_days=age_days))
    await fold(NOW)
    assert (await check())[1] == 0
    assert (await totals())[0][3] == 2
    await put(a_point(100, age_days=30 - nights))
    await remove(0)
    await fold(NOW + dt.timedelta(days=nights))
    assert (await check())[1] == 0
    assert (await totals())[0][3] == 0


async def test_the_day_never_goes_back():
    await put(a_point(1))
    await fold(NOW)
    assert await fold(NOW - dt.timedelta(days=3)) == 0
    assert (await DB.fetch("SELECT today FROM map_calendar"))[0]["today"] == dt.date(2026, 11, 22)


async def a_writer(seed, rounds, stopped):
    """Puts, moves, closes, hides and takes away; some of its transactions undo themselves."""
    generator = random.Random(seed)
    for _ in range(rounds):
        number = seed * 1000 + generator.randrange(40)
        try:
            async with DB.transaction():
                if generator.random() < 0.25:
                    await remove(number)
                else:
                    at = Point(lat=generator.uniform(-7, -6), lon=generator.uniform(106, 107))
                    age_days = generator.choice((0, 6, 7, 8, 29, 30, 31, 364, 365, 366, 1000))
                    await put(a_point(number, point=at, age_days=age_days, is_open=generator.random() < 0.5))
                if generator.random() < 0.1:
                    raise KeyError
        except KeyError:
            continue
    stopped.append(seed)


async def test_counts_stay_exact_under_writers_folds_rebuilds_and_turning_days():
    stopped, wrong, days = [], [], iter(range(1000))
    writers = [asyncio.create_task(a_writer(seed, 150, stopped)) for seed in range(4)]
    while len(stopped) < len(writers):
        await fold(NOW + dt.timedelta(days=next(days)))
        wrong.append((await check())[1])
        await asyncio.gather(fold(NOW), rebuild(NOW) if next(days) % 3 == 0 else asyncio.sleep(0))
    await asyncio.gather(*writers)
    await fold(NOW + dt.timedelta(days=1000))
    count = (await DB.fetch("SELECT count(*) FROM map_point"))[0]["count"]
    assert sum(wrong) == 0
    assert (await check())[1] == 0
    assert {row[1] for row in await totals()} == {count}
    assert (await DB.fetch("SELECT count(*) FROM map_delta"))[0]["count"] == 0


async def test_a_fold_beside_another_one_leaves_it_alone():
    await put(a_point(1))
    async with DB.pool.acquire() as other, other.transaction():
        await other.execute(LOCK)
        assert await fold(NOW) == 0
    assert await fold(NOW) == 1


async def test_a_rebuild_rights_what_is_wrong_and_nothing_else():
    for number in range(30):
        await put(a_point(number, age_days=number))
    await fold(NOW)
    assert await rebuild(NOW) == 0
    await DB.fetch("UPDATE map_cell SET open = open + 1 WHERE series = 0 AND level = 8")
    await DB.fetch("UPDATE map_cell SET closed_30 = 7 WHERE series = -1 AND level = 12")
    await DB.fetch(
        "INSERT INTO map_cell SELECT 99, level, qk, version, 1, 1, 1, 0,0,0,0,0,0,0,0,0 FROM map_cell LIMIT 1"
    )
    damaged = (await check())[1]
    assert damaged > 1
    await put(a_point(31))  # not folded yet: in the points already
    assert await rebuild(NOW) >= damaged
    assert (await check())[1] == 0
    assert await fold(NOW) == 0
