"""What fails around the worker: network, database, clocks. Counted at the double: nothing lost, nothing twice that
was not in flight."""

import asyncio
from collections import Counter
from datetime import timedelta

import asyncpg
import pytest

from push.fcm import FcmSender
from push.sender import TryLater
from tests.conftest import DATABASE, SERVER_URL
from tests.peers.fcm import FcmDouble
from tests.peers.relay import a_relay
from tests.push.factories import LATER, NOW, Meanwhile, a_deliverer, a_letter, deliveries, notices_for, states


async def drop_connections() -> None:
    """As PostgreSQL does when it is restarted."""
    connection = await asyncpg.connect(SERVER_URL)
    try:
        await connection.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{DATABASE}'")
    finally:
        await connection.close()


async def test_a_database_restarted_after_the_sends_learns_of_them_later(fcm: FcmDouble, sender: FcmSender):
    mids = await notices_for([f"ok-{n}" for n in range(50)])
    dropped = asyncio.Event()

    async def once() -> None:
        if not dropped.is_set():
            dropped.set()
            await drop_connections()

    deliverer = a_deliverer(Meanwhile(sender, once))
    rounds = 0
    while set(await states_anyhow()) != {"delivered"}:
        rounds += 1
        assert rounds < 10
        try:
            await deliverer.deliver_due(NOW)
        except Exception:  # as the worker's outer loop does; asyncpg has errors of its own for a dropped connection
            continue
    assert Counter(said.mid for said in fcm.accepted()) == Counter(map(str, mids))


async def states_anyhow() -> list[str]:
    """Some of the pool's connections may still be the dropped ones."""
    for _ in range(20):
        try:
            return await states()
        except Exception:  # as above
            continue
    raise AssertionError("the database does not come back")


async def test_connections_that_are_cut_in_mid_batch_lose_nothing_and_count_against_each_message(fcm: FcmDouble):
    mids = await notices_for([f"slow-300-{n}" for n in range(50)])
    async with a_relay(fcm.resolve) as relay, FcmSender(fcm.service_account_path, fcm.ca_path, relay.peer) as sender:
        delivering = asyncio.create_task(a_deliverer(sender).deliver_due(NOW))
        while (await asyncio.to_thread(fcm.stats))["sent"] < 50:
            await asyncio.sleep(0.01)
        relay.cut()
        await delivering
        assert {(row["state"], row["code"], row["ambiguous"]) for row in await deliveries()} == {
            ("pending", "CONNECTION_LOST", 1)
        }
        while len(await asyncio.to_thread(fcm.accepted)) < 50:  # FCM had them before the cut
            await asyncio.sleep(0.01)
        await a_deliverer(sender).deliver_due(LATER)
    assert set(await states()) == {"delivered"}
    assert Counter(said.mid for said in fcm.accepted()) == dict.fromkeys(map(str, mids), 2)


async def test_a_connection_that_is_reset_as_soon_as_it_is_made_has_sent_nothing(fcm: FcmDouble):
    async with a_relay(fcm.resolve) as relay, FcmSender(fcm.service_account_path, fcm.ca_path, relay.peer) as sender:
        relay.is_cutting = True
        outcomes = [await sender.send(a_letter(f"ok-{n}")) for n in range(2)]
    assert [(outcome.code, outcome.was_sent) for outcome in outcomes if isinstance(outcome, TryLater)] == [
        ("UNREACHABLE", False),
        ("PACED", False),
    ]
    assert fcm.stats()["sent"] == 0


async def test_a_black_hole_is_an_outage_that_costs_one_timeout_and_blames_no_message(fcm: FcmDouble):
    mids = await notices_for([f"ok-{n}" for n in range(50)])
    async with a_relay(fcm.resolve) as relay:
        relay.is_hole = True
        async with FcmSender(fcm.service_account_path, fcm.ca_path, relay.peer, timeout_s=0.5) as sender:
            await a_deliverer(sender).deliver_due(NOW)
            held = await sender.send(a_letter())
        assert isinstance(held, TryLater)
        assert held.code == "PACED"
        assert set(await states()) == {"pending"}
        relay.is_hole = False
        async with FcmSender(fcm.service_account_path, fcm.ca_path, relay.peer) as sender:
            await a_deliverer(sender).deliver_due(LATER)
    assert Counter(said.mid for said in fcm.accepted()) == Counter(map(str, mids))


async def test_five_hundred_answered_503_at_once_all_arrive_once(fcm: FcmDouble, sender: FcmSender):
    mids = await notices_for([f"busy-1-{n}" for n in range(500)])
    for round_ in range(3):
        deliverer = a_deliverer(sender)
        while await deliverer.deliver_due(NOW + round_ * timedelta(minutes=20)):
            pass
    assert Counter(said.mid for said in fcm.accepted()) == Counter(map(str, mids))
    assert set(await states()) == {"delivered"}


@pytest.mark.parametrize(("ahead_s", "sends"), [(59, 1), (61, 2)])
async def test_clocks_that_differ_by_more_than_a_lease_send_twice_and_lose_nothing(
    fcm: FcmDouble, sender: FcmSender, ahead_s: int, sends: int
):
    [mid] = await notices_for(["slow-300-1"])
    slow = asyncio.create_task(a_deliverer(sender).deliver_due(NOW))
    while fcm.stats()["sent"] < 1:
        await asyncio.sleep(0.01)
    await a_deliverer(sender).deliver_due(NOW + timedelta(seconds=ahead_s))
    await slow
    assert [said.mid for said in fcm.accepted()] == [str(mid)] * sends
    assert await states() == ["delivered"]
