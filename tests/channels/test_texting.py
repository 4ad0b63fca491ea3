"""A resident without the app is told by text message; the number lies open nowhere."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from api.app import create_app
from api.channels.linking import link
from api.channels.texting import LinkedPhones, address_of
from api.piccolo_conf import DB
from api.settings import read_settings
from push.sender import AddressDead, Delivered
from push.sms import SmsSender
from tests.channels.conftest import TextsSent, links
from tests.peers.kannel import KannelDouble, a_kannel
from tests.people import NOON, Town
from tests.push.factories import a_letter


@pytest.fixture
async def kannel() -> AsyncIterator[KannelDouble]:
    async with a_kannel() as double:
        yield double


async def test_a_linked_phone_is_reached_through_the_account(town: Town, kannel: KannelDouble):
    resident, seals = await town.resident(), town.app.state.seals
    account = (await DB.fetch("SELECT id FROM account WHERE uid = $1::text::uuid", resident.uid))[0]["id"]
    async with DB.transaction():
        await link(account, "+6281234567890", "inverse", seals, NOON)
    address = (await DB.fetch("SELECT address FROM address WHERE recipient = $1", account))[0]["address"]
    assert address == address_of(account)
    async with SmsSender(kannel.setting) as gateway:
        sender = LinkedPhones(gateway, seals)
        assert isinstance(await sender.send(a_letter(address, address_kind="sms")), Delivered)
        assert kannel.accepted[0].to == "+6281234567890"
        assert (await resident.ask("DELETE", "/v1/me/phone")).status_code == 204
        assert isinstance(await sender.send(a_letter(address, address_kind="sms")), AddressDead)
    assert await DB.fetch("SELECT FROM address") == []


async def test_a_number_that_moves_on_leaves_no_address_behind(town: Town, sms: TextsSent):
    siti, budi = await town.resident(), await town.resident()
    await links(siti, sms)
    await town.passes(siti, budi, days=181)
    await links(budi, sms)
    assert len(await DB.fetch("SELECT FROM address")) == 1


async def test_the_served_program_sends_codes_through_the_configured_gateway(
    town: Town, kannel: KannelDouble, tmp_path: Path
):
    settings = {"DATABASE_URL": "unused", "DATA_DIR": str(tmp_path), "SMS_URL": kannel.setting}
    app = create_app(read_settings(settings), town.clock)
    resident = await town.resident()
    async with app.lifespan():
        town.app.state.sms = app.state.sms
        assert (await resident.post("/v1/otp", {"phone": "081234567890"})).status_code == 202
    assert "Kode Kentongan" in kannel.accepted[0].text
