"""One report for several agencies, and what it is when they have done their parts."""

import asyncio
from typing import Any

import pytest
from uuid_utils.compat import uuid7

from api.piccolo_conf import DB
from api.reports.audit import verify
from api.reports.parts import derived
from api.reports.status import State
from tests.people import Person, Town, a_report
from tests.reports.steps import dispatched, fields, is_at, puts


@pytest.mark.parametrize(
    ("parts", "whole"),
    [
        (["dispatched", "closed"], "in_progress"),
        (["needs_info", "rejected"], "in_progress"),
        (["work_done", "resolved"], "in_progress"),
        (["resolved", "closed"], "resolved"),
        (["resolved", "rejected"], "resolved"),
        (["closed", "rejected", "duplicate"], "closed"),
        (["rejected", "withdrawn"], "rejected"),
    ],
)
def test_the_whole_follows_its_parts(parts: list[State], whole: State):
    assert derived(parts) == whole


def a_split(*agencies: str, version: int = 2, **more: Any) -> dict[str, Any]:
    parts = [{"id": str(uuid7()), "agency": agency, "text": f"Bagian {agency}"} for agency in agencies]
    return {"id": str(uuid7()), "expected_version": version, "parts": parts, **more}


async def split(town: Town, operator: Person, resident: Person) -> tuple[str, list[dict[str, Any]]]:
    report = (await resident.submits())["id"]
    answer = await operator.post(f"/v1/reports/{report}/split", a_split("dpupr", "dlh"))
    assert answer.status_code == 201, answer.text
    return report, answer.json()["parts"]


async def test_each_agency_has_its_part_and_the_reporter_sees_all(town: Town):
    resident, operator = await town.resident(), await town.staff("operator")
    report, parts = await split(town, operator, resident)
    assert [(part["agency"], part["state"]) for part in parts] == [("dpupr", "dispatched"), ("dlh", "dispatched")]
    whole = (await resident.get(f"/v1/reports/{report}")).json()
    assert (whole["state"], whole["agency"], whole["promise"]) == ("in_progress", None, None)
    assert [(o["bond"], o["tracking_id"]) for o in whole["related"]] == [("part", p["tracking_id"]) for p in parts]
    assert len((await resident.get("/v1/reports?mine=1")).json()["reports"]) == 3
    officer = await town.staff("officer", agency="dlh")
    mine = (await officer.get("/v1/worklist")).json()["reports"]
    assert [(each["id"], each["text"]) for each in mine] == [(parts[1]["id"], "Bagian dlh")]
    seen = (await officer.get(f"/v1/reports/{parts[1]['id']}")).json()
    assert [(o["bond"], o["text"]) for o in seen["related"]] == [("parent", a_report()["text"])]
    assert (await DB.fetch("SELECT count(*) FROM map_point"))[0][0] == 1
    assert (await verify()).broken == []


async def test_the_whole_is_done_when_its_parts_are(town: Town):
    resident, operator = await town.resident(), await town.staff("operator")
    report, parts = await split(town, operator, resident)
    first, second = parts[0]["id"], parts[1]["id"]
    assert (await operator.steps(report, "dispatched", 3, agency="dlh")).status_code == 409
    await puts(first, "work_done")
    await DB.fetch(
        "UPDATE report_event SET to_state = 'work_done' WHERE version = 2 AND agency = $1", town.agency("dpupr")
    )
    assert (await operator.steps(first, "resolved", 2)).status_code == 201
    assert (await is_at(report))["state"] == "in_progress"
    assert (await operator.steps(second, "verified", 2, reason="Salah")).status_code == 201
    assert (await operator.steps(second, "rejected", 3, reason="Bukan sampah")).status_code == 201
    assert (await is_at(report))["state"] == "resolved"
    assert (await resident.says(report, "confirm", 4)).status_code == 409
    assert (await resident.says(first, "confirm", 3)).status_code == 201
    assert (await is_at(report))["state"] == "closed"
    events = (await resident.get(f"/v1/reports/{report}")).json()["events"]
    assert [(e["role"], e["to_state"]) for e in events[2:]] == [
        ("operator", "in_progress"),
        ("system", "resolved"),
        ("system", "closed"),
    ]
    assert [(f.version, f.fault) for f in (await verify()).broken] == [(2, "event")]  # what this test forged


async def test_the_same_split_again_is_one(town: Town):
    resident, operator = await town.resident(), await town.staff("operator")
    report, body = (await resident.submits())["id"], a_split("dpupr", "dlh")
    first, again = [await operator.post(f"/v1/reports/{report}/split", body) for _ in range(2)]
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert (await operator.post(f"/v1/reports/{report}/split", a_split("dpupr", "dlh", version=3))).status_code == 409
    part = first.json()["parts"][0]["id"]
    assert (await operator.post(f"/v1/reports/{part}/split", a_split("dpupr", "dlh"))).status_code == 409


async def test_who_splits_and_into_what(town: Town):
    report, operator = await dispatched(town), await town.staff("operator")
    path = f"/v1/reports/{report}/split"
    for person in (await town.staff("coordinator", agency="dpupr"), await town.staff("area_head", area="32.76")):
        assert (await person.post(path, a_split("dpupr", "dlh"))).status_code == 403
    assert fields(await operator.post(path, a_split("dpupr"))) == ["parts"]
    assert fields(await operator.post(path, a_split("dpupr", "tidak-ada"))) == ["agency"]
    twice = a_split("dpupr", "dlh")
    twice["parts"][1]["id"] = twice["parts"][0]["id"]
    assert fields(await operator.post(path, twice)) == ["parts"]
    assert (await operator.post(path, a_split("dpupr", "dlh", version=1))).status_code == 409
    assert (await DB.fetch("SELECT count(*) FROM report"))[0][0] == 1


async def test_parts_that_end_at_once_end_the_whole_once(town: Town):
    resident, operator = await town.resident(), await town.staff("operator")
    colleague = await town.staff("operator")
    report, parts = await split(town, operator, resident)
    for part in parts:
        assert (await operator.steps(part["id"], "verified", 2, reason="Salah")).status_code == 201
    answers = await asyncio.gather(
        operator.steps(parts[0]["id"], "rejected", 3, reason="x"),
        colleague.steps(parts[1]["id"], "rejected", 3, reason="x"),
    )
    assert [answer.status_code for answer in answers] == [201, 201]
    assert (await is_at(report))["state"] == "rejected"
    assert (await DB.fetch("SELECT count(*) FROM report_event WHERE kind = 'derive'"))[0][0] == 1
    assert (await verify()).broken == []


async def test_a_resident_says_that_it_happened_before(town: Town):
    resident = await town.resident()
    earlier = await resident.submits()
    later = await resident.submits(recurrence_of=earlier["tracking_id"])
    unknown = await resident.submits(recurrence_of="bukan nomor")
    seen = (await resident.get(f"/v1/reports/{later['id']}")).json()
    assert [(o["bond"], o["tracking_id"]) for o in seen["related"]] == [("recurrence_of", earlier["tracking_id"])]
    assert (await resident.get(f"/v1/reports/{unknown['id']}")).json()["related"] == []
