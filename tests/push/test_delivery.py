"""From the ledger to FCM's double and back: each row ends as it should."""

import asyncio
import logging
from collections import Counter
from datetime import timedelta
from uuid import uuid4

import pytest

from push import ledger
from push.delivery import Deliverer, wait_s
from push.fcm import FcmSender
from push.ledger import Notification, Room
from push.sender import Letter, Outcome, Rejected, Text, TryLater
from tests.peers.fcm import FcmDouble
from tests.push.factories import (
    LATER,
    NOW,
    Meanwhile,
    a_deliverer,
    a_notice,
    a_phone,
    deliveries,
    notices_for,
    states,
    words,
)


async def test_what_is_due_is_sent_and_settled_with_fcms_name_for_it(fcm: FcmDouble, sender: FcmSender):
    [mid] = await notices_for(["ok-1"])
    assert await a_deliverer(sender).deliver_due(NOW) == 1
    [row] = await deliveries()
    assert (row["state"], row["attempts"], row["code"]) == ("delivered", 1, None)
    assert row["provider_id"].startswith("projects/")
    assert [accepted.mid for accepted in fcm.accepted()] == [str(mid)]
    assert await a_deliverer(sender).deliver_due(LATER) == 0


async def test_what_is_not_due_yet_is_left(fcm: FcmDouble, sender: FcmSender):
    await notices_for(["ok-1"])
    assert await a_deliverer(sender).deliver_due(NOW - timedelta(seconds=1)) == 0
    assert await states() == ["pending"]


@pytest.mark.parametrize(
    ("address", "state", "code"),
    [
        ("dead-1", "address_dead", "UNREGISTERED"),
        ("foreign-1", "address_dead", "SENDER_ID_MISMATCH"),
        ("bad-1", "rejected", "INVALID_ARGUMENT The registration token is not a valid FCM registration token"),
        ("apns-1", "pending", "THIRD_PARTY_AUTH_ERROR"),
        ("denied-1", "pending", "PERMISSION_DENIED"),
        ("quota-1-1", "pending", "DEVICE_QUOTA"),
        ("pquota-1-1", "pending", "PROJECT_QUOTA"),
        ("busy-1-1", "pending", "UNAVAILABLE"),
        ("boom-1-1", "pending", "INTERNAL"),
        ("html-1-1", "pending", "HTTP_502"),
    ],
)
async def test_each_outcome_has_its_state(fcm: FcmDouble, sender: FcmSender, address: str, state: str, code: str):
    await notices_for([address])
    await a_deliverer(sender).deliver_due(NOW)
    [row] = await deliveries()
    assert (row["state"], row["code"], row["lease"]) == (state, code, None)
    assert (row["reached"] is None) == (state == "address_dead")


@pytest.mark.parametrize("address", ["quota-1-1", "busy-2-1", "boom-1-1", "html-1-1", "authz-1-1"])
async def test_a_passing_fault_ends_in_one_delivery(fcm: FcmDouble, sender: FcmSender, address: str):
    [mid] = await notices_for([address])
    for round_ in range(4):
        await a_deliverer(sender).deliver_due(NOW + round_ * timedelta(minutes=20))
    assert await states() == ["delivered"]
    assert [accepted.mid for accepted in fcm.accepted()] == [str(mid)]


async def test_retry_after_is_honoured(fcm: FcmDouble, sender: FcmSender):
    await notices_for(["pquota-1-1"])
    await a_deliverer(sender).deliver_due(NOW)
    [row] = await deliveries()
    assert NOW + timedelta(seconds=30) <= row["not_before"] <= NOW + timedelta(seconds=90)


async def test_a_fault_of_one_row_does_not_hold_up_the_others(fcm: FcmDouble, sender: FcmSender):
    mids = await notices_for(["ok-1", "busy-9-1", "ok-2"])
    await a_deliverer(sender).deliver_due(NOW)
    assert await states() == ["delivered", "pending", "delivered"]
    assert {accepted.mid for accepted in fcm.accepted()} == {str(mids[0]), str(mids[2])}


async def test_words_that_cannot_be_rendered_do_not_hold_up_the_others(
    fcm: FcmDouble, sender: FcmSender, caplog: pytest.LogCaptureFixture
):
    mids = await notices_for(["ok-1", "ok-2"])

    def render(notification: Notification) -> Text:
        if notification.mid == mids[0]:
            raise KeyError("no such text")
        return words(notification)

    await Deliverer({"fcm": sender}, render, patience_s=60).deliver_due(NOW)
    rows = await deliveries()
    assert [(row["state"], row["code"], row["attempts"]) for row in rows] == [
        ("pending", "FAULT", 0),
        ("delivered", None, 1),
    ]
    assert str(mids[0]) in caplog.text


