"""One thing told to many: expanded by parts, never twice, and never in the way of what is said to one."""

import asyncio
import os
import signal
import sys
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from api.piccolo_conf import DB
from push import fanout, inbox, preferences, proof
from push.fanout import AT_ONCE, Announcement, Reader
from push.fcm import FcmSender
from push.preferences import Preferences
from tests.peers.fcm import REPOSITORY, FcmDouble
from tests.push.factories import LATER, NOW, a_deliverer, a_notice, a_phone, deliveries, states

DAY = timedelta(days=1)
MANY = AT_ONCE + 50


async def tell(recipients: range, subject: UUID | None = None, rev: int = 1, kind: str = "city.said") -> UUID:
    subject = subject or uuid4()
    readers = [Reader(recipient, kind, "en" if recipient % 2 else "id") for recipient in recipients]
    await fanout.tell(readers, Announcement(subject=subject, rev=rev, params={"title": "Air"}), NOW, DAY)
    return subject


async def expand_all(part: int = 30) -> list[int]:
    told = []
    while count := await fanout.expand(NOW, part):
        told.append(count)
    return told


async def told(kind: str = "city.said") -> list[int]:
    rows = await DB.fetch("SELECT recipient FROM notification WHERE kind = $1 ORDER BY recipient", kind)
    return [row["recipient"] for row in rows]


async def test_few_are_told_at_once():
    await tell(range(AT_ONCE))
    assert await told() == list(range(AT_ONCE))
    assert await fanout.expand(NOW) == 0


async def test_many_are_told_by_parts():
    await tell(range(MANY))
    assert await told() == []
    assert await expand_all() == [30, 30, 30, 10]
    assert await told() == list(range(MANY))
    [row] = await DB.fetch("SELECT recipients, told, finished_at FROM fanout")
    assert tuple(row) == ([], MANY, NOW)


async def test_each_reads_it_in_their_own_language():
    await tell(range(2))
    [indonesian], [english] = [(await inbox.page(one, 0, 10, NOW)).items for one in (0, 1)]
    assert (indonesian.params, english.params) == (
        {"title": "Air", "language": "id"},
        {"title": "Air", "language": "en"},
    )


async def test_one_of_a_telling_may_be_told_something_of_their_own():
    said = Announcement(subject=uuid4(), rev=1)
    await fanout.tell([Reader(1, "report.changed"), Reader(2, "report.followed")], said, NOW, DAY)
    assert (await told("report.changed"), await told("report.followed")) == ([1], [2])


async def test_nobody_is_told_twice():
    subject = await tell(range(MANY))
    await expand_all()
    await tell(range(10, MANY + 10), subject)
    await expand_all()
    await tell(range(5), subject)
    assert await told() == list(range(MANY + 10))


async def test_a_newer_revision_takes_the_place_of_what_was_not_sent():
    await a_phone(7)
    subject = await tell(range(7, 8))
    await tell(range(MANY), subject, rev=2)
    await expand_all()
    assert await states() == ["superseded", "pending"]


async def test_wishes_and_numbers_count_as_for_one():
    await a_phone(1)
    await a_phone(2, "another")
    await preferences.wish(1, Preferences(frozenset({"city.said"})), NOW)
    await tell(range(MANY))
    await expand_all()
    assert [row["reached"] for row in await deliveries()] == ["another"]


async def test_nothing_is_told_when_the_transaction_is_undone():
    async with DB.transaction() as transaction:
        await tell(range(MANY))
        await transaction.rollback()
    assert await expand_all() == []


async def test_the_smaller_audience_goes_first():
    await tell(range(200))
    await fanout.expand(NOW, 30)
    await tell(range(60), kind="report.followed")
    await fanout.expand(NOW, 60)
    assert await told("report.followed") == list(range(60))


async def test_two_workers_expand_two_fan_outs_and_not_one_twice():
    await tell(range(100))
    await tell(range(100), kind="other")
    counts = await asyncio.gather(*(fanout.expand(NOW, 40) for _ in range(6)))
    assert sum(counts) <= 200
    await expand_all()
    assert (await told(), await told("other")) == (list(range(100)), list(range(100)))


async def test_what_is_withdrawn_is_told_to_nobody_more():
    for recipient in (1, 99):
        await a_phone(recipient, f"a-{recipient}")
    subject = await tell(range(MANY))
    await fanout.expand(NOW, 30)
    await fanout.withdraw(subject, NOW)
    assert await expand_all() == []
    assert [(row["state"], row["code"]) for row in await deliveries()] == [("superseded", "WITHDRAWN")]


async def test_what_is_said_to_one_goes_before_what_is_said_to_many(fcm: FcmDouble, sender: FcmSender):
    for recipient in range(MANY):
        await a_phone(recipient, f"ok-{recipient}")
    await tell(range(MANY))
    await expand_all()
    mid = await a_notice(3, now=NOW)
    await a_deliverer(sender, batch=20).deliver_due(NOW)
    accepted = [said.mid for said in fcm.accepted()]
    assert str(mid) in accepted
    assert len(accepted) == 16  # three quarters of the batch, and the one


async def test_many_with_a_slow_service_leave_room_for_one(fcm: FcmDouble, sender: FcmSender):
    for recipient in range(MANY):
        await a_phone(recipient, f"slow-1000-{recipient}")
    await tell(range(MANY))
    await expand_all()
    await a_phone(999, "ok-999")
    deliverer = a_deliverer(sender, batch=20, patience_s=0.1)
    await deliverer.deliver_due(NOW)
    mid = await a_notice(999)
    await deliverer.deliver_due(NOW)
    await deliverer.finish(NOW)
    assert fcm.accepted()[0].mid == str(mid)


async def test_the_signals_count_the_many_apart():
    for recipient in range(MANY):
        await a_phone(recipient, f"ok-{recipient}")
    await tell(range(MANY))
    await fanout.expand(NOW, 60)
    found = await proof.signals(LATER)
    assert (found.waiting, found.oldest_due_s) == (0, 0.0)
    assert (found.bulk_waiting, found.bulk_oldest_due_s, found.untold) == (60, 1200.0, 40)


@pytest.mark.parametrize("parts", [0, 1, 3], ids=["in the first part", "in the second part", "in the last part"])
async def test_a_worker_that_dies_leaves_nobody_out_and_tells_nobody_twice(parts: int):
    await tell(range(MANY))
    script = f"""
import asyncio, os, signal
from api.piccolo_conf import DB
from push import fanout
from tests.push.factories import NOW

async def die():
    await DB.start_connection_pool(min_size=1, max_size=2)
    for _ in range({parts}):
        await fanout.expand(NOW, 30)
    async with DB.transaction():
        assert await fanout.expand(NOW, 30)
        os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(die())
"""
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", script, cwd=REPOSITORY, env=os.environ)
    assert await process.wait() == -signal.SIGKILL
    while not await fanout.expand(NOW, 30):  # PostgreSQL has yet to notice that its client is gone
        await asyncio.sleep(0)
    await expand_all()
    assert await told() == list(range(MANY))
