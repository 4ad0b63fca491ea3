"""The real sender over TLS and HTTP/2, against the double of the push services; a browser's keys open what came."""

import asyncio
import json
import socket
from datetime import timedelta

import pytest
from cryptography.exceptions import InvalidTag

from push import vapid
from push.delivery import Deliverer
from push.fcm import FcmSender
from push.sender import Delivered, Outcome, Rejected, Text, TryLater
from push.webpush import WebPushSender
from tests.peers.fcm import FcmDouble
from tests.peers.webpush import GOOGLE, MOZILLA, Browser, WebPushDouble, body_of
from tests.push.factories import LATER, NOW, a_letter, a_notice, a_phone, deliveries, states, words
from tests.push.test_addresses import phones

CONTACT = "https://lapor.kota.example"


async def sent(sender: WebPushSender, name: str = "ok-1", **given: object) -> Outcome:
    return await sender.send(a_letter(Browser().subscription(name), address_kind="webpush", **given))


async def test_the_browser_that_subscribed_can_read_it(webpush: WebPushDouble, web_sender: WebPushSender):
    browser, letter = Browser(), a_letter(address_kind="webpush", text=Text(title="Laporan", body="Sudah", link="/x"))
    outcome = await web_sender.send(a_letter(browser.subscription(), mid=letter.mid, subject=letter.subject))
    assert isinstance(outcome, Delivered)
    [accepted] = webpush.accepted()
    assert browser.read(body_of(accepted)) == {
        "mid": str(letter.mid),
        "rev": 3,
        "kind": "report.changed",
        "subject": str(letter.subject),
        "title": "Laporan",
        "body": "Sudah dikerjakan",
    }
    assert webpush.stats()["http"] == {"2": 1}


async def test_no_other_browser_can_read_it(webpush: WebPushDouble, web_sender: WebPushSender):
    await sent(web_sender)
    with pytest.raises(InvalidTag):
        Browser().read(body_of(webpush.accepted()[0]))


async def test_what_the_service_sees_names_neither_the_words_nor_the_report(
    webpush: WebPushDouble, web_sender: WebPushSender
):
    letter = a_letter(Browser().subscription(), text=Text(title="Lubang", body="Jalan Mawar"))
    await web_sender.send(letter)
    [accepted] = webpush.accepted()
    assert accepted.headers["topic"] == letter.subject.hex  # replaces an older revision; means nothing to others
    seen = json.dumps(accepted.headers).encode() + body_of(accepted)
    assert not any(word in seen for word in (b"Lubang", b"Mawar", b"report.changed", str(letter.mid).encode()))


@pytest.mark.parametrize(
    ("name", "code", "after_s"),
    [
        ("quota-9-1", "THROTTLED", 30),
        ("busy-9-1", "HTTP_503", 1),
        ("boom-9-1", "HTTP_500", None),
        ("html-9-1", "HTTP_502", None),
        ("elsewhere-1", "HTTP_307", 1800),
    ],
)
async def test_what_passes_is_tried_later(
    webpush: WebPushDouble, web_sender: WebPushSender, name: str, code: str, after_s: float | None
):
    outcome = await sent(web_sender, name)
    assert isinstance(outcome, TryLater)
    assert (outcome.code, outcome.after_s) == (code, after_s)
    assert webpush.stats()["sent"] == 1  # no redirect was followed


async def test_a_thousand_messages_to_one_service_are_signed_and_taken(
    webpush: WebPushDouble, web_sender: WebPushSender
):
    browser = Browser()
    letters = [a_letter(browser.subscription(f"ok-{number}")) for number in range(1000)]
    outcomes = await asyncio.gather(*[web_sender.send(letter) for letter in letters])
    assert all(isinstance(outcome, Delivered) for outcome in outcomes)
    assert len({accepted.headers["authorization"] for accepted in webpush.accepted()}) == 1


async def test_a_message_larger_than_a_browser_takes_is_not_sent(webpush: WebPushDouble, web_sender: WebPushSender):
    outcome = await sent(web_sender, text=Text(title="", body="x" * 4000))
    assert isinstance(outcome, Rejected)
    assert webpush.stats()["sent"] == 0


