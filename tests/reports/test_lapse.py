"""Nobody answers, and the clock runs out."""

import asyncio
from typing import Any

from api.piccolo_conf import DB
from api.reports.audit import verify
from api.reports.lapse import lapse_due
from tests.people import Person, Town
from tests.reports.steps import evidence


async def resolved(town: Town, **fields: Any) -> tuple[Person, str]:
    """Version 5, waiting for the reporter's word."""
    resident, officer = await town.resident(), await town.staff("officer", agency="dpupr")
    report = (await resident.submits(**fields))["id"]
    assert (await officer.steps(report, "in_progress", 2)).status_code == 201
    photos = [await evidence(officer, report)]
    assert (await officer.steps(report, "work_done", 3, evidence=photos)).status_code == 201
    coordinator = await town.staff("coordinator", agency="dpupr")
    assert (await coordinator.steps(report, "resolved", 4)).status_code == 201
    return resident, report


async def shown(person: Person, report: str) -> dict[str, Any]:
    body: dict[str, Any] = (await person.get(f"/v1/reports/{report}")).json()
    return body


async def test_silence_closes_a_resolved_report_unconfirmed(town: Town):
    resident, report = await resolved(town)
    await town.passes(resident, days=13)
    assert await lapse_due(town.app.state.cities, town.clock()) == 0
    await town.passes(resident, days=2)
    assert await lapse_due(town.app.state.cities, town.clock()) == 1
    closed = await shown(resident, report)
    last = closed["events"][-1]
    assert (closed["state"], last["role"], last["reason"]) == ("closed", "system", "unconfirmed")
    assert all(clock["stopped_at"] for clock in closed["clocks"])
    assert "rating" not in (await DB.fetch("SELECT details FROM report_event ORDER BY at DESC LIMIT 1"))[0][0]
    inbox = (await resident.get("/v1/inbox")).json()
    assert inbox["messages"][-1]["facts"]["state"] == "closed"
    assert (await verify()).broken == []


async def test_an_answered_information_request_is_open_to_objection_for_thirty_working_days(town: Town):
    resident, report = await resolved(town, report_type="information_request")
    await town.passes(resident, days=39)
    assert await lapse_due(town.app.state.cities, town.clock()) == 0
    operator = await town.staff("operator")
    overdue = (await operator.get("/v1/reports?overdue=1")).json()
    assert overdue["reports"] == []
    objected = await resident.says(report, "dispute", 5, reason="Dokumennya tidak lengkap")
    assert objected.json()["promise"]["clock"] == "objection_answer"


async def test_silence_after_the_answer_to_an_information_request_closes_it(town: Town):
    resident, report = await resolved(town, report_type="information_request")
    await town.passes(resident, days=70)
    assert await lapse_due(town.app.state.cities, town.clock()) == 1
    assert (await shown(resident, report))["state"] == "closed"


async def test_a_question_without_an_answer_rejects(town: Town):
    resident, operator = await town.resident(), await town.staff("operator")
    report = (await resident.submits(category="lainnya"))["id"]
    assert (await operator.steps(report, "needs_info", 1, note="Di mana tepatnya?")).status_code == 201
    await town.passes(resident, days=15)
    assert await lapse_due(town.app.state.cities, town.clock()) == 1
    after = await shown(resident, report)
    assert (after["state"], after["events"][-1]["reason"]) == ("rejected", "no_answer")


async def test_an_answer_in_time_is_an_answer(town: Town):
    resident, report = await resolved(town)
    assert (await resident.says(report, "confirm", 5)).status_code == 201
    await town.passes(resident, days=60)
    assert await lapse_due(town.app.state.cities, town.clock()) == 0


async def test_two_workers_and_a_month_of_downtime_make_one_event(town: Town):
    resident, report = await resolved(town)
    await town.passes(resident, days=45)
    moved = await asyncio.gather(*(lapse_due(town.app.state.cities, town.clock()) for _ in range(4)))
    assert sum(moved) == 1
    assert [event["to_state"] for event in (await shown(resident, report))["events"]].count("closed") == 1


async def test_the_chore_reads_what_is_due_by_its_index():
    from api.reports.lapse import LAPSED
    from tests.people import NOON

    async with DB.transaction() as transaction:
        await transaction.connection.execute("SET LOCAL enable_seqscan = off")
        plan = await transaction.connection.fetch(f"EXPLAIN {LAPSED}", NOON, ["confirm"], ["resolved"], 10)
    assert "report_clock_look" in "\n".join(row[0] for row in plan)
