"""A phone registers, the inbox is read."""

from typing import Any

import pytest
from uuid_utils.compat import uuid7

from api.piccolo_conf import DB
from api.settings import SettingsIncomplete, read_settings
from tests.journeys.conftest import town
from tests.peers.webpush import Browser
from tests.people import Person, Town

__all__ = ["town"]


async def registers(person: Person, phone: str, address: str = "alamat-1") -> None:
    answer = await person.put(f"/v1/phones/{phone}", {"kind": "fcm", "address": address})
    assert (answer.status_code, answer.content) == (204, b"")


async def addresses() -> list[tuple[str, str]]:
    rows = await DB.fetch(
        "SELECT account.uid, address.address FROM address JOIN account ON account.id = address.recipient"
    )
    return [(str(row["uid"]), row["address"]) for row in rows]


async def inbox(person: Person, since: str = "", **more: Any) -> dict[str, Any]:
    answer = await person.get(f"/v1/inbox?since={since}" if since else "/v1/inbox", **more)
    assert answer.status_code == 200, answer.text
    page: dict[str, Any] = answer.json()
    return page


async def test_a_phone_registers_again_and_again_with_what_it_has_now(town: Town):
    resident, phone = await town.resident(), str(uuid7())
    await registers(resident, phone)
    await registers(resident, phone)
    await registers(resident, phone, "alamat-2")
    assert await addresses() == [(resident.uid, "alamat-2")]


async def test_a_phone_that_changes_hands_belongs_to_the_new_account(town: Town):
    first, second, phone = await town.resident(), await town.resident(), str(uuid7())
    await registers(first, phone)
    await registers(second, phone)
    assert await addresses() == [(second.uid, "alamat-1")]


async def test_a_phone_is_forgotten_by_its_owner_only(town: Town):
    owner, other, phone = await town.resident(), await town.resident(), str(uuid7())
    await registers(owner, phone)
    assert (await other.ask("DELETE", f"/v1/phones/{phone}")).status_code == 204
    assert len(await addresses()) == 1
    assert (await owner.ask("DELETE", f"/v1/phones/{phone}")).status_code == 204
    assert await addresses() == []


@pytest.mark.parametrize(
    ("phone", "field"),
    [
        ({"kind": "fcm", "address": ""}, "address"),
        ({"kind": "fcm", "address": "dua kata"}, "address"),
        ({"kind": "fcm", "address": "a\0b"}, "address"),
        ({"kind": "fcm", "address": "x" * 2049}, "address"),
        ({"kind": "fcm", "address": "x" * 4097}, "address"),
        ({"kind": "pager", "address": "x"}, "kind"),
        ({"kind": "fcm"}, "address"),
    ],
)
async def test_an_address_that_cannot_be_is_refused_in_words(town: Town, phone: dict[str, str], field: str):
    answer = await (await town.resident()).put(f"/v1/phones/{uuid7()}", phone)
    assert answer.status_code == 422
    fault = answer.json()["errors"][0]
    assert fault["field"] == field
    assert "_" not in fault["message"]


async def test_the_inbox_goes_on_from_its_cursor(town: Town):
    resident, operator = await town.resident(), await town.staff("operator")
    receipt = await resident.submits()
    first = await inbox(resident)
    assert [message["facts"]["state"] for message in first["messages"]] == ["dispatched"]
    assert (await inbox(resident, first["next"]))["messages"] == []
    await operator.steps(receipt["id"], "in_progress", 2)
    second = await inbox(resident, first["next"])
    assert [message["facts"]["state"] for message in second["messages"]] == ["in_progress"]
    assert second["messages"][0]["report"] == receipt["id"]
    assert not second["more"]


async def test_seen_messages_are_counted_once_and_only_by_their_owner(town: Town):
    resident, other = await town.resident(), await town.resident()
    await resident.submits()
    await resident.submits()
    page = await inbox(resident)
    mids = [message["mid"] for message in page["messages"]]
    assert page["unread"] == 2
    assert (await other.post("/v1/inbox/seen", {"mids": mids})).json() == {"seen": 0}
    assert (await resident.post("/v1/inbox/seen", {"mids": mids[:1]})).json() == {"seen": 1}
    assert (await resident.post("/v1/inbox/seen", {"mids": mids[:1]})).json() == {"seen": 0}
    page = await inbox(resident)
    assert page["unread"] == 1
    assert [message["seen_at"] is None for message in page["messages"]] == [False, True]
    assert (await inbox(other))["unread"] == 0


