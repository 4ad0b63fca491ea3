"""A report changes: by whom, and with what."""

from datetime import timedelta

import pytest
from uuid_utils.compat import uuid7

from api.piccolo_conf import DB
from tests.people import NOON, Town
from tests.reports.steps import dispatched, evidence, fields, is_at, puts


async def test_an_officer_of_another_agency_does_not_find_the_report(town: Town):
    report = await dispatched(town)
    for stranger in (
        await town.staff("officer", agency="dlh"),
        await town.staff("coordinator", agency="dlh"),
        await town.staff("area_head", area="32.76.02"),
        await town.staff("officer"),
    ):
        assert (await stranger.get(f"/v1/reports/{report}")).status_code == 404
        assert (await stranger.steps(report, "in_progress", 2)).status_code == 404
    assert (await is_at(report))["version"] == 2


async def test_who_may_read_but_not_do_is_told_so(town: Town):
    report = await dispatched(town)
    for reader in (await town.staff("auditor"), await town.staff("admin")):
        assert (await reader.get(f"/v1/reports/{report}")).status_code == 200
        answer = await reader.steps(report, "in_progress", 2)
        assert answer.status_code == 403
        assert answer.json()["type"] == "/problems/not-allowed"


async def test_the_lurah_approves_in_the_own_area(town: Town):
    report = await dispatched(town)
    lurah = await town.staff("area_head", area="32.76.01.1001")
    assert (await lurah.steps(report, "in_progress", 2)).status_code == 403
    await puts(report, "work_done")
    assert (await lurah.steps(report, "resolved", 2)).status_code == 201


async def test_a_secret_report_is_not_even_there_for_the_lurah_and_unassigned_officers(town: Town):
    report = await dispatched(town, visibility="secret")
    lurah, officer = await town.staff("area_head", area="32.76.01"), await town.staff("officer", agency="dpupr")
    coordinator = await town.staff("coordinator", agency="dpupr")
    for other in (lurah, officer):
        assert (await other.get(f"/v1/reports/{report}")).status_code == 404
        assert (await other.get("/v1/reports")).json()["reports"] == []
        assert (await other.get("/v1/worklist")).json()["reports"] == []
    assert (await coordinator.steps(report, "dispatched", 2, officer=officer.uid)).status_code == 201
    assert (await officer.get(f"/v1/reports/{report}")).status_code == 200


async def test_the_first_officer_who_starts_has_it(town: Town):
    report = await dispatched(town)
    first, second = await town.staff("officer", agency="dpupr"), await town.staff("officer", agency="dpupr")
    assert (await first.steps(report, "in_progress", 2)).status_code == 201
    assert (await second.get(f"/v1/reports/{report}")).status_code == 404


async def test_a_coordinator_disposes_to_an_officer_of_the_own_agency_only(town: Town):
    report = await dispatched(town)
    coordinator = await town.staff("coordinator", agency="dpupr")
    foreign, own = await town.staff("officer", agency="dlh"), await town.staff("officer", agency="dpupr")
    assert fields(await coordinator.steps(report, "dispatched", 2, officer=foreign.uid)) == ["officer"]
    assert fields(await coordinator.steps(report, "dispatched", 2, officer=str(uuid7()))) == ["officer"]
    assert (await coordinator.steps(report, "dispatched", 2, officer=own.uid)).status_code == 201
    assert (await own.get("/v1/worklist")).json()["reports"][0]["id"] == report


async def test_a_coordinator_cannot_hand_a_report_to_another_agency(town: Town):
    report = await dispatched(town)
    coordinator = await town.staff("coordinator", agency="dpupr")
    assert (await coordinator.steps(report, "dispatched", 2, agency="dlh")).status_code == 403
    assert (await coordinator.steps(report, "verified", 2, reason="Bukan kewenangan kami")).status_code == 201
    assert (await is_at(report))["agency"] is None


async def test_the_operator_hands_it_to_any_agency_of_the_city(town: Town):
    report = await dispatched(town)
    operator = await town.staff("operator")
    officer = await town.staff("officer", agency="dpupr")
    await operator.steps(report, "dispatched", 2, officer=officer.uid)
    assert fields(await operator.steps(report, "dispatched", 3, agency="tidak-ada")) == ["agency"]
    assert fields(await operator.steps(report, "dispatched", 3)) == ["agency"]
    assert (await operator.steps(report, "dispatched", 3, agency="dlh")).json()["agency"]["key"] == "dlh"
    assert (await is_at(report))["officer"] is None


async def test_nobody_approves_the_evidence_they_filed(town: Town):
    report = await dispatched(town)
    coordinator, other = await town.staff("coordinator", agency="dpupr"), await town.staff("operator")
    await coordinator.steps(report, "in_progress", 2)
    photo = await evidence(coordinator, report)
    assert (await coordinator.steps(report, "work_done", 3, evidence=[photo])).status_code == 201
    refused = await coordinator.steps(report, "resolved", 4)
    assert (refused.status_code, refused.json()["type"]) == (403, "/problems/own-evidence")
    assert (await other.steps(report, "resolved", 4)).status_code == 201


# What a step needs.

