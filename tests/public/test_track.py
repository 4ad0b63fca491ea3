"""What anyone sees of one report, who knows its number."""

from typing import Any

import pytest
from uuid_utils.compat import uuid7

from api.piccolo_conf import DB
from tests.people import Person, Town, a_report

SAID = "Ada pungli di loket tiga, saya Siti dari RT 05."
SECRETS = ["pungli", "Siti", "RT 05", "106.7912", "-6.4034", "Gang Mawar", "loket tiga"]


async def track(town: Town, number: str, **more: Any) -> Any:
    return await town.stranger.get(f"/v1/track/{number}", **more)


async def a_private_report(town: Town, **fields: Any) -> tuple[Person, dict[str, Any]]:
    resident = await town.resident()
    receipt = await resident.submits(
        text=SAID,
        address="Gang Mawar 7",
        lat=-6.40341,
        lon=106.79123,
        answers={"siapa": "petugas loket tiga"},
        **fields,
    )
    return resident, receipt


@pytest.mark.parametrize("spoken", ["{n}", "{low}", "{bare}", " {n} ", "{low_o}", "{spaced}"])
async def test_a_number_is_found_however_it_is_typed(town: Town, spoken: str):
    receipt = await (await town.resident()).submits()
    number = receipt["tracking_id"]
    bare = number.replace("-", "")
    typed = spoken.format(
        n=number,
        low=number.lower(),
        bare=bare,
        low_o=number.lower().replace("0", "o").replace("1", "l"),
        spaced=" ".join(bare),
    )
    answer = await track(town, typed)
    assert answer.status_code == 200
    assert answer.json()["tracking_id"] == number
    assert answer.json()["state_name"] == "didisposisikan"


@pytest.mark.parametrize("number", ["0000-0000", "x", "1234-567", "%00", "a" * 2000, "%F0%9F%98%80", "-"])
async def test_a_number_that_leads_nowhere_is_not_found(town: Town, number: str):
    await (await town.resident()).submits()
    answer = await track(town, number)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_public_report_shows_its_words_and_its_place_and_never_its_reporter(town: Town):
    resident, receipt = await a_private_report(town)
    operator = await town.staff("operator")
    await operator.steps(receipt["id"], "in_progress", 2, note="Tim berangkat", internal_note="periksa kontraktor X")
    answer = await track(town, receipt["tracking_id"])
    shown = answer.json()
    assert shown["text"] == SAID
    assert (shown["lat"], shown["lon"]) == (-6.40341, 106.79123)
    assert shown["place"]["village"] == "Depok"
    assert [event["note"] for event in shown["events"]] == ["", "", "Tim berangkat"]
    for hidden in (receipt["id"], resident.uid, operator.uid, "kontraktor X", "Gang Mawar", "petugas loket"):
        assert hidden not in answer.text


@pytest.mark.parametrize(
    ("visibility", "note"),
    [("public", "Waktu menjawab diperpanjang: Berkas di arsip provinsi"), ("restricted", ""), ("secret", "")],
)
async def test_everybody_sees_why_an_answer_takes_longer(town: Town, visibility: str, note: str):
    resident, operator = await town.resident(), await town.staff("operator")
    receipt = await resident.submits(report_type="information_request", visibility=visibility)
    extended = await operator.says(receipt["id"], "extend", 2, reason="Berkas di arsip provinsi")
    assert extended.status_code == 201
    last = (await track(town, receipt["tracking_id"])).json()["events"][-1]
    assert (last["state"], last["note"]) == ("dispatched", note)