async def test_nothing_seen_is_nothing(town: Town):
    resident = await town.resident()
    assert (await resident.post("/v1/inbox/seen", {"mids": []})).json() == {"seen": 0}
    assert (await resident.post("/v1/inbox/seen", {"mids": ["x"]})).status_code == 422


@pytest.mark.parametrize("since", ["x", "-1", "1.5", "9" * 19, "²"])
async def test_an_unreadable_cursor_is_refused(town: Town, since: str):
    answer = await (await town.resident()).get("/v1/inbox", params={"since": since})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "since")


@pytest.mark.parametrize(
    ("locale", "headers", "query", "expected"),
    [
        ("id", {}, "", "Laporan"),
        ("en-GB", {}, "", "Report"),
        ("en", {"accept-language": "id"}, "", "Laporan"),
        ("id", {"accept-language": "en;q=0.2, id;q=0.1"}, "", "Report"),
        ("id", {"accept-language": "fr, en; q=0.5"}, "", "Report"),
        ("en", {"accept-language": "fr"}, "", "Report"),
        ("id", {"accept-language": "en;q=²"}, "", "Report"),
        ("id", {"accept-language": "en;q=0, id;q=0.1"}, "", "Laporan"),
        ("id", {"accept-language": "id"}, "?lang=en", "Report"),
        ("en", {}, "?lang=xx", "Report"),
    ],
)
async def test_a_message_speaks_the_language_of_the_request_or_of_the_account(
    town: Town, locale: str, headers: dict[str, str], query: str, expected: str
):
    resident = await town.resident(locale)
    await resident.submits()
    latin = {name: value.encode("latin-1") for name, value in headers.items()}
    answer = await resident.get(f"/v1/inbox{query}", headers=latin)
    assert answer.json()["messages"][0]["title"].startswith(expected)


async def test_a_message_holds_no_word_of_the_report_and_no_place(town: Town):
    resident, operator = await town.resident(), await town.staff("operator")
    receipt = await resident.submits(text="Rahasia besar", address="Gang Mawar 7", visibility="secret")
    await operator.steps(receipt["id"], "in_progress", 2, note="Catatan panjang", internal_note="dalam")
    text = (await resident.get("/v1/inbox")).text
    for hidden in ("Rahasia", "Mawar", "Catatan", 'dalam"', "106.79", 'Pancoran Mas"'):
        assert hidden not in text


async def test_a_browser_learns_the_one_key_of_this_installation(town: Town):
    first, second = [(await (await town.resident()).get("/v1/phones/webpush-key")).json() for _ in range(2)]
    assert first == second
    assert len(first["public_key"]) == 87
    assert (await town.stranger.get("/v1/phones/webpush-key")).status_code == 401


async def test_a_browser_of_a_service_that_the_city_named_may_register(town: Town):
    resident = await town.resident()
    phone = {"kind": "webpush", "address": Browser().subscription(host="push.kota.example")}
    refused = await resident.put(f"/v1/phones/{uuid7()}", phone)
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "address")
    town.app.state.settings = read_settings(
        {"DATABASE_URL": "unused", "WEBPUSH_SERVICES": "push.kota.example, .x.example"}
    )
    assert (await resident.put(f"/v1/phones/{uuid7()}", phone)).status_code == 204


def test_the_way_to_a_push_service_is_read_from_the_settings():
    told = {"DATABASE_URL": "unused", "WEBPUSH_PEERS": "push.kota.example=10.0.0.7:8443"}
    assert read_settings(told).browser_peers == {"push.kota.example": ("10.0.0.7", 8443)}
    with pytest.raises(SettingsIncomplete):
        _ = read_settings(told | {"WEBPUSH_PEERS": "push.kota.example"}).browser_peers
