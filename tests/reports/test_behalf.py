"""Who called has no app: the operator says for them what a reporter may say, and everybody can see that."""

from typing import Any

import pytest
from uuid_utils.compat import uuid7

from api.piccolo_conf import DB
from tests.people import Person, Town, a_report
from tests.reports.steps import is_at, puts

HEARD = "Telepon 112, pukul 10.05"


async def a_caller_s(town: Town, operator: Person, **fields: Any) -> str:
    call = {"id": str(uuid7()), "channel": "call_112", **a_report(**fields)}
    answer = await operator.post("/v1/desk/reports", call)
    assert answer.status_code == 201, answer.text
    report: str = answer.json()["id"]
    return report


async def seen(person: Person, report: str) -> dict[str, Any]:
    shown: dict[str, Any] = (await person.get(f"/v1/reports/{report}")).json()
    return shown


@pytest.mark.parametrize(
    ("state", "kind", "said", "to"),
    [
        ("needs_info", "answer", {"note": "Di depan toko roti"}, "submitted"),
        ("submitted", "withdraw", {}, "withdrawn"),
        ("resolved", "confirm", {"rating": 4}, "closed"),
        ("resolved", "dispute", {"reason": "Masih berlubang"}, "in_progress"),
    ],
)
async def test_an_operator_says_it_for_who_called(town: Town, state: str, kind: str, said: dict[str, Any], to: str):
    operator, colleague = await town.staff("operator"), await town.staff("operator")
    report = await a_caller_s(town, operator)
    await puts(report, state)
    offered = {step["kind"]: step["needs"] for step in (await seen(colleague, report))["steps"]}
    assert "internal_note" in offered[kind]

    answer = await colleague.says(report, kind, 2, internal_note=HEARD, **said)

    assert answer.status_code == 201, answer.text
    assert (await is_at(report))["state"] == to
    event = (await seen(operator, report))["events"][-1]
    assert (event["role"], event["on_behalf"], event["internal_note"]) == ("reporter", True, HEARD)
    [row] = await DB.fetch(
        "SELECT actor, grant_used, details->>'on_behalf' AS said FROM report_event WHERE kind = $1", kind
    )
    assert row["grant_used"] is not None
    assert row["said"] == "true"


async def test_how_it_was_heard_must_be_noted(town: Town):
    operator = await town.staff("operator")
    report = await a_caller_s(town, operator)
    await puts(report, "resolved")
    answer = await operator.says(report, "confirm", 2)
    assert answer.status_code == 422
    assert [fault["field"] for fault in answer.json()["errors"]] == ["internal_note"]


async def test_nobody_speaks_for_who_has_an_app(town: Town):
    operator = await town.staff("operator")
    report = (await (await town.resident()).submits())["id"]
    await puts(report, "resolved")
    assert "confirm" not in {step["kind"] for step in (await seen(operator, report))["steps"]}
    assert (await operator.says(report, "confirm", 2, internal_note=HEARD)).status_code == 403


async def test_who_approved_does_not_confirm_for_the_reporter(town: Town):
    operator, colleague, officer = (
        await town.staff("operator"),
        await town.staff("operator"),
        await town.staff("officer", agency="dpupr"),
    )
    report = await a_caller_s(town, operator)
    await DB.fetch("UPDATE category SET needs_evidence = false")
    town.app.state.cities.invalidate()
    for who, state, version in ((officer, "in_progress", 2), (officer, "work_done", 3), (operator, "resolved", 4)):
        answer = await who.steps(report, state, version)
        assert answer.status_code == 201, answer.text

    assert (await operator.says(report, "confirm", 5, internal_note=HEARD)).status_code == 403
    assert (await colleague.says(report, "confirm", 5, internal_note=HEARD)).status_code == 201


async def test_nobody_confirms_for_who_has_an_app(town: Town):
    operator = await town.staff("operator")
    report = await a_caller_s(town, operator)
    resident = await town.resident()
    await DB.fetch("UPDATE report SET account = (SELECT id FROM account WHERE uid = $1::uuid)", resident.uid)
    await puts(report, "resolved")
    answer = await operator.says(report, "confirm", 2, internal_note=HEARD)
    assert [fault["field"] for fault in answer.json()["errors"]] == ["kind"]
    dispute = await operator.says(report, "dispute", 2, internal_note=HEARD, reason="Masih berlubang")
    assert dispute.status_code == 201


async def test_everybody_can_see_that_it_was_said_for_the_reporter(town: Town):
    operator = await town.staff("operator")
    report = await a_caller_s(town, operator)
    await puts(report, "resolved")
    assert (await operator.says(report, "confirm", 2, internal_note=HEARD)).status_code == 201
    number = (await seen(operator, report))["tracking_id"]
    track = await town.stranger.get(f"/v1/track/{number}")
    assert track.json()["events"][-1]["by"] == "operator, atas nama pelapor"
    assert HEARD not in track.text


async def test_only_an_operator_speaks_for_others(town: Town):
    operator = await town.staff("operator")
    report = await a_caller_s(town, operator)
    await puts(report, "resolved")
    for who in (
        await town.staff("coordinator", agency="dpupr"),
        await town.staff("admin"),
        await town.staff("area_head", area="32.76.01"),
    ):
        assert (await who.says(report, "confirm", 2, internal_note=HEARD)).status_code == 403
