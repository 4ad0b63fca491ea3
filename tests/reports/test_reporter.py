"""What the reporter may say of the own report, and until when."""

import pytest

from api.piccolo_conf import DB
from tests.people import Town
from tests.reports.steps import fields, puts, rejected


async def test_a_report_is_withdrawn_before_anybody_works_on_it(town: Town):
    resident = await town.resident()
    receipt = await resident.submits()
    assert (await resident.says(receipt["id"], "withdraw", 2)).status_code == 409
    await puts(receipt["id"], "verified")
    assert (await resident.says(receipt["id"], "withdraw", 2)).json()["state"] == "withdrawn"
    assert (await resident.says(receipt["id"], "appeal", 3, reason="x")).status_code == 409


async def test_a_question_is_answered_and_the_clock_of_the_work_stands_still_meanwhile(town: Town):
    resident, operator = await town.resident(), await town.staff("operator")
    report = (await resident.submits())["id"]
    await operator.steps(report, "in_progress", 2)
    asked = await operator.steps(report, "needs_info", 3, note="Di sisi mana?")
    assert asked.json()["promise"]["clock"] == "needs_info"
    await town.passes(resident, days=2)
    assert fields(await resident.says(report, "answer", 4)) == ["note"]
    answered = await resident.says(report, "answer", 4, note="Di sisi kiri.")
    assert answered.json()["state"] == "submitted"
    clocks = {clock["clock"]: clock for clock in (await resident.get(f"/v1/reports/{report}")).json()["clocks"]}
    assert clocks["needs_info"]["stopped_at"]
    assert clocks["resolve"]["due_at"]


async def test_a_reporter_disputes_and_nobody_else(town: Town):
    resident, other = await town.resident(), await town.resident()
    report = (await resident.submits())["id"]
    await puts(report, "resolved")
    assert (await other.says(report, "dispute", 2, reason="Belum")).status_code == 404
    assert (await (await town.staff("operator")).says(report, "dispute", 2, reason="Belum")).status_code == 403
    assert fields(await resident.says(report, "dispute", 2)) == ["reason"]
    assert (await resident.says(report, "dispute", 2, reason="Masih berlubang")).json()["state"] == "in_progress"


async def test_a_rating_has_one_to_five_and_is_kept(town: Town):
    resident = await town.resident()
    report = (await resident.submits())["id"]
    await puts(report, "resolved")
    assert fields(await resident.says(report, "confirm", 2, rating=6)) == ["rating"]
    assert (await resident.says(report, "confirm", 2, rating=4)).json()["state"] == "closed"
    kept = await DB.fetch("SELECT details ->> 'rating' AS rating FROM report_event WHERE kind = 'confirm'")
    assert kept[0]["rating"] == "4"


async def test_a_rejection_is_appealed_once(town: Town):
    resident, report = await rejected(town)
    assert (await resident.says(report, "appeal", 3, reason="Ini jalan kota")).json()["state"] == "submitted"
    await (await town.staff("operator")).steps(report, "rejected", 4, reason="Tetap bukan")
    assert (await resident.says(report, "appeal", 5, reason="Sekali lagi")).status_code == 409


@pytest.mark.parametrize(("days", "status"), [(14, 201), (15, 409)])
async def test_an_appeal_comes_within_ten_working_days(town: Town, days: int, status: int):
    resident, report = await rejected(town)
    await town.passes(resident, days=days)  # two weeks from a Monday are ten working days
    assert (await resident.says(report, "appeal", 3, reason="Ini jalan kota")).status_code == status


@pytest.mark.parametrize(("days", "status"), [(28, 201), (60, 409)])
async def test_a_refused_information_request_may_be_objected_to_for_thirty_working_days(
    town: Town, days: int, status: int
):
    resident, report = await rejected(town, report_type="information_request")
    await town.passes(resident, days=days)
    answer = await resident.says(report, "appeal", 3, reason="Itu informasi publik")
    assert answer.status_code == status
    if status == 201:
        assert answer.json()["promise"]["clock"] == "objection_answer"


@pytest.mark.parametrize(("days", "status"), [(90, 201), (91, 409)])
async def test_a_closed_report_is_opened_again_within_ninety_days(town: Town, days: int, status: int):
    resident, operator = await town.resident(), await town.staff("operator")
    report = (await resident.submits())["id"]
    await puts(report, "resolved")
    assert (await resident.says(report, "confirm", 2)).status_code == 201
    await town.passes(operator, days=days)
    assert (await operator.steps(report, "in_progress", 3, reason="Rusak lagi")).status_code == status
