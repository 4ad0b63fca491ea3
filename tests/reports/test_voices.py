"""What anybody may say beside the story of a report."""

import asyncio
from typing import Any

import pytest
from uuid_utils.compat import uuid7

from api.piccolo_conf import DB
from api.reports.audit import verify
from tests.people import Person, Town
from tests.reports.steps import dispatched, fields, is_at, puts


async def says(person: Person, report: str, kind: str, **more: Any) -> Any:
    """Without a version: it is beside the story."""
    return await person.post(f"/v1/reports/{report}/events", {"id": str(uuid7()), "kind": kind, **more})


async def shown(person: Person, report: str) -> dict[str, Any]:
    body: dict[str, Any] = (await person.get(f"/v1/reports/{report}")).json()
    return body


async def followers(report: str) -> int:
    found: int = (await DB.fetch("SELECT count(*) FROM report_follower"))[0][0]
    return found


async def test_support_counts_once_however_often_it_is_said(town: Town):
    resident, neighbour = await town.resident(), await town.resident()
    report = (await resident.submits())["id"]
    assert [(await says(neighbour, report, "support")).status_code for _ in range(3)] == [201, 200, 200]
    assert (await shown(resident, report))["supports"] == 1
    assert (await says(neighbour, report, "unsupport")).status_code == 201
    assert (await says(neighbour, report, "unsupport")).status_code == 200
    assert (await shown(resident, report))["supports"] == 0
    assert await followers(report) == 0


async def test_the_same_support_again_is_the_same_answer(town: Town):
    report, neighbour = await dispatched(town), await town.resident()
    event = {"id": str(uuid7()), "kind": "support"}
    first, again = [await neighbour.post(f"/v1/reports/{report}/events", event) for _ in range(2)]
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()


async def test_nobody_is_late_because_others_support_and_comment(town: Town):
    report, officer = await dispatched(town), await town.staff("officer", agency="dpupr")
    neighbours = [await town.resident() for _ in range(3)]
    await asyncio.gather(*(says(each, report, "support") for each in neighbours))
    await says(neighbours[0], report, "comment", note="Sudah ada yang jatuh.")
    assert (await is_at(report))["version"] == 6
    assert (await officer.steps(report, "in_progress", 2)).status_code == 201
    assert (await officer.steps(report, "work_done", 6)).status_code == 409
    assert (await officer.steps(report, "work_done", 8)).status_code == 409
    assert (await verify()).broken == []


async def test_a_step_needs_the_version_that_was_seen(town: Town):
    report, operator = await dispatched(town), await town.staff("operator")
    assert fields(await says(operator, report, "change", to="in_progress")) == ["expected_version"]


async def test_nobody_is_told_who_supports(town: Town):
    resident, neighbour = await town.resident(), await town.resident()
    operator = await town.staff("operator")
    receipt = await resident.submits()
    await says(neighbour, receipt["id"], "support")
    for person, path in (
        (resident, f"/v1/reports/{receipt['id']}"),
        (operator, f"/v1/reports/{receipt['id']}"),
        (town.stranger, f"/v1/track/{receipt['tracking_id']}"),
    ):
        answer = await person.get(path)
        assert answer.json()["supports"] == 1
        assert [event["kind"] for event in answer.json().get("events", []) if event.get("kind")] in (
            [],
            ["create", "change"],
        )
        assert neighbour.uid not in answer.text


async def test_nobody_supports_the_own_report(town: Town):
    resident = await town.resident()
    report = (await resident.submits())["id"]
    assert (await says(resident, report, "support")).status_code == 403
    assert (await says(resident, report, "follow")).status_code == 403


async def test_an_auditor_only_reads(town: Town):
    report, auditor = await dispatched(town), await town.staff("auditor")
    for kind in ("support", "follow", "comment"):
        assert (await says(auditor, report, kind, note="x")).status_code == 403


@pytest.mark.parametrize("kind", ["support", "follow", "comment"])
async def test_what_the_public_cannot_read_it_cannot_support(town: Town, kind: str):
    neighbour = await town.resident()
    for report in (await dispatched(town, visibility="restricted"), await dispatched(town, visibility="secret")):
        assert (await says(neighbour, report, kind, note="x")).status_code == 404
    rejected = await dispatched(town)
    await puts(rejected, "rejected")
    assert (await says(neighbour, rejected, kind, note="x")).status_code == 404
    assert (await says(town.stranger, rejected, kind, note="x")).status_code == 401


