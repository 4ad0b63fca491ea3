"""An officer's phone comes back after a day without a network, with thirty steps in its queue."""

from datetime import timedelta
from typing import Any

from uuid_utils.compat import uuid7

from api.piccolo_conf import DB
from api.reports.audit import verify
from tests.people import Person, Town
from tests.reports.steps import dispatched, evidence, is_at

REPORTS = 10
MOVED_MEANWHILE = 3


async def queued(town: Town, officer: Person, report: str) -> list[dict[str, Any]]:
    """Taken on, noted, done: as the phone wrote them down, each on the version that it knew."""
    told = {"expected_version": 2, "to": "in_progress", "note": "Tim di lokasi."}
    done = {"expected_version": 4, "to": "work_done", "evidence": [await evidence(officer, report)]}
    steps = [
        {"kind": "change", **told},
        {"kind": "note", "expected_version": 3, "internal_note": "Aspal dingin."},
        {"kind": "change", **done},
    ]
    at = town.clock() - timedelta(hours=5)
    return [
        {"id": str(uuid7()), "device_time": (at + timedelta(minutes=n)).isoformat(), **step}
        for n, step in enumerate(steps)
    ]


async def test_thirty_queued_steps_arrive_in_order_and_none_is_lost(town: Town):
    officer, coordinator = await town.staff("officer", agency="dpupr"), await town.staff("coordinator", agency="dpupr")
    reports = [await dispatched(town) for _ in range(REPORTS)]
    queue = {report: await queued(town, officer, report) for report in reports}
    uid = officer.uid
    for report in reports[:MOVED_MEANWHILE]:  # the coordinator names the officer: the phone has not heard of it
        answer = await coordinator.steps(report, "dispatched", 2, officer=uid)
        assert answer.status_code == 201, answer.text

    conflicts = 0
    for report, steps in queue.items():
        for step in steps:
            answer = await officer.post(f"/v1/reports/{report}/events", step)
            if answer.status_code == 409:
                conflicts += 1
                known = answer.json()
                assert (known["state"], known["version"]) == ("dispatched", 3)
                step["expected_version"] = known["version"]  # both versions compared, and the own one kept
                answer = await officer.post(f"/v1/reports/{report}/events", step)
            assert answer.status_code == 201, answer.text
            assert (await officer.post(f"/v1/reports/{report}/events", step)).status_code == 200  # its answer was lost

    assert conflicts == MOVED_MEANWHILE
    assert {(await is_at(report))["state"] for report in reports} == {"work_done"}
    ids = [step["id"] for steps in queue.values() for step in steps]
    found = await DB.fetch("SELECT client_id FROM report_event WHERE client_id = ANY($1::uuid[])", ids)
    assert len(found) == len(ids) == 30
    assert (await verify()).broken == []