async def test_a_service_that_throttles_holds_up_only_itself(webpush: WebPushDouble, web_sender: WebPushSender):
    await sent(web_sender, "quota-9-1")
    held = await sent(web_sender)
    assert isinstance(held, TryLater)
    assert (held.code, held.was_sent) == ("PACED", False)
    assert isinstance(await web_sender.send(a_letter(Browser().subscription(host=GOOGLE))), Delivered)


async def test_a_service_that_is_down_holds_up_only_itself(webpush: WebPushDouble):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: refuses
        peers = {**webpush.peers, MOZILLA: taken.getsockname()}
        async with WebPushSender(await vapid.identity(NOW), CONTACT, ca=webpush.ca_path, peers=peers) as sender:
            down = [await sent(sender) for _ in range(2)]
            assert [outcome.code for outcome in down if isinstance(outcome, TryLater)] == ["UNREACHABLE", "PACED"]
            assert isinstance(await sender.send(a_letter(Browser().subscription(host=GOOGLE))), Delivered)


async def test_a_clock_a_day_wrong_waits_for_the_operator_and_loses_nothing(
    webpush: WebPushDouble, web_sender: WebPushSender
):
    webpush.set_clock(NOW + timedelta(days=1))
    assert await sent(web_sender) == TryLater(code="HTTP_403", after_s=1800)


@pytest.mark.parametrize(
    ("host", "code"),
    [("127.0.0.1", "PRIVATE_ADDRESS"), ("10.0.0.1", "PRIVATE_ADDRESS"), ("x" * 64 + ".id", "UNRESOLVED")],
)
async def test_a_host_that_is_listed_and_leads_into_the_house_is_not_sent_to(host: str, code: str):
    async with WebPushSender(await vapid.identity(NOW), CONTACT, [host]) as sender:
        outcome = await sender.send(a_letter(Browser().subscription(host=host)))
    assert outcome == TryLater(code=code, after_s=1800, was_sent=False)


async def test_a_service_that_is_not_listed_any_more_is_not_sent_to(webpush: WebPushDouble):
    identity = await vapid.identity(NOW)
    async with WebPushSender(identity, CONTACT, [GOOGLE], webpush.ca_path, webpush.peers) as sender:
        assert await sent(sender) == Rejected("SERVICE", "")
    assert webpush.stats()["sent"] == 0


async def test_phones_and_browsers_of_one_account_are_all_told(
    fcm: FcmDouble, sender: FcmSender, webpush: WebPushDouble, web_sender: WebPushSender
):
    browser = Browser()
    await a_phone(7, "ok-1")
    await a_phone(7, browser.subscription(), "webpush")
    mid = await a_notice(7)
    await Deliverer({"fcm": sender, "webpush": web_sender}, words, patience_s=60).deliver_due(NOW)
    assert await states() == ["delivered", "delivered"]
    assert [accepted.mid for accepted in fcm.accepted()] == [str(mid)]
    assert [browser.read(body_of(accepted))["mid"] for accepted in webpush.accepted()] == [str(mid)]


@pytest.mark.parametrize("name", ["gone-1", "unknown-1"])
async def test_a_subscription_that_ended_is_forgotten(webpush: WebPushDouble, web_sender: WebPushSender, name: str):
    await a_phone(7, Browser().subscription(name), "webpush")
    await a_notice(7)
    await Deliverer({"webpush": web_sender}, words, patience_s=60).deliver_due(NOW)
    assert await states() == ["address_dead"]
    assert await phones() == []


async def test_a_passing_fault_ends_in_one_message(webpush: WebPushDouble, web_sender: WebPushSender):
    await a_phone(7, Browser().subscription("busy-2-1"), "webpush")
    await a_notice(7)
    for round_ in range(3):
        await Deliverer({"webpush": web_sender}, words, patience_s=60).deliver_due(NOW + round_ * timedelta(minutes=20))
    assert [(row["state"], row["attempts"]) for row in await deliveries()] == [("delivered", 3)]
    assert len(webpush.accepted()) == 1


async def test_a_browser_that_registers_again_in_other_words_is_one_address(webpush: WebPushDouble):
    text = Browser().subscription()
    phone = await a_phone(7, text, "webpush")
    await a_phone(7, json.dumps(json.loads(text), indent=1), "webpush", phone)
    [(_, kind, address, registrations)] = await phones()
    assert (kind, registrations, " " in address) == ("webpush", 2, False)
    await a_notice(7, now=LATER)
    assert await states() == ["pending"]
