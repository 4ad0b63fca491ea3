"""Numbers and mail addresses of accounts, and when a text message is sent to them."""

from datetime import datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from api.piccolo_conf import DB
from push import addresses, inbox
from push.addresses import AddressRefused
from push.delivery import Deliverer
from push.sms import SmsSender
from tests.peers.kannel import KannelDouble, a_kannel
from tests.push.factories import LATER, NOW, a_notice, a_phone, deliveries, states, words

PHONE = "+6281200000001"


async def contacts() -> list[tuple[int, str, str]]:
    return [
        tuple(row) for row in await DB.fetch("SELECT recipient, kind, address FROM address ORDER BY recipient, kind")
    ]


async def test_an_account_has_one_number_and_one_mailbox():
    await addresses.reach_by(7, "sms", PHONE, NOW)
    await addresses.reach_by(7, "sms", "+6281200000002", NOW)
    await addresses.reach_by(7, "email", "dinas@kota.example", NOW)
    assert await contacts() == [(7, "email", "dinas@kota.example"), (7, "sms", "+6281200000002")]


async def test_a_number_that_another_account_verified_leaves_the_first():
    await addresses.reach_by(7, "sms", PHONE, NOW)
    await a_notice(7, by_sms=True)
    await addresses.reach_by(8, "sms", PHONE, NOW)
    assert await contacts() == [(8, "sms", PHONE)]
    await a_kannel_delivers(LATER)
    assert await states() == ["superseded"]


async def test_a_number_that_is_taken_back_gets_nothing_more():
    await addresses.reach_by(7, "sms", PHONE, NOW)
    await a_notice(7, by_sms=True)
    await addresses.forget_contact(7, "sms", NOW)
    assert await states() == ["superseded"]
    assert await contacts() == []


@pytest.mark.parametrize(
    ("kind", "address"),
    [
        ("sms", "081200000001"),
        ("sms", "+0812000000"),
        ("sms", "+62812 000"),
        ("sms", PHONE + "\n"),
        ("email", "dinas"),
        ("email", "a@b"),
        ("email", "a@b.example, c@d.example"),
        ("email", "a@b.example\nBcc: c@d.example"),
        ("email", "é@kota.example"),
        ("email", "a@" + "b" * 250 + ".example"),
    ],
)
async def test_what_is_no_number_or_mailbox_is_refused(kind: addresses.Contact, address: str):
    with pytest.raises(AddressRefused):
        await addresses.reach_by(7, kind, address, NOW)


async def test_who_has_no_app_is_told_by_text_message_what_matters():
    await addresses.reach_by(7, "sms", PHONE, NOW)
    await a_notice(7)
    assert await states() == []
    await a_notice(7, by_sms=True)
    assert [row["kind"] for row in await deliveries()] == ["sms"]


async def test_who_has_the_app_costs_no_text_message():
    await addresses.reach_by(7, "sms", PHONE, NOW)
    await a_phone(7)
    await a_notice(7, by_sms=True)
    assert [row["kind"] for row in await deliveries()] == ["fcm"]


async def test_a_mailbox_gets_what_a_phone_gets():
    await addresses.reach_by(7, "email", "dinas@kota.example", NOW)
    await a_phone(7)
    await a_notice(7)
    assert sorted(row["kind"] for row in await deliveries()) == ["email", "fcm"]


async def test_three_text_messages_a_day_are_enough():
    await addresses.reach_by(7, "sms", PHONE, NOW)
    for minute in range(4):
        await a_notice(7, by_sms=True, now=NOW + timedelta(minutes=minute))
    assert len(await states()) == 3
    assert len((await inbox.page(7, 0, 10, NOW)).items) == 4
    await a_notice(7, by_sms=True, now=NOW + timedelta(days=1, minutes=1))
    assert len(await states()) == 4


async def test_a_message_that_a_newer_one_replaced_does_not_count():
    await addresses.reach_by(7, "sms", PHONE, NOW)
    report = uuid4()
    for rev in range(1, 6):
        await a_notice(7, report, rev, by_sms=True)
    assert (await states()).count("pending") == 1


async def a_kannel_delivers(now: datetime) -> KannelDouble:
    async with a_kannel() as kannel, SmsSender(kannel.setting) as sender:
        await Deliverer({"sms": sender}, words, patience_s=60).deliver_due(now)
        return kannel


@pytest.mark.parametrize(("zone", "hour"), [("Asia/Jakarta", 22), ("Asia/Jayapura", 21), ("Asia/Jakarta", 6)])
async def test_a_text_message_waits_for_the_morning_of_its_city(zone: str, hour: int):
    night = datetime(2026, 3, 2, hour, 30, tzinfo=ZoneInfo(zone))
    await addresses.reach_by(7, "sms", PHONE, night)
    await a_notice(7, by_sms=True, now=night, params={"zone": zone})
    assert (await a_kannel_delivers(night)).accepted == []
    [row] = await deliveries()
    awake = row["not_before"].astimezone(ZoneInfo(zone))
    assert (row["state"], row["code"], awake.hour) == ("pending", "QUIET_HOURS", 7)
    assert [message.to for message in (await a_kannel_delivers(row["not_before"])).accepted] == [PHONE]


async def test_without_a_gateway_the_message_stays_in_the_inbox():
    await addresses.reach_by(7, "sms", PHONE, NOW)
    await a_notice(7, by_sms=True)
    await Deliverer({}, words).deliver_due(NOW)
    assert await states() == ["unconfigured"]
