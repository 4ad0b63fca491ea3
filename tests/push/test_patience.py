"""What is slow to answer stays on its way, while the deliverer goes on with the rest."""

import asyncio

from push.fcm import FcmSender
from tests.peers.fcm import FcmDouble
from tests.push.factories import NOW, a_deliverer, a_notice, a_phone, notices_for, states


async def test_a_slow_service_does_not_hold_up_the_others(fcm: FcmDouble, sender: FcmSender):
    await notices_for(["slow-1000-1"])
    deliverer = a_deliverer(sender, patience_s=0)
    assert await deliverer.deliver_due(NOW) == 1
    await a_phone(7, "ok-1")
    mid = await a_notice(7)
    await deliverer.deliver_due(NOW)
    while not fcm.accepted():
        await asyncio.sleep(0.01)
    assert [accepted.mid for accepted in fcm.accepted()] == [str(mid)]
    await deliverer.finish(NOW)
    assert await states() == ["delivered", "delivered"]


async def test_what_is_on_its_way_leaves_that_much_less_room(fcm: FcmDouble, sender: FcmSender):
    await notices_for(["slow-300-1", "slow-300-2", "ok-1"])
    deliverer = a_deliverer(sender, batch=2, patience_s=0)
    assert [await deliverer.deliver_due(NOW) for _ in range(2)] == [2, 2]
    assert await states() == ["leased", "leased", "pending"]
    await deliverer.finish(NOW)
    assert await deliverer.deliver_due(NOW) == 1
    await deliverer.finish(NOW)
    assert set(await states()) == {"delivered"}


async def test_a_worker_that_stops_settles_what_was_answered(fcm: FcmDouble, sender: FcmSender):
    await notices_for(["slow-200-1", "ok-1"])
    deliverer = a_deliverer(sender)
    delivering = asyncio.create_task(deliverer.deliver_due(NOW))
    while not fcm.accepted():
        await asyncio.sleep(0.01)
    delivering.cancel()
    await asyncio.gather(delivering, return_exceptions=True)
    await deliverer.finish(NOW)
    assert await states() == ["delivered", "delivered"]


async def test_a_full_deliverer_comes_again_for_what_it_had_no_room_for(fcm: FcmDouble, sender: FcmSender):
    await notices_for(["slow-200-1", "ok-1"])
    deliverer = a_deliverer(sender, batch=1, patience_s=0.1)
    while await deliverer.deliver_due(NOW):
        pass
    assert await states() == ["delivered", "delivered"]
