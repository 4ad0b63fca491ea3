from datetime import timedelta

import pytest

from api.piccolo_conf import DB
from push import proof, sweep
from push.fcm import FcmSender
from push.sweep import Swept
from tests.peers.fcm import FcmDouble
from tests.push.factories import NOW, a_deliverer, a_notice, a_phone, states

DAY = timedelta(days=1)


async def kept() -> list[str]:
    return [row["params"] for row in await DB.fetch("SELECT params FROM notification ORDER BY seq")]


async def test_after_thirty_days_the_facts_are_gone_and_the_proof_stays(fcm: FcmDouble, sender: FcmSender):
    await a_phone(7, "ok-1")
    await a_notice(7, params={"tracking_id": "old"})
    await a_deliverer(sender).deliver_due(NOW)
    await a_notice(7, params={"tracking_id": "new"}, now=NOW + 2 * DAY)
    assert await sweep.sweep(NOW + 31 * DAY) == Swept(1, 0)
    assert await kept() == ["{}", '{"tracking_id": "new"}']
    assert (await states())[0] == "delivered"


async def test_after_its_time_the_ledger_forgets_too():
    subject = (await a_notice(7), await a_notice(7, now=NOW + 300 * DAY))
    assert len(subject) == 2
    await sweep.sweep(NOW + 31 * DAY)
    assert await sweep.sweep(NOW + 364 * DAY) == Swept(1, 0)
    assert await sweep.sweep(NOW + 366 * DAY) == Swept(0, 1)
    assert len(await kept()) == 1


async def test_what_is_still_to_be_sent_is_kept():
    await a_phone(7, "ok-1")
    await a_notice(7, valid=1000 * DAY)
    await sweep.sweep(NOW + 400 * DAY)
    assert await sweep.sweep(NOW + 400 * DAY) == Swept(0, 0)
    assert await states() == ["pending"]


async def test_a_round_takes_no_more_than_its_limit():
    for _ in range(5):
        await a_notice(7)
    rounds = [await sweep.sweep(NOW + 31 * DAY, limit=2) for _ in range(4)]
    assert [each.emptied for each in rounds] == [2, 2, 1, 0]


async def test_a_ledger_is_kept_no_shorter_than_the_inbox():
    await a_notice(7)
    await sweep.sweep(NOW + 20 * DAY, ledger_kept_for=DAY)
    assert len(await kept()) == 1


@pytest.mark.parametrize(("days", "would"), [(29, Swept(0, 0)), (31, Swept(3, 0)), (366, Swept(3, 3))])
async def test_the_dry_run_counts_and_touches_nothing(days: int, would: Swept):
    for _ in range(3):
        await a_notice(7, params={"tracking_id": "old"})
    assert await sweep.would_sweep(NOW + days * DAY) == would
    assert await kept() == ['{"tracking_id": "old"}'] * 3
    assert (await proof.signals(NOW)).waiting == 0
