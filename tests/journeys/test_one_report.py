"""One report, all the way."""

import asyncio
import hashlib

from uuid_utils.compat import uuid7

from tests.media.factories import a_jpeg
from tests.people import Town, a_report


async def test_a_report_finds_its_village_and_its_agency(town: Town):
    resident = await town.resident()
    receipt = await resident.submits()
    assert receipt["state"] == "dispatched"
    assert receipt["place"]["village"]["code"] == "32.76.01.1001"
    assert receipt["place"]["district"]["name"] == "Pancoran Mas"
    assert receipt["agency"]["name"]
    assert receipt["routing_reason"].startswith("aturan ")
    assert receipt["promise"]["clock"] == "resolve"
    assert receipt["version"] == 2
    shown = (await resident.get(f"/v1/reports/{receipt['id']}")).json()
    assert [event["to_state"] for event in shown["events"]] == ["submitted", "dispatched"]


async def test_eight_identical_reports_at_once_are_one(town: Town):
    resident = await town.resident()
    photo = {"id": str(uuid7()), "size": 10, "type": "image/jpeg", "sha256": "0" * 64}
    path, body = f"/v1/reports/{uuid7()}", a_report(photos=[photo])
    answers = await asyncio.gather(*(resident.put(path, body) for _ in range(8)))
    assert sorted(answer.status_code for answer in answers) == [200] * 7 + [201]
    assert len({answer.text for answer in answers}) == 1
    mine = (await resident.get("/v1/reports?mine=1")).json()["reports"]
    assert len(mine) == 1


async def test_another_body_under_the_same_id_is_refused(town: Town):
    resident = await town.resident()
    receipt = await resident.submits()
    again = await resident.put(f"/v1/reports/{receipt['id']}", a_report(text="Lain sama sekali."))
    assert again.status_code == 409
    assert again.headers["content-type"] == "application/problem+json"


async def test_the_officer_works_the_coordinator_approves_the_reporter_confirms(town: Town):
    resident = await town.resident()
    receipt = await resident.submits()
    report = receipt["id"]
    officer = await town.staff("officer", agency="dpupr")
    coordinator = await town.staff("coordinator", agency="dpupr")

    work = (await officer.get("/v1/worklist")).json()
    assert [listed["id"] for listed in work["reports"]] == [report]
    assert (await officer.steps(report, "in_progress", 2, note="Tim berangkat.")).status_code == 201

    photo = a_jpeg()
    announced = {
        "report": report,
        "size": len(photo),
        "type": "image/jpeg",
        "sha256": hashlib.sha256(photo).hexdigest(),
    }
    photo_id = str(uuid7())
    assert (await officer.put(f"/v1/photos/{photo_id}", announced)).status_code == 201
    assert (await officer.ask("PUT", f"/v1/uploads/{photo_id}", content=photo)).status_code == 204
    done = await officer.steps(report, "work_done", 3, note="Sudah ditambal.", evidence=[photo_id])
    assert done.status_code == 201, done.text

    assert (await officer.steps(report, "resolved", 4)).status_code == 403
    assert (await coordinator.steps(report, "resolved", 4)).status_code == 201
    confirmed = await resident.says(report, "confirm", 5, rating=5)
    assert confirmed.json()["state"] == "closed"

    inbox = (await resident.get("/v1/inbox")).json()
    assert [message["facts"]["state"] for message in inbox["messages"]] == [
        "dispatched",
        "in_progress",
        "work_done",
        "resolved",
        "closed",
    ]
    assert inbox["unread"] == 5
    changes = (await officer.get(f"/v1/worklist?since={work['next']}")).json()
    assert [listed["state"] for listed in changes["reports"]] == ["closed"]