NEEDS = [
    ("submitted", "dispatched", "agency", {"agency": "dpupr"}),
    ("submitted", "needs_info", "note", {"note": "Di sisi mana?"}),
    ("submitted", "rejected", "reason", {"reason": "Bukan laporan"}),
    ("submitted", "duplicate", "duplicate_of", {}),
    ("dispatched", "verified", "reason", {"reason": "Bukan kewenangan"}),
    ("in_progress", "scheduled", "date", {"date": "2026-12-01T09:00:00+07:00", "reason": "Menunggu alat"}),
    ("in_progress", "scheduled", "reason", {"date": "2026-12-01T09:00:00+07:00", "reason": "Menunggu alat"}),
    ("in_progress", "forwarded", "reference", {"reference": "BBWS/2026/17"}),
    ("in_progress", "needs_info", "note", {"note": "Di sisi mana?"}),
    ("in_progress", "work_done", "evidence", {}),
    ("work_done", "in_progress", "reason", {"reason": "Foto bukan dari tempat itu"}),
    ("closed", "in_progress", "reason", {"reason": "Rusak lagi"}),
]


@pytest.mark.parametrize(("state", "to", "field", "given"), NEEDS)
async def test_what_a_step_needs_is_named(town: Town, state: str, to: str, field: str, given: dict[str, str]):
    report, operator = await dispatched(town), await town.staff("operator")
    await puts(report, state)
    await DB.fetch("UPDATE report_event SET to_state = $1 WHERE version = 2", state)
    incomplete = {name: value for name, value in given.items() if name != field}
    answer = await operator.steps(report, to, 2, **incomplete)
    assert fields(answer) == [field]
    assert answer.json()["errors"][0]["message"]
    if given:
        assert (await operator.steps(report, to, 2, **given)).status_code == 201


@pytest.mark.parametrize("blank", [" ", "\n\t", "\u202e"])
async def test_blanks_are_no_reason(town: Town, blank: str):
    report, operator = await dispatched(town), await town.staff("operator")
    assert fields(await operator.steps(report, "verified", 2, reason=blank)) == ["reason"]


@pytest.mark.parametrize("field", ["note", "internal_note", "reason", "reference", "duplicate_of"])
async def test_a_control_character_is_refused_by_the_name_of_its_field(town: Town, field: str):
    report, operator = await dispatched(town), await town.staff("operator")
    assert fields(await operator.steps(report, "in_progress", 2, **{field: "a\0b"})) == [field]


async def test_a_date_in_the_past_is_no_appointment(town: Town):
    report, operator = await dispatched(town), await town.staff("operator")
    await operator.steps(report, "in_progress", 2)
    yesterday = (NOON - timedelta(days=1)).isoformat()
    assert fields(await operator.steps(report, "scheduled", 3, date=yesterday, reason="x")) == ["date"]


async def test_evidence_must_be_announced_for_this_report_by_who_files_it_and_sent(town: Town):
    report, other = await dispatched(town), await dispatched(town)
    operator, officer = await town.staff("operator"), await town.staff("officer", agency="dpupr")
    await operator.steps(report, "in_progress", 2)
    of_another_report = await evidence(operator, other)
    of_another_person = await evidence(await town.staff("operator"), report)
    not_sent = str(uuid7())
    announced = {"report": report, "size": 9, "type": "image/jpeg", "sha256": "0" * 64}
    assert (await operator.put(f"/v1/photos/{not_sent}", announced)).status_code == 201
    assert (await operator.put(f"/v1/photos/{not_sent}", announced)).status_code == 200
    for photo in (str(uuid7()), of_another_report, of_another_person, not_sent):
        assert fields(await operator.steps(report, "work_done", 3, evidence=[photo])) == ["evidence"]
    assert (await officer.put(f"/v1/photos/{not_sent}", announced)).status_code == 404
    assert (await (await town.resident()).put(f"/v1/photos/{uuid7()}", announced)).status_code == 404


async def test_a_duplicate_names_another_report_of_the_city(town: Town):
    resident, operator = await town.resident(), await town.staff("operator")
    master, double = await resident.submits(), await resident.submits()
    await puts(double["id"], "submitted")
    for number in ("00000000", "xxx", double["tracking_id"]):
        assert fields(await operator.steps(double["id"], "duplicate", 2, duplicate_of=number)) == ["duplicate_of"]
    spoken = master["tracking_id"].lower().replace("-", " ")
    assert (await operator.steps(double["id"], "duplicate", 2, duplicate_of=spoken)).status_code == 201


async def test_to_belongs_to_staff_and_change_needs_it(town: Town):
    resident = await town.resident()
    receipt = await resident.submits()
    assert fields(await resident.says(receipt["id"], "withdraw", 2, to="withdrawn")) == ["to"]
    path, event = f"/v1/reports/{receipt['id']}/events", {"id": str(uuid7()), "kind": "change", "expected_version": 2}
    assert fields(await (await town.staff("operator")).post(path, event)) == ["to"]


# A sample of the refused steps over HTTP; the whole table is in test_permits.

REFUSED = [
    ("submitted", "in_progress", 409),
    ("dispatched", "submitted", 409),
    ("dispatched", "resolved", 409),
    ("in_progress", "rejected", 403),
    ("work_done", "closed", 409),
    ("resolved", "closed", 409),
    ("resolved", "in_progress", 409),
    ("withdrawn", "submitted", 409),
    ("rejected", "submitted", 409),
]


@pytest.mark.parametrize(("state", "to", "status"), REFUSED)
async def test_a_step_of_the_operator_that_the_table_has_not(town: Town, state: str, to: str, status: int):
    report, operator = await dispatched(town), await town.staff("operator")
    await puts(report, state)
    answer = await operator.steps(report, to, 2, reason="x")
    assert answer.status_code == status
    if status == 409:
        assert (answer.json()["state"], answer.json()["version"]) == (state, 2)
    assert (await is_at(report))["state"] == state
