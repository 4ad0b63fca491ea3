"""Who may see a reporter's number, and who reads that they looked."""

from typing import Any

import httpx
import pytest

from api.accounts.phones import link
from api.accounts.speaker import Role
from api.piccolo_conf import DB
from tests.people import NOON, Person, Town

NUMBER = "+6281234567890"
REASON = "Alamat tidak ditemukan petugas."


@pytest.fixture
async def siti(town: Town) -> Person:
    """Has linked her phone."""
    siti = await town.resident()
    account = (await DB.fetch("SELECT id FROM account WHERE uid = $1::text::uuid", siti.uid))[0]["id"]
    await link(account, NUMBER, town.app.state.seals, NOON)
    return siti


@pytest.fixture
async def report(siti: Person) -> dict[str, Any]:
    return await siti.submits()


async def looks(person: Person, report: dict[str, Any], reason: str = REASON) -> httpx.Response:
    return await person.post(f"/v1/reports/{report['id']}/contact", {"reason": reason})


async def who_looked(person: Person, report: dict[str, Any]) -> Any:
    return (await person.get(f"/v1/reports/{report['id']}/contact")).json()


@pytest.mark.parametrize(
    ("role", "status"),
    [("officer", 403), ("area_head", 403), ("coordinator", 201), ("operator", 201), ("auditor", 201), ("admin", 201)],
)
async def test_the_matrix_says_who_may_look(town: Town, report: dict[str, Any], role: Role, status: int):
    agency = "dpupr" if role in ("officer", "coordinator") else None
    person = await town.staff(role, agency=agency, area="32.76.01" if role == "area_head" else None)
    answer = await looks(person, report)
    assert answer.status_code == status, answer.text
    assert (NUMBER in answer.text) == (status == 201)


async def test_the_coordinator_of_another_agency_a_resident_and_a_stranger_see_nothing(
    town: Town, report: dict[str, Any]
):
    people = [await town.staff("coordinator", agency="dishub"), await town.resident()]
    for person in people:
        answer = await looks(person, report)
        assert answer.status_code in (403, 404)
        assert NUMBER not in answer.text
    assert (await looks(town.stranger, report)).status_code == 401


async def test_an_auditor_of_another_city_sees_nothing(town: Town, report: dict[str, Any]):
    auditor, operator = await town.staff("auditor"), await town.staff("operator")
    await DB.fetch("UPDATE role_grant SET city = 999 WHERE role = 'auditor'")
    await operator.steps(report["id"], "in_progress", report["version"], note="Tim berangkat.")  # now it is public
    assert (await looks(auditor, report)).status_code in (403, 404)
    assert (await auditor.get("/v1/contacts")).json() == []


async def test_every_look_has_a_reason_that_the_reporter_can_read(town: Town, siti: Person, report: dict[str, Any]):
    coordinator = await town.staff("coordinator", agency="dpupr")
    assert (await looks(coordinator, report, "x")).json()["errors"][0]["field"] == "reason"
    assert await who_looked(siti, report) == []
    await looks(coordinator, report)
    (seen,) = await who_looked(siti, report)
    assert (seen["role"], seen["reason"], seen["by"]) == ("coordinator", REASON, None)
    assert seen["agency"]


async def test_auditors_read_who_looked_in_the_whole_city(town: Town, report: dict[str, Any]):
    coordinator, auditor = await town.staff("coordinator", agency="dpupr"), await town.staff("auditor")
    await looks(coordinator, report)
    (seen,) = (await auditor.get("/v1/contacts")).json()
    assert (seen["report"], seen["by"]) == (report["id"], (await coordinator.get("/v1/me")).json()["login"])
    assert (await coordinator.get("/v1/contacts")).status_code == 403
    assert [one["by"] for one in await who_looked(auditor, report)] == [seen["by"]]


async def test_officers_do_not_read_who_looked(town: Town, report: dict[str, Any]):
    officer = await town.staff("officer", agency="dpupr")
    assert (await officer.get(f"/v1/reports/{report['id']}/contact")).status_code == 403


async def test_a_look_makes_nobody_late_and_is_no_part_of_the_public_story(
    town: Town, siti: Person, report: dict[str, Any]
):
    operator = await town.staff("operator")
    await looks(operator, report)
    assert (await operator.steps(report["id"], "in_progress", report["version"], note="Berangkat.")).status_code == 201
    told = (await siti.get(f"/v1/reports/{report['id']}")).json()
    assert "contact" not in [event["kind"] for event in told["events"]]
    tracked = await town.stranger.get(f"/v1/track/{report['tracking_id']}")
    assert REASON not in tracked.text


async def test_the_reporter_sees_the_own_number_without_a_trace(siti: Person, report: dict[str, Any]):
    assert (await looks(siti, report)).json() == {"phone": NUMBER}
    assert await who_looked(siti, report) == []


async def test_a_reporter_without_a_phone_has_no_number_to_show(town: Town):
    report = await (await town.resident()).submits()
    assert (await looks(await town.staff("operator"), report)).json() == {"phone": None}