async def test_a_fault_that_a_whole_batch_has_is_logged_in_full_once(
    sender: FcmSender, caplog: pytest.LogCaptureFixture
):
    await notices_for([f"ok-{n}" for n in range(50)])

    def render(notification: Notification) -> Text:
        raise KeyError("no such text")

    await Deliverer({"fcm": sender}, render, patience_s=60).deliver_due(NOW)
    assert {row["code"] for row in await deliveries()} == {"FAULT"}
    assert caplog.text.count("Traceback") == 1


async def test_an_answer_that_is_lost_again_and_again_ends_as_unconfirmed(fcm: FcmDouble):
    await notices_for(["drop-1", "ok-1"])
    async with FcmSender(fcm.service_account_path, fcm.ca_path, fcm.resolve, timeout_s=0.4) as sender:
        for round_ in range(5):
            recipient = 200 + round_  # somebody who is answered meanwhile: no outage
            await a_phone(recipient, f"slow-100-{round_}")
            await a_notice(recipient)
            await a_deliverer(sender).deliver_due(NOW + round_ * timedelta(minutes=20))
    row = (await deliveries())[0]
    assert (row["state"], row["ambiguous"]) == ("unconfirmed", 3)
    assert Counter(accepted.address for accepted in fcm.accepted())["drop-1"] == 3


async def test_an_outage_is_outlasted_and_not_counted(fcm: FcmDouble):
    [mid] = await notices_for(["hole-4-1"])
    for round_ in range(5):  # a new sender each time: its breaker is closed
        async with FcmSender(fcm.service_account_path, fcm.ca_path, fcm.resolve, timeout_s=0.2) as sender:
            await a_deliverer(sender).deliver_due(NOW + round_ * timedelta(minutes=20))
    assert await states() == ["delivered"]
    assert [accepted.mid for accepted in fcm.accepted()] == [str(mid)]


async def test_a_token_endpoint_that_is_down_loses_nothing(fcm: FcmDouble, sender: FcmSender):
    mids = await notices_for([f"ok-{n}" for n in range(20)])
    fcm.refuse_tokens()
    await a_deliverer(sender).deliver_due(NOW)
    assert set(await states()) == {"pending"}
    assert {row["attempts"] for row in await deliveries()} == {0}
    fcm.refuse_tokens(False)
    async with FcmSender(fcm.service_account_path, fcm.ca_path, fcm.resolve) as new_sender:
        await a_deliverer(new_sender).deliver_due(LATER)
    assert sorted(accepted.mid for accepted in fcm.accepted()) == sorted(map(str, mids))


async def test_what_lost_its_worth_is_not_sent(fcm: FcmDouble, sender: FcmSender):
    await a_phone(7, "ok-1")
    await a_notice(7, valid=timedelta(minutes=5))
    assert await a_deliverer(sender).deliver_due(LATER) == 1
    assert await states() == ["expired"]
    assert fcm.accepted() == []


async def test_an_older_revision_that_was_tried_in_vain_is_not_tried_again(fcm: FcmDouble, sender: FcmSender):
    await a_phone(7, "busy-1-1")
    subject = uuid4()
    await a_notice(7, subject, rev=1)
    await a_deliverer(sender).deliver_due(NOW)
    mid = await a_notice(7, subject, rev=2)
    await a_deliverer(sender).deliver_due(LATER)
    assert await states() == ["superseded", "delivered"]
    assert [accepted.mid for accepted in fcm.accepted()] == [str(mid)]


async def test_a_revision_that_comes_after_a_newer_one_is_not_sent(fcm: FcmDouble, sender: FcmSender):
    await a_phone(7, "ok-1")
    subject = uuid4()
    newer = await a_notice(7, subject, rev=2)
    await a_notice(7, subject, rev=1)
    await a_deliverer(sender).deliver_due(NOW)
    assert await states() == ["delivered", "superseded"]
    assert [accepted.mid for accepted in fcm.accepted()] == [str(newer)]


async def test_a_new_token_of_the_same_phone_gets_what_was_pending(fcm: FcmDouble, sender: FcmSender):
    phone = await a_phone(7, "busy-1-old")
    await a_notice(7)
    await a_deliverer(sender).deliver_due(NOW)
    await a_phone(7, "ok-new", phone_id=phone)
    await a_deliverer(sender).deliver_due(LATER)
    assert [accepted.address for accepted in fcm.accepted()] == ["ok-new"]