@pytest.mark.parametrize("visibility", ["restricted", "secret"])
async def test_a_report_that_is_not_public_shows_its_way_and_nothing_of_its_content(town: Town, visibility: str):
    resident, receipt = await a_private_report(town, visibility=visibility)
    operator = await town.staff("operator")
    await operator.steps(receipt["id"], "needs_info", 3, note="x")  # stale: leaves no trace
    await operator.steps(receipt["id"], "in_progress", 2, note="Loket tiga kami periksa", internal_note="kasus 17")
    answer = await track(town, receipt["tracking_id"])
    assert answer.status_code == 200
    shown = answer.json()
    assert [event["state"] for event in shown["events"]] == ["submitted", "dispatched", "in_progress"]
    assert shown["agency"]
    assert shown["promise"]["due_at"]
    for hidden in (*SECRETS, "Loket", "kasus 17", resident.uid, receipt["id"], "jalan-rusak", "32.76.01"):
        assert hidden not in answer.text, hidden
    page = await town.stranger.get(f"/lacak/{receipt['tracking_id']}")
    assert page.status_code == 200
    for hidden in SECRETS:
        assert hidden not in page.text, hidden


@pytest.mark.parametrize("state", ["withdrawn", "rejected"])
async def test_what_was_withdrawn_or_rejected_shows_its_words_no_more(town: Town, state: str):
    _, receipt = await a_private_report(town)
    await DB.fetch("UPDATE report SET state = $1", state)
    answer = await track(town, receipt["tracking_id"])
    assert answer.json()["state"] == state
    for hidden in SECRETS:
        assert hidden not in answer.text, hidden


async def test_a_place_that_may_be_a_home_is_shown_as_a_street(town: Town):
    receipt = await (await town.resident()).submits(category="air-keruh", lat=-6.40341, lon=106.79123)
    shown = (await track(town, receipt["tracking_id"])).json()
    assert (shown["lat"], shown["lon"]) == (-6.403, 106.791)


async def test_an_overdue_promise_says_so(town: Town):
    receipt = await (await town.resident()).submits()
    assert not (await track(town, receipt["tracking_id"])).json()["promise"]["is_overdue"]
    town.clock.passes(days=200)
    assert (await track(town, receipt["tracking_id"])).json()["promise"]["is_overdue"]


async def test_it_speaks_the_language_that_is_asked_for(town: Town):
    number = (await (await town.resident()).submits())["tracking_id"]
    english = (await track(town, number, headers={"accept-language": "en-GB,en;q=0.9,id;q=0.5"})).json()
    asked = (await town.stranger.get(f"/v1/track/{number}?lang=en")).json()
    assert english["state_name"] == asked["state_name"] == "dispatched"
    assert english["category_name"] == "Damaged road or pothole"


@pytest.mark.parametrize(
    ("visibility", "category", "expected"),
    [
        (None, "jalan-rusak", "public"),
        ("restricted", "jalan-rusak", "restricted"),
        ("public", "tambang-liar", "restricted"),
        ("secret", "tambang-liar", "secret"),
        ("public", "jalan-rusak", "public"),
    ],
)
async def test_the_stricter_of_resident_and_category_counts(
    town: Town, visibility: str | None, category: str, expected: str
):
    resident = await town.resident()
    receipt = await resident.submits(category=category, **({"visibility": visibility} if visibility else {}))
    assert (await resident.get(f"/v1/reports/{receipt['id']}")).json()["visibility"] == expected
    assert (await track(town, receipt["tracking_id"])).json()["visibility"] == expected


async def test_a_report_of_a_closed_category_is_still_named(town: Town):
    resident = await town.resident()
    receipt = await resident.submits()
    await DB.fetch("UPDATE category SET active = false WHERE key = 'jalan-rusak'")
    town.app.state.cities.invalidate()
    assert (await track(town, receipt["tracking_id"])).json()["category"] == "jalan-rusak"
    again = await resident.put(f"/v1/reports/{receipt['id']}", a_report())
    assert (again.status_code, again.json()) == (200, receipt)
    assert (await resident.put(f"/v1/reports/{receipt['id']}", a_report(text="Lain."))).status_code == 409
    assert (await resident.put(f"/v1/reports/{uuid7()}", a_report())).status_code == 422
    assert (await (await town.staff("operator")).steps(receipt["id"], "in_progress", 2)).status_code == 201
