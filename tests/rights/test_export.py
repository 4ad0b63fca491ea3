"""Somebody asks what is kept of them."""

from api.accounts import phones
from tests.people import Town
from tests.rights.test_erasure import NUMBER, PUBLIC, RESTRICTED, a_full_life, number_of


async def test_a_resident_gets_all_that_is_kept(town: Town):
    warga, operator = await town.resident(), await town.staff("operator")
    public, _ = await a_full_life(town, warga)
    await operator.post(f"/v1/reports/{public}/contact", {"reason": "Menanyakan letak tiang lampu"})

    answer = await warga.get("/v1/me/export")

    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    copy = answer.json()
    assert copy["account"]["account_id"] == warga.uid
    assert copy["phone"] == NUMBER
    assert [session["device_name"] for session in copy["sessions"]] == ["HP uji"]
    assert {report["text"] for report in copy["reports"]} == {PUBLIC, RESTRICTED}
    assert all(report["events"] for report in copy["reports"])
    assert [said["text"] for said in copy["comments"]] == ["Saya lewat sini tiap hari jam enam."]
    assert [bond["reason"] for bond in copy["supports_and_followings"]] == ["support"]
    assert [look["reason"] for look in copy["contact_looks"]] == ["Menanyakan letak tiang lampu"]
    assert copy["inbox"]
    assert copy["push_addresses"]


async def test_nobody_gets_what_is_kept_of_somebody_else(town: Town):
    warga, lain = await town.resident(), await town.resident()
    await a_full_life(town, warga)
    copy = (await lain.get("/v1/me/export")).text
    assert [mark for mark in (RESTRICTED, NUMBER, warga.uid) if mark in copy] == []


async def test_the_fourth_copy_of_a_day_waits_for_tomorrow(town: Town):
    warga = await town.resident()
    answers = [(await warga.get("/v1/me/export")).status_code for _ in range(4)]
    assert answers == [200, 200, 200, 429]
    refused = await warga.get("/v1/me/export")
    assert int(refused.headers["retry-after"]) > 0
    await town.passes(warga, days=1)
    assert (await warga.get("/v1/me/export")).status_code == 200


async def test_a_number_of_somebody_joined_is_not_in_it(town: Town):
    warga = await town.resident()
    assert (await warga.get("/v1/me/export")).json()["phone"] is None
    await phones.link(await number_of(warga), NUMBER, town.app.state.seals, town.clock())
    assert (await warga.get("/v1/me/export")).json()["phone"] == NUMBER
