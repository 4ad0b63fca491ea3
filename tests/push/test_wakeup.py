import asyncio
import socket

from api.database import Database
from api.piccolo_conf import DB
from push.wakeup import Wakeup
from tests.push.factories import a_notice, a_phone


async def test_a_commit_wakes_who_waits():
    async with Wakeup(DB, ["push", "cities"]) as wakeup:
        waiting = asyncio.create_task(wakeup.wait(30))
        await a_phone(7)
        await a_notice(7)
        assert await waiting == {"push"}


async def test_what_was_called_before_waiting_is_heard():
    async with Wakeup(DB, ["push", "cities"]) as wakeup:
        await DB.fetch("SELECT pg_notify('cities', ''), pg_notify('push', '')")
        heard = await wakeup.wait(30)
        if heard != {"push", "cities"}:
            heard |= await wakeup.wait(30)
        assert heard == {"push", "cities"}


async def test_silence_ends_with_the_timeout_and_nothing_heard():
    async with Wakeup(DB, ["push"]) as wakeup:
        assert await wakeup.wait(0.01) == frozenset()


async def test_a_notice_to_somebody_without_a_phone_wakes_nobody():
    async with Wakeup(DB, ["push", "cities"]) as wakeup:
        await a_notice(7)
        await DB.fetch("SELECT pg_notify('cities', '')")
        assert await wakeup.wait(30) == {"cities"}


async def test_a_lost_connection_is_made_anew_and_counts_as_a_call_on_every_channel():
    async with Wakeup(DB, ["push", "cities"]) as wakeup:
        await DB.fetch(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query ILIKE 'LISTEN%' AND datname = $1",
            (await DB.fetch("SELECT current_database()"))[0][0],
        )
        heard: frozenset[str] = frozenset()
        while not heard:  # the loss itself wakes once, with nothing heard
            heard = await wakeup.wait(30)
        assert heard == {"push", "cities"}
        await DB.fetch("SELECT pg_notify('push', '')")
        assert await wakeup.wait(30) == {"push"}


async def test_a_database_that_is_away_is_an_empty_wait_and_not_an_error():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: refuses
        away = Database(config={"dsn": f"postgresql://postgres@127.0.0.1:{taken.getsockname()[1]}/none"})
        async with Wakeup(away, ["push"]) as wakeup:
            assert await wakeup.wait(0.05) == frozenset()