async def test_what_i_follow_is_listed_as_the_public_sees_it(town: Town):
    neighbour = await town.resident()
    report = await dispatched(town, address="Rumah cat biru", answers={"dalam": "ya"})
    await says(neighbour, report, "follow")
    await says(neighbour, report, "support")
    page = (await neighbour.get("/v1/reports?following=1")).json()
    assert [(seen["id"], seen["address"], seen["answers"]) for seen in page["reports"]] == [(report, "", {})]
    assert (await neighbour.get("/v1/reports?mine=1")).json()["reports"] == []
    assert (await neighbour.get(f"/v1/reports/{report}")).status_code == 404
    await puts(report, "rejected")
    assert (await neighbour.get("/v1/reports?following=1")).json()["reports"] == []


async def test_a_residents_comment_waits_for_release(town: Town):
    resident, neighbour = await town.resident(), await town.resident()
    coordinator = await town.staff("coordinator", agency="dpupr")
    receipt = await resident.submits()
    report, track = receipt["id"], f"/v1/track/{receipt['tracking_id']}"
    event = {"id": str(uuid7()), "kind": "comment", "note": "  Sudah ada yang jatuh.\u202e "}
    assert (await neighbour.post(f"/v1/reports/{report}/events", event)).status_code == 201
    assert (await town.stranger.get(track)).json()["comments"] == []
    assert (await shown(resident, report))["comments"] == []
    waiting = (await shown(coordinator, report))["comments"]
    assert [(c["role"], c["text"], c["is_hidden"]) for c in waiting] == [("resident", "Sudah ada yang jatuh.", True)]
    assert (await coordinator.says(report, "unhide", 2, event=event["id"])).status_code == 201
    assert [c["text"] for c in (await town.stranger.get(track)).json()["comments"]] == ["Sudah ada yang jatuh."]
    assert fields(await coordinator.says(report, "hide", 4, event=event["id"])) == ["reason"]
    hidden = await coordinator.says(report, "hide", 4, event=event["id"], reason="Menyebut nama orang")
    assert hidden.status_code == 201
    assert (await town.stranger.get(track)).json()["comments"] == []
    assert (await verify()).broken == []


async def test_staff_and_the_reporter_are_heard_at_once_and_the_reporter_is_told(town: Town):
    resident, operator = await town.resident(), await town.staff("operator")
    receipt = await resident.submits()
    await says(operator, receipt["id"], "comment", note="Alat berat datang besok.")
    await says(resident, receipt["id"], "comment", note="Terima kasih.")
    seen = (await town.stranger.get(f"/v1/track/{receipt['tracking_id']}")).json()["comments"]
    assert [(c["role"], c["text"]) for c in seen] == [
        ("operator", "Alat berat datang besok."),
        ("reporter", "Terima kasih."),
    ]
    inbox = (await resident.get("/v1/inbox")).text
    assert "Tanggapan pada laporan" in inbox


async def test_an_empty_comment_and_a_comment_that_is_none_are_refused(town: Town):
    report, operator = await dispatched(town), await town.staff("operator")
    assert fields(await says(operator, report, "comment", note=" \n")) == ["note"]
    assert fields(await operator.says(report, "unhide", 2, event=str(uuid7()))) == ["event"]


async def test_a_hidden_report_is_gone_from_the_public_and_comes_back(town: Town):
    resident, operator, neighbour = await town.resident(), await town.staff("operator"), await town.resident()
    receipt = await resident.submits()
    report, track = receipt["id"], f"/v1/track/{receipt['tracking_id']}"
    officer = await town.staff("officer", agency="dpupr")
    assert (await officer.says(report, "hide", 2, reason="x")).status_code == 403
    assert (await operator.says(report, "hide", 2, reason="Menyebut nama orang")).status_code == 201
    seen = (await town.stranger.get(track)).json()
    assert (seen["visibility"], seen["text"], seen["lat"]) == ("hidden", None, None)
    assert (await DB.fetch("SELECT count(*) FROM map_point"))[0][0] == 0
    assert (await says(neighbour, report, "support")).status_code == 404
    assert (await officer.get(f"/v1/reports/{report}")).status_code == 200
    assert (await operator.says(report, "unhide", 3)).status_code == 201
    assert (await town.stranger.get(track)).json()["text"]
    assert (await DB.fetch("SELECT count(*) FROM map_point"))[0][0] == 1
    assert (await operator.says(report, "unhide", 4)).status_code == 200


async def test_by_its_number_a_report_can_be_supported_and_nothing_else(town: Town):
    neighbour = await town.resident()
    receipt = await (await town.resident()).submits()
    path = f"/v1/track/{receipt['tracking_id'].lower()}/events"
    assert (await neighbour.post(path, {"id": str(uuid7()), "kind": "support"})).status_code == 201
    assert (await town.stranger.get(f"/v1/track/{receipt['tracking_id']}")).json()["supports"] == 1
    assert fields(await neighbour.post(path, {"id": str(uuid7()), "kind": "withdraw"})) == ["kind"]
    unknown = await neighbour.post("/v1/track/00000001/events", {"id": str(uuid7()), "kind": "support"})
    assert unknown.status_code == 404
