"""A resident with a new phone finds the old account again; nobody else does."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from uuid_utils.compat import uuid7

from api.accounts.tables import Account, Session
from api.app import create_app
from api.channels.linking import UNUSED_FOR, move_late
from api.piccolo_conf import DB
from api.settings import read_settings
from tests.channels.conftest import TextsSent, links
from tests.people import Person, Town

SECRET = "rahasia-gerbang"
NUMBER = "081234567890"


@pytest.fixture
async def siti(town: Town, sms: TextsSent) -> Person:
    """Reported with her old phone, and linked her number."""
    siti = await town.resident()
    await links(siti, sms)
    town.clock.passes(minutes=2)
    return siti


async def a_photo() -> dict[str, object]:
    return {"id": str(uuid7()), "size": 10, "type": "image/jpeg", "sha256": "0" * 64}


async def test_the_number_leads_back_to_the_account_and_brings_the_reports_along(
    town: Town, sms: TextsSent, siti: Person
):
    before = await siti.submits()
    new_phone = await town.resident()
    photo = await a_photo()
    after = await new_phone.submits(photos=[photo])
    await new_phone.put(f"/v1/phones/{uuid7()}", {"kind": "fcm", "address": "alamat-baru"})
    assert await links(new_phone, sms) == siti.uid
    assert (await new_phone.get("/v1/me")).json()["account_id"] == siti.uid
    for phone in (siti, new_phone):
        mine = (await phone.get("/v1/reports?mine=1")).json()["reports"]
        assert {each["id"] for each in mine} == {before["id"], after["id"]}
    inbox = (await siti.get("/v1/inbox")).json()["messages"]
    assert {each["report"] for each in inbox} == {before["id"], after["id"]}
    upload = await new_phone.ask("HEAD", after["photos"][0]["upload_url"])
    assert upload.status_code in (200, 204)
    addresses = await DB.fetch("SELECT kind, recipient FROM address ORDER BY kind")
    assert [tuple(row) for row in addresses] == [("fcm", await account_of(siti)), ("sms", await account_of(siti))]


async def account_of(person: Person) -> int:
    return (await DB.fetch("SELECT id FROM account WHERE uid = $1::text::uuid", person.uid))[0]["id"]


async def test_what_both_accounts_supported_counts_once(town: Town, sms: TextsSent, siti: Person):
    neighbour, officer = await town.resident(), await town.staff("operator")
    report = await neighbour.submits()
    await officer.steps(report["id"], "in_progress", report["version"], note="Tim berangkat.")
    new_phone = await town.resident()
    for person in (siti, new_phone):
        assert (await person.says(report["id"], "support", 0)).status_code == 201
    own = await new_phone.submits()
    assert (await siti.says(own["id"], "follow", 0)).status_code in (201, 404)
    await links(new_phone, sms)
    supports = "SELECT supports FROM report WHERE client_id = $1::text::uuid"
    assert (await DB.fetch(supports, report["id"]))[0]["supports"] == 1
    followers = await DB.fetch("SELECT account FROM report_follower")
    assert [row["account"] for row in followers] == [await account_of(siti)]


async def test_the_trace_of_the_account_says_what_was_joined(town: Town, sms: TextsSent, siti: Person):
    new_phone = await town.resident()
    joined = await account_of(new_phone)
    await links(new_phone, sms)
    rows = await DB.fetch(
        "SELECT kind, actor FROM account_event WHERE account = $1 ORDER BY id", await account_of(siti)
    )
    assert [tuple(row) for row in rows] == [("phone-linked", await account_of(siti)), ("merged", joined)]


async def test_a_refresh_after_the_join_stays_with_the_joined_account(town: Town, sms: TextsSent, siti: Person):
    pair = (await town.http.post("/v1/accounts", json={})).json()
    new_phone = Person(town.http, pair["access_token"], pair["account_id"])
    await links(new_phone, sms)
    again = await town.http.post("/v1/sessions/refresh", json={"refresh_token": pair["refresh_token"]})
    assert again.json()["account_id"] == siti.uid


async def test_two_phones_that_join_at_once_both_arrive(town: Town, sms: TextsSent, siti: Person):
    phones = [await town.resident() for _ in range(2)]
    codes = []
    for phone in phones:
        await phone.post("/v1/otp", {"phone": NUMBER})
        codes.append(sms.code)
        town.clock.passes(minutes=1)
    answers = await asyncio.gather(
        *(
            phone.post("/v1/otp/verify", {"phone": NUMBER, "code": code})
            for phone, code in zip(phones, codes, strict=True)
        )
    )
    assert {answer.json()["account_id"] for answer in answers} == {siti.uid}


async def test_a_number_never_opens_the_account_of_staff(town: Town, sms: TextsSent):
    operator, resident = await town.staff("operator"), await town.resident()
    await links(operator, sms)
    town.clock.passes(minutes=2)
    await resident.post("/v1/otp", {"phone": NUMBER})
    answer = await resident.post("/v1/otp/verify", {"phone": NUMBER, "code": sms.code})
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/phone-taken")
    assert (await resident.get("/v1/me")).json()["account_id"] == resident.uid


async def test_staff_do_not_become_the_resident_whose_number_they_bring(town: Town, sms: TextsSent, siti: Person):
    operator = await town.staff("operator")
    await operator.post("/v1/otp", {"phone": NUMBER})
    answer = await operator.post("/v1/otp/verify", {"phone": NUMBER, "code": sms.code})
    assert answer.status_code == 409
    assert (await operator.get("/v1/me")).json()["grants"]


async def test_who_was_given_the_number_of_somebody_else_sees_nothing_of_the_former_owner(
    town: Town, sms: TextsSent, siti: Person
):
    await siti.submits()
    town.clock.passes(days=UNUSED_FOR.days + 1)
    budi = await town.resident()
    assert await links(budi, sms) == budi.uid
    assert (await budi.get("/v1/reports?mine=1")).json()["reports"] == []
    await town.passes(siti)
    assert (await siti.get("/v1/me")).json()["phone_linked"] is False


async def test_what_was_on_its_way_during_the_join_is_moved_later(town: Town, sms: TextsSent, siti: Person):
    new_phone = await town.resident()
    joined = await account_of(new_phone)
    await links(new_phone, sms)
    late = await siti.submits()
    await DB.fetch("UPDATE report SET account = $2 WHERE client_id = $1::text::uuid", late["id"], joined)
    await move_late(town.clock())
    assert [each["id"] for each in (await siti.get("/v1/reports?mine=1")).json()["reports"]] == [late["id"]]
    assert await Session.count().where(Session.account == joined) == 0
    assert await Account.count().where(Account.merged_into == await account_of(siti)) == 1


@pytest.fixture
async def gateway(town: Town, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """Of a city that takes messages in."""
    settings = {"DATABASE_URL": "unused", "DATA_DIR": str(tmp_path)}
    settings |= {"SMS_NUMBER": "+622150001000", "SMS_INBOUND_SECRET": SECRET}
    app = create_app(read_settings(settings), town.clock)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://town") as http:
        yield http


async def brings(gateway: httpx.AsyncClient, words: str, sender: str = "+6281234567890") -> httpx.Response:
    return await gateway.get("/v1/channels/sms/in", params={"secret": SECRET, "from": sender, "text": words})


async def asks(gateway: httpx.AsyncClient, person: Person) -> dict[str, str]:
    answer = await Person(gateway, person.token).post("/v1/otp/inverse", {})
    assert answer.status_code == 201
    inverse: dict[str, str] = answer.json()
    return inverse


async def test_a_resident_sends_the_code_to_the_city(town: Town, gateway: httpx.AsyncClient):
    resident = await town.resident()
    inverse = await asks(gateway, resident)
    assert inverse["sms_uri"] == f"sms:+622150001000?body={inverse['code']}"
    answer = await brings(gateway, f" {inverse['code'].lower()} ")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain")
    assert "terhubung" in answer.text
    assert (await Person(gateway, resident.token).get("/v1/me")).json()["phone_linked"]


async def test_the_code_that_was_sent_in_works_once_and_for_half_an_hour(town: Town, gateway: httpx.AsyncClient):
    resident = await town.resident()
    code = (await asks(gateway, resident))["code"]
    await brings(gateway, code)
    assert "tidak dikenal" in (await brings(gateway, code, "+6281234567899")).text
    late = (await asks(gateway, resident))["code"]
    town.clock.passes(minutes=30)
    assert "tidak dikenal" in (await brings(gateway, late)).text


async def test_the_gateway_may_post_a_form(town: Town, gateway: httpx.AsyncClient):
    code = (await asks(gateway, await town.resident()))["code"]
    form = {"from": "081234567890", "text": code}
    answer = await gateway.post("/v1/channels/sms/in", data=form, headers={"x-kentongan-secret": SECRET})
    assert (answer.status_code, "terhubung" in answer.text) == (200, True)


async def test_a_forged_sender_does_not_lead_into_somebody_elses_account(
    town: Town, sms: TextsSent, siti: Person, gateway: httpx.AsyncClient
):
    thief = await town.resident()
    answer = await brings(gateway, (await asks(gateway, thief))["code"])
    assert "akun lain" in answer.text
    assert (await thief.get("/v1/me")).json()["account_id"] == thief.uid


async def test_a_sender_that_is_no_mobile_phone_is_told(town: Town, gateway: httpx.AsyncClient):
    code = (await asks(gateway, await town.resident()))["code"]
    assert "0812" in (await brings(gateway, code, "PROMO")).text


@pytest.mark.parametrize("secret", ["", "salah", "ü"])
async def test_a_stranger_finds_no_gateway(gateway: httpx.AsyncClient, secret: str):
    answer = await gateway.get("/v1/channels/sms/in", params={"secret": secret, "from": "1", "text": "x"})
    assert answer.status_code == 404
    posted = await gateway.post("/v1/channels/sms/in", headers={b"x-kentongan-secret": secret.encode()}, data={})
    assert posted.status_code == 404


async def test_a_city_that_takes_no_messages_has_no_such_address(town: Town):
    assert (await town.stranger.get("/v1/channels/sms/in?secret=")).status_code == 404
    resident = await town.resident()
    assert (await resident.post("/v1/otp/inverse", {})).status_code == 503
