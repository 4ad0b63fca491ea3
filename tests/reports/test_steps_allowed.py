"""An app is told what its person may do: it copies no table."""

from typing import Any

import pytest

from tests.people import Person, Town
from tests.reports.steps import dispatched


async def steps_of(person: Person, report: str) -> dict[str, Any]:
    shown = (await person.get(f"/v1/reports/{report}")).json()
    return {step["to"] or step["kind"]: step["needs"] for step in shown["steps"]}


async def test_an_officer_is_told_what_may_be_done_now_and_after_own_steps(town: Town) -> None:
    report, officer = await dispatched(town), await town.staff("officer", agency="dpupr")

    listed = (await officer.get("/v1/worklist")).json()["reports"][0]

    beside = {"comment": ["note"], "note": ["internal_note"], "propose": ["internal_note"]}
    assert await steps_of(officer, report) == {"in_progress": [], **beside}
    assert listed["steps"][0] == {"kind": "change", "to": "in_progress", "needs": []}
    assert listed["steps_after"]["in_progress"][0] == {"kind": "change", "to": "work_done", "needs": ["evidence"]}
    assert set(listed["steps_after"]) == {"in_progress", "work_done"}
    assert listed["is_assigned_to_me"] is False


async def test_who_started_it_has_it(town: Town) -> None:
    report, officer = await dispatched(town), await town.staff("officer", agency="dpupr")
    await officer.steps(report, "in_progress", 2)

    shown = (await officer.get(f"/v1/reports/{report}")).json()

    assert shown["is_assigned_to_me"] is True


async def test_nobody_is_told_to_approve_their_own_evidence(town: Town) -> None:
    report, coordinator = await dispatched(town), await town.staff("coordinator", agency="dpupr")

    listed = (await coordinator.get("/v1/worklist")).json()["reports"][0]

    assert "resolved" not in [step["to"] for step in listed["steps_after"]["work_done"]]
    assert {"dispatched", "verified", "in_progress"} <= set(await steps_of(coordinator, report))
    assert (await steps_of(coordinator, report))["dispatched"] == ["agency_or_officer"]


async def test_what_is_offered_is_accepted(town: Town) -> None:
    """Of every step that an officer is offered along the way, none is refused for who asks."""
    report, officer = await dispatched(town), await town.staff("officer", agency="dpupr")
    assert "in_progress" in await steps_of(officer, report)
    assert (await officer.steps(report, "in_progress", 2)).status_code == 201

    assert "work_done" in await steps_of(officer, report)
    refused = await officer.steps(report, "work_done", 3)
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "evidence")


@pytest.mark.parametrize("page", ["/v1/reports/{}", "/v1/reports?mine=1"])
async def test_a_reporter_is_told_nothing_of_it(town: Town, page: str) -> None:
    resident = await town.resident()
    report = (await resident.submits())["id"]

    answer = (await resident.get(page.format(report))).json()

    shown = answer["reports"][0] if "reports" in answer else answer
    assert {"steps", "steps_after", "is_assigned_to_me"}.isdisjoint(shown)


async def test_an_auditor_reads_and_does_nothing(town: Town) -> None:
    report, auditor = await dispatched(town), await town.staff("auditor")

    assert await steps_of(auditor, report) == {}