async def test_an_address_registered_anew_while_the_old_one_dies_lives(fcm: FcmDouble, sender: FcmSender):
    phone = await a_phone(7, "dead-old")
    await a_notice(7)
    await a_deliverer(Meanwhile(sender, lambda: a_phone(7, "ok-new", phone_id=phone))).deliver_due(NOW)
    await a_notice(7, now=LATER)
    await a_deliverer(sender).deliver_due(LATER)
    assert await states() == ["address_dead", "delivered"]
    assert [accepted.address for accepted in fcm.accepted()] == ["ok-new"]


async def test_an_address_registered_with_the_same_token_after_the_send_lives_too(fcm: FcmDouble, sender: FcmSender):
    phone = await a_phone(7, "dead-1")
    await a_notice(7)
    await a_deliverer(Meanwhile(sender, lambda: a_phone(7, "dead-1", phone_id=phone))).deliver_due(NOW)
    assert [row["reached"] for row in await deliveries()] == ["dead-1"]


async def test_a_phone_handed_over_while_its_message_waits_gets_nothing_of_the_first(fcm: FcmDouble, sender: FcmSender):
    phone = await a_phone(7, "busy-1-1")
    await a_notice(7)
    await a_deliverer(Meanwhile(sender, lambda: a_phone(8, "busy-1-1", phone_id=phone))).deliver_due(NOW)
    second = await a_notice(8, now=LATER)
    await a_deliverer(sender).deliver_due(LATER)
    assert await states() == ["superseded", "delivered"]
    assert [accepted.mid for accepted in fcm.accepted()] == [str(second)]


async def test_without_a_sender_the_notification_stays_in_the_inbox_and_the_log_says_so_once(
    caplog: pytest.LogCaptureFixture,
):
    deliverer = Deliverer({}, words)
    await notices_for(["one", "two"])
    await deliverer.deliver_due(NOW)
    await a_phone(7, "three")
    await a_notice(7)
    await deliverer.deliver_due(NOW)
    assert await states() == ["unconfigured"] * 3
    warned = [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING]
    assert warned == ["no sender is configured, notifications stay in the inbox: kind=fcm"]


async def test_two_deliverers_at_once_send_nothing_twice(fcm: FcmDouble, sender: FcmSender):
    mids = await notices_for([f"ok-{n}" for n in range(300)])
    deliverers = [a_deliverer(sender, batch=50) for _ in range(4)]
    while sum(await asyncio.gather(*[deliverer.deliver_due(NOW) for deliverer in deliverers])):
        pass
    assert Counter(accepted.mid for accepted in fcm.accepted()) == Counter(map(str, mids))


async def test_who_lost_a_lease_settles_nothing():
    await notices_for(["ok-1"])
    mine, theirs = uuid4(), uuid4()
    [row] = (await ledger.lease(mine, ["fcm"], Room(10, 10), NOW, NOW + timedelta(minutes=1))).rows
    [again] = (await ledger.lease(theirs, ["fcm"], Room(10, 10), LATER, LATER + timedelta(minutes=1))).rows
    assert again.attempts == 2
    late = ledger.Settlement(leased=row, state="rejected")
    assert await ledger.settle([late], LATER) == 0
    assert await states() == ["leased"]


async def test_a_lease_is_nobody_elses_until_it_ends():
    await notices_for(["ok-1"])
    await ledger.lease(uuid4(), ["fcm"], Room(10, 10), NOW, NOW + timedelta(minutes=1))
    assert (await ledger.lease(uuid4(), ["fcm"], Room(10, 10), NOW + timedelta(seconds=59), LATER)).due == 0


@pytest.mark.parametrize("attempts", [1, 5, 60, 5000])
def test_the_wait_before_the_next_attempt_is_bounded(attempts: int):
    waits = [wait_s(attempts, TryLater(code="UNAVAILABLE")) for _ in range(100)]
    assert 0 <= min(waits) <= max(waits) <= min(900, 2**attempts)
    assert len(set(waits)) > 90
    assert wait_s(attempts, TryLater(code="UNAVAILABLE", after_s=40)) >= 40


class Said:
    """A service that answers what it is told to."""

    def __init__(self, outcome: Outcome) -> None:
        self.outcome = outcome

    async def send(self, letter: Letter) -> Outcome:
        return self.outcome


async def test_words_of_a_service_that_the_database_cannot_hold_are_cut():
    await notices_for(["one"])
    await a_deliverer(Said(Rejected("BAD", "a\0b"))).deliver_due(NOW)
    assert [(row["state"], row["code"]) for row in await deliveries()] == [("rejected", "BAD ab")]
