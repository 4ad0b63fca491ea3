import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest

from api.piccolo_conf import DB
from push import addresses
from push.addresses import AddressRefused
from tests.peers.webpush import Browser
from tests.push.factories import NOW, a_notice, a_phone, deliveries, states


async def phones() -> list[tuple[int, str, str, int]]:
    rows = await DB.fetch("SELECT recipient, kind, address, registrations FROM address ORDER BY id")
    return [tuple(row) for row in rows]


async def test_a_phone_that_registers_again_stays_one_phone():
    phone = await a_phone(7, "old")
    await a_phone(7, "new", phone_id=phone)
    assert await phones() == [(7, "fcm", "new", 2)]


async def test_a_phone_may_change_from_a_token_to_an_installation_id():
    phone = await a_phone(7, "token")
    await a_phone(7, "installation", "fid", phone)
    assert await phones() == [(7, "fid", "installation", 2)]


async def test_an_address_under_a_new_phone_id_leaves_the_old_one():
    await a_phone(7, "token")
    await a_phone(8, "token")
    assert await phones() == [(8, "fcm", "token", 1)]


async def test_a_phone_handed_over_gets_nothing_more_of_its_first_account():
    phone = await a_phone(7)
    await a_notice(7)
    await a_phone(8, phone_id=phone)
    await a_notice(7)
    mid = await a_notice(8)
    assert await states() == ["superseded", "pending"]
    assert (await deliveries())[-1]["mid"] == mid


async def test_a_forgotten_phone_is_gone_with_what_it_was_to_be_told():
    phone = await a_phone(7)
    await a_notice(7)
    assert await addresses.forget(phone, 7, NOW)
    assert await phones() == []
    assert await states() == ["superseded"]


async def test_nobody_forgets_anothers_phone():
    phone = await a_phone(7)
    assert not await addresses.forget(phone, 8, NOW)
    assert len(await phones()) == 1


async def test_an_account_keeps_its_twenty_newest_phones():
    for hour in range(21):
        await addresses.register(uuid4(), 7, "fcm", f"token-{hour}", NOW + timedelta(hours=hour))
    assert [address for _, _, address, _ in await phones()] == [f"token-{hour}" for hour in range(1, 21)]


async def test_phones_that_claim_one_address_at_once_leave_one_of_them():
    await asyncio.gather(*[a_phone(recipient, "token") for recipient in range(8)])
    assert len(await phones()) == 1


@pytest.mark.parametrize(
    ("kind", "address", "reason"),
    [
        ("sms", "0812", "kind"),
        ("fcm", "", "empty"),
        ("fcm", "x" * 2049, "too_long"),
        ("fcm", "a b", "characters"),
        ("fid", "a\x00b", "characters"),
        ("fcm", "é", "characters"),
        ("webpush", "a-token", "subscription"),
        ("webpush", Browser().subscription(host="push.kota.example"), "service"),
        ("webpush", Browser().subscription().replace('"auth": "', '"auth": "A'), "keys"),
        ("webpush", Browser().subscription("x" * 2000), "too_long"),
    ],
)
async def test_what_cannot_be_an_address_is_refused_with_the_reason(kind: str, address: str, reason: str):
    with pytest.raises(AddressRefused) as refused:
        await a_phone(7, address, kind)
    assert refused.value.reason == reason
    assert await phones() == []
