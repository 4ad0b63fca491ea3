from datetime import timedelta
from uuid import uuid4

from push import inbox, proof
from push.fcm import FcmSender
from push.proof import Count
from tests.peers.fcm import FcmDouble
from tests.push.factories import LATER, NOW, a_deliverer, a_notice, a_phone, notices_for


async def test_the_proof_names_each_step_of_each_address(fcm: FcmDouble, sender: FcmSender):
    subject = uuid4()
    await a_phone(7, "ok-1")
    await a_phone(7, "dead-1")
    mid = await a_notice(7, subject)
    await a_notice(7)  # of another subject
    await a_deliverer(sender).deliver_due(NOW)
    await inbox.seen(7, [mid], LATER)
    told = await proof.told(subject)
    assert [(each.mid, each.recipient, each.kind, each.rev) for each in told] == [(mid, 7, "report.changed", 1)] * 2
    assert [(each.state, each.code, each.address_kind, each.attempts) for each in told] == [
        ("delivered", None, "fcm", 1),
        ("address_dead", "UNREGISTERED", "fcm", 1),
    ]
    first, second = told
    assert (first.queued_at, first.sent_at, first.seen_at) == (NOW, NOW, LATER)
    assert first.accepted_at is not None
    assert second.accepted_at is None


async def test_the_proof_names_who_was_told_in_the_inbox_only():
    subject = uuid4()
    await a_notice(7, subject)
    [told] = await proof.told(subject)
    assert (told.recipient, told.state, told.address_kind, told.sent_at) == (7, None, None, None)


async def test_the_newest_of_a_subject_comes_first():
    subject = uuid4()
    for rev in (1, 2, 3):
        await a_notice(7, subject, rev)
    assert [told.rev for told in await proof.told(subject)] == [3, 2, 1]


async def test_signals_say_what_waits_and_for_how_long():
    await notices_for(["ok-1", "ok-2"])
    found = await proof.signals(NOW + timedelta(seconds=90))
    assert (found.waiting, found.oldest_due_s, found.settled) == (2, 90.0, ())


async def test_what_waits_for_a_later_time_is_not_overdue():
    await notices_for(["ok-1"])
    found = await proof.signals(NOW - timedelta(seconds=5))
    assert (found.waiting, found.oldest_due_s) == (1, 0.0)


async def test_signals_count_what_became_of_the_last_five_minutes(fcm: FcmDouble, sender: FcmSender):
    await notices_for(["ok-1", "ok-2", "dead-1", "bad-1", "busy-1-1"])
    await a_deliverer(sender).deliver_due(NOW)
    found = await proof.signals(NOW + timedelta(minutes=4))
    assert found.waiting == 1
    assert found.settled == (
        Count("fcm", "address_dead", "UNREGISTERED", 1),
        Count("fcm", "delivered", "", 2),
        Count("fcm", "rejected", "INVALID_ARGUMENT", 1),
    )
    assert (await proof.signals(NOW + timedelta(minutes=6))).settled == ()
