"""A report comes in: what is decided about it, and what is kept."""

import asyncio
from typing import Any

import pytest
from uuid_utils.compat import uuid7

from api.piccolo_conf import DB
from tests.people import Person, Town, a_report


async def refusal(person: Person, **fields: Any) -> dict[str, Any]:
    answer = await person.put(f"/v1/reports/{uuid7()}", a_report(**fields))
    assert answer.status_code == 422, answer.text
    fault: dict[str, Any] = answer.json()["errors"][0]
    return fault


async def test_without_a_rule_the_operator_has_it(town: Town):
    await DB.fetch("DELETE FROM routing_rule")
    town.app.state.cities.invalidate()
    receipt = await (await town.resident()).submits()
    assert (receipt["state"], receipt["version"], receipt["agency"]) == ("submitted", 1, None)
    assert receipt["routing_reason"]
    assert receipt["promise"]["clock"] == "verify"
    work = (await (await town.staff("operator")).get("/v1/worklist")).json()
    assert [report["id"] for report in work["reports"]] == [receipt["id"]]
    officer = await town.staff("officer", agency="dpupr")
    assert (await officer.get("/v1/worklist")).json()["reports"] == []


async def test_an_emergency_is_sent_to_the_telephone_and_not_stored(town: Town):
    await DB.fetch("UPDATE category SET is_emergency = true WHERE key = 'jalan-rusak'")
    town.app.state.cities.invalidate()
    resident = await town.resident()
    fault = await refusal(resident)
    assert fault["field"] == "category"
    assert "112" in fault["message"]
    fault = await refusal(resident, report_type="emergency_redirect", category="sampah-liar")
    assert fault["field"] == "report_type"
    assert "112" in fault["message"]
    assert (await DB.fetch("SELECT count(*) FROM report"))[0][0] == 0


async def test_the_position_and_the_accuracy_of_the_phone_are_kept(town: Town):
    resident = await town.resident()
    receipt = await resident.submits(lat=-6.4012345, lon=106.7912345)
    shown = (await resident.get(f"/v1/reports/{receipt['id']}")).json()
    assert shown["position"] == {"lat": -6.4012345, "lon": 106.7912345, "accuracy_m": 8.0}
    assert shown["place"]["boundary_version"] == "32.76 2026"


async def test_what_was_answered_is_kept_as_it_was_written(town: Town):
    resident = await town.resident()
    said = {"lebar": "2 meter", "lalu-lintas": "ya"}
    receipt = await resident.submits(answers=said, anonymous=True, report_type="aspiration")
    shown = (await resident.get(f"/v1/reports/{receipt['id']}")).json()
    assert (shown["answers"], shown["anonymous"], shown["report_type"]) == (said, True, "aspiration")


async def test_an_information_request_has_the_clock_of_the_law(town: Town):
    receipt = await (await town.resident()).submits(report_type="information_request")
    assert receipt["promise"]["clock"] == "information_request"


async def test_eight_different_reports_under_one_id_are_one_and_seven_refusals(town: Town):
    resident, path = await town.resident(), f"/v1/reports/{uuid7()}"
    answers = await asyncio.gather(*(resident.put(path, a_report(text=f"Lubang nomor {n}.")) for n in range(8)))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 7
    assert (await DB.fetch("SELECT count(*) FROM report_event"))[0][0] == 2


async def test_one_id_from_two_phones_belongs_to_the_first(town: Town):
    path = f"/v1/reports/{uuid7()}"
    people = [await town.resident() for _ in range(4)]
    answers = await asyncio.gather(*(person.put(path, a_report()) for person in people))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]


async def test_one_photo_on_two_reports_at_once_belongs_to_one(town: Town):
    resident = await town.resident()
    photo = {"id": str(uuid7()), "size": 10, "type": "image/jpeg", "sha256": "0" * 64}
    answers = await asyncio.gather(
        *(resident.put(f"/v1/reports/{uuid7()}", a_report(photos=[photo])) for _ in range(3))
    )
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409]
    assert (await DB.fetch("SELECT count(*) FROM report"))[0][0] == 1


async def test_the_repeated_answer_is_the_report_as_it_stands_now(town: Town):
    resident = await town.resident()
    receipt = await resident.submits()
    await (await town.staff("operator")).steps(receipt["id"], "in_progress", 2)
    again = (await resident.put(f"/v1/reports/{receipt['id']}", a_report())).json()
    assert (again["state"], again["version"]) == ("in_progress", 3)


async def test_my_reports_come_newest_first_and_page_by_page(town: Town):
    resident = await town.resident()
    await DB.fetch("UPDATE account SET trust = 50")
    sent = [(await resident.submits(text=f"Lubang {n}"))["id"] for n in range(52)]
    first = (await resident.get("/v1/reports?mine=1")).json()
    second = (await resident.get(f"/v1/reports?mine=1&cursor={first['next']}")).json()
    assert [report["id"] for report in first["reports"] + second["reports"]] == sent[::-1]
    assert second["next"] is None


@pytest.mark.parametrize("cursor", ["x", "-1", "9" * 40, "²"])
async def test_an_unreadable_cursor_is_refused(town: Town, cursor: str):
    answer = await (await town.resident()).get("/v1/reports", params={"mine": "1", "cursor": cursor})
    assert answer.status_code == 422


SEARCHES = [
    ("?q=berlubang", True),
    ("?q=BERLUBANG", True),
    ("?q=100%", False),
    ("?q=_", False),
    ("?q=\\", False),
    ("?q='; DROP TABLE report; --", False),
    ("?state=dispatched", True),
    ("?state=closed", False),
    ("?agency=uptd-jalan-1", True),
    ("?agency=dlh", False),
    ("?agency=tidak-ada", False),
    ("?area=32.76.01", True),
    ("?area=32.76.02", False),
    ("?overdue=true", False),
]


@pytest.mark.parametrize(("query", "is_found"), SEARCHES)
async def test_staff_search_what_their_grants_cover(town: Town, query: str, is_found: bool):
    receipt = await (await town.resident()).submits()
    found = (await (await town.staff("operator")).get(f"/v1/reports{query}")).json()["reports"]
    assert [report["id"] for report in found] == ([receipt["id"]] if is_found else [])
    stranger = await town.staff("coordinator", agency="dlh")
    assert (await stranger.get(f"/v1/reports{query}")).json()["reports"] == []


async def test_a_search_finds_the_number_and_what_is_overdue(town: Town):
    receipt = await (await town.resident()).submits()
    operator = await town.staff("operator")
    by_number = (await operator.get("/v1/reports", params={"q": receipt["tracking_id"].lower()})).json()
    assert len(by_number["reports"]) == 1
    await town.passes(operator, days=100)
    assert len((await operator.get("/v1/reports?overdue=1")).json()["reports"]) == 1


async def test_a_search_for_what_cannot_be_stored_is_refused(town: Town):
    operator = await town.staff("operator")
    for query in ("q=%00", "area=%00"):
        answer = await operator.get(f"/v1/reports?{query}")
        assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")


async def test_a_resident_lists_nobody_elses_reports(town: Town):
    await (await town.resident()).submits()
    other = await town.resident()
    for query in ("", "?mine=1", "?q=berlubang", "?mine=0"):
        assert (await other.get(f"/v1/reports{query}")).json()["reports"] == []
